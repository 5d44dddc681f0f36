import { resolve } from 'node:path';
import { fitSeries } from './fit-series.ts';
import { withAbsoluteFiles } from './host-files.ts';
import type { FitRequest, ScenarioFile } from './schema.ts';
import { placeSequence } from './sequence.ts';
import { type MergedSettings, mergeSettings } from './settings.ts';
import type { FitSeries, KernelChoice, Step, Variant } from './variant.ts';

/**
 * The variants of a checked file, in its order, with everything filled in.
 *
 * @param directory absolute; the file's own paths are relative to it
 */
export function expandVariants(file: ScenarioFile, directory: string): readonly Variant[] {
  const steps = placeSequence(file.sequence).steps.map(
    (step): Step =>
      step.operation === 'plug' ? { ...step, options: withAbsoluteFiles(step.options, directory) } : step,
  );
  return Object.entries(file.variants).map(([name, own]) => {
    const { topology, cpus, memoryMiB, kernel, iommu, parameters, ...settings } = mergeSettings(file, own);
    if (topology === undefined) throw new Error(`the variant ${name} came here without a topology`);
    const texts = Object.entries(parameters).map(([key, value]) => [key, value === null ? null : String(value)]);
    return {
      scenario: file.name,
      name,
      topology: topology.name,
      topologyOptions: topology.options,
      guest: { cpus, memoryMiB, kernel: kernelChoice(kernel, directory), iommu, parameters: Object.fromEntries(texts) },
      ...settings,
      steps,
    };
  });
}

/** The series over which a checked file wants latencies fitted. */
export function expandFits(file: ScenarioFile, requests: readonly FitRequest[]): readonly FitSeries[] {
  const merged = new Map(Object.entries(file.variants).map(([name, own]) => [name, mergeSettings(file, own)]));
  return requests.flatMap((request) => fitSeries(file.name, request, merged));
}

function kernelChoice(kernel: MergedSettings['kernel'], directory: string): KernelChoice {
  if (typeof kernel === 'string') return { source: kernel };
  const image = resolve(directory, kernel.image);
  const { modules } = kernel;
  return { source: 'custom', image, ...(modules !== undefined && { modules: resolve(directory, modules) }) };
}
