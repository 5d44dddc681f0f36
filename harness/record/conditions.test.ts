import { describe, expect, test } from 'vitest';
import { type Conditions, differences } from './conditions.ts';

type StoredVariant = Conditions['variants'][number];

const VARIANT: StoredVariant = {
  scenario: 's',
  name: 'v',
  qemu: '/opt/qemu',
  left_out: [],
  topology: 'shpc-bridge',
  topology_options: {},
  guest: { cpus: 2, memory_mib: 512, kernel: { source: '', release: '', description: 'Debian', sha256: 'ab' } },
  accelerator: { asked: '', used: 'tcg', why: '' },
  clock: 'real',
};
const HOST = { hostname: 'one', cpu_model: 'x', cores: 2, kernel: '6.1', qemu: 'QEMU 7.2', microcode: '0x1', load: 0 };

function conditions(host: object = {}, variant: Partial<StoredVariant> = {}): Conditions {
  return { host: { ...HOST, ...host }, commit: 'c', variants: [{ ...VARIANT, ...variant }] };
}

const found = (one: Conditions, other: Conditions) => differences(one, other).map(({ what }) => what);

describe('what keeps samples from standing beside each other', () => {
  test('a binary of the same path that is another version', () => {
    const other = conditions({}, { qemu_version: 'QEMU 9.1' });
    expect(found(conditions({}, { qemu_version: 'QEMU 9.0' }), other)).toEqual(['QEMU version of s/v']);
    expect(found(conditions({}, { qemu_version: null }), other)).toEqual([]);
    expect(found(conditions(), other)).toEqual([]);
  });

  test('a host, but not the moment, nor microcode', () => {
    expect(found(conditions(), conditions({ load: 3, microcode: '0x2' }))).toEqual([]);
    expect(found(conditions(), conditions({ hostname: 'two', kernel: '6.2' }))).toEqual([
      "host's hostname",
      "host's kernel",
    ]);
  });

  test('in virtual time of a host only its QEMU', () => {
    const virtual = { clock: 'virtual' } as const;
    const elsewhere = { hostname: 'two', cpu_model: 'y', kernel: '6.2' };
    expect(found(conditions({}, virtual), conditions(elsewhere, virtual))).toEqual([]);
    expect(found(conditions({}, virtual), conditions({ ...elsewhere, qemu: 'QEMU 9' }, virtual))).toEqual([
      "host's qemu",
    ]);
    expect(found(conditions({}, virtual), conditions(elsewhere))).toContain("host's hostname");
  });
});
