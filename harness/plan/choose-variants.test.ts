import { describe, expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import type { Scenario, Variant } from '../variant.ts';
import { type Choices, chooseVariants } from './choose-variants.ts';

const scenario = (name: string, ...variants: string[]): Scenario => ({
  name,
  file: `${name}.yaml`,
  source: '',
  question: '',
  variants: variants.map((variant) => testVariant({ scenario: name, name: variant })),
});
const loaded = [scenario('quick', 'shpc', 'acpi', 'acpi-bridge'), scenario('shpc-waits', 'stock')];

function chosen(flags: Choices): readonly string[] | string {
  const found = chooseVariants(loaded, flags);
  if (!found.ok) return found.failure;
  return found.value.flatMap(({ variants }) => variants.map((variant) => `${variant.scenario}/${variant.name}`));
}

test.each([
  [undefined, ['quick/shpc', 'quick/acpi', 'quick/acpi-bridge', 'shpc-waits/stock']],
  ['shpc', ['quick/shpc', 'shpc-waits/stock']],
  ['quick/shpc', ['quick/shpc']],
  ['bridge, stock', ['quick/acpi-bridge', 'shpc-waits/stock']],
  ['bridge,', ['quick/acpi-bridge']],
])('--filter %s', (filter, expected) => {
  expect(chosen(filter === undefined ? {} : { filter })).toEqual(expected);
});

test.each(['vfio', '', ','])('--filter "%s" matches nothing, and the names are told', (filter) => {
  expect(chosen({ filter })).toContain('quick/shpc, quick/acpi');
});

test('flags stand above the scenario, and what they do not say stays', () => {
  const found = chooseVariants([scenario('one', 'v')], { boots: 7, accelerator: 'kvm' });
  const [before] = scenario('one', 'v').variants;
  expect(found.ok && found.value[0]?.variants[0]).toEqual({
    ...before,
    accelerator: 'kvm',
    sampling: { ...before?.sampling, boots: 7 },
  });
});

describe('--cycles is refused', () => {
  const once = { boots: 1, cycles: 1, warmup: 0 };
  const disk = { deviceId: 'disk', device: 'virtio-blk', options: {}, slot: 0, sequence: 1 } as const;
  const plug = { operation: 'plug', ...disk } as const;
  const unplug = { operation: 'unplug', ...disk } as const;
  const withCycles = (over: Partial<Variant>, cycles: number) => {
    const variants = [testVariant({ scenario: 'one', name: 'v', sampling: once, ...over })];
    const found = chooseVariants([{ ...scenario('one'), variants }], { cycles });
    return found.ok ? 'sound' : found.failure;
  };

  test('where a pass leaves a device plugged, however deep its step is', () => {
    const words =
      '--cycles 3: one/v: "disk" is still plugged at the end of the sequence, and the variant "v" repeats it ' +
      '(warmup: 0, cycles: 3), expected a step "unplug: disk"';
    expect(withCycles({ steps: [plug] }, 3)).toBe(words);
    expect(withCycles({ steps: [{ operation: 'parallel', branches: [[plug, unplug, plug], []] }] }, 3)).toBe(words);
    expect(withCycles({ steps: [plug] }, 1)).toBe('sound');
    expect(withCycles({ steps: [plug, unplug] }, 3)).toBe('sound');
  });

  test('where something is plugged during the boot, which happens once', () => {
    const bootPlugs = [{ ...plug, fromMs: 0, toMs: 1, holdMs: 1 }];
    expect(withCycles({ bootPlugs, steps: [] }, 2)).toContain('one/v: a sequence that plugs during the boot, and');
  });
});

test('--clock virtual is refused where variants differ in their CPUs, of which one would be left', () => {
  const withCpus = (cpus: number) => {
    const { guest } = testVariant();
    return testVariant({ scenario: 'one', name: `cpus${cpus}`, guest: { ...guest, cpus } });
  };
  const both = [{ ...scenario('one'), variants: [withCpus(2), withCpus(4)] }];
  expect(chooseVariants(both, { clock: 'virtual' })).toEqual({
    ok: false,
    failure: '--clock virtual: the variants of one have 2 and 4 virtual CPUs, of which virtual time counts one',
  });
  const chosen = chooseVariants(both, { clock: 'virtual', filter: 'cpus4' });
  expect(chosen.ok && chosen.value[0]?.variants.map(({ guest }) => guest.cpus)).toEqual([1]);
});
