import { sum } from 'simple-statistics';
import type { Candidate } from '../../harness/findings/topology-choice.ts';
import { topologies } from '../../harness/machine/topology/index.ts';
import type { StoredVariant } from '../../harness/record/run-file.ts';
import { triedOf } from '../../harness/record/tried-operations.ts';
import { groupBy } from '../../harness/statistics/groups.ts';
import { list } from '../words.ts';
import type { RunFiles } from './run-files.ts';

/**
 * The machines of a run that somebody could choose: those on the real clock, since virtual time says nothing about what a user
 * waits for, and whose topology this version knows. Variants that differ only in what is done with the machine, such as how many
 * devices are plugged at once, are one machine.
 */
export function candidatesOf(files: RunFiles): readonly Candidate[] {
  const real = files.run.variants.filter(({ topology, clock }) => topologies.has(topology) && clock !== 'virtual');
  const machines = groupBy(real, (variant) => JSON.stringify([machineOf(variant), kindsOf(files, variant)]));
  return [...machines.values()].flatMap((variants) => candidateOf(files, variants) ?? []);
}

/** What a machine is, apart from what is done with it. */
function machineOf({
  scenario,
  topology,
  topology_options,
  machine,
  qemu,
  guest,
  boot_mode,
  ...others
}: StoredVariant) {
  const { qemu_arguments, accelerator } = others;
  return { scenario, topology, topology_options, machine, qemu, qemu_arguments, guest, boot_mode, accelerator };
}

/** Of devices that were plugged into it. */
function kindsOf({ samples }: RunFiles, { scenario, name }: StoredVariant): readonly string[] {
  const own = samples.filter((one) => one.scenario === scenario && one.variantName === name && one.device !== '');
  return [...new Set(own.map(({ device }) => device))].toSorted();
}

function candidateOf({ summary, facts }: RunFiles, variants: readonly StoredVariant[]): Candidate | undefined {
  const [first] = variants;
  const slotBus = first && topologies.get(first.topology)?.slotBus;
  if (!first || !slotBus) return undefined;
  const { scenario } = first;
  const names = variants.map(({ name }) => name);
  const isOwn = (one: { readonly scenario: string; readonly variant: string }) =>
    one.scenario === scenario && names.includes(one.variant);
  const bursts = summary.bursts.filter((one) => isOwn(one) && one.operation === 'plug');
  const plugs = summary.operations.filter((one) => isOwn(one) && one.operation === 'plug');
  // In a variant of bursts no plug is alone.
  const alone = plugs.filter(({ variant }) => !bursts.some((burst) => burst.variant === variant));
  const tried = plugs.map(triedOf);
  const fact = facts.variants.find((one) => isOwn(one) && one.slots_offered !== undefined);
  const userspace = facts.variants.find((one) => isOwn(one) && one.iommu?.two_userspace_drivers)?.iommu
    ?.two_userspace_drivers;
  const plugMs = slowest(alone.map((one) => one.p50_ms));
  const bootMs = slowest(
    summary.operations.filter((one) => isOwn(one) && one.operation === 'boot').map((one) => one.p50_ms),
  );
  return {
    ...{ scenario, variant: list(names, 2), topology: first.topology, slotBus },
    ...(fact?.slots_offered !== undefined && { slots: fact.slots_offered }),
    bursts: bursts.flatMap(({ n_devices: size, last_p50_ms: lastMs }) =>
      lastMs === undefined ? [] : [{ size, lastMs }],
    ),
    ...(plugMs !== undefined && { plugMs }),
    ...(bootMs !== undefined && { bootMs }),
    failureRate: sum(tried.map(({ failures }) => failures)) / Math.max(1, sum(tried.map((one) => one.tried))),
    ...(userspace && {
      twoUserspaceDrivers: { possible: userspace.possible ?? undefined, why: userspace.why ?? '' },
    }),
  };
}

/** Of medians that are all known: where one is not, too many operations failed for the slowest to be known. */
function slowest(medians: readonly (number | undefined)[]): number | undefined {
  const known = medians.flatMap((one) => one ?? []);
  return known.length === 0 || known.length < medians.length ? undefined : Math.max(...known);
}
