#!/usr/bin/env node
// The picture of a report for the README: node scripts/screenshot-report.mjs results/latest docs/report.png [scenario]
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** A README shows it about 830 pixels wide: of a wider one the letters would be too small to read. */
const SIZE = { width: 1000, height: 900 };
/** A README that takes long to load is not read. */
const MAX_BYTES = 300_000;
/** The scenario that is shown of a run of many, where it is there: the one about what the tool is for. */
const PREFERRED = 'topologies';

/** The top of the page, and of one scenario how long a plug takes and where its time goes. */
const styleFor = (slug) => `
  nav, .scenario:not([id="${slug}"]), #environment, #comparison, #history,
  .scenario > :not(h2, .question, section[id$="-how-long-it-takes"], section[id$="-where-the-time-goes"]),
  .scenario figure.chart:not([id="${slug}-latency-plug"], [id="${slug}-waterfall-plug"]),
  .scenario section details, .intro, #fastest .scroll ~ .scroll, .not-shown { display: none }
  .scenario section h3 { margin-top: 0.9rem }
  #fastest td:last-child { white-space: normal; min-width: 11rem }
  main { padding-bottom: 1.2rem }
`;

/** Left out one after the other while the picture is too large: the charts say it again, or the page does. */
const DISPENSABLE = ['.rows, .scale', '.warnings', '.question', '.verdict .headline ~ p', '.extremes', 'figcaption'];

const [run, picture, scenario] = process.argv.slice(2);
const report = run && join(resolve(run), 'report.html');
if (!picture || !existsSync(report)) {
  console.error(
    report ? `${report} is not there` : 'usage: node scripts/screenshot-report.mjs <run> <picture.png> [scenario]',
  );
  process.exit(2);
}
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
// The page's policy forbids a style of anybody else's, which this is.
const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', bypassCSP: true });
await page.goto(`file://${report}`);
const slug = await page.evaluate(chosen, { scenario, preferred: PREFERRED });
if (slug === undefined) {
  console.error(`${report} has no scenario ${scenario ?? ''} with a plug whose phases are known`);
  await browser.close();
  process.exit(2);
}
await page.addStyleTag({ content: styleFor(slug) });
await page.evaluate(shortenTable, slug);
for (const chart of ['latency', 'waterfall']) {
  const figure = page.locator(`[id="${slug}-${chart}-plug"]`);
  await figure.scrollIntoViewIfNeeded();
  await figure.locator('.drawing > div svg').waitFor();
}
await page.evaluate(() => scrollTo(0, 0));
let size = await takePicture();
for (const selector of DISPENSABLE) {
  if (size <= MAX_BYTES) break;
  await page.addStyleTag({ content: `${selector} { display: none }` });
  size = await takePicture();
}
await browser.close();
if (size > MAX_BYTES) {
  console.error(`${picture} has ${size} bytes, more than ${MAX_BYTES}`);
  process.exit(1);
}
console.log(`${picture}: ${size} bytes`);

async function takePicture() {
  await page.screenshot({ path: picture, fullPage: true });
  return (await stat(picture)).size;
}

/** In the page: the anchor of the scenario that was asked for; of none, of the preferred one or the first there is. */
function chosen({ scenario, preferred }) {
  const sections = [...document.querySelectorAll('.scenario')];
  const fit = sections.filter(({ id }) => document.getElementById(`${id}-waterfall-plug`));
  const named = fit.find(({ id }) => id === (scenario ?? preferred));
  return (scenario ? named : (named ?? fit[0]))?.id;
}

/** In the page: of a table of many scenarios each one's first row, and all rows of the one that is shown. */
function shortenTable(slug) {
  const seen = new Set();
  for (const row of document.querySelectorAll('table.extremes tbody tr')) {
    const scenario = row.querySelector('a')?.getAttribute('href') ?? '';
    const isAlone = row.querySelector('td.muted') !== null;
    if (scenario !== `#${slug}` && (seen.has(scenario) || isAlone)) row.classList.add('not-shown');
    seen.add(scenario);
  }
}
