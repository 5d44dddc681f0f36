import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { scenarioOf } from '../model/model.fixture.ts';
import { madeUpTables } from '../version-tables.fixture.ts';
import { html } from './markup.ts';
import { versionSection } from './version-section.ts';

const pageOf = (runLabel: string, boots?: number) => {
  const versions = madeUpTables(boots).map((table) => ({ table, runLabel }));
  return render(html`<div>${versionSection({ ...scenarioOf(), versions })}</div>` as VNode);
};

test('a table with a row group for each machine, a row for each kernel, and marks at their cells', () => {
  const text = pageOf('');
  expect(text.match(/scope="rowgroup" rowspan="4"/g)).toHaveLength(4);
  expect(text.match(/<tr/g)).toHaveLength(1 + 4 * 4);
  expect(text).toMatch(/title="acpi-i440fx-12"[^>]*>.*?<span class="verdict-word good">→ 0\.\d\dx<\/span>/);
  expect(text).toContain('2 of 3 lost');
  expect(text).toContain('<li class="bad">acpi-root-port, QEMU 10.0 → 11.1, on every kernel: slower');
});

test('of several runs each is named, and what is not judged is said', () => {
  expect(pageOf('lab-3')).toContain('<h4>plug, ms (lab-3)</h4>');
  expect(pageOf('', 1)).toContain('it takes 3 boots of every combination');
});

test('a scenario without versions has no section', () => {
  expect(versionSection(scenarioOf())).toBeNull();
});
