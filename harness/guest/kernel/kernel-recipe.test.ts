import { expect, test } from 'vitest';
import { kernelHash, readRecipe } from './kernel-recipe.ts';

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

test('the unpatched kernel is the patched one without patches', async () => {
  const patched = await readRecipe(true);
  expect(patched.patches.length).toBeGreaterThan(0);
  expect(await readRecipe(false)).toEqual({ ...patched, patches: [] });
});

test('every patch is in git format and argues for one parameter', async () => {
  const { patches } = await readRecipe(true);
  expect(patches.map(({ name }) => name)).toEqual([...patches.map(({ name }) => name)].sort());
  const parameters = patches.map(({ name, text }) => {
    expect(text, name).toMatch(/^From [0-9a-f]{40} /);
    expect(text, name).toContain(`\nSubject: [PATCH ${Number(name.slice(0, 4))}/${patches.length}] PCI: `);
    expect(text, name).toContain('\nSigned-off-by: hotplug-bench developers <hotplug-bench@example.org>\n---\n');
    const added = [...text.matchAll(/^\+module_param_named\((\w+), (pciehp|shpchp)_\w+, uint, 0644\);$/gm)];
    return added.map(([, parameter, driver]) => `${driver}.${parameter}`);
  });
  expect(parameters).toEqual([
    ['pciehp.button_delay_ms'],
    ['pciehp.settle_ms'],
    ['shpchp.button_delay_ms'],
    ['shpchp.settle_ms'],
  ]);
});
