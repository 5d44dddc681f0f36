import { Composer, type CST, type Document, type LineCounter, Parser, type YAMLError } from 'yaml';
import { fail, ok, type Result } from '../../result.ts';

/** Something wrong with the text as YAML, at an offset in UTF-16 units. */
export interface TextProblem {
  readonly offset: number;
  readonly wrong: string;
  readonly expected?: string;
  readonly suggestion?: string;
}

/** A scenario nests about eight deep. The YAML library recurses without a limit of its own and would end the process. */
export const MAX_DEPTH = 64;
/** Everything below the space except tab, newline and carriage return, and DEL: YAML 1.2 §5.1 leaves them out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** What to write instead, for the mistakes whose message does not already say it. */
const EXPECTED: Partial<Record<YAMLError['code'], string>> = {
  BAD_DIRECTIVE: 'no line that begins with %',
  BAD_SCALAR_START: 'quotes around a text that begins with this character',
  BLOCK_AS_IMPLICIT_KEY: 'one key and its value on each line',
  MULTILINE_IMPLICIT_KEY: 'a colon after the key, on the same line',
  TAB_AS_INDENT: 'spaces',
  TAG_RESOLVE_FAILED: 'plain values without a tag',
};

/** Reads one YAML 1.2 document. The line counter learns the lines of the text, also when reading fails. */
export function readDocument(
  source: string,
  lineCounter: LineCounter,
): Result<Document.Parsed, readonly TextProblem[]> {
  const tokens = [...new Parser(lineCounter.addNewLine).parse(source)];
  const binary = NOT_TEXT.exec(source);
  if (binary) {
    const code = (binary[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return fail([{ offset: binary.index, wrong: `control character U+${code}`, expected: 'a text file' }]);
  }
  const tooDeep = firstTokenBelow(tokens, MAX_DEPTH);
  if (tooDeep) {
    return fail([{ offset: tooDeep.offset, wrong: 'nested too deep', expected: `at the most ${MAX_DEPTH} levels` }]);
  }
  // The core schema and no further tags: dates, binary and the booleans of YAML 1.1 stay the text they are.
  const composer = new Composer({ schema: 'core', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false });
  const [document, second] = composer.compose(tokens, true, source.length);
  if (document === undefined) throw new Error('the YAML composer gave no document');
  const problems = firstOfEachLine([...document.errors, ...document.warnings], lineCounter);
  if (second) {
    problems.push({ offset: second.range[0], wrong: 'a second YAML document', expected: 'one scenario in each file' });
  }
  return problems.length > 0 ? fail(problems) : ok(document);
}

/** The first token nested deeper than the limit. It walks with a stack of its own, since depth is what it is about. */
function firstTokenBelow(tokens: readonly CST.Token[], limit: number): CST.Token | undefined {
  const pending = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.depth > limit) return next.token;
    for (const child of children(next.token)) pending.push({ token: child, depth: next.depth + 1 });
  }
  return undefined;
}

function children(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (token.type === 'block-map' || token.type === 'block-seq' || token.type === 'flow-collection') {
    return token.items.flatMap(({ key, value }) => [key, value].filter((child) => child != null));
  }
  return [];
}

/** One slip makes the library complain several times about its line. */
function firstOfEachLine(errors: readonly YAMLError[], lineCounter: LineCounter): TextProblem[] {
  const byLine = new Map<number, TextProblem>();
  for (const { code, message, pos } of errors) {
    const { line } = lineCounter.linePos(pos[0]);
    const expected = EXPECTED[code];
    const problem = { offset: pos[0], wrong: `not valid YAML: ${message}`, ...(expected && { expected }) };
    if (!byLine.has(line)) byLine.set(line, problem);
  }
  return [...byLine.values()];
}
