import type { EnvironmentChange } from './history.ts';
import type { Environment, NightPoint } from './night.ts';

/** A point from which on the surroundings are others. The first point has no changes. */
export interface EnvironmentBreak {
  readonly index: number;
  readonly changes: readonly EnvironmentChange[];
}

/**
 * Where a series has to be cut, beginning with its first point. What a night does not say (an older version of the tool
 * did not know of it) has not changed: it is compared with what was last known.
 */
export function environmentBreaks(points: readonly Pick<NightPoint, 'environment'>[]): readonly EnvironmentBreak[] {
  if (points.length === 0) return [];
  const breaks: EnvironmentBreak[] = [{ index: 0, changes: [] }];
  const known = new Map<string, string>();
  let last: Environment | undefined;
  for (const [index, { environment }] of points.entries()) {
    // The same object nearly every night.
    if (environment === last) continue;
    last = environment;
    const changes = [...environment].flatMap(([what, after]): EnvironmentChange[] => {
      const before = known.get(what);
      known.set(what, after);
      return before === undefined || before === after ? [] : [{ what, before, after }];
    });
    if (changes.length > 0) breaks.push({ index, changes });
  }
  return breaks;
}
