import type { WriteStream } from 'node:tty';
import type { ExitCode } from '../exit-codes.ts';

/** What commands write, and to what it is written. Standard output has the answer, standard error what is said about it. */

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Says what is wrong, and gives the exit code back, so that a command can end with it. */
export function complain(message: string, code: ExitCode): ExitCode {
  say(message);
  return code;
}

type Output = Pick<WriteStream, 'isTTY' | 'columns'>;

/**
 * Whether lines that rewrite themselves make sense there: a log or a dumb terminal would show every one of them. On a
 * terminal that does not know its width (0 columns: a serial console, a recorder) it cannot be told how many to rewrite.
 */
export function isLive({ isTTY, columns }: Output): boolean {
  return isTTY === true && columns > 0 && process.env.TERM !== 'dumb';
}

/** Whether to write in colour: only on a terminal, and never with a NO_COLOR that is not empty (no-color.org). */
export function wantsColour(output: Output): boolean {
  return output.isTTY === true && process.env.TERM !== 'dumb' && (process.env.NO_COLOR ?? '') === '';
}

/** Control and formatting characters, which could rewrite the line they are printed on. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text that comes from a guest or from QEMU, on one line that holds nothing but what it shows. */
export function printable(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*[\r\n]+\s*/g, '; ')
    .replaceAll(UNPRINTABLE, '\u{fffd}');
}

/** The standard streams of a process, or of a test. */
interface Outputs {
  readonly stdout: NodeJS.EventEmitter;
  readonly stderr: NodeJS.EventEmitter;
}

/**
 * Keeps an output that can no longer be written from ending the program: a reader that has seen enough (`| head`) is no
 * failure, and without standard error there is nobody to tell. Returns what to ask at the end: why standard output is
 * not whole, or undefined.
 */
export function tolerateLostOutput({ stdout, stderr }: Outputs): () => string | undefined {
  let lost: string | undefined;
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost ??= message;
  });
  stderr.on('error', () => {});
  return () => lost;
}
