import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { type PlanInputs, planHash, planOf } from './plan.ts';

const INPUTS: PlanInputs = {
  scenarios: [{ name: 'test', source: 'name: test' }],
  choices: { filter: 'a', boots: 2 },
  seed: 1,
  toolVersion: '1.0',
};
const ready = ['a', 'b'].map((name) => ({
  variant: testVariant({ name, sampling: { boots: 3, cycles: 1, warmup: 0 } }),
}));

test('a plan has another hash when anything is another that decides what is done', () => {
  const others: readonly Partial<PlanInputs>[] = [
    {},
    { scenarios: [{ name: 'test', source: 'name: test # changed' }] },
    { scenarios: [] },
    { choices: { filter: 'a' } },
    { choices: { filter: 'a', boots: 2, accelerator: 'tcg' } },
    { choices: { filter: 'a', cycles: 2 } },
    { seed: 2 },
    { toolVersion: '1.1' },
  ];
  expect(new Set(others.map((other) => planHash({ ...INPUTS, ...other }))).size).toBe(others.length);
});

test('all parts of a plan have its hash and the number of all its boots, and together its boots', () => {
  const whole = planOf(ready, INPUTS);
  const parts = [1, 2, 3].map((index) => planOf(ready, { ...INPUTS, shard: { index, of: 3 } }));
  for (const [index, { facts }] of parts.entries())
    expect(facts).toEqual({ ...whole.facts, shard: { index: index + 1, of: 3 } });
  expect(whole.facts.boots).toBe(6);
  const key = ({ variant, boot, seed }: (typeof whole.boots)[number]) => `${variant.name} ${boot} ${seed}`;
  expect(parts.flatMap(({ boots }) => boots.map(key)).toSorted()).toEqual(whole.boots.map(key).toSorted());
});
