import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, visit } from 'yaml';
import { quote } from '../../words.ts';
import type { Finding, Path } from './problem.ts';
import { MAX_DEPTH, type TextProblem } from './yaml-document.ts';

/** What a document says, as plain data, and where it says it. */
export interface YamlData {
  readonly value: unknown;
  /** False if an alias could not be followed: parts of the value are missing, and it is not worth checking. */
  readonly complete: boolean;
  readonly problems: readonly TextProblem[];
  /** Offset of the key or value at a path, or of the nearest thing around it. Behind an alias: of what it stands for. */
  readonly offsetOf: (path: Path, at: Finding['at']) => number;
  /** A scalar without quotes, as the file writes it. */
  readonly textOf: (path: Path) => string | undefined;
}

interface Offsets {
  readonly key: number;
  readonly value: number;
  readonly text?: string | undefined;
}

type MapNode = Node & { readonly items: readonly Pair<unknown, unknown>[] };

/** A scenario has some hundred values. A few nested aliases can stand for billions. */
const MAX_VALUES = 100_000;
/**
 * Kernel parameters keep the text of the file: 0x10 and 1.50 mean to the guest what was written. So do the lists and
 * maps of values that a matrix has for each.
 */
const KEEPS_TEXT_OF_ITS_VALUES = 'parameters';
/** YAML's merge type, https://yaml.org/type/merge.html. */
const MERGE = '<<';

/** Follows aliases and merge keys. Where a key stands twice the first counts, and the second is a problem. */
export function readData(document: Document.Parsed): YamlData {
  const targets = aliasTargets(document);
  const places = new Map<string, Offsets>();
  const problems: TextProblem[] = [];
  const entered = new Set<Node>();
  let complete = true;
  let exhausted = false;
  let values = 0;

  function incomplete(problem: TextProblem): undefined {
    problems.push(problem);
    complete = false;
  }

  function follow(found: unknown): Node | undefined {
    if (!isAlias(found)) return isNode(found) ? found : undefined;
    const target = targets.get(found);
    const name = quote(`*${found.source}`);
    if (target && entered.has(target)) {
      return incomplete({ offset: start(found), wrong: `${name} stands inside what it stands for` });
    }
    if (target) return target;
    const expected = `an anchor ${quote(`&${found.source}`)} before it`;
    return incomplete({ offset: start(found), wrong: `${name} stands for nothing`, expected });
  }

  function enter<Value>(node: Node, contents: () => Value): Value | undefined {
    values += 1;
    const tooDeep = entered.size >= MAX_DEPTH;
    if (exhausted || tooDeep || values > MAX_VALUES) {
      const wrong = tooDeep ? 'nested too deep once aliases are followed' : 'too many values once aliases are followed';
      const expected = tooDeep ? `at the most ${MAX_DEPTH} levels` : `at the most ${MAX_VALUES}`;
      // Deep inside aliases no place is to blame; the entry at the top that leads there can be found and mended.
      const [, entry = node] = entered;
      if (!exhausted) incomplete({ offset: start(entry), wrong, expected });
      exhausted = true;
      return undefined;
    }
    entered.add(node);
    const value = contents();
    entered.delete(node);
    return value;
  }

  function read(found: unknown, path: Path, key: number): unknown {
    const node = follow(found);
    const text = isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
    // A value that is not there begins wherever the next thing does; its key is the better place to look at.
    places.set(JSON.stringify(path), { key, value: node && text !== '' ? start(node) : key, text });
    if (exhausted || !node) return null;
    return enter(node, () => {
      if (isMap(node)) return Object.fromEntries(fill(new Map(), node, path));
      if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index], start(item)));
      if (!isScalar(node)) return null;
      const keepsText =
        path.slice(-3, -1).includes(KEEPS_TEXT_OF_ITS_VALUES) && node.value !== null && typeof node.value !== 'string';
      return keepsText ? node.source : node.value;
    });
  }

  /** A map's own keys come before merged ones, and earlier merged maps before later ones. */
  function fill(entries: Map<string, unknown>, map: MapNode, path: Path): Map<string, unknown> {
    const own = new Set<string>();
    const merges: Pair<unknown, unknown>[] = [];
    for (const pair of map.items) {
      const key = keyText(pair.key);
      if (key === undefined) continue;
      const keyStart = start(pair.key);
      if (own.has(key)) {
        const wrong = `the key ${quote(key)} for the second time`;
        problems.push({ offset: keyStart, wrong, expected: 'each key once' });
      } else if (key === MERGE && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        merges.push(pair);
      } else if (!entries.has(key)) {
        entries.set(key, read(pair.value, [...path, key], keyStart));
      }
      own.add(key);
    }
    for (const pair of merges) merge(entries, pair, path);
    return entries;
  }

  function merge(entries: Map<string, unknown>, { key, value }: Pair<unknown, unknown>, path: Path): void {
    const found = follow(value);
    for (const item of isSeq(found) ? found.items : [found]) {
      const source = follow(item);
      if (!source) return;
      if (isMap(source)) {
        enter(source, () => fill(entries, source, path));
      } else {
        const expected = 'an alias of a map, or a list of them';
        problems.push({ offset: start(key), wrong: `${MERGE} does not merge a map`, expected });
      }
    }
  }

  function keyText(found: unknown): string | undefined {
    const key = follow(found);
    if (exhausted || !key) return undefined;
    const text = isScalar(key) ? (typeof key.value === 'string' ? key.value : key.source) : undefined;
    if (isScalar(key) && key.value !== null && text !== '__proto__') return text;
    const named = text ? `${quote(text)} as a key` : 'a key without a name';
    problems.push({
      offset: start(found),
      wrong: isScalar(key) ? named : 'a map or list as a key',
      expected: 'a name',
    });
    return undefined;
  }

  const value = read(document.contents, [], 0);
  return {
    value,
    complete,
    problems,
    offsetOf: (path, at) => nearestPlace(places, path)[at],
    textOf: (path) => places.get(JSON.stringify(path))?.text,
  };
}

/** An alias stands for the nearest anchor of its name before it. */
function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const nodes = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = nodes.get(alias.source);
      if (target) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) nodes.set(node.anchor, node);
    },
  });
  return targets;
}

function nearestPlace(places: ReadonlyMap<string, Offsets>, path: Path): Offsets {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = places.get(JSON.stringify(path.slice(0, length)));
    // Of something around what was asked for, the beginning is the best place to look at.
    if (place) return length === path.length ? place : { key: place.value, value: place.value };
  }
  return { key: 0, value: 0 };
}

function start(found: unknown): number {
  return isNode(found) ? (found.range?.[0] ?? 0) : 0;
}
