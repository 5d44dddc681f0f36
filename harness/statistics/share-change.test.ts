import { expect, test } from 'vitest';
import { isStillHigher, type NightShare, shareChanges } from './share-change.ts';

const nights = (count: number, failed: number, boots = 5): NightShare[] =>
  Array.from({ length: count }, () => ({ failed, boots }));

test('from one night on everything fails: found with the third', () => {
  expect(shareChanges([...nights(30, 0), ...nights(10, 5)])).toMatchObject([{ index: 30, foundAt: 32 }]);
});

test('from none to a third is found within ten nights', () => {
  const third = [2, 1, 2, 1, 2, 2, 1, 2, 1, 1].map((failed) => ({ failed, boots: 5 }));
  const [change] = shareChanges([...nights(30, 0), ...third]);
  expect(change?.index).toBe(30);
});

test('what was mended is a change, too', () => {
  expect(shareChanges([...nights(20, 0), ...nights(10, 5), ...nights(20, 0)]).map(({ index }) => index)).toEqual([
    20, 30,
  ]);
});

test.each([
  ['a share of one in five all along', Array.from({ length: 60 }, (_, night) => ({ failed: night % 3, boots: 5 }))],
  ['an outage of one night, and of two', [...nights(20, 0), ...nights(1, 5), ...nights(20, 0), ...nights(2, 5)]],
  ['one failure in a hundred nights', [...nights(80, 0), ...nights(1, 1), ...nights(20, 0)]],
  ['everything fails all along', nights(60, 5)],
  ['nothing', []],
])('%s is no change', (_, all) => {
  expect(shareChanges(all)).toEqual([]);
});

test('a series whose nights scatter more than boots explain has to show more', () => {
  // None or all of a night, in turn: one in two, and no four nights of the same make it another share.
  const wild = Array.from({ length: 40 }, (_, night) => nights(1, night % 2 === 0 ? 5 : 0)).flat();
  expect(shareChanges([...wild, ...nights(4, 5)])).toEqual([]);
});

test('looks at every night as it comes: later nights do not change what was found', () => {
  const all = [...nights(20, 0), ...nights(8, 3), ...nights(20, 0), ...nights(8, 5)];
  const found = shareChanges(all);
  expect(found.length).toBeGreaterThan(1);
  for (let known = 0; known <= all.length; known++) {
    expect(shareChanges(all.slice(0, known))).toEqual(found.filter(({ foundAt }) => foundAt < known));
  }
});

test('what is left after a recovery is still a rise where it is beyond chance', () => {
  expect(isStillHigher({ failed: 0, boots: 150 }, { failed: 5, boots: 50 })).toBe(true);
  expect(isStillHigher({ failed: 30, boots: 150 }, { failed: 11, boots: 50 })).toBe(false);
  expect(isStillHigher({ failed: 30, boots: 150 }, { failed: 1, boots: 50 })).toBe(false);
});
