import { shellWord } from '../host/run-tool.ts';
import type { Choices } from '../plan/choose-variants.ts';
import { type Shard, shardText } from '../plan/shard.ts';
import type { Result } from '../result.ts';
import type { BootsOnDisk } from './boots-on-disk.ts';
import { differences } from './differences.ts';
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
