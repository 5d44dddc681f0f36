import { z } from 'zod';
import type { Step } from '../../variant.ts';
import type { Finding } from '../yaml/problem.ts';
import { defineStepKind, type Layout, misplaced, type Plugged, type SequenceItems } from './step-kind.ts';

type Branches = readonly SequenceItems[];

/**
 * `parallel: [ [plug: a, unplug: a], [plug: b] ]`: branches that begin together, each a list of steps. No branch can
 * unplug what another has plugged: nobody would know in which order that happens.
 */
export const parallel = defineStepKind<Branches>({
  name: 'parallel',
  form: 'parallel: [<steps>, <steps>]',
  argument: (steps) => z.array(steps).min(2).meta({ title: 'at least two lists of steps' }),
  namedIds: (branches, inSteps) => branches.flatMap(inSteps),
  place: (layout, branches, { path, placeSteps, inParallel }) => {
    if (inParallel) return misplaced(layout, path, 'parallel within parallel', 'all branches in one list');
    const findings: Finding[] = [];
    const done: (readonly Step[])[] = [];
    const added: Plugged[] = [];
    const slots = new Set(layout.reserved.slots);
    const ids = new Set(layout.reserved.ids);
    /** What is left of the devices that were there before. */
    let before = layout.plugged;
    let { count, everPlugged } = layout;
    for (const [index, items] of branches.entries()) {
      const branch: Layout = { ...layout, steps: [], plugged: before, everPlugged, reserved: { slots, ids }, count };
      const placed = placeSteps(branch, items, [index], true);
      findings.push(...placed.findings);
      done.push(placed.layout.steps);
      const left = new Set(placed.layout.plugged);
      // What one branch gives back is not for another: nobody would know when it is free.
      const touched = [
        ...before.filter((device) => !left.has(device)),
        ...placed.layout.everPlugged.slice(everPlugged.length),
      ];
      for (const { slot, deviceId } of touched) {
        slots.add(slot);
        ids.add(deviceId);
      }
      added.push(...placed.layout.plugged.filter((device) => !before.includes(device)));
      before = before.filter((device) => left.has(device));
      ({ count, everPlugged } = placed.layout);
    }
    const steps = [...layout.steps, { operation: 'parallel', branches: done } as const];
    return { layout: { ...layout, steps, plugged: [...before, ...added], everPlugged, count }, findings };
  },
});
