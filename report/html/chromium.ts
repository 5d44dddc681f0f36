import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Why no page can be looked at here; undefined where it can. */
export const noBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} is not there (apt-get install chromium)`;

/** Root has no sandbox of Chromium's own; the rest keeps it from talking to anyone. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** A page and what it did that it should not have. */
export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings on the console, exceptions, violations of the policy, requests for anything but the page. */
  readonly complaints: readonly string[];
}

export async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== `file://${file}`) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  return { page, complaints };
}

/** Scrolls through the page, so that every chart comes into sight and to life. */
export async function wakeCharts(page: Page): Promise<void> {
  const charts = page.locator('[data-chart]');
  for (let index = 0; index < (await charts.count()); index++) {
    const chart = charts.nth(index);
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('.drawing > div svg').waitFor({ state: 'attached' });
  }
}
