import type { RunFile, StoredHost, StoredVariant } from './run-file.ts';

/** The part of a run that says under what it was measured: of a stored one, or of one that is to be. */
export interface MeasuredUnder extends Pick<RunFile, 'host' | 'clock' | 'jobs' | 'variants'> {
  /** Several where its parts were measured on several; none where that is not asked. */
  readonly hosts: readonly StoredHost[];
  readonly tool?: RunFile['tool'];
}

/**
 * What it means where a condition is not the same. `refuses`: the one is not put beside the other; a history makes a cut,
 * across which nothing is a regression, or a series of its own. `shows`: it is, and the change is named beside the result.
 */
export type Meaning = 'refuses' | 'shows' | 'ignores';

/** Who asks: `compare` (and `run --baseline`), `history`, `run --resume`, `merge`. */
export const PURPOSES = ['compare', 'history', 'resume', 'merge'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** A condition's value: undefined where it was not recorded, several where each has a name of its own. */
type ConditionValue = string | undefined | Readonly<Record<string, string>>;

/** Something that a latency may depend on besides the guest that is measured. */
export interface Condition extends Readonly<Record<Purpose, Meaning>> {
  readonly name: string;
  readonly value: (run: MeasuredUnder, variant: StoredVariant) => ConditionValue;
  readonly why: string;
  /** Its name in `host` of `run.json`, for one that is the host's. */
  readonly ofHost?: string;
  /** The same for all variants, as what is the host's. */
  readonly ofRun?: true;
  /** What a comparison takes it to be where it was not recorded. A history takes it for unknown, which is no change. */
  readonly before?: string;
  /** In virtual time the guest's instructions are counted, and it is ignored by all four. */
  readonly onlyInRealTime?: true;
  /** Tells one series of a history from another, instead of cutting one. */
  readonly ofSeries?: true;
  /** Part of the plan: its hash refuses to go on with another one, or to merge it, before this is asked. */
  readonly planned?: true;
  /** A comparison says it in a sentence of its own, or not at all where it is of no importance. */
  readonly ownSentence?: true;
}

const EVERYWHERE = { compare: 'refuses', history: 'refuses', resume: 'refuses', merge: 'refuses' } as const;
/** What is changed to see what comes of it. */
const SHOWN = { ...EVERYWHERE, compare: 'shows' } as const;
const NOWHERE = { compare: 'ignores', history: 'ignores', resume: 'ignores', merge: 'ignores' } as const;

/** As many as git shows of a commit: they tell two builds of one version apart. */
const SHOWN_DIGITS = 12;
/** Of runs from before it was recorded. */
const FIRST_SHIFT = 1;

/** Every condition there is, and what it means to whom. `results/README.md` has the same table for people. */
export const CONDITIONS: readonly Condition[] = [
  ofHost('host', 'hostname', {
    ...{ ...EVERYWHERE, ofSeries: true, onlyInRealTime: true },
    why: 'another host is another machine, whatever it has in common',
  }),
  ofHost('CPU', 'cpu_model', { ...EVERYWHERE, onlyInRealTime: true, why: 'another processor has another speed' }),
  ofHost('CPU cores', 'cores', { ...EVERYWHERE, onlyInRealTime: true, why: 'QEMU and the guest share them' }),
  ofHost('host kernel', 'kernel', {
    ...EVERYWHERE,
    onlyInRealTime: true,
    why: 'KVM, timers and the scheduler are its',
  }),
  ofHost('microcode', 'microcode', {
    ...{ ...SHOWN, onlyInRealTime: true },
    why: 'it may change speeds; a gate goes on across an update and names it, a run is never of two',
  }),
  ofHost('governor', 'governor', {
    ...{ ...SHOWN, onlyInRealTime: true },
    why: "it changes the clock's speed, and back: a gate goes on and names it, a run is never of two",
  }),
  ofHost('host memory', 'memory_mib', {
    ...NOWHERE,
    why: 'a guest has its own; what the kernel reports varies by itself',
  }),
  ofHost('load', 'load', {
    ...{ ...NOWHERE, compare: 'shows', ownSentence: true },
    why: 'of the moment; named where the host had more to do than it has CPUs',
  }),
  {
    ...{ name: 'QEMU', ...EVERYWHERE, resume: 'ignores', merge: 'ignores' },
    value: (run, { qemu_version: version }) => version ?? inWords(run, 'qemu'),
    why: 'of the variant, or else the usual one; --resume and merge look at each of the two',
  },
  ofHost('usual QEMU', 'qemu', {
    ...{ ...EVERYWHERE, compare: 'ignores', history: 'ignores' },
    why: 'what variants without a QEMU of their own have',
  }),
  {
    ...{ name: 'QEMU version', ...EVERYWHERE, compare: 'ignores', history: 'ignores' },
    value: (_, { qemu_version: version }) => version ?? undefined,
    why: 'of a QEMU that the variant names itself',
  },
  {
    ...{ name: 'QEMU build', ...SHOWN },
    value: (_, { qemu_sha256: sha256 }) => sha256?.slice(0, SHOWN_DIGITS),
    why: 'two builds of one version are what somebody compares who compiles it',
  },
  { name: 'QEMU binary', ...SHOWN, value: (_, { qemu }) => qemu ?? undefined, why: 'as for the build' },
  {
    ...{ name: 'accelerator', ...EVERYWHERE, ofSeries: true },
    value: (_, { accelerator }) => accelerator.used,
    why: 'latencies under KVM and under TCG have nothing to do with each other; --mixed-hosts does not allow it either',
  },
  {
    ...{ name: 'clock', ...EVERYWHERE, ofSeries: true },
    value: clockOf,
    why: "the host's seconds and counted instructions are two units",
  },
  {
    ...{ name: 'instruction length', ...EVERYWHERE },
    value: (run, variant) =>
      clockOf(run, variant) === 'virtual' ? `${2 ** (variant.icount_shift ?? FIRST_SHIFT)} ns` : undefined,
    why: 'it is the unit of virtual time',
  },
  {
    ...{ name: 'guest kernel', ...EVERYWHERE },
    value: (_, { guest: { kernel } }) => `${kernel.description} (${kernel.sha256.slice(0, SHOWN_DIGITS)})`,
    why: "the drivers' waits are its; to compare kernels, make them variants of one scenario",
  },
  {
    ...{ name: 'firmware', ...EVERYWHERE, compare: 'shows', before: 'seabios' },
    value: (_, { firmware }) => firmware ?? undefined,
    why: 'it gives bridges the room for what is plugged later, and takes a part of the boot; who changes it wants to see what comes of it',
  },
  {
    ...{ name: 'boot mode', ...EVERYWHERE, ofSeries: true, planned: true },
    value: (_, { boot_mode: bootMode }) => bootMode ?? 'fresh',
    why: 'a restored guest has warm caches',
  },
  {
    ...{ name: 'machines side by side', ...EVERYWHERE, resume: 'ignores', merge: 'ignores' },
    value: ({ jobs }) => String(jobs),
    why: 'they share memory bandwidth and caches; within a run each sample says how many there were',
  },
  {
    ...{ name: 'left out of the machine', ...EVERYWHERE, before: 'nothing' },
    value: (_, { left_out: leftOut }) => (leftOut ? leftOut.join('; ') || 'nothing' : undefined),
    why: 'a machine without one of its parts is another one',
  },
  {
    ...{ name: 'sequence', ...EVERYWHERE, history: 'ignores', planned: true },
    value: (_, variant) => sequenceText(variant),
    why: 'what is done is what is measured; the history looks at its details',
  },
  {
    ...{ name: 'passes', ...EVERYWHERE, planned: true },
    value: (_, { sampling }) => (sampling ? `${sampling.cycles} after ${sampling.warmup} for warm-up` : undefined),
    why: 'of several the first costs most: with other numbers, other passes would be compared',
  },
  planned('topology', ({ topology }) => topology),
  planned('topology option', (variant) => settings(variant.topology_options)),
  planned('machine', ({ machine }) => (machine === null ? "the topology's" : machine)),
  planned('QEMU arguments', ({ qemu_arguments: words }) => words?.join(' ') ?? 'none of its own'),
  planned('guest CPUs', ({ guest }) => String(guest.cpus)),
  planned('guest memory', ({ guest }) => `${guest.memory_mib} MiB`),
  planned('guest IOMMU', ({ guest: { iommu } }) => (iommu == null ? undefined : String(iommu))),
  planned('log of the firmware', ({ guest }) => String(guest.firmware_log ?? false)),
  planned('guest parameter', ({ guest: { parameters } }) => parameters && settings(parameters)),
  planned('devices from the start', ({ started }) => inJson(started)),
  planned('plugs during the boot', ({ boot_plugs: plugs }) => inJson(plugs)),
  planned('details of the steps', ({ steps }) => inJson(steps)),
  {
    ...{
      name: "harness's commit",
      ...EVERYWHERE,
      compare: 'shows',
      history: 'ignores',
      ownSentence: true,
      ofRun: true,
    },
    value: ({ tool }) => tool?.commit,
    why: 'it says where a latency begins and ends; a history over many commits would be cut at each',
  },
];

/** What a condition means to whom, for a variant in virtual time or in real time. */
export function meaningOf(condition: Condition, purpose: Purpose, clock: string): Meaning {
  return condition.onlyInRealTime && clock === 'virtual' ? 'ignores' : condition[purpose];
}

/** The clock of a variant: of a run from before each variant had its own, that of the run. */
export function clockOf({ clock }: Pick<RunFile, 'clock'>, variant: StoredVariant): string {
  return variant.clock ?? clock;
}

function ofHost(name: string, key: string, rest: Omit<Condition, 'name' | 'value' | 'ofHost'>): Condition {
  return { name, ofHost: key, ofRun: true, value: (run) => inWords(run, key), ...rest };
}

/** A part of the variant's configuration: who changes a machine or a parameter wants to see what comes of it. */
function planned(name: string, value: (variant: StoredVariant) => ConditionValue | null): Condition {
  const why = 'it is configured: who changes it wants to see what comes of it';
  return { name, ...SHOWN, planned: true, value: (_, variant) => value(variant) ?? undefined, why };
}

function inWords({ host, hosts }: MeasuredUnder, key: string): string | undefined {
  const values = (hosts.length > 0 ? hosts : [host]).flatMap((one) => (one[key] == null ? [] : [String(one[key])]));
  return values.length === 0 ? undefined : [...new Set(values)].toSorted().join(' and ');
}

function inJson(value: unknown): string | undefined {
  return value == null ? undefined : JSON.stringify(value);
}

function settings(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(given).map(([key, value]) => [
    key,
    value === null ? 'set' : typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts);
}

/** What is done, with what, and how long is waited; not where, which is the topology's, nor with which options. */
function sequenceText({ started, boot_plugs: bootPlugs, steps }: StoredVariant): string {
  const first = stepTexts(started);
  const during = Array.isArray(bootPlugs) ? bootPlugs.map((plug) => `${stepText(plug)} during the boot`) : [];
  return ['boot', ...first, ...during, ...stepTexts(steps)].join(', ');
}

/** Steps as another version may have stored them, so nothing is taken for granted. */
interface StoredStep {
  readonly operation?: unknown;
  readonly device?: unknown;
  readonly what?: unknown;
  readonly waitMs?: unknown;
  readonly until?: unknown;
  readonly guestCpus?: unknown;
  readonly hostCpus?: unknown;
  readonly steps?: unknown;
  readonly branches?: unknown;
}

function stepTexts(steps: unknown): readonly string[] {
  return Array.isArray(steps) ? steps.map(stepText) : [];
}

function stepText(step: StoredStep): string {
  const { operation, device, what, waitMs, until, guestCpus, hostCpus } = step;
  const load = guestCpus === undefined ? undefined : `guest ${guestCpus}, host ${hostCpus}`;
  const words = [operation, device, what, waitMs, until, load].filter((word) => word !== undefined).join(' ');
  const branches = Array.isArray(step.branches) ? step.branches.map((branch) => stepTexts(branch).join(', ')) : [];
  const below = [...stepTexts(step.steps), ...(branches.length > 0 ? [branches.join(' | ')] : [])];
  return below.length === 0 ? words : `${words} [${below.join(', ')}]`;
}
