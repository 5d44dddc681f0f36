import {
  anyOf,
  clockZero,
  type Edge,
  firmware,
  kernel,
  kernelEntry,
  logZero,
  type PhaseRow,
  type PhaseTable,
} from '../drivers/phase-table.ts';
import type { Clock } from '../vocabulary.ts';

/**
 * From the first moment of the kernel's clock to the agent's `ready`, by lines of the kernel's log, which carry the time at which
 * they were said. Initcalls run level by level, and within a level in the order in which they were linked (init/main.c
 * do_initcalls()), so these lines come in this order in every kernel from 5.10 to 7.2.
 *
 * Limit: a kernel without one of the required lines has `unattributed` until the next; those for bridges and their drivers are
 * only there where a machine has some.
 */
const kernelAndInit = (kernelBegins: Edge): PhaseTable => [
  {
    name: 'kernel-early',
    kind: 'guest',
    begin: kernelBegins,
    end: kernel(/^devtmpfs: initialized/),
    required: true,
    source:
      'start_kernel(), the other processors, until driver_init() of init/main.c: memory, clocks, ACPI tables are found',
  },
  {
    name: 'kernel-core',
    kind: 'guest',
    end: kernel(/^ACPI: Added _OSI\(Module Device\)/),
    required: true,
    source: 'initcalls before acpi_init(): of the core, the architecture, netlink, PCI access',
  },
  {
    name: 'acpi-init',
    kind: 'guest',
    end: kernel(/^ACPI: PCI Root Bridge /),
    required: true,
    source: 'drivers/acpi/bus.c acpi_init(): the tables are interpreted, until acpi_pci_root_add()',
  },
  {
    name: 'pci-scan',
    kind: 'guest',
    end: kernel(/^ACPI: PCI: Interrupt link /, /^iommu: Default domain type/, /^PCI: Using ACPI for IRQ routing/),
    required: true,
    source: 'pci_acpi_scan_root(): every device and bridge is found and its BARs read; acpiphp registers its slots',
  },
  {
    name: 'kernel-subsystems',
    kind: 'guest',
    end: anyOf(bridgeWindow(), firstBusResource()),
    required: true,
    source: 'the rest of the initcalls of level subsys and fs: networking, clock sources, PNP, file systems',
  },
  {
    name: 'pci-resources',
    kind: 'guest',
    end: firstBusResource(),
    required: true,
    source: 'arch/x86/pci/i386.c pcibios_assign_resources(): bridges get their windows, devices theirs',
  },
  {
    name: 'initramfs-and-drivers',
    kind: 'guest',
    end: firstPort(),
    required: false,
    source: 'populate_rootfs() and the initcalls of level device before those of PCI ports',
  },
  {
    name: 'hotplug-drivers',
    kind: 'guest',
    begin: firstPort(),
    end: kernel(/^shpchp: Standard Hot Plug PCI Controller Driver/, /^Serial: 8250\/16550 driver/),
    required: false,
    source: 'pcieport with pciehp, or shpchp, on each port or bridge (drivers/pci/pcie/portdrv.c, drivers/pci/hotplug)',
  },
  {
    name: 'kernel-drivers',
    kind: 'guest',
    end: kernel(/^Run \S+ as init process/),
    required: true,
    source:
      'the other initcalls of level device and late, freeing of what only the boot needed; init/main.c run_init_process()',
  },
  {
    name: 'init',
    kind: 'guest',
    end: 'operation-end',
    required: true,
    source: 'the agent: mounts, modules, ready',
  },
];

/** A bridge is told its windows, or a device its BARs. */
function bridgeWindow(): PhaseRow['end'] & object {
  return kernel(/^pci \S+: (PCI bridge to |bridge window |BAR \d+: assigned|BAR \d+ \[.*: assigned)/);
}

/** What came of it is listed bus by bus (drivers/pci/setup-bus.c pci_bus_dump_resources()). */
function firstBusResource() {
  return kernel(/^pci_bus \S+: resource \d+ /);
}

/** The interrupt of the first port is enabled by its driver's probe; nothing is said before. */
function firstPort() {
  return kernel(/^pcieport /, /^shpchp \S+: /, /^ACPI: \S*GSI.: Enabled at IRQ/);
}

/**
 * From `cont` to the agent's `ready`. QEMU's own start lies before it: the machine is created stopped. Where the firmware is
 * listened to (`firmware_log`), `firmware` is only its beginning; SeaBIOS 1.14 to 1.16 says these lines at its default level.
 */
const realBoot: PhaseTable = [
  {
    name: 'firmware',
    kind: 'guest',
    end: anyOf(firmware(/^=== PCI bus & bridge init ===/), clockZero),
    required: true,
    source:
      'all of it, decompression too, until timekeeping_init() starts CLOCK_MONOTONIC; or SeaBIOS until pci_setup()',
  },
  {
    name: 'firmware-pci',
    kind: 'guest',
    end: firmware(/^Found \d+ cpu\(s\)/),
    required: false,
    source: 'SeaBIOS src/fw/pciinit.c pci_setup(): buses are numbered, windows and BARs assigned; then smp_setup()',
  },
  {
    name: 'firmware-devices',
    kind: 'guest',
    end: firmware(/^Scan for option roms/),
    required: false,
    source: "SeaBIOS src/post.c: tables for the guest, VGA's ROM, drives and keyboard",
  },
  {
    name: 'option-roms',
    kind: 'guest',
    end: firmware(/^Booting from ROM/),
    required: false,
    source: 'SeaBIOS src/optionroms.c optionrom_setup(), until it starts the one that has the kernel',
  },
  {
    name: 'decompression',
    kind: 'guest',
    begin: firmware(/^Booting from ROM/),
    end: clockZero,
    required: false,
    source: "linuxboot's copying, arch/x86/boot/compressed, start_kernel() until timekeeping_init()",
  },
  ...kernelAndInit(clockZero),
];

/**
 * A boot on the virtual clock. CLOCK_MONOTONIC, whose zero ends the firmware on the real clock, counts jiffies until Linux has
 * a clock source, and does not say when it began; the kernel log's clock is the time-stamp counter from its beginning, and
 * does. So the kernel begins a little later here than there, by what setup_arch() does before.
 */
const virtualBoot: PhaseTable = [
  {
    name: 'firmware',
    kind: 'guest',
    end: kernelEntry,
    required: true,
    source: 'SeaBIOS, the linuxboot option ROM and the 16-bit part of the kernel, until its 32-bit entry point',
  },
  {
    name: 'decompression',
    kind: 'guest',
    end: logZero,
    required: true,
    source: "arch/x86/boot/compressed, then start_kernel() until tsc_early_init() starts the log's clock",
  },
  ...kernelAndInit(logZero),
];

/** A boot from the firmware on. */
export const freshBoot: Readonly<Record<Clock, PhaseTable>> = { real: realBoot, virtual: virtualBoot };
