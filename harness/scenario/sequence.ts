import { z } from 'zod';
import type { Finding } from './problem.ts';
import { singleKeyMap } from './single-key-map.ts';
import { stepKinds } from './step/index.ts';
import type { Layout, Plugged } from './step/step-kind.ts';
import type { Step } from './variant.ts';
import { listWords } from './words.ts';

const BOOT = 'boot';
/** More than any use of a machine in one boot; following a sequence takes the square of its length. */
const MAX_STEPS = 1000;
const title = listWords([BOOT, ...[...stepKinds.values()].map(({ form }) => form)], 'or');
const argumentsByName = new Map([...stepKinds].map(([name, { argument }]) => [name, argument]));

/** `boot`, then steps of the kinds in `step/`. */
export const sequenceItems = z
  .array(z.union([z.literal(BOOT), singleKeyMap(argumentsByName).meta({ title })]).meta({ title }))
  .min(1)
  .max(MAX_STEPS)
  .meta({ title: `a list of steps that begins with boot, at the most ${MAX_STEPS}` });

export type SequenceItems = z.output<typeof sequenceItems>;

/** A sequence with every device in its slot. */
export interface PlacedSequence {
  readonly steps: readonly Step[];
  readonly everPlugged: readonly Plugged[];
  /** What is plugged when the sequence ends. */
  readonly left: readonly Plugged[];
  readonly findings: readonly Finding[];
}

/** Follows the sequence step by step. A step that cannot be done is a finding and otherwise left out. */
export function placeSequence(items: SequenceItems): PlacedSequence {
  const findings = [...bootFindings(items)];
  const calls = items.map((item) => (item === BOOT ? undefined : Object.entries(item)[0]));
  const namedIds = calls.map((call) => call && stepKinds.get(call[0])?.namedId(call[1]));
  let layout: Layout = {
    steps: [],
    plugged: [],
    everPlugged: [],
    namedIds: new Set(namedIds.filter((id) => id !== undefined)),
  };
  for (const [item, call] of calls.entries()) {
    if (call === undefined) continue;
    const [name, argument] = call;
    const placed = stepKinds.get(name)?.place(layout, argument, item);
    if (placed?.ok) layout = placed.value;
    else if (placed) findings.push({ ...placed.failure, path: ['sequence', item, name, ...placed.failure.path] });
  }
  return { steps: layout.steps, everPlugged: layout.everPlugged, left: layout.plugged, findings };
}

/** A sequence is what happens in one boot: it begins with it and has no other. */
function bootFindings(items: SequenceItems): readonly Finding[] {
  const expected = 'boot as the first step and nowhere else';
  const late = [...items.keys()].filter((index) => index > 0 && items[index] === BOOT);
  if (items[0] !== BOOT && late.length === 0) {
    return [{ path: ['sequence', 0], at: 'value', wrong: 'the sequence does not begin with boot', expected }];
  }
  return late.map((index) => ({
    path: ['sequence', index],
    at: 'value',
    wrong: `boot as step ${index + 1}`,
    expected,
  }));
}
