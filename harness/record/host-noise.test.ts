import { expect, test } from 'vitest';
import { hostNoiseTexts, wasBusy } from './host-noise.ts';

type Measured = Parameters<typeof hostNoiseTexts>[0];

const HOST = { hostname: 'h', cpu_model: 'c', cores: 2, kernel: '6.1', qemu: 'QEMU 7.2' };

/** A run of four boots of one variant, in which others used so many CPUs. */
function run(otherCpus: readonly (number | null)[], clock: 'real' | 'virtual' = 'real'): Measured {
  return {
    host: HOST,
    clock,
    noise: [],
    variants: [{ scenario: 's', name: 'v', clock } as unknown as Measured['variants'][number]],
    boots: otherCpus.map((other, index) => ({
      ...{ name: '', scenario: 's', variant: 'v', boot: index + 1, losses: [] },
      host_use: { load: 1, other_cpus: other, steal_share: 0 },
    })),
  };
}

test('a quiet host is not spoken of', () => {
  expect(hostNoiseTexts(run([0.1, 0, 0.4, null]))).toEqual([]);
  expect(wasBusy(run([0.1, 0, 0.4, null]))).toBe(false);
});

test('boots in which others used the CPUs are counted, and the worst is named', () => {
  expect(hostNoiseTexts(run([0, 0.6, 1.4, 0]))).toEqual([
    'in 2 of 4 boots other programs used CPUs of the host, up to 1.4 of 2 (s/v boot 3)',
  ]);
});

test('so are those in which a hypervisor ran somebody else', () => {
  const { boots, ...rest } = run([0, 0]);
  const stolen = boots.map((boot) => ({ ...boot, host_use: { load: 1, steal_share: 0.1 } }));
  expect(hostNoiseTexts({ ...rest, boots: stolen })).toEqual([
    'in 2 of 2 boots CPU time was stolen by the hypervisor below, up to 10 % (s/v boot 1)',
  ]);
});

test('what was found before the run comes first', () => {
  const found = { ...run([0]), noise: [{ what: 'load', text: 'other programs use 1.4 of 2 CPUs' }] };
  expect(hostNoiseTexts(found)).toEqual(['before it began: other programs use 1.4 of 2 CPUs']);
});

test('one disturbed boot of four does not spoil a baseline, two do', () => {
  expect(wasBusy(run([2, 0, 0, 0]))).toBe(false);
  expect(wasBusy(run([2, 2, 0, 0]))).toBe(true);
});

test("virtual time does not depend on the host's load, and earlier versions did not look", () => {
  expect([hostNoiseTexts(run([2, 2], 'virtual')), wasBusy(run([2, 2], 'virtual'))]).toEqual([[], false]);
  const { noise: _, ...old } = run([]);
  const boots = [{ name: '', scenario: 's', variant: 'v', boot: 1, losses: [] }];
  expect([hostNoiseTexts({ ...old, boots }), wasBusy({ ...old, boots })]).toEqual([[], false]);
});
