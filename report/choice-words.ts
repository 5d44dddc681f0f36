import type { Need } from '../harness/findings/need.ts';
import type { Candidate, Choice } from '../harness/findings/topology-choice.ts';
import { count, list, ms, percent } from './words.ts';

/** `8 disks passed through with VFIO, the last usable within 3000 ms`. */
export function needText({ disks, nics, devices, vfio, userspace, deadlineMs }: Need): string {
  const kinds = [
    ...(disks > 0 ? [count(disks, 'disk')] : []),
    ...(nics > 0 ? [count(nics, 'network card')] : []),
    ...(devices > 0 ? [count(devices, 'device')] : []),
  ];
  return [
    `${list(kinds)}${vfio ? ' of the host, passed through with VFIO' : ''}`,
    ...(userspace ? ['two of them with userspace drivers in the guest'] : []),
    ...(deadlineMs === undefined ? [] : [`the last usable within ${ms(deadlineMs)}`]),
  ].join(', ');
}

/** The decision in one sentence. */
export function choiceSentence(need: Need, choices: readonly Choice[]): string {
  const fitting = choices.filter(({ verdict }) => verdict === 'fits');
  const [best, next] = fitting;
  const open = choices.filter(({ verdict }) => verdict === 'not-known').length;
  const rest = open > 0 ? `; of ${count(open, 'machine')} it is not known` : '';
  if (!best) {
    return `For ${needText(need)}: ${open > 0 ? 'no machine of which it is known that it fits' : 'no machine that was measured fits'}${rest}.`;
  }
  const others = next ? `; next is ${nameOf(next.candidate, choices)} (${inShort(next)})` : '';
  return `For ${needText(need)}: ${nameOf(best.candidate, choices)} (${inShort(best)})${others}${rest}.`;
}

function inShort({ last, slotsLeft, candidate: { failureRate } }: Choice): string {
  return [
    ...(last ? [`the last device after ${ms(last.lastMs)}${last.how === 'measured' ? '' : `, ${howText(last)}`}`] : []),
    `${slotsLeft === undefined ? 'slots not known' : `${count(slotsLeft, 'slot')} left`}`,
    ...(failureRate > 0 ? [`${percent(failureRate)} of plugs failed`] : []),
  ].join(', ');
}

/** How the time to the last device is known. */
export function howText({ how, from }: NonNullable<Choice['last']>): string {
  switch (how) {
    case 'measured':
      return `measured, ${from}`;
    case 'between-measured':
      return `estimated ${from}`;
    case 'one-after-another':
      return `at most, ${from}`;
  }
}

/** With its scenario where there are several. */
export function nameOf({ scenario, variant }: Candidate, choices: readonly Choice[]): string {
  const several = choices.some(({ candidate }) => candidate.scenario !== scenario);
  return several ? `${scenario}/${variant}` : variant;
}

export const VERDICT_WORDS = { fits: 'fits', 'not-known': 'not known', 'does-not-fit': 'no' } as const;

/** Why it does not fit or is not known to, and what there is to arrange. */
export function reasonsOf({ weighed, remarks }: Choice): readonly string[] {
  return [...weighed.flatMap(({ met, why }) => (met === true || why === '' ? [] : [why])), ...remarks];
}

/** What the order rests on. */
export const CHOICE_BASIS =
  'What fits comes first; then by failed plugs, by the time until the last device is usable (medians), and by the slots that are left. ' +
  'Times are of the kinds of devices that the run plugged. "At most" is a time put together from plugs one after another: measure as many ' +
  'at once (plug with "count") to know it.';
