import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../host/run-tool.ts';
import type { Choices } from '../plan/choose-variants.ts';
import { type Shard, shardText } from '../plan/shard.ts';
import type { Result } from '../result.ts';
import { samplesOf } from '../timeline/samples-of.ts';
import type { Sample } from '../vocabulary.ts';
import type { BootsOnDisk, WholeBoot } from './boots-on-disk.ts';
import { copyFolder } from './copy-folder.ts';
import { differences } from './differences.ts';
import { type RunDirectory, writeJson } from './run-directory.ts';
import { bootJson, countOutcomes } from './run-json.ts';
import { bootReport, hasFailed } from './run-state.ts';
import type { StoredPlan } from './stored-plan.ts';

/** The run directory of a shard, to be put together with the others of its plan. */
export interface Part {
  /** As the user named it. */
  readonly given: string;
  readonly stored: StoredPlan;
  /** Of the plan as it follows from what is stored. */
  readonly hash: string;
  /** Boots of the shard. */
  readonly boots: number;
  readonly found: BootsOnDisk;
  /** Whether its samples are those that its run.json counts. */
  readonly samples: Result<void, string>;
}

type ShardPart = Part & { readonly shard: Shard };

/**
 * Why these parts are not one whole run: each a line or more for the user, with the part's name and what to do. Nothing
 * where they are.
 *
 * @param program what `bench` is called
 */
export function problemsOfParts(
  parts: readonly Part[],
  { mixedHosts, program }: { readonly mixedHosts: boolean; readonly program: string },
): readonly string[] {
  const whole = parts.filter(({ stored }) => !stored.plan.shard);
  const sharded = parts.flatMap((part) => (part.stored.plan.shard ? [{ ...part, shard: part.stored.plan.shard }] : []));
  const key = planKeyOfMost(sharded);
  const own = sharded.filter((part) => planKey(part) === key);
  const foreign = sharded.filter((part) => planKey(part) !== key);
  const [first] = own;
  return [
    ...whole.map(({ given }) => `${given}: this is a run of its own, made without --shard: leave it out`),
    ...(first ? foreign.map((part) => foreignPart(part, first)) : []),
    ...doubled(own),
    ...(first ? missing(own, first, program) : []),
    ...own.flatMap((part) => unsound(part, program)),
    ...(first ? own.slice(1).flatMap((part) => otherConditions(part, first, mixedHosts)) : []),
  ];
}

/** What parts of one plan have in common. */
function planKey({ stored, shard }: ShardPart): string {
  return `${stored.plan.hash} ${shard.of}`;
}

/** One that stands alone among others is foreign, not they; of equally many, the first counts. */
function planKeyOfMost(parts: readonly ShardPart[]): string | undefined {
  const keys = parts.map(planKey);
  const count = (key: string) => keys.filter((other) => other === key).length;
  return keys.toSorted((a, b) => count(b) - count(a))[0];
}

function foreignPart(part: ShardPart, first: ShardPart): string {
  const describe = ({ stored, shard }: ShardPart) =>
    `part ${shardText(shard)} of plan ${stored.plan.hash.slice(0, 8)}, seed ${stored.seed}, hotplug-bench ${stored.tool.version}`;
  return (
    `${part.given}: it is of another plan (${describe(part)}) than ${first.given} (${describe(first)}): ` +
    'leave it out, or merge it with the parts of its own plan'
  );
}

function doubled(parts: readonly ShardPart[]): readonly string[] {
  return parts.flatMap((part, index) => {
    const earlier = parts.slice(0, index).find(({ shard }) => shard.index === part.shard.index);
    if (!earlier) return [];
    const same = earlier.stored.directory === part.stored.directory ? 'the same directory' : 'the same part';
    return [`${part.given}: ${same} as ${earlier.given}, part ${shardText(part.shard)}: leave one of them out`];
  });
}

function missing(
  parts: readonly ShardPart[],
  { stored, shard: { of } }: ShardPart,
  program: string,
): readonly string[] {
  const given = new Set(parts.map(({ shard }) => shard.index));
  const indexes = Array.from({ length: of }, (_, index) => index + 1).filter((index) => !given.has(index));
  const files = stored.scenarios.map(({ file }) => file);
  return indexes.map((index) => {
    const shard = shardText({ index, of });
    const words = [...files, '--shard', shard, '--seed', String(stored.seed), ...choiceWords(stored.plan.choices)];
    return `part ${shard} is missing: name its run directory, or run it: ${program} ${words.map(shellWord).join(' ')}`;
  });
}

/** The flags that make the same choices again. */
export function choiceWords({ filter, boots, cycles, accelerator, clock }: Choices): readonly string[] {
  return Object.entries({ filter, boots, cycles, accelerator, clock }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

function unsound({ given, stored, hash, boots, found, samples }: Part, program: string): readonly string[] {
  if (hash !== stored.plan.hash) return [`${given}: its run.json is not as it was written: run the part anew`];
  if (found.left.length > 0) {
    const remedy = `${program} --resume ${shellWord(given)}`;
    return [`${given}: incomplete, ${found.left.length} of its ${boots} boots are not there: ${remedy}`];
  }
  if (found.others.length > 0)
    return found.others.map((name) => `${given}: recording/${name}.jsonl is of no boot of this part: remove it`);
  return samples.ok ? [] : [`${given}: ${samples.failure}`];
}

function otherConditions(part: Part, first: Part, mixedHosts: boolean): readonly string[] {
  const found = differences(first.stored, part.stored, 'merge');
  // Latencies under KVM and under TCG have nothing to do with each other.
  const accelerators = found.filter(({ what }) => what.startsWith('accelerator '));
  const refused = mixedHosts ? accelerators : found;
  if (refused.length === 0) return [];
  return [
    [
      `${part.given}: not run on the same as ${first.given}:`,
      ...refused.map(({ what, one, other }) => `  ${what}: ${one}, here ${other}`),
      accelerators.length > 0
        ? '  Run all parts with the same --accelerator.'
        : '  Run it on the same host, or add --mixed-hosts if they may stand beside each other.',
    ].join('\n'),
  ];
}

/**
 * Puts parts together that have been checked: their recordings, in which only the run's name changes, their logs, and a
 * `run.json` for all. Whatever else a run has is computed from these.
 *
 * @returns the samples, in the order of the wall clock, and whether they or their boots failed
 */
export async function mergeParts(
  parts: readonly Part[],
  { path, runId }: RunDirectory,
  commandLine: readonly string[],
): Promise<{ readonly samples: readonly Sample[]; readonly failed: boolean }> {
  const boots: (WholeBoot & { readonly part: Part })[] = [];
  for (const part of parts) {
    for (const { name, recording } of part.found.whole) {
      const header = { ...recording.header, runId };
      const file = join('recording', `${name}.jsonl`);
      const text = await readFile(join(part.stored.directory, file), 'utf8');
      await writeFile(join(path, file), `${JSON.stringify(header)}${text.slice(text.indexOf('\n'))}`);
      boots.push({ name, recording: { ...recording, header }, part });
    }
    await copyLogs(part.stored.directory, path);
  }
  const startedAt = ({ recording }: WholeBoot) => recording.header.startedAt;
  const inOrder = boots.toSorted((a, b) => startedAt(a).localeCompare(startedAt(b)));
  const samples = samplesOf(inOrder.map(({ recording }) => recording));
  const reports = inOrder.map(({ name, recording: { header, events } }) => bootReport(name, header, events));
  const failed = hasFailed(samples, reports);
  await writeJson(join(path, 'run.json'), {
    ...mergedFacts(parts),
    run_id: runId,
    status: failed ? 'failed' : 'complete',
    command_line: commandLine,
    boots: reports.map((report, index) => ({
      ...bootJson(report),
      host: inOrder[index]?.part.stored.host.hostname,
    })),
    outcomes: countOutcomes(samples),
  });
  return { samples, failed };
}

/** What the parts have in common is taken from the first. */
function mergedFacts(parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const [first] = parts;
  const all = parts.map(({ stored }) => stored);
  const hosts = all.flatMap((stored) => stored.hosts);
  return {
    ...first?.stored.all,
    plan: { ...first?.stored.plan, shard: null },
    started_at: all.map((stored) => stored.started_at).toSorted()[0],
    finished_at:
      all
        .flatMap((stored) => stored.finished_at ?? [])
        .toSorted()
        .at(-1) ?? null,
    resumed: [],
    noise: all.flatMap((stored) => stored.noise ?? []),
    hosts: hosts.filter(({ hostname }, index) => hosts.findIndex((other) => other.hostname === hostname) === index),
    parts: all.map((stored) => ({
      run_id: stored.run_id,
      shard: stored.plan.shard,
      tool: stored.tool,
      host: stored.host.hostname,
      command_line: stored.command_line,
      started_at: stored.started_at,
      finished_at: stored.finished_at,
      resumed: stored.resumed,
    })),
  };
}

async function copyLogs(from: string, to: string): Promise<void> {
  for (const name of await readdir(join(from, 'logs'))) {
    await copyFolder(join(from, 'logs', name), join(to, 'logs', name));
  }
}
