/* What the guest kernel says about PCI functions. Read from sysfs, never scanned from hardware. */
#ifndef HPB_PCI_H
#define HPB_PCI_H

#include <stddef.h>

#define PLACE_BYTES 128
#define ADDRESS_BYTES 13 /* "0000:00:02.0" and the NUL */

/*
 * The place of a PCI function as the host knows it: device.function numbers from the root bus down, without bus
 * numbers, because those are the guest's own choice: ".../pci0000:00/0000:00:02.0/0000:01:03.0/virtio0" -> "02.0/03.0".
 * Empty when the path has no PCI function in it.
 */
void pci_place(const char *sysfs_path, char place[PLACE_BYTES]);

/* The address of the last PCI function in a path, as in "0000:01:03.0"; empty when the path has none. */
void pci_path_address(const char *sysfs_path, char address[ADDRESS_BYTES]);

/* One `pci` message per PCI function that the guest has now: place, address, ids, bound driver and IOMMU group. */
void pci_report_inventory(const char *request_id);

/* The address that the guest has given to the function at a place; empty when there is none. */
void pci_address(const char *place, char address[ADDRESS_BYTES]);

#endif
