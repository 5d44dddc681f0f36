import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { findProjectRoot, projectRoot } from './project-root.ts';

test('is the checkout that this file is in: the folder that the command and its manifest are in', () => {
  expect(relative(projectRoot, import.meta.filename)).toBe('harness/project-root.test.ts');
  expect(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')).name).toBe('hotplug-bench');
  expect(existsSync(join(projectRoot, 'scripts/bench.mjs'))).toBe(true);
});

const CHECKOUT = '{"name": "hotplug-bench"}';

/** A folder with these manifests, by the folder that each is in. */
function foldersWith(manifests: Readonly<Record<string, string>>): string {
  const top = mkdtempSync(join(tmpdir(), 'hotplug-bench-root-'));
  for (const [folder, text] of Object.entries(manifests)) {
    mkdirSync(join(top, folder), { recursive: true });
    writeFileSync(join(top, folder, 'package.json'), text);
  }
  return top;
}

test('is found from a bundle, past the package.json of something else and past one without a name', () => {
  const top = foldersWith({ '.': CHECKOUT, build: '{"name": "something-else"}', 'build/chunks': '{"type": "module"}' });
  expect(findProjectRoot(join(top, 'build/chunks'))).toBe(top);
  expect(findProjectRoot(top)).toBe(top);
});

test('is the nearest of two checkouts, as in a work tree that is kept inside another', () => {
  const top = foldersWith({ '.': CHECKOUT, 'trees/other': CHECKOUT, 'trees/other/harness': '{}' });
  expect(findProjectRoot(join(top, 'trees/other/harness'))).toBe(join(top, 'trees/other'));
});

test('outside of a checkout there is none, and the error says where it was looked for', () => {
  const elsewhere = join(foldersWith({ elsewhere: '{"name": "something-else"}' }), 'elsewhere');
  expect(() => findProjectRoot(elsewhere)).toThrow(`No checkout of hotplug-bench above ${elsewhere}`);
});
