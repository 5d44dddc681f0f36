import { afterEach, expect, test, vi } from 'vitest';
import { checkBuildTools, kernelBuildPackages, missingBuildPackages } from './build-tools.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('what is missing is what is not found', () => {
  expect(missingBuildPackages(() => true)).toEqual([]);
  expect(missingBuildPackages(() => false)).toEqual(kernelBuildPackages);
  const withoutFlex = missingBuildPackages(({ command }) => command !== 'flex');
  expect(withoutFlex.map((entry) => entry.package)).toEqual(['flex']);
});

test('every package is known by a command or by a file, never both', () => {
  for (const { command, file } of kernelBuildPackages) expect([command, file].filter(Boolean)).toHaveLength(1);
});

test('with an empty PATH, everything that is missing is named at once, with the command that gets it', () => {
  vi.stubEnv('PATH', '/nonexistent');
  const checked = checkBuildTools();
  expect(checked).toMatchObject({ ok: false });
  if (checked.ok) return;
  expect(checked.failure.what).toContain('gcc: gcc compiles the kernel');
  expect(checked.failure.what).toContain('bison: bison');
  expect(checked.failure.remedy).toMatch(/sudo apt-get install .*\bmake gcc\b.* flex bison bc lz4$/);
});
