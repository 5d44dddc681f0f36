import type { History, Regression, Series } from '../../harness/history/history.ts';
import { formatMs } from '../format.ts';
import { regressionText, riseText } from '../history-words.ts';

/** A latency that has been at a higher level since some night, or a larger share of failures, for formats that are text. */
export interface HistoryRegression {
  readonly scenario: string;
  readonly variant: string;
  /** Unique in a variant: `plug (lab-3, kvm)`. */
  readonly name: string;
  readonly kind: 'regressed' | 'failing';
  /** Since when, by how much, and in which phase. */
  readonly text: string;
}

/** What is worse now, whether or not the run that is exported has measured it: `bench history` exits with 1 for each. */
export function historyRegressions({ series }: History): readonly HistoryRegression[] {
  return series.flatMap((one) => {
    const { scenario, variant, regression, failing } = one;
    const name = seriesName(one);
    return [
      ...(failing ? [{ scenario, variant, name, kind: 'failing' as const, text: riseText(failing) }] : []),
      ...(regression
        ? [
            {
              scenario,
              variant,
              name,
              kind: 'regressed' as const,
              text: `${regressionText(regression)}${levels(regression)}`,
            },
          ]
        : []),
    ];
  });
}

function seriesName({ operation, deviceId, host, accelerator, clock, bootMode }: Series): string {
  const notes = [
    host,
    accelerator,
    ...(clock === 'real' ? [] : [clock]),
    ...(bootMode === 'fresh' ? [] : [bootMode]),
  ].join(', ');
  return `${operation}${deviceId === '' ? '' : ` ${deviceId}`} (${notes})`;
}

/** The last accepted level and the one now. */
function levels({ beforeMs, nowMs }: Regression): string {
  return `; median ${formatMs(beforeMs)} → ${formatMs(nowMs)} ms`;
}
