import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name in this project's package.json, which tells it from a package.json in between. */
const PROJECT_NAME = 'hotplug-bench';

/** The checkout: the nearest directory above this module, run from source or bundled, with the project's package.json. */
export const projectRoot: string = findProjectRoot(dirname(fileURLToPath(import.meta.url)));

/** Exported for its test. Throws when there is none: the program has been taken out of its checkout. */
export function findProjectRoot(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === PROJECT_NAME) return directory;
    if (directory === dirname(directory)) throw new Error(`No checkout of ${PROJECT_NAME} above ${start}`);
  }
}
