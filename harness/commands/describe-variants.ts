import { percentText } from '../../report/format.ts';
import { parameterWords } from '../qemu/command-line.ts';
import { settingText } from '../scenario/setting-text.ts';
import type { Deadlines } from '../statistics/deadline.ts';
import type { GuestConfig, Scenario, Step, Variant } from '../variant.ts';
import type { DebianVersion } from '../versions/suites.ts';
import { count } from '../words.ts';
import { describeExpected, describeLoad, describeSequence, describeTime } from './describe-steps.ts';

/** One thing that is told of each variant: its heading, and the text for one of them. */
type Row = readonly [string, (variant: Variant) => string];

/** In the order in which they are told. The longest texts come last, since they need no room after them. */
const ROWS: readonly Row[] = [
  ['topology', describeTopology],
  ['machine', ({ machine }) => machine ?? "the topology's"],
  ['qemu', describeQemu],
  ['guest', ({ guest }) => `${count(guest.cpus, 'vCPU')}, ${guest.memoryMiB} MiB${guest.iommu ? ', IOMMU' : ''}`],
  ['kernel', ({ guest }) => describeKernel(guest)],
  ['boots', describeBoots],
  ['passes', ({ sampling: { cycles, warmup } }) => `${cycles}${warmup > 0 ? ` after ${warmup} for warm-up` : ''}`],
  ['accelerator', ({ accelerator }) => accelerator],
  ['clock', ({ clock }) => clock],
  ['timeouts', ({ timeouts }) => describeTimes(timeouts)],
  ['deadlines', ({ deadlines }) => describeTimes(deadlines)],
  ['expected', ({ expected }) => describeExpected(expected).join(', ') || 'ok'],
  ['load', ({ steps }) => describeLoad(loadOf(steps)) || 'none'],
  ['parameters', ({ guest }) => parameterWords(guest.parameters).join(' ') || 'none of its own'],
  [
    'sequence',
    ({ until, ...variant }) =>
      describeSequence({ ...variant, steps: loadOf(variant.steps).steps }) +
      (until ? `, timed until all is ${until}` : ''),
  ],
];

/**
 * Lines that show what scenario files expand to: per scenario its question, what all its variants have in common, and a
 * table of what they differ in. Together they say everything that was filled in.
 */
export function describeScenarios(scenarios: readonly Scenario[]): readonly string[] {
  return scenarios.flatMap((scenario) => [
    `${scenario.name} (${scenario.file}): ${count(scenario.variants.length, 'variant')}`,
    ...scenario.question.split('\n').flatMap((line) => (line.trim() === '' ? [] : [`  ${line.trim()}`])),
    ...describeVariants(scenario),
  ]);
}

function describeVariants({ variants, reference, threshold, fits = [] }: Scenario): readonly string[] {
  const names: Row = ['variant', ({ name }) => (name === reference ? `${name} (reference)` : name)];
  const told = [names, ...ROWS].map(([heading, describe]) => ({ heading, texts: variants.map(describe) }));
  const common = told.filter(({ texts }) => new Set(texts).size === 1);
  const columns = told.filter((row) => !common.includes(row));
  const width = Math.max(...told.map(({ heading }) => heading.length));
  const fitted = fits.map(({ latency, against, name }) => ({
    heading: 'fit',
    texts: [`${latency} over ${against}: ${name}`],
  }));
  const thresholds = threshold ? [{ heading: 'threshold', texts: [describeThreshold(threshold)] }] : [];
  return [
    ...[...common, ...fitted, ...thresholds].map(({ heading, texts: [text] }) => `  ${heading.padEnd(width)}  ${text}`),
    ...inColumns(columns.map(({ heading, texts }) => [heading, ...texts])).map((line) => `  ${line}`),
  ];
}

/** A line for each entry, the columns side by side. */
function inColumns(columns: readonly (readonly string[])[]): readonly string[] {
  const padded = columns.map((texts) => {
    const width = Math.max(...texts.map(({ length }) => length));
    return texts.map((text) => text.padEnd(width));
  });
  return (padded[0] ?? []).map((_, line) =>
    padded
      .map((texts) => texts[line])
      .join('  ')
      .trimEnd(),
  );
}

function describeBoots({ sampling: { boots, adaptive }, bootMode }: Variant): string {
  if (!adaptive) return `${boots} ${bootMode}`;
  return `${adaptive.minBoots} to ${boots} ${bootMode}, until each median is known to ±${percentText(adaptive.targetRelative)}`;
}

function describeThreshold({ relative, absoluteMs }: NonNullable<Scenario['threshold']>): string {
  return `changes of ${percentText(relative)}${absoluteMs > 0 ? ` and ${absoluteMs} ms` : ''} or less do not count`;
}

function describeTopology({ topology, topologyOptions }: Variant): string {
  return settingText('topology', { name: topology, options: topologyOptions });
}

function describeQemu({ qemu }: Variant): string {
  if (qemu === undefined) return 'the usual';
  return typeof qemu === 'string' ? qemu : describeVersion(qemu);
}

function describeKernel({ kernel }: GuestConfig): string {
  if (kernel.source === 'debian') return describeVersion(kernel);
  if (kernel.source === 'patched' || kernel.source === 'unpatched') return describeBuilt(kernel);
  if (kernel.source !== 'custom') return kernel.source;
  return kernel.modules === undefined ? kernel.image : `${kernel.image} with ${kernel.modules}`;
}

function describeBuilt({ source, suite }: { readonly source: string; readonly suite?: string }): string {
  return suite === undefined ? source : `${source}, from the source of Debian ${suite}`;
}

function describeVersion({ suite, version }: DebianVersion): string {
  return version === undefined ? `Debian ${suite}` : `Debian ${suite} ${version}`;
}

function describeTimes({ bootMs, startMs, plugMs, unplugMs, untilUsableMs }: Deadlines): string {
  const times = Object.entries({
    boot: bootMs,
    start: startMs,
    plug: plugMs,
    unplug: unplugMs,
    'until usable': untilUsableMs,
  });
  const told = times.flatMap(([operation, ms]) => (ms === undefined ? [] : [`${operation} ${describeTime(ms)}`]));
  return told.join(', ') || 'none';
}

/** The load that a variant has during all its steps, and the steps. */
function loadOf(steps: readonly Step[]) {
  const [only, ...others] = steps;
  if (only?.operation === 'load' && others.length === 0) return only;
  return { guestCpus: 0, hostCpus: 0, steps };
}
