import { OPERATIONS } from '../timeline/recording.ts';
import { fitSeries, numberOf, settingOf } from './fit-series.ts';
import type { Finding, Path } from './problem.ts';
import type { FitRequest, Settings } from './schema.ts';
import type { MergedSettings } from './settings.ts';
import type { Step } from './variant.ts';
import { didYouMean, listWords, quote } from './words.ts';

/**
 * What is wrong with the fits a file asks for: a latency that nothing has, a name that no variant sets or sets to one
 * value only, and values that are no numbers.
 *
 * @param merged every variant of the file
 * @param own the same as the file has them, to tell where a setting stands
 */
export function fitFindings(
  requests: readonly FitRequest[],
  steps: readonly Step[],
  merged: ReadonlyMap<string, MergedSettings>,
  own: ReadonlyMap<string, Settings>,
): readonly Finding[] {
  return requests.flatMap((request, index) => [
    ...latencyFindings(request, index, steps),
    ...againstFindings(request, index, merged, own),
  ]);
}

function latencyFindings({ latency }: FitRequest, index: number, steps: readonly Step[]): readonly Finding[] {
  const measured = OPERATIONS.filter((name) => name === 'boot' || steps.some(({ operation }) => operation === name));
  if (measured.includes(latency)) return [];
  const wrong = `the sequence has no ${latency} to fit`;
  return [{ path: ['fit', index, 'latency'], at: 'value', wrong, expected: listWords(measured, 'or') }];
}

function againstFindings(
  request: FitRequest,
  index: number,
  merged: ReadonlyMap<string, MergedSettings>,
  own: ReadonlyMap<string, Settings>,
): readonly Finding[] {
  const { against } = request;
  const set = [...merged].filter(([, settings]) => settingOf(settings, against) !== undefined);
  const place = { path: ['fit', index, 'against'], at: 'value' } as const;
  if (set.length === 0) {
    const known = namesOf(merged);
    const expected = known.length === 0 ? 'a kernel parameter or an option of a topology' : listWords(known, 'or');
    return [{ ...place, wrong: `no variant sets ${quote(against)}`, expected, ...didYouMean(against, known) }];
  }
  const textual = set.filter(([, settings]) => numberOf(settingOf(settings, against)) === undefined);
  if (textual.length > 0) {
    return textual.map(([name, settings]) => {
      const value = JSON.stringify(settingOf(settings, against));
      const wrong = `${quote(against)} is ${value}, and a latency is to be fitted against it`;
      return { path: settingPath(name, against, settings, own), at: 'value', wrong, expected: 'a decimal number' };
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
  return [...new Set(names)];
}

function settingPath(
  name: string,
  against: string,
  { topology, parameters }: MergedSettings,
  own: ReadonlyMap<string, Settings>,
): Path {
  const { guest, topology: ownTopology } = own.get(name) ?? {};
  if (Object.hasOwn(parameters, against)) {
    const isOwn = Object.hasOwn(guest?.parameters ?? {}, against);
    return [...(isOwn ? ['variants', name] : ['defaults']), 'guest', 'parameters', against];
  }
  return [...(ownTopology ? ['variants', name] : ['defaults']), 'topology', topology?.name ?? '', against];
}
