import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectRoot } from './project-root.ts';

/** The version in package.json. */
export function toolVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  return manifest.version;
}

/** The commit of the checkout, with `+changes` when files differ from it; `unknown` outside git. */
export async function toolCommit(): Promise<string> {
  const described = await execa('git', ['-C', projectRoot, 'describe', '--always', '--abbrev=40', '--dirty=+changes'], {
    reject: false,
  });
  return described.exitCode === 0 ? described.stdout.trim() : 'unknown';
}
