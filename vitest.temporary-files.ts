import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whatever the tests leave in the temporary folder goes with this one. Its name is short: sockets are made below it. */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'hpb-'));
  // Some tests run programs of theirs as another user.
  chmodSync(directory, 0o755);
  process.env.TMPDIR = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
