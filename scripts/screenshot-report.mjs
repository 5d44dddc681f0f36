#!/usr/bin/env node
// The picture of a report for the README: node scripts/screenshot-report.mjs results/latest docs/report.png
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const SIZE = { width: 1240, height: 900 };
/** A README that takes long to load is not read. */
const MAX_BYTES = 300_000;

/** The top of the page, and where the time of a plug goes: the rest would make letters too small to read. */
const SHOWN = `
  nav, .scenario > :not(section), .scenario > section:not([id$="where-the-time-goes"]), #environment, #comparison, #history,
  figure.chart:not([id*="-waterfall-plug"]), section[id$="where-the-time-goes"] details, .intro { display: none }
  .scenario, section[id$="where-the-time-goes"] h3 { margin-top: 0.9rem }
  main { padding-bottom: 1.2rem }
`;

const [run, picture] = process.argv.slice(2);
const report = run && join(resolve(run), 'report.html');
if (!picture || !existsSync(report)) {
  console.error(report ? `${report} is not there` : 'usage: node scripts/screenshot-report.mjs <run> <picture.png>');
  process.exit(2);
}
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
// The page's policy forbids a style of anybody else's, which this is.
const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', bypassCSP: true });
await page.goto(`file://${report}`);
await page.addStyleTag({ content: SHOWN });
await page.locator('[id*="-waterfall-plug"] .drawing > div svg').first().waitFor();
await page.screenshot({ path: picture, fullPage: true });
await browser.close();
const { size } = await stat(picture);
if (size > MAX_BYTES) {
  console.error(`${picture} has ${size} bytes, more than ${MAX_BYTES}`);
  process.exit(1);
}
console.log(`${picture}: ${size} bytes`);
