import type { WriteStream } from 'node:tty';

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
