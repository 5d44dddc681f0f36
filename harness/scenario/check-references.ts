import { majorMinor } from '../machine/qemu-release.ts';
import { topologies } from '../machine/topology/index.ts';
import { type MachineTypeProblem, machineTypeProblem, qemuProblem } from '../machine/topology/machine-type.ts';
import type { Topology } from '../machine/topology/topology.ts';
import { SUITES } from '../versions/suites.ts';
import { count, didYouMean, listWords, quote } from '../words.ts';
import { fitFindings, openFindings } from './check-fits.ts';
import { passFindings, samplingFindings } from './check-pass.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { FitRequest, Settings } from './schema.ts';
import { BOOT, type PlacedSequence, placeSequence } from './sequence.ts';
import { type PlacedVariant, placeVariant, settingPlace, variantPlace, variantWords } from './setting-place.ts';
import { sequenceOf } from './settings.ts';
import { OPEN_DEVICE } from './step/plug.ts';
import type { SequenceItems } from './step/step-kind.ts';
import { inspectSteps, measuredSteps, operationsAtOnce } from './step/walk-steps.ts';
import { virtualFindings } from './virtual-conflicts.ts';
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
  const latencies = new Set(
    sound.flatMap(({ sequence, settings }) => (sequence ? latenciesOf(sequence, settings.until) : [])),
  );
  const merged = new Map(sound.map(({ name, settings }) => [name, settings]));
  return [...findings, ...fitFindings(fit, latencies, merged, variants)];
}

/** What a sequence gives to be fitted, the boot aside. */
function latenciesOf({ started, bootPlugs, steps }: PlacedSequence, until: string | undefined): readonly string[] {
  const operations = [...started, ...bootPlugs, ...measuredSteps(steps)].map(({ operation }) => operation);
  return [
    ...operations,
    ...(until ? [`until-${until}`] : []),
    ...operationsAtOnce(steps).map((operation) => `last-${operation}`),
  ];
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

/** QEMU's pc refuses to start with an intel-iommu. */
const IOMMU_MACHINE = 'q35';

/** What is wrong between a variant's machine and what is to be done with it. */
function machineFindings(placed: PlacedVariant): readonly Finding[] {
  const { named, settings, sequence } = placed;
  const topology = settings.topology && topologies.get(settings.topology.name);
  if (!topology) return [noTopology(named)];
  const inspects = sequence !== undefined && inspectSteps(sequence.steps).length > 0;
  return [
    ...slotFindings(placed, topology),
    ...busFindings(placed, topology),
    ...machineTypeFindings(placed, topology),
    ...qemuFindings(placed, topology),
    ...firmwareFindings(placed),
    ...(settings.iommu && topology.machine !== IOMMU_MACHINE ? [noIommuThere(placed, topology)] : []),
    ...(!settings.iommu && inspects ? [noIommu(placed)] : []),
  ];
}

function noTopology(named: NamedSettings): Finding {
  const expected = listWords([...topologies.keys()], 'or');
  return { path: variantPlace(named), at: 'key', wrong: `${variantWords(named)} has no topology`, expected };
}

/** For whoever wants to see that. */
const REST_REFUSED = '"expect: [ok, refused]" where QEMU is to refuse the others';

function slotFindings({ name, named, settings, sequence }: PlacedVariant, topology: Topology): readonly Finding[] {
  const options = settings.topology?.options ?? {};
  const slots = topology.slots(options).length;
  if (sequence === undefined || sequence.slotsUsed <= slots) return [];
  const given = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const described = given.length === 0 ? topology.name : `${topology.name} with ${given.join(', ')}`;
  const used = `${count(sequence.slotsUsed, 'device')} plugged at once`;
  const path = settingPlace(named, ['topology']);
  const isCombined = named.axes.length > 0;
  return [
    {
      path,
      at: 'value',
      wrong: `${used}${isCombined ? ` in ${quote(name)}` : ''}, but ${described} has ${count(slots, 'slot')}`,
      expected: `a slot for each of them${isCombined ? ', or to exclude this combination' : ''}, or ${REST_REFUSED}`,
    },
  ];
}

function busFindings({ settings, sequence }: PlacedVariant, topology: Topology): readonly Finding[] {
  const buses = new Set(topology.slots(settings.topology?.options ?? {}).map(({ bus }) => bus));
  const taken = sequence?.everPlugged.filter(({ deviceId }) => buses.has(deviceId)) ?? [];
  return taken.map(({ deviceId, path }) => {
    const wrong = `the id ${quote(deviceId)} is that of a bus in ${topology.name}`;
    return { path: [...path, 'id'], at: 'value', wrong, expected: 'another id for the device' };
  });
}

function machineTypeFindings({ named, settings }: PlacedVariant, topology: Topology): readonly Finding[] {
  const problem = settings.machine === undefined ? undefined : machineTypeProblem(settings.machine, topology);
  return problem ? [atSetting(named, 'machine', problem)] : [];
}

/** Of a QEMU of Debian's; the version of a binary is only known when it has been started. */
function qemuFindings({ named, settings: { qemu } }: PlacedVariant, topology: Topology): readonly Finding[] {
  if (typeof qemu !== 'object') return [];
  const version = qemu.version === undefined ? SUITES[qemu.debian].qemu : majorMinor(qemu.version);
  const problem = version && qemuProblem(version, topology);
  return problem ? [atSetting(named, 'qemu', problem)] : [];
}

function atSetting(named: NamedSettings, setting: string, { wrong, expected }: MachineTypeProblem): Finding {
  const orExclude = named.axes.length > 0 ? ', or to exclude this combination' : '';
  return { path: settingPlace(named, [setting]), at: 'value', wrong, expected: expected + orExclude };
}

/** The harness's own kernels are built without EFI: OVMF cannot load them, and goes to its shell. */
function firmwareFindings({ named, settings: { firmware, kernel } }: PlacedVariant): readonly Finding[] {
  const isOwn =
    kernel === 'patched' ||
    kernel === 'unpatched' ||
    (typeof kernel === 'object' && !('debian' in kernel || 'image' in kernel));
  if (firmware !== 'ovmf' || !isOwn) return [];
  const wrong = "firmware: ovmf with a kernel of the harness's own, which is built without EFI";
  return [atSetting(named, 'firmware', { wrong, expected: "kernel: stock or one of Debian's, or firmware: seabios" })];
}

function noIommuThere({ name, named }: PlacedVariant, topology: Topology): Finding {
  const wrong = `the variant ${quote(name)} is on ${topology.name}, whose machine has no IOMMU`;
  const expected = `iommu: false for it, or a topology on ${IOMMU_MACHINE}`;
  return { path: settingPlace(named, ['guest', 'iommu']), at: 'value', wrong, expected };
}

function noIommu({ name, named }: PlacedVariant): Finding {
  const wrong = `the sequence inspects iommu-groups, and the variant ${quote(name)} has no IOMMU`;
  const expected = `"guest: { iommu: true }" and a topology on ${IOMMU_MACHINE}`;
  return { path: variantPlace(named), at: 'key', wrong, expected };
}
