import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type HostMoment, readHostMoment } from './host-moment.ts';
import { hostUse } from './host-use.ts';
import { calibrate, calibrationSpread, findNoise, isBusy } from './noise-check.ts';

const QUIET: HostMoment = {
  ...{ load: 0.1, cpus: 2, governors: ['performance'] },
  ...{ stealTicks: 100, totalTicks: 10_000, idleTicks: 9_000, ownTicks: 0 },
};
/** After a second of the two CPUs, in which one did the calibration. */
const ONE_SECOND_LATER = { totalTicks: 10_200, idleTicks: 9_100, ownTicks: 100 };
const STEADY = Array.from({ length: 100 }, () => 5);

function kinds(before: Partial<HostMoment>, after: Partial<HostMoment> = {}, calibration: readonly number[] = STEADY) {
  const first = { ...QUIET, ...before };
  return findNoise(first, { ...first, ...after }, calibration).map(({ what }) => what);
}

function hostFiles(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'noise-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test('nothing is found on a quiet host', () => {
  expect(kinds({})).toEqual([]);
  expect(
    kinds({ governors: [], turbo: false, throttles: 7 }, { ...ONE_SECOND_LATER, stealTicks: 101, idleTicks: 9_099 }),
  ).toEqual([]);
});

test.each<[string, string, Partial<HostMoment>, Partial<HostMoment>, readonly number[]]>([
  ['other work', 'load', { load: 0.6 }, { ...ONE_SECOND_LATER, idleTicks: 9_040 }, STEADY],
  ['a governor that changes the frequency', 'governor', { governors: ['performance', 'powersave'] }, {}, STEADY],
  ['turbo', 'turbo', { turbo: true }, {}, STEADY],
  ['stolen time', 'steal', {}, { ...ONE_SECOND_LATER, stealTicks: 110, idleTicks: 9_090 }, STEADY],
  ['heat', 'thermal', { throttles: 3 }, { throttles: 4 }, STEADY],
  ['interruptions', 'calibration', {}, {}, STEADY.map((ms, index) => (index % 10 === 0 ? 2 * ms : ms))],
])('%s is named', (_, what, before, after, calibration) => {
  expect(kinds(before, after, calibration)).toEqual([what]);
});

test('what the kernel says is read', () => {
  const root = hostFiles({
    'proc/loadavg': '1.50 1.20 0.90 2/300 4711\n',
    'proc/self/stat': `7 (a (b) c) S ${'0 '.repeat(10)}1 2 3 4 5 6`,
    'proc/stat': 'cpu  10 20 30 40 50 60 70 80 1000 1000\ncpu0 1 1 1 1 1 1 1 1 0 0\n',
    'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'performance\n',
    'sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'powersave\n',
    'sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '2\n',
    'sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count': '3\n',
    'sys/devices/system/cpu/intel_pstate/no_turbo': '0\n',
  });
  expect(readHostMoment(root)).toEqual({
    load: 1.5,
    cpus: 2,
    governors: ['performance', 'powersave'],
    turbo: true,
    stealTicks: 80,
    totalTicks: 360,
    idleTicks: 90,
    ownTicks: 10,
    throttles: 5,
  });
});

test('what other programs use is not what this one and its children do', () => {
  const use = hostUse(QUIET, { ...QUIET, ...ONE_SECOND_LATER, load: 3, idleTicks: 9_020 });
  expect(use.otherCpus).toBeCloseTo(0.8);
  expect(hostUse(QUIET, { ...QUIET, ...ONE_SECOND_LATER })).toMatchObject({ otherCpus: 0, stealShare: 0 });
});

test('a host is busy where others have the CPU time, not where it is set up in a way that scatters', () => {
  const text = '';
  expect(
    isBusy([
      { what: 'governor', text },
      { what: 'turbo', text },
      { what: 'calibration', text },
    ]),
  ).toBe(false);
  expect(
    isBusy([
      { what: 'governor', text },
      { what: 'load', text },
    ]),
  ).toBe(true);
  expect(isBusy([{ what: 'steal', text }])).toBe(true);
});

const NO_TICKS = { stealTicks: 0, totalTicks: 0, idleTicks: 0, ownTicks: 0 };

test('a host without all of that is read, too', () => {
  expect(readHostMoment(hostFiles({}))).toEqual({ load: 0, cpus: 1, governors: [], ...NO_TICKS });
  expect(findNoise(readHostMoment(hostFiles({})), readHostMoment(hostFiles({})), [])).toEqual([]);
});

test('the calibration takes time, each time', () => {
  const times = calibrate();
  expect(times.length).toBeGreaterThan(5);
  expect(Math.min(...times)).toBeGreaterThan(0);
});

test('the spread is that of one in twenty', () => {
  expect(calibrationSpread(STEADY)).toBe(0);
  expect(calibrationSpread([...STEADY.slice(0, 90), ...Array.from({ length: 10 }, () => 10)])).toBe(1);
});
