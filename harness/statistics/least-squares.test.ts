import { describe, expect, test } from 'vitest';
import { type Estimate, leastSquares, type Point } from './least-squares.ts';
import { seededRandom } from './seeded-random.ts';

const at = (pairs: readonly (readonly [number, number])[]): readonly Point[] => pairs.map(([x, y]) => ({ x, y }));

describe('the line through points', () => {
  test('is the one worked out by hand', () => {
    // Mean (1.5, 3), Sxx 5, Sxy 5; residuals -1/2, 1/2, 1/2, -1/2; leverages 7/10, 3/10, 3/10, 7/10; so the errors of
    // leaving each out are -5/3, 5/7, 5/7, -5/3. Weights of the slope -0.3, -0.1, 0.1, 0.3: its standard error is
    // sqrt(2 (1/2)^2 + 2 (1/14)^2) = 5/7. Weights of the intercept 0.7, 0.4, 0.1, -0.2: its standard error is
    // sqrt((7/6)^2 + (2/7)^2 + (1/14)^2 + (1/3)^2) = 1.248582. t(2) = 4.302653.
    const { slope, intercept, residualSd } = leastSquares(
      at([
        [0, 1],
        [1, 3],
        [2, 4],
        [3, 4],
      ]),
    );
    expect(slope.value).toBeCloseTo(1, 10);
    expect(intercept.value).toBeCloseTo(1.5, 10);
    expect(residualSd).toBeCloseTo(Math.SQRT1_2, 10);
    expect(slope.ci95?.[0]).toBeCloseTo(1 - (4.302653 * 5) / 7, 4);
    expect(slope.ci95?.[1]).toBeCloseTo(1 + (4.302653 * 5) / 7, 4);
    expect(intercept.ci95?.[0]).toBeCloseTo(1.5 - 4.302653 * 1.248582, 4);
    expect(intercept.ci95?.[1]).toBeCloseTo(1.5 + 4.302653 * 1.248582, 4);
  });

  test('has no residual SD with two points, and no interval with two values of x', () => {
    const two = leastSquares(
      at([
        [0, 5],
        [10, 25],
      ]),
    );
    expect(two).toEqual({ slope: { value: 2 }, intercept: { value: 5 } });
    const four = leastSquares(
      at([
        [0, 4],
        [0, 6],
        [10, 24],
        [10, 26],
      ]),
    );
    expect(four).toEqual({ slope: { value: 2 }, intercept: { value: 5 }, residualSd: Math.SQRT2 });
  });

  test('has no interval when one x is so far out that it carries the line alone', () => {
    expect(
      leastSquares(
        at([
          [0, 1],
          [1, 3],
          [1e6, 5],
        ]),
      ).slope,
    ).not.toHaveProperty('ci95');
  });
});

const SEED = 20260131;
const RUNS = 2000;
const BOOTS = 5;
const TRUTH = { slope: 1, intercept: 60 };
const random = seededRandom(SEED);

/** Box and Muller 1958. */
function gaussian(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** In how many of 100 runs the interval holds the true slope and the true intercept. */
function coverage(name: string, xs: readonly number[], noise: (x: number) => number) {
  const held = { slope: 0, intercept: 0 };
  const isIn = ({ ci95 }: Estimate, truth: number) => ci95 !== undefined && ci95[0] <= truth && truth <= ci95[1];
  for (let run = 0; run < RUNS; run++) {
    const points = xs.flatMap((x) =>
      Array.from({ length: BOOTS }, () => ({ x, y: TRUTH.intercept + TRUTH.slope * x + noise(x) })),
    );
    const { slope, intercept } = leastSquares(points);
    if (isIn(slope, TRUTH.slope)) held.slope += 1;
    if (isIn(intercept, TRUTH.intercept)) held.intercept += 1;
  }
  const percent = { slope: (100 * held.slope) / RUNS, intercept: (100 * held.intercept) / RUNS };
  console.info(
    `coverage of the 95 % interval, ${name} (seed ${SEED}, ${RUNS} runs, ${BOOTS} boots at each x): ` +
      `slope ${percent.slope.toFixed(1)} %, intercept ${percent.intercept.toFixed(1)} %`,
  );
  return percent;
}

const WAITS = [0, 100, 500, 1000, 5000];
/** Steps in ms of the kernel's timer wheel at 250 Hz, in which a wait of this length ends (kernel/time/timer.c). */
const wheelStep = (wait: number) => (wait < 252 ? 4 : wait < 2016 ? 32 : 256);

describe('the 95 % interval holds the truth', () => {
  test.each([
    ['waits, equal spread', WAITS, () => 3 * gaussian()],
    ['ports, equal spread', [0, 1, 2, 4, 8, 16], () => 20 * gaussian()],
  ] as const)('in 93 to 97 % of runs: %s', (name, xs, noise) => {
    const { slope, intercept } = coverage(name, xs, noise);
    for (const percent of [slope, intercept]) {
      expect(percent).toBeGreaterThan(93);
      expect(percent).toBeLessThan(97);
    }
  });

  test('of the intercept as often, and of the slope nearly, when long waits scatter more', () => {
    const timerWheel = (x: number) => 3 * gaussian() + (random() - 0.5) * wheelStep(x);
    const { slope, intercept } = coverage('waits, spread of the timer wheel', WAITS, timerWheel);
    expect(intercept).toBeGreaterThan(93);
    expect(intercept).toBeLessThan(97);
    expect(slope).toBeGreaterThan(88);
  });
});
