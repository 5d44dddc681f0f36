import type { FailurePart, ScenarioPart } from '../model/report-model.ts';
import { fileLink } from './files.ts';
import { html, type Markup } from './markup.ts';
import { failureText } from './warnings.ts';

/** What failed, with what was logged and how to start the same machine by hand. */
export function failureSection(scenario: ScenarioPart): Markup {
  const { shown, total, aborted } = scenario.failures;
  if (total + aborted === 0) return null;
  return html`
    <section id=${`${scenario.slug}-failures`} aria-labelledby=${`${scenario.slug}-failures-title`}>
      <h3 id=${`${scenario.slug}-failures-title`}>${total > 0 ? 'Failures' : 'Not measured'}</h3>
      <p>
        ${failureText(total, aborted)}.
        ${shown.length < total ? ` The first ${shown.length} are shown; samples.csv has all.` : ''}
      </p>
      ${shown.map((failure) => article(failure, scenario))}
    </section>
  `;
}

function article({ sample, logs, logFiles, excerpts }: FailurePart, { variants }: ScenarioPart): Markup {
  const variant = variants[sample.variant];
  const isHome = variant?.isHome ?? false;
  return html`
    <article class="failure">
      <h4>
        <span class="outcome">${sample.outcome}</span>
        ${variant?.label}, boot ${sample.boot}, cycle ${sample.cycle}: ${sample.operation} ${sample.deviceId}
      </h4>
      <p>${sample.detail || 'No detail was recorded.'}</p>
      ${excerpts.map(
        ({ file, text }) => html`<div>
          <p class="rows">The end of ${file}</p>
          <pre tabindex="0">${text}</pre>
        </div>`,
      )}
      ${
        logs !== undefined &&
        html`<p class="rows">
          ${logFiles.includes('qemu.sh') && html`To start the same machine by hand: ${fileLink(`${logs}/qemu.sh`, isHome)}. `}
          Logs: ${logFiles.filter((name) => name !== 'qemu.sh').map((name) => html`${fileLink(`${logs}/${name}`, isHome, name)} `)}
        </p>`
      }
    </article>
  `;
}
