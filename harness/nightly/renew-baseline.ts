import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { basicTimestamp } from '../archive/run-directory.ts';
import type { Baseline } from '../history/baselines.ts';

/** Gives a baseline that nothing can be compared with any more a name that says until when it was the one. */
export async function setAside({ name, hostKey, directory }: Baseline, now: Date): Promise<Baseline> {
  const aside = `${name}-until-${basicTimestamp(now)}`;
  const moved = join(dirname(directory), aside);
  await rename(directory, moved);
  return { name: aside, hostKey, directory: moved };
}

/** Undoes it, when nothing has taken its place. */
export async function putBack(aside: Baseline, { directory }: Baseline): Promise<void> {
  await rename(aside.directory, directory);
}
