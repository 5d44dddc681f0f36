import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { findingsOf } from '../findings/findings.ts';
import { writeNight } from '../history/generate.ts';
import { syntheticNights } from '../history/synthetic-nights.ts';
import { normalNumbers } from '../simulation/noise.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Sample } from '../vocabulary.ts';
import { compareCommand } from './compare.ts';

/** Run directories as they lie on disk, and what a careful person would say of two of them. */

const normal = normalNumbers(seededRandom(7));
let printed = '';
beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

/** Latency of one pass in milliseconds; undefined where it times out, which ends its boot. */
type Pass = (boot: number, cycle: number) => number | undefined;

const TIMEOUTS = { plugMs: 30_000 };
const FAR_AWAY_MS = 20_000;

/** A run of a variant with plugs of four passes a boot. */
async function writeRun(root: string, night: number, boots: number, pass: Pass, plugMs: number): Promise<string> {
  const [{ state } = { state: undefined }] = [...syntheticNights(1, 1, 1)];
  if (!state) throw new Error('a night was expected');
  const [one] = state.ready;
  if (!one) throw new Error('a variant was expected');
  const variant = { ...one.variant, deadlines: { plugMs } };
  const samples: Sample[] = [];
  for (let boot = 1; boot <= boots; boot++) {
    let failed = false;
    for (let cycle = 1; cycle <= 4; cycle++) {
      const place = { scenario: variant.scenario, variant: variant.name, boot, cycle, order: samples.length + 1 };
      const latencyMs: number | undefined = failed ? undefined : pass(boot, cycle);
      if (latencyMs !== undefined) {
        const phases = [{ name: 'unattributed', kind: 'guest', startMs: 0, durationMs: latencyMs }] as const;
        samples.push(goodSample({ ...place, accelerator: 'tcg', latencyMs, phases }));
      } else
        samples.push(failedSample(failed ? 'aborted' : 'timeout', { ...place, accelerator: 'tcg', expected: failed }));
      failed ||= latencyMs === undefined;
    }
  }
  const questions = {
    variants: [{ ...variant, timeouts: TIMEOUTS }],
    references: new Map<string, string>(),
    fits: [],
    thresholds: new Map(),
    machines: [],
  };
  const startedAt = new Date(Date.UTC(2026, 0, night));
  const boot = state.boots[0];
  return writeNight(root, {
    state: {
      ...state,
      startedAt,
      scenarios: state.scenarios.map((scenario) => ({ ...scenario, variants: [variant] })),
      ready: [{ ...one, variant }],
      boots: Array.from({ length: boots }, (_, index) => ({
        ...(boot ?? ({} as never)),
        boot: index + 1,
        name: `${variant.scenario}.${variant.name}.${String(index + 1).padStart(3, '0')}`,
      })),
      samples,
    },
    samples,
    findings: findingsOf(questions, samples, []),
  });
}

/** Around 100 ms, 3 % between boots and 5 % within. */
const usual = (factor = 1): Pass => {
  let [last, level] = [0, 1];
  return (boot) => {
    if (boot !== last) [last, level] = [boot, Math.exp(0.03 * normal())];
    return factor * 90 * level * Math.exp(0.05 * normal());
  };
};

/** The last of these runs compared with the first, after the others. */
async function verdictOf(boots: number, passes: readonly Pass[], deadlineMs = FAR_AWAY_MS) {
  printed = '';
  const root = mkdtempSync(join(tmpdir(), 'careful-'));
  const directories: string[] = [];
  for (const [night, pass] of passes.entries())
    directories.push(await writeRun(root, night + 1, boots, pass, deadlineMs));
  const code = await compareCommand(directories[0] ?? '', directories.at(-1) ?? '', { json: true });
  const { comparisons } = JSON.parse(printed) as { comparisons: { verdict: string; reason: string }[] };
  return { code, verdict: comparisons[0]?.verdict, reason: comparisons[0]?.reason };
}

describe('failures', () => {
  test.each([
    [4, 5],
    [5, 10],
    [8, 10],
    [10, 20],
    [8, 30],
  ])('%d of %d boots that time out after none are failing, however fast the rest is', async (failing, boots) => {
    const some: Pass = (boot, cycle) => (boot <= failing && cycle > 1 ? undefined : usual(0.88)(boot, cycle));
    expect(await verdictOf(boots, [usual(), some])).toMatchObject({
      code: EXIT.regression,
      verdict: 'failing',
      reason: expect.stringContaining(`${failing} of ${boots} boots failed, before 0 of ${boots}`),
    });
  });

  test('where the slow ones time out, what is left is no improvement', async () => {
    const slow = usual(1.2);
    const cut: Pass = (boot, cycle) => {
      const ms = slow(boot, cycle) ?? 0;
      return ms > 108 ? undefined : ms;
    };
    expect((await verdictOf(10, [usual(), cut])).verdict).toBe('failing');
  });

  test('one boot of twenty is not enough to say, and not fine', async () => {
    const once: Pass = (boot, cycle) => (boot === 3 ? undefined : usual()(boot, cycle));
    expect(await verdictOf(20, [usual(), once])).toMatchObject({ code: EXIT.undecided, verdict: 'undecided' });
  });

  test('as many as before are no news', async () => {
    const two: Pass = (boot, cycle) => (boot <= 2 ? undefined : usual()(boot, cycle));
    expect((await verdictOf(20, [two, two])).verdict).not.toBe('failing');
  });
});

describe('the slow tail', () => {
  const withSlow = (share: number): Pass => {
    const fast = usual();
    let count = 0;
    return (boot, cycle) => (count++ % Math.round(1 / share) === 0 ? 2 : 1) * (fast(boot, cycle) ?? 0);
  };

  test('twice as long in 33 instead of 5 of 100 plugs is a regression, though the median is the same', async () => {
    const found = await verdictOf(30, [withSlow(0.05), withSlow(0.33)]);
    expect(found).toMatchObject({ code: EXIT.regression });
    expect(found.reason).toMatch(/p90 [\d.]+ to [\d.]+ ms/);
  });
});

test('late samples of each boot that become more are failing, though each boot had one before', async () => {
  const late =
    (count: number): Pass =>
    (_, cycle) =>
      (cycle <= count ? 190 : 80) * Math.exp(0.02 * normal());
  expect(await verdictOf(10, [late(1), late(3)], 108)).toMatchObject({
    code: EXIT.regression,
    reason: expect.stringContaining('30 of 40 samples missed the deadline of 108 ms, before 10 of 40'),
  });
});

describe('two runs', () => {
  test('that differ as runs do are no alarm, and not fine: nothing is known of this host', async () => {
    expect(await verdictOf(10, [usual(), usual(1.05)])).toMatchObject({ code: EXIT.undecided, verdict: 'undecided' });
  });

  test('after ten that have hardly differed decide: a change of 25 % is found, none is fine', async () => {
    const calm = Array.from({ length: 11 }, () => usual());
    expect((await verdictOf(20, [...calm, usual(1.25)])).code).toBe(EXIT.regression);
    expect((await verdictOf(20, [...calm, usual()])).code).toBe(EXIT.ok);
  });

  test('of four boots say nothing, with an exit code that is not 0', async () => {
    expect(await verdictOf(4, [usual(), usual()])).toMatchObject({ code: EXIT.undecided, verdict: 'undecided' });
  });

  test('of three boots in two modes are no alarm', async () => {
    const mode =
      (ms: number): Pass =>
      () =>
        ms;
    expect((await verdictOf(3, [mode(40), mode(41)])).verdict).toBe('undecided');
    expect((await verdictOf(3, [mode(40), mode(80)])).verdict).toBe('undecided');
  });
});
