import { isAbsolute, resolve } from 'node:path';
import { topologies } from '../machine/topology/index.ts';
import type { FitSeries } from '../statistics/fit.ts';
import type { Step, Variant } from '../variant.ts';
import type { KernelChoice } from '../versions/guest-kernel.ts';
import type { DebianVersion, SuiteName } from '../versions/suites.ts';
import { expandMatrix } from './expand-matrix.ts';
import { fitSeries } from './fit-series.ts';
import { withAbsoluteFiles } from './host-files.ts';
import type { FitRequest, ScenarioFile } from './schema.ts';
import { placeSequence } from './sequence.ts';
import { type MergedSettings, mergeSettings, sequenceOf } from './settings.ts';

/**
 * The variants of a checked file, in its order, with everything filled in.
 *
 * @param directory absolute; the file's own paths are relative to it
 */
export function expandVariants(file: ScenarioFile, directory: string): readonly Variant[] {
  return [...expandMatrix(file).variants].map(([name, { own }]) => {
    const {
      topology,
      cpus,
      memoryMiB,
      kernel,
      iommu,
      firmwareLog,
      parameters,
      qemu,
      device,
      devices,
      load,
      start,
      sequence: _,
      ...settings
    } = mergeSettings(file, own);
    const sequence = sequenceOf(file, own);
    if (topology === undefined || sequence === undefined) throw new Error(`the variant ${name} came here unchecked`);
    const slots = topologies.get(topology.name)?.slots(topology.options) ?? [];
    const placed = placeSequence(
      sequence.items,
      { slots, devices, started: { wanted: start, path: [] }, ...(device && { device }) },
      [],
    );
    const texts = Object.entries(parameters).map(([key, value]) => [key, value === null ? null : String(value)]);
    const steps = withAbsoluteFiles(placed.steps, directory);
    return {
      scenario: file.name,
      name,
      topology: topology.name,
      topologyOptions: topology.options,
      ...(qemu !== undefined && { qemu: qemuChoice(qemu, directory) }),
      guest: {
        ...{ cpus, memoryMiB, kernel: kernelChoice(kernel, directory), iommu, firmwareLog },
        parameters: Object.fromEntries(texts),
      },
      ...settings,
      ...(placed.ownPlaces.length > 0 && { ownPlaces: placed.ownPlaces }),
      started: withAbsoluteFiles(placed.started, directory),
      bootPlugs: withAbsoluteFiles(placed.bootPlugs, directory),
      steps: load.guestCpus + load.hostCpus === 0 ? steps : [{ operation: 'load', ...load, steps } satisfies Step],
    };
  });
}

/** The series over which a checked file wants latencies fitted. */
export function expandFits(file: ScenarioFile, requests: readonly FitRequest[]): readonly FitSeries[] {
  const { variants } = expandMatrix(file);
  const merged = new Map([...variants].map(([name, { own }]) => [name, mergeSettings(file, own)]));
  return requests.flatMap((request) => fitSeries(file.name, request, merged));
}

function kernelChoice(kernel: MergedSettings['kernel'], directory: string): KernelChoice {
  if (typeof kernel === 'string') return { source: kernel };
  if ('debian' in kernel) return { source: 'debian', ...debianVersion(kernel) };
  if ('patched' in kernel) return { source: 'patched', suite: kernel.patched };
  if ('unpatched' in kernel) return { source: 'unpatched', suite: kernel.unpatched };
  const image = resolve(directory, kernel.image);
  const { modules } = kernel;
  return { source: 'custom', image, ...(modules !== undefined && { modules: resolve(directory, modules) }) };
}

/** A word without a slash is a command, to be looked up in PATH. */
function qemuChoice(qemu: NonNullable<MergedSettings['qemu']>, directory: string): NonNullable<Variant['qemu']> {
  if (typeof qemu !== 'string') return debianVersion(qemu);
  return qemu.includes('/') && !isAbsolute(qemu) ? resolve(directory, qemu) : qemu;
}

function debianVersion({ debian, version }: { readonly debian: SuiteName; readonly version?: string }): DebianVersion {
  return { suite: debian, ...(version !== undefined && { version }) };
}
