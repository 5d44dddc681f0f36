import {
  type BootPlug,
  type InspectStep,
  MACHINE_STEPS,
  type MachineStep,
  type MeasuredStep,
  type StartedDevice,
  type Step,
  type Variant,
} from '../../variant.ts';

/** Every step of a sequence that is not made of others, in the order of the file. */
function plainSteps(steps: readonly Step[]): readonly Exclude<Step, { operation: 'parallel' | 'load' }>[] {
  return steps.flatMap((step) => {
    if (step.operation === 'parallel') return step.branches.flatMap(plainSteps);
    return step.operation === 'load' ? plainSteps(step.steps) : [step];
  });
}

/** The steps of a pass that give a sample. */
export function measuredSteps(steps: readonly Step[]): readonly MeasuredStep[] {
  return plainSteps(steps).flatMap((step) => (step.operation === 'plug' || step.operation === 'unplug' ? [step] : []));
}

/** What branches do at the same time, if two or more of them do it. */
export function operationsAtOnce(steps: readonly Step[]): readonly MeasuredStep['operation'][] {
  return steps.flatMap((step) => {
    if (step.operation === 'load') return operationsAtOnce(step.steps);
    if (step.operation !== 'parallel') return [];
    const done = step.branches.map((branch) => measuredSteps(branch).map(({ operation }) => operation));
    const several = (['plug', 'unplug'] as const).filter(
      (operation) => done.filter((operations) => operations.includes(operation)).length > 1,
    );
    return [...several, ...step.branches.flatMap(operationsAtOnce)];
  });
}

export function machineSteps(steps: readonly Step[]): readonly MachineStep[] {
  return plainSteps(steps).flatMap((step) => (isMachineStep(step) ? [step] : []));
}

export function isMachineStep(step: Step): step is MachineStep {
  return (MACHINE_STEPS as readonly string[]).includes(step.operation);
}

export function inspectSteps(steps: readonly Step[]): readonly InspectStep[] {
  return plainSteps(steps).flatMap((step) => (step.operation === 'inspect' ? [step] : []));
}

/** Everything that a variant has from the start or plugs, in the order of the file. */
export function devicesUsed({
  started,
  bootPlugs,
  steps,
}: Pick<Variant, 'started' | 'bootPlugs' | 'steps'>): readonly (StartedDevice | BootPlug | MeasuredStep)[] {
  return [...started, ...bootPlugs, ...measuredSteps(steps).filter(({ operation }) => operation === 'plug')];
}

/** How many devices are to be usable at some time of a boot. */
export function devicesToUse({ started, bootPlugs, steps }: Pick<Variant, 'started' | 'bootPlugs' | 'steps'>): number {
  const plugs = measuredSteps(steps).filter(({ operation, meantRefused }) => operation === 'plug' && !meantRefused);
  return started.length + bootPlugs.length + plugs.length;
}

/** How many samples a boot gives before its first pass. */
export function samplesOfStart({ started, bootPlugs }: Pick<Variant, 'started' | 'bootPlugs'>): number {
  return 1 + started.length + bootPlugs.length;
}

/** How many samples each boot of a variant gives, whatever becomes of them: the boot, the devices that come with it, and every measured step of every pass. */
export function samplesPerBoot(variant: Pick<Variant, 'started' | 'bootPlugs' | 'steps' | 'sampling'>): number {
  const { steps, sampling } = variant;
  return samplesOfStart(variant) + (sampling.warmup + sampling.cycles) * measuredSteps(steps).length;
}
