import type { FailureWithRemedy } from '../result.ts';
import { ok, type Result } from '../result.ts';
import { debianKernel } from '../versions/debian-kernel.ts';
import type { GuestKernel, KernelChoice } from '../versions/guest-kernel.ts';
import { buildPatchedKernel, type WhichKernel } from '../versions/kernel-build/patched-kernel.ts';
import { readKernelImage } from '../versions/kernel-image.ts';
import { customKernel, hostKernel } from '../versions/own-kernel.ts';
import { stockKernel } from '../versions/stock-kernel.ts';
import type { GuestImage } from './guest-image.ts';
import { initramfs } from './initramfs.ts';

export type { FailureWithRemedy } from '../result.ts';
export type { GuestImage } from './guest-image.ts';

/**
 * What QEMU boots for this choice of kernel, with these modules and the agent in the initramfs. Downloads, builds and
 * compiles what the cache does not have; `report` gets a line of progress now and then.
 *
 * @param later a module that is not loaded with the others; where the kernel has none it is left out
 */
export async function prepareGuest(
  choice: KernelChoice,
  modules: readonly string[],
  report: (text: string) => void,
  later?: string,
): Promise<Result<GuestImage, FailureWithRemedy>> {
  const kernel = await findKernel(choice, report);
  if (!kernel.ok) return kernel;
  const packed = await initramfs(kernel.value, modules, later, report);
  if (!packed.ok) return packed;
  const { image, ...facts } = kernel.value;
  return ok({ ...facts, kernelImage: image, initramfs: packed.value, source: choice.source });
}

async function findKernel(
  choice: KernelChoice,
  report: (text: string) => void,
): Promise<Result<GuestKernel, FailureWithRemedy>> {
  switch (choice.source) {
    case 'stock':
      return stockKernel(report);
    case 'host':
      return hostKernel();
    case 'debian':
      return debianKernel(choice, report);
    case 'custom':
      return customKernel(choice.image, choice.modules);
    case 'patched':
      return builtKernel(report, { patched: true, suite: choice.suite });
    case 'unpatched':
      return builtKernel(report, { patched: false, suite: choice.suite });
  }
}

/** Everything is built into a kernel of ours, so it has no modules. */
async function builtKernel(
  report: (text: string) => void,
  which: WhichKernel,
): Promise<Result<GuestKernel, FailureWithRemedy>> {
  const built = await buildPatchedKernel(report, which);
  if (!built.ok) return built;
  const facts = await readKernelImage(built.value.image);
  return facts.ok ? ok({ ...facts.value, ...built.value }) : facts;
}
