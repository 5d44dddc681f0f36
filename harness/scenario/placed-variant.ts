import { topologies } from '../machine/topology/index.ts';
import type { NamedSettings } from './expand-matrix.ts';
import type { Settings } from './schema.ts';
import { type PlacedSequence, placeSequence } from './sequence.ts';
import { sequencePlace } from './setting-place.ts';
import { type MergedSettings, mergeSettings, sequenceOf } from './settings.ts';
import type { SequenceItems } from './step/step-kind.ts';
import type { Path } from './yaml/problem.ts';

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
  const { topology, device, devices } = settings;
  const slots = topology && topologies.get(topology.name)?.slots(topology.options);
  const path = sequencePlace(named, found.owner);
  const placed = placeSequence(found.items, { devices, ...(device && { device }), ...(slots && { slots }) }, path);
  return { name, named, settings, sequence: { ...placed, path } };
}
