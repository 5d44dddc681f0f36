import { topologyOf } from '../../machine/topology/index.ts';
import type { MachinePart } from '../../machine/topology/topology.ts';
import type { ReadyVariant } from '../../plan/ready-variant.ts';
import type { Variant } from '../../variant.ts';

/** The parts of a variant's machine that can be had, and those that it is without, each with the reason. */
export function machinePartsOf({
  topology,
  topologyOptions,
  bootMode,
}: Pick<Variant, 'topology' | 'topologyOptions' | 'bootMode'>): Pick<ReadyVariant, 'parts' | 'leftOut'> {
  const all = topologyOf(topology).parts?.(topologyOptions) ?? [];
  const asked = all.map((part) => ({ part, obstacle: cannotBeSaved(part, bootMode) ?? lackingFor(part) }));
  return {
    parts: asked.flatMap(({ part, obstacle }) => (obstacle === undefined ? [part] : [])),
    leftOut: asked.flatMap(({ part, obstacle }) => (obstacle === undefined ? [] : [`${part.name}: ${obstacle}`])),
  };
}

/**
 * What a process beside QEMU knows of the guest is not in the migration stream: QEMU 7.2 refuses to save a machine with
 * vhost-user-fs ("State blocked by non-migratable device", hw/virtio/vhost-user-fs.c).
 */
function cannotBeSaved({ sharesMemory }: MachinePart, bootMode: Variant['bootMode']): string | undefined {
  return bootMode === 'snapshot' && sharesMemory ? 'QEMU cannot save a guest that has it' : undefined;
}

function lackingFor(part: MachinePart): string | undefined {
  const lacking = part.lacking();
  return lacking === undefined ? undefined : `this host lacks ${lacking}`;
}
