import type {
  MachineOverVersions,
  PhaseMove,
  VersionCell,
  VersionStep,
  VersionTable,
} from '../harness/statistics/version-table.ts';
import { formatMs, formatRatio } from './format.ts';
import { list, unitOf } from './words.ts';

/** A change beyond the noise at its cell. `→`: against the cell to the left, with an older QEMU; `↓`: the one above. */
export interface VersionMark {
  readonly arrow: '→' | '↓';
  readonly text: string;
  readonly tone: 'bad' | 'good' | 'doubt';
}

/** What a reader has to know to read the tables. */
export const VERSION_KEY =
  'Medians; in brackets without fixed waits, which is what is compared. → marks a change from the QEMU to the left, ↓ one from ' +
  'the kernel above, and only what is beyond the noise; + and - a wait in the guest driver that came or went.';

/** What has changed from a cell's neighbours with older versions. */
export function marksOf({ steps }: MachineOverVersions, cell: number): readonly VersionMark[] {
  return steps
    .filter(({ to }) => to === cell)
    .flatMap((step): VersionMark[] => {
      const arrow = step.axis === 'qemu' ? '→' : '↓';
      const waits = step.waits.map(({ kind, phase }): VersionMark => {
        const sign = { appeared: '+', gone: '-', longer: 'longer ', shorter: 'shorter ' }[kind];
        return { arrow, text: `${sign}${phase}`, tone: kind === 'appeared' || kind === 'longer' ? 'bad' : 'good' };
      });
      return isMarked(step) ? [...waits, { arrow, text: formatRatio(step.ratio), tone: toneOf(step) }] : waits;
    });
}

/** `6110 (112)`: the median, and in brackets without fixed waits where there are any; or how it failed. */
export function cellText({ latency, failedAs, samples }: VersionCell): string {
  const failed = Object.entries(failedAs).map(([outcome, count]) => `${count} of ${samples} ${outcome}`);
  const work = latency && latency.waitMs > 0 ? ` (${formatMs(latency.workMs)})` : '';
  return [...(latency ? [formatMs(latency.p50Ms) + work] : []), ...failed].join(', ');
}

/** What changed, each in a sentence; the same change on several versions of the other kind is said once. */
export function versionChanges(table: VersionTable): readonly { readonly text: string; readonly tone: string }[] {
  return table.machines.flatMap((machine) => {
    const alike = new Map<string, VersionStep[]>();
    for (const step of machine.steps.filter((one) => isMarked(one) || one.waits.length > 0)) {
      const { axis, verdict, phases, waits } = step;
      const [from, to] = [step.from, step.to].map((index) => machine.cells[index]?.[axis]);
      const moved = [phases.map(({ phase }) => phase), waits.map(({ phase, kind }) => [phase, kind])];
      const key = JSON.stringify([axis, from, to, verdict, moved]);
      alike.set(key, [...(alike.get(key) ?? []), step]);
    }
    return [...alike.values()].map((steps) => changeOf(table, machine, steps));
  });
}

/** What there is to say where nothing changed; undefined where steps could not be judged, which a warning says. */
export function noChangeText({ machines }: VersionTable): string | undefined {
  const steps = machines.flatMap((machine) => machine.steps);
  if (steps.length === 0) return 'Nothing to compare: no machine was measured with two versions of one kind.';
  const isJudged = steps.some(({ verdict }) => verdict !== 'unknown');
  return isJudged ? 'No change beyond the noise.' : undefined;
}

/** What of each machine could not have been told from the noise. */
export function noiseText({ machines }: VersionTable): string | undefined {
  const known = machines.flatMap(({ label, detectableRatio }) =>
    detectableRatio === undefined ? [] : [`${Math.round(100 * (detectableRatio - 1))} % on ${label}`],
  );
  return known.length === 0
    ? undefined
    : `Smaller changes than these could not be told from the noise: ${list(known)}.`;
}

function changeOf(
  table: VersionTable,
  { label, cells, steps: all }: MachineOverVersions,
  steps: readonly VersionStep[],
) {
  const [step] = steps as [VersionStep];
  const { axis } = step;
  const isQemu = axis === 'qemu';
  const names = isQemu ? table.qemus : table.kernels;
  const others = isQemu ? table.kernels : table.qemus;
  const nameAt = (index: number) => names[cells[index]?.[axis] ?? -1] ?? '';
  const [from, to] = [nameAt(step.from), nameAt(step.to)];
  const possible = all.filter((one) => one.axis === axis && nameAt(one.from) === from && nameAt(one.to) === to);
  const otherName = isQemu ? 'Linux' : 'QEMU';
  const on = steps.map(({ to: index }) => others[cells[index]?.[isQemu ? 'kernel' : 'qemu'] ?? -1] ?? '');
  const where =
    steps.length === possible.length && steps.length > 1
      ? `, on every ${isQemu ? 'kernel' : 'QEMU'}`
      : `, on ${otherName} ${list(on)}`;
  const unit = unitOf(table.clock);
  const phases = step.phases.map((_, index) =>
    moveText(
      steps.flatMap((one) => one.phases[index] ?? []),
      unit,
    ),
  );
  const waits = step.waits.map(({ kind, phase }, index) => {
    const all = steps.flatMap((one) => one.waits[index] ?? []);
    if (kind === 'longer' || kind === 'shorter') return `the wait ${moveText(all, unit)} is ${kind}`;
    const lengths = all.map(({ fromMs, toMs }) => Math.max(fromMs, toMs));
    return `the wait ${phase}, ${range(lengths, formatMs)} ${unit}, ${kind === 'appeared' ? 'is new' : 'is gone'}`;
  });
  const works = steps.map(({ from: a, to: b }) => ({
    phase: '',
    fromMs: cells[a]?.latency?.workMs ?? 0,
    toMs: cells[b]?.latency?.workMs ?? 0,
  }));
  const hasWaits = steps.some(({ to: index }) => (cells[index]?.latency?.waitMs ?? 0) > 0);
  const verdict = isMarked(step)
    ? [
        `${step.verdict}, ${range(
          steps.map(({ ratio }) => ratio),
          formatRatio,
        )}${hasWaits ? ' of what is no wait' : ''} (${moveText(works, unit).trim()})`,
        ...phases,
      ]
    : [];
  const text = `${label}, ${isQemu ? 'QEMU' : 'Linux'} ${from} → ${to}${where}: ${[...verdict, ...waits].join('; ')}`;
  return { text, tone: isMarked(step) ? toneOf(step) : 'doubt' };
}

/** `enumeration 1.20 ms → 98.1 to 99.3 ms`. */
function moveText(moves: readonly PhaseMove[], unit: string): string {
  const [from, to] = (['fromMs', 'toMs'] as const).map((side) =>
    range(
      moves.map((move) => move[side]),
      formatMs,
    ),
  );
  return `${moves[0]?.phase ?? ''} ${from} → ${to} ${unit}`;
}

function range(values: readonly number[], format: (value: number) => string): string {
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

function isMarked({ verdict }: VersionStep): boolean {
  return verdict === 'slower' || verdict === 'faster';
}

function toneOf({ verdict }: VersionStep): 'bad' | 'good' {
  return verdict === 'slower' ? 'bad' : 'good';
}
