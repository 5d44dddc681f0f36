import { CLIENT_POLICIES, type ClientView } from '../../harness/findings/client-policies.ts';
import { formatMs } from '../format.ts';
import { left, right, textTable } from './table.ts';

const COLUMNS = [
  ...[left('client'), left('variant'), left('operation'), right('n'), right('done'), right('client knows after, ms')],
  ...[right('failed'), right('95 % interval'), right('still there'), right('gone after, ms'), right('not known')],
];

/** What users of kata, libvirt and nova would have seen: a table, and what their waits are from. */
export function clientViewLines(views: readonly ClientView[]): readonly string[] {
  if (views.length === 0) return ['no plug or unplug on the real clock that a client could have waited for'];
  const scenarios = new Set(views.map(({ scenario }) => scenario));
  const rows = views.map((view) => [
    view.policy,
    scenarios.size > 1 ? `${view.scenario}/${view.variant}` : view.variant,
    view.operation,
    String(view.n),
    String(view.done),
    spanText(view.doneMs),
    view.failed === 0 ? '0' : `${view.failed} (after ${view.failsAfterMs / 1000} s)`,
    intervalText(view),
    view.pending === 0 ? '' : String(view.pending),
    spanText(view.pendingUntilMs),
    view.unknown === 0 ? '' : String(view.unknown),
  ]);
  const named = new Set(views.map(({ policy, operation }) => `${policy} ${operation}`));
  const notes = CLIENT_POLICIES.flatMap(({ name, plug, unplug }) =>
    Object.entries({ plug, unplug }).flatMap(([operation, patience]) => {
      if (!patience || !named.has(`${name} ${operation}`)) return [];
      const looks = patience.pollMs === undefined ? '' : `, looking every ${patience.pollMs} ms`;
      const end = { fails: 'fails', pending: 'comes back as if done', 'asks-again': 'asks again' }[patience.inVain];
      return [`${name}, ${operation}: waits ${patience.waitMs / 1000} s${looks}, then ${end} (${patience.source})`];
    }),
  );
  return [...textTable(COLUMNS, rows), '', ...notes, ...remarks(views)];
}

function remarks(views: readonly ClientView[]): readonly string[] {
  const isUnknown = views.some(({ unknown }) => unknown > 0);
  return isUnknown
    ? ['not known: the client would have asked again, or waited longer than this run did; in no share of failures']
    : [];
}

function spanText(span: { readonly median: number; readonly longest: number } | undefined): string {
  if (!span) return '';
  const [median, longest] = [formatMs(span.median), formatMs(span.longest)];
  return median === longest ? median : `${median} (at most ${longest})`;
}

function intervalText({ failedShare }: ClientView): string {
  if (!failedShare?.ci95) return '';
  const [low, high] = failedShare.ci95.map((share) => `${(100 * share).toFixed(0)} %`);
  return `${low} to ${high}`;
}
