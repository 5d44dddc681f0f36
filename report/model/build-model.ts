import { basename } from 'node:path';
import type { Need } from '../../harness/findings/need.ts';
import type { History } from '../../harness/history/history.ts';
import { unavailableLines } from '../../harness/plan/ready-variant.ts';
import { hostNoiseTexts } from '../../harness/record/host-noise.ts';
import type { RunFile } from '../../harness/record/run-file.ts';
import type { Comparison } from '../../harness/statistics/comparison.ts';
import { OPERATIONS } from '../../harness/vocabulary.ts';
import { lookOf } from '../palette.ts';
import { decisionsOf } from './decisions.ts';
import { fitsOf } from './fits.ts';
import { slugs } from './links.ts';
import type { OperationPart, ReportModel, RunPart, ScenarioPart, VariantPart } from './report-model.ts';
import { isAbout } from './rows.ts';
import type { RunFiles } from './run-files.ts';
import type { SampleRow } from './sample-row.ts';
import { burstsOf, racesOf } from './together.ts';
import { variantPart } from './variants.ts';

/** Anchors that the page has whatever was measured: a scenario may well be called `history`. */
const PAGE_ANCHORS = [
  ...['content', 'verdict', 'warnings', 'warnings-title', 'fastest', 'choice', 'comparison', 'comparison-title'],
  ...['history', 'history-title', 'environment', 'environment-title', 'fixed-wait', 'tooltip', 'page-data'],
];

/** What is known from elsewhere than the run directories. */
export interface ReportContext {
  readonly comparisons?: readonly Comparison[];
  readonly history?: History;
  /** What somebody needs of a machine, instead of what the run itself suggests. */
  readonly need?: Need;
  /** Whether the page lies elsewhere than in the directory of the first run: then nothing is beside it to link to. */
  readonly isElsewhere?: boolean;
  /** Tells the user of a run that is left out. */
  readonly say?: (line: string) => void;
}

/**
 * The report of one run or of several side by side. The page lies in the directory of the first. Timelines and logs of
 * failures, which need more files, are added by `withDetails`.
 */
export function buildModel(
  files: readonly RunFiles[],
  { comparisons = [], history, need, isElsewhere = false }: ReportContext = {},
): ReportModel {
  const runs = files.map((one, index): RunPart => {
    const { run, missing } = one;
    return {
      runId: run.run_id,
      label: files.length === 1 ? '' : runLabel(files, index),
      isHome: index === 0 && !isElsewhere,
      status: run.status,
      startedAt: run.started_at,
      finishedAt: run.finished_at ?? undefined,
      environment: environmentOf(run),
      noise: hostNoiseTexts(run),
      warnings: [...unavailableLines(run.unavailable), ...(run.warnings ?? []), ...missing],
    };
  });
  const names = [...new Set(files.flatMap(({ run }) => run.scenarios.map(({ name }) => name)))];
  const slug = slugs(PAGE_ANCHORS);
  return {
    runs,
    scenarios: names.map((name) => scenarioPart(name, files, runs, slug)),
    comparisons,
    decisions: decisionsOf(files, need),
    ...(history && {
      history: { ...history, series: history.series.filter(({ scenario }) => names.includes(scenario)) },
    }),
  };
}

/** Hosts are what tells runs side by side apart; where they are one, the time of the run is. */
function runLabel(files: readonly RunFiles[], index: number): string {
  const host = (one: RunFiles | undefined) => String(one?.run.host.hostname ?? '');
  const own = host(files[index]);
  const sameHost = files.filter((one) => host(one) === own).length > 1;
  return sameHost || own === '' ? (files[index]?.run.run_id ?? basename(files[index]?.directory ?? '')) : own;
}

function scenarioPart(
  scenario: string,
  files: readonly RunFiles[],
  runs: readonly RunPart[],
  slug: (name: string) => string,
): ScenarioPart {
  const described = files.flatMap(({ run }) => run.scenarios.filter((one) => one.name === scenario));
  const [first] = described;
  const scenarioSlug = slug(scenario);
  const entries = files.flatMap((one, position) =>
    one.run.variants.flatMap((variant) => (variant.scenario === scenario ? [{ one, position, variant }] : [])),
  );
  const variantNames = [...new Set(entries.map(({ variant }) => variant.name))];
  const place = ({ variant }: (typeof entries)[number]) => variantNames.indexOf(variant.name);
  // The same variant of several runs side by side.
  const ordered = entries.toSorted((a, b) => place(a) - place(b));
  const variants = ordered.flatMap((entry, index): VariantPart[] => {
    const run = runs[entry.position];
    if (!run) return [];
    const look = lookOf(place(entry), entry.position, files.length);
    return [
      variantPart(entry.one, run, entry.variant, { index, look, slug: slug(`${scenarioSlug}-${entry.variant.name}`) }),
    ];
  });
  const indexOf = (position: number, variantName: string) =>
    ordered.findIndex((entry) => entry.position === position && entry.variant.name === variantName);
  const samples = files.flatMap((one, position) =>
    one.samples.flatMap(({ scenario: of, variantName, sample }): SampleRow[] => {
      const variant = of === scenario ? indexOf(position, variantName) : -1;
      return variant === -1 ? [] : [{ variant, ...sample }];
    }),
  );
  return {
    name: scenario,
    slug: scenarioSlug,
    // Broken into lines for the file, not for a page.
    question: (first?.question ?? '').replaceAll(/(\S)\n(?=\S)/g, '$1 '),
    source: first?.source ?? '',
    reference: first?.reference ?? undefined,
    variants: variants.map((variant) => withoutRacing(variant, samples)),
    operations: OPERATIONS.filter((operation) => samples.some((sample) => sample.operation === operation)),
    fits: files.flatMap(({ summary }, index) => fitsOf(summary, scenario, runs[index]?.label ?? '')),
    bursts: files.flatMap(({ summary }, index) => burstsOf(summary, scenario, (variant) => indexOf(index, variant))),
    races: files.flatMap(({ summary }, index) => racesOf(summary, scenario, (variant) => indexOf(index, variant))),
    versions: files.flatMap(({ summary }, index) =>
      summary.versions
        .filter((table) => table.scenario === scenario)
        .map((table) => ({ table, runLabel: runs[index]?.label ?? '' })),
    ),
    samples,
    failures: { shown: [], total: 0, aborted: 0 },
    ways: files.flatMap(({ ways }) => ways.filter((one) => one.scenario === scenario)),
    clientViews: files.flatMap((one, position) =>
      one.clientViews.flatMap((view) => {
        const variant = view.scenario === scenario ? variants[indexOf(position, view.variant)] : undefined;
        return variant ? [{ ...view, label: variant.label }] : [];
      }),
    ),
  };
}

/** Figures of plugs that were all begun during the boot tell how long the guest still had to boot: their race tells more. */
function withoutRacing(variant: VariantPart, samples: readonly SampleRow[]): VariantPart {
  const own = samples.filter((sample) => sample.variant === variant.index);
  const isRacing = (part: OperationPart) => {
    const about = own.filter((sample) => isAbout(part, sample));
    return about.length > 0 && about.every(({ offsetMs }) => offsetMs !== undefined);
  };
  return { ...variant, operations: variant.operations.filter((part) => !isRacing(part)) };
}

/** Conditions of a run as rows of a table. What the host's fingerprint has more of is shown under its own name. */
function environmentOf(run: RunFile): readonly (readonly [what: string, value: string])[] {
  const { cpu_model: cpu, cores, memory_mib: memory, kernel, qemu, governor, load, hostname, ...more } = run.host;
  const rows: readonly (readonly [string, unknown])[] = [
    ['host', hostname],
    ['CPU', cores === undefined ? cpu : `${cpu}, ${cores} cores`],
    ['memory', typeof memory === 'number' ? `${(memory / 1024).toFixed(1)} GiB` : memory],
    ['host kernel', kernel],
    ['QEMU', qemu],
    ['CPU governor', governor],
    ['load at the start', load],
    ...Object.entries(more).map(([name, value]) => [name.replaceAll('_', ' '), value] as const),
    ['clock', [...new Set(run.variants.map(({ clock }) => clock ?? run.clock))].join(' and ') || run.clock],
    ['hotplug-bench', `${run.tool.version}, commit ${run.tool.commit}`],
    ['command line', run.command_line.join(' ')],
    ['seed', run.seed],
    ['started', run.started_at],
    ['finished', run.finished_at],
  ];
  return rows.flatMap(([what, value]) => (isKnown(value) ? [[what, shown(value)] as const] : []));
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
