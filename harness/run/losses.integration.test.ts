import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Variant } from '../variant.ts';
import { stockKernel } from '../versions/debian-kernel.ts';
import { UNATTRIBUTED } from '../vocabulary.ts';
import { runReal } from './test-run.ts';

/** Real guests that lose something for real. */

const STOCK = {
  cpus: 2,
  memoryMiB: 512,
  kernel: { source: 'stock' },
  iommu: false,
  firmwareLog: false,
  parameters: {},
} as const;

function variant(name: string, guest: Partial<Variant['guest']>): Variant {
  return testVariant({
    name,
    topology: 'acpi-root-port',
    guest: { ...STOCK, ...guest },
    sampling: { boots: 1, cycles: 1, warmup: 0 },
    timeouts: { bootMs: 150_000, plugMs: 20_000, unplugMs: 20_000 },
  });
}

const kindsOf = ({ boots }: Awaited<ReturnType<typeof runReal>>) =>
  boots.flatMap(({ losses = [] }) => losses.map(({ kind }) => kind));

test('a disk whose driver the guest cannot load fails at once, with what the kernel says', async () => {
  const stock = await stockKernel(() => {});
  if (!stock.ok || stock.value.modulesDirectory === undefined) throw new Error('no stock kernel');
  const root = mkdtempSync(join(tmpdir(), 'broken-module-'));
  const modules = join(root, 'lib', 'modules', stock.value.release);
  mkdirSync(join(root, 'lib', 'modules'), { recursive: true });
  // Links to the modules, which are hundreds of megabytes.
  execFileSync('cp', ['--archive', '--symbolic-link', stock.value.modulesDirectory, modules]);
  const driver = join(modules, 'kernel', 'drivers', 'block', 'virtio_blk.ko');
  // Built for another kernel: the string that the kernel compares with its own.
  const signed = readFileSync(driver, 'latin1');
  rmSync(driver);
  // Signed by the kernel's builder, and changed after that.
  writeFileSync(
    driver,
    signed.replace(`vermagic=${stock.value.release}`, (own) => own.replace(/\d/, '9')),
    'latin1',
  );
  const kernel = { source: 'custom', image: stock.value.image, modules: root } as const;
  const run = await runReal([variant('broken', { kernel })]);
  rmSync(root, { recursive: true });
  expect(run.outcomes).toEqual(['boot ok', 'plug guest-error', 'unplug aborted']);
  expect(run.samples[1]?.detail).toBe('the guest could not load virtio_blk.ko: Key was rejected by service');
  expect(kindsOf(run)).toEqual(['module-failed']);
});

test('a kernel log that overflows before it is read has a gap, and phases that it may have changed are unattributed', async () => {
  // More than the buffer of 128 KiB (CONFIG_LOG_BUF_SHIFT=17) holds, all before the agent first reads it.
  const parameters = { dyndbg: 'file lib/kobject* +p; file drivers/base/* +p' };
  const run = await runReal([variant('overflows', { parameters })]);
  expect(run.outcomes).toEqual(['boot ok', 'plug ok', 'unplug ok']);
  const [boot, plug] = run.samples;
  expect(boot?.losses).toContain('kernel-lines');
  expect(boot?.phases.map(({ name }) => name)).toContain(UNATTRIBUTED);
  expect(plug?.losses).toEqual([]);
  expect(kindsOf(run)).toEqual(['kernel-lines']);
  // It is also more than fits into the agent's memory for it: the rest came over the line, behind it.
  const messages = run
    .events('test.overflows.001')
    .flatMap((event) => (event.source === 'agent' && event.direction === 'received' ? [event.message] : []));
  const announced = Number(messages.find(({ kind }) => kind === 'window')?.fields.lines);
  const journal = messages.slice(messages.findIndex(({ kind }) => kind === 'window') + 1);
  expect(announced).toBeGreaterThan(500);
  expect(journal.findIndex(({ kind }) => kind === 'done')).toBeGreaterThan(announced + 100);
});
