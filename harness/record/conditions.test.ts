import { describe, expect, test } from 'vitest';
import type { MeasuredUnder } from './conditions.ts';
import { differences } from './differences.ts';
import type { StoredVariant } from './run-file.ts';

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
const HOST = {
  hostname: 'one',
  cpu_model: 'x',
  cores: 2,
  kernel: '6.1',
  qemu: 'QEMU 7.2',
  microcode: '0x1',
  governor: 'performance',
  memory_mib: 1,
  load: 0,
};

function conditions(host: object = {}, variant: Partial<StoredVariant> = {}): MeasuredUnder {
  const tool = { version: '0', commit: 'c' };
  return {
    host: { ...HOST, ...host },
    hosts: [],
    clock: 'real',
    jobs: 1,
    tool,
    variants: [{ ...VARIANT, ...variant }],
  };
}

const found = (one: MeasuredUnder, other: MeasuredUnder) => differences(one, other, 'resume').map(({ what }) => what);

describe('what keeps samples from standing beside each other', () => {
  test('a binary of the same path that is another version', () => {
    const other = conditions({}, { qemu_version: 'QEMU 9.1' });
    expect(found(conditions({}, { qemu_version: 'QEMU 9.0' }), other)).toEqual(['QEMU version of s/v']);
    expect(found(conditions({}, { qemu_version: null }), other)).toEqual([]);
    expect(found(conditions(), other)).toEqual([]);
  });

  test('a host, its microcode and its governor, but not the moment, nor its memory', () => {
    expect(found(conditions(), conditions({ load: 3, memory_mib: 9 }))).toEqual([]);
    expect(found(conditions(), conditions({ microcode: '0x2', governor: 'powersave' }))).toEqual([
      "host's microcode",
      "host's governor",
    ]);
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
