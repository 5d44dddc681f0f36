import { FITTED_LATENCIES } from '../statistics/fit.ts';
import { didYouMean, listWords, quote } from '../words.ts';
import type { NamedSettings } from './expand-matrix.ts';
import { FITTED_SETTINGS, fitSeries, numberOf, settingOf } from './fit-series.ts';
import type { FitRequest } from './schema.ts';
import { settingPlace } from './setting-place.ts';
import type { MergedSettings } from './settings.ts';
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
