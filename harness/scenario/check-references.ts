import { didYouMean, listWords, quote } from '../words.ts';
import { fitFindings, openFindings } from './check-fits.ts';
import { machineFindings } from './check-machine.ts';
import { passFindings, samplingFindings } from './check-pass.ts';
import type { NamedSettings } from './expand-matrix.ts';
import { type PlacedVariant, placeVariant } from './placed-variant.ts';
import type { FitRequest, Settings } from './schema.ts';
import { BOOT, type PlacedSequence, placeSequence } from './sequence.ts';
import { variantPlace, variantWords } from './setting-place.ts';
import { sequenceOf } from './settings.ts';
import { OPEN_DEVICE } from './step/plug.ts';
import type { SequenceItems } from './step/step-kind.ts';
import { virtualFindings } from './virtual-conflicts.ts';
import { measuredSteps, operationsAtOnce } from './walk-steps.ts';
import type { Finding } from './yaml/problem.ts';

/** Ten times as many as can be performed in a night, and few enough to be checked in a second or two. */
const MAX_STEPS_OF_ALL = 50_000;

/** The parts of a file that are sound in themselves; a part that is not leaves out the checks that need it. */
export interface SoundParts {
  /** Of all variants, whether they are sound or not. */
  readonly variantNames: readonly string[];
  readonly variants: ReadonlyMap<string, NamedSettings>;
  /** Empty where the file has none. */
  readonly defaults?: Settings;
  readonly sequence?: SequenceItems;
  /** Whether the file says something under `sequence`, sound or not. */
  readonly hasSequence: boolean;
  readonly reference?: string;
  readonly fit?: readonly FitRequest[];
}

/** What is wrong between the parts of a file: names that lead nowhere, and sequences that do not fit a variant. */
export function checkReferences(parts: SoundParts): readonly Finding[] {
  const { defaults, variants, fit } = parts;
  const findings = [...referenceFindings(parts)];
  if (defaults === undefined || variants.size === 0) return [...findings, ...sequenceFindings(parts)];
  const all: PlacedVariant[] = [];
  let steps = 0;
  for (const [name, named] of variants) {
    const one = placeVariant({ ...parts, defaults }, name, named);
    const { sequence } = one;
    if (!sequence && !parts.hasSequence) findings.push(noSequence(named));
    findings.push(...(sequence?.findings ?? []), ...machineFindings(one), ...passFindings(one));
    findings.push(...samplingFindings(named, defaults.sampling));
    findings.push(...virtualFindings(one));
    all.push(one);
    steps += sequence?.count ?? 0;
    if (steps > MAX_STEPS_OF_ALL) {
      const wrong = `more than ${MAX_STEPS_OF_ALL} steps in the passes of all variants`;
      return [...findings, { path: sequence?.path ?? [], at: 'key', wrong, expected: 'fewer steps or variants' }];
    }
  }
  // Of a sequence that cannot be followed it is not known what it does.
  const sound = all.filter(({ sequence }) => sequence?.findings.length === 0);
  if (sound.length === 0 || sound.length !== parts.variantNames.length) return findings;
  const sequences = new Set<SequenceItems>();
  for (const { named } of sound) {
    const items = sequenceOf(parts, named.own)?.items;
    if (items) sequences.add(items);
  }
  findings.push(...openFindings(sequences, sound[0]?.named.axes.map(({ axis }) => axis) ?? [], fit ?? []));
  if (!fit) return findings;
  const latencies = new Set(sound.flatMap(({ sequence }) => (sequence ? latenciesOf(sequence) : [])));
  const merged = new Map(sound.map(({ name, settings }) => [name, settings]));
  return [...findings, ...fitFindings(fit, latencies, merged, variants)];
}

/** What a sequence gives to be fitted, the boot aside. */
function latenciesOf({ bootPlugs, steps }: PlacedSequence): readonly string[] {
  const operations = [...bootPlugs, ...measuredSteps(steps)].map(({ operation }) => operation);
  return [...operations, ...operationsAtOnce(steps).map((operation) => `last-${operation}`)];
}

/** Of a sequence without a variant to follow it in. Where it leaves something to the variants, nothing is known. */
function sequenceFindings({ sequence }: SoundParts): readonly Finding[] {
  const { findings } = placeSequence(sequence ?? [BOOT], { devices: 1 }, ['sequence']);
  return findings.some(({ wrong }) => wrong === OPEN_DEVICE) ? [] : findings;
}

function referenceFindings({ reference, variantNames }: SoundParts): readonly Finding[] {
  if (reference === undefined || variantNames.length === 0 || variantNames.includes(reference)) return [];
  const wrong = `the reference ${quote(reference)} is not a variant`;
  const expected = listWords(variantNames, 'or');
  return [{ path: ['reference'], at: 'value', wrong, expected, ...didYouMean(reference, variantNames) }];
}

function noSequence(named: NamedSettings): Finding {
  const wrong = `${variantWords(named)} has no sequence`;
  return {
    path: variantPlace(named),
    at: 'key',
    wrong,
    expected: '"sequence" in the file, its defaults or the variant',
  };
}
