import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findProjectRoot, projectRoot } from './project-root.ts';

const checkout = mkdtempSync(join(tmpdir(), 'hotplug-bench-root-'));
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

test('is the directory above this file', () => {
  expect(projectRoot).toBe(join(import.meta.dirname, '..'));
});

test('is found from a bundle, past the package.json of something else, and never outside a checkout', () => {
  const bundle = join(checkout, 'build', 'chunks');
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(checkout, 'build', 'package.json'), '{"name": "something-else"}');
  expect(() => findProjectRoot(bundle)).toThrow(bundle);
  writeFileSync(join(checkout, 'package.json'), '{"name": "hotplug-bench"}');
  expect(findProjectRoot(bundle)).toBe(checkout);
});
