import { z } from 'zod';
import { FITTED_LATENCIES } from '../statistics/fit.ts';
import { MIN_BOOTS_FOR_INTERVAL } from '../statistics/median-interval.ts';
import { ACCELERATOR_CHOICES } from '../variant.ts';
import { SUITE_NAMES } from '../versions/suites.ts';
import { BOOT_MODES, CLOCKS, FIRMWARES } from '../vocabulary.ts';
import { matrixSchema } from './matrix-schema.ts';
import { sequenceItems } from './sequence.ts';
import { deviceChoice, expectedOutcomes, topologyChoice } from './step/choices.ts';
import { busyCpus } from './step/nested.ts';
import { startedDevices } from './step/started.ts';
import { durationMs, memoryMiB, offsetMs, percentage } from './yaml/quantity.ts';

/** A scenario's name becomes part of a directory's name. */
const scenarioName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
  .meta({ title: 'a name of lower-case letters, digits and "-", at the most 64 in all' });

/** Variants are named in tables, in CSV files and on the command line. */
const variantName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .meta({ title: 'a name of letters, digits, ".", "_" and "-", at the most 64 in all' });

/** Text that can be printed on a terminal. */
const plainText = z
  .string()
  .regex(/^(?:[^\p{Cc}]|[\t\n])*$/u)
  .meta({ title: 'text' });

const hostPath = z
  .string()
  .regex(/^[^\p{Cc}]+$/u)
  .meta({ title: 'a path, relative to the scenario file' });

/** An upstream version, with an epoch before it and a revision behind it where the package has them. */
const packageVersion = z
  .string()
  .regex(/^[0-9][A-Za-z0-9.+:~-]*$/)
  .meta({ title: "a Debian package's exact version in quotes, such as '6.1.176-1'" });

/** A version of a suite of Debian's. */
const debianVersion = z.strictObject({
  debian: z.enum(SUITE_NAMES).describe('suite of Debian'),
  version: packageVersion.exactOptional(),
});

const kernel = z
  .union([
    z.enum(['stock', 'patched', 'unpatched', 'host']),
    debianVersion,
    z.strictObject({ patched: z.enum(SUITE_NAMES).describe("suite of Debian whose kernel's source is built") }),
    z.strictObject({ unpatched: z.enum(SUITE_NAMES).describe('the same without the patches') }),
    z.strictObject({
      image: hostPath.describe('bzImage'),
      modules: hostPath.describe('directory of its modules, as in /lib/modules/<release>').exactOptional(),
    }),
  ])
  .meta({
    title:
      'stock, patched, unpatched, host or a map with "image" and "modules", with "debian" and "version", with "patched" or with "unpatched"',
  });

const parameterName = z
  .string()
  .regex(/^[^\s"'=\p{Cc}]+$/u)
  .meta({ title: 'a kernel parameter without spaces, quotes and "="' });

/** The kernel knows no way to quote a double quote. Numbers and booleans come as the text the file writes. */
const parameterValue = z
  .union([z.string().regex(/^[^"\p{Cc}]*$/u), z.number(), z.boolean(), z.null()])
  .meta({ title: 'a value in one line without double quotes, nothing for a bare flag, or absent' });

const cpus = z.int().min(1).max(255).describe('virtual CPUs');

const guest = z.strictObject({
  cpus: cpus.exactOptional(),
  memory: memoryMiB.exactOptional(),
  kernel: kernel.exactOptional(),
  iommu: z.boolean().describe('an Intel IOMMU that the guest uses; only q35 machines can have one').exactOptional(),
  firmware_log: z
    .boolean()
    .describe(
      'a debug port for the firmware, whose messages part its time into phases; each byte of them costs the guest an exit. On the real clock only',
    )
    .exactOptional(),
  parameters: z
    .record(parameterName, parameterValue)
    .describe('kernel command line; merged key by key over those of the defaults')
    .exactOptional(),
});

const boots = z.int().min(1).max(1000);
/** With fewer there is no interval whose width could be looked at. */
const leastBoots = z.int().min(MIN_BOOTS_FOR_INTERVAL).max(1000);
/** Nothing of a host is known to a thousandth. */
const LEAST_TARGET_PERCENT = 0.1;

/** What makes sampling adaptive, and cannot stand beside a fixed number of boots. */
const ADAPTIVE_KEYS = ['target', 'min_boots', 'max_boots'] as const;

const sampling = z
  .strictObject({
    boots: boots.describe('fresh machines per variant').exactOptional(),
    target: z
      .strictObject({ relative_ci: percentage(LEAST_TARGET_PERCENT) })
      .describe('boots are added until the 95 % interval of every median reaches no further than this to either side')
      .exactOptional(),
    min_boots: leastBoots.describe('with a target: at the least').exactOptional(),
    max_boots: leastBoots.describe('with a target: at the most').exactOptional(),
    cycles: z.int().min(1).max(1000).describe('measured passes of the sequence in each boot').exactOptional(),
    warmup: z.int().min(0).max(100).describe('passes before the measured ones').exactOptional(),
  })
  .refine((given) => given.boots === undefined || ADAPTIVE_KEYS.every((key) => given[key] === undefined), {
    message: 'either "boots", or "target" with "min_boots" and "max_boots"',
  })
  .meta({ not: { anyOf: ADAPTIVE_KEYS.map((key) => ({ required: ['boots', key] })) } });

export type SamplingSettings = z.output<typeof sampling>;

const threshold = z
  .strictObject({ relative: percentage(0).exactOptional(), absolute: offsetMs.exactOptional() })
  .describe('a smaller change of a median is of no interest: to count, it has to exceed both');

const operationTimes = z.strictObject({
  boot: durationMs.exactOptional(),
  plug: durationMs.exactOptional(),
  unplug: durationMs.exactOptional(),
});

const timeout = operationTimes.describe('an operation that takes longer has failed');
const deadline = operationTimes
  .extend({ start: durationMs.exactOptional(), 'until-usable': durationMs.exactOptional() })
  .describe('what users wait for at the most: a sample over it is late, not failed');

const expected = z
  .strictObject({
    boot: expectedOutcomes.exactOptional(),
    start: expectedOutcomes.exactOptional(),
    plug: expectedOutcomes.exactOptional(),
    unplug: expectedOutcomes.exactOptional(),
  })
  .describe('outcomes that are known and accepted: a run in which they occur has not failed');

const machine = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
  .meta({ title: "a machine type of QEMU's such as pc-q35-6.0" });
const qemuBinary = "a QEMU binary: a command's name, or a path relative to the scenario file";
const qemu = z
  .union([hostPath.meta({ title: qemuBinary }), debianVersion])
  .meta({ title: `${qemuBinary}; or a map with "debian" and "version"` });
/** With them QEMU leaves the harness, or waits for a command that it never gives. */
const LOSING_ARGUMENTS = ['-daemonize', '--daemonize', '-preconfig', '--preconfig'];
const qemuArguments = z
  .array(z.string().regex(/^[^\p{Cc}]+$/u))
  .refine((words) => words[0]?.startsWith('-') ?? true, {
    message: "QEMU's own words, of which the first begins with -",
  })
  .refine((words) => words.every((word) => !LOSING_ARGUMENTS.includes(word)), {
    message: 'no -daemonize and no -preconfig, with which QEMU leaves the harness',
  })
  .describe("words for QEMU's command line, behind those of the topology")
  .meta({ title: "a list of words for QEMU's command line" });
const firmware = z.enum(FIRMWARES).describe("SeaBIOS, QEMU's own choice, or OVMF, Debian's UEFI firmware");
const accelerator = z.enum(ACCELERATOR_CHOICES);
const bootMode = z
  .enum(BOOT_MODES)
  .describe('a boot from the firmware on each time, or one that is saved when it is ready and restored for the others');
const clock = z
  .enum(CLOCKS)
  .describe("the host's time, or the guest's virtual time: so many nanoseconds an instruction, and idle time skipped");
const device = deviceChoice({}, { orDefault: false }).transform(({ device: name, options }) => ({ name, options }));
const devices = z.int().min(1).max(1000).describe('how many devices a plug step plugs that does not say');
const load = z.strictObject(busyCpus).describe('busy processes during all steps after the boot');

const until = z
  .literal('usable')
  .describe(
    'one time for the boot as a whole: from spawning QEMU until all that it has from the start or plugs is usable',
  );

export const settings = z.strictObject({
  topology: topologyChoice.exactOptional(),
  machine: machine.exactOptional(),
  qemu: qemu.exactOptional(),
  firmware: firmware.exactOptional(),
  guest: guest.exactOptional(),
  sampling: sampling.exactOptional(),
  accelerator: accelerator.exactOptional(),
  boot_mode: bootMode.exactOptional(),
  clock: clock.exactOptional(),
  device: device.exactOptional(),
  count: devices.exactOptional(),
  load: load.exactOptional(),
  sequence: sequenceItems.exactOptional(),
  start: startedDevices.exactOptional(),
  until: until.exactOptional(),
  timeout: timeout.exactOptional(),
  deadline: deadline.exactOptional(),
  expect: expected.exactOptional(),
  qemu_arguments: qemuArguments.exactOptional(),
});

/** What `defaults` and each variant may set. Sizes are in MiB, times in milliseconds. */
export type Settings = z.output<typeof settings>;

/** What a matrix can go over besides kernel parameters, by its short name. */
export const matrixFields = {
  topology: topologyChoice,
  machine,
  qemu,
  firmware,
  kernel,
  cpus,
  memory: memoryMiB,
  iommu: z.boolean(),
  accelerator,
  boot_mode: bootMode,
  clock,
  device,
  count: devices,
  load,
};

export const matrix = matrixSchema(matrixFields, parameterName, parameterValue);

export type Matrix = z.output<typeof matrix>;

const fitRequest = z.strictObject({
  latency: z.enum(FITTED_LATENCIES),
  against: parameterName.meta({ title: 'a kernel parameter, an option of a topology, count, cpus or memory' }),
});

export const fitRequests = z
  .array(fitRequest)
  .min(1)
  .describe('latencies to fit as straight lines over something that differs between variants')
  .meta({ title: 'a list of maps with "latency" and "against"' });

export type FitRequest = z.output<typeof fitRequest>;

/** A scenario file. What a key means beyond its own value (ids, slots, references) is checked elsewhere. */
export const scenarioFile = z.strictObject({
  name: scenarioName,
  description: plainText.exactOptional(),
  defaults: settings.describe('for every variant that does not say otherwise').exactOptional(),
  variants: z
    .record(variantName, settings)
    .refine((variants) => Object.keys(variants).length > 0)
    .meta({ title: 'a map of at least one variant', minProperties: 1 })
    .exactOptional(),
  matrix: matrix.exactOptional(),
  sequence: sequenceItems.exactOptional(),
  reference: z.string().describe('the variant that the others are compared with').exactOptional(),
  threshold: threshold.exactOptional(),
  fit: fitRequests.exactOptional(),
  timeout: timeout.exactOptional(),
  deadline: deadline.exactOptional(),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
