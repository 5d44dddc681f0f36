import { z } from 'zod';
import type { Step, UnplugStep } from '../../variant.ts';
import { count, didYouMean, listWords, quote } from '../../words.ts';
import { offsetMs } from '../yaml/quantity.ts';
import { expectedOutcomes } from './choices.ts';
import { alongside, beginsOf } from './contested.ts';
import { arranged, arrangement, retry } from './locate.ts';
import { MEANT_REFUSED, refusedOf } from './refused.ts';
import { defineStepKind, type Layout, misplaced, type Placed, type Plugged, type Surroundings } from './step-kind.ts';

const ALL = 'all';
const ORDERS = ['oldest-first', 'newest-first'] as const;

const longForm = z.strictObject({
  id: z.string().meta({ title: 'the id of a plugged device' }).exactOptional(),
  device: z.string().meta({ title: 'the name of a device' }).exactOptional(),
  count: z.int().min(1).describe('how many, if not all of them').exactOptional(),
  order: z.enum(ORDERS).exactOptional(),
  ...arrangement,
  after: offsetMs
    .describe(
      'so long after the command of the step before it, of the same device, whatever has become of that by then',
    )
    .exactOptional(),
  expect: expectedOutcomes.exactOptional(),
  retry,
});

const argument = z.union([z.string(), longForm]).meta({
  title: 'the id of a plugged device, a device name for the oldest of its kind, all, or a map with "id" or "device"',
});
type Argument = z.output<typeof argument>;

/**
 * `unplug: disk0` or `unplug: { id: disk0 }`, exactly that one; `unplug: virtio-blk`, the device with that id, which the
 * first without an id of its own has, or else the oldest of that kind; `unplug: { device: virtio-blk }`, all of that
 * kind; `unplug: all`, or the word alone, everything.
 */
export const unplug = defineStepKind<Argument>({
  name: 'unplug',
  form: 'unplug: <device or id>',
  argument: () => argument,
  bare: ALL,
  namedIds: () => [],
  whilePaused: true,
  place: (layout, target, surroundings) => {
    const { path } = surroundings;
    const { expect, after, retry: again, ...how } = typeof target === 'string' ? {} : target;
    if (again && refusedOf(expect) === 'all')
      return misplaced(layout, [...path, 'retry'], '"retry" beside "expect: refused"', 'one of them', {}, 'key');
    const before = layout.steps.at(-1);
    const candidates = after === undefined ? layout.plugged : devicesOf(before, layout.everPlugged);
    const own = choose(candidates, target);
    const chosen = own.length > 0 || after !== undefined ? own : chooseBeside(layout.beside, target);
    const wanted = typeof target === 'string' ? undefined : target.count;
    if (wanted !== undefined && chosen.length > 0 && chosen.length < wanted && !layout.incomplete) {
      const wrong = `${count(wanted, 'device')} to unplug, but ${chosen.length} of that kind plugged at this step`;
      return misplaced(layout, [...path, 'count'], wrong, `at the most ${chosen.length}`);
    }
    if (chosen.length === 0 && layout.incomplete) return { layout, findings: [] };
    if (chosen.length === 0) return nothingToUnplug(layout, target, candidates, surroundings);
    const isRefused = refusedOf(expect) === 'all';
    const steps = chosen.map(({ path: _, ...device }, index): UnplugStep => {
      const expected = isRefused ? MEANT_REFUSED : expect && { expected: expect };
      const sequence = layout.count + index + 1;
      return { operation: 'unplug', ...device, sequence, ...expected, ...(again && { retry: again }) };
    });
    const ids = new Set(chosen.map(({ deviceId }) => deviceId));
    const rivals =
      own.length > 0
        ? []
        : chosen.map(({ deviceId: id }) => [id, !isRefused || layout.contested.get(id) === true] as const);
    const next: Layout = {
      ...layout,
      steps:
        after === undefined || before === undefined
          ? [...layout.steps, ...arranged(steps, how)]
          : [...layout.steps.slice(0, -1), alongside(before, steps, after)],
      plugged: isRefused ? layout.plugged : layout.plugged.filter(({ deviceId }) => !ids.has(deviceId)),
      contested: new Map([...layout.contested, ...rivals]),
      count: layout.count + steps.length,
    };
    return { layout: next, findings: [] };
  },
});

function nothingToUnplug(
  layout: Layout,
  target: Argument,
  candidates: readonly Plugged[],
  { path, inParallel }: Surroundings,
): Placed {
  const [key, name] = nameIn(target);
  const place = key === undefined ? path : [...path, key];
  if (typeof target !== 'string' && target.after !== undefined) {
    const what = name === undefined ? 'anything' : quote(name);
    const wrong = `"after", and the step before does not plug or unplug ${what}`;
    const expected = 'it right behind the plug or unplug of the same device, from whose command the time counts';
    return misplaced(layout, [...path, 'after'], wrong, expected, {}, 'key');
  }
  const ids = candidates.map(({ deviceId }) => deviceId);
  const isLater = name !== undefined && inParallel && layout.namedIds.has(name);
  const wrong = name === undefined ? 'nothing is plugged at this step' : `${quote(name)} is not plugged at this step`;
  if (isLater)
    return misplaced(layout, place, wrong, 'the branch that plugs it before this one, or a plug step before this one');
  const expected = ids.length > 0 ? listWords(ids, 'or') : 'a plug step before it';
  const meant = name === undefined ? {} : didYouMean(name, [...ids, ...candidates.map(({ device }) => device)]);
  return misplaced(layout, place, wrong, expected, meant);
}

/** What the step before plugs or unplugs, where it is known when. */
function devicesOf(before: Step | undefined, everPlugged: readonly Plugged[]): readonly Plugged[] {
  return [...beginsOf(before).keys()].flatMap((id) => everPlugged.findLast(({ deviceId }) => deviceId === id) ?? []);
}

/** What another branch plugs or unplugs has to be named by its id, so that nobody does it by accident. */
function chooseBeside(beside: readonly Plugged[], target: Argument): readonly Plugged[] {
  const id = typeof target === 'string' ? target : target.id;
  const one = beside.findLast(({ deviceId }) => deviceId === id);
  return one ? [one] : [];
}

function choose(plugged: readonly Plugged[], target: Argument): readonly Plugged[] {
  if (target === ALL) return plugged;
  if (typeof target === 'string') {
    const one = plugged.find(({ deviceId }) => deviceId === target) ?? plugged.find(({ device }) => device === target);
    return one ? [one] : [];
  }
  const { id, device, count, order = 'oldest-first' } = target;
  const matching = plugged.filter(
    (one) => (id === undefined || one.deviceId === id) && (device === undefined || one.device === device),
  );
  return (order === 'newest-first' ? matching.toReversed() : matching).slice(0, count);
}

/** What the step names, and under which key. */
function nameIn(target: Argument): readonly [string | undefined, string | undefined] {
  if (typeof target === 'string') return [undefined, target === ALL ? undefined : target];
  if (target.id !== undefined) return ['id', target.id];
  return target.device === undefined ? [undefined, undefined] : ['device', target.device];
}
