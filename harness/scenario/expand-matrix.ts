import { didYouMean, listWords, quote } from '../words.ts';
import { type Axis, axesOf, bareFlagFindings, labelFindings, OWN_LABELS, type Point } from './matrix-axes.ts';
import type { Matrix, ScenarioFile, Settings } from './schema.ts';
import type { Finding, Path } from './yaml/problem.ts';

/** A variant as the file or its matrix makes it. */
export interface NamedSettings {
  readonly own: Settings;
  /** The variant of the file that it comes from; absent where the file has only a matrix. */
  readonly base?: string;
  /** What the matrix has set in it. */
  readonly axes: readonly AxisPlace[];
}

/** Places below `matrix`. */
interface AxisPlace {
  readonly axis: Path;
  /** The value of this variant, in the axis. */
  readonly value: Path;
}

export interface ExpandedMatrix {
  readonly variants: ReadonlyMap<string, NamedSettings>;
  readonly findings: readonly Finding[];
}

/** More than anybody measures in one run, and few enough to be listed. */
const MAX_VARIANTS = 1000;
const MAX_NAME_LENGTH = 64;

/**
 * Every variant of the file over every combination of its matrix that is not excluded.
 *
 * @param known the names of all variants in the file, where some are left out here because they are not sound
 */
export function expandMatrix(
  { variants, matrix }: Pick<ScenarioFile, 'variants' | 'matrix'>,
  known: readonly string[] = Object.keys(variants ?? {}),
): ExpandedMatrix {
  const bases = Object.entries<Settings>(variants ?? { '': {} });
  const axes = matrix ? axesOf(matrix) : [];
  const place = { path: [matrix ? 'matrix' : 'variants'], at: 'key' } as const;
  const none = (wrong: string, expected: string) => ({
    variants: new Map(),
    findings: [{ ...place, wrong, expected }],
  });
  if (matrix && axes.length === 0) return none('the matrix has no axis', 'something to go over');
  const sizes = [...(bases.length > 1 ? [bases.length] : []), ...axes.map(({ points }) => points.length)];
  const total = sizes.reduce((product, size) => product * size, 1);
  if (total > MAX_VARIANTS) {
    const product = sizes.length > 1 ? `${sizes.join(' x ')} = ` : '';
    return none(`${product}${total} variants`, `at the most ${MAX_VARIANTS}`);
  }
  const unclear = [...bareFlagFindings(matrix ?? {}), ...labelFindings(axes)];
  if (unclear.length > 0) return { variants: new Map(), findings: unclear };
  const { exclusions, findings } = exclusionsOf(matrix ?? {}, axes, known);
  const combined = combinations(axes.map(({ points }) => points));
  const expanded = bases.flatMap(([base, settings]) =>
    combined
      .filter((points) => !exclusions.some((excludes) => excludes(base, points)))
      .map((points): readonly [string, NamedSettings] => {
        const name = [base, ...points.map(({ label }) => label)].filter((part) => part !== '').join('-');
        const own = points.reduce((changed, { change }) => change(changed), settings);
        const places = axes.map(({ path }, index) => ({ axis: path, value: [...path, points[index]?.item ?? ''] }));
        return [name, { own, axes: places, ...(base !== '' && { base }) }];
      }),
  );
  if (bases.length > 0 && expanded.length === 0) return none('everything is excluded', 'at least one variant');
  const names = matrix ? nameFindings(expanded.map(([name]) => name)) : [];
  return {
    variants: new Map(expanded),
    findings: [...findings, ...names.map((wrong) => ({ ...place, wrong, expected: OWN_LABELS }))],
  };
}

/** What is wrong with names that are made of labels: of each kind of mistake the first. */
function nameFindings(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  const long = names.find((name) => name.length > MAX_NAME_LENGTH);
  return [
    ...(names.includes('') ? ['a variant would have no name'] : []),
    ...(twice ? [`two variants would be called ${quote(twice)}`] : []),
    ...(long ? [`a variant would be called ${quote(long)}, of more than ${MAX_NAME_LENGTH} characters`] : []),
  ];
}

function combinations(axes: readonly (readonly Point[])[]): readonly (readonly Point[])[] {
  return axes.reduce<readonly (readonly Point[])[]>(
    (chosen, points) => chosen.flatMap((before) => points.map((point) => [...before, point])),
    [[]],
  );
}

/** Decides of one combination whether it is left out. */
type Exclusion = (variant: string, points: readonly Point[]) => boolean;

interface Exclusions {
  readonly exclusions: readonly Exclusion[];
  readonly findings: readonly Finding[];
}

/** What a matrix leaves out. An exclusion with a mistake leaves out nothing. */
function exclusionsOf({ exclude = [] }: Matrix, axes: readonly Axis[], variants: readonly string[]): Exclusions {
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
