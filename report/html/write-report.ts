import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { projectRoot } from '../../harness/project-root.ts';
import { REPORT_FILE, writeWhole } from '../../harness/record/run-directory.ts';
import { fail, ok, type Result } from '../../harness/result.ts';
import type { Chart } from '../charts/chart.ts';
import { drawChart } from '../charts/draw.ts';
import type { ReportContext } from '../model/build-model.ts';
import { readReport } from '../model/read-report.ts';
import type { ReportModel, ScenarioPart } from '../model/report-model.ts';
import type { DrawnFigure } from './figure.ts';
import { historyCharts } from './history-section.ts';
import { page } from './page.ts';
import { pageData } from './page-data.ts';
import { chartGroups } from './scenario-charts.ts';
import type { ScenarioFigures } from './scenario-section.ts';
import { packJson } from './security.ts';
import { showSingleSamples } from './single-samples.ts';

/**
 * Writes `report.html` into the run directory, or for several, compared side by side, into the first; or the file that is named.
 * Returns its path.
 * Whatever goes wrong is the failure's text: a report that cannot be made must not take a run's result with it.
 */
export async function writeReport(
  directories: string | readonly string[],
  { file: given, ...context }: ReportContext & { readonly file?: string } = {},
): Promise<Result<string, string>> {
  const all = typeof directories === 'string' ? [directories] : directories;
  const [home] = all;
  if (home === undefined) return fail('no run directory was named');
  try {
    const file = given ?? join(home, REPORT_FILE);
    const isElsewhere = dirname(resolve(file)) !== resolve(home);
    const model = await readReport(all, { ...context, isElsewhere });
    if (!model.ok) return model;
    await writeWhole(file, await renderReport(model.value));
    return ok(file);
  } catch (error) {
    return fail(`the report could not be made: ${(error as Error).stack ?? error}`);
  }
}

/** The page of a model. */
export async function renderReport(model: ReportModel): Promise<string> {
  const drawn: { readonly chart: Chart; readonly compiled: unknown }[] = [];
  const draw = async (chart: Chart): Promise<DrawnFigure> => {
    const { svg, compiled } = await drawChart(chart);
    drawn.push({ chart, compiled });
    return { chart, svg };
  };
  const figures = new Map<string, ScenarioFigures>();
  for (const scenario of model.scenarios) figures.set(scenario.slug, await drawScenario(scenario, draw));
  const history = [];
  for (const chart of model.history ? historyCharts(model.history) : []) history.push(await draw(chart));
  const singleSamples = await showSingleSamples(model.scenarios, draw);
  return page(model, {
    figures,
    singleSamples,
    history,
    data: packJson(pageData(model, drawn)),
    script: (await readFile(join(projectRoot, 'build', 'report-page.js'), 'utf8')).trim(),
    style: await styleSheet(projectRoot),
  });
}

async function drawScenario(
  scenario: ScenarioPart,
  draw: (chart: Chart) => Promise<DrawnFigure>,
): Promise<ScenarioFigures> {
  const groups = [];
  for (const { heading, intro, charts } of chartGroups(scenario)) {
    const figures = [];
    for (const chart of charts) figures.push(await draw(chart));
    groups.push({ heading, intro, figures });
  }
  return { groups };
}

/** Parts of the style sheet, each file about one thing. A later one may refine what an earlier one says. */
const PARTS = ['colours', 'page', 'top', 'tables', 'figures', 'machines', 'narrow', 'versions', 'print'];

/** The page's style sheet as one text, without the indentation and line ends that only its authors need. */
async function styleSheet(root: string): Promise<string> {
  const read = (part: string) => readFile(join(root, 'report', 'html', 'style', `${part}.css`), 'utf8');
  const parts = await Promise.all(PARTS.map(read));
  return parts.join('\n').replaceAll(/\n\s*/g, '\n').trim();
}
