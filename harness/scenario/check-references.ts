import { topologies } from '../topology/index.ts';
import { fitFindings } from './check-fits.ts';
import type { Finding, Path } from './problem.ts';
import type { FitRequest, Settings } from './schema.ts';
import type { PlacedSequence } from './sequence.ts';
import { type MergedSettings, mergeSettings } from './settings.ts';
import type { TopologyChoice } from './topology-choice.ts';
import { count, didYouMean, listWords, quote } from './words.ts';

/** QEMU's pc refuses to start with an intel-iommu. */
const IOMMU_MACHINE = 'q35';

/** The parts of a file that are sound in themselves; a part that is not leaves out the checks that need it. */
export interface SoundParts {
  readonly variantNames: readonly string[];
  readonly variants: ReadonlyMap<string, Settings>;
  /** Empty where the file has none. */
  readonly defaults?: Settings;
  readonly sequence?: PlacedSequence;
  readonly reference?: string;
  readonly fit?: readonly FitRequest[];
}

/** What is wrong between the parts of a file: names that lead nowhere, and sequences that do not fit a variant. */
export function checkReferences(parts: SoundParts): readonly Finding[] {
  const { sequence, defaults, variants } = parts;
  const findings = [...referenceFindings(parts), ...(sequence?.findings ?? [])];
  if (defaults === undefined) return findings;
  const merged = new Map([...variants].map(([name, own]) => [name, mergeSettings({ defaults }, own)]));
  for (const [name, { topology, iommu }] of merged) {
    const own = variants.get(name);
    const path = own?.topology ? ['variants', name, 'topology'] : ['defaults', 'topology'];
    if (topology === undefined) findings.push(noTopology(name));
    else if (sequence) findings.push(...topologyFindings(topology, sequence, path));
    if (iommu && topology && topologies.get(topology.name)?.machine !== IOMMU_MACHINE) {
      const scope = own?.guest?.iommu ? ['variants', name] : ['defaults'];
      findings.push(noIommuThere(name, topology.name, [...scope, 'guest', 'iommu']));
    }
    if (!iommu && sequence?.steps.some(({ operation }) => operation === 'inspect')) findings.push(noIommu(name));
  }
  // Of a sequence that cannot be followed it is not known what it does and what is left.
  if (sequence?.findings.length !== 0) return findings;
  findings.push(...leftoverFindings(merged, sequence));
  // A variant with a mistake of its own may be the one that a fit is about.
  const allSound = variants.size === parts.variantNames.length;
  return parts.fit && allSound ? [...findings, ...fitFindings(parts.fit, sequence.steps, merged, variants)] : findings;
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

function noIommuThere(variant: string, topology: string, path: Path): Finding {
  const wrong = `the variant ${quote(variant)} is on ${topology}, whose machine has no IOMMU`;
  return { path, at: 'value', wrong, expected: `iommu: false for it, or a topology on ${IOMMU_MACHINE}` };
}

function noIommu(name: string): Finding {
  const wrong = `the sequence inspects iommu-groups, and the variant ${quote(name)} has no IOMMU`;
  const expected = `"guest: { iommu: true }" and a topology on ${IOMMU_MACHINE}`;
  return { path: ['variants', name], at: 'key', wrong, expected };
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
