import { expect, test } from 'vitest';
import { acceleratorFor, type KvmProbe, parseProbe } from './accelerator.ts';

const FASTER: KvmProbe = { kvm: { state: 'ready', bootMs: 1200 } };
const SLOWER: KvmProbe = { kvm: { state: 'ready', bootMs: 14_200 }, tcgBootMs: 6000 };
const UNFINISHED: KvmProbe = { kvm: { state: 'slower' }, tcgBootMs: 6000 };
const FAILED: KvmProbe = { kvm: { state: 'failed', why: 'the guest hung' } };

const used = (asked: 'auto' | 'kvm', probe: KvmProbe | undefined) => {
  const decided = acceleratorFor(asked, probe);
  return decided.ok ? `${decided.value.used}: ${decided.value.why}` : `refused: ${decided.failure.message}`;
};

test('auto takes what was ready first, and says both times where both are known', () => {
  expect(used('auto', FASTER)).toBe('kvm: the guest was ready under KVM after 1.2 s, under TCG not yet');
  expect(used('auto', UNFINISHED)).toBe(
    'tcg: TCG is faster here: the guest was ready under TCG after 6.0 s, under KVM not yet',
  );
  expect(used('auto', SLOWER)).toBe(
    'tcg: TCG is faster here: the guest was ready under KVM after 14.2 s, under TCG after 6.0 s',
  );
  expect(used('auto', FAILED)).toBe('tcg: no usable KVM: the guest hung');
});

test('KVM asked for by name is used where it works, and called slow where TCG is faster', () => {
  expect(used('kvm', FASTER)).toMatch(/^kvm: the guest was ready/);
  expect(used('kvm', SLOWER)).toBe(
    'kvm: KVM is slow here: the guest was ready under KVM after 14.2 s, under TCG after 6.0 s',
  );
  expect(used('kvm', FAILED)).toMatch(/^refused: KVM was asked for and cannot be used: the guest hung/);
});

test('without a probe, as in a dry run, KVM is believed to be there only where it was asked for', () => {
  expect(used('auto', undefined)).toBe('tcg: KVM has not been tried');
  expect(used('kvm', undefined)).toBe('kvm: KVM has not been tried');
});

test('an answer is remembered as it was; what is half-written, foreign or of an older version is none', () => {
  for (const probe of [FASTER, SLOWER, UNFINISHED, FAILED]) expect(parseProbe(JSON.stringify(probe))).toEqual(probe);
  for (const text of ['', '{"kvm":{"state":"re', 'null', '{"works":true,"why":"the guest got ready under KVM"}'])
    expect(parseProbe(text)).toBeUndefined();
});
