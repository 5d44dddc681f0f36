#include "slots.h"
#include "pci.h"
#include "protocol.h"
#include "sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIGN_BYTES 128

/* A slot's bridge, and what the directories around it say of that bridge. */
struct bridge {
	/* Its directory in sysfs; for a root bus that of the host bridge. Empty when there is none. */
	char path[PATH_BYTES];
	/* Empty for a root bus. */
	char address[ADDRESS_BYTES];
	/* Device number of the slot on the bus behind it. */
	unsigned long device;
};

struct search {
	const struct bridge *bridge;
	char *found; /* SIGN_BYTES */
};

/* A slot's address file holds domain:bus:device. */
static void find_bridge(const char *address, struct bridge *bridge)
{
	char bus_link[PATH_BYTES];

	memset(bridge, 0, sizeof(*bridge));
	snprintf(bus_link, sizeof(bus_link), "/sys/class/pci_bus/%.7s/device", address);
	if (!realpath(bus_link, bridge->path))
		bridge->path[0] = 0;
	pci_path_address(bridge->path, bridge->address);
	bridge->device = strtoul(address + 8, NULL, 16);
}

/* The bridge above a slot's bus gives the place; the slot's own device number ends it, with function 0. */
static void slot_place(const struct bridge *bridge, char place[PLACE_BYTES])
{
	size_t used;

	pci_place(bridge->path, place);
	used = strlen(place);
	snprintf(place + used, PLACE_BYTES - used, "%s%02lx.0", used ? "/" : "", bridge->device);
}

/* Services of a port are devices of their own, called after it: "0000:00:02.0:pcie004". */
static void add_service(const char *name, const void *context)
{
	const struct search *search = context;
	char path[PATH_BYTES], driver[64];
	size_t used = strlen(search->found);

	if (strncmp(name, search->bridge->address, ADDRESS_BYTES - 1) != 0)
		return;
	snprintf(path, sizeof(path), "/sys/bus/pci_express/devices/%s/driver", name);
	sysfs_link_name(path, driver, sizeof(driver));
	if (strcmp(driver, "-") != 0)
		snprintf(search->found + used, SIGN_BYTES - used, "%s%s", used ? "," : "", driver);
}

/*
 * ACPI nodes below the bridge's are devices on its bus; the upper half of _ADR is the device number. A node has a file
 * `eject` if it has _EJ0 (drivers/acpi/device_sysfs.c).
 */
static void match_node(const char *name, const void *context)
{
	const struct search *search = context;
	const char *above = search->bridge->path;
	char path[PATH_BYTES], text[SIGN_BYTES];

	snprintf(path, sizeof(path), "%s/firmware_node/%s/adr", above, name);
	if (search->found[0] || sysfs_read(path, text, sizeof(text)) < 0)
		return;
	if (strtoul(text, NULL, 16) >> 16 != search->bridge->device)
		return;
	snprintf(path, sizeof(path), "%s/firmware_node/%s/eject", above, name);
	if (access(path, F_OK) < 0)
		return;
	snprintf(path, sizeof(path), "%s/firmware_node/%s/path", above, name);
	if (sysfs_read(path, search->found, SIGN_BYTES) < 0 || !search->found[0])
		snprintf(search->found, SIGN_BYTES, "%s", name);
}

static void sign(const char *key, const char *value)
{
	if (value[0] && strcmp(value, "-") != 0)
		message_field(key, value);
}

static void report_slot(const char *name, const void *request_id)
{
	char path[PATH_BYTES], address[32], module[64], driver[64] = "", place[PLACE_BYTES];
	char services[SIGN_BYTES] = "", ejectable[SIGN_BYTES] = "";
	struct bridge bridge;
	struct search by_service = { &bridge, services }, by_node = { &bridge, ejectable };
	int operable;

	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/address", name);
	if (sysfs_read(path, address, sizeof(address)) < 0 || strlen(address) < 10)
		return;
	find_bridge(address, &bridge);
	slot_place(&bridge, place);
	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/power", name);
	operable = access(path, F_OK) == 0;
	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/module", name);
	sysfs_link_name(path, module, sizeof(module));
	if (bridge.address[0]) {
		snprintf(path, sizeof(path), "%s/driver", bridge.path);
		sysfs_link_name(path, driver, sizeof(driver));
		sysfs_each("/sys/bus/pci_express/devices", add_service, &by_service);
	}
	snprintf(path, sizeof(path), "%s/firmware_node", bridge.path);
	sysfs_each(path, match_node, &by_node);
	message_begin("slot", now_ns());
	message_field("request", request_id);
	message_field("name", name);
	message_field("place", place);
	message_field("operable", operable ? "yes" : "no");
	sign("bridge", bridge.address);
	sign("module", module);
	sign("bridge-driver", driver);
	sign("services", services);
	sign("ejectable", ejectable);
	message_end();
}

void slots_report(const char *request_id)
{
	sysfs_each("/sys/bus/pci/slots", report_slot, request_id);
}
