import type { History, Series } from '../../harness/history/history.ts';
import { formatMs } from '../format.ts';
import { changeText } from '../terminal/history.ts';

/** A latency that has been at a higher level since some night, for formats that are text. */
export interface HistoryRegression {
  readonly scenario: string;
  readonly variant: string;
  /** Unique in a variant: `plug (lab-3, kvm)`. */
  readonly name: string;
  /** Since when, by how much, and in which phase. */
  readonly text: string;
}

/** What is a regression now, whether or not the run that is exported has measured it: `bench history` exits with 1 for each. */
export function historyRegressions({ series }: History): readonly HistoryRegression[] {
  return series.flatMap((one) => {
    if (!one.regression) return [];
    const { scenario, variant } = one;
    return [{ scenario, variant, name: seriesName(one), text: `${changeText(one.regression)}${levels(one)}` }];
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

/** Of the nights before the change and of those since. */
function levels({ segments }: Series): string {
  const [before, after] = segments.slice(-2).map(({ medianMs }) => medianMs);
  return before === undefined || after === undefined ? '' : `; median ${formatMs(before)} → ${formatMs(after)} ms`;
}
