import { groupBy } from './groups.ts';
import { sortVersions, type Version, type VersionedMachine, versionLabels } from './machine-versions.ts';

/** Machines of a scenario, each with all versions that it was run with. */
export interface VersionGrid {
  readonly scenario: string;
  /** What the versions are called, the lowest first. */
  readonly kernels: readonly string[];
  readonly qemus: readonly string[];
  readonly machines: readonly GridMachine[];
}

export interface GridMachine {
  /** Its topology, and whatever else tells it from the others. */
  readonly label: string;
  readonly cells: readonly GridCell[];
}

export interface GridCell {
  readonly variant: string;
  /** Indices into the versions of the grid. */
  readonly kernel: number;
  readonly qemu: number;
}

/** One for each scenario in which a machine differs by nothing but its kernel or its QEMU. */
export function versionGrids(machines: readonly VersionedMachine[]): readonly VersionGrid[] {
  return [...groupBy(machines, ({ scenario }) => scenario).values()].flatMap((own) => {
    const [first] = own;
    const several = [...groupBy(own, machineKey(own)).values()].filter((one) => one.length > 1);
    if (!first || several.length === 0) return [];
    const shown = several.flat();
    const kernels = distinct(shown.map(({ kernel }) => kernel));
    const qemus = distinct(shown.map(({ qemu }) => qemu));
    const labels = machineLabels(several.map(([one]) => one?.settings ?? new Map()));
    return [
      {
        scenario: first.scenario,
        kernels: versionLabels(kernels),
        qemus: versionLabels(qemus),
        machines: several.map((group, index) => ({
          label: labels[index] ?? '',
          cells: group.map(({ variant, kernel, qemu }) => ({
            variant,
            kernel: kernels.findIndex(({ key }) => key === kernel.key),
            qemu: qemus.findIndex(({ key }) => key === qemu.key),
          })),
        })),
      },
    ];
  });
}

/** The same for variants that differ by versions alone. Where two do not differ by these either, the second stands alone. */
function machineKey(machines: readonly VersionedMachine[]): (machine: VersionedMachine) => string {
  const seen = new Map<string, number>();
  const keys = new Map(
    machines.map((machine) => {
      const settings = JSON.stringify([...machine.settings]);
      const whole = JSON.stringify([settings, machine.kernel.key, machine.qemu.key]);
      const times = seen.get(whole) ?? 0;
      seen.set(whole, times + 1);
      return [machine, `${times} ${settings}`];
    }),
  );
  return (machine) => keys.get(machine) ?? '';
}

function distinct(versions: readonly Version[]): readonly Version[] {
  return sortVersions([...new Map(versions.map((version) => [version.key, version])).values()]);
}

/** Settings whose values say what they are. */
const SAYS_ITSELF = ['machine', 'accelerator', 'kernel', 'devices'];

/** The topology, and the settings in which machines of one topology differ. */
function machineLabels(machines: readonly ReadonlyMap<string, string>[]): readonly string[] {
  return machines.map((settings) => {
    const alike = machines.filter((other) => other.get('topology') === settings.get('topology'));
    const names = [...new Set(alike.flatMap((other) => [...other.keys()]))].filter((name) => name !== 'steps');
    const telling = names.filter((name) => new Set(alike.map((other) => other.get(name))).size > 1);
    const words = telling.flatMap((name) => {
      const value = settings.get(name) ?? '';
      if (value === '') return [];
      return [SAYS_ITSELF.includes(name) ? value : `${name} ${value}`];
    });
    return [settings.get('topology') ?? '', ...words].join(', ');
  });
}
