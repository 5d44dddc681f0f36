import { styleText } from 'node:util';
import { median } from 'simple-statistics';
import {
  type EnvironmentChange,
  type History,
  isAlarm,
  type SegmentBeginning,
  type Series,
} from '../../harness/history/history.ts';
import { MIN_WINDOW } from '../../harness/statistics/clearest-split.ts';
import { DEFAULT_THRESHOLD } from '../../harness/statistics/comparison.ts';
import { groupBy } from '../../harness/statistics/groups.ts';
import { formatMs, formatRatio } from '../format.ts';
import { changeText, day, regressionText, riseText } from '../history-words.ts';
import { count } from '../words.ts';
import { type Column, textTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'variant', align: 'left' },
  { heading: 'operation', align: 'left' },
  { heading: 'runs', align: 'right' },
  { heading: 'first ms', align: 'right' },
  { heading: 'last ms', align: 'right' },
  { heading: 'level ms', align: 'right' },
  { heading: 'trend', align: 'left' },
  { heading: 'last change', align: 'left' },
];

/** Characters of a trend line; each stands for an equal share of the runs. */
const TREND_WIDTH = 24;
const BARS = '▁▂▃▄▅▆▇█';
/** From the lowest to the highest bar it is at least this share of the highest value, or noise would look like mountains. */
const LEAST_RANGE = 0.2;
/** A value of a guest's parameters or steps can be long. */
const SHOWN_VALUE = 60;

/** The history as lines for a terminal: per host and scenario a table, then what changed and when. */
export function historyLines(history: History, colour: boolean): readonly string[] {
  const groups = groupBy(history.series, ({ host, scenario, accelerator, clock, bootMode }) => {
    const notes = [
      accelerator,
      ...(clock === 'real' ? [] : [`${clock} clock`]),
      ...(bootMode === 'fresh' ? [] : [bootMode]),
    ];
    return `${scenario} on ${host} (${notes.join(', ')})`;
  });
  const regressed = history.series.filter(({ regression }) => regression).length;
  const failing = history.series.filter(({ failing }) => failing).length;
  return [
    ...[...groups].flatMap(([title, series]) => groupLines(title, series, colour)),
    '',
    ...youngLines(history.series),
    `${count(history.runs, 'run')} in ${history.directory}, ${regressed} of ${history.series.length} series regressed` +
      (failing === 0 ? '' : `, ${failing} fail more than they did`),
  ];
}

/** Of a series that has just begun nothing is said, and its silence must not read as if nothing had changed. */
function youngLines(series: readonly Series[]): readonly string[] {
  const current = series.filter((one) => one.current);
  const young = current.filter(({ points, segments }) => {
    const began = segments.findLast(({ beginning }) => beginning.kind !== 'change')?.start ?? 0;
    return points.length - began < MIN_WINDOW;
  });
  if (young.length === 0) return [];
  return [
    `${young.length} of ${current.length} series have less than ${MIN_WINDOW} runs since they began or since their last break: ` +
      'no step is found in them yet, and the level with which they begin is taken as accepted',
  ];
}

function groupLines(title: string, series: readonly Series[], colour: boolean): readonly string[] {
  const rows = series.map((one, index) => row(one, series[index - 1]?.variant !== one.variant));
  const [heading = '', rule = '', ...lines] = textTable(COLUMNS, rows);
  return [
    '',
    paint(colour, 'bold', title),
    '',
    paint(colour, 'bold', heading),
    rule,
    ...lines.map((line, index) => {
      const one = series[index];
      return one && isAlarm(one) ? paint(colour, 'red', line) : line;
    }),
    ...environmentLines(series),
    ...series.flatMap((one) => changeLines(one, colour)),
  ];
}

function row({ variant, operation, deviceId, points, segments, current }: Series, first: boolean): readonly string[] {
  const medians = points.flatMap(({ p50Ms }) => p50Ms ?? []);
  const level = segments.at(-1)?.medianMs;
  const last = segments.flatMap(({ beginning }) => (isNews(beginning) ? beginning : [])).at(-1);
  return [
    first ? `${variant}${current ? '' : ' (not run lately)'}` : '',
    deviceId === '' ? operation : `${operation} ${deviceId}`,
    String(points.length),
    text(points[0]?.p50Ms),
    text(points.at(-1)?.p50Ms),
    text(level),
    trendLine(medians),
    last ? `${day(last.date)} ${formatRatio(last.ratio)}` : '',
  ];
}

/** The median of each share of the runs, from the lowest to the highest bar. */
function trendLine(medians: readonly number[]): string {
  const width = Math.min(TREND_WIDTH, medians.length);
  const values = Array.from({ length: width }, (_, index) => {
    const share = medians.slice(
      Math.floor((index * medians.length) / width),
      Math.floor(((index + 1) * medians.length) / width),
    );
    return median([...share]);
  });
  const high = Math.max(...values);
  const floor = Math.min(...values, high * (1 - LEAST_RANGE));
  return values
    .map((value) => BARS[Math.min(BARS.length - 1, Math.floor(((value - floor) / (high - floor)) * BARS.length))])
    .join('');
}

/** What changed around the measurements. It usually changes for all series of a host at once, and is then said once. */
function environmentLines(series: readonly Series[]): readonly string[] {
  const breaks = new Map<string, Set<string>>();
  for (const { variant, points, segments } of series) {
    for (const { start, beginning } of segments) {
      const point = points[start];
      if (beginning.kind !== 'environment' || !point) continue;
      for (const change of beginning.changes) {
        const line = `${day(point.run.startedAt)}  ${environmentText(change)}`;
        const variants = breaks.get(line) ?? new Set();
        breaks.set(line, variants.add(variant));
      }
    }
  }
  const all = new Set(series.map(({ variant }) => variant)).size;
  return [...breaks]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([line, variants]) => `break: ${line}${variants.size === all ? '' : ` (${[...variants].join(', ')})`}`);
}

function environmentText({ what, before, after }: EnvironmentChange): string {
  return `${what}: ${shortened(before)} → ${shortened(after)}`;
}

function shortened(value: string): string {
  return value.length > SHOWN_VALUE ? `${value.slice(0, SHOWN_VALUE - 1)}…` : value;
}

function changeLines(series: Series, colour: boolean): readonly string[] {
  const { variant, operation, regression, accepted, failing, acceptedFailing } = series;
  const name = `${variant} ${operation}${series.deviceId === '' ? '' : ` ${series.deviceId}`}`;
  return [
    ...(failing ? [paint(colour, 'red', `failing: ${name} ${riseText(failing)}`)] : []),
    ...(acceptedFailing
      ? [`accepted by the baseline ${acceptedFailing.baseline}: ${name} ${riseText(acceptedFailing.rise)}`]
      : []),
    ...(regression ? [paint(colour, 'red', `regressed: ${name} ${regressionText(regression)}`)] : []),
    ...(accepted ? [`accepted by the baseline ${accepted.baseline}: ${name} ${regressionText(accepted.change)}`] : []),
    ...(regression || accepted ? [] : newsLines(name, series)),
  ];
}

function newsLines(name: string, { segments }: Series): readonly string[] {
  const last = segments.at(-1)?.beginning;
  return last && isNews(last) ? [`changed: ${name} ${changeText(last)}`] : [];
}

/** A change that is certain can still be too small to matter. */
function isNews(beginning: SegmentBeginning): beginning is Extract<SegmentBeginning, { kind: 'change' }> {
  return beginning.kind === 'change' && Math.abs(beginning.ratio - 1) > DEFAULT_THRESHOLD.relative;
}

function text(ms: number | undefined): string {
  return ms === undefined ? '-' : formatMs(ms);
}

function paint(colour: boolean, style: Parameters<typeof styleText>[0], line: string): string {
  // The caller has decided; styleText would look at standard output again, and only there.
  return colour ? styleText(style, line, { validateStream: false }) : line;
}
