import { createHash } from 'node:crypto';
import { CONDITIONS, type Condition, clockOf, type MeasuredUnder, meaningOf } from '../record/conditions.ts';
import type { RunFile, StoredVariant } from '../record/run-file.ts';
import type { Conditions } from '../statistics/comparison.ts';

/** What two variants have to have in common for their latencies to be compared, by names for a reader. */
export function conditionsOfVariant(run: MeasuredUnder, scenario: string, name: string): Conditions {
  const variant = variantOf(run, scenario, name);
  if (!variant) return {};
  const asked = CONDITIONS.filter((one) => meaningOf(one, 'compare', clockOf(run, variant)) === 'refuses');
  const values = asked.map((one) => [one.name, one.value(run, variant) ?? one.before] as const);
  return Object.fromEntries(
    values.flatMap(([key, value]) => (typeof value === 'string' ? [[key, shortened(value)]] : [])),
  );
}

/**
 * How a variant's configuration differs between two runs, each as `name: base → current`. Not a reason against a comparison:
 * who changes a machine or a parameter wants to see what comes of it, and if the change was not meant to matter, that it
 * does. The comparison names it, so that nobody looks for the cause elsewhere.
 */
export function configurationDifferences(base: RunFile, current: RunFile, scenario: string, name: string) {
  return shownDifferences(base, current, scenario, name, ({ ofRun }) => !ofRun);
}

/** How the host differs in what does not keep a variant from being compared, likewise. */
export function hostDifferences(base: RunFile, current: RunFile, scenario: string, name: string) {
  return shownDifferences(base, current, scenario, name, ({ ofRun }) => ofRun === true);
}

function shownDifferences(
  base: RunFile,
  current: RunFile,
  scenario: string,
  name: string,
  isAsked: (condition: Condition) => boolean,
): readonly string[] {
  const [before, now] = [variantOf(base, scenario, name), variantOf(current, scenario, name)];
  if (!before || !now) return [];
  const clock = clockOf(current, now);
  return CONDITIONS.filter(
    (one) => isAsked(one) && !one.ownSentence && meaningOf(one, 'compare', clock) === 'shows',
  ).flatMap((condition) => {
    const [old, changed] = [condition.value(base, before), condition.value(current, now)];
    if (typeof old === 'object' || typeof changed === 'object') return settingDifferences(condition.name, old, changed);
    // Of older runs it is not known.
    if (old === undefined || changed === undefined || old === changed) return [];
    return [`${condition.name}: ${shortened(old)} → ${shortened(changed)}`];
  });
}

function settingDifferences(name: string, old: unknown, changed: unknown): readonly string[] {
  const [before, now] = [old, changed].map((given) => new Map(Object.entries((given ?? {}) as Record<string, string>)));
  const keys = new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...keys].flatMap((key) => {
    const [one, other] = [before?.get(key) ?? 'not set', now?.get(key) ?? 'not set'];
    return one === other ? [] : [`${name} ${key}: ${shortened(one)} → ${shortened(other)}`];
  });
}

function variantOf(run: Pick<RunFile, 'variants'>, scenario: string, name: string): StoredVariant | undefined {
  return run.variants.find((one) => one.scenario === scenario && one.name === name);
}

const SHOWN_CHARACTERS = 100;
const DIGEST_DIGITS = 12;

/** A long text stays told apart from others by a digest. */
function shortened(text: string): string {
  if (text.length <= SHOWN_CHARACTERS) return text;
  return `${text.slice(0, SHOWN_CHARACTERS)}… (${digestOf(text)})`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_DIGITS);
}
