import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSyntheticRun } from '../synthetic-run.ts';
import { launchChromium, noBrowser, openPage, wakeCharts } from './chromium.ts';
import { modelWithEverything } from './optional-parts.fixture.ts';
import { renderReport, writeReport } from './write-report.ts';

const VARIANTS = ['first', 'second', 'third'];
/** For a page that is mailed every night, and for one of every scenario that there is. */
const MAX_BYTES = 2_500_000;
const MAX_SUITE_BYTES = 6_000_000;

const HOSTILE = '<script>document.title = "broken"</script><img src=x onerror="document.title = \'broken\'">';

describe.skipIf(noBrowser)(`the report in Chromium${noBrowser ? `: ${noBrowser}` : ''}`, () => {
  let browser: Browser;
  let plain: string;
  beforeAll(async () => {
    browser = await launchChromium();
    plain = await reportOf({ scenario: 'made-up', variants: VARIANTS });
  });
  afterAll(() => browser?.close());

  test('comes to life without an error, a request or a violation of its policy', async () => {
    const { page, complaints } = await openPage(browser, plain);
    await wakeCharts(page);
    expect(complaints).toEqual([]);
    expect(await page.locator('[data-chart]').count()).toBeGreaterThan(8);
    expect(await page.locator('figure.chart svg').count()).toBe(await page.locator('figure.chart').count());
    await page.close();
  });

  test('a script that somebody puts into it does not run, nor does eval', async () => {
    const { page, complaints } = await openPage(browser, plain);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "broken"';
      document.body.append(script);
    });
    expect(await page.title()).not.toBe('broken');
    // Later, as a script of the page: the debugger itself is not bound by the policy.
    const evaluated = await page.evaluate(
      () =>
        new Promise((resolve) => {
          setTimeout(() => {
            try {
              resolve(new Function('return "evaluated"')());
            } catch (error) {
              resolve((error as Error).name);
            }
          });
        }),
    );
    expect(evaluated).toBe('EvalError');
    expect(complaints.join()).toContain('Content Security Policy');
    await page.close();
  });

  test('a table is sorted by a column, upwards and downwards', async () => {
    const { page } = await openPage(browser, plain);
    const table = page.locator('#made-up-summary');
    const medians = async () => (await table.locator('tbody tr td:nth-child(3)').allTextContents()).map(Number);
    const button = table.getByRole('button', { name: 'median' });
    await button.click();
    expect(await medians()).toEqual((await medians()).toSorted((a, b) => a - b));
    expect(await table.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
    await button.press('Enter');
    expect(await medians()).toEqual((await medians()).toSorted((a, b) => b - a));
    await page.close();
  });

  test('the legend hides a variant in every chart, and shows it again', async () => {
    const { page } = await openPage(browser, plain);
    await wakeCharts(page);
    const marks = () => page.locator('#made-up-latency-plug .mark-symbol path').count();
    const all = await marks();
    const second = page.getByRole('checkbox', { name: 'second' });
    await second.uncheck();
    await expect.poll(marks).toBeLessThan(all);
    await second.check();
    await expect.poll(marks).toBe(all);
    await page.close();
  });

  test('a scale becomes linear and logarithmic again', async () => {
    const { page } = await openPage(browser, plain);
    await wakeCharts(page);
    const chart = page.locator('#made-up-latency-plug');
    const ticks = async () => (await chart.locator('.role-axis-label text').allTextContents()).join(' ');
    const logarithmic = await ticks();
    const button = chart.getByRole('button', { name: 'linear scale' });
    await button.click();
    await expect.poll(ticks).not.toBe(logarithmic);
    await button.click();
    await expect.poll(ticks).toBe(logarithmic);
    await page.close();
  });

  test('a dot says which sample it is, and a brush lists those in it', async () => {
    const { page } = await openPage(browser, plain);
    await wakeCharts(page);
    const drift = page.locator('#made-up-drift-plug');
    await drift.scrollIntoViewIfNeeded();
    await drift.locator('.mark-symbol path').first().hover({ force: true });
    await expect.poll(() => page.locator('#tooltip').textContent()).toMatch(/no\. \d+plug .* msboot \d+, cycle \d+/);
    const box = await drift.locator('.drawing svg').boundingBox();
    if (!box) throw new Error('the chart has no place');
    await page.mouse.move(box.x + box.width * 0.2, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.7, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => drift.locator('.picked').textContent()).toMatch(/^\d+ samples? selected: /);
    await page.close();
  });

  test.each([
    [1440, 'light'],
    [1440, 'dark'],
    [400, 'light'],
    [400, 'dark'],
  ] as const)(
    'fits %i pixels, %s, and has nothing that bars a reader with a disability',
    async (width, colorScheme) => {
      const { page, complaints } = await openPage(browser, plain, { viewport: { width, height: 900 }, colorScheme });
      await wakeCharts(page);
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) one.setAttribute('open', '');
      });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background === 'rgb(18, 21, 26)').toBe(colorScheme === 'dark');
      // What is late and what failed is seen without scrolling.
      for (const heading of ['median', 'late', 'failed']) {
        const column = page.locator('#made-up-summary thead th', { hasText: heading });
        const { left, right } = await column.evaluate((one) => one.getBoundingClientRect());
        expect(left, heading).toBeGreaterThanOrEqual(0);
        expect(right, heading).toBeLessThanOrEqual(width);
      }
      expect(await barriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test('without JavaScript everything but what moves is there', async () => {
    const { page } = await openPage(browser, plain, { javaScriptEnabled: false });
    expect(await page.locator('figure.chart').count()).toBeGreaterThan(8);
    expect(await page.locator('figure.chart svg').count()).toBe(await page.locator('figure.chart').count());
    expect(await page.locator('#made-up-latency-plug svg text').allTextContents()).toContain('second');
    expect(await page.locator('#made-up-summary tbody tr').count()).toBe(9);
    expect(await page.locator('.needs-js:visible').count()).toBe(0);
    await page.close();
  });

  test('nothing on the page jumps when the charts come to life', async () => {
    const { page } = await openPage(browser, plain);
    const height = () => page.evaluate(() => document.documentElement.scrollHeight);
    const before = await height();
    await wakeCharts(page);
    expect(Math.abs((await height()) - before)).toBeLessThan(4);
    await page.close();
  });

  test('names, logs and details are text, whatever they look like', async () => {
    const file = await reportOf({
      scenario: HOSTILE,
      variants: [`${HOSTILE}</script>`, '--><svg onload="document.title=\'broken\'">', '"quoted" & `backticked`'],
      failure: {
        boot: 1,
        detail: `${HOSTILE}\u0000\u001b[2J\u202e`,
        console: `before\u0000\u001b[31m${HOSTILE}\u001b[0m\r\nKernel panic\n`,
      },
    });
    const { page, complaints } = await openPage(browser, file);
    await wakeCharts(page);
    expect(complaints).toEqual([]);
    expect(await page.title()).toContain('<script>');
    expect(await page.locator('img').count()).toBe(0);
    const failure = (await page.locator('.failure').first().textContent()) ?? '';
    expect(failure).toContain(HOSTILE);
    expect(failure).toContain('\u2400\u241b[31m');
    expect(await readFile(file, 'utf8')).not.toMatch(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/u);
    await page.close();
  });

  test('comparisons, history, bursts and races, where there are any, are as sound as the rest', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'report-')), 'report.html');
    await writeFile(file, await renderReport(modelWithEverything()));
    const { page, complaints } = await openPage(browser, file, { viewport: { width: 400, height: 900 } });
    await wakeCharts(page);
    expect(await page.locator('#verdict').textContent()).toContain('1 regression: nightly/shpc plug');
    expect(await page.locator('#warnings').textContent()).toContain('vIOMMU: the QEMU here has none');
    expect(await page.locator('#comparison .verdict-word').first().textContent()).toBe('regressed');
    for (const id of ['test-burst-plug', 'test-race', 'test-fit-1', 'history-nightly-shpc-plug']) {
      expect(await page.locator(`#${id} svg`).count(), id).toBe(1);
    }
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('real and virtual time are never on one axis, in one table or in one ratio', async () => {
    const model = modelWithEverything();
    const scenarios = model.scenarios.map((scenario) => ({
      ...scenario,
      variants: scenario.variants.map((one, index) => ({ ...one, clock: index === 0 ? 'real' : 'virtual' })),
    }));
    const file = join(await mkdtemp(join(tmpdir(), 'report-')), 'report.html');
    await writeFile(file, await renderReport({ ...model, scenarios }));
    const { page, complaints } = await openPage(browser, file);
    await wakeCharts(page);
    const charts = page.locator('#test [data-chart][id$="-plug"]');
    expect(await charts.count()).toBeGreaterThan(8);
    for (const chart of await charts.all()) {
      const id = (await chart.getAttribute('id')) ?? '';
      const drawn = (await chart.locator('.drawing svg text').allTextContents()).join('\n');
      const isVirtual = id.startsWith('test--virtual');
      expect(drawn.includes('virtual ms'), id).toBe(isVirtual);
      expect(drawn, id).not.toMatch(isVirtual ? /\bshpc\b/ : /\bacpi\b/);
    }
    for (const clock of ['', '--virtual']) {
      const dots = page.locator(`#test${clock}-latency-plug .mark-symbol path`);
      expect(await dots.count(), clock).toBe(3);
      await dots.first().hover({ force: true });
      await expect.poll(() => page.locator('#tooltip').textContent()).toMatch(clock === '' ? / \d+ ms/ : / virtual ms/);
    }
    const tables = page.locator('#test table caption', { hasText: 'Latencies in' });
    expect((await tables.allTextContents()).map((text) => text.split(';')[0])).toEqual([
      'Latencies in ms',
      'Latencies in virtual ms',
    ]);
    expect(await page.locator('#fastest').textContent()).not.toContain('times');
    expect(await page.locator('#test-virtual-time').textContent()).toMatch(/never to be compared with real\s+time/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('one page of many scenarios has a way to each, through it and back', async () => {
    const file = await reportOf({ scenario: 'one', moreScenarios: ['two', 'history'], variants: VARIANTS });
    const { page, complaints } = await openPage(browser, file, { viewport: { width: 400, height: 900 } });
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const targets = (links: string) =>
      page.locator(links).evaluateAll((all) => all.map((one) => one.getAttribute('href')?.slice(1) ?? ''));
    expect(await targets('.masthead nav a')).toEqual(['choice', 'one', 'two', 'history-2', 'environment']);
    const own = await targets('#two nav a');
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((id) => !ids.includes(id))).toEqual([]);
    expect(own.at(-1)).toBe('fastest');
    expect(await page.locator('#fastest tbody tr').count()).toBe(6);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    expect(await barriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('no name of a phase runs out of its bar, on a narrow page and on a wide one', async () => {
    for (const width of [400, 1440]) {
      const { page } = await openPage(browser, plain, { viewport: { width, height: 900 } });
      await wakeCharts(page);
      for (const id of ['waterfall-plug', 'work-plug', 'waterfall-unplug']) {
        const chart = page.locator(`#made-up-${id} .drawing svg`);
        const boxes = (marks: string) =>
          chart.locator(marks).evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect));
        const bars = await boxes('.mark-rect path');
        const names = await boxes('.layer_1_marks text');
        const isInside = (name: DOMRect) =>
          bars.some(
            (bar) =>
              bar.left <= name.left && name.right <= bar.right && bar.top <= name.bottom && name.top <= bar.bottom,
          );
        expect(
          names.filter((name) => !isInside(name)),
          `${id} at ${width}`,
        ).toEqual([]);
        if (width > 400) expect(names.length, id).toBeGreaterThan(0);
      }
      await page.close();
    }
  });

  test('every link leads to a file inside the run directory, or to a place on the page that is there', async () => {
    const { page } = await openPage(browser, plain);
    const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    const ids = new Set(await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => `#${id}`)));
    const files = links.filter((link) => !link.startsWith('#'));
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((link) => !/^\.\/[\w%.-]+(\/[\w%.-]+)*$/.test(link) || link.includes('..'))).toEqual([]);
    expect(links.filter((link) => link.startsWith('#') && !ids.has(link))).toEqual([]);
    await page.close();
  });
});

test('24 variants with 5000 samples make a page that can be mailed', async () => {
  const variants = Array.from({ length: 24 }, (_, index) => `variant-${index + 1}`);
  const file = await reportOf({ scenario: 'big', variants, boots: 5, cycles: 20 });
  expect((await stat(file)).size).toBeLessThan(MAX_BYTES);
});

test('91 variants in 13 scenarios make a page that can be read, and it says what it leaves out', async () => {
  const variants = Array.from({ length: 7 }, (_, index) => `variant-${index + 1}`);
  const moreScenarios = Array.from({ length: 12 }, (_, index) => `scenario-${index + 2}`);
  const file = await reportOf({ scenario: 'scenario-1', moreScenarios, variants });
  expect((await stat(file)).size).toBeLessThan(MAX_SUITE_BYTES);
  const page = await readFile(file, 'utf8');
  const [, drawn, all, listed] =
    /readable, (\d+) of these (\d+) samples are drawn and the lines of (\d+)/.exec(page) ?? [];
  expect(Number(all)).toBe(28);
  expect(Number(drawn)).toBeGreaterThan(4);
  expect(Number(listed)).toBeGreaterThan(4);
  const leftOut = page.match(/is left out here: <a href="\.\/recording\//g) ?? [];
  const figures = page.match(/<figure id="[^"]*-timeline-\d+"/g) ?? [];
  expect(leftOut.length + figures.length).toBe(13 * Number(all));
});

/** What axe-core calls serious or critical. It comes in through the debugger, which the page's policy does not bind. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

async function reportOf(run: Partial<Parameters<typeof writeSyntheticRun>[1]>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'report-'));
  const boots = { runId: 'made-up-run', boots: 3, cycles: 4 };
  await writeSyntheticRun(directory, { scenario: '', variants: [], ...boots, ...run });
  const written = await writeReport(directory);
  if (!written.ok) throw new Error(written.failure);
  return written.value;
}
