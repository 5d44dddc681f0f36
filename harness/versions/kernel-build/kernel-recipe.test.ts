import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kernelHash, patchesFor, readRecipe } from './kernel-recipe.ts';
import { knownWaitParameters } from './wait-parameters.ts';

const first = { name: '0001-a.patch', text: 'one' };
const second = { name: '0002-b.patch', text: 'two' };
const recipe = { fragment: 'CONFIG_PCI=y\n', patches: [first, second] };

test('a hash stands for source, toolchain, configuration and patches, and nothing else', () => {
  const hash = kernelHash(recipe, '6.1.192-2', 'gcc 12');
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(kernelHash(structuredClone(recipe), '6.1.192-2', 'gcc 12')).toBe(hash);

  const others = [
    kernelHash(recipe, '6.1.192-3', 'gcc 12'),
    kernelHash(recipe, '6.1.192-2', 'gcc 13'),
    kernelHash({ ...recipe, fragment: 'CONFIG_PCI=n\n' }, '6.1.192-2', 'gcc 12'),
    kernelHash({ ...recipe, patches: [] }, '6.1.192-2', 'gcc 12'),
    kernelHash({ ...recipe, patches: [first] }, '6.1.192-2', 'gcc 12'),
    kernelHash({ ...recipe, patches: [second, first] }, '6.1.192-2', 'gcc 12'),
    kernelHash({ ...recipe, patches: [first, { ...second, text: 'Two' }] }, '6.1.192-2', 'gcc 12'),
  ];
  expect(new Set([hash, ...others]).size).toBe(1 + others.length);
});

test('a patch for a version stands in for that of the same name from that version on', () => {
  const paths = ['7.2/0002-b.patch', '0001-a.patch', '6.12/0001-a.patch', '0002-b.patch', '6.12/0002-b.patch'];
  expect(patchesFor(paths, '5.10.223-1')).toEqual(['0001-a.patch', '0002-b.patch']);
  expect(patchesFor(paths, '6.1.192-2')).toEqual(['0001-a.patch', '0002-b.patch']);
  expect(patchesFor(paths, '6.12.95-1~bpo12+1')).toEqual(['6.12/0001-a.patch', '6.12/0002-b.patch']);
  expect(patchesFor(paths, '7.2.13-1')).toEqual(['6.12/0001-a.patch', '7.2/0002-b.patch']);
});

describe.each(['5.10.223-1', '6.1.192-2', '6.12.117-1', '7.2.13-1'])('for a source of version %s', (version) => {
  test('the unpatched kernel is the patched one without patches', async () => {
    const patched = await readRecipe(true, version);
    expect(patched.patches.length).toBeGreaterThan(0);
    expect(await readRecipe(false, version)).toEqual({ ...patched, patches: [] });
  });

  test('every patch is in git format and argues for one parameter', async () => {
    const { patches } = await readRecipe(true, version);
    const parameters = patches.map(({ name, text }, index) => {
      const number = index + 1;
      expect(basename(name)).toMatch(new RegExp(`^000${number}-`));
      expect(text, name).toMatch(/^From [0-9a-f]{40} /);
      expect(text, name).toContain(`\nSubject: [PATCH ${number}/${patches.length}] PCI: `);
      expect(text, name).toContain('\nSigned-off-by: hotplug-bench developers <hotplug-bench@example.org>\n---\n');
      const added = [...text.matchAll(/^\+module_param_named\((\w+), (pciehp|shpchp)_\w+, uint, 0644\);$/gm)];
      return added.map(([, parameter, driver]) => `${driver}.${parameter}`);
    });
    expect(parameters).toEqual(knownWaitParameters.map((parameter) => [parameter]));
  });
});
