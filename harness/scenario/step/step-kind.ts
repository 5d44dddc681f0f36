import type { z } from 'zod';
import type { Result } from '../../result.ts';
import type { Finding } from '../problem.ts';
import type { Step } from '../variant.ts';

/** A device in its slot, at some point of the sequence. */
export interface Plugged {
  readonly deviceId: string;
  readonly device: string;
  /** Index into the topology's slots. */
  readonly slot: number;
  /** Index of the plug step in the file's sequence. */
  readonly item: number;
}

/** What the steps so far amount to. */
export interface Layout {
  readonly steps: readonly Step[];
  /** Plugged now, the oldest first. */
  readonly plugged: readonly Plugged[];
  /** Every device plugged so far, unplugged again or not. */
  readonly everPlugged: readonly Plugged[];
  /** Ids that the file gives to devices, anywhere in the sequence. */
  readonly namedIds: ReadonlySet<string>;
}

/**
 * A kind of step, `<name>: <argument>` in a scenario's sequence. Adding one is a file in this folder and a line in
 * `index.ts`.
 */
interface StepKindDefinition<Argument> {
  readonly name: string;
  /** How it is written, for messages: `plug: <device>`. */
  readonly form: string;
  readonly argument: z.ZodType<Argument>;
  /** The device id that the file chooses in this step, if it does. */
  readonly namedId: (argument: Argument) => string | undefined;
  /** Adds the step at an index of the file's sequence to what came before; the path of a finding is below the argument. */
  readonly place: (layout: Layout, argument: Argument, item: number) => Result<Layout, Finding>;
}

export type StepKind = StepKindDefinition<unknown>;

/** Ties a kind's functions to its own schema, so that each file is typed and the list of all is uniform. */
export function defineStepKind<Argument>(definition: StepKindDefinition<Argument>): StepKind {
  return definition as unknown as StepKind;
}
