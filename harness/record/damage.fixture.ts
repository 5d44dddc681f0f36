import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';

/** What becomes of a number or a text: what JSON can say and no file of a run says. */
const ODD_VALUES = [
  ...['1e400', '-1', '1e40', '-1e40', '0x10', '1e-400', '9007199254740993', '0.5', 'null', 'true', '[]', '{}', '""'],
  ...['"\\u001b[31m\\u0000"', '"../../etc"', '"__proto__"', '"\\n"'],
];

/** Gives numbers from 0 up to 1. */
type Random = () => number;

export interface Damage {
  /** What was done, for who reads a failed test. */
  readonly what: string;
  readonly file: string;
}

/** For tests: does to one file of a run directory what crashes, full disks, editors and copies that were cut off do. */
export function damage(directory: string, random: Random): Damage {
  const pick = <Of>(list: readonly Of[]): Of => list[Math.floor(random() * list.length)] as Of;
  const kinds = filesOf(directory);
  // As often the few files that all is read from as the many that are there.
  const file = random() < 0.6 ? pick(kinds.filter((path) => /^[^/]*\.(json|csv)$/.test(path))) : pick(kinds);
  const path = join(directory, file);
  const [what, spoil] = pick(DAMAGES);
  spoil(path, { random, pick });
  return { what, file };
}

function filesOf(directory: string): readonly string[] {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(directory, join(parentPath, name)));
  return ['recording', 'logs', ...paths].toSorted();
}

interface Dice {
  readonly random: Random;
  readonly pick: <Of>(list: readonly Of[]) => Of;
}

type Spoil = (path: string, dice: Dice) => void;

/** Of a folder only what can be done to one. */
function ofText(change: (text: string, dice: Dice) => string): Spoil {
  return (path, dice) => {
    if (lstatSync(path).isDirectory()) rmSync(path, { recursive: true });
    else writeFileSync(path, change(readFileSync(path, 'utf8'), dice));
  };
}

function ofLines(change: (lines: string[], index: number, dice: Dice) => readonly string[]): Spoil {
  return ofText((text, dice) => {
    const lines = text.split('\n');
    return change(lines, Math.floor(dice.random() * lines.length), dice).join('\n');
  });
}

function ofJson(change: (parent: Record<string, unknown>, key: string, dice: Dice) => void): Spoil {
  return ofLines((lines, index, dice) => {
    const isWhole = isJson(lines.join('\n'));
    const value = isWhole ? JSON.parse(lines.join('\n')) : jsonOr(lines[index] ?? '');
    if (typeof value !== 'object' || value === null) return lines.toSpliced(index, 1, dice.pick(ODD_VALUES));
    const places = placesIn(value);
    if (places.length > 0) change(...dice.pick(places), dice);
    // 1e400 is no number of JavaScript's, but one of JSON's.
    const text = JSON.stringify(value, null, isWhole ? 2 : 0).replaceAll(/"raw:((?:[^"\\]|\\.)*)"/g, (_, raw) =>
      JSON.parse(`"${raw}"`),
    );
    return isWhole ? [text, ''] : lines.with(index, text);
  });
}

const isJson = (text: string) => jsonOr(text) !== undefined;

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function placesIn(value: object): [parent: Record<string, unknown>, key: string][] {
  return Object.entries(value).flatMap(([key, one]) => [
    [value as Record<string, unknown>, key] as [Record<string, unknown>, string],
    ...(typeof one === 'object' && one !== null ? placesIn(one) : []),
  ]);
}

const replaced =
  (make: (path: string) => void): Spoil =>
  (path) => {
    rmSync(path, { recursive: true });
    make(path);
  };

const DAMAGES: readonly (readonly [what: string, spoil: Spoil])[] = [
  ['gone', replaced(() => {})],
  ['empty', ofText(() => '')],
  [
    'cut off',
    (path, { random }) => {
      const { size } = lstatSync(path);
      if (lstatSync(path).isFile()) truncateSync(path, Math.floor(random() * size));
    },
  ],
  ['a line less', ofLines((lines, index) => lines.toSpliced(index, 1))],
  ['a line twice', ofLines((lines, index) => lines.toSpliced(index, 0, lines[index] ?? ''))],
  ['a line of null', ofLines((lines, index) => lines.toSpliced(index, 0, 'null'))],
  ['a line of another value', ofLines((lines, index, { pick }) => lines.toSpliced(index, 1, pick(ODD_VALUES)))],
  [
    'another character',
    ofText((text, { random, pick }) => {
      const place = Math.floor(random() * text.length);
      return (
        text.slice(0, place) +
        pick(['\0', '\u001b', '"', '{', ',', '9', '-', 'e', '\n', '\ufffd']) +
        text.slice(place + 1)
      );
    }),
  ],
  [
    'another number',
    ofText((text, { pick }) => {
      const numbers = [...text.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])/g)];
      if (numbers.length === 0) return text;
      const number = pick(numbers);
      return text.slice(0, number.index) + pick(ODD_VALUES) + text.slice(number.index + number[0].length);
    }),
  ],
  ['a member of another kind', ofJson((parent, key, { pick }) => (parent[key] = `raw:${pick(ODD_VALUES)}`))],
  [
    'a member less',
    ofJson((parent, key) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    }),
  ],
  ['a member twice', ofJson((parent, key) => Array.isArray(parent) && parent.push(parent[Number(key)]))],
  ['zeros', ofText((text) => '\0'.repeat(text.length))],
  ['a pipe', replaced((path) => execFileSync('mkfifo', [path]))],
  ['a folder', replaced((path) => mkdirSync(path))],
  ['a link to itself', replaced((path) => symlinkSync(basename(path), path))],
  ['a link to nothing', replaced((path) => symlinkSync('/nowhere/at/all', path))],
  ['a link to a device', replaced((path) => symlinkSync('/dev/zero', path))],
];
