import { CONDITIONS, clockOf, meaningOf } from '../record/conditions.ts';
import { type ManyRunsFile, type StoredVariant, thresholdsOf } from '../record/run-file.ts';
import { checkSamples } from '../record/samples-csv.ts';
import { type ManyRunsSummary, readManyRunsSummary } from '../record/summary-file.ts';
import { triedOf } from '../record/tried-operations.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PracticalThreshold } from '../statistics/comparison.ts';
import type { OperationName } from '../vocabulary.ts';
import { isOwnDirectory, readFinishedRun } from './finished-run.ts';

/** What has to be alike for two runs' figures to belong to one series. */
export interface SeriesIdentity {
  readonly host: string;
  readonly scenario: string;
  readonly variant: string;
  readonly operation: OperationName;
  /** Where the operation is done to more than one device, otherwise empty. */
  readonly deviceId: string;
  readonly accelerator: string;
  readonly clock: string;
  readonly bootMode: string;
}

/**
 * What a variant was measured in, as names for a reader and values. When one changes, whatever happens to the latency is
 * no regression of the system under test. A name that one run does not have is not known of that run.
 */
export type Environment = ReadonlyMap<string, string>;

/** What a run says about itself. */
export interface NightRun {
  readonly runId: string;
  readonly startedAt: Date;
  readonly toolCommit: string;
  /** What a change has to exceed, by scenario, where its file says. */
  readonly thresholds: ReadonlyMap<string, PracticalThreshold>;
}

/** One series in one run. */
export interface NightPoint {
  readonly run: NightRun;
  readonly environment: Environment;
  readonly boots: number;
  readonly samples: number;
  /** Of the samples, those that were tried: one behind an earlier failure of its boot was not. */
  readonly tried: number;
  /** Of those tried, how many failed. */
  readonly failures: number;
  /** Median latency in milliseconds; absent when no sample was `ok`. */
  readonly p50Ms?: number;
  /** Its 95 % interval, where the run has one. */
  readonly ci95Ms?: readonly [low: number, high: number];
  /** Names of its phases, and their median durations in milliseconds. */
  readonly phases: readonly string[];
  readonly phaseMs: readonly number[];
}

/** What the history takes from one run directory. */
export interface Night {
  readonly run: NightRun;
  readonly series: readonly { readonly identity: SeriesIdentity; readonly point: NightPoint }[];
}

/** Gives the same object for the same key, so that ten years of nights hold each kernel's name once. */
export type Intern = <Value>(key: string, make: () => Value) => Value;

export function interning(): Intern {
  const known = new Map<string, unknown>();
  return <Value>(key: string, make: () => Value) => {
    if (!known.has(key)) known.set(key, make());
    return known.get(key) as Value;
  };
}

/** Reads what the history needs of a run directory. The failure is a reason to leave it out. */
export function readNight(directory: string, intern: Intern): Result<Night, string> {
  const run = readFinishedRun(directory);
  if (!run.ok) return run;
  const own = isOwnDirectory(directory, run.value.run_id);
  if (!own.ok) return own;
  const samples = checkSamples(directory, run.value);
  if (!samples.ok) return samples;
  const summary = readManyRunsSummary(directory);
  if (!summary.ok) return fail(summary.failure.reason);
  return nightOf(run.value, summary.value, intern);
}

function nightOf(file: ManyRunsFile, summary: ManyRunsSummary, intern: Intern): Result<Night, string> {
  const run = {
    runId: file.run_id,
    startedAt: new Date(file.started_at),
    toolCommit: file.tool.commit,
    thresholds: intern(
      `thresholds ${JSON.stringify(file.scenarios.map(({ name, threshold }) => [name, threshold]))}`,
      () => thresholdsOf(file.scenarios),
    ),
  };
  const { load: _, memory_mib: __, ...host } = file.host;
  const jobs = Math.max(1, ...file.boots.map((boot) => boot.jobs ?? 1));
  const hostText = JSON.stringify([host, file.clock, jobs]);
  const conditions = new Map(
    file.variants.map((variant) => {
      // One text for everything that matters, because this is done hundreds of times for each run.
      const conditionsOfIt = intern(`${hostText} ${JSON.stringify(variant)}`, () =>
        conditionsOf(file, variant, jobs, intern),
      );
      return [`${variant.scenario}/${variant.name}`, conditionsOfIt];
    }),
  );
  const series: Night['series'][number][] = [];
  for (const operation of summary.operations) {
    const own = conditions.get(`${operation.scenario}/${operation.variant}`);
    if (!own) return fail(`its summary.json has a variant that its run.json has not: ${operation.variant}`);
    // Boot 0 only makes the snapshot from which the others start: it is no point in their series.
    if (operation.boot_mode != null && operation.boot_mode !== own.identity.bootMode) continue;
    const { scenario, variant, operation: name, device_id: deviceId, phases, p50_ci95_ms: ci95 } = operation;
    const identity = intern(`${own.key} ${scenario}/${variant}/${name}/${deviceId}`, () => {
      return { ...own.identity, scenario, variant, operation: name, deviceId: deviceId ?? '' };
    });
    const names = phases?.medians.map(({ phase }) => phase) ?? [];
    const point: NightPoint = {
      run,
      environment: own.environment,
      boots: operation.n_boots,
      samples: operation.n_samples,
      ...triedOf(operation),
      ...(operation.p50_ms == null ? {} : { p50Ms: operation.p50_ms }),
      ...(ci95 ? { ci95Ms: [ci95.low, ci95.high] as const } : {}),
      phases: intern(`phases ${names.join()}`, () => names),
      phaseMs: phases?.medians.map(({ duration_ms: ms }) => ms) ?? [],
    };
    series.push({ identity, point });
  }
  return ok({ run, series });
}

/** What all series of a variant have in common. */
export function identityOf(
  run: ManyRunsFile,
  variant: StoredVariant,
): Pick<SeriesIdentity, 'host' | 'accelerator' | 'clock' | 'bootMode'> {
  return {
    host: run.host.hostname,
    accelerator: variant.accelerator.used,
    clock: clockOf(run, variant),
    bootMode: variant.boot_mode ?? 'fresh',
  };
}

function conditionsOf(file: ManyRunsFile, variant: StoredVariant, jobs: number, intern: Intern) {
  const shared = identityOf(file, variant);
  const run = { ...file, hosts: [], jobs };
  const asked = CONDITIONS.filter((one) => !one.ofSeries && meaningOf(one, 'history', shared.clock) === 'refuses');
  const environment = asked.flatMap((one): [string, string][] => {
    const value = one.value(run, variant);
    if (value === undefined) return [];
    return [[one.name, typeof value === 'string' ? value : JSON.stringify(value)]];
  });
  return {
    identity: shared,
    key: JSON.stringify(shared),
    environment: intern(`environment ${JSON.stringify(environment)}`, (): Environment => new Map(environment)),
  };
}
