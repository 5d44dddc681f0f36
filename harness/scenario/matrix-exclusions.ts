import { didYouMean, listWords, quote } from '../words.ts';
import type { Axis, Point } from './matrix-axes.ts';
import type { Matrix } from './schema.ts';
import type { Finding, Path } from './yaml/problem.ts';

/** Decides of one combination whether it is left out. */
type Exclusion = (variant: string, points: readonly Point[]) => boolean;

export interface Exclusions {
  readonly exclusions: readonly Exclusion[];
  readonly findings: readonly Finding[];
}

/** What a matrix leaves out. An exclusion with a mistake leaves out nothing. */
export function exclusionsOf({ exclude = [] }: Matrix, axes: readonly Axis[], variants: readonly string[]): Exclusions {
  const findings: Finding[] = [];
  const exclusions: Exclusion[] = [];
  for (const [index, { variant, parameters = {}, ...fields }] of exclude.entries()) {
    const path = ['matrix', 'exclude', index];
    const wrong: Finding[] = [];
    const bases = variant?.map((given) => named(given, variants, [...path, 'variant'], 'the variants', wrong));
    const said = [
      ...Object.entries(fields).map(([name, given]) => ({ below: [name], given: given ?? [] })),
      ...Object.entries(parameters).map(([name, given]) => ({ below: ['parameters', name], given })),
    ];
    const chosen = said.map(({ below, given }) => pointsOf(given, below, axes, path, wrong));
    if (said.length === 0 && !bases) {
      wrong.push({ path, at: 'value', wrong: 'an exclusion that says nothing', expected: 'values of the axes' });
    }
    findings.push(...wrong);
    if (wrong.length > 0) continue;
    exclusions.push(
      (name, points) =>
        (bases?.includes(name) ?? true) && chosen.every((some) => points.some((point) => some.includes(point))),
    );
  }
  return { exclusions, findings };
}

function pointsOf(
  given: readonly unknown[],
  below: Path,
  axes: readonly Axis[],
  exclusion: Path,
  wrong: Finding[],
): readonly Point[] {
  const path = [...exclusion, ...below];
  const axis = axes.find((one) => one.path.join(' ') === below.join(' '));
  const name = quote(String(below.at(-1)));
  if (!axis) {
    const expected = listWords(
      axes.map((one) => String(one.path.at(-1))),
      'or',
    );
    wrong.push({ path, at: 'key', wrong: `the matrix does not go over ${name}`, expected });
    return [];
  }
  return given.flatMap((value) => {
    const points = axis.find(value);
    if (points.length > 0) return points;
    const known = axis.points.map((own) =>
      own.text.length < own.label.length && axis.find(own.text).includes(own) ? own.text : own.label,
    );
    named(value, known, path, name, wrong);
    return [];
  });
}

function named(given: unknown, known: readonly string[], path: Path, where: string, wrong: Finding[]): string {
  const text = typeof given === 'object' ? '' : String(given);
  if (known.includes(text)) return text;
  const shown = typeof given === 'object' ? 'this' : quote(text);
  const expected = known.length === 0 ? 'values of the axes: the file has no variants' : listWords(known, 'or');
  wrong.push({ path, at: 'value', wrong: `${shown} is not among ${where}`, expected, ...didYouMean(text, known) });
  return text;
}
