import { z } from 'zod';
import type { Step } from '../../variant.ts';
import type { Finding } from '../yaml/problem.ts';
import { markContested } from './contested.ts';
import { defineStepKind, type Layout, misplaced, type Plugged, type SequenceItems } from './step-kind.ts';

const MAX_TIMES = 1000;

interface Repetition {
  readonly times: number;
  readonly steps: SequenceItems;
}

/** `repeat: { times: 3, steps: [plug, unplug] }`. */
export const repeat = defineStepKind<Repetition>({
  name: 'repeat',
  form: 'repeat: { times, steps }',
  argument: (steps) => z.strictObject({ times: z.int().min(1).max(MAX_TIMES), steps }),
  whilePaused: true,
  namedIds: ({ steps }, inSteps) => inSteps(steps),
  place: (layout, { times, steps }, { placeSteps, inParallel }) => {
    let current = layout;
    const findings: Finding[] = [];
    for (let time = 0; time < times && findings.length === 0; time += 1) {
      const placed = placeSteps(current, steps, ['steps'], inParallel);
      current = placed.layout;
      findings.push(...placed.findings);
    }
    return { layout: current, findings };
  },
});

type Branches = readonly SequenceItems[];

/**
 * `parallel: [ [plug: a, unplug: a], [plug: b] ]`: branches that begin together, each a list of steps. A branch may unplug by
 * its id what a branch before it plugs or unplugs: in which order that happens is then what the scenario is about.
 */
export const parallel = defineStepKind<Branches>({
  name: 'parallel',
  form: 'parallel: [<steps>, <steps>]',
  argument: (steps) => z.array(steps).min(2).meta({ title: 'at least two lists of steps' }),
  whilePaused: true,
  namedIds: (branches, inSteps) => branches.flatMap(inSteps),
  place: (layout, lists, { path, placeSteps, inParallel }) => {
    if (inParallel) return misplaced(layout, path, 'parallel within parallel', 'all branches in one list');
    const findings: Finding[] = [];
    const done: (readonly Step[])[] = [];
    const added: Plugged[] = [];
    const slots = new Set(layout.reserved.slots);
    const ids = new Set(layout.reserved.ids);
    const beside: Plugged[] = [];
    const contested = new Map<string, boolean>();
    const freed = new Set<number>();
    let incomplete: Pick<Layout, 'incomplete'> = {};
    /** What is left of the devices that were there before. */
    let before = layout.plugged;
    let { count, everPlugged } = layout;
    for (const [index, items] of lists.entries()) {
      const own = {
        steps: [],
        plugged: before,
        everPlugged,
        reserved: { slots, ids },
        count,
        beside,
        contested: new Map(),
        freed,
      };
      const branch: Layout = { ...layout, ...own };
      const placed = placeSteps(branch, items, [index], true);
      findings.push(...placed.findings);
      done.push(placed.layout.steps);
      const left = new Set(placed.layout.plugged);
      // What one branch gives back is for another only if that asks again: nobody would know when it is free.
      const gone = before.filter((device) => !left.has(device));
      const touched = [...gone, ...placed.layout.everPlugged.slice(everPlugged.length)];
      for (const { slot } of gone) freed.add(slot);
      for (const { slot, deviceId } of touched) {
        slots.add(slot);
        ids.add(deviceId);
      }
      beside.push(...touched);
      for (const [id, isUnplugged] of placed.layout.contested)
        contested.set(id, isUnplugged || contested.get(id) === true);
      if (placed.layout.incomplete) incomplete = { incomplete: true };
      added.push(...placed.layout.plugged.filter((device) => !before.includes(device)));
      before = before.filter((device) => left.has(device));
      ({ count, everPlugged } = placed.layout);
    }
    const branches = done.map((branch) => markContested(branch, new Set(contested.keys())));
    const steps = [...layout.steps, { operation: 'parallel', branches } as const];
    const plugged = [...before, ...added].filter(({ deviceId }) => !contested.get(deviceId));
    return { layout: { ...layout, ...incomplete, steps, plugged, everPlugged, count }, findings };
  },
});

/** More than any guest here has. */
const MAX_CPUS = 255;

export const busyCpus = {
  guest: z.int().min(0).max(MAX_CPUS).describe('busy processes in the guest').exactOptional(),
  host: z.int().min(0).max(MAX_CPUS).describe('busy processes on the host, beside QEMU').exactOptional(),
};

interface Load {
  readonly guest?: number;
  readonly host?: number;
  readonly steps: SequenceItems;
}

/** `load: { guest: 2, host: 2, steps: [plug, unplug] }`: the steps, with so many processes that do nothing but count. */
export const load = defineStepKind<Load>({
  name: 'load',
  form: 'load: { guest, host, steps }',
  argument: (steps) => z.strictObject({ ...busyCpus, steps }) as z.ZodType<Load>,
  namedIds: ({ steps }, inSteps) => inSteps(steps),
  place: (layout, { guest = 0, host = 0, steps }, { path, placeSteps, inParallel }) => {
    if (inParallel) return misplaced(layout, path, 'a load in one of several branches', 'it around parallel');
    if (guest + host === 0) {
      return misplaced(layout, path, 'a load that keeps nothing busy', '"guest", "host" or both from 1 up');
    }
    const { layout: inside, findings } = placeSteps({ ...layout, steps: [] }, steps, ['steps']);
    const step = { operation: 'load', guestCpus: guest, hostCpus: host, steps: inside.steps } as const;
    return { layout: { ...inside, steps: [...layout.steps, step] }, findings };
  },
});
