import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlotSigns } from '../drivers/driver.ts';
import { ownerName, slotOwner } from './slot-owner.ts';

const BRIDGE = '0000:00:02.0';
const bridge = (driver?: string, ...services: readonly string[]) => {
  return { address: BRIDGE, services, ...(driver !== undefined && { driver }) };
};
/** Signs as the guests show them, under QEMU 5.2, 7.2 and 11.1. */
const SHPC = { operable: true, bridge: bridge('shpchp') };
const PORT = { operable: true, bridge: bridge('pcieport', 'pcie_pme', 'aer') };
const NATIVE = { operable: true, bridge: bridge('pcieport', 'pcie_pme', 'aer', 'pciehp', 'pcie_bwctrl') };
const ACPI_PORT = { ...PORT, ejectable: '\\_SB_.PCI0.S10_.S00_' };
const ACPI_BRIDGE = { operable: true, bridge: bridge(), ejectable: '\\_SB_.PCI0.S10_.S08_' };
const ACPI_ROOT = { operable: true, ejectable: '\\_SB_.PCI0.S18_' };

const REGISTERED = 'acpiphp: Slot [1] registered';
const HPC = `shpchp ${BRIDGE}: HPC vendor_id 1b36 device_id 1 ss_vid 0 ss_did 0`;
const OSC = 'acpi PNP0A08:00: _OSC: OS now controls [PCIeHotplug SHPCHotplug PME AER PCIeCapability]';

const named = (signs: SlotSigns, log: readonly string[] = []) => ownerName(slotOwner('1', signs, log));

function problemOf(signs: SlotSigns, log: readonly string[] = []): string {
  const owner = slotOwner('1', signs, log);
  return owner.known ? `known: ${owner.driver}` : owner.problem;
}

describe('an owner is named by', () => {
  test.each<[string, SlotSigns, readonly string[], string]>([
    ['the link `module` alone, as in an old recording', { module: 'acpiphp' }, [], 'acpiphp'],
    ['the driver of a bridge', SHPC, [HPC], 'shpchp'],
    ['the same and the link of 6.1', { ...SHPC, module: 'shpchp' }, [], 'shpchp'],
    ['a service of a port', NATIVE, [], 'pciehp'],
    ['an ACPI node below a port that pciehp has not got', ACPI_PORT, [], 'acpiphp'],
    ['an ACPI node below a bridge without a driver', ACPI_BRIDGE, [REGISTERED], 'acpiphp'],
    ['an ACPI node on a root bus', ACPI_ROOT, [], 'acpiphp'],
    ['a line in the log where the node has only _RMV', PORT, [REGISTERED], 'acpiphp'],
    ['the link of a driver that this project does not measure', { operable: true, module: 'cpqphp' }, [], 'cpqphp'],
  ])('%s', (_, signs, log, driver) => {
    expect(named(signs, log)).toBe(driver);
  });
});

test('a native driver has the slot although ACPI could eject it: acpiphp leaves such slots alone', () => {
  expect(named({ ...NATIVE, ejectable: '\\_SB_.PCI0.S10_.S00_' })).toBe('pciehp');
  expect(named({ ...SHPC, ejectable: '\\_SB_.PCI0.S10_.S08_' })).toBe('shpchp');
});

test('an owner comes with the signs, and with what the kernel said at boot', () => {
  expect(slotOwner('1', SHPC, [HPC])).toEqual({
    known: true,
    driver: 'shpchp',
    because: [`the driver of the bridge ${BRIDGE}`, `the kernel log, "${HPC}"`],
  });
  expect(slotOwner('1', ACPI_PORT, [REGISTERED])).toEqual({
    known: true,
    driver: 'acpiphp',
    because: [`the kernel log, "${REGISTERED}"`, 'the ACPI node \\_SB_.PCI0.S10_.S00_ with _EJ0'],
  });
});

test('signs of different owners are said as that, and none is believed', () => {
  const problem = problemOf(NATIVE, [REGISTERED]);
  expect(problem).toMatch(/^has signs of different owners: /);
  expect(problem).toContain(`a service of the port ${BRIDGE} (pciehp)`);
  expect(problem).toContain(`"${REGISTERED}" (acpiphp)`);
  expect(problemOf({ ...SHPC, module: 'acpiphp' })).toMatch(/^has signs of different owners: /);
});

test('a line about another slot, or one that was taken back, names nobody', () => {
  expect(named(PORT, ['acpiphp: Slot [11] registered'])).toBe('unknown');
  expect(named(PORT, [REGISTERED, 'acpiphp: Slot [1] unregistered'])).toBe('unknown');
});

test('a bridge that shpchp looked at and gave up is not its own', () => {
  expect(named(ACPI_BRIDGE, [HPC])).toBe('acpiphp');
});

describe('without an owner it is said what was looked for', () => {
  test('on a port that nobody has taken', () => {
    const problem = problemOf(PORT, [OSC]);
    expect(problem).toBe(
      'has no owner that can be named: it has no link `module`; the bridge 0000:00:02.0 has pcieport, ' +
        'its services have pcie_pme, aer; no ACPI node with _EJ0; the kernel log has no line ' +
        `"acpiphp: Slot [1] registered"; and says "${OSC}"`,
    );
  });

  test('of a slot that is only a name: an ACPI node without a driver', () => {
    expect(problemOf({ ...ACPI_ROOT, operable: false })).toMatch(/no hot-plug driver has registered it, .* `power`/);
    expect(problemOf({ ...ACPI_ROOT, operable: false })).toContain('an ACPI node with _EJ0');
  });

  test('a driver above a slot that it has not registered', () => {
    expect(problemOf({ ...NATIVE, operable: false })).toMatch(/\(pciehp\), but no hot-plug driver has registered/);
  });

  test('when nothing is known at all', () => {
    expect(problemOf({})).toContain('the kernel log is not known');
  });
});

/** `undefined` for a sign that is not there. */
const perhaps = <Value>(...values: readonly Value[]) => fc.constantFrom<Value | undefined>(undefined, ...values);
const anySigns = fc
  .record({
    operable: perhaps(true, false),
    module: perhaps('acpiphp', 'pciehp', 'shpchp'),
    bridge: perhaps(bridge(), bridge('shpchp'), bridge('pcieport', 'aer'), bridge('pcieport', 'aer', 'pciehp')),
    ejectable: perhaps('\\_SB_.PCI0.S18_'),
  })
  .map((signs) => Object.fromEntries(Object.entries(signs).filter(([, value]) => value !== undefined)) as SlotSigns);
const anyLog = fc.subarray([REGISTERED, HPC, OSC, 'acpiphp: Slot [2] registered']);

test('whatever the signs are, a driver is named for a reason, or a problem is told; "-" is never said', () => {
  fc.assert(
    fc.property(anySigns, anyLog, (signs, log) => {
      const owner = slotOwner('1', signs, log);
      const told = owner.known ? [owner.driver, ...owner.because] : [owner.problem];
      expect(told.length).toBeGreaterThan(owner.known ? 1 : 0);
      for (const text of told) expect(text.length).toBeGreaterThan(1);
      expect(told.join(' ')).not.toContain('undefined');
    }),
  );
});

test('a further sign of the same owner never makes it unknown, one of another never makes it that one', () => {
  fc.assert(
    fc.property(anySigns, anyLog, (signs, log) => {
      const owner = slotOwner('1', signs, log);
      fc.pre(owner.known);
      if (!owner.known) return;
      expect(named({ ...signs, module: owner.driver }, log)).toBe(owner.driver);
      fc.pre(signs.module === undefined && owner.driver !== 'acpiphp');
      expect(named(signs, [...log, REGISTERED])).toBe('unknown');
    }),
  );
});
