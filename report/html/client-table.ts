import type { ClientView } from '../../harness/findings/client-policies.ts';
import { formatMs } from '../format.ts';
import { html, type Markup } from './markup.ts';

type LabelledView = ClientView & { readonly label: string };

/** For someone whose client waits only so long: what its users would have seen of these operations. */
export function clientTable(views: readonly LabelledView[]): Markup | undefined {
  if (views.length === 0) return undefined;
  const some = (has: (view: LabelledView) => boolean) => views.some(has);
  const isPending = some(({ pending }) => pending > 0);
  const isUnknown = some(({ unknown }) => unknown > 0);
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="What users of kata, libvirt and nova would have seen">
      <table class="sortable">
        <caption>What users of kata, libvirt and nova would have seen, by how long those wait</caption>
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col">client</th>
            <th scope="col">operation</th>
            <th scope="col" class="number">n</th>
            <th scope="col" class="number">done</th>
            <th scope="col" class="number">known after, ms</th>
            <th scope="col" class="number">failed</th>
            <th scope="col" class="number">95 % interval</th>
            ${isPending && html`<th scope="col" class="number">still there when the call came back</th><th scope="col" class="number">gone after, ms</th>`}
            ${isUnknown && html`<th scope="col" class="number">not known</th>`}
          </tr>
        </thead>
        <tbody>
          ${views.map(
            (view) => html`<tr>
              <th scope="row">${view.label}</th>
              <td>${view.policy}</td>
              <td>${view.operation}</td>
              <td class="number" data-value=${view.n}>${view.n}</td>
              <td class="number" data-value=${view.done}>${view.done}</td>
              ${spanCell(view.doneMs)}
              <td class=${view.failed > 0 ? 'number bad' : 'number'} data-value=${view.failed}>${failedText(view)}</td>
              <td class="number">${intervalText(view)}</td>
              ${isPending && html`<td class="number" data-value=${view.pending}>${view.pending}</td>${spanCell(view.pendingUntilMs)}`}
              ${isUnknown && html`<td class="number" data-value=${view.unknown}>${view.unknown}</td>`}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="intro">Replayed over what was recorded, by the waits these clients have by default: <code>bench policy</code> names the source of each.${isUnknown ? ' Not known is what a client would have asked for again, or waited for longer than this run did.' : ''}</p>
  `;
}

function failedText({ failed, failsAfterMs }: ClientView): string {
  return failed === 0 ? '0' : `${failed}, after ${failsAfterMs / 1000} s`;
}

function spanCell(span: ClientView['doneMs']): Markup {
  if (!span) return html`<td class="number" data-value="">–</td>`;
  const [median, longest] = [formatMs(span.median), formatMs(span.longest)];
  const text = median === longest ? median : `${median}, at most ${longest}`;
  return html`<td class="number" data-value=${span.median}>${text}</td>`;
}

function intervalText({ failedShare }: ClientView): string {
  if (!failedShare?.ci95) return '–';
  const [low, high] = failedShare.ci95.map((share) => (100 * share).toFixed(0));
  return `${low} to ${high} %`;
}
