/**
 * What the guest's sysfs says about one slot; agent/slots.h has the meaning of each sign. Absent: there is no such sign.
 */
export interface SlotSigns {
  readonly operable?: boolean;
  readonly module?: string;
  readonly bridge?: Bridge;
  readonly ejectable?: string;
}

/** The bridge or port above a slot that is not on a root bus. */
interface Bridge {
  readonly address: string;
  readonly driver?: string;
  /** Drivers of a port's services. */
  readonly services: readonly string[];
}

/** The guest driver that owns a slot, with the signs that say so; or why nobody can be named. */
export type SlotOwner =
  | { readonly known: true; readonly driver: string; readonly because: readonly string[] }
  | { readonly known: false; readonly problem: string };

/** A sign that names a driver. */
interface Claim {
  readonly driver: string;
  readonly sign: string;
}

/** For tables and files: the driver, or that it is not known. */
export function ownerName(owner: SlotOwner): string {
  return owner.known ? owner.driver : 'unknown';
}

/**
 * Who owns a slot, from what the kernels 5.10, 6.1, 6.12 and 7.2 show. None of them says it in one way that all have:
 *
 * - a link `module` in the slot's directory (drivers/pci/slot.c, since 7.2 hotplug/pci_hotplug_core.c). With built-in
 *   drivers it is there in 5.10 and 6.1 and missing in 6.12 and 7.2: it is made when the slot is registered, and there
 *   the built-in modules have no entry in /sys/module yet;
 * - shpchp bound to the bridge: it lets go of the bridge unless it has registered every slot (shpchp_core.c shpc_probe());
 * - pciehp bound to a service of the port (pciehp_core.c pciehp_probe()), which is offered to it only where the firmware has
 *   granted native hot-plug, or `pcie_ports=native` has taken it (pcie/portdrv.c get_port_device_capability());
 * - acpiphp's line in the kernel log (acpiphp_core.c acpiphp_register_hotplug_slot());
 * - an ACPI node with _EJ0 for the slot. It names acpiphp only where no native driver has the bridge, since acpiphp leaves
 *   such slots to that one (acpiphp_glue.c acpiphp_add_context()), and only if the slot can be operated: drivers/acpi/pci_slot.c
 *   gives slots a name that nobody owns.
 *
 * Limit: a slot whose ACPI node has _RMV and no _EJ0 is acpiphp's, too, but sysfs does not show _RMV; then only its line in
 * the log names it.
 *
 * @param log lines of the guest's kernel log since its boot, as far as they are known
 */
export function slotOwner(name: string, signs: SlotSigns, log: readonly string[]): SlotOwner {
  const direct = [...modulesClaim(signs), ...bridgesClaim(signs), ...servicesClaim(signs), ...logsClaim(name, log)];
  const claims = [...direct, ...nodesClaim(signs, direct)];
  const [first, ...others] = claims;
  if (!first) return { known: false, problem: `has no owner that can be named: ${lookedFor(name, signs, log)}` };
  const told = claims.map(({ driver, sign }) => `${sign} (${driver})`);
  if (others.some(({ driver }) => driver !== first.driver))
    return { known: false, problem: `has signs of different owners: ${told.join('; ')}` };
  if (signs.operable === false)
    return { known: false, problem: `${told.join('; ')}, but no hot-plug driver has registered the slot: ${NO_POWER}` };
  const confirmed = first.driver === 'acpiphp' ? [] : initialised(signs, log);
  return { known: true, driver: first.driver, because: [...claims.map(({ sign }) => sign), ...confirmed] };
}

const NO_POWER = 'it has no file `power`';

function modulesClaim({ module }: SlotSigns): readonly Claim[] {
  return module === undefined ? [] : [{ driver: module, sign: 'the link `module` of the slot' }];
}

function bridgesClaim({ bridge }: SlotSigns): readonly Claim[] {
  return bridge?.driver === 'shpchp' ? [{ driver: 'shpchp', sign: `the driver of the bridge ${bridge.address}` }] : [];
}

function servicesClaim({ bridge }: SlotSigns): readonly Claim[] {
  if (!bridge?.services.includes('pciehp')) return [];
  return [{ driver: 'pciehp', sign: `a service of the port ${bridge.address}` }];
}

/** The last word on a slot counts: it may have been given up again. */
function logsClaim(name: string, log: readonly string[]): readonly Claim[] {
  const line = log.findLast((text) => text === registered(name) || text === `acpiphp: Slot [${name}] unregistered`);
  return line === registered(name) ? [{ driver: 'acpiphp', sign: `the kernel log, "${line}"` }] : [];
}

function registered(name: string): string {
  return `acpiphp: Slot [${name}] registered`;
}

function nodesClaim({ ejectable, operable }: SlotSigns, direct: readonly Claim[]): readonly Claim[] {
  const isLeft = direct.every(({ driver }) => driver === 'acpiphp');
  if (ejectable === undefined || operable !== true || !isLeft) return [];
  return [{ driver: 'acpiphp', sign: `the ACPI node ${ejectable} with _EJ0` }];
}

/** What shpchp and pciehp say of a bridge before they register its slots: it confirms an owner and names none. */
function initialised({ bridge }: SlotSigns, log: readonly string[]): readonly string[] {
  if (!bridge) return [];
  const beginnings = [`shpchp ${bridge.address}: HPC vendor_id`, `pcieport ${bridge.address}: pciehp: Slot #`];
  const line = log.find((text) => beginnings.some((beginning) => text.startsWith(beginning)));
  return line === undefined ? [] : [`the kernel log, "${line}"`];
}

function lookedFor(name: string, signs: SlotSigns, log: readonly string[]): string {
  const { operable, bridge, ejectable } = signs;
  const node = ejectable === undefined ? 'no ACPI node with _EJ0' : `an ACPI node with _EJ0 (${ejectable})`;
  const services = bridge?.services.join(', ') || 'no driver';
  const above = bridge
    ? `the bridge ${bridge.address} has ${bridge.driver ?? 'no driver'}, its services have ${services}`
    : 'it is on a root bus';
  return [
    ...(operable === false ? [`no hot-plug driver has registered it, ${NO_POWER}`] : []),
    'it has no link `module`',
    above,
    node,
    log.length === 0 ? 'the kernel log is not known' : `the kernel log has no line "${registered(name)}"`,
    ...log.filter((text) => /_OSC: OS now controls/.test(text)).map((text) => `and says "${text}"`),
  ].join('; ');
}
