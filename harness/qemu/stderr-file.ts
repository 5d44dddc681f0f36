import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How much of stderr goes into a report: QEMU's last words are a line or two. */
const TAIL_BYTES = 64 * 1024;

/** A file that a process writes its stderr to by itself, so that nothing is lost or blocked when the harness dies. */
export interface StderrFile {
  /** To be given to the process. */
  readonly descriptor: number;
  /** The last 64 KiB, also after `close()`. */
  tail(): string;
  close(): void;
}

/** Makes the file empty. Throws what open(2) says. */
export function openStderrFile(path: string): StderrFile {
  const descriptor = openSync(path, 'w+');
  let lastTail: string | undefined;
  const tail = () => lastTail ?? readTail(descriptor);
  return {
    descriptor,
    tail,
    close() {
      lastTail = tail();
      closeSync(descriptor);
    },
  };
}

function readTail(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString('utf8', 0, read);
}
