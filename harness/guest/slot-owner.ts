import type { Recognition, ShownSlot, SlotSigns } from '../drivers/driver.ts';
import { allDrivers } from '../drivers/index.ts';

/** The guest driver that owns a slot, with the signs that say so; or why no driver can be named. */
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
 * Who owns a slot, from what the kernels 5.10, 6.1, 6.12 and 7.2 show. None of them says it in one way that all have. The link
 * `module` in the slot's directory (drivers/pci/slot.c, since 7.2 hotplug/pci_hotplug_core.c) names any driver. With built-in
 * drivers it is there in 5.10 and 6.1 and missing in 6.12 and 7.2: it is made when the slot is registered, and there the
 * built-in modules have no entry in /sys/module yet. So each driver has signs of its own besides (harness/drivers).
 *
 * Limit: a slot whose ACPI node has _RMV and no _EJ0 is acpiphp's, too, but sysfs does not show _RMV; then only its line in
 * the log names it.
 *
 * @param log lines of the guest's kernel log since its boot, as far as they are known
 */
export function slotOwner(name: string, signs: SlotSigns, log: readonly string[]): SlotOwner {
  const slot = { name, signs, log };
  const strong = [...modulesClaim(signs), ...driversClaims(slot, 'signs')];
  const weak = driversClaims(slot, 'weakSigns').filter(({ driver }) =>
    strong.every((claim) => claim.driver === driver),
  );
  const claims = [...strong, ...weak];
  const [first, ...others] = claims;
  if (!first) return { known: false, problem: `has no owner that can be named: ${lookedFor(slot)}` };
  const told = claims.map(({ driver, sign }) => `${sign} (${driver})`);
  if (others.some(({ driver }) => driver !== first.driver))
    return { known: false, problem: `has signs of different owners: ${told.join('; ')}` };
  if (signs.operable === false)
    return { known: false, problem: `${told.join('; ')}, but no hot-plug driver has registered the slot: ${NO_POWER}` };
  return { known: true, driver: first.driver, because: [...claims.map(({ sign }) => sign), ...confirmed(first, slot)] };
}

const NO_POWER = 'it has no file `power`';

function modulesClaim({ module }: SlotSigns): readonly Claim[] {
  return module === undefined ? [] : [{ driver: module, sign: 'the link `module` of the slot' }];
}

function driversClaims(slot: ShownSlot, kind: keyof Pick<Recognition, 'signs' | 'weakSigns'>): readonly Claim[] {
  return allDrivers.flatMap(({ name, recognition }) =>
    (recognition[kind]?.(slot) ?? []).map((sign) => ({ driver: name, sign })),
  );
}

/** What the owner says of the bridge in the kernel log. */
function confirmed({ driver }: Claim, { signs: { bridge }, log }: ShownSlot): readonly string[] {
  const begins = allDrivers.find(({ name }) => name === driver)?.recognition.bridgeLineBegins;
  const line = bridge && begins && log.find((text) => text.startsWith(begins(bridge.address)));
  return line === undefined ? [] : [`the kernel log, "${line}"`];
}

function lookedFor({ name, signs: { operable, bridge, ejectable }, log }: ShownSlot): string {
  const node = ejectable === undefined ? 'no ACPI node with _EJ0' : `an ACPI node with _EJ0 (${ejectable})`;
  const services = bridge?.services.join(', ') || 'no driver';
  const above = bridge
    ? `the bridge ${bridge.address} has ${bridge.driver ?? 'no driver'}, its services have ${services}`
    : 'it is on a root bus';
  const lines = allDrivers.flatMap(({ recognition }) => recognition.registrationLine?.(name) ?? []);
  return [
    ...(operable === false ? [`no hot-plug driver has registered it, ${NO_POWER}`] : []),
    'it has no link `module`',
    above,
    node,
    ...(log.length === 0
      ? ['the kernel log is not known']
      : lines.map((line) => `the kernel log has no line "${line}"`)),
    ...log.filter((text) => /_OSC: OS now controls/.test(text)).map((text) => `and says "${text}"`),
  ].join('; ');
}
