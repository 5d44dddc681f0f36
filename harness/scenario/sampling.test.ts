import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseScenario } from './parse.ts';
import { problemLines } from './test-scenario.ts';

const text = (defaults: unknown, own: unknown, more = {}) =>
  stringify({
    name: 'x',
    defaults: { sampling: defaults },
    variants: { a: { topology: 'acpi-root-port', sampling: own } },
    sequence: ['boot'],
    ...more,
  });
const samplingOf = (defaults: unknown, own: unknown) => {
  const parsed = parseScenario('x.yaml', text(defaults, own));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return parsed.value.variants[0]?.sampling;
};
const target = { relative_ci: '5%' };

describe('sampling', () => {
  test.each([
    [{}, {}, { boots: 5, cycles: 4, warmup: 1 }],
    [{ boots: 7 }, { cycles: 1 }, { boots: 7, cycles: 1, warmup: 1 }],
    [{ target }, {}, { boots: 30, cycles: 4, warmup: 1, adaptive: { minBoots: 8, targetRelative: 0.05 } }],
    [
      { min_boots: 5, cycles: 2 },
      { target: { relative_ci: '0.5 %' }, max_boots: 6 },
      { boots: 6, cycles: 2, warmup: 1, adaptive: { minBoots: 5, targetRelative: 0.005 } },
    ],
  ])('%j and %j', (defaults, own, expected) => {
    expect(samplingOf(defaults, own)).toEqual(expected);
  });

  test("a variant's fixed number replaces the target of the defaults, and the other way round", () => {
    expect(samplingOf({ target, max_boots: 9 }, { boots: 3 })).toEqual({ boots: 3, cycles: 4, warmup: 1 });
    expect(samplingOf({ boots: 3 }, { target })).toMatchObject({ boots: 30, adaptive: { minBoots: 8 } });
  });

  test.each([
    ['both in one place', { boots: 5, target }, {}, 'either "boots", or "target"'],
    ['both in a variant', {}, { boots: 5, max_boots: 9 }, 'either "boots", or "target"'],
    ['limits without a target', {}, { max_boots: 9 }, '"target: { relative_ci: 5% }"'],
    ['limits over a fixed number', { boots: 3 }, { min_boots: 9 }, '"target: { relative_ci: 5% }"'],
    ['limits the wrong way round', { max_boots: 9 }, { target, min_boots: 10 }, 'at least 10 boots and at the most 9'],
    ['a most below the usual least', {}, { target, max_boots: 6 }, 'at least 8 boots and at the most 6'],
    ['too few for an interval', {}, { target, min_boots: 4 }, 'a whole number from 5 to 1000'],
    ['a target of nothing', {}, { target: { relative_ci: '0%' } }, 'a percentage from 0.1% to 100% such as 5%'],
    ['a target without its unit', {}, { target: { relative_ci: 0.05 } }, 'a percentage from 0.1% to 100% such as 5%'],
  ])('%s is a mistake', (_, defaults, own, expected) => {
    expect(problemLines(text(defaults, own)).join('\n')).toContain(expected);
  });
});

describe('threshold', () => {
  const thresholdOf = (threshold: unknown) => {
    const parsed = parseScenario('x.yaml', text({}, {}, { threshold }));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
    return parsed.value.threshold;
  };

  test('what it does not say stays as usual', () => {
    expect(thresholdOf({ relative: '5%', absolute: '0.5ms' })).toEqual({ relative: 0.05, absoluteMs: 0.5 });
    expect(thresholdOf({ relative: '0%' })).toEqual({ relative: 0, absoluteMs: 0 });
    expect(thresholdOf({ absolute: '1ms' })).toEqual({ relative: 0.02, absoluteMs: 1 });
  });

  test.each([
    [{ relative: 0.02 }, 'a percentage from 0% to 100%'],
    [{ relative: '200%' }, 'a percentage from 0% to 100%'],
    [{ absolute: '5' }, 'a duration'],
    [{ percent: '2%' }, 'relative'],
  ])('%j is a mistake', (threshold, expected) => {
    expect(problemLines(text({}, {}, { threshold })).join('\n')).toContain(expected);
  });
});
