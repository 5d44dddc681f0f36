import { expect, test } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import type { Comparison, Verdict } from '../statistics/comparison.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import { exitCodeOf } from './run-exit-code.ts';

const good = { samples: [goodSample()], boots: [], unavailable: [], interrupted: false };
const failed = { ...good, samples: [failedSample('timeout')] };
const compared = (...verdicts: Verdict[]) => ({ comparisons: verdicts.map((verdict) => ({ verdict }) as Comparison) });
const required = { requireBaseline: true };

test.each<[string, Parameters<typeof exitCodeOf>, number]>([
  ['nothing to say', [good, undefined, {}], EXIT.ok],
  [
    'a variant that had to be left out',
    [{ ...good, unavailable: [{ scenario: 's', variant: 'v', reason: 'no network' }] }, undefined, {}],
    EXIT.samplesFailed,
  ],
  ['failed samples', [failed, compared('unchanged'), {}], EXIT.samplesFailed],
  ['a regression among failed samples', [failed, compared('unchanged', 'failing'), required], EXIT.regression],
  ['a baseline that was required and could not be read', [failed, undefined, required], EXIT.noBaseline],
  [
    'a baseline that was required and is of other conditions',
    [good, compared('incomparable'), required],
    EXIT.noBaseline,
  ],
  [
    'the same where it was not required: nothing was decided',
    [good, compared('incomparable', 'missing'), {}],
    EXIT.undecided,
  ],
  ['one of several that could be compared', [good, compared('missing', 'unchanged'), required], EXIT.undecided],
  ['the same where that is accepted', [good, compared('missing', 'unchanged'), { acceptUndecided: true }], EXIT.ok],
  ['nothing in the base', [good, compared(), {}], EXIT.undecided],
  ['one that a change could have passed', [good, compared('unchanged', 'undecided'), required], EXIT.undecided],
  ['the same where that is accepted', [good, compared('undecided'), { acceptUndecided: true }], EXIT.ok],
  ['failed samples beside something undecided', [failed, compared('undecided'), {}], EXIT.samplesFailed],
  ['a regression beside something undecided', [good, compared('undecided', 'regressed'), {}], EXIT.regression],
  ['an interrupt', [{ ...failed, interrupted: true }, undefined, required], EXIT.interrupted],
])('%s', (_, given, code) => {
  expect(exitCodeOf(...given)).toBe(code);
});
