import type { MachineStep, Step } from '../../variant.ts';
import { markContested } from './contested.ts';
import { defineStepKind, type Layout, misplaced, type StepKind } from './step-kind.ts';
import { measuredSteps } from './walk-steps.ts';

/** A step that is one word. */
function word(name: MachineStep['operation'], place: StepKind['place'], whilePaused?: true): StepKind {
  return defineStepKind({
    name,
    form: name,
    bare: true,
    namedIds: () => [],
    place,
    ...(whilePaused && { whilePaused }),
  });
}

/**
 * `pause`, …, `resume`: the machine stands still from the one to the other. What is plugged and unplugged between them is asked
 * for while it does, and ends when it goes on.
 */
export const pause = word(
  'pause',
  (layout, _, { path }) => {
    if (layout.paused)
      return misplaced(layout, path, 'a pause of a machine that stands still already', 'resume before it');
    const paused = { at: layout.steps.length, path, reserved: layout.reserved };
    return { layout: { ...added(layout, 'pause'), paused }, findings: [] };
  },
  true,
);

export const resume = word(
  'resume',
  (layout, _, { path }) => {
    const { paused, ...running } = layout;
    if (!paused || !isOneList(paused.path, path)) {
      const expected = 'pause before it, in the same list of steps';
      return misplaced(layout, path, 'a resume of a machine that does not stand still', expected);
    }
    const standing = whileItStands(layout.steps.slice(paused.at + 1));
    const steps = [...layout.steps.slice(0, paused.at), ...standing];
    return { layout: { ...running, reserved: paused.reserved, steps, count: layout.count + 1 }, findings: [] };
  },
  true,
);

/** `reset`: as with the machine's reset button. It ends when the guest has booted once more. */
export const reset = word('reset', (layout, _, { path, inParallel }) => {
  if (inParallel) return misplaced(layout, path, 'a reset while something else goes on', 'it outside of parallel');
  return { layout: added(layout, 'reset'), findings: [] };
});

/** `rescan`: the guest looks for devices on all its PCI buses, as whoever writes to /sys/bus/pci/rescan has it. */
export const rescan = word('rescan', (layout) => ({ layout: added(layout, 'rescan'), findings: [] }));

/** While the machine stands still, a device that is unplugged keeps its slot and its id. */
export function keepingSlots(before: Layout, after: Layout): Layout {
  if (!before.paused || !after.paused) return after;
  const gone = before.plugged.filter((device) => !after.plugged.includes(device));
  const slots = new Set([...after.reserved.slots, ...gone.map(({ slot }) => slot)]);
  const ids = new Set([...after.reserved.ids, ...gone.map(({ deviceId }) => deviceId)]);
  return { ...after, reserved: { slots, ids } };
}

function added(layout: Layout, operation: MachineStep['operation']): Layout {
  return { ...layout, steps: [...layout.steps, { operation }], count: layout.count + 1 };
}

/** Whether two steps, by their places in the file, stand in the same list. */
function isOneList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.slice(0, -1).join('/') === other.slice(0, -1).join('/');
}

/**
 * The steps from `pause` to `resume`, with those in between as branches that begin when the pause does: none of them can end
 * before the machine goes on, so none waits for another.
 */
function whileItStands(steps: readonly Step[]): readonly Step[] {
  let sinceMs = 0;
  const branches: (readonly Step[])[] = [];
  for (const step of steps) {
    if (step.operation === 'wait' && 'waitMs' in step) sinceMs += step.waitMs;
    else if (step.operation === 'parallel')
      for (const branch of step.branches) branches.push([...waited(sinceMs), ...branch]);
    else branches.push([...waited(sinceMs), step]);
  }
  const own = [{ operation: 'pause' }, ...waited(sinceMs), { operation: 'resume' }] as const;
  if (branches.length === 0) return own;
  const ids = measuredSteps(branches.flat()).map(({ deviceId }) => deviceId);
  const twice = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [{ operation: 'parallel', branches: [own, ...branches.map((branch) => markContested(branch, twice))] }];
}

function waited(waitMs: number): readonly Step[] {
  return waitMs > 0 ? [{ operation: 'wait', waitMs }] : [];
}
