import type { z } from 'zod';
import type { Slot } from '../../machine/device/device.ts';
import type { BootPlug, DeviceInSlot, OwnPlace, Step } from '../../variant.ts';
import type { Finding, Path } from '../yaml/problem.ts';

/** A device in its slot, at some point of the sequence. */
export interface Plugged extends DeviceInSlot {
  /** Where in the file the plug step stands. */
  readonly path: Path;
}

/** What the steps so far amount to. */
export interface Layout {
  readonly steps: readonly Step[];
  /** Plugs during the boot. */
  readonly bootPlugs: readonly BootPlug[];
  /** Plugged now, the oldest first. */
  readonly plugged: readonly Plugged[];
  /** Every device plugged so far, unplugged again or not. */
  readonly everPlugged: readonly Plugged[];
  /** What is not plugged here but may be in use by what goes on at the same time. */
  readonly reserved: { readonly slots: ReadonlySet<number>; readonly ids: ReadonlySet<string> };
  /** A plug before could not be placed, and its device is missing here: what is wrong because of that is not told. */
  readonly incomplete?: true;
  /** The machine stands still from the step at this index on, which is at this place in the file; and what was reserved before. */
  readonly paused?: { readonly at: number; readonly path: Path; readonly reserved: Layout['reserved'] };
  /** Places behind the topology's slots; the same list for the whole sequence, to which each new one is added. */
  readonly ownPlaces: OwnPlace[];
  /** What other branches that go on at the same time plug or unplug, as far as the file has told of them before. */
  readonly beside: readonly Plugged[];
  /** Ids of those among them that are unplugged here; `false` where QEMU is to refuse that. */
  readonly contested: ReadonlyMap<string, boolean>;
  /** Slots that another branch gives back at some time: a plug that is asked for again may have one. */
  readonly freed: ReadonlySet<number>;
  /** Ids that the file gives to devices, anywhere in the sequence. */
  readonly namedIds: ReadonlySet<string>;
  /** How many plain steps there are so far: the place of the last one. */
  readonly count: number;
}

/** A list of steps as the file has it. */
export type SequenceItems = readonly (string | Readonly<Record<string, unknown>>)[];

/** The device that a variant plugs where the sequence leaves it open. */
export interface DeviceChoice {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where in the file devices stand that need slots, and which slots there are. */
export interface Whereabouts {
  /** Of the step's argument, or of the entry in a list. */
  readonly path: Path;
  /** The slots of the variant's topology; absent where it has none that is sound. */
  readonly slots?: readonly Slot[];
}

/** Where a step stands, and what it may need to know of the variant. */
export interface Surroundings extends Whereabouts {
  readonly device?: DeviceChoice;
  /** How many devices a plug step plugs that says nothing of its own. */
  readonly devices: number;
  /** Whether it stands inside of another step. */
  readonly nested: boolean;
  /** Whether something else goes on at the same time. */
  readonly inParallel: boolean;
  /** Places a list of steps that belongs to this one. */
  readonly placeSteps: (layout: Layout, items: SequenceItems, below: Path, inParallel?: boolean) => Placed;
}

/** The layout with the step added, as far as it could be, and what is wrong with it. */
export interface Placed {
  readonly layout: Layout;
  readonly findings: readonly Finding[];
}

/**
 * A kind of step, `<name>: <argument>` in a scenario's sequence. Adding one is a file in this folder and a line in
 * `index.ts`.
 */
interface StepKindDefinition<Argument> {
  readonly name: string;
  /** How it is written, for messages: `plug: <device>`. */
  readonly form: string;
  /**
   * Absent for a step that is a word alone.
   *
   * @param steps the schema of a list of steps, for kinds that have some of their own
   */
  readonly argument?: (steps: z.ZodType<SequenceItems>) => z.ZodType<Argument>;
  /** What its name alone stands for, where that is a step. */
  readonly bare?: Argument;
  /** It can be begun, or is nothing but time, while the machine stands still. */
  readonly whilePaused?: true;
  /** The ids that the file chooses in this step. */
  readonly namedIds: (argument: Argument, inSteps: (items: SequenceItems) => readonly string[]) => readonly string[];
  /** Adds the step to what came before. */
  readonly place: (layout: Layout, argument: Argument, surroundings: Surroundings) => Placed;
}

export type StepKind = StepKindDefinition<unknown>;

/** Ties a kind's functions to its own schema, so that each file is typed and the list of all is uniform. */
export function defineStepKind<Argument>(definition: StepKindDefinition<Argument>): StepKind {
  return definition as unknown as StepKind;
}

/** A step that cannot be done: it is left out. */
export function misplaced(
  layout: Layout,
  path: Path,
  wrong: string,
  expected: string,
  meant: Pick<Finding, 'suggestion'> = {},
  at: Finding['at'] = 'value',
): Placed {
  return { layout, findings: [{ path, at, wrong, expected, ...meant }] };
}
