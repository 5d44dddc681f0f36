import { topologies } from '../topology/index.ts';
import type { Finding, Path } from './problem.ts';
import type { Settings } from './schema.ts';
import type { PlacedSequence } from './sequence.ts';
import { type MergedSettings, mergeSettings } from './settings.ts';
import type { TopologyChoice } from './topology-choice.ts';
import { count, didYouMean, listWords, quote } from './words.ts';

/** The parts of a file that are sound in themselves; a part that is not leaves out the checks that need it. */
export interface SoundParts {
  readonly variantNames: readonly string[];
  readonly variants: ReadonlyMap<string, Settings>;
  /** Empty where the file has none. */
  readonly defaults?: Settings;
  readonly sequence?: PlacedSequence;
  readonly reference?: string;
}

/** What is wrong between the parts of a file: names that lead nowhere, and sequences that do not fit a variant. */
export function checkReferences(parts: SoundParts): readonly Finding[] {
  const { sequence, defaults, variants } = parts;
  const findings = [...referenceFindings(parts), ...(sequence?.findings ?? [])];
  if (defaults === undefined) return findings;
  const merged = new Map([...variants].map(([name, own]) => [name, mergeSettings({ defaults }, own)]));
  for (const [name, { topology }] of merged) {
    const path = variants.get(name)?.topology ? ['variants', name, 'topology'] : ['defaults', 'topology'];
    if (topology === undefined) findings.push(noTopology(name));
    else if (sequence) findings.push(...topologyFindings(topology, sequence, path));
  }
  // Of a sequence that cannot be followed it is not known what is left.
  return sequence?.findings.length === 0 ? [...findings, ...leftoverFindings(merged, sequence)] : findings;
}

function referenceFindings({ reference, variantNames }: SoundParts): readonly Finding[] {
  if (reference === undefined || variantNames.length === 0 || variantNames.includes(reference)) return [];
  const wrong = `the reference ${quote(reference)} is not a variant`;
  const expected = listWords(variantNames, 'or');
  return [{ path: ['reference'], at: 'value', wrong, expected, ...didYouMean(reference, variantNames) }];
}

function noTopology(name: string): Finding {
  const expected = listWords([...topologies.keys()], 'or');
  return { path: ['variants', name], at: 'key', wrong: `the variant ${quote(name)} has no topology`, expected };
}

function topologyFindings({ name, options }: TopologyChoice, sequence: PlacedSequence, path: Path): readonly Finding[] {
  const slots = topologies.get(name)?.slots(options) ?? [];
  const given = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const described = given.length === 0 ? name : `${name} with ${given.join(', ')}`;
  const findings: Finding[] = [];
  // Slots are used first-free, so the highest one tells how many were in use at once.
  const used = Math.max(0, ...sequence.everPlugged.map(({ slot }) => slot + 1));
  if (used > slots.length) {
    const wrong = `${count(used, 'device')} plugged at once, but ${described} has ${count(slots.length, 'slot')}`;
    findings.push({ path, at: 'value', wrong, expected: 'a slot for each of them' });
  }
  const buses = new Set(slots.map(({ bus }) => bus));
  for (const { deviceId, item } of sequence.everPlugged.filter(({ deviceId }) => buses.has(deviceId))) {
    const wrong = `the id ${quote(deviceId)} is that of a bus in ${name}`;
    findings.push({
      path: ['sequence', item, 'plug', 'id'],
      at: 'value',
      wrong,
      expected: 'another id for the device',
    });
  }
  return findings;
}

/** A second pass in the same boot would plug a device that is still there. */
function leftoverFindings(merged: ReadonlyMap<string, MergedSettings>, { left }: PlacedSequence): readonly Finding[] {
  const repeating = [...merged].find(([, { sampling }]) => sampling.warmup + sampling.cycles > 1);
  if (repeating === undefined) return [];
  const [name, { sampling }] = repeating;
  const passes = `${name} repeats it (warmup: ${sampling.warmup}, cycles: ${sampling.cycles})`;
  return left.map(({ deviceId, item }) => ({
    path: ['sequence', item, 'plug'],
    at: 'value',
    wrong: `${quote(deviceId)} is still plugged at the end of the sequence, and ${passes}`,
    expected: `a step "unplug: ${deviceId}"`,
  }));
}
