import { distance } from 'fastest-levenshtein';

/** Longer texts from a file are cut in messages. */
const MAX_SHOWN_LENGTH = 60;
const MAX_LISTED = 12;
/** A suggestion may differ in at most one letter in three: "shpc-brige" is a slip, "nvme" for "null-co" is not. */
const LETTERS_PER_SLIP = 3;

/** A text from the file, quoted and cut. */
export function quote(text: string): string {
  const cut = text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
  return JSON.stringify(cut);
}

/** "a", "a or b", "a, b or c"; of many, the first and how many more there are. */
export function listWords(words: readonly string[], conjunction: 'and' | 'or'): string {
  const more = words.length - MAX_LISTED;
  const listed = more > 1 ? [...words.slice(0, MAX_LISTED), `one of ${more} more`] : words;
  const last = listed.at(-1) ?? '';
  return listed.length < 2 ? last : `${listed.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}

/** "1 slot", "2 slots". */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The candidate that a mistyped word most likely stands for, regardless of case; none if it is one, or none is near. */
export function didYouMean(word: string, candidates: readonly string[]): { readonly suggestion?: string } {
  if (word.length > MAX_SHOWN_LENGTH || candidates.includes(word)) return {};
  const near = candidates
    .map((suggestion) => ({ suggestion, slips: slipsBetween(word.toLowerCase(), suggestion.toLowerCase()) }))
    .filter(
      ({ suggestion, slips }) => slips <= Math.max(1, Math.max(word.length, suggestion.length) / LETTERS_PER_SLIP),
    )
    .sort((a, b) => a.slips - b.slips);
  return near[0] ? { suggestion: near[0].suggestion } : {};
}

/** Letters left out, added or changed, or two neighbours that have changed places. */
function slipsBetween(word: string, meant: string): number {
  const isSwapped = [...word].some((letter, index) => {
    return `${word.slice(0, index)}${word[index + 1] ?? ''}${letter}${word.slice(index + 2)}` === meant;
  });
  return isSwapped ? 1 : distance(word, meant);
}

/** Control characters other than tab and line ends, and those that turn the direction of what follows: they rewrite a terminal. */
const CONTROLS = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu;

/** A text as it can be shown anywhere, with U+FFFD in the place of each character that does something to a terminal. */
export function withoutControls(text: string): string {
  return text.replaceAll(CONTROLS, '\u{fffd}');
}
