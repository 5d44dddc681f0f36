import { formatDuration } from '../../report/format.ts';
import { parameterWords } from '../qemu/command-line.ts';
import type { KernelChoice, Scenario, Step, Variant } from '../scenario/variant.ts';

/** Lines that show what scenario files expand to: per scenario its question, per variant everything that was filled in. */
export function describeScenarios(scenarios: readonly Scenario[]): readonly string[] {
  return scenarios.flatMap((scenario) => [
    `${scenario.name} (${scenario.file}): ${scenario.variants.length} variants`,
    ...scenario.question.split('\n').flatMap((line) => (line.trim() === '' ? [] : [`  ${line.trim()}`])),
    ...scenario.variants.flatMap((variant) => describeVariant(variant, variant.name === scenario.reference)),
  ]);
}

function describeVariant(variant: Variant, isReference: boolean): readonly string[] {
  const { guest, sampling, timeouts, topologyOptions } = variant;
  const options = Object.entries(topologyOptions).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const limits = [timeouts.bootMs, timeouts.plugMs, timeouts.unplugMs].map(formatDuration);
  return [
    `  ${variant.name}${isReference ? ' (reference)' : ''}`,
    `    topology   ${[variant.topology, ...options].join(', ')}`,
    `    guest      ${guest.cpus} vCPUs, ${guest.memoryMiB} MiB, kernel ${describeKernel(guest.kernel)}`,
    `    parameters ${parameterWords(guest.parameters).join(' ') || 'none of its own'}`,
    `    sequence   ${['boot', ...variant.steps.map(describeStep)].join(', ')}`,
    `    sampling   ${sampling.boots} boots, ${sampling.cycles} cycles each after ${sampling.warmup} for warm-up; accelerator ${variant.accelerator}`,
    `    timeouts   boot ${limits[0]}, plug ${limits[1]}, unplug ${limits[2]}`,
  ];
}

function describeKernel(kernel: KernelChoice): string {
  return kernel.source === 'custom' ? kernel.image : kernel.source;
}

function describeStep(step: Step): string {
  if (step.operation === 'inspect') return `inspect ${step.what}`;
  const id = step.deviceId === step.device ? '' : ` (${step.deviceId})`;
  return `${step.operation} ${step.device}${id}`;
}
