import { describe, expect, test } from 'vitest';
import { holm } from './holm.ts';
import { detectableRatio, type PooledNoise, pooledNoise, stepPValue } from './pooled-noise.ts';
import { seededRandom } from './seeded-random.ts';

test('the noise of several cells is that around their own means', () => {
  expect(pooledNoise([[1, 3], [11, 13, 15], [100]])).toEqual({ sd: Math.sqrt((2 + 8) / 3), degrees: 3 });
});

test('of single boots no noise is known', () => {
  expect(pooledNoise([[1], [2], [3]])).toBeUndefined();
  expect(pooledNoise([])).toBeUndefined();
});

test('a difference counts by the widest noise that is known of its cells', () => {
  const from = [0, 0.01, 0.02];
  const to = [1, 1.01, 1.02];
  const narrow = { sd: 0.01, degrees: 32 };
  const p = stepPValue([from, to], narrow, []);
  expect(p).toBeLessThan(1e-20);
  expect(stepPValue([from, to], narrow, [{ sd: 0.3, degrees: 8 }, undefined])).toBeGreaterThan(1e-4);
  // Two of three boots are disturbed, which the noise of all cells does not know.
  expect(stepPValue([from, [0.01, 1, 1.02]], narrow, [])).toBeGreaterThan(1e-3);
});

test('boots without any scatter can be told apart, and are not where they are the same', () => {
  const noise = { sd: 0, degrees: 32 };
  expect(
    stepPValue(
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      noise,
      [],
    ),
  ).toBe(1);
  expect(
    stepPValue(
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
      noise,
      [],
    ),
  ).toBeLessThan(1e-9);
});

test('what can be detected is what would be found', () => {
  const noise = { sd: 0.04, degrees: 32 };
  const ratio = detectableRatio(noise, 3, 0.05, 120);
  const cells = (by: number): [number[], number[]] => [[0, 0, 0], [0, 0, 0].map((one) => one + Math.log(by))];
  expect(stepPValue(cells(ratio * 1.001), noise, []) * 120).toBeLessThan(0.05);
  expect(stepPValue(cells(ratio * 0.999), noise, []) * 120).toBeGreaterThan(0.05);
});

const MACHINES = 5;
const KERNELS = 4;
const QEMUS = 4;
const TABLES = 400;
/** Of 400 tables with a true rate of 5 %, more than this happens once in a hundred times. */
const MOST_OF_400 = 30;

/** Corrected p-values of all steps of a made-up table, with the QEMU and the machine that each leads to. */
function steps(boots: number, location: (kernel: number, qemu: number, machine: number) => number) {
  const found: { readonly pValue: number; readonly machine: number; readonly toQemu?: number }[] = [];
  for (let machine = 0; machine < MACHINES; machine++) {
    const cells = Array.from({ length: KERNELS }, (_, kernel) =>
      Array.from({ length: QEMUS }, (__, qemu) => Array.from({ length: boots }, () => location(kernel, qemu, machine))),
    );
    const noise = pooledNoise(cells.flat()) as PooledNoise;
    const ofKernels = cells.map(pooledNoise);
    const ofQemus = Array.from({ length: QEMUS }, (_, qemu) => pooledNoise(cells.map((row) => row[qemu] ?? [])));
    const step = (from: readonly [number, number], to: readonly [number, number]) => {
      const [a = [], b = []] = [from, to].map(([kernel, qemu]) => cells[kernel]?.[qemu]);
      const sharing = [from, to].flatMap(([kernel, qemu]) => [ofKernels[kernel], ofQemus[qemu]]);
      return stepPValue([a, b], noise, sharing);
    };
    for (let kernel = 0; kernel < KERNELS; kernel++) {
      for (let qemu = 0; qemu < QEMUS; qemu++) {
        if (qemu > 0) found.push({ pValue: step([kernel, qemu - 1], [kernel, qemu]), machine, toQemu: qemu });
        if (kernel > 0) found.push({ pValue: step([kernel - 1, qemu], [kernel, qemu]), machine });
      }
    }
  }
  const adjusted = holm(found.map(({ pValue }) => pValue));
  return found.map((one, index) => ({ ...one, pValue: adjusted[index] ?? 1 }));
}

const random = seededRandom(20261127);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Boots of the same machine under TCG differ by about this share. */
const SD = 0.04;

describe.each([3, 5])('simulated: %d boots in each of 5 x 4 x 4 cells', (boots) => {
  test.each<[string, (kernel: number, qemu: number) => number]>([
    ['normal noise', () => SD * normal()],
    ['lognormal noise', () => Math.log(1 + 0.1 * Math.exp(normal()))],
    ['one boot in twenty half as slow again', () => SD * normal() + (random() < 0.05 ? Math.log(1.5) : 0)],
    ['one QEMU that scatters twice as widely', (_, qemu) => (qemu === 0 ? 2 : 1) * SD * normal()],
    ['one kernel that scatters six times as widely', (kernel) => (kernel === 1 ? 6 : 1) * SD * normal()],
  ])(
    '%s, nothing changed: at most 5 %% of tables have a mark',
    (_, noise) => {
      let marked = 0;
      for (let table = 0; table < TABLES; table++) {
        if (steps(boots, noise).some(({ pValue }) => pValue <= 0.05)) marked += 1;
      }
      expect(marked).toBeLessThanOrEqual(MOST_OF_400);
    },
    120_000,
  );

  test('a step of 30 % on one machine is found nine times in ten', () => {
    const changed = ({ machine, toQemu }: { machine: number; toQemu?: number }) => machine === 2 && toQemu === 2;
    const found = Array.from({ length: 40 }, () =>
      steps(boots, (_, qemu, machine) => SD * normal() + (machine === 2 && qemu >= 2 ? Math.log(1.3) : 0)).filter(
        changed,
      ),
    ).flat();
    expect(found.filter(({ pValue }) => pValue <= 0.05).length / found.length).toBeGreaterThan(0.9);
  }, 120_000);
});
