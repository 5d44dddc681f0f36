import type { MachineOverVersions, VersionTable } from '../../harness/statistics/version-table.ts';
import { formatMs } from '../format.ts';
import type { ScenarioPart } from '../model/report-model.ts';
import { marksOf, noChangeText, noiseText, VERSION_KEY, versionChanges } from '../version-changes.ts';
import { operationName, unitOf } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** Part of the page's anchor for it, and its heading. */
export const VERSIONS_ANCHOR = 'versions';
export const VERSIONS_HEADING = 'Versions side by side';

/** Each operation over the versions of the guest's kernel and of QEMU; nothing where a scenario has one of each. */
export function versionSection({ slug, name, versions }: ScenarioPart): Markup {
  if (versions.length === 0) return null;
  return html`
    <section id=${`${slug}-${VERSIONS_ANCHOR}`} class="versions" aria-label=${`${name}: versions`}>
      <h3>${VERSIONS_HEADING}</h3>
      <p class="intro">${VERSION_KEY}</p>
      ${versions.map(({ table, runLabel }) => versionTable(table, runLabel))}
    </section>
  `;
}

function versionTable(table: VersionTable, runLabel: string): Markup {
  const { kernels, qemus, machines, warnings, clock } = table;
  const heading = `${operationName(table)}, ${unitOf(clock)}${runLabel === '' ? '' : ` (${runLabel})`}`;
  const changes = versionChanges(table);
  const unchanged = changes.length === 0 ? noChangeText(table) : undefined;
  const noise = noiseText(table);
  return html`
    <h4>${heading}</h4>
    <div class="scroll" tabindex="0" role="group" aria-label=${`Versions side by side: ${heading}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">machine</th>
            <th scope="col">guest</th>
            ${qemus.map((qemu) => html`<th scope="col" class="number">QEMU ${qemu}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${machines.map((machine) => machineRows(machine, kernels, qemus.length))}
        </tbody>
      </table>
    </div>
    <ul class="changes">
      ${changes.map(({ text, tone }) => html`<li class=${tone}>${text}</li>`)}
      ${unchanged && html`<li>${unchanged}</li>`}
    </ul>
    ${(noise !== undefined || warnings.length > 0) && html`<ul class="notes">${[...(noise ? [noise] : []), ...warnings].map((text) => html`<li>${text}</li>`)}</ul>`}
  `;
}

function machineRows(machine: MachineOverVersions, kernels: readonly string[], qemus: number): Markup {
  const measured = kernels.flatMap((kernel, index) => {
    const cells = machine.cells.filter((cell) => cell.kernel === index);
    return cells.length === 0 ? [] : [{ kernel, cells }];
  });
  return measured.map(
    ({ kernel, cells }, row) => html`
      <tr class=${row === 0 ? 'first' : ''}>
        ${row === 0 && html`<th scope="rowgroup" rowspan=${measured.length}>${machine.label}</th>`}
        <th scope="row">Linux ${kernel}</th>
        ${Array.from({ length: qemus }, (_, qemu) => {
          const cell = cells.find((one) => one.qemu === qemu);
          return cell ? versionCell(machine, machine.cells.indexOf(cell)) : html`<td class="number muted">–</td>`;
        })}
      </tr>
    `,
  );
}

function versionCell(machine: MachineOverVersions, index: number): Markup {
  const cell = machine.cells[index];
  if (!cell) return null;
  const { latency, failedAs, samples, variant } = cell;
  return html`
    <td class="number" title=${variant}>
      ${latency && html`<strong>${formatMs(latency.p50Ms)}</strong>`}
      ${latency && latency.waitMs > 0 && html` <span class="muted">(${formatMs(latency.workMs)})</span>`}
      ${Object.entries(failedAs).map(
        ([outcome, count]) => html`<br /><span class="verdict-word bad">${count} of ${samples} ${outcome}</span>`,
      )}
      ${marksOf(machine, index).map(
        ({ arrow, text, tone }) => html`<br /><span class=${`verdict-word ${tone}`}>${arrow} ${text}</span>`,
      )}
    </td>
  `;
}
