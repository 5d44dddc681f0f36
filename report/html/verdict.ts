import type { History } from '../../harness/history/history.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { seriesName } from '../charts/history.ts';
import { riseText } from '../history-words.ts';
import type { ReportModel } from '../model/report-model.ts';
import { isNothingDecided, undecidedOf } from '../undecided.ts';
import { count, list, times } from '../words.ts';

export interface VerdictLine {
  readonly tone: 'good' | 'bad' | 'plain';
  readonly headline: string;
  readonly detail: string;
}

/** Something that got worse: its name, and the reason in a sentence. */
interface Regression {
  readonly name: string;
  /** The phase that moved the most; empty where none is known. */
  readonly phase: string;
  readonly reason: string;
}

/** Regressions that the headline names; the table has all. */
const MAX_NAMED = 4;

/** The one sentence that a reader with ten seconds takes away. */
export function verdictOf(model: ReportModel): VerdictLine {
  const { comparisons } = model;
  const failures = model.scenarios.reduce((sum, { failures: { total } }) => sum + total, 0);
  const failed = failures === 0 ? '' : `${count(failures, 'sample')} failed`;
  const compared = comparedRegressions(comparisons);
  const historical = historicalRegressions(model.history).filter(
    ({ name }) => !compared.some((one) => one.name === name),
  );
  const worse = [...compared, ...historical];
  if (worse.length > 0) {
    return {
      tone: 'bad',
      headline: `${count(worse.length, 'regression')}: ${list(worse.map(headlineNameOf), MAX_NAMED)}`,
      detail: sentences([...worse.slice(0, MAX_NAMED).map(({ reason }) => reason), failed]),
    };
  }
  if (failures > 0) return { tone: 'bad', headline: failed, detail: detailOf(model) };
  const samples = model.scenarios.reduce((sum, scenario) => sum + scenario.samples.length, 0);
  const aborted = model.scenarios.reduce((sum, scenario) => sum + scenario.failures.aborted, 0);
  if (samples === 0) return { tone: 'bad', headline: 'Nothing was measured', detail: '' };
  if (comparisons.length > 0) {
    const tone = undecidedOf(comparisons).length > 0 ? 'plain' : 'good';
    return { tone, headline: headlineOf(comparisons), detail: detailOf(model) };
  }
  if (model.history && model.history.runs > 1) {
    return { tone: 'good', headline: 'No latency is on another level than before', detail: detailOf(model) };
  }
  const late = latenessOf(model).missed;
  const ended = aborted === 0 ? `All ${samples} samples` : `${samples - aborted} of ${samples} samples`;
  const except = `${late === 0 ? '' : `, ${late} of them too late`}${aborted === 0 ? '' : `; ${aborted} ${aborted === 1 ? 'was' : 'were'} not tried to the end`}`;
  return {
    tone: 'plain',
    headline: `${ended} ended as they should${expectedOf(model)}${except}`,
    detail: detailOf(model),
  };
}

/** What a scenario expects need not be `ok`: then the reader is told how it ended. */
function expectedOf({ scenarios }: ReportModel): string {
  const counts = new Map<string, number>([['ok', 0]]);
  for (const { outcome, isExpected } of scenarios.flatMap(({ samples }) => samples)) {
    if (isExpected) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts.size === 1 ? '' : ` (${list([...counts].map(([outcome, n]) => `${n} ${outcome}`))})`;
}

function comparedRegressions(comparisons: readonly Comparison[]): readonly Regression[] {
  const worse = comparisons.filter(({ verdict }) => verdict === 'regressed' || verdict === 'failing');
  return worse.map((comparison) => {
    const name = nameOf(comparison);
    const { reason, phases } = comparison;
    return { name, phase: phases[0]?.phase ?? '', reason: worse.length > 1 ? `${name}: ${reason}` : reason };
  });
}

function headlineNameOf({ name, phase }: Regression): string {
  return phase === '' ? name : `${name} (${phase})`;
}

function historicalRegressions(history: History | undefined): readonly Regression[] {
  return (history?.series ?? []).flatMap((series): readonly Regression[] => {
    const { regression, failing } = series;
    const name = seriesName(series);
    const rises = failing ? [{ name, phase: '', reason: `${name}: ${riseText(failing)}` }] : [];
    if (!regression) return rises;
    const { beforeMs, nowMs, runId } = regression;
    const phase = regression.phase ? `, most of it in ${regression.phase.phase}` : '';
    const reason = `${name} takes ${times(nowMs / beforeMs)} as long since ${runId}${phase}`;
    return [...rises, { name, phase: regression.phase?.phase ?? '', reason }];
  });
}

function detailOf(model: ReportModel): string {
  return sentences([lateness(model), comparedWith(model)]);
}

/** Good samples that came too late for whoever set the deadline, and whose they are. */
function latenessOf({ scenarios }: ReportModel): { readonly missed: number; readonly who: readonly string[] } {
  const late = scenarios.flatMap(({ variants, name }) =>
    variants.flatMap(({ label, operations }) =>
      operations.flatMap(({ operation, deviceId, deadline }) =>
        deadline && deadline.missed > 0
          ? [
              {
                missed: deadline.missed,
                who: `${scenarios.length > 1 ? `${name}/` : ''}${label} ${operation} ${deviceId}`.trim(),
              },
            ]
          : [],
      ),
    ),
  );
  return { missed: late.reduce((sum, one) => sum + one.missed, 0), who: late.map(({ who }) => who) };
}

function lateness(model: ReportModel): string {
  const { missed, who } = latenessOf(model);
  return missed === 0 ? '' : `${count(missed, 'sample')} later than the deadline: ${list(who, MAX_NAMED)}`;
}

function comparedWith({ comparisons, history }: ReportModel): string {
  if (comparisons.length > 0) return tally(comparisons);
  if (history && history.runs > 1) return `Looked at ${count(history.runs, 'run')}; no baseline was given.`;
  return 'Nothing to compare with: no baseline was given.';
}

function sentences(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => (text.endsWith('.') ? text : `${text}.`))
    .join(' ');
}

export function nameOf({ scenario, variant, operation, deviceId }: Comparison): string {
  return [`${scenario}/${variant} ${operation}`, ...(deviceId ? [deviceId] : [])].join(' ');
}

function headlineOf(comparisons: readonly Comparison[]): string {
  if (comparisons.every(({ verdict }) => verdict === 'unchanged')) return 'Nothing changed';
  if (isNothingDecided(comparisons)) return 'Nothing could be decided';
  const open = undecidedOf(comparisons).length;
  return open === 0
    ? 'Nothing got worse'
    : `${count(open, 'comparison')} of ${comparisons.length} undecided, the others no worse`;
}

function tally(comparisons: readonly Comparison[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of comparisons) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return `Compared: ${[...counts].map(([verdict, n]) => `${n} ${verdict}`).join(', ')}.`;
}
