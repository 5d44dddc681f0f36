import type { ExitCode } from '../exit-codes.ts';
import type { Setup } from '../host/requirements.ts';

/** How the text behind a flag becomes a value. */
export interface Reader<Value> {
  /** Gives undefined for a text that is not as `expected`. */
  readonly of: (text: string) => Value | undefined;
  /** A sentence without its full stop. */
  readonly expected: string;
  /** All texts that are allowed, where they can be listed. */
  readonly choices?: readonly string[];
}

/** A flag. Its key in the table is the name under which a command gets it: `dryRun` for `--dry-run`. */
export interface Flag {
  /** As it is typed: `--seed <n>`. */
  readonly written: string;
  readonly description: string;
  /** For a flag that takes a value. One without is on or absent. */
  readonly value?: Reader<unknown>;
  readonly byDefault?: string;
  readonly isRequired?: boolean;
  /** Names of flags that cannot be given together with this one. */
  readonly notWith?: readonly string[];
}

export type FlagTable = Readonly<Record<string, Flag>>;

type FlagValue<OfFlag> = OfFlag extends { readonly value: Reader<infer Value> } ? Value : boolean;
type AlwaysThere = { readonly byDefault: string } | { readonly isRequired: true };

/** What a command gets for its flags: those with a default and those that are required for certain, the others if given. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags as Flags[Name] extends AlwaysThere ? Name : never]: FlagValue<Flags[Name]>;
} & {
  readonly [Name in keyof Flags as Flags[Name] extends AlwaysThere ? never : Name]?: FlagValue<Flags[Name]>;
};

export interface Argument {
  /** `<run>`: it has to be there; `[dir]`: it has a default; `...` behind the name: one or more, or with `[ ]` any number. */
  readonly written: string;
  readonly description: string;
  readonly byDefault?: string;
  /** All texts that are allowed, where they can be listed. */
  readonly choices?: readonly string[];
}

type OneValue<OfArgument> = OfArgument extends { readonly choices: readonly (infer Choice)[] } ? Choice : string;

/** What a command gets for its arguments, in their order: a list where `...` is written, else a text. */
type ArgumentValues<Arguments extends readonly Argument[]> = {
  readonly [Index in keyof Arguments]: Arguments[Index]['written'] extends `${string}...${string}`
    ? readonly OneValue<Arguments[Index]>[]
    : OneValue<Arguments[Index]>;
};

/** What a command can know besides its arguments and flags. */
export interface CommandContext {
  /** All that was typed behind the program's name. */
  readonly argv: readonly string[];
  readonly setup: Setup;
}

/** A row of the table of commands: all that parser, help, documentation and shell completion say about it. */
export interface Command<
  Arguments extends readonly Argument[] = readonly Argument[],
  Flags extends FlagTable = FlagTable,
> {
  readonly name: string;
  readonly description: string;
  readonly arguments: Arguments;
  readonly flags: Flags;
  /** What is called when no command is named. */
  readonly isDefault?: true;
  /** What is wrong with arguments and flags of which each alone is right; undefined when nothing is. */
  misuse?(given: ArgumentValues<Arguments>, flags: FlagValues<Flags>): string | undefined;
  /** Loads the command and performs it. Nothing is loaded before, so that `--help` starts fast. */
  perform(given: ArgumentValues<Arguments>, flags: FlagValues<Flags>, context: CommandContext): Promise<ExitCode>;
}

/** Has the compiler derive what `perform` gets from the row's arguments and flags. */
export function command<const Arguments extends readonly Argument[], Flags extends FlagTable>(
  row: Command<Arguments, Flags>,
): Command {
  return row;
}
