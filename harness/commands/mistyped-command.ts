import { existsSync } from 'node:fs';
import { didYouMean, listWords, quote } from '../words.ts';

/**
 * What is wrong with the first word after the flags when it was meant as a command; undefined when it is, or looks
 * like, the name of a file. `run` is the default command, so every unknown word reaches it as a scenario file.
 */
export function mistypedCommand(word: string, commands: readonly string[]): string | undefined {
  if (existsSync(word) || /[./]/.test(word)) return undefined;
  if (commands.includes(word)) return `the command ${quote(word)} has to come before its flags`;
  const { suggestion } = didYouMean(word, commands);
  const meant = suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
  return `${quote(word)} is neither a file nor a command: there are ${listWords(commands, 'and')}${meant}`;
}
