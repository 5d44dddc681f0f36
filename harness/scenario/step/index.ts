import { check } from './check.ts';
import { inspect } from './inspect.ts';
import { pause, rescan, reset, resume } from './machine.ts';
import { load, parallel, repeat } from './nested.ts';
import { plug } from './plug.ts';
import type { StepKind } from './step-kind.ts';
import { unplug } from './unplug.ts';
import { wait } from './wait.ts';

/** Every kind of step that can stand in a sequence after `boot`. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(
  [plug, unplug, wait, parallel, repeat, load, pause, resume, reset, rescan, inspect, check].map((kind) => [
    kind.name,
    kind,
  ]),
);
