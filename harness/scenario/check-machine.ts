import { majorMinor } from '../machine/qemu-release.ts';
import { topologies } from '../machine/topology/index.ts';
import { type MachineTypeProblem, machineTypeProblem, qemuProblem } from '../machine/topology/machine-type.ts';
import type { Topology } from '../machine/topology/topology.ts';
import { SUITES } from '../versions/suites.ts';
import { count, listWords, quote } from '../words.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { PlacedVariant } from './placed-variant.ts';
import { settingPlace, variantPlace, variantWords } from './setting-place.ts';
import { inspectSteps } from './walk-steps.ts';
import type { Finding } from './yaml/problem.ts';

/** QEMU's pc refuses to start with an intel-iommu. */
const IOMMU_MACHINE = 'q35';

/** What is wrong between a variant's machine and what is to be done with it. */
export function machineFindings(placed: PlacedVariant): readonly Finding[] {
  const { named, settings, sequence } = placed;
  const topology = settings.topology && topologies.get(settings.topology.name);
  if (!topology) return [noTopology(named)];
  const inspects = sequence !== undefined && inspectSteps(sequence.steps).length > 0;
  return [
    ...slotFindings(placed, topology),
    ...busFindings(placed, topology),
    ...machineTypeFindings(placed, topology),
    ...qemuFindings(placed, topology),
    ...(settings.iommu && topology.machine !== IOMMU_MACHINE ? [noIommuThere(placed, topology)] : []),
    ...(!settings.iommu && inspects ? [noIommu(placed)] : []),
  ];
}

function noTopology(named: NamedSettings): Finding {
  const expected = listWords([...topologies.keys()], 'or');
  return { path: variantPlace(named), at: 'key', wrong: `${variantWords(named)} has no topology`, expected };
}

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
      expected: isCombined ? 'a slot for each of them, or to exclude this combination' : 'a slot for each of them',
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
