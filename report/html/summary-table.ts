import { formatMs, formatRatio, quantileText } from '../format.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { OperationPart, ScenarioPart, VariantPart } from '../model/report-model.ts';
import type { Interval } from '../model/sample-row.ts';
import { unitOf } from '../words.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';

/**
 * Every variant of one clock and operation with its figures; columns can be sorted where scripts run. What is late and what failed
 * stands beside the median, so that a telephone shows it without scrolling.
 */
export function summaryTable({ variants, reference, slug }: ScenarioPart): Markup {
  const rows = variants.flatMap((variant) => variant.operations.map((operation) => ({ variant, operation })));
  const shown: OptionalColumns = {
    interval: rows.some(({ operation }) => operation.latency?.p50Ci95),
    ratio: rows.some(({ operation }) => operation.ratioToReference !== undefined),
    deadline: rows.some(({ operation }) => operation.deadline),
  };
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label=${`Summary table, ${unitOf(clockOf({ variants }))}`}>
      <table class="sortable" id=${`${slug}-summary`}>
        <caption>Latencies in ${unitOf(clockOf({ variants }))}; a measured operation that failed counts as longer than its limit, the maximum is of those that were ok</caption>
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col">operation</th>
            <th scope="col" class="number">median</th>
            ${shown.deadline && html`<th scope="col" class="number">late</th>`}
            <th scope="col" class="number">failed</th>
            ${shown.interval && html`<th scope="col" class="number">95 % CI</th>`}
            <th scope="col" class="number">95th pct.</th>
            <th scope="col" class="number">max</th>
            <th scope="col" class="number">fixed waits</th>
            ${shown.ratio && html`<th scope="col" class="number">vs ${reference}</th>`}
            <th scope="col" class="number">samples</th>
            <th scope="col" class="number">boots</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ variant, operation }) => row(variant, operation, shown))}
        </tbody>
      </table>
    </div>
  `;
}

/** Columns that are there only where a row has something in them. */
interface OptionalColumns {
  readonly interval: boolean;
  readonly ratio: boolean;
  readonly deadline: boolean;
}

function row(variant: VariantPart, operation: OperationPart, shown: OptionalColumns): Markup {
  const { latency, deadline, ratioToReference, failures, samples, phases } = operation;
  const waitMs = phases.reduce((sum, { kind, durationMs }) => (kind === 'fixed-wait' ? sum + durationMs : sum), 0);
  return html`
    <tr>
      <th scope="row">${glyph(variant)} <a href=${`#${variant.slug}`}>${variant.label}</a></th>
      <td>${[operation.operation, operation.deviceId, operation.bootMode === 'fresh' ? '' : operation.bootMode].join(' ')}</td>
      ${quantile(latency?.p50Ms, operation, 'strong')}
      ${
        shown.deadline &&
        html`<td class=${`number ${deadline && deadline.missed > 0 ? 'bad' : ''}`} data-value=${deadline?.missed ?? -1}>
          ${deadline ? `${deadline.missed} > ${formatMs(deadline.limitMs)}` : ''}
        </td>`
      }
      <td class=${`number ${failures > 0 ? 'bad' : ''}`} data-value=${failures}>${failureText(operation)}</td>
      ${shown.interval && intervalCell(latency?.p50Ci95)}
      ${quantile(latency?.p95Ms, operation)} ${number(latency?.maxMs, formatMs)}
      ${number(phases.length === 0 ? undefined : waitMs, (value) => (value === 0 ? '0' : formatMs(value)))}
      ${shown.ratio && number(ratioToReference, formatRatio)}
      ${number(samples, String)} ${number(operation.boots, String)}
    </tr>
  `;
}

function number(value: number | undefined, format: (value: number) => string, emphasis = ''): Markup {
  return html`<td class=${`number ${emphasis}`} data-value=${value ?? ''}>${value === undefined ? '–' : format(value)}</td>`;
}

function quantile(value: number | undefined, { censored }: OperationPart, emphasis = ''): Markup {
  if (value === undefined && !censored) return number(undefined, formatMs, emphasis);
  // Behind all that are known, where the table is sorted by it.
  const place = value ?? censored?.aboveMs ?? Number.MAX_SAFE_INTEGER;
  return html`<td class=${`number ${emphasis}`} data-value=${place}>${quantileText(value, censored)}</td>`;
}

function intervalCell(interval: Interval | undefined): Markup {
  if (!interval) return number(undefined, formatMs);
  const { low, high } = interval;
  return html`<td class="number" data-value=${high - low}>${formatMs(low)} to ${formatMs(high)}</td>`;
}

function failureText({ failures, outcomes }: OperationPart): string {
  const kinds = Object.entries(outcomes).filter(([outcome, n]) => outcome !== 'ok' && outcome !== 'aborted' && n > 0);
  const untried = (outcomes.aborted ?? 0) > 0 ? `; ${outcomes.aborted} not tried` : '';
  return failedText(failures, kinds) + untried;
}

function failedText(failures: number, kinds: readonly (readonly [outcome: string, n: number])[]): string {
  if (failures === 0 && kinds.length === 0) return '0';
  if (failures === 0) return `0; as expected ${kinds.map(([outcome, n]) => `${n} ${outcome}`).join(', ')}`;
  if (kinds.length === 1) return `${failures} ${kinds[0]?.[0]}`;
  return `${failures}: ${kinds.map(([outcome, n]) => `${n} ${outcome}`).join(', ')}`;
}
