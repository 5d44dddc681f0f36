#include "pci.h"
#include "protocol.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 512
#define ADDRESS_LENGTH 12 /* "0000:00:02.0" */

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

static int read_text(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = file < 0 ? -1 : read(file, text, size - 1);

	if (file >= 0)
		close(file);
	text[n > 0 ? n : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	return n < 0 ? -1 : 0;
}

/* The last component of a link's target: the name of a driver or module. "-" when there is none. */
static void link_name(const char *path, char *name, size_t size)
{
	char target[PATH_BYTES];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *last;

	target[n > 0 ? n : 0] = 0;
	last = strrchr(target, '/');
	snprintf(name, size, "%s", n > 0 ? (last ? last + 1 : target) : "-");
}

/*
 * A slot's address file holds domain:bus:device. The bridge above that bus gives the place; the slot's own device
 * number ends it, with function 0.
 */
static void slot_place(const char *address, char place[PLACE_BYTES])
{
	char bus_link[PATH_BYTES], bridge[PATH_BYTES];
	char bus[8] = "";
	size_t used;

	memcpy(bus, address, strlen(address) >= 7 ? 7 : 0);
	snprintf(bus_link, sizeof(bus_link), "/sys/class/pci_bus/%s/device", bus);
	place[0] = 0;
	if (realpath(bus_link, bridge))
		pci_place(bridge, place);
	used = strlen(place);
	snprintf(place + used, PLACE_BYTES - used, "%s%s.0", used ? "/" : "", strlen(address) >= 10 ? address + 8 : "??");
}

static void for_each_entry(const char *directory, void (*visit)(const char *name, const char *request_id),
			   const char *request_id)
{
	DIR *entries = opendir(directory);

	if (!entries)
		return;
	for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
		if (entry->d_name[0] != '.')
			visit(entry->d_name, request_id);
	closedir(entries);
}

static void report_slot(const char *name, const char *request_id)
{
	char path[PATH_BYTES], address[32], controller[64], place[PLACE_BYTES];

	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/address", name);
	if (read_text(path, address, sizeof(address)) < 0)
		return;
	slot_place(address, place);
	/* pci_hp_create_module_link() (drivers/pci/slot.c) links the module that registered the slot. */
	snprintf(path, sizeof(path), "/sys/bus/pci/slots/%s/module", name);
	link_name(path, controller, sizeof(controller));
	message_begin("slot", now_ns());
	message_field("request", request_id);
	message_field("name", name);
	message_field("place", place);
	message_field("controller", controller);
	message_end();
}

static void report_function(const char *address, const char *request_id)
{
	char path[PATH_BYTES], device[PATH_BYTES], driver[64], place[PLACE_BYTES], vendor_id[16], device_id[16];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", address);
	if (!realpath(path, device))
		return;
	pci_place(device, place);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", address);
	link_name(path, driver, sizeof(driver));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vendor", address);
	read_text(path, vendor_id, sizeof(vendor_id));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/device", address);
	read_text(path, device_id, sizeof(device_id));
	message_begin("pci", now_ns());
	message_field("request", request_id);
	message_field("address", address);
	message_field("place", place);
	message_field("vendor", vendor_id);
	message_field("device", device_id);
	message_field("driver", driver);
	message_end();
}

void pci_report_slots(const char *request_id)
{
	for_each_entry("/sys/bus/pci/slots", report_slot, request_id);
}

void pci_report_inventory(const char *request_id)
{
	for_each_entry("/sys/bus/pci/devices", report_function, request_id);
}
