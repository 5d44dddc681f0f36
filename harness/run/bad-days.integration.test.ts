import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { LOST_AFTER_MS } from '../timeline/outcome.ts';
import type { Variant } from '../variant.ts';
import { type RealRun, runReal } from './test-run.ts';

/** Real guests in real QEMU, made to fail in a real way. Each promise: the outcome is recorded and nothing is left. */

const QUICK = { boots: 1, cycles: 1, warmup: 0 };
const TIMEOUTS = { bootMs: 60_000, plugMs: 20_000, unplugMs: 20_000 };

function variant(
  name: string,
  topology: string,
  parameters: Record<string, string | null> = {},
  over: Partial<Variant> = {},
) {
  const guest = {
    cpus: 2,
    memoryMiB: 512,
    kernel: { source: 'stock' },
    iommu: false,
    firmwareLog: false,
    parameters,
  } as const;
  return testVariant({ name, topology, guest, sampling: QUICK, timeouts: TIMEOUTS, ...over });
}

function nothingLeft(run: RealRun): void {
  expect(run.survivors).toBe(0);
  expect(run.directoryLeft).toBe(false);
  const rows = parse(readFileSync(join(run.directory, 'samples.csv'), 'utf8'), { columns: true });
  expect(rows).toHaveLength(run.samples.length);
}

/** Sends a signal to the QEMU of the only boot once it has plugged or begun to. */
function signalQemu(run: { boot: string; signal: NodeJS.Signals; after: string }) {
  return (directory: string) => {
    const timer = setInterval(() => {
      const text = readFileSync(join(directory, 'recording', `${run.boot}.jsonl`), 'utf8');
      const pid = /"event":"started","pid":(\d+)/.exec(text)?.[1];
      if (!pid || !text.includes(run.after)) return;
      clearInterval(timer);
      process.kill(Number(pid), run.signal);
    }, 5);
  };
}

test("a kernel that panics: guest-panic, with the kernel's own words", async () => {
  const run = await runReal([variant('panic', 'acpi-root-port', { rdinit: '/nothing' })]);
  expect(run.outcomes).toEqual(['boot guest-panic', 'plug aborted', 'unplug aborted']);
  expect(run.samples[0]?.detail).toContain('VFS: Unable to mount root fs');
  nothingLeft(run);
});

test('a guest that is not ready in time: timeout, and the next variant goes on', async () => {
  const slow = variant('slow', 'acpi-root-port', {}, { timeouts: { ...TIMEOUTS, bootMs: 300 } });
  const run = await runReal([slow, variant('good', 'acpi-root-port')]);
  expect(run.outcomes.toSorted()).toEqual(
    ['boot timeout', 'plug aborted', 'unplug aborted', 'boot ok', 'plug ok', 'unplug ok'].toSorted(),
  );
  nothingLeft(run);
});

test('a guest that may not load the driver: the plug fails at once, with what loading it said', async () => {
  const parameters = { module_blacklist: 'virtio_blk' };
  const run = await runReal([
    variant('no-driver', 'acpi-root-port', parameters, { timeouts: { ...TIMEOUTS, plugMs: 2000 } }),
  ]);
  expect(run.outcomes).toEqual(['boot ok', 'plug guest-error', 'unplug aborted']);
  expect(run.samples[1]?.detail).toMatch(/^the guest could not load virtio_blk\.ko: /);
  nothingLeft(run);
});

test('a guest that never hears of the device: lost', async () => {
  // QEMU announces a hot-plugged PCI device by general-purpose event 1; masked, acpiphp waits for ever.
  const deaf = variant(
    'deaf',
    'acpi-root-port',
    { acpi_mask_gpe: '0x01' },
    { timeouts: { ...TIMEOUTS, plugMs: LOST_AFTER_MS } },
  );
  const run = await runReal([deaf]);
  expect(run.outcomes).toEqual(['boot ok', 'plug lost', 'unplug aborted']);
  nothingLeft(run);
});

test('another driver, or none, owns the slot: wrong-controller instead of a number', async () => {
  const run = await runReal([variant('no-pciehp', 'pcie-root-port', { pcie_ports: 'compat' })]);
  expect(run.outcomes).toEqual(['boot ok', 'plug wrong-controller', 'unplug wrong-controller']);
  expect(run.samples[1]?.detail).toContain('promises pciehp');
  nothingLeft(run);
});

test('QEMU refuses a device: refused, with its words', async () => {
  const steps = [
    {
      operation: 'plug',
      deviceId: 'disk',
      device: 'virtio-blk',
      options: { backend: { file: '/nonexistent.img' } },
      slot: 0,
      sequence: 1,
    },
  ] as const;
  const one = variant('refused', 'acpi-root-port', {}, { steps });
  // Asked before the boot, QEMU would say so; but not where that is what is expected.
  await expect(runReal([one])).rejects.toThrow('/nonexistent.img');
  const run = await runReal([{ ...one, expected: { plug: ['refused'] } }]);
  expect(run.outcomes).toEqual(['boot ok', 'plug refused']);
  expect(run.samples[1]?.expected).toBe(true);
  expect(run.samples[1]?.detail).toContain('/nonexistent.img');
  nothingLeft(run);
});

test('QEMU dies in the middle of a plug: crashed, with the signal; what was measured before is kept', async () => {
  const kill = signalQemu({ boot: 'test.dies.001', signal: 'SIGSEGV', after: '"execute":"device_add"' });
  const run = await runReal([variant('dies', 'shpc-bridge')], { onDirectory: kill });
  expect(run.outcomes).toEqual(['boot ok', 'plug crashed', 'unplug aborted']);
  expect(run.samples[1]?.detail).toContain('SIGSEGV');
  expect(readdirSync(join(run.directory, 'logs', 'test.dies.001')).toSorted()).toEqual([
    'console.log',
    'qemu.sh',
    'qemu.stderr',
    'qmp.jsonl',
  ]);
  nothingLeft(run);
});

test('QEMU dies between two operations: the next one is crashed, not waited for until its time is up', async () => {
  const kill = signalQemu({ boot: 'test.gone.001', signal: 'SIGKILL', after: '"kind":"usable"' });
  const run = await runReal([variant('gone', 'acpi-root-port')], { onDirectory: kill });
  expect(run.outcomes).toEqual(['boot ok', 'plug ok', 'unplug crashed']);
  expect(run.samples[2]?.detail).toContain('between two operations: QEMU died of SIGKILL');
  nothingLeft(run);
});

test('QEMU hangs in the middle of a plug: timeout, and it is ended all the same', async () => {
  const hang = signalQemu({ boot: 'test.hangs.001', signal: 'SIGSTOP', after: '"execute":"device_add"' });
  const hanging = variant('hangs', 'shpc-bridge', {}, { timeouts: { ...TIMEOUTS, plugMs: 1000 } });
  const run = await runReal([hanging], { onDirectory: hang });
  expect(run.outcomes).toEqual(['boot ok', 'plug timeout', 'unplug aborted']);
  nothingLeft(run);
});

test('a machine that QEMU does not even start is refused before anything is measured, with what QEMU said', async () => {
  const impossible = variant('impossible', 'acpi-root-port');
  const tooMuch = { ...impossible, guest: { ...impossible.guest, memoryMiB: 1_000_000_000 } };
  await expect(runReal([tooMuch])).rejects.toThrow('test/impossible: QEMU does not start this machine');
  await expect(runReal([{ ...impossible, machine: 'pc-q35-0.1' }])).rejects.toThrow('unsupported machine type');
});

test('an interrupt in the middle of a plug: aborted, at once, and the run says that it is partial', async () => {
  const stop = new AbortController();
  const run = await runReal([variant('interrupted', 'shpc-bridge')], {
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.kind === 'sample' && progress.sample.operation === 'boot') setTimeout(() => stop.abort(), 1000);
    },
  });
  expect(run.outcomes).toEqual(['boot ok', 'plug aborted']);
  expect(JSON.parse(readFileSync(join(run.directory, 'run.json'), 'utf8')).status).toBe('partial');
  nothingLeft(run);
});

test("OVMF leaves kata's pci-bridge no room: the plug is a guest-error in the kernel's words; behind a root port it is not", async () => {
  const ovmf = { firmware: 'ovmf', timeouts: { ...TIMEOUTS, bootMs: 240_000 } } as const;
  const run = await runReal([
    variant('bridge', 'kata', {}, { ...ovmf, topologyOptions: { bridges: 1 } }),
    variant('nested', 'kata-ovmf', {}, { ...ovmf, topologyOptions: { bridges: 1 } }),
  ]);
  const ended = (name: string) => run.samples.filter(({ variant: own }) => own === name).map(({ outcome }) => outcome);
  expect(ended('bridge')).toEqual(['ok', 'guest-error', 'aborted']);
  expect(ended('nested')).toEqual(['ok', 'ok', 'ok']);
  const { detail } = run.samples.find(({ outcome }) => outcome === 'guest-error') ?? {};
  expect(detail).toMatch(/no space.*failed with error -\d+/);
  nothingLeft(run);
});
