import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Logs of a boot of which the end is worth showing, the most telling first. */
const EXCERPTED = ['qemu.stderr', 'console.log'] as const;
const EXCERPT_BYTES = 4096;
const EXCERPT_LINES = 12;

/** Names of the files in a boot's folder, and the last lines of those that tell why something failed. */
export async function readLogs(
  directory: string,
): Promise<{ readonly files: readonly string[]; readonly excerpts: readonly { file: string; text: string }[] }> {
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
  const handle = await open(path).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, EXCERPT_BYTES);
    const buffer = Buffer.alloc(length);
    await handle.read(buffer, 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}
