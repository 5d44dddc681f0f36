import { devices } from '../machine/device/index.ts';
import { topologies } from '../machine/topology/index.ts';
import type { AcceleratorChoice, BootPlug, Scenario, StartedDevice, Step } from '../variant.ts';
import { quote } from '../words.ts';
import type { PlacedVariant } from './setting-place.ts';
import { settingPlace } from './setting-place.ts';
import { devicesUsed, machineSteps, measuredSteps } from './step/walk-steps.ts';
import type { Finding, Path } from './yaml/problem.ts';

/** What of a variant can be at odds with the virtual clock. */
interface Machine {
  readonly accelerator: AcceleratorChoice;
  readonly cpus: number;
  readonly topology: { readonly name: string; readonly options: Readonly<Record<string, unknown>> } | undefined;
  readonly until?: 'usable' | undefined;
  readonly started: readonly StartedDevice[];
  readonly bootPlugs: readonly BootPlug[];
  readonly steps: readonly Step[];
  readonly hostLoad: number;
}

/** Something that cannot be had on the virtual clock, and why; `setting` is where the file says it, if not the sequence. */
interface Conflict {
  readonly setting?: Path;
  readonly wrong: string;
  readonly expected: string;
}

/** A clock that counts instructions knows nothing of what happens outside the guest: what would wait for that is refused. */
function conflictsOf({
  accelerator,
  cpus,
  topology,
  until,
  started,
  bootPlugs,
  steps,
  hostLoad,
}: Machine): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  if (accelerator === 'kvm') {
    const wrong = 'virtual time under KVM, which does not count instructions';
    conflicts.push({ setting: ['accelerator'], wrong, expected: 'auto or tcg' });
  }
  if (cpus > 1) {
    const wrong = `virtual time with ${cpus} virtual CPUs, of which only one can be counted`;
    conflicts.push({ setting: ['guest', 'cpus'], wrong, expected: 'cpus: 1' });
  }
  if (hostLoad > 0 || hasHostLoad(steps)) {
    const wrong = 'virtual time and a load on the host, of which that clock sees nothing';
    conflicts.push({
      ...(hostLoad > 0 && { setting: ['load'] }),
      wrong,
      expected: 'a load in the guest, or clock: real',
    });
  }
  if (until) {
    const wrong = "virtual time and until: usable, whose time begins with QEMU's process, in the host's time";
    conflicts.push({ setting: ['until'], wrong, expected: 'clock: real' });
  }
  if (started.length > 0) {
    const wrong = "virtual time and a device from the start, whose time begins with QEMU's process, in the host's time";
    conflicts.push({ setting: ['start'], wrong, expected: 'clock: real' });
  }
  if (bootPlugs.length > 0) {
    const wrong = 'virtual time and a plug during the boot: QEMU cannot be halted at a given virtual moment';
    conflicts.push({ wrong, expected: 'clock: real' });
  }
  if (measuredSteps(steps).some(({ retry }) => retry !== undefined)) {
    const wrong = "virtual time and a retry, which a client makes in the host's time";
    conflicts.push({ wrong, expected: 'clock: real' });
  }
  const [acted] = machineSteps(steps);
  if (acted) {
    const wrong = `virtual time and ${acted.operation}, which happens in the host's time`;
    conflicts.push({ wrong, expected: 'clock: real' });
  }
  for (const [device, inHostTime] of hostTimeDevices({ started, bootPlugs, steps })) {
    const wrong = `virtual time and ${quote(device)}, whose ${inHostTime}`;
    conflicts.push({ wrong, expected: 'another device or backend, or clock: real' });
  }
  const parts = topology ? (topologies.get(topology.name)?.parts?.(topology.options) ?? []) : [];
  const part = parts.find(({ sharesMemory }) => sharesMemory);
  if (part) {
    const wrong = `virtual time and ${topology?.name}, whose ${part.name} works in the host's time`;
    conflicts.push({ setting: ['topology'], wrong, expected: 'another topology, or clock: real' });
  }
  return conflicts;
}

/** Kinds of devices that do not keep to the guest's clock, each once, and what of theirs does not. */
function hostTimeDevices(sequence: Pick<Machine, 'started' | 'bootPlugs' | 'steps'>): ReadonlyMap<string, string> {
  return new Map(
    devicesUsed(sequence).flatMap(({ device, options }) => {
      const inHostTime = devices.get(device)?.inHostTime(options);
      return inHostTime === undefined ? [] : [[device, inHostTime] as const];
    }),
  );
}

/** What is wrong between a variant and the virtual clock it asks for, at its place in the file. */
export function virtualFindings({ named, settings, sequence }: PlacedVariant): readonly Finding[] {
  if (settings.clock !== 'virtual') return [];
  const { accelerator, cpus, topology, load, until } = settings;
  const { started = [], bootPlugs = [], steps = [] } = sequence ?? {};
  const machine = { accelerator, cpus, topology, until, started, bootPlugs, steps, hostLoad: load.hostCpus };
  return conflictsOf(machine).map(({ setting, wrong, expected }): Finding => {
    const path = setting ? settingPlace(named, setting) : (sequence?.path ?? []);
    return { path, at: setting ? 'value' : 'key', wrong, expected };
  });
}

/** Why these cannot be run as the command line has it; undefined when they can. */
export function virtualRefusal(scenarios: readonly Scenario[], jobs: number): string | undefined {
  const virtual = scenarios.flatMap(({ variants }) => variants.filter(({ clock }) => clock === 'virtual'));
  const reasons = virtual.flatMap((variant) => {
    const { accelerator, guest, until, started, bootPlugs, steps } = variant;
    const topology = { name: variant.topology, options: variant.topologyOptions };
    const conflicts = conflictsOf({
      accelerator,
      cpus: guest.cpus,
      topology,
      until,
      started,
      bootPlugs,
      steps,
      hostLoad: 0,
    });
    return conflicts.map(({ wrong }) => `${variant.scenario}/${variant.name}: ${wrong}`);
  });
  if (virtual.length > 0 && jobs > 1)
    reasons.push(`--jobs ${jobs}: virtual time takes one machine at a time, whose halts must not wait for another's`);
  return reasons.length === 0 ? undefined : reasons.join('\n');
}

function hasHostLoad(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (step.operation === 'load') return step.hostCpus > 0 || hasHostLoad(step.steps);
    return step.operation === 'parallel' && step.branches.some(hasHostLoad);
  });
}
