import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openRegistry } from '../../qemu/process-registry.ts';
import { testVariant } from '../../scenario/test-variant.ts';
import { stockKernel } from '../../versions/debian-kernel.ts';
import { makeReady } from './make-ready.ts';

afterEach(() => vi.unstubAllEnvs());

/** Without a network and with an empty cache no version can be fetched. */
async function withoutNetwork<T>(run: () => Promise<T>): Promise<T> {
  const cache = await mkdtemp(join(tmpdir(), 'hotplug-bench-no-network-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  // Nothing listens on port 9 (discard).
  for (const name of ['http_proxy', 'https_proxy']) vi.stubEnv(name, 'http://127.0.0.1:9');
  vi.stubEnv('no_proxy', '');
  try {
    return await run();
  } finally {
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true });
  }
}

test('a version that cannot be had keeps away its own variants, by name, and no others', async () => {
  const kernel = await stockKernel(() => undefined);
  if (!kernel.ok) throw new Error(kernel.failure.what);
  const { image, modulesDirectory = '' } = kernel.value;
  const { guest } = testVariant();
  const own = { ...guest, kernel: { source: 'custom', image, modules: modulesDirectory } } as const;
  const variants = [
    testVariant({ name: 'here', guest: own }),
    testVariant({ name: 'old-qemu', guest: own, qemu: { suite: 'bullseye' } }),
    testVariant({ name: 'new-kernel', guest: { ...guest, kernel: { source: 'debian', suite: 'sid' } } }),
  ];
  const registry = await openRegistry();
  if (!registry.ok) throw new Error(registry.failure.message);
  const made = await withoutNetwork(() =>
    makeReady(variants, {
      qemu: '/usr/bin/qemu-system-x86_64',
      registry: registry.value,
      signal: new AbortController().signal,
      dryRun: true,
      report: () => undefined,
    }),
  );
  await registry.value.close();
  expect(made).toMatchObject({
    ok: true,
    value: {
      ready: [{ variant: { name: 'here' } }],
      unavailable: [
        { variant: 'old-qemu', reason: expect.stringMatching(/bullseye.*127\.0\.0\.1/s) },
        { variant: 'new-kernel', reason: expect.stringMatching(/sid.*127\.0\.0\.1/s) },
      ],
    },
  });
}, 120_000);
