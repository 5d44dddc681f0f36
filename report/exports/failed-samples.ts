import { groupBy } from '../../harness/statistics/groups.ts';
import { formatMs } from '../format.ts';
import type { NamedSample } from '../model/sample-row.ts';
import type { ExportedRun, OperationKey } from './export-format.ts';

/** Failures that no figure of the summary counts. */
export interface UnsummarisedFailures {
  readonly scenario: string;
  readonly variant: string;
  /** `plug, during the boot`. */
  readonly name: string;
  /** At least one. */
  readonly samples: readonly NamedSample['sample'][];
}

/** Operations that failed although the scenario does not expect them to, among those that the figures are made of. */
export function failedSamples({ files }: ExportedRun, key: OperationKey): readonly NamedSample['sample'][] {
  return files.samples.filter((one) => isFailure(one) && isSummarisedIn(key, one)).map(({ sample }) => sample);
}

/**
 * All other failures, by variant and operation: of plugs during the boot and of warm-up passes, which are in no figure, and
 * of operations without any.
 */
export function unsummarisedFailures({ files }: ExportedRun): readonly UnsummarisedFailures[] {
  const others = files.samples.filter(
    (one) => isFailure(one) && !files.summary.operations.some((key) => isSummarisedIn(key, one)),
  );
  const groups = groupBy(others, ({ scenario, variantName, sample }) =>
    JSON.stringify([scenario, variantName, sample.operation, reasonOf(sample)]),
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const name = `${first.sample.operation}, ${reasonOf(first.sample)}`;
    const samples = own.map(({ sample }) => sample);
    return [{ scenario: first.scenario, variant: first.variantName, name, samples }];
  });
}

/** Every operation that failed although the scenario does not expect it to, in the order in which they were performed. */
export function allFailures({ files }: ExportedRun): readonly NamedSample[] {
  return files.samples.filter(isFailure);
}

/** What went wrong in a boot while no operation was under way. */
export interface BootFailure {
  readonly scenario: string;
  readonly variant: string;
  readonly boot: number;
  readonly text: string;
}

export function bootFailures({ files }: ExportedRun): readonly BootFailure[] {
  return files.run.boots.flatMap(({ scenario, variant, boot, failure }) =>
    typeof failure === 'string' ? [{ scenario, variant, boot, text: failure.replaceAll(/\s*[\r\n]+\s*/g, '; ') }] : [],
  );
}

/** A failure in one line, for a person. */
export function failureText({
  outcome,
  boot,
  cycle,
  deviceId,
  detail,
  offsetMs,
  warmup,
}: NamedSample['sample']): string {
  const place = [
    `boot ${boot}`,
    ...(offsetMs === undefined ? [] : [`${formatMs(offsetMs)} ms into it`]),
    ...(cycle === 0 ? [] : [`cycle ${cycle}`]),
    ...(warmup ? ['warm-up'] : []),
    ...(deviceId === '' ? [] : [deviceId]),
  ];
  return `${outcome}: ${place.join(', ')}: ${detail.replaceAll(/\s*[\r\n]+\s*/g, '; ')}`;
}

function isFailure({ sample }: NamedSample): boolean {
  return sample.outcome !== 'ok' && !sample.isExpected;
}

/** The summary names a device by its id where it is the only one of its kind, and by its kind where there are several. */
function isSummarisedIn(key: OperationKey, { scenario, variantName, device, sample }: NamedSample): boolean {
  return (
    !sample.warmup &&
    sample.offsetMs === undefined &&
    scenario === key.scenario &&
    variantName === key.variant &&
    sample.operation === key.operation &&
    sample.bootMode === key.boot_mode &&
    sample.clock === key.clock &&
    (key.device_id === '' || key.device_id === sample.deviceId || key.device_id === device)
  );
}

function reasonOf({ warmup, offsetMs }: NamedSample['sample']): string {
  if (offsetMs !== undefined) return 'during the boot';
  return warmup ? 'warm-up' : 'not in the summary';
}
