import { z } from 'zod';
import { LONGEST_WAITS_MS } from '../../drivers/index.ts';
import type { PlugStep, Retry } from '../../variant.ts';
import type { Outcome } from '../../vocabulary.ts';
import type { Path } from '../yaml/problem.ts';
import { durationMs, offsetMs } from '../yaml/quantity.ts';
import { DEFAULT_DEVICE, deviceChoice, deviceId, expectedOutcomes } from './choices.ts';
import { type Arrangement, AUTO_BUS, arranged, arrangement, locate, pciAddress, retry } from './locate.ts';
import { MEANT_REFUSED, refusedOf } from './refused.ts';
import { defineStepKind, type Layout, misplaced, type Placed } from './step-kind.ts';

/** A plug that the guest takes for a wish to unplug shows when the driver has waited as for an unplug; a second for the rest. */
const DEFAULT_HOLD_MS = LONGEST_WAITS_MS + 1_000;
/** More than there are slots on any machine of QEMU's. */
const MAX_COUNT = 1000;

/** What is wrong with a plug step that leaves the device to a variant which has none. */
export const OPEN_DEVICE = 'it is open what to plug';

/** Plugged by who does not look at the guest first, as a client is that waits for its container. */
const READY = 'ready';

const options = {
  id: deviceId.exactOptional(),
  count: z.int().min(1).max(MAX_COUNT).describe('how many of it').exactOptional(),
  bus: z
    .string()
    .describe(`QEMU's name of one of the topology's buses; ${AUTO_BUS} takes the first free slot on any`)
    .exactOptional(),
  addr: pciAddress
    .describe('with "bus": the slot on it, hexadecimal as for QEMU; the first free one without it')
    .exactOptional(),
  ...arrangement,
  at: z
    .union([offsetMs, z.literal(READY), z.strictObject({ from: offsetMs, to: offsetMs })])
    .describe(
      'while the guest boots: so long after `cont`, or spread over a stretch, another offset in each boot; or at once when it is ready',
    )
    .meta({ title: 'a duration from 0ms to 1h, ready, or a map with "from" and "to"' })
    .exactOptional(),
  hold: durationMs.describe('with "at": how long to go on looking for a device that vanishes again').exactOptional(),
  expect: expectedOutcomes.exactOptional(),
  retry,
};

interface PlugOptions extends Arrangement {
  readonly id?: string;
  readonly count?: number;
  readonly bus?: string;
  readonly addr?: string;
  readonly at?: number | typeof READY | { readonly from: number; readonly to: number };
  readonly hold?: number;
  readonly expect?: readonly Outcome[];
  readonly retry?: Retry;
}

const argument = deviceChoice(options, { orDefault: true }).transform(({ device, options, rest }) => ({
  device,
  options,
  ...(rest as PlugOptions),
}));
type Argument = z.output<typeof argument>;

/**
 * `plug: virtio-blk`, `plug: { device: virtio-blk, id: disk0 }`, `plug: { device: virtio-blk, count: 8 }`; alone, the
 * device and count of the variant.
 */
export const plug = defineStepKind<Argument>({
  name: 'plug',
  form: 'plug: <device>',
  argument: () => argument,
  bare: { device: DEFAULT_DEVICE, options: {} },
  namedIds: ({ id }) => (id === undefined ? [] : [id]),
  whilePaused: true,
  place: (layout, wanted, surroundings) => {
    const { path, devices, nested } = surroundings;
    const device =
      wanted.device === DEFAULT_DEVICE ? surroundings.device : { name: wanted.device, options: wanted.options };
    if (device === undefined) {
      const expected = 'a device here, or "device" among the settings of the variant';
      return misplaced(layout, path, OPEN_DEVICE, expected);
    }
    const useless = pointless(layout, wanted, path);
    if (useless) return useless;
    if (wanted.at !== undefined && (layout.steps.length > 0 || nested)) {
      const expected = 'plugs with "at" right after boot, before every other step';
      return misplaced(layout, [...path, 'at'], 'a plug during the boot after the boot', expected);
    }
    // During a boot a refusal is a matter of luck, and not of the slot.
    const refused = wanted.at === undefined ? refusedOf(wanted.expect) : undefined;
    const many = wanted.count ?? devices;
    const located = locate(
      layout,
      { ...wanted, device, many, ...(refused && { refused }), ...(wanted.at === undefined && { mayBringBus: true }) },
      surroundings,
    );
    if (!('devices' in located)) return located;
    const steps = located.devices.map(({ refused: isRefused, ...one }, index): PlugStep => {
      const expected = isRefused ? MEANT_REFUSED : wanted.expect && { expected: wanted.expect };
      const again = wanted.retry && { retry: wanted.retry };
      return { operation: 'plug', ...one, sequence: layout.count + index + 1, ...expected, ...again };
    });
    const added = located.devices.flatMap((one) => {
      if (one.refused) return [];
      const { refused: _, ...device } = one;
      return [{ ...device, path }];
    });
    const next: Layout = {
      ...layout,
      plugged: [...layout.plugged, ...added],
      everPlugged: [...layout.everPlugged, ...added],
      count: layout.count + steps.length,
    };
    if (wanted.at !== undefined) return duringBoot(next, steps, wanted, path);
    return { layout: { ...next, steps: [...layout.steps, ...arranged(steps, wanted)] }, findings: [] };
  },
});

/** In each boot once, at a moment of its own for each device. */
function duringBoot(
  layout: Layout,
  steps: readonly PlugStep[],
  { at = 0, gap = 0, hold = DEFAULT_HOLD_MS }: PlugOptions,
  path: Path,
): Placed {
  const { from, to } = typeof at === 'object' ? at : { from: at === READY ? 0 : at, to: at === READY ? 0 : at };
  if (from > to) {
    return misplaced(layout, [...path, 'at'], '"from" is later than "to"', 'a stretch of time');
  }
  const bootPlugs = steps.flatMap(({ slot, ...step }, index) => {
    if (typeof slot !== 'number') return [];
    const atReady = at === READY && { atReady: true as const };
    return [
      {
        ...step,
        slot,
        fromMs: from + index * gap,
        toMs: to + index * gap,
        holdMs: at === READY ? 0 : hold,
        ...atReady,
      },
    ];
  });
  return { layout: { ...layout, bootPlugs: [...layout.bootPlugs, ...bootPlugs] }, findings: [] };
}

/** Keys that mean nothing beside those that are there. */
function pointless(
  layout: Layout,
  { at, hold, together, expect, retry: again }: PlugOptions,
  path: Path,
): Placed | undefined {
  if ((at === undefined || at === READY) && hold !== undefined) {
    return misplaced(
      layout,
      [...path, 'hold'],
      '"hold" for a plug after the boot',
      '"at" with a time beside it',
      {},
      'key',
    );
  }
  if (again !== undefined && (at !== undefined || refusedOf(expect) === 'all')) {
    const wrong = `"retry" beside ${at === undefined ? '"expect: refused"' : '"at"'}`;
    return misplaced(layout, [...path, 'retry'], wrong, 'one of them', {}, 'key');
  }
  if (at !== undefined && together !== undefined) {
    return misplaced(layout, [...path, 'together'], '"together" beside "at"', '"gap", if anything', {}, 'key');
  }
  return undefined;
}
