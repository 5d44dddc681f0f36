import { count, list } from '../charts/words.ts';
import type { ReportModel } from '../model/report-model.ts';

export interface Warning {
  readonly text: string;
  /** Whom it is about; empty when about all. */
  readonly about: string;
  readonly link?: string;
}

/** Everything a reader has to know before believing the figures, each said once, the gravest first. */
export function warningsOf(model: ReportModel): readonly Warning[] {
  const variants = model.scenarios.flatMap((scenario) => scenario.variants);
  return [
    ...model.runs.flatMap((run) =>
      run.status === 'complete'
        ? []
        : [{ about: run.label, text: `the run is ${run.status}: not everything was measured` }],
    ),
    ...model.scenarios.flatMap(({ failures: { total, aborted }, slug, name }) =>
      total + aborted === 0
        ? []
        : [
            {
              about: model.scenarios.length > 1 ? name : '',
              text: `${count(total, 'sample')} failed${aborted > 0 ? `, and ${aborted} after them were not tried` : ''}`,
              link: `#${slug}-failures`,
            },
          ],
    ),
    ...model.runs.flatMap((run) => run.warnings.map((text) => ({ about: run.label, text }))),
    ...shared(
      variants.flatMap(({ label, leftOut }) => leftOut.map((text) => ({ label, text: `left out: ${text}` }))),
      variants.length,
    ),
    ...shared(
      variants.flatMap(({ label, accelerator, accelerationReason }) =>
        accelerator === 'tcg' ? [{ label, text: `TCG, not KVM: ${accelerationReason}` }] : [],
      ),
      variants.length,
    ),
    ...shared(
      variants.flatMap(({ label, operations }) =>
        operations.flatMap(({ warnings }) => warnings.map((text) => ({ label, text }))),
      ),
      variants.length,
    ),
    ...shared(
      model.scenarios.flatMap(({ fits }) =>
        fits.flatMap(({ series, warnings }) => warnings.map((text) => ({ label: series, text }))),
      ),
      0,
    ).filter(
      ({ text }) => !variants.some(({ operations }) => operations.some(({ warnings }) => warnings.includes(text))),
    ),
  ];
}

/** Variants that a warning names; what it is about stands in their own tables, too. */
const MAX_NAMED = 8;

/** Equal warnings as one, with the names of those it is about. */
function shared(all: readonly { label: string; text: string }[], everyone: number): readonly Warning[] {
  const about = new Map<string, Set<string>>();
  for (const { label, text } of all) about.set(text, (about.get(text) ?? new Set()).add(label));
  return [...about]
    .toSorted((a, b) => b[1].size - a[1].size)
    .map(([text, labels]) => ({ text, about: labels.size === everyone ? '' : list([...labels], MAX_NAMED) }));
}
