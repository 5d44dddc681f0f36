import { create } from 'xmlbuilder2';
import { groupBy } from '../../harness/statistics/groups.ts';
import type { ExportedRun, ExportFormat } from './export-format.ts';
import { casesOf } from './junit-cases.ts';

/** In place of what XML 1.0 cannot hold: a guest may have printed anything. */
const REPLACEMENT = '\u{fffd}';

/**
 * JUnit XML as CI systems read it (the format of Ant's JUnitReport, of which there is no standard): a suite per scenario,
 * a case per variant and operation. Regressions and failures are failed cases; where there is no verdict, skipped ones.
 */
export const junit: ExportFormat = {
  name: 'junit',
  description: 'JUnit XML: regressions and failures are failed cases',
  several: false,
  historical: true,
  render: ([run]) => ({ text: run ? xmlOf(run) : '', notes: [] }),
};

function xmlOf(run: ExportedRun): string {
  const { run: file } = run.files;
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: REPLACEMENT });
  const suites = document.ele('testsuites', { name: `hotplug-bench ${file.run_id}` });
  for (const [scenario, cases] of groupBy(casesOf(run), (one) => one.scenario)) {
    const suite = suites.ele('testsuite', {
      name: scenario,
      tests: cases.length,
      failures: cases.filter(({ result }) => result.kind === 'failed').length,
      errors: 0,
      skipped: cases.filter(({ result }) => result.kind === 'skipped').length,
      time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
      timestamp: file.started_at.replace(/(\.\d+)?Z$/, ''),
      hostname: String(file.host.hostname ?? ''),
    });
    for (const { className, name, seconds, result } of cases) {
      const element = suite.ele('testcase', { classname: className, name, time: seconds.toFixed(6) });
      if (result.kind === 'failed')
        element.ele('failure', { type: result.type, message: result.message }).txt(result.text);
      if (result.kind === 'skipped') element.ele('skipped', { message: result.message });
    }
  }
  return `${document.end({ prettyPrint: true })}\n`;
}
