import type { OperationName } from '../../harness/vocabulary.ts';
import { quantileText } from '../format.ts';
import { clockOf } from '../model/clock-parts.ts';
import { fitEquation } from '../model/fits.ts';
import type { FactsPart, FitPart, PossibilityPart, ScenarioPart, VariantPart } from '../model/report-model.ts';
import { unitOf } from '../words.ts';
import { glyph } from './glyph.ts';
import { html, type Markup } from './markup.ts';

/** For someone who chooses a topology: what each offers, allows and costs, on one clock. */
export function topologyTable({ variants, fits }: ScenarioPart): Markup {
  const unit = unitOf(clockOf({ variants }));
  const inspected = variants.some(({ facts }) => facts?.iommu);
  const costs = fits.filter(({ latency, against, line }) => latency === 'boot' && against === 'ports' && line);
  const notes = variants.flatMap((variant) => remarks(variant.facts).map((text) => ({ label: variant.label, text })));
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label=${`What each topology offers, and what it costs in ${unit}`}>
      <table class="sortable">
        <caption>What each topology offers, as the guest sees it, and what it costs</caption>
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col">topology</th>
            <th scope="col">slots belong to</th>
            <th scope="col" class="number">slots</th>
            <th scope="col" class="number">per bus</th>
            ${
              inspected &&
              html`<th scope="col">IOMMU group of each device</th>
              <th scope="col">userspace driver beside kernel drivers</th>
              <th scope="col">two separate userspace drivers</th>`
            }
            <th scope="col" class="number">plug, ${unit}</th>
            <th scope="col" class="number">unplug, ${unit}</th>
            <th scope="col" class="number">boot, ${unit}</th>
            ${costs.length > 0 && html`<th scope="col">boot cost per port</th>`}
          </tr>
        </thead>
        <tbody>
          ${variants.map(
            (variant) => html`<tr>
              <th scope="row">${glyph(variant)} <a href=${`#${variant.slug}`}>${variant.label}</a></th>
              <td>${variant.topology}</td>
              <td>${variant.facts?.controllers.join(', ') || '–'}</td>
              <td class="number" data-value=${variant.facts?.slotsOffered ?? -1}>${variant.facts?.slotsOffered ?? '–'}</td>
              <td class="number">${perBus(variant.facts)}</td>
              ${inspected && iommuCells(variant.facts)}
              ${(['plug', 'unplug', 'boot'] as const).map((operation) => medianCell(variant, operation))}
              ${costs.length > 0 && html`<td>${costOf(variant, costs)}</td>`}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      notes.length > 0 &&
      html`<ul class="notes">
        ${notes.map(({ label, text }) => html`<li><strong>${label}:</strong> ${text}</li>`)}
      </ul>`
    }
  `;
}

function perBus(facts: FactsPart | undefined): string {
  const counts = [...new Set(Object.values(facts?.slotsPerBus ?? {}))].toSorted((a, b) => a - b);
  return counts.length > 1 ? `${counts[0]} to ${counts.at(-1)}` : String(counts[0] ?? '–');
}

function iommuCells(facts: FactsPart | undefined): Markup {
  if (!facts?.iommu) return html`<td>–</td><td>–</td><td>–</td>`;
  const { devices, besideKernelDriver, twoUserspaceDrivers } = facts.iommu;
  return html`
    <td>${devices.map(({ group }) => group ?? 'none').join(', ')}</td>
    ${possibilityCell(besideKernelDriver)} ${possibilityCell(twoUserspaceDrivers)}
  `;
}

function possibilityCell(possibility: PossibilityPart | undefined): Markup {
  return html`<td class=${possibility?.possible === false ? 'bad' : ''}>${yesNo(possibility)}</td>`;
}

function yesNo(possibility: PossibilityPart | undefined): string {
  if (!possibility) return '–';
  return possibility.possible === undefined ? 'not known' : possibility.possible ? 'yes' : 'no';
}

function medianCell(variant: VariantPart, name: OperationName): Markup {
  const part = variant.operations.find(({ operation }) => operation === name);
  const median = part?.latency?.p50Ms;
  return html`<td class="number" data-value=${median ?? ''}>${quantileText(median, part?.censored)}</td>`;
}

/** A series is named after its topology, with what else tells it apart after a comma. */
function costOf({ topology }: VariantPart, costs: readonly FitPart[]): string {
  const own = costs.filter(({ series }) => series.split(',')[0] === topology);
  return own.map((fit) => fitEquation(fit)?.slope ?? '').join('; ');
}

function remarks(facts: FactsPart | undefined): readonly string[] {
  const because = (what: string, possibility: PossibilityPart | undefined) =>
    possibility && possibility.possible !== true ? [`${what}: ${yesNo(possibility)}, ${possibility.why}`] : [];
  return [
    ...because('one device to userspace, the rest to kernel drivers', facts?.iommu?.besideKernelDriver),
    ...because('two devices to two userspace drivers', facts?.iommu?.twoUserspaceDrivers),
    ...(facts?.notes ?? []),
  ];
}
