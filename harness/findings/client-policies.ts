import { median } from 'simple-statistics';
import { type Limits, timeoutOf } from '../statistics/deadline.ts';
import { groupBy, splitByBoot } from '../statistics/groups.ts';
import { shareByBoot } from '../statistics/share.ts';
import type { Statistic } from '../statistics/statistic.ts';
import { isTried } from '../statistics/tried.ts';
import type { Sample } from '../vocabulary.ts';

/** What a client does about an operation of which it has not heard in time. */
interface Patience {
  /** How long it waits after its request, in milliseconds. */
  readonly waitMs: number;
  /** How often it looks, in milliseconds; absent where it is told. */
  readonly pollMs?: number;
  /**
   * `fails`: its user gets an error. `pending`: its user is told nothing is wrong, and the device is still there. `asks-again`:
   * it makes another request, and what becomes of that no recording of a single request shows.
   */
  readonly inVain: 'fails' | 'pending' | 'asks-again';
  /** Project, file and version. */
  readonly source: string;
}

/** How long a client of QEMU's waits. What is absent it does not wait for at all: QEMU's answer is enough for it. */
export interface ClientPolicy {
  readonly name: string;
  readonly plug?: Patience;
  readonly unplug: Patience;
}

/** Clients as they are by default. Each wait can be set otherwise by whoever runs them. */
export const CLIENT_POLICIES: readonly ClientPolicy[] = [
  {
    name: 'kata',
    plug: {
      waitMs: 3_000,
      inVain: 'fails',
      source:
        'kata-containers src/agent/src/config.rs, DEFAULT_HOTPLUG_TIMEOUT (87c7b0211862); agent.hotplug_timeout sets it',
    },
    unplug: {
      waitMs: 10_000,
      pollMs: 100,
      inVain: 'fails',
      source: 'kata-containers src/runtime-rs/crates/hypervisor/src/qemu/qmp.rs, DEVICE_DELETED_TIMEOUT (2026)',
    },
  },
  {
    name: 'libvirt',
    unplug: {
      waitMs: 5_000,
      inVain: 'pending',
      source: 'libvirt src/qemu/qemu_hotplug.c, qemuDomainRemoveDeviceWaitTime (before 7.3, 2021)',
    },
  },
  {
    name: 'nova',
    unplug: {
      waitMs: 20_000,
      inVain: 'asks-again',
      source: 'nova nova/conf/libvirt.py, device_detach_timeout and device_detach_attempts, 8 (009ffe412741)',
    },
  },
];

/** What a client's user would have seen of the operations of one kind in one variant. */
export interface ClientView {
  readonly policy: string;
  readonly scenario: string;
  readonly variant: string;
  readonly operation: 'plug' | 'unplug';
  /** Operations that were tried. */
  readonly n: number;
  /** Done before the client's patience was at its end: how many, and after how many milliseconds the client knew. */
  readonly done: number;
  readonly doneMs?: { readonly median: number; readonly longest: number };
  readonly failed: number;
  /** Share of those that failed, over boots, among those of which it is known what the client would have seen. */
  readonly failedShare?: Statistic;
  /** When its user gets the error of those that were too slow, in milliseconds. */
  readonly failsAfterMs: number;
  /** The call came back and the device was still there; and after how many milliseconds it went, where it did. */
  readonly pending: number;
  readonly pendingUntilMs?: { readonly median: number; readonly longest: number };
  /** What the client would have done next is not in the recording. */
  readonly unknown: number;
}

type Seen =
  | { readonly kind: 'done'; readonly afterMs: number }
  | { readonly kind: 'failed' | 'unknown' }
  | { readonly kind: 'pending'; readonly untilMs?: number };

/**
 * Replays how long clients wait over operations as they were recorded. A client's request is taken to be made when the
 * recorded command was written: kata's agent begins to wait when the runtime has QEMU's answer, some milliseconds later.
 * Left out are warm-up passes, operations for which more than one request was made, plugs during the boot, virtual time, and refusals that the scenario expects: no client asks for
 * those.
 */
export function clientViews(
  policies: readonly ClientPolicy[],
  variants: readonly ({ readonly scenario: string; readonly name: string } & Limits)[],
  samples: readonly Sample[],
): readonly ClientView[] {
  const asked = samples.filter(isOfClients);
  return variants.flatMap((variant) => {
    const own = asked.filter((one) => one.scenario === variant.scenario && one.variant === variant.name);
    const byOperation = groupBy(own, ({ operation }) => operation);
    return policies.flatMap((policy) =>
      (['plug', 'unplug'] as const).flatMap((operation): readonly ClientView[] => {
        const patience = policy[operation];
        const group = byOperation.get(operation) ?? [];
        if (!patience || group.length === 0) return [];
        const limitMs = timeoutOf(variant, operation);
        const place = { policy: policy.name, scenario: variant.scenario, variant: variant.name, operation };
        return [{ ...place, ...viewOf(group, patience, limitMs) }];
      }),
    );
  });
}

/** The detail of an operation with a retry that did not succeed with its first request (operation-window.ts). */
const LATER_REQUEST = /^request (?!1 )\d+ of at most \d+$/;

function isOfClients(sample: Sample): boolean {
  const { warmup, offsetMs, clock, outcome, expected, refusedAfterMs, operation, detail } = sample;
  if (operation !== 'plug' && operation !== 'unplug') return false;
  if (warmup || offsetMs !== undefined || clock === 'virtual' || !isTried(sample)) return false;
  if (outcome === 'withdrawn' || outcome === 'accepted' || outcome === 'wrong-controller') return false;
  // What was asked for several times is not what a single request would have given.
  if (LATER_REQUEST.test(detail)) return false;
  return !(expected && refusedAfterMs !== undefined);
}

function viewOf(samples: readonly Sample[], patience: Patience, limitMs: number | undefined) {
  const seen = new Map(samples.map((sample) => [sample, seenOf(sample, patience, limitMs)]));
  const all = [...seen.values()];
  const count = (kind: Seen['kind']) => all.filter((one) => one.kind === kind).length;
  const known = splitByBoot(samples.filter((sample) => seen.get(sample)?.kind !== 'unknown'));
  const boots = known.map((boot) => {
    return { count: boot.filter((sample) => seen.get(sample)?.kind === 'failed').length, total: boot.length };
  });
  const doneMs = spanOf(all.flatMap((one) => (one.kind === 'done' ? [one.afterMs] : [])));
  const untilMs = spanOf(all.flatMap((one) => (one.kind === 'pending' ? (one.untilMs ?? []) : [])));
  return {
    n: samples.length,
    done: count('done'),
    ...(doneMs && { doneMs }),
    failed: count('failed'),
    ...(boots.length > 0 && { failedShare: shareByBoot(boots) }),
    failsAfterMs: patience.waitMs,
    pending: count('pending'),
    ...(untilMs && { pendingUntilMs: untilMs }),
    unknown: count('unknown'),
  };
}

/** @param limitMs after which the harness gave an operation up; undefined where that is not known */
function seenOf(
  { outcome, latencyMs }: Sample,
  { waitMs, pollMs, inVain }: Patience,
  limitMs: number | undefined,
): Seen {
  if (latencyMs !== undefined && latencyMs <= waitMs) {
    const afterMs = pollMs === undefined ? latencyMs : Math.ceil(latencyMs / pollMs) * pollMs;
    return { kind: 'done', afterMs };
  }
  // Of an operation that was given up before the client would have, nobody knows.
  if (outcome === 'timeout' && (limitMs === undefined || limitMs < waitMs)) return { kind: 'unknown' };
  if (inVain === 'asks-again') return { kind: 'unknown' };
  const isSlow = outcome === 'ok' || outcome === 'timeout';
  if (inVain === 'fails' || !isSlow) return { kind: 'failed' };
  return { kind: 'pending', ...(latencyMs !== undefined && { untilMs: latencyMs }) };
}

function spanOf(timesMs: readonly number[]) {
  return timesMs.length === 0 ? undefined : { median: median([...timesMs]), longest: Math.max(...timesMs) };
}
