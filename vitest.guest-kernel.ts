import { buildPatchedKernel } from './harness/versions/kernel-build/build-kernel.ts';

/**
 * Builds the patched kernel where the cache does not have it, some minutes from an empty one: the first test that boots it
 * would otherwise take that long, and be called hanging.
 */
export default async function setup(): Promise<void> {
  const built = await buildPatchedKernel((text) => console.error(text));
  if (!built.ok) throw new Error(`${built.failure.what}\n${built.failure.remedy}`);
}
