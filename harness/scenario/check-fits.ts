import { devices } from '../machine/device/index.ts';
import { FITTED_LATENCIES } from '../statistics/fit.ts';
import { didYouMean, listWords, quote } from '../words.ts';
import type { NamedSettings } from './expand-matrix.ts';
import { FITTED_SETTINGS, fitSeries, numberOf, settingOf } from './fit-series.ts';
import type { FitRequest } from './schema.ts';
import { placeSequence } from './sequence.ts';
import { settingPlace } from './setting-place.ts';
import type { MergedSettings } from './settings.ts';
import { OPEN_DEVICE } from './step/plug.ts';
import type { DeviceChoice, SequenceItems } from './step/step-kind.ts';
import type { Finding, Path } from './yaml/problem.ts';

/**
 * What is wrong with the fits a file asks for: a latency that nothing has, a name that no variant sets or sets to one
 * value only, and values that are no numbers.
 *
 * @param merged every variant of the file
 * @param latencies what the sequences give besides that of the boot
 * @param own the same as the file has them, to tell where a setting stands
 */
export function fitFindings(
  requests: readonly FitRequest[],
  latencies: ReadonlySet<string>,
  merged: ReadonlyMap<string, MergedSettings>,
  own: ReadonlyMap<string, NamedSettings>,
): readonly Finding[] {
  return requests.flatMap((request, index) => [
    ...latencyFindings(request, index, latencies),
    ...againstFindings(request, index, merged, own),
  ]);
}

function latencyFindings({ latency }: FitRequest, index: number, latencies: ReadonlySet<string>): readonly Finding[] {
  const measured = FITTED_LATENCIES.filter((name) => name === 'boot' || latencies.has(name));
  if (measured.includes(latency)) return [];
  const wrong = `the sequence has no ${latency} to fit`;
  return [{ path: ['fit', index, 'latency'], at: 'value', wrong, expected: listWords(measured, 'or') }];
}

function againstFindings(
  request: FitRequest,
  index: number,
  merged: ReadonlyMap<string, MergedSettings>,
  own: ReadonlyMap<string, NamedSettings>,
): readonly Finding[] {
  const { against } = request;
  const set = [...merged].filter(([, settings]) => settingOf(settings, against) !== undefined);
  const place = { path: ['fit', index, 'against'], at: 'value' } as const;
  if (set.length === 0) {
    const known = namesOf(merged);
    const wrong = `no variant sets ${quote(against)}`;
    return [{ ...place, wrong, expected: listWords(known, 'or'), ...didYouMean(against, known) }];
  }
  const textual = set.filter(([, settings]) => numberOf(settingOf(settings, against)) === undefined);
  if (textual.length > 0) {
    return textual.flatMap(([name, settings]) => {
      const named = own.get(name);
      const value = JSON.stringify(settingOf(settings, against));
      const wrong = `${quote(against)} is ${value}, and a latency is to be fitted against it`;
      if (named === undefined) return [];
      return [{ path: settingPath(against, settings, named), at: 'value', wrong, expected: 'a decimal number' }];
    });
  }
  if (fitSeries('', request, merged).length > 0) return [];
  const expected = 'variants with different values of it that are otherwise alike';
  return [{ ...place, wrong: `no two variants differ in ${quote(against)} alone`, expected }];
}

function namesOf(merged: ReadonlyMap<string, MergedSettings>): readonly string[] {
  const names = [...merged.values()].flatMap(({ topology, parameters }) => [
    ...Object.keys(parameters),
    ...Object.keys(topology?.options ?? {}),
  ]);
  return [...new Set([...names, ...FITTED_SETTINGS])];
}

function settingPath(against: string, { topology, parameters }: MergedSettings, named: NamedSettings): Path {
  const path = Object.hasOwn(parameters, against)
    ? ['guest', 'parameters', against]
    : ['topology', topology?.name ?? '', against];
  return settingPlace(named, path);
}

/** Settings that say nothing where every plug step says it itself. */
const OPEN = {
  device: { isOpen: leavesDevice, expected: 'a step "plug" or "plug: { … }" that names no device' },
  count: { isOpen: leavesCount, expected: 'a step "plug" without a count of its own' },
} as const;

/** One that needs no options. */
const ANY_DEVICE: DeviceChoice = {
  name: [...devices.values()].find(({ options }) => options.safeParse({}).success)?.name ?? '',
  options: {},
};

/**
 * What a matrix goes over, or is fitted against, although no step leaves it open: variants would be called after what is the
 * same in all of them.
 *
 * @param sequences of all variants, each of them sound
 * @param axes of the matrix, as paths below it
 */
export function openFindings(
  sequences: ReadonlySet<SequenceItems>,
  axes: readonly Path[],
  fit: readonly FitRequest[],
): readonly Finding[] {
  return Object.entries(OPEN).flatMap(([setting, { isOpen, expected }]): readonly Finding[] => {
    const axis = axes.find(([name]) => name === setting);
    const fitted = fit.findIndex(({ against }) => against === setting);
    if (!axis && fitted === -1) return [];
    const plugging = [...sequences].filter((items) => plugged(items, 1) > 0);
    if (plugging.length === 0 || plugging.some(isOpen)) return [];
    if (axis) {
      const wrong = `the matrix goes over "${setting}", and each plug step has its own`;
      return [{ path: ['matrix', setting], at: 'key', wrong, expected }];
    }
    const wrong = `a fit against "${setting}", and each plug step has its own`;
    return [{ path: ['fit', fitted, 'against'], at: 'value', wrong, expected }];
  });
}

function leavesDevice(items: SequenceItems): boolean {
  return placeSequence(items, { devices: 1 }, []).findings.some(({ wrong }) => wrong === OPEN_DEVICE);
}

function leavesCount(items: SequenceItems): boolean {
  return plugged(items, 1) !== plugged(items, 2);
}

function plugged(items: SequenceItems, devices: number): number {
  return placeSequence(items, { devices, device: ANY_DEVICE }, []).everPlugged.length;
}
