/**
 * Characters that do not show, or that change how others show: controls but tab and line feed, marks of text direction
 * (UAX #9), other line ends, and halves of surrogate pairs. In logs of guests they are terminal control sequences.
 */
const INVISIBLE = /(?![\t\n])\p{Cc}|[\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]|\p{Bidi_Control}|\ufeff/gu;

const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;

/** The same text with the Unicode picture of each control character in its place, ␛ for ESC, and � for all others. */
export function textOnly(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
    return code === DELETE ? '\u2421' : '\ufffd';
  });
}
