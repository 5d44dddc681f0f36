import { inspect } from './inspect.ts';
import { plug } from './plug.ts';
import type { StepKind } from './step-kind.ts';
import { unplug } from './unplug.ts';

/** Every kind of step that can stand in a sequence after `boot`. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(
  [plug, unplug, inspect].map((kind) => [kind.name, kind]),
);
