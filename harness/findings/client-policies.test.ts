import { expect, test } from 'vitest';
import { testVariant } from '../scenario/test-variant.ts';
import { failedSample, goodSample } from '../timeline/test-sample.ts';
import type { Sample } from '../vocabulary.ts';
import { CLIENT_POLICIES, clientViews } from './client-policies.ts';

const variant = testVariant();
const viewsOf = (samples: readonly Sample[], of = variant) => clientViews(CLIENT_POLICIES, [of], samples);
const unplug = (latencyMs: number, boot = 1) => goodSample({ operation: 'unplug', latencyMs, boot });
const failed = (outcome: 'timeout' | 'refused' | 'lost', over = {}) =>
  failedSample(outcome, { operation: 'unplug', ...over });

test('a native unplug of 6.3 s: kata waits for it and looks every 100 ms, libvirt has given up, nova has it in its first attempt', () => {
  const views = viewsOf([unplug(6310)]);
  expect(
    views.map(({ policy, done, doneMs, pending, pendingUntilMs }) => [
      policy,
      done,
      doneMs?.median,
      pending,
      pendingUntilMs?.median,
    ]),
  ).toEqual([
    ['kata', 1, 6400, 0, undefined],
    ['libvirt', 0, undefined, 1, 6310],
    ['nova', 1, 6310, 0, undefined],
  ]);
});

test("a plug of 6.1 s is an error of kata's agent after 3 s; the others do not wait for the guest", () => {
  const views = viewsOf([
    goodSample({ latencyMs: 6100 }),
    goodSample({ latencyMs: 3000, boot: 2 }),
    failedSample('lost', { boot: 3 }),
  ]);
  expect(views).toMatchObject([{ policy: 'kata', operation: 'plug', n: 3, done: 1, failed: 2, failsAfterMs: 3000 }]);
  expect(views[0]?.failedShare?.value).toBeCloseTo(2 / 3);
});

test('what a client would have done next, or later than the harness waited, is not known and in no share', () => {
  const short = testVariant({ timeouts: { bootMs: 1, plugMs: 1, unplugMs: 7000 } });
  const views = viewsOf([failed('timeout'), unplug(50, 2)], short);
  expect(views.map(({ policy, failed: n, pending, unknown }) => [policy, n, pending, unknown])).toEqual([
    ['kata', 0, 0, 1],
    ['libvirt', 0, 1, 0],
    ['nova', 0, 0, 1],
  ]);
  expect(views[0]?.failedShare?.value).toBe(0);
});

test('a refusal is an error at once for those that do not ask again; one that the scenario expects is nothing a client does', () => {
  expect(viewsOf([failed('refused')]).map(({ failed: n, unknown }) => [n, unknown])).toEqual([
    [1, 0],
    [1, 0],
    [0, 1],
  ]);
  expect(viewsOf([failed('refused', { expected: true, refusedAfterMs: 1 })])).toEqual([]);
});

test('warm-up passes, plugs during the boot, virtual time and what was not tried are left out', () => {
  const left = [
    ...[{ warmup: true }, { offsetMs: 5 }, { clock: 'virtual' as const }].map((over) => goodSample(over)),
    goodSample({ detail: 'request 2 of at most 8' }),
    failedSample('aborted'),
    goodSample({ operation: 'boot' }),
  ];
  expect(viewsOf(left)).toEqual([]);
});
