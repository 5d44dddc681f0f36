import { type Findings, findingsOf } from '../findings/findings.ts';
import type { ReadyVariant } from '../plan/ready-variant.ts';
import { bootName } from '../plan/schedule.ts';
import type { RunState } from '../record/run-state.ts';
import { testVariant } from '../scenario/test-variant.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { goodSample } from '../timeline/test-sample.ts';
import type { Scenario } from '../variant.ts';
import type { OperationName, Phase, PhaseKind, Sample } from '../vocabulary.ts';

/** Everything that a run directory without recordings is written from. */
export interface SyntheticNight {
  readonly state: Omit<RunState, 'runId'>;
  readonly samples: readonly Sample[];
  readonly findings: Findings;
}

/** Two boots with two passes each: 2 boot, 4 plug and 4 unplug samples of every variant. */
const BOOTS = 2;
const CYCLES = 2;
/** Between nights: standard deviation of the logarithm of a series' latency. */
const NIGHT_NOISE = 0.03;
/** The plug of the first variant becomes this much slower after four fifths of the nights. */
const STEP = 1.1;
const FIRST_NIGHT_MS = Date.UTC(2016, 0, 1, 2);
const DAY_MS = 24 * 3600 * 1000;

/** What a synthetic night has. */
type NightOperation = Exclude<OperationName, 'start' | 'until-usable'>;

/** Phases of one operation, in milliseconds: about those of an SHPC bridge under TCG. */
const PHASES: Readonly<Record<NightOperation, readonly (readonly [name: string, kind: PhaseKind, ms: number])[]>> = {
  boot: [
    ['firmware', 'host', 310],
    ['kernel', 'guest', 840],
    ['init', 'guest', 95],
  ],
  plug: [
    ['qmp-command', 'host', 2.2],
    ['notify', 'host', 0.4],
    ['button-event', 'guest', 0.8],
    ['button-wait', 'fixed-wait', 5159],
    ['power-on', 'guest', 0.4],
    ['settle-wait', 'fixed-wait', 1023],
    ['enumeration', 'guest', 9],
    ['driver-probe', 'guest', 20],
    ['device-node', 'guest', 18],
    ['first-use', 'guest', 2.5],
  ],
  unplug: [
    ['qmp-command', 'host', 0.6],
    ['notify', 'host', 0.4],
    ['button-event', 'guest', 0.8],
    ['button-wait', 'fixed-wait', 5150],
    ['driver-removal', 'guest', 80],
    ['power-off', 'guest', 0.5],
    ['qemu-deletion', 'host', 45],
  ],
};

/**
 * A run for every night, each with the same variants. A night is a template whose durations are stretched by one factor
 * for each series; all that is computed from a series stretches with it, so that the findings are those of its samples
 * without being computed thousands of times. The host's QEMU is replaced after a third of the nights, the guest's kernel
 * after two thirds.
 */
export function* syntheticNights(nights: number, variants: number, seed: number): Generator<SyntheticNight> {
  const random = seededRandom(seed);
  const ready = Array.from({ length: variants }, (_, index) => readyVariant(index));
  const template = templateSamples(ready, random);
  const questions = {
    variants: ready.map(({ variant }) => variant),
    references: new Map<string, string>(),
    fits: [],
    thresholds: new Map(),
    machines: [],
  };
  const findings = findingsOf(questions, template, []);
  for (let night = 0; night < nights; night++) {
    const factors = new Map<string, number>();
    const factorOf = (series: { scenario: string; variant: string; operation: OperationName }) => {
      const key = `${series.variant} ${series.operation}`;
      const known = factors.get(key);
      if (known !== undefined) return known;
      const step = key === `${ready[0]?.variant.name} plug` && night >= nights * 0.8 ? STEP : 1;
      const factor = step * Math.exp(NIGHT_NOISE * normal(random));
      factors.set(key, factor);
      return factor;
    };
    const startedAt = new Date(FIRST_NIGHT_MS + night * DAY_MS);
    const kernel = night >= (nights * 2) / 3 ? '6.1.0-56-amd64' : '6.1.0-48-amd64';
    const samples = template.map((sample) => ({
      ...stretched(sample, factorOf(sample)),
      kernel,
      startedAt: new Date(startedAt.getTime() + sample.order * 1000),
    }));
    yield {
      state: nightState(ready, kernel, startedAt, samples, night >= nights / 3 ? '7.2.22' : '7.2.13'),
      samples,
      findings: {
        ...findings,
        summaries: findings.summaries.map((summary) => stretched(summary, factorOf(summary))),
        waterfalls: findings.waterfalls.map((waterfall) => stretched(waterfall, factorOf(waterfall))),
      },
    };
  }
}

/** Multiplies every number whose key, or the key of the list it is in, ends in `Ms`. */
function stretched<Value>(value: Value, factor: number, isDuration = false): Value {
  if (typeof value === 'number') return (isDuration ? value * factor : value) as Value;
  if (Array.isArray(value)) return value.map((item) => stretched(item, factor, isDuration)) as Value;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, stretched(item, factor, key.endsWith('Ms'))]);
  return Object.fromEntries(entries) as Value;
}

function templateSamples(ready: readonly ReadyVariant[], random: () => number): readonly Sample[] {
  const samples: Sample[] = [];
  for (let boot = 1; boot <= BOOTS; boot++) {
    for (const { variant, guest, accelerator } of ready) {
      const operations: readonly (readonly [NightOperation, number])[] = [
        ['boot', 0],
        ...Array.from({ length: CYCLES }, (_, cycle) => [
          ['plug', cycle + 1] as const,
          ['unplug', cycle + 1] as const,
        ]).flat(),
      ];
      for (const [operation, cycle] of operations) {
        const phases = phasesOf(operation, Math.exp(NIGHT_NOISE * normal(random)));
        const last = phases.at(-1);
        samples.push(
          goodSample({
            scenario: variant.scenario,
            variant: variant.name,
            topology: variant.topology,
            kernel: guest.release,
            accelerator: accelerator.used,
            boot,
            cycle,
            sequence: { boot: 0, plug: 1, unplug: 2 }[operation],
            operation,
            device: operation === 'boot' ? '' : 'virtio-blk',
            deviceId: operation === 'boot' ? '' : 'disk',
            latencyMs: last ? last.startMs + last.durationMs : 0,
            order: samples.length + 1,
            phases,
          }),
        );
      }
    }
  }
  return samples;
}

function phasesOf(operation: NightOperation, factor: number): readonly Phase[] {
  let startMs = 0;
  return PHASES[operation].map(([name, kind, ms]) => {
    const phase = { name, kind, startMs, durationMs: ms * factor };
    startMs += phase.durationMs;
    return phase;
  });
}

function readyVariant(index: number): ReadyVariant {
  const variant = testVariant({
    scenario: 'nightly',
    name: `shpc-${String(index + 1).padStart(2, '0')}`,
    guest: {
      cpus: 2,
      memoryMiB: 512,
      kernel: { source: 'stock' },
      iommu: false,
      firmwareLog: false,
      parameters: { index: String(index) },
    },
    sampling: { boots: BOOTS, cycles: CYCLES, warmup: 0 },
  });
  return {
    variant,
    qemu: 'qemu-system-x86_64',
    guest: guestImage('6.1.0-48-amd64'),
    accelerator: { asked: 'tcg', used: 'tcg', why: 'synthetic' },
    parts: [],
    leftOut: [],
    sharesMemory: false,
  };
}

function guestImage(release: string): ReadyVariant['guest'] {
  const description = `synthetic linux-image-${release}`;
  return { kernelImage: '', initramfs: '', release, source: 'stock', identity: release, description };
}

function nightState(
  ready: readonly ReadyVariant[],
  kernel: string,
  startedAt: Date,
  samples: readonly Sample[],
  qemu: string,
): SyntheticNight['state'] {
  const scenario: Scenario = {
    file: 'scenarios/nightly.yaml',
    source: '# Synthetic: nobody measured this.\nname: nightly\n',
    name: 'nightly',
    question: 'Synthetic: nobody measured this.',
    variants: ready.map(({ variant }) => variant),
  };
  const clock = { uncertaintyMs: 0.3, offsetMs: 1200, driftPpm: 1, driftUncertaintyPpm: 40, by: 'echoes' } as const;
  return {
    tool: { version: '0', commit: 'synthetic' },
    commandLine: ['scenarios/nightly.yaml'],
    startedAt,
    finishedAt: new Date(startedAt.getTime() + DAY_MS / 24),
    host: {
      hostname: 'synthetic',
      cpuModel: 'none',
      cores: 2,
      memoryMiB: 4096,
      kernel: '6.1.0-48-amd64',
      qemu: `QEMU emulator version ${qemu}`,
      governor: 'none',
      load: 0,
    },
    scenarios: [scenario],
    seed: 1,
    plan: { hash: 'synthetic', boots: ready.length * BOOTS, choices: {} },
    ready: ready.map((one) => ({ ...one, guest: guestImage(kernel) })),
    boots: ready.flatMap(({ variant }) =>
      Array.from({ length: BOOTS }, (_, index) => {
        const { scenario, name } = variant;
        const boot = index + 1;
        const identity = {
          name: bootName({ variant, boot }),
          scenario,
          variant: name,
          boot,
          bootMode: variant.bootMode,
          jobs: 1,
        };
        return { ...identity, clock, qemuStartMs: 80 };
      }),
    ),
    samples,
    status: 'complete',
  };
}

/** Standard normal, by Box and Muller (1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
