import { dirname, resolve } from 'node:path';
import { LineCounter } from 'yaml';
import { fail, ok, type Result } from '../result.ts';
import { checkData } from './check-data.ts';
import { checkReferences, type SoundParts } from './check-references.ts';
import { expandFits, expandVariants } from './expand.ts';
import { isMapValue, member } from './expected-words.ts';
import { type HostFile, hostFiles } from './host-files.ts';
import { type Finding, type Path, type Place, type Problem, tidyProblems } from './problem.ts';
import { questionOf } from './question.ts';
import { fitRequests, scenarioFile, settings } from './schema.ts';
import { placeSequence } from './sequence.ts';
import type { Scenario } from './variant.ts';
import { readData } from './yaml-data.ts';
import { readDocument, type TextProblem } from './yaml-document.ts';

/** What a scenario's text says, before anything outside the text has been looked at. */
export interface ReadScenario {
  /** There if the text has no problems. */
  readonly scenario?: Scenario;
  readonly problems: readonly Problem[];
  /** The scenario's name, also if there are problems. */
  readonly name?: Located<{ readonly text: string }>;
  /** Files it names, also if there are problems; they are looked for by whoever may touch the disk. */
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
  const findings = [...(checked.ok ? [] : checked.failure), ...checkReferences(soundParts(value))];
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
    ...(checked.fit && { fits: expandFits(checked, checked.fit) }),
  };
}

/** Checks every part on its own, so that a mistake in one does not hide those in another. */
function soundParts(data: unknown): SoundParts {
  const sequence = scenarioFile.shape.sequence.safeParse(member(data, 'sequence'));
  const defaults = settings.safeParse(member(data, 'defaults') ?? {});
  const reference = member(data, 'reference');
  const fit = fitRequests.safeParse(member(data, 'fit'));
  const given = member(data, 'variants');
  const variants = Object.entries(isMapValue(given) ? given : {}).map(
    ([name, own]) => [name, settings.safeParse(own)] as const,
  );
  return {
    variantNames: variants.map(([name]) => name),
    variants: new Map(variants.flatMap(([name, own]) => (own.success ? [[name, own.data]] : []))),
    ...(defaults.success && { defaults: defaults.data }),
    ...(sequence.success && { sequence: placeSequence(sequence.data) }),
    ...(typeof reference === 'string' && { reference }),
    ...(fit.success && { fit: fit.data }),
  };
}
