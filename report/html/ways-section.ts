import type { Way, WaysOfMachine } from '../../harness/findings/ways.ts';
import { formatMs } from '../format.ts';
import { machineText, waysSentence, wayText } from '../ways-words.ts';
import { html, type Markup } from './markup.ts';

/** For someone who waits for a guest with its devices: which way to give it them is soonest, on each machine. */
export function waysSection(machines: readonly WaysOfMachine[]): Markup | undefined {
  if (machines.length === 0) return undefined;
  return html`
    ${machines.map((machine) => html`<p class="intro">${waysSentence(machine)}</p>`)}
    <div class="scroll" tabindex="0" role="group" aria-label="From spawning QEMU until the last device is usable">
      <table class="sortable">
        <caption>From spawning QEMU until the last device is usable, by how the guest gets its devices</caption>
        <thead>
          <tr>
            <th scope="col">machine</th>
            <th scope="col">devices</th>
            <th scope="col" class="number">boots</th>
            <th scope="col" class="number">failed</th>
            <th scope="col" class="number">median, ms</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col" class="number">after ready, ms</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col" class="number">QEMU's memory, MiB</th>
          </tr>
        </thead>
        <tbody>
          ${machines.map((machine) => machine.ways.map((way) => row(machineText(machine), way)))}
        </tbody>
      </table>
    </div>
  `;
}

function row(machine: string, { untilUsableMs, afterReadyMs, residentMiB, boots, failed, ...way }: Way): Markup {
  const value = untilUsableMs?.value;
  return html`<tr>
    <th scope="row">${machine}</th>
    <td>${wayText(way)}</td>
    <td class="number" data-value=${boots}>${boots}</td>
    <td class=${failed > 0 ? 'number bad' : 'number'} data-value=${failed}>${failed}</td>
    <td class="number" data-value=${value ?? ''}>${value === undefined ? '–' : formatMs(value)}</td>
    <td class="number">${untilUsableMs?.ci95?.map(formatMs).join(' to ') ?? '–'}</td>
    <td class="number" data-value=${afterReadyMs?.value ?? ''}>${afterReadyMs === undefined ? '–' : formatMs(afterReadyMs.value)}</td>
    <td class="number">${afterReadyMs?.ci95?.map(formatMs).join(' to ') ?? '–'}</td>
    <td class="number" data-value=${residentMiB ?? ''}>${residentMiB?.toFixed(0) ?? '–'}</td>
  </tr>`;
}
