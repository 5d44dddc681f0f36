import { z } from 'zod';
import type { UnplugStep } from '../../variant.ts';
import { count, didYouMean, listWords, quote } from '../../words.ts';
import { expectedOutcomes } from './choices.ts';
import { arranged, arrangement } from './locate.ts';
import { MEANT_REFUSED, refusedOf } from './refused.ts';
import { defineStepKind, type Layout, misplaced, type Plugged } from './step-kind.ts';

const ALL = 'all';
const ORDERS = ['oldest-first', 'newest-first'] as const;

const longForm = z.strictObject({
  id: z.string().meta({ title: 'the id of a plugged device' }).exactOptional(),
  device: z.string().meta({ title: 'the name of a device' }).exactOptional(),
  count: z.int().min(1).describe('how many, if not all of them').exactOptional(),
  order: z.enum(ORDERS).exactOptional(),
  ...arrangement,
  expect: expectedOutcomes.exactOptional(),
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
  place: (layout, target, { path }) => {
    const { plugged } = layout;
    const chosen = choose(plugged, target);
    const wanted = typeof target === 'string' ? undefined : target.count;
    if (wanted !== undefined && chosen.length > 0 && chosen.length < wanted) {
      const wrong = `${count(wanted, 'device')} to unplug, but ${chosen.length} of that kind plugged at this step`;
      return misplaced(layout, [...path, 'count'], wrong, `at the most ${chosen.length}`);
    }
    if (chosen.length > 0) {
      const { expect, ...how } = typeof target === 'string' ? {} : target;
      const isRefused = refusedOf(expect) === 'all';
      const steps = chosen.map(({ path: _, ...device }, index): UnplugStep => {
        const expected = isRefused ? MEANT_REFUSED : expect && { expected: expect };
        return { operation: 'unplug', ...device, sequence: layout.count + index + 1, ...expected };
      });
      const next: Layout = {
        ...layout,
        steps: [...layout.steps, ...arranged(steps, how)],
        plugged: isRefused ? plugged : plugged.filter((other) => !chosen.includes(other)),
        count: layout.count + steps.length,
      };
      return { layout: next, findings: [] };
    }
    const [key, name] = nameIn(target);
    const ids = plugged.map(({ deviceId }) => deviceId);
    const expected = ids.length > 0 ? listWords(ids, 'or') : 'a plug step before it';
    const wrong = name === undefined ? 'nothing is plugged at this step' : `${quote(name)} is not plugged at this step`;
    const meant = name === undefined ? {} : didYouMean(name, [...ids, ...plugged.map(({ device }) => device)]);
    return misplaced(layout, key === undefined ? path : [...path, key], wrong, expected, meant);
  },
});

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
