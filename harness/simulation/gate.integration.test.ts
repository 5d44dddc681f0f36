import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { projectRoot } from '../project-root.ts';

test('the verdicts keep what they promise, in as many simulated runs as there is time for', async () => {
  const { all, exitCode } = await execa('node', [join(projectRoot, 'scripts', 'bench-gate.mjs')], {
    reject: false,
    all: true,
  });
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/^All promises are kept\. \d+ s\.$/m);
}, 1_200_000);
