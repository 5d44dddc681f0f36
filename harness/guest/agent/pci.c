#include "pci.h"
#include "protocol.h"
#include "sysfs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_LENGTH (ADDRESS_BYTES - 1)

static int is_pci_address(const char *name, size_t length)
{
	static const char pattern[] = "xxxx:xx:xx.x";

	if (length != ADDRESS_LENGTH)
		return 0;
	for (size_t i = 0; i < length; i++)
		if (pattern[i] == 'x' ? !isxdigit((unsigned char)name[i]) : name[i] != pattern[i])
			return 0;
	return 1;
}

void pci_place(const char *path, char place[PLACE_BYTES])
{
	size_t used = 0;

	place[0] = 0;
	while (*path) {
		size_t length = strcspn(path, "/");

		if (is_pci_address(path, length) && used + 6 < PLACE_BYTES)
			used += (size_t)snprintf(place + used, PLACE_BYTES - used, "%s%.4s", used ? "/" : "", path + 8);
		path += length;
		path += strspn(path, "/");
	}
}

void pci_path_address(const char *path, char address[ADDRESS_BYTES])
{
	address[0] = 0;
	while (*path) {
		size_t length = strcspn(path, "/");

		if (is_pci_address(path, length))
			snprintf(address, ADDRESS_BYTES, "%.*s", (int)length, path);
		path += length;
		path += strspn(path, "/");
	}
}

static void report_function(const char *address, const void *request_id)
{
	char path[PATH_BYTES], device[PATH_BYTES], driver[64], group[16], place[PLACE_BYTES], vendor_id[16], device_id[16];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	if (!realpath(path, device))
		return;
	pci_place(device, place);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", address);
	sysfs_link_name(path, driver, sizeof(driver));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	sysfs_link_name(path, group, sizeof(group));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vendor", address);
	sysfs_read(path, vendor_id, sizeof(vendor_id));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/device", address);
	sysfs_read(path, device_id, sizeof(device_id));
	message_begin("pci", now_ns());
	message_field("request", request_id);
	message_field("address", address);
	message_field("place", place);
	message_field("vendor", vendor_id);
	message_field("device", device_id);
	message_field("driver", driver);
	message_field("group", group);
	message_end();
}

void pci_report_inventory(const char *request_id)
{
	sysfs_each("/sys/bus/pci/devices", report_function, request_id);
}

struct search {
	const char *place;
	char *address;
};

static void compare_place(const char *address, const void *context)
{
	const struct search *search = context;
	char path[PATH_BYTES], device[PATH_BYTES], place[PLACE_BYTES];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	if (!realpath(path, device))
		return;
	pci_place(device, place);
	if (strcmp(place, search->place) == 0)
		snprintf(search->address, ADDRESS_BYTES, "%s", address);
}

void pci_address(const char *place, char address[ADDRESS_BYTES])
{
	struct search search = { place, address };

	address[0] = 0;
	sysfs_each("/sys/bus/pci/devices", compare_place, &search);
}
