import { median } from 'simple-statistics';
import { type GoodSample, type Phase, UNATTRIBUTED } from '../vocabulary.ts';
import type { PhaseMove, WaitMove } from './version-table.ts';

/** Everything of a sample that is no fixed wait in a guest driver, in milliseconds. */
export function workMs({ latencyMs, phases }: GoodSample): number {
  return latencyMs - waitMs(phases);
}

export function waitMs(phases: readonly Phase[]): number {
  return phases.reduce((sum, { kind, durationMs }) => (kind === 'fixed-wait' ? sum + durationMs : sum), 0);
}

/** A second phase is named where the first alone explains less than this share of the change. */
const ENOUGH_EXPLAINED = 0.5;

/** The phases that moved most in the given direction: one, or two where the first explains less than half. */
export function movedPhases(from: readonly GoodSample[], to: readonly GoodSample[], isSlower: boolean) {
  const moves = movesOf(from, to, ({ kind }) => kind !== 'fixed-wait')
    .map((move) => ({ move, gainMs: (move.toMs - move.fromMs) * (isSlower ? 1 : -1) }))
    .filter(({ gainMs }) => gainMs > 0)
    .toSorted((a, b) => b.gainMs - a.gainMs);
  const changeMs = Math.abs(median(to.map(workMs)) - median(from.map(workMs)));
  const [first] = moves;
  const shown = first && first.gainMs < changeMs * ENOUGH_EXPLAINED ? 2 : 1;
  return moves.slice(0, shown).map(({ move }) => move);
}

/**
 * A timer ends late by up to an eighth of its length (Linux kernel/time/timer.c: LVL_CLK_DIV is 8; 256 ms of 5 s with
 * HZ=250). A wait is of another length where it differs by more than twice that.
 */
const OTHER_LENGTH = 1 + 2 / 8;

/**
 * A sleep in a driver lasts whole ticks of the kernel's timer, and is late by up to one more. The longest tick is 10 ms (HZ=100;
 * Debian's kernels have 250). A phase where a driver may sleep, and that is shorter, is no wait: nobody slept there, as in a plug
 * under pciehp, which skips the wait for the button (0.2 to 1 ms between two messages).
 */
const LONGEST_TICK_MS = 10;

/**
 * Waits that are in every sample of one side and in none of the other, and those whose median length is another by more than
 * the kernel's timers are inexact. Waits are not a matter of chance, so nothing is tested; one that is now and then there
 * is not told.
 */
export function movedWaits(from: readonly GoodSample[], to: readonly GoodSample[]): readonly WaitMove[] {
  return movesOf(from, to, ({ kind }) => kind === 'fixed-wait').flatMap((move) => {
    const kind = waitMove(move, shareWith(from, move.phase), shareWith(to, move.phase));
    return kind === undefined ? [] : [{ ...move, kind }];
  });
}

function waitMove({ fromMs, toMs }: PhaseMove, before: number, now: number): WaitMove['kind'] | undefined {
  if (before === 0 && now === 1) return 'appeared';
  if (before === 1 && now === 0) return 'gone';
  if (before !== 1 || now !== 1) return undefined;
  if (isLonger(toMs, fromMs)) return 'longer';
  return isLonger(fromMs, toMs) ? 'shorter' : undefined;
}

function isLonger(ms: number, otherMs: number): boolean {
  return ms > otherMs * OTHER_LENGTH + LONGEST_TICK_MS;
}

function shareWith(samples: readonly GoodSample[], phase: string): number {
  const having = samples.filter(({ phases }) =>
    phases.some(({ name, durationMs }) => name === phase && durationMs > LONGEST_TICK_MS),
  );
  return having.length / samples.length;
}

/** Of phases as they come first in time, what no phase explains last. */
function movesOf(
  from: readonly GoodSample[],
  to: readonly GoodSample[],
  isMeant: (phase: Phase) => boolean,
): readonly PhaseMove[] {
  const names = new Set([...to, ...from].flatMap(({ phases }) => phases.filter(isMeant).map(({ name }) => name)));
  const named = [...names].toSorted((a, b) => Number(a === UNATTRIBUTED) - Number(b === UNATTRIBUTED));
  const medianOf = (samples: readonly GoodSample[], name: string) =>
    median(
      samples.map(({ phases }) =>
        phases.reduce((sum, phase) => (isMeant(phase) && phase.name === name ? sum + phase.durationMs : sum), 0),
      ),
    );
  return named.map((phase) => ({ phase, fromMs: medianOf(from, phase), toMs: medianOf(to, phase) }));
}
