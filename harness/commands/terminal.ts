import type { WriteStream } from 'node:tty';

type Output = Pick<WriteStream, 'isTTY'>;

/** Whether lines that rewrite themselves make sense there: a log or a dumb terminal would show every one of them. */
export function isLive({ isTTY }: Output): boolean {
  return isTTY === true && process.env.TERM !== 'dumb';
}

/** Whether to write in colour: only on a terminal, and never with a NO_COLOR that is not empty (no-color.org). */
export function wantsColour(output: Output): boolean {
  return isLive(output) && (process.env.NO_COLOR ?? '') === '';
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
