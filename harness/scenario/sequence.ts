import { z } from 'zod';
import type { Slot } from '../machine/device/device.ts';
import { type BootPlug, FIRST_OWN_PLACE, type OwnPlace, type StartedDevice, type Step } from '../variant.ts';
import { listWords } from '../words.ts';
import { singleKeyMap } from './step/choices.ts';
import { stepKinds } from './step/index.ts';
import { keepingSlots } from './step/machine.ts';
import { plug } from './step/plug.ts';
import { placeStarted, type WantedFromStart } from './step/started.ts';
import type { DeviceChoice, Layout, Placed, Plugged, SequenceItems } from './step/step-kind.ts';
import type { Finding, Path } from './yaml/problem.ts';

export const BOOT = 'boot';
/** More than any use of a machine in one boot; following a sequence takes the square of its length. */
const MAX_STEPS = 1000;
const kinds = [...stepKinds.values()];
const bareWords = kinds.flatMap(({ name, bare }) => (bare === undefined ? [] : [name]));
const forms = kinds.map(({ form }) => form);

/** A list of steps inside of another step: the same steps but for `boot`. */
const nestedSteps: z.ZodType<SequenceItems> = z.lazy(() => stepList([]));

function stepList(words: readonly string[]) {
  const title = listWords([...words, ...forms], 'or');
  const maps = singleKeyMap(
    new Map(kinds.flatMap(({ name, argument }) => (argument ? [[name, argument(nestedSteps)] as const] : []))),
  );
  return z
    .array(z.union([z.enum([...words, ...bareWords]), maps.meta({ title })]).meta({ title }))
    .min(1)
    .max(MAX_STEPS)
    .meta({ title: 'a list of steps' });
}

/** `boot`, then steps of the kinds in `step/`. */
export const sequenceItems = stepList([BOOT]).meta({
  title: `a list of steps that begins with boot, at the most ${MAX_STEPS}`,
});

/** What a sequence may depend on besides itself. */
export interface SequenceSettings {
  /** Of the variant's topology; absent where it has none that is sound. */
  readonly slots?: readonly Slot[];
  readonly device?: DeviceChoice;
  /** How many devices a plug step plugs that says nothing of its own. */
  readonly devices: number;
  /** What is there from the start, and where the file says so. */
  readonly started?: { readonly wanted: readonly WantedFromStart[]; readonly path: Path };
}

/** A sequence with every device in its slot. */
export interface PlacedSequence {
  readonly started: readonly StartedDevice[];
  readonly bootPlugs: readonly BootPlug[];
  readonly steps: readonly Step[];
  readonly everPlugged: readonly Plugged[];
  /** The most slots in use at once. */
  readonly slotsUsed: number;
  readonly ownPlaces: readonly OwnPlace[];
  /** What is plugged when the sequence ends. */
  readonly left: readonly Plugged[];
  /** How many plain steps a pass has. */
  readonly count: number;
  readonly findings: readonly Finding[];
}

/** Follows the sequence step by step. A step that cannot be done is a finding and otherwise left out. */
export function placeSequence(items: SequenceItems, settings: SequenceSettings, path: Path): PlacedSequence {
  const { wanted, path: startPath } = settings.started ?? { wanted: [], path: [] };
  const empty: Layout = {
    steps: [],
    bootPlugs: [],
    plugged: [],
    ownPlaces: [],
    everPlugged: [],
    beside: [],
    contested: new Map(),
    freed: new Set(),
    reserved: { slots: new Set(), ids: new Set() },
    namedIds: new Set([...namedIds(items), ...wanted.flatMap(({ id = [] }) => id)]),
    count: 0,
  };
  const { started, ...first } = placeStarted(empty, wanted, settings, startPath);
  const context = { ...settings, path, nested: false, inParallel: false };
  const { layout, findings } = placeItems(first.layout, items, context);
  const { steps, bootPlugs, everPlugged, plugged } = layout;
  return {
    started,
    bootPlugs,
    steps,
    everPlugged,
    // Slots are used first-free, so the highest one tells how many were in use at once.
    slotsUsed: Math.max(0, ...everPlugged.flatMap(({ slot }) => (slot < FIRST_OWN_PLACE ? [slot + 1] : []))),
    ownPlaces: layout.ownPlaces,
    left: plugged,
    count: layout.count,
    findings: [...bootFindings(items, path), ...first.findings, ...findings],
  };
}

interface Context extends SequenceSettings {
  readonly path: Path;
  readonly nested: boolean;
  readonly inParallel: boolean;
}

function placeItems(start: Layout, items: SequenceItems, context: Context): Placed {
  const findings: Finding[] = [];
  let layout = start;
  for (const [index, item] of items.entries()) {
    if (item === BOOT) continue;
    const [name = '', argument] =
      typeof item === 'string' ? [item, stepKinds.get(item)?.bare] : (Object.entries(item)[0] ?? []);
    const itemPath = [...context.path, index];
    const path = typeof item === 'string' ? itemPath : [...itemPath, name];
    if (layout.count >= MAX_STEPS) {
      const wrong = `step ${layout.count + 1} of one pass`;
      return { layout, findings: [...findings, { path, at: 'value', wrong, expected: `at the most ${MAX_STEPS}` }] };
    }
    const kind = stepKinds.get(name);
    if (!kind) continue;
    if (layout.paused && !kind.whilePaused) {
      const wrong = `${name} while the machine stands still`;
      findings.push({ path, at: 'value', wrong, expected: 'it before the pause or behind the resume' });
      continue;
    }
    const placed = kind.place(layout, argument, {
      ...context,
      path,
      placeSteps: (inner, steps, below, inParallel = context.inParallel) =>
        placeItems(inner, steps, { ...context, path: [...path, ...below], nested: true, inParallel }),
    });
    const isLost = name === plug.name && placed.findings.length > 0;
    layout = keepingSlots(layout, isLost ? { ...placed.layout, incomplete: true } : placed.layout);
    findings.push(...placed.findings);
  }
  const { paused, ...running } = layout;
  if (!paused || start.paused) return { layout, findings };
  const expected = 'resume behind it, in the same list of steps';
  const endless: Finding = { path: paused.path, at: 'value', wrong: 'a pause without a resume', expected };
  return { layout: running, findings: [...findings, endless] };
}

function namedIds(items: SequenceItems): readonly string[] {
  return items.flatMap((item) => {
    if (typeof item === 'string') return [];
    const [name = '', argument] = Object.entries(item)[0] ?? [];
    return stepKinds.get(name)?.namedIds(argument, namedIds) ?? [];
  });
}

/** A sequence is what happens in one boot: it begins with it and has no other. */
function bootFindings(items: SequenceItems, path: Path): readonly Finding[] {
  const expected = 'boot as the first step and nowhere else';
  const late = [...items.keys()].filter((index) => index > 0 && items[index] === BOOT);
  if (items[0] !== BOOT && late.length === 0) {
    return [{ path: [...path, 0], at: 'value', wrong: 'the sequence does not begin with boot', expected }];
  }
  return late.map((index) => ({
    path: [...path, index],
    at: 'value',
    wrong: `boot as step ${index + 1}`,
    expected,
  }));
}
