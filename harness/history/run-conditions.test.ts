import { describe, expect, test } from 'vitest';
import { type RunFile, readRunFile, type StoredVariant } from '../record/run-file.ts';
import { conditionDifferences } from '../statistics/conditions.ts';
import { conditionsOfVariant, configurationDifferences, hostDifferences } from './run-conditions.ts';
import { writtenNights } from './test-night.ts';

const NAME = ['nightly', 'shpc-01'] as const;

const { directories } = await writtenNights(1, 1);
const stored = readRunFile(directories[0] ?? '');
if (!stored.ok) throw new Error(stored.failure.reason);
const run = stored.value;

function changed(over: (variant: StoredVariant) => Partial<StoredVariant>): RunFile {
  return { ...run, variants: run.variants.map((variant) => ({ ...variant, ...over(variant) })) };
}
const conditionsChanged = (other: RunFile) =>
  conditionDifferences(conditionsOfVariant(run, ...NAME), conditionsOfVariant(other, ...NAME));
const steps = (...operations: readonly object[]) => changed(() => ({ steps: operations }));
const plug = { operation: 'plug', device: 'nvme', slot: 0 };

describe('what keeps two runs from being compared', () => {
  test.each<[string, RunFile]>([
    ['CPU', { ...run, host: { ...run.host, cpu_model: 'x' }, hosts: [] }],
    ['CPU cores', { ...run, host: { ...run.host, cores: 9 }, hosts: [] }],
    ['accelerator', changed(({ accelerator }) => ({ accelerator: { ...accelerator, used: 'kvm' } }))],
    ['machines side by side', { ...run, jobs: 2 }],
    ['left out of the machine', changed(() => ({ left_out: ['intel-iommu'] }))],
    ['guest kernel', changed(({ guest }) => ({ guest: { ...guest, kernel: { ...guest.kernel, sha256: 'f' } } }))],
    ['QEMU', changed(() => ({ qemu_version: 'QEMU emulator version 9.1' }))],
    ['sequence', steps(plug)],
    ['passes', changed(() => ({ sampling: { cycles: 1, warmup: 1 } }))],
  ])('%s', (name, other) => {
    expect(conditionsChanged(other)).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    expect(conditionsChanged(run)).toEqual([]);
  });

  test('another clock', () => {
    expect(conditionsChanged(changed(() => ({ clock: 'virtual' })))).toContain('clock: real → virtual');
  });

  test('microcode and the governor do not, but are named', () => {
    const of = (host: object) => ({ ...run, host: { ...run.host, ...host }, hosts: [] });
    const changedHost = of({ microcode: '0x2', governor: 'powersave' });
    expect(conditionsChanged(changedHost)).toEqual([]);
    expect(hostDifferences(of({ microcode: '0x1' }), changedHost, ...NAME)).toEqual([
      'microcode: 0x1 → 0x2',
      'governor: none → powersave',
    ]);
    expect(hostDifferences(run, run, ...NAME)).toEqual([]);
  });

  test('the parts of a run on several hosts are compared as a whole', () => {
    const both = { ...run, hosts: [run.host, { ...run.host, hostname: 'another' }] };
    expect(conditionsChanged(both)).toEqual(['host: synthetic → another and synthetic']);
  });

  test('a sequence is told by what is done, at any depth', () => {
    const nested = steps({
      operation: 'load',
      guestCpus: 1,
      hostCpus: 0,
      steps: [{ operation: 'parallel', branches: [[plug], [plug]] }],
    });
    expect(conditionsChanged(nested)[0]).toContain('boot, load guest 1, host 0 [parallel [plug nvme | plug nvme]]');
  });
});

describe('in virtual time', () => {
  const virtual = changed(() => ({ clock: 'virtual', icount_shift: 1 }));
  const host = { ...run.host, hostname: 'another', cpu_model: 'x', cores: 64, kernel: '7.0' };
  const virtualChanged = (other: RunFile) =>
    conditionDifferences(conditionsOfVariant(virtual, ...NAME), conditionsOfVariant(other, ...NAME));

  test('another host is as good, whatever its CPU and its kernel', () => {
    expect(virtualChanged({ ...virtual, host, hosts: [] })).toEqual([]);
  });

  test('QEMU, the guest kernel and how long an instruction takes have to be the same', () => {
    expect(virtualChanged({ ...virtual, host: { ...host, qemu: 'x' }, hosts: [] })).toEqual([
      expect.stringMatching(/^QEMU: .+ → x$/),
    ]);
    const slower = changed(({ guest }) => ({
      clock: 'virtual',
      icount_shift: 2,
      guest: { ...guest, kernel: { ...guest.kernel, sha256: 'f' } },
    }));
    expect(virtualChanged(slower)).toEqual([
      'instruction length: 2 ns → 4 ns',
      expect.stringMatching(/^guest kernel: /),
    ]);
  });

  test('a run from before the length of an instruction was recorded had the one there was', () => {
    expect(virtualChanged(changed(() => ({ clock: 'virtual' })))).toEqual([]);
  });
});

describe('what a comparison only tells', () => {
  test.each<[string, RunFile]>([
    ['guest parameter pciehp.button_delay_ms: not set → 5', changed(({ guest }) => withParameter(guest))],
    ['topology option ports: not set → 4', changed(() => ({ topology_options: { ports: 4 } }))],
    ["machine: the topology's → pc-q35-6.1", changed(() => ({ machine: 'pc-q35-6.1' }))],
    ['guest CPUs: 2 → 4', changed(({ guest }) => ({ guest: { ...guest, cpus: 4 } }))],
  ])('%s', (text, other) => {
    expect(configurationDifferences(run, other, ...NAME)).toEqual([text]);
    expect(conditionsChanged(other)).toEqual([]);
    expect(configurationDifferences(run, run, ...NAME)).toEqual([]);
  });

  test('another place or other options of the same steps', () => {
    const [one, other] = [steps(plug), steps({ ...plug, slot: 3 })];
    expect(conditionDifferences(conditionsOfVariant(one, ...NAME), conditionsOfVariant(other, ...NAME))).toEqual([]);
    expect(configurationDifferences(one, other, ...NAME)).toEqual([expect.stringContaining('details of the steps')]);
  });
});

function withParameter(guest: StoredVariant['guest']): Partial<StoredVariant> {
  return { guest: { ...guest, parameters: { ...(guest.parameters as object), 'pciehp.button_delay_ms': '5' } } };
}
