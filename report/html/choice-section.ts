import type { Choice } from '../../harness/findings/topology-choice.ts';
import { CHOICE_BASIS, choiceSentence, howText, nameOf, needText, reasonsOf, VERDICT_WORDS } from '../choice-words.ts';
import { formatMs } from '../format.ts';
import type { Decision } from '../model/report-model.ts';
import { percent } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** Which machine to choose, for each need, over all scenarios of the page. */
export function choiceSection(decisions: readonly Decision[]): Markup {
  if (decisions.length === 0) return null;
  return html`
    <section id="choice" aria-label="Which machine to choose">
      <h2>Which machine?</h2>
      ${decisions.map(decision)}
      <p class="muted">${CHOICE_BASIS} Another need: <code>bench choose RUN --need disks=8,vfio,deadline=3s</code>, or the same flag for <code>bench report</code>.</p>
    </section>
  `;
}

function decision({ need, choices }: Decision): Markup {
  return html`
    <p class="intro">${choiceSentence(need, choices)}</p>
    <details>
      <summary>What each machine was weighed by</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${`Machines for ${needText(need)}`}>
        <table class="sortable">
          <caption>Machines for ${needText(need)}</caption>
          <thead>
            <tr>
              <th scope="col">machine</th>
              <th scope="col">topology</th>
              <th scope="col">fits</th>
              <th scope="col" class="number">last device, ms</th>
              <th scope="col">known</th>
              <th scope="col" class="number">slots</th>
              <th scope="col" class="number">left</th>
              <th scope="col" class="number">failed</th>
              <th scope="col" class="number">boot, ms</th>
              <th scope="col">why not, and what to arrange</th>
            </tr>
          </thead>
          <tbody>
            ${choices.map((choice) => choiceRow(choice, nameOf(choice.candidate, choices)))}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

function choiceRow(choice: Choice, name: string): Markup {
  const { last, slotsLeft, verdict, candidate } = choice;
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${candidate.topology}</td>
    <td class=${verdict === 'does-not-fit' ? 'bad' : ''}>${VERDICT_WORDS[verdict]}</td>
    ${millisecondsCell(last?.lastMs)}
    <td>${last ? howText(last) : '–'}</td>
    <td class="number" data-value=${candidate.slots ?? -1}>${candidate.slots ?? '–'}</td>
    <td class="number" data-value=${slotsLeft ?? -1}>${slotsLeft ?? '–'}</td>
    <td class="number" data-value=${candidate.failureRate}>${percent(candidate.failureRate)}</td>
    ${millisecondsCell(candidate.bootMs)}
    <td>${reasonsOf(choice).join('; ')}</td>
  </tr>`;
}

function millisecondsCell(value: number | undefined): Markup {
  return html`<td class="number" data-value=${value ?? ''}>${value === undefined ? '–' : formatMs(value)}</td>`;
}
