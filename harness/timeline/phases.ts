import { drivers } from '../drivers/index.ts';
import { type Moment, type PhaseTable, type QueueMoment, returnedFrom, sentCommand } from '../drivers/phase-table.ts';
import { isLun, lunPhases } from '../drivers/scsi-lun.ts';
import { START_COMMANDS } from '../qemu/qmp-messages.ts';
import { type BootMode, type Clock, type Controller, type Phase, type PhaseKind, UNATTRIBUTED } from '../vocabulary.ts';
import { freshBoot } from './boot-phases.ts';
import type { Operation } from './recording.ts';
import { fromTheStart } from './start-phases.ts';

/**
 * The phases of an operation that took from `startMs` to `endMs`. They follow each other without gap or overlap, so
 * they add up to its latency: a stretch that no row covers is a phase called `unattributed`.
 *
 * So is one in which a moment may have been lost, as that may have been its end. What is taken for its end may be the second
 * of its kind, so what follows is unattributed, too, until an edge that cannot be lost.
 */
export function phasesOf(
  table: PhaseTable,
  moments: readonly (Moment | QueueMoment)[],
  startMs: number,
  endMs: number,
): readonly Phase[] {
  const holes = moments.filter((moment) => moment.source === 'hole');
  const isOverHole = (fromMs: number, toMs: number) =>
    holes.some(({ atMs, untilMs }) => fromMs < untilMs && toMs > atMs);
  const inside = moments.filter(({ source, atMs }) => source !== 'hole' && atMs <= endMs);
  const clip = (atMs: number) => Math.min(Math.max(atMs, startMs), endMs);
  const phases: Phase[] = [];
  let cursorMs = startMs;
  let next = 0;
  let edgeLost = false;
  let isDoubtful = false;
  const cover = (name: string, kind: PhaseKind, untilMs: number) => {
    const before = phases.at(-1);
    // Two rows of one name in a row are one phase.
    const again = before?.name === name && before.kind === kind ? phases.pop() : undefined;
    const fromMs = again ? startMs + again.startMs : cursorMs;
    phases.push({ name, kind, startMs: fromMs - startMs, durationMs: untilMs - fromMs });
    cursorMs = untilMs;
  };
  for (const row of table) {
    const { begin, end } = row;
    const first = begin ? inside.findIndex((moment, index) => index >= next && begin(moment)) : next;
    const searchFrom = begin ? first + 1 : first;
    const last =
      end === 'operation-end' ? inside.length : inside.findIndex((moment, index) => index >= searchFrom && end(moment));
    if (first === -1 || last === -1) {
      edgeLost ||= row.required;
      continue;
    }
    const beginMs = begin ? clip(inside[first]?.atMs ?? cursorMs) : cursorMs;
    const endsMs = Math.max(last === inside.length ? endMs : clip(inside[last]?.atMs ?? endMs), cursorMs);
    if (begin && !begin.mayBeLost) isDoubtful = false;
    else isDoubtful ||= isOverHole(cursorMs, beginMs);
    if (beginMs > cursorMs) cover(UNATTRIBUTED, 'guest', beginMs);
    isDoubtful ||= isOverHole(cursorMs, endsMs);
    if (isDoubtful || (edgeLost && !begin)) cover(UNATTRIBUTED, 'guest', endsMs);
    else cover(row.name, row.kind, endsMs);
    edgeLost = false;
    if (end !== 'operation-end' && !end.mayBeLost) isDoubtful = false;
    // The moment that ends one row may be where the next looks for its own end.
    next = last;
  }
  if (cursorMs < endMs) cover(UNATTRIBUTED, 'guest', endMs);
  return phases;
}

/** From `migrate-incoming` to the agent's `ready`, for a boot from a snapshot. */
const restore: PhaseTable = [
  {
    name: 'restore',
    kind: 'host',
    end: sentCommand(START_COMMANDS.boot),
    required: true,
    source: "QEMU reads the saved guest's memory and devices (migration/savevm.c qemu_loadvm_state())",
  },
  {
    name: 'resume',
    kind: 'guest',
    end: 'operation-end',
    required: true,
    source: 'the guest goes on where it was, and the agent answers',
  },
];

/**
 * A plug while the guest boots. The rest is `unattributed`: the kernel's messages, from which phases are told, are switched
 * on when the guest is ready.
 */
const duringBoot: PhaseTable = [
  {
    name: 'qmp-command',
    kind: 'host',
    end: returnedFrom(START_COMMANDS.plug),
    required: true,
    source: 'from writing the command until its reply: QEMU creates the device',
  },
];

/** The phases of an operation under a controller. */
export function phaseTable(operation: Operation, controller: Controller, clock: Clock): PhaseTable {
  const table = tableOf(operation, controller, clock);
  if (clock === 'real') return table;
  return table.map((row) => ({ ...row, kind: row.virtualKind ?? row.kind }));
}

function tableOf(
  { operation, bootMode, offsetMs, place }: Operation,
  controller: Controller,
  clock: Clock,
): PhaseTable {
  if ((operation === 'plug' || operation === 'unplug') && isLun(place)) return lunPhases(place)[operation];
  if (offsetMs !== undefined) return duringBoot;
  if (operation === 'start') return fromTheStart(tableOfBoot(bootMode, clock));
  // Its phases are those of the operations that it is made of (until-usable.ts).
  if (operation === 'until-usable') return [];
  if (operation !== 'boot') return drivers[controller].phases[operation];
  return tableOfBoot(bootMode, clock);
}

function tableOfBoot(bootMode: BootMode | undefined, clock: Clock): PhaseTable {
  if (bootMode === 'snapshot') return restore;
  return freshBoot[clock];
}
