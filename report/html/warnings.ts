import { TCG_WARNING, VIRTUAL_WARNING } from '../../harness/statistics/summary.ts';
import type { OperationPart, ReportModel, ScenarioPart } from '../model/report-model.ts';
import { count, list } from '../words.ts';

export interface Warning {
  readonly text: string;
  /** Whom it is about; empty when about all. */
  readonly about: string;
  readonly link?: string;
}

/**
 * What a reader has to know before believing anything, each said once, the gravest first. What single figures lack, such
 * as an interval of a 95th percentile, is `notesOf` their scenario: in a long banner the grave ones are overlooked.
 */
export function warningsOf(model: ReportModel): readonly Warning[] {
  const { runs, scenarios } = model;
  return [
    ...runs.flatMap(({ label, status }) =>
      status === 'complete' ? [] : [{ about: label, text: `the run is ${status}: not everything was measured` }],
    ),
    ...scenarios.flatMap(({ failures: { total, aborted }, slug, name }) =>
      total + aborted === 0
        ? []
        : [
            {
              about: scenarios.length > 1 ? name : '',
              text: failureText(total, aborted),
              link: `#${slug}-failures`,
            },
          ],
    ),
    ...scenarios.flatMap(({ name, variants }) =>
      variants.flatMap(({ label, boots }) =>
        boots.flatMap(({ boot, failure }) =>
          failure === undefined
            ? []
            : [
                {
                  about: `${nameIn(scenarios, name, label)} boot ${boot}`,
                  text: `failed between operations: ${failure}`,
                },
              ],
        ),
      ),
    ),
    ...runs.flatMap((run) => run.warnings.map((text) => ({ about: run.label, text }))),
    ...shared(scenarios, ({ boots }) =>
      boots.flatMap(({ losses }) => losses.map(({ kind, meaning }) => `${kind}: ${meaning}`)),
    ),
    ...shared(scenarios, ({ leftOut }) => leftOut.map((text) => `left out: ${text}`)),
    ...shared(scenarios, ({ clock }) => (clock === 'virtual' ? [VIRTUAL_WARNING] : [])),
    ...shared(scenarios, ({ accelerator, accelerationReason, clock }) =>
      // In virtual time nothing is as slow as it is emulated.
      accelerator === 'tcg' && clock !== 'virtual' ? [`${TCG_WARNING} (${accelerationReason})`] : [],
    ),
    ...shared(scenarios, ({ operations }) => fewBoots(operations)),
    ...driftsOf(scenarios),
  ];
}

/** What failed, and what was given up: after a failure in the same boot, or because the run was stopped. */
export function failureText(total: number, aborted: number): string {
  if (total === 0) return `${count(aborted, 'sample')} not tried to the end (aborted)`;
  return `${count(total, 'sample')} failed${aborted > 0 ? `, and ${aborted} after them were not tried (aborted)` : ''}`;
}

/** Without boots enough for an interval of the median nothing can be said of the next run. */
function fewBoots(operations: readonly OperationPart[]): readonly string[] {
  const bare = operations.filter(({ latency, operation }) => latency && !latency.p50Ci95 && operation !== 'boot');
  const most = Math.max(0, ...bare.map(({ boots }) => boots));
  return most === 0 ? [] : [`${count(most, 'boot')}: too few for an interval of the median`];
}

/** Latencies that moved; of more than these the largest are named, and the notes of their scenarios have all. */
const MAX_DRIFTS = 3;

function driftsOf(scenarios: readonly ScenarioPart[]): readonly Warning[] {
  const sorted = scenarios
    .flatMap(({ variants, name, slug }) =>
      variants.flatMap(({ operations, label }) =>
        operations.flatMap(({ operation, deviceId, drift, latency }) => {
          if (!drift || !latency) return [];
          const about = `${nameIn(scenarios, name, label)} ${operation} ${deviceId}`.trim();
          const share = Math.abs(drift.driftMs) / latency.okP50Ms;
          return [{ share, warning: { about, text: drift.text, link: `#${slug}-whether-it-drifts` } }];
        }),
      ),
    )
    .toSorted((a, b) => b.share - a.share);
  const more = sorted.length - MAX_DRIFTS;
  return [
    ...sorted.slice(0, MAX_DRIFTS).map(({ warning }) => warning),
    ...(more > 0
      ? [{ about: '', text: `${count(more, 'more latency', 'more latencies')} moved in the course of the run` }]
      : []),
  ];
}

/** In the banner. */
const SAID_ABOVE: readonly string[] = [TCG_WARNING, VIRTUAL_WARNING];

/** Everything else that the statistics remark on a scenario's figures, each text once. */
export function notesOf(scenario: ScenarioPart): readonly Warning[] {
  const notes = shared([scenario], ({ operations }) =>
    operations.flatMap(({ warnings }) => warnings.filter((text) => !SAID_ABOVE.includes(text))),
  );
  const known = new Set(notes.map(({ text }) => text));
  const ofFits = new Map<string, string[]>();
  for (const { series, warnings } of scenario.fits) {
    for (const text of warnings.filter((one) => !known.has(one) && !SAID_ABOVE.includes(one))) {
      ofFits.set(text, [...(ofFits.get(text) ?? []), series]);
    }
  }
  return [...notes, ...[...ofFits].map(([text, series]) => ({ text, about: list([...new Set(series)], MAX_NAMED) }))];
}

/** Variants that a warning names; what it is about stands in their own tables, too. */
const MAX_NAMED = 8;

/** Equal texts as one, with the names of the variants that they are about: none where that is all of them. */
function shared(
  scenarios: readonly ScenarioPart[],
  textsOf: (variant: ScenarioPart['variants'][number]) => readonly string[],
): readonly Warning[] {
  const about = new Map<string, Map<ScenarioPart, string[]>>();
  for (const scenario of scenarios) {
    for (const variant of scenario.variants) {
      for (const text of new Set(textsOf(variant))) {
        const own = about.get(text) ?? new Map<ScenarioPart, string[]>();
        own.set(scenario, [...(own.get(scenario) ?? []), variant.label]);
        about.set(text, own);
      }
    }
  }
  const isWhole = ([scenario, labels]: [ScenarioPart, string[]]) => labels.length === scenario.variants.length;
  const reach = (own: Map<ScenarioPart, string[]>) => [...own.values()].flat().length;
  return [...about]
    .toSorted((a, b) => reach(b[1]) - reach(a[1]))
    .map(([text, own]) => {
      if (own.size === scenarios.length && [...own].every(isWhole)) return { text, about: '' };
      const names = [...own].flatMap((one) =>
        scenarios.length > 1 && isWhole(one)
          ? one[0].name
          : one[1].map((label) => nameIn(scenarios, one[0].name, label)),
      );
      return { text, about: list(names, MAX_NAMED) };
    });
}

/** Variants of several scenarios may have one name. */
function nameIn(scenarios: readonly ScenarioPart[], scenario: string, label: string): string {
  return scenarios.length > 1 ? `${scenario}/${label}` : label;
}
