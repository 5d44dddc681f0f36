import { topologies } from '../machine/topology/index.ts';
import type { NamedSettings } from './expand-matrix.ts';
import { member } from './expected-words.ts';
import type { Settings } from './schema.ts';
import { type PlacedSequence, placeSequence } from './sequence.ts';
import { type MergedSettings, mergeSettings, type SequenceOwner, sequenceOf } from './settings.ts';
import type { SequenceItems } from './step/step-kind.ts';
import type { Path } from './yaml/problem.ts';

/** Where a variant as a whole stands in the file. */
export function variantPlace({ base }: NamedSettings): Path {
  return base === undefined ? ['matrix'] : ['variants', base];
}

/** How a message speaks of all variants that come from one entry of the file. */
export function variantWords({ base }: NamedSettings): string {
  return base === undefined ? 'each variant of the matrix' : `the variant "${base}"`;
}

/**
 * Where a setting of a variant stands in the file: on an axis of the matrix, in the variant, or else in the defaults.
 *
 * @param setting as in a variant, with what is below it: `['guest', 'cpus']`, `['topology', name, option]`
 */
export function settingPlace({ own, base, axes }: NamedSettings, setting: Path): Path {
  const found = axes.find(({ axis }) => startsWith(setting[0] === 'guest' ? setting.slice(1) : setting, axis));
  if (found) return ['matrix', ...found.value];
  const isOwn = base !== undefined && has(own, setting);
  return [...(isOwn ? ['variants', base] : ['defaults']), ...setting];
}

function sequencePlace({ base }: NamedSettings, owner: SequenceOwner): Path {
  if (owner === 'variant' && base !== undefined) return ['variants', base, 'sequence'];
  return owner === 'file' ? ['sequence'] : ['defaults', 'sequence'];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}

/** Maps of single settings are merged key by key; everything else is a variant's own as a whole. */
function has(own: NamedSettings['own'], [key = '', ...below]: Path): boolean {
  const merged = key === 'guest' ? below.slice(0, below[0] === 'parameters' ? 2 : 1) : [];
  return [key, ...merged].reduce<unknown>((found, name) => member(found, name), own) !== undefined;
}

/** A sound variant with its sequence, if it has one, and where in the file that stands. */
export interface PlacedVariant {
  readonly name: string;
  readonly named: NamedSettings;
  readonly settings: MergedSettings;
  readonly sequence?: PlacedSequence & { readonly path: Path };
}

/** Places the sequence of a variant in its slots, as far as that can be done. */
export function placeVariant(
  parts: { readonly sequence?: SequenceItems; readonly defaults: Settings },
  name: string,
  named: NamedSettings,
): PlacedVariant {
  const settings = mergeSettings(parts, named.own);
  const found = sequenceOf(parts, named.own);
  if (found === undefined) return { name, named, settings };
  const { topology, device, devices, start } = settings;
  const slots = topology && topologies.get(topology.name)?.slots(topology.options);
  const path = sequencePlace(named, found.owner);
  const placed = placeSequence(
    found.items,
    {
      devices,
      started: { wanted: start, path: settingPlace(named, ['start']) },
      ...(device && { device }),
      ...(slots && { slots }),
    },
    path,
  );
  return { name, named, settings, sequence: { ...placed, path } };
}
