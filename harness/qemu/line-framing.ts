const NEWLINE = 0x0a;
/** How much of an oversized line is kept, for the log. */
const START_BYTES = 200;

export type Framed =
  /** A whole line, UTF-8, without its newline and without the carriage return that QMP and serial consoles send. */
  | { readonly kind: 'line'; readonly text: string }
  /** A line that grew over the limit: its start. The rest of it, up to its newline, is skipped. */
  | { readonly kind: 'oversized'; readonly start: string };

export interface LineFraming {
  /** What this chunk completed, in order. Chunk borders, also inside a character, make no difference. */
  push(chunk: Buffer): readonly Framed[];
  /** What came after the last newline; empty inside an oversized line. */
  unfinished(): string;
  /** Whether the last chunk ended inside a line. */
  isInside(): boolean;
}

/** Cuts a stream of bytes into lines of at most `maximumLineBytes`, newline not counted. */
export function lineFraming(maximumLineBytes: number): LineFraming {
  const startBytes = Math.min(START_BYTES, maximumLineBytes);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;

  const take = (): Buffer => {
    const line = Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return line;
  };

  return {
    push(chunk) {
      const framed: Framed[] = [];
      for (let from = 0; from < chunk.length; ) {
        const newline = chunk.indexOf(NEWLINE, from);
        const end = newline < 0 ? chunk.length : newline;
        if (!skipping) {
          held.push(chunk.subarray(from, end));
          heldBytes += end - from;
        }
        if (heldBytes > maximumLineBytes) {
          framed.push({ kind: 'oversized', start: take().subarray(0, startBytes).toString('utf8') });
          skipping = true;
        }
        if (newline >= 0 && !skipping) framed.push({ kind: 'line', text: textOf(take()) });
        if (newline >= 0) skipping = false;
        from = end + 1;
      }
      return framed;
    },
    unfinished: () => textOf(Buffer.concat(held, heldBytes)),
    isInside: () => skipping || heldBytes > 0,
  };
}

function textOf(line: Buffer): string {
  return line.toString('utf8').replace(/\r$/, '');
}
