import { dirname, resolve } from 'node:path';
import { LineCounter } from 'yaml';
import { fail, ok, type Result } from '../result.ts';
import { DEFAULT_THRESHOLD, type PracticalThreshold } from '../statistics/comparison.ts';
import type { Scenario } from '../variant.ts';
import { checkData } from './check-data.ts';
import { checkReferences, type SoundParts } from './check-references.ts';
import { expandFits, expandVariants } from './expand.ts';
import { expandMatrix, type NamedSettings } from './expand-matrix.ts';
import { isMapValue, member } from './expected-words.ts';
import { type HostFile, hostFiles } from './host-files.ts';
import { fitRequests, matrix, type ScenarioFile, scenarioFile, settings } from './schema.ts';
import { sequenceItems } from './sequence.ts';
import { type Finding, type Path, type Place, type Problem, tidyProblems } from './yaml/problem.ts';
import { readData } from './yaml/yaml-data.ts';
import { readDocument, type TextProblem } from './yaml/yaml-document.ts';

/** What a scenario's text says, before anything outside the text has been looked at. */
export interface ReadScenario {
  /** There if the text has no problems. */
  readonly scenario?: Scenario;
  readonly problems: readonly Problem[];
  /** The scenario's name, also if there are problems. */
  readonly name?: Located<{ readonly text: string }>;
  /** Files it names, also if there are problems; load.ts looks whether they exist. */
  readonly hostFiles: readonly Located<HostFile>[];
}

type Located<Thing> = Thing & { readonly place: Place };

/**
 * Reads and checks the text of one scenario, without touching the disk: that the files it names exist is not checked.
 *
 * @param file the name for messages; paths in the text are relative to its directory
 */
export function parseScenario(file: string, source: string): Result<Scenario, readonly Problem[]> {
  const { scenario, problems } = readScenario(file, source);
  return scenario ? ok(scenario) : fail(problems);
}

export function readScenario(file: string, source: string): ReadScenario {
  const lineCounter = new LineCounter();
  const placeAt = (offset: number): Place => {
    // Before the first line has been counted, the library's line is 0.
    const { line, col } = lineCounter.linePos(Math.min(offset, source.length));
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const inText = ({ offset, ...problem }: TextProblem): Problem => ({ ...placeAt(offset), ...problem });
  const unread = (problems: readonly TextProblem[]): ReadScenario => ({
    problems: tidyProblems(problems.map(inText)),
    hostFiles: [],
  });

  const document = readDocument(source, lineCounter);
  if (!document.ok) return unread(document.failure);
  const data = readData(document.value);
  if (!data.complete) return unread(data.problems);
  const { value } = data;
  if (value === null) return unread([{ offset: 0, wrong: 'the file is empty', expected: 'a scenario' }]);

  const placeOf = (path: Path, at: Finding['at']) => placeAt(data.offsetOf(path, at));
  const checked = checkData(scenarioFile, value, data.textOf);
  const findings = [...(checked.ok ? [] : checked.failure), ...crossFindings(value)];
  const problems = tidyProblems([
    ...data.problems.map(inText),
    ...findings.map(({ path, at, ...finding }) => ({ ...placeOf(path, at), ...finding })),
  ]);
  const name = member(value, 'name');
  return {
    problems,
    hostFiles: hostFiles(value).map((named) => ({ ...named, place: placeOf(named.path, 'value') })),
    ...(typeof name === 'string' && { name: { text: name, place: placeOf(['name'], 'value') } }),
    ...(checked.ok && problems.length === 0 && { scenario: scenarioOf(file, source, checked.value) }),
  };
}

function scenarioOf(file: string, source: string, checked: ReturnType<typeof scenarioFile.parse>): Scenario {
  return {
    file,
    source,
    name: checked.name,
    question: questionOf(source) || (checked.description ?? ''),
    variants: expandVariants(checked, resolve(dirname(file))),
    ...(checked.reference !== undefined && { reference: checked.reference }),
    ...(checked.threshold && { threshold: thresholdOf(checked.threshold) }),
    ...(checked.fit && { fits: expandFits(checked, checked.fit) }),
  };
}

function thresholdOf({ relative, absolute }: NonNullable<ScenarioFile['threshold']>): PracticalThreshold {
  const { relative: usualRelative, absoluteMs: usualAbsoluteMs } = DEFAULT_THRESHOLD;
  return { relative: relative ?? usualRelative, absoluteMs: absolute ?? usualAbsoluteMs };
}

/** What is wrong between parts. Every part is checked on its own, so that a mistake in one does not hide those in another. */
function crossFindings(data: unknown): readonly Finding[] {
  if (!isMapValue(data)) return [];
  const given = member(data, 'variants');
  const givenMatrix = member(data, 'matrix');
  const own = Object.entries(isMapValue(given) ? given : {}).map(
    ([name, settingsOfOne]) => [name, settings.safeParse(settingsOfOne)] as const,
  );
  const sound = Object.fromEntries(own.flatMap(([name, one]) => (one.success ? [[name, one.data] as const] : [])));
  const over = givenMatrix === undefined ? undefined : matrix.safeParse(givenMatrix);
  if (given === undefined && givenMatrix === undefined) {
    const wrong = 'the file has neither variants nor a matrix';
    return [{ path: [], at: 'value', wrong, expected: '"variants", "matrix" or both' }];
  }
  const hasNone = given !== undefined && Object.keys(sound).length === 0;
  const file = { ...(given !== undefined && { variants: sound }), ...(over?.success && { matrix: over.data }) };
  const expanded =
    over?.success === false || hasNone
      ? undefined
      : expandMatrix(
          file,
          own.map(([name]) => name),
        );
  const parts = soundParts(data, expanded?.variants ?? new Map());
  // Of a matrix or a variant that is not sound, the names are not known.
  const allNamed = over?.success !== false && own.every(([, one]) => one.success || over === undefined);
  const names = over === undefined ? own.map(([name]) => name) : [...(expanded?.variants.keys() ?? [])];
  return [...(expanded?.findings ?? []), ...checkReferences({ ...parts, variantNames: allNamed ? names : [] })];
}

function soundParts(data: unknown, variants: ReadonlyMap<string, NamedSettings>): Omit<SoundParts, 'variantNames'> {
  const sequence = sequenceItems.safeParse(member(data, 'sequence'));
  const defaults = settings.safeParse(member(data, 'defaults') ?? {});
  const reference = member(data, 'reference');
  const fit = fitRequests.safeParse(member(data, 'fit'));
  return {
    variants,
    hasSequence: member(data, 'sequence') !== undefined,
    ...(defaults.success && { defaults: defaults.data }),
    ...(sequence.success && { sequence: sequence.data }),
    ...(typeof reference === 'string' && { reference }),
    ...(fit.success && { fit: fit.data }),
  };
}

/** The line that tells an editor where the schema is. */
const EDITOR_LINE = /^#\s*yaml-language-server:/;
/** What may stand before and between the comments at the top: directives, the start of the document, empty lines. */
const SKIPPED = /^(?:%.*|---\s*|\s*)$/;

/** The question a scenario answers: the comments above its first key, without the marks. Empty if there are none. */
export function questionOf(source: string): string {
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('#') && !SKIPPED.test(line));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .filter((line) => line.startsWith('#') && !EDITOR_LINE.test(line))
    .map((line) => line.replace(/^#+ ?/, '').trimEnd())
    .join('\n')
    .trim();
}
