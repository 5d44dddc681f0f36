import { CONDITIONS, type Condition, clockOf, type MeasuredUnder, meaningOf, type Purpose } from './conditions.ts';
import type { StoredVariant } from './run-file.ts';

/** Something that is not the same under two conditions. */
export interface Difference {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** Everything that keeps samples of the one from standing beside those of the other, and that both know of. */
export function differences(
  one: MeasuredUnder,
  other: MeasuredUnder,
  purpose: Extract<Purpose, 'resume' | 'merge'>,
): readonly Difference[] {
  const isVirtual = [one, other].every((run) => run.variants.every((each) => clockOf(run, each) === 'virtual'));
  const asked = CONDITIONS.filter(
    (condition) => !condition.planned && meaningOf(condition, purpose, isVirtual ? 'virtual' : 'real') === 'refuses',
  );
  // Of a run on several hosts, the one that it was begun on.
  const [before, now] = [one, other].map((run): MeasuredUnder => ({ ...run, hosts: [] })) as [
    MeasuredUnder,
    MeasuredUnder,
  ];
  const compare = (condition: Condition, what: string, variant?: StoredVariant, same?: StoredVariant) => {
    if (!variant || !same) return [];
    const [a, b] = [condition.value(before, variant), condition.value(now, same)];
    return typeof a === 'string' && typeof b === 'string' && a !== b ? [{ what, one: a, other: b }] : [];
  };
  const ofRun = asked.filter((condition) => condition.ofRun);
  return [
    ...ofRun.flatMap((condition) => compare(condition, runName(condition), one.variants[0], other.variants[0])),
    ...one.variants.flatMap((variant) => {
      const { scenario, name } = variant;
      const same = other.variants.find((each) => each.scenario === scenario && each.name === name);
      const own = asked.filter((condition) => !condition.ofRun);
      return own.flatMap((condition) => compare(condition, `${condition.name} of ${scenario}/${name}`, variant, same));
    }),
  ];
}

function runName({ name, ofHost }: Condition): string {
  return ofHost === undefined ? name : `host's ${ofHost.replaceAll('_', ' ')}`;
}
