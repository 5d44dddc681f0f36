import { expect, test } from 'vitest';
import { count, didYouMean, listWords, quote } from './words.ts';

test('lists read like a sentence, and long ones are cut', () => {
  expect(listWords([], 'or')).toBe('');
  expect(listWords(['a'], 'or')).toBe('a');
  expect(listWords(['a', 'b'], 'and')).toBe('a and b');
  expect(listWords(['a', 'b', 'c'], 'or')).toBe('a, b or c');
  const many = Array.from({ length: 100 }, (_, index) => `v${index}`);
  expect(listWords(many, 'or')).toBe('v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 or one of 88 more');
});

test('counts agree with their noun', () => {
  expect([0, 1, 2].map((amount) => count(amount, 'slot'))).toEqual(['0 slots', '1 slot', '2 slots']);
});

test('texts from a file are quoted and cut', () => {
  expect(quote('a"b\n')).toBe('"a\\"b\\n"');
  expect(quote('x'.repeat(61))).toBe(`"${'x'.repeat(60)}…"`);
});

test('a slip is recognised, another word is not', () => {
  const topologies = ['shpc-bridge', 'acpi-bridge', 'pcie-root-port'];
  expect(didYouMean('shpc-brige', topologies)).toEqual({ suggestion: 'shpc-bridge' });
  expect(didYouMean('SHPC-Bridge', topologies)).toEqual({ suggestion: 'shpc-bridge' });
  expect(didYouMean('bot', ['boot', 'plug'])).toEqual({ suggestion: 'boot' });
  expect(didYouMean('cuont', ['count', 'bus'])).toEqual({ suggestion: 'count' });
  expect(didYouMean('nvme', ['null-co'])).toEqual({});
  expect(didYouMean('wait', ['boot', 'plug', 'unplug'])).toEqual({});
  expect(didYouMean('plug', ['plug', 'plugs'])).toEqual({});
  expect(didYouMean('x'.repeat(100_000), topologies)).toEqual({});
});
