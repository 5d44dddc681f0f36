import { formatMs } from '../format.ts';
import { clockOf } from '../model/clock-parts.ts';
import type { OperationPart, PhasePart, ScenarioPart, VariantPart } from '../model/report-model.ts';
import { partsOf, rowLabel } from '../model/rows.ts';
import { KIND_WORDS } from '../palette.ts';
import { percent, unitOf } from '../words.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';

/** The phases of an operation on one clock as figures, with the place in a source file from which each is known. */
export function phaseDetails({ variants, name }: ScenarioPart, operation: OperationPart['operation']): Markup {
  const rows = variants.flatMap((variant) =>
    partsOf(variant, operation).flatMap((part) => part.phases.map((phase) => ({ variant, phase, part }))),
  );
  if (rows.length === 0) return null;
  const unit = unitOf(clockOf({ variants }));
  const sources = sourcesOf(rows.map(({ phase }) => phase));
  return html`
    <details class="events">
      <summary>The phases of ${operation} in ${unit}, and from which source each is known</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${`Phases of ${operation} in ${name}, ${unit}`}>
        <table class="sortable">
          <thead>
            <tr>
              <th scope="col">variant</th>
              <th scope="col">phase</th>
              <th scope="col">kind</th>
              <th scope="col" class="number">median, ${unit}</th>
              <th scope="col" class="number">share</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(({ variant, phase, part }) => row(variant, part, phase))}
          </tbody>
        </table>
      </div>
      ${sources.size > 0 && html`<dl class="sources">${[...sources].map(([source, names]) => html`<dt>${names.join(', ')}</dt><dd>${source}</dd>`)}</dl>`}
    </details>
  `;
}

/** Where phases are known from, each place once, with the phases that it tells of. */
function sourcesOf(phases: readonly PhasePart[]): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, string[]>();
  for (const { source, name } of phases) {
    const names = sources.get(source) ?? [];
    if (source !== '' && !names.includes(name)) sources.set(source, [...names, name]);
  }
  return sources;
}

/** As exact as a table needs to be sorted. */
function sortable(value: number): number {
  return Number(value.toPrecision(5));
}

function row(variant: VariantPart, part: OperationPart, phase: PhasePart): Markup {
  const share = part.latency ? phase.durationMs / part.latency.okP50Ms : undefined;
  return html`
    <tr>
      <th scope="row">${glyph(variant)} ${rowLabel(variant, part)}</th>
      <td class=${phase.kind}>${phase.name}</td>
      <td>${KIND_WORDS[phase.kind]}</td>
      <td class="number" data-value=${sortable(phase.durationMs)}>${formatMs(phase.durationMs)}</td>
      <td class="number" data-value=${share === undefined ? '' : sortable(share)}>${share === undefined ? '–' : percent(share)}</td>
    </tr>
  `;
}
