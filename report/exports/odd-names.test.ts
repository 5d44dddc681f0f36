import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convert } from 'xmlbuilder2';
import { csv } from './csv.ts';
import type { ExportedRun } from './export-format.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { openmetrics } from './openmetrics.ts';
import { otavaCsv } from './otava-csv.ts';
import { failedSample, TEST_OPERATION, testComparison, testExport } from './test-export.ts';

/** Names come from files that anybody may have written, not only from scenarios that were checked. */
const name = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      ',',
      '\n',
      '\r',
      "'",
      '<',
      '>',
      '&',
      '|',
      '\\',
      '{',
      '}',
      '\0',
      ' ',
      '=',
      '#',
      ']]>',
      '\u{feff}',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
});

interface Names {
  readonly scenario: string;
  readonly variant: string;
  readonly device: string;
}
const names: fc.Arbitrary<Names> = fc.record({ scenario: name, variant: name, device: name });

function runWith({ scenario, variant, device }: Names): ExportedRun {
  const operation = { ...TEST_OPERATION, scenario, variant, device_id: device };
  const comparison = testComparison({ scenario, variant, ...(device !== '' && { deviceId: device }), reason: device });
  const sample = { ...failedSample(device, { deviceId: device }), scenario, variantName: variant };
  const run = testExport({ operations: [operation], comparisons: [comparison], samples: [sample] });
  return {
    ...run,
    files: { ...run.files, run: { ...run.files.run, host: { ...run.files.run.host, hostname: device } } },
  };
}

/** The parser leaves references in attributes as they are written. */
function unescaped(attribute: string): string {
  const references = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };
  return Object.entries(references).reduce((text, [name, character]) => text.replaceAll(name, character), attribute);
}

/** Without what XML cannot hold, and without white space, which is not kept as it is in attributes (section 3.3.3). */
function comparable(text: string): string {
  return text.replaceAll(/[\p{Cc}\s\u{fffd}]/gu, '');
}

test('CSV reads back as it was', () => {
  fc.assert(
    fc.property(names, ({ scenario, variant, device }) => {
      const rows: Record<string, string>[] = parse(csv.render([runWith({ scenario, variant, device })]).text, {
        columns: true,
      });
      expect(rows).toMatchObject([{ scenario, variant, device_id: device, operation: 'plug', boot_mode: 'fresh' }]);
    }),
  );
});

test("Otava's CSV has as many cells in each row as it has columns, and names that read back", () => {
  fc.assert(
    fc.property(names, (odd) => {
      const rows: string[][] = parse(otavaCsv.render([runWith(odd)]).text);
      expect(rows).toHaveLength(2);
      const metric = [odd.scenario, odd.variant, 'plug', odd.device].filter((part) => part !== '').join('.');
      expect(rows[0]?.slice(4)).toEqual([metric, `${metric}.failure_rate`]);
      expect(rows[1]?.slice(3)).toEqual([odd.device, '6263.400000', '0.000000']);
    }),
  );
});

test('JUnit is XML, whose names read back but for what XML cannot hold', () => {
  fc.assert(
    fc.property(names, (odd) => {
      const { text } = junit.render([runWith(odd)]);
      // What XML 1.0 allows (section 2.2), and nothing else.
      expect(text).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
      const { testsuites } = convert(text, { format: 'object' }) as unknown as {
        testsuites: { testsuite: { '@failures': string; testcase: { '@classname': string } } };
      };
      expect(testsuites.testsuite['@failures']).toBe('1');
      expect(comparable(unescaped(testsuites.testsuite.testcase['@classname']))).toBe(
        comparable(`${odd.scenario}.${odd.variant}`),
      );
    }),
  );
});

test('OpenMetrics: every line is a comment or a sample, and its labels read back', () => {
  const label = /(\w+)="((?:[^"\\\n]|\\["\\n])*)"/g;
  fc.assert(
    fc.property(names, (odd) => {
      const lines = openmetrics
        .render([runWith(odd)])
        .text.split('\n')
        .slice(0, -1);
      for (const line of lines) {
        expect(line).toMatch(/^(#.*|\w+(\{(\w+="([^"\\\n]|\\["\\n])*",?)*\})? [-\d.e]+)$/s);
      }
      const median = lines.find((line) => line.startsWith('hotplug_bench_latency_median_seconds{')) ?? '';
      const found = Object.fromEntries(
        [...median.matchAll(label)].map(([, key = '', value = '']) => [
          key,
          value.replaceAll(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character)),
        ]),
      );
      expect(found).toMatchObject({ scenario: odd.scenario, variant: odd.variant, operation: 'plug' });
    }),
  );
});

test('Markdown: a table row stays on its line and has as many cells as the heading', () => {
  fc.assert(
    fc.property(names, (odd) => {
      const lines = markdown.render([runWith(odd)]).text.split('\n');
      const table = lines.filter((line) => line.startsWith('| '));
      const cells = table.map((line) => line.replaceAll(/\\./g, '').split('|').length);
      expect(table).toHaveLength(3);
      expect(new Set(cells).size).toBe(1);
      expect(lines.join('\n').replaceAll(/\\./g, '')).not.toContain('<');
    }),
  );
});

test('JSON reads back as it was', () => {
  fc.assert(
    fc.property(names, ({ scenario, variant, device }) => {
      const { operations } = JSON.parse(json.render([runWith({ scenario, variant, device })]).text);
      expect(operations).toMatchObject([{ scenario, variant, device_id: device }]);
    }),
  );
});
