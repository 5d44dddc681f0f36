import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Logs of a boot of which the end is worth showing, the most telling first. */
const EXCERPTED = ['qemu.stderr', 'console.log'] as const;
const EXCERPT_BYTES = 4096;
const EXCERPT_LINES = 12;

export interface BootLogs {
  readonly files: readonly string[];
  readonly excerpts: readonly { readonly file: string; readonly text: string }[];
}

/** Names of the files in a boot's folder, and the last lines of those that tell why something failed. */
export async function readLogs(directory: string): Promise<BootLogs> {
  const files = (await readdir(directory).catch(() => [])).toSorted();
  const excerpts = [];
  for (const file of EXCERPTED) {
    const text = files.includes(file) ? lastLines(await readEnd(join(directory, file))) : '';
    if (text !== '') excerpts.push({ file, text });
  }
  return { files, excerpts };
}

function lastLines(text: string): string {
  return text.trimEnd().split(/\r?\n/).slice(-EXCERPT_LINES).join('\n');
}

async function readEnd(path: string): Promise<string> {
  // A pipe of that name would keep its reader for ever (open(2), O_NONBLOCK).
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (!handle) return '';
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) return '';
    const { size } = stats;
    const length = Math.min(size, EXCERPT_BYTES);
    const buffer = Buffer.alloc(length);
    await handle.read(buffer, 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}
