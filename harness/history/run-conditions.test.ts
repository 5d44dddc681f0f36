import { describe, expect, test } from 'vitest';
import { conditionDifferences } from '../statistics/conditions.ts';
import { conditionsOfVariant, configurationDifferences } from './run-conditions.ts';
import { type ComparedRunFile, readComparedRunFile } from './stored-files.ts';
import { writtenNights } from './test-night.ts';

const NAME = ['nightly', 'shpc-01'] as const;

const { directories } = await writtenNights(1, 1);
const stored = readComparedRunFile(directories[0] ?? '');
if (!stored.ok) throw new Error(stored.failure);
const run = stored.value;
type StoredVariant = ComparedRunFile['variants'][number];

function changed(over: (variant: StoredVariant) => Partial<StoredVariant>): ComparedRunFile {
  return { ...run, variants: run.variants.map((variant) => ({ ...variant, ...over(variant) })) };
}
const conditionsChanged = (other: ComparedRunFile) =>
  conditionDifferences(conditionsOfVariant(run, ...NAME), conditionsOfVariant(other, ...NAME));
const steps = (...operations: readonly object[]) => changed(() => ({ steps: operations }));
const plug = { operation: 'plug', device: 'nvme', slot: 0 };

describe('what keeps two runs from being compared', () => {
  test.each<[string, ComparedRunFile]>([
    ['CPU', { ...run, host: { ...run.host, cpu_model: 'x' }, hosts: [] }],
    ['CPU cores', { ...run, host: { ...run.host, cores: 9 }, hosts: [] }],
    ['accelerator', changed(() => ({ accelerator: { used: 'kvm' } }))],
    ['clock', changed(() => ({ clock: 'virtual' }))],
    ['machines side by side', { ...run, jobs: 2 }],
    ['left out of the machine', changed(() => ({ left_out: ['intel-iommu'] }))],
    ['guest kernel', changed(({ guest }) => ({ guest: { ...guest, kernel: { ...guest.kernel, sha256: 'f' } } }))],
    ['sequence', steps(plug)],
    ['passes', changed(() => ({ sampling: { cycles: 1, warmup: 1 } }))],
  ])('%s', (name, other) => {
    expect(conditionsChanged(other)).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    expect(conditionsChanged(run)).toEqual([]);
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

describe('what a comparison only tells', () => {
  test.each<[string, ComparedRunFile]>([
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
