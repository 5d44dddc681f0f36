import { create } from 'xmlbuilder2';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { groupBy } from '../../harness/statistics/groups.ts';
import { formatMs } from '../format.ts';
import { isNothingDecided, undecidedText } from '../undecided.ts';
import {
  comparedName,
  comparisonsApart,
  comparisonsOf,
  type ExportedRun,
  type ExportFormat,
  operationName,
  type SummarisedOperation,
  variantOf,
} from './export-format.ts';
import { bootFailures, failedSamples, failureText, unsummarisedFailures } from './failed-samples.ts';
import { historyRegressions } from './history-regressions.ts';

/** In place of what XML 1.0 cannot hold: a guest may have printed anything. */
const REPLACEMENT = '\u{fffd}';

/**
 * JUnit XML as CI systems read it (the format of Ant's JUnitReport, of which there is no standard): a suite per scenario,
 * a case per variant and operation. Regressions and failures are failed cases; where there is no verdict, skipped ones;
 * and where there is not one verdict, a case with an error.
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
      errors: cases.filter(({ result }) => result.kind === 'error').length,
      skipped: cases.filter(({ result }) => result.kind === 'skipped').length,
      time: cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0).toFixed(3),
      timestamp: file.started_at.replace(/(\.\d+)?Z$/, ''),
      hostname: String(file.host.hostname ?? ''),
    });
    for (const { className, name, seconds, result } of cases) {
      const element = suite.ele('testcase', {
        classname: className,
        name,
        ...(seconds !== undefined && { time: seconds.toFixed(6) }),
      });
      if (result.kind === 'failed')
        element.ele('failure', { type: result.type, message: result.message }).txt(result.text);
      if (result.kind === 'error') element.ele('error', { type: 'undecided', message: result.message });
      if (result.kind === 'skipped') element.ele('skipped', { message: result.message });
    }
  }
  return `${document.end({ prettyPrint: true })}\n`;
}

/** What became of one variant and operation. */
interface Case {
  readonly scenario: string;
  readonly className: string;
  readonly name: string;
  /** Absent where it is not known. */
  readonly seconds?: number;
  readonly result:
    | { readonly kind: 'passed' }
    | { readonly kind: 'failed'; readonly type: string; readonly message: string; readonly text: string }
    /** It was to be decided and could not be. */
    | { readonly kind: 'error'; readonly message: string }
    | { readonly kind: 'skipped'; readonly message: string };
}

type Failures = ReturnType<typeof failedSamples>;

/** Of failed samples; a variant that is broken fails dozens of times in the same way. */
const SHOWN_FAILURES = 20;

/** The operations of a run, what of it is in no figure, and what the history of its folder has found. */
function casesOf(run: ExportedRun): readonly Case[] {
  return [
    ...run.files.summary.operations.map((operation) => caseOf(run, operation)),
    ...unsummarisedFailures(run).map(({ scenario, variant, name, samples }) =>
      caseWithoutFigures(scenario, variant, name, failed('failed', countText(samples.length), failureLines(samples))),
    ),
    ...bootFailures(run).map(({ scenario, variant, boot, text }) =>
      caseWithoutFigures(scenario, variant, `boot ${boot}, between operations`, failed('failed', text, [])),
    ),
    ...comparisonsApart(run).map((comparison) =>
      caseWithoutFigures(
        comparison.scenario,
        comparison.variant,
        comparedName(run, comparison),
        alarmOf(comparison, []) ?? skipped(comparison),
      ),
    ),
    ...nothingDecided(run),
    ...(run.history ? historyRegressions(run.history) : []).map(({ scenario, variant, name, kind, text }) =>
      caseWithoutFigures(
        scenario,
        variant,
        `history: ${kind === 'failing' ? 'failures of ' : ''}${name}`,
        failed(kind, text, []),
      ),
    ),
  ];
}

/** Skipped cases alone would read as a night on which all is well. */
function nothingDecided({ comparisons }: ExportedRun): readonly Case[] {
  const [first] = comparisons;
  if (!first || !isNothingDecided(comparisons)) return [];
  const message = undecidedText(comparisons) ?? '';
  return [
    {
      ...caseWithoutFigures(first.scenario, '', '', { kind: 'error', message }),
      className: first.scenario,
      name: `comparison with ${first.base.label}`,
    },
  ];
}

function caseWithoutFigures(scenario: string, variant: string, name: string, result: Case['result']): Case {
  return { scenario, className: `${scenario}.${variant}`, name, seconds: 0, result };
}

function countText(count: number): string {
  return count === 1 ? '1 operation failed' : `${count} operations failed`;
}

/** `seconds` is the median latency: what a CI system then plots as the duration of the case. */
function caseOf(run: ExportedRun, operation: SummarisedOperation): Case {
  return {
    scenario: operation.scenario,
    className: `${operation.scenario}.${operation.variant}`,
    name: operationName(operation),
    ...(operation.p50_ms !== undefined && { seconds: operation.p50_ms / 1000 }),
    result: resultOf(run, operation),
  };
}

function resultOf(run: ExportedRun, operation: SummarisedOperation): Case['result'] {
  const [comparison] = comparisonsOf(run, operation);
  const failures = failedSamples(run, operation);
  const details = [...failureLines(failures), ...conditions(run, operation)];
  const alarm = comparison && alarmOf(comparison, details);
  if (alarm) return alarm;
  // The summary counts them, too, where samples.csv cannot be read.
  const count = Math.max(failures.length, operation.failures);
  if (count > 0) return failed('failed', `${count} of ${operation.n_samples} operations failed`, details);
  return comparison?.verdict === 'undecided' || comparison?.verdict === 'incomparable'
    ? skipped(comparison)
    : { kind: 'passed' };
}

function skipped({ verdict, reason }: Comparison): Case['result'] {
  return { kind: 'skipped', message: `${verdict}: ${reason}` };
}

function alarmOf(comparison: Comparison, details: readonly string[]): Case['result'] | undefined {
  const { verdict, reason } = comparison;
  if (verdict !== 'regressed' && verdict !== 'failing') return undefined;
  return failed(verdict, reason, [reason, ...changedPhases(comparison), ...details]);
}

function failed(type: string, message: string, lines: readonly string[]): Case['result'] {
  return { kind: 'failed', type, message, text: lines.join('\n') };
}

function changedPhases({ phases }: Comparison): readonly string[] {
  return phases.map(
    ({ phase, baseMs, currentMs }) => `phase ${phase}: ${formatMs(baseMs)} ms, now ${formatMs(currentMs)} ms`,
  );
}

function failureLines(failures: Failures): readonly string[] {
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
