import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { projectRoot } from './project-root.ts';

/**
 * Commands of the README's shell blocks, in order. What a reader types to get here is left out, and so is `npm test`,
 * which is what runs this.
 */
function commands(): readonly string[] {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block ?? '');
  const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, '').trim());
  return lines.filter((line) => line !== '' && !/^(git clone|cd |npm test$)/.test(line));
}

test('the README has the commands this test is about', () => {
  expect(commands()).toContain('npm run bench -- scenarios/quick.yaml');
});

// One after another, as a reader would: later ones look at what the first has left in results/latest.
test.each(commands())(
  '%s',
  async (command) => {
    const { exitCode, all } = await execa(command, { shell: true, cwd: projectRoot, reject: false, all: true });
    expect(exitCode, all).toBe(0);
  },
  600_000,
);
