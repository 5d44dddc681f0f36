import { z } from 'zod';
import { fail, ok } from '../../result.ts';
import { didYouMean, listWords, quote } from '../words.ts';
import { defineStepKind } from './step-kind.ts';

const argument = z
  .union([z.string(), z.strictObject({ id: z.string().meta({ title: 'the id of a plugged device' }) })])
  .meta({ title: 'the id of a plugged device, or a device name for the oldest of its kind' });

/**
 * `unplug: disk0` or `unplug: { id: disk0 }`, exactly that one; `unplug: virtio-blk`, the device with that id, which the
 * first without an id of its own has, or else the oldest of that kind.
 */
export const unplug = defineStepKind({
  name: 'unplug',
  form: 'unplug: <device or id>',
  argument,
  namedId: () => undefined,
  place: (layout, target) => {
    const { plugged } = layout;
    const found =
      typeof target === 'string'
        ? (plugged.find(({ deviceId }) => deviceId === target) ?? plugged.find(({ device }) => device === target))
        : plugged.find(({ deviceId }) => deviceId === target.id);
    if (found) {
      const { deviceId, device } = found;
      return ok({
        ...layout,
        steps: [...layout.steps, { operation: 'unplug', deviceId, device }],
        plugged: plugged.filter((other) => other !== found),
      });
    }
    const name = typeof target === 'string' ? target : target.id;
    const ids = plugged.map(({ deviceId }) => deviceId);
    return fail({
      path: typeof target === 'string' ? [] : ['id'],
      at: 'value',
      wrong: `${quote(name)} is not plugged at this step`,
      expected: ids.length > 0 ? listWords(ids, 'or') : 'a plug step before it',
      ...didYouMean(name, ids),
    });
  },
});
