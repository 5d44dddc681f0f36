/* What the guest kernel says about its hot-plug slots. Read from sysfs, never scanned from hardware. */
#ifndef HPB_SLOTS_H
#define HPB_SLOTS_H

/*
 * One `slot` message per entry of /sys/bus/pci/slots: its name and place, and everything in sysfs that says who owns it.
 * A sign that is not there is left out. What the signs mean is for the host to say (harness/guest/slot-owner.ts):
 *
 *   bridge         address of the bridge or port above the slot; left out on a root bus
 *   operable       "yes" or "no": whether the slot has a file `power`, which it has once a hot-plug driver owns it
 *   module         module whose driver registered the slot
 *   bridge-driver  driver that is bound to the bridge
 *   services       drivers that are bound to the services of a PCI Express port, with commas between them
 *   ejectable      ACPI path of the slot's node below the bridge's, if it has _EJ0
 */
void slots_report(const char *request_id);

#endif
