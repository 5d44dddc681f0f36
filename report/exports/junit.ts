import { create } from 'xmlbuilder2';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { formatMs } from '../format.ts';
import {
  comparisonsOf,
  type ExportedRun,
  type ExportFormat,
  operationName,
  type SummarisedOperation,
  scenariosOf,
  variantOf,
} from './export-format.ts';
import { failedSamples, failureText } from './failed-samples.ts';

/** What became of one variant and operation. */
interface Case {
  readonly className: string;
  readonly name: string;
  readonly seconds: number;
  readonly result:
    | { readonly kind: 'passed' }
    | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly text: string }
    | { readonly kind: 'skipped'; readonly message: string };
}

/** In place of what XML 1.0 cannot hold: a guest may have printed anything. */
const REPLACEMENT = '\u{fffd}';
/** Of failed samples; a variant that is broken fails dozens of times in the same way. */
const SHOWN_FAILURES = 20;

/**
 * JUnit XML as CI systems read it (the format of Ant's JUnitReport, of which there is no standard): a suite per scenario,
 * a case per variant and operation. Regressions and failures are failed cases; where there is no verdict, skipped ones.
 */
export const junit: ExportFormat = {
  name: 'junit',
  description: 'JUnit XML: regressions and failures are failed cases',
  several: false,
  render: ([run]) => ({ text: run ? xmlOf(run) : '', notes: [] }),
};

function xmlOf(run: ExportedRun): string {
  const { run: file } = run.files;
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: REPLACEMENT });
  const suites = document.ele('testsuites', { name: `hotplug-bench ${file.run_id}` });
  for (const scenario of scenariosOf(run)) {
    const cases = casesOf(run, scenario);
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

function casesOf(run: ExportedRun, scenario: string): readonly Case[] {
  const operations = run.files.summary.operations.filter((operation) => operation.scenario === scenario);
  const compared = run.comparisons.filter((comparison) => comparison.scenario === scenario);
  return [
    ...operations.map((operation) => caseOf(run, operation, comparisonsOf(run, operation)[0])),
    ...compared.filter(({ verdict }) => verdict === 'missing').map(missingCase),
  ];
}

/** `time` is the median latency: what a CI system then plots as the duration of the case. */
function caseOf(run: ExportedRun, operation: SummarisedOperation, comparison: Comparison | undefined): Case {
  return {
    className: `${operation.scenario}.${operation.variant}`,
    name: operationName(operation),
    seconds: (operation.p50_ms ?? 0) / 1000,
    result: resultOf(run, operation, comparison),
  };
}

function missingCase({ scenario, variant, operation, deviceId, reason }: Comparison): Case {
  return {
    className: `${scenario}.${variant}`,
    name: operationName({ operation, device_id: deviceId ?? '' }),
    seconds: 0,
    result: { kind: 'skipped', message: `missing: ${reason}` },
  };
}

function resultOf(
  run: ExportedRun,
  operation: SummarisedOperation,
  comparison: Comparison | undefined,
): Case['result'] {
  const failures = failedSamples(run, operation);
  const verdict = comparison?.verdict;
  if (comparison && (verdict === 'regressed' || verdict === 'failing')) {
    const text = [
      comparison.reason,
      ...changedPhases(comparison),
      ...failureLines(failures),
      ...conditions(run, operation),
    ];
    return { kind: 'failed', type: verdict, message: comparison.reason, text: text.join('\n') };
  }
  if (failures.length > 0) {
    const message = `${failures.length} of ${operation.n_samples} operations failed`;
    return {
      kind: 'failed',
      type: 'failed',
      message,
      text: [...failureLines(failures), ...conditions(run, operation)].join('\n'),
    };
  }
  if (comparison && (verdict === 'inconclusive' || verdict === 'incomparable')) {
    return { kind: 'skipped', message: `${verdict}: ${comparison.reason}` };
  }
  return { kind: 'passed' };
}

function changedPhases({ phases }: Comparison): readonly string[] {
  return phases.map(
    ({ phase, baseMs, currentMs }) => `phase ${phase}: ${formatMs(baseMs)} ms, now ${formatMs(currentMs)} ms`,
  );
}

function failureLines(failures: ReturnType<typeof failedSamples>): readonly string[] {
  const rest = failures.length - SHOWN_FAILURES;
  return [...failures.slice(0, SHOWN_FAILURES).map(failureText), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

/** Where the time goes, and under what it was measured. */
function conditions(run: ExportedRun, operation: SummarisedOperation): readonly string[] {
  const phases = operation.phases?.medians ?? [];
  const variant = variantOf(run, operation);
  return [
    ...(phases.length === 0
      ? []
      : [`median phases, ms: ${phases.map(({ phase, duration_ms: ms }) => `${phase} ${formatMs(ms)}`).join(', ')}`]),
    ...(variant
      ? [`${variant.accelerator.used} (${variant.accelerator.why}); ${variant.guest.kernel.description}`]
      : []),
    ...operation.warnings,
  ];
}
