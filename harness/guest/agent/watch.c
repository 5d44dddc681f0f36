#define _GNU_SOURCE /* O_DIRECT */
#include "watch.h"
#include "pci.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WATCHES 64
#define SECTOR_BYTES 512

/* How a class of devices shows itself, and what "usable" means for it. A new class is a new row. */
struct usable_class {
	const char *name;
	const char *subsystem;
	const char *devtype;
	/* Returns 0 when the device can be used, or an errno. `name` is the last component of the device path. */
	int (*use)(const char *name);
};

static int read_first_sector(const char *name)
{
	static char sector[SECTOR_BYTES] __attribute__((aligned(4096)));
	char node[80];
	int file, error = 0;
	ssize_t n;

	snprintf(node, sizeof(node), "/dev/%s", name);
	/* O_DIRECT: the read has to reach the device, not the page cache that the partition scan filled. */
	file = open(node, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (file < 0)
		return errno;
	n = pread(file, sector, sizeof(sector), 0);
	if (n != SECTOR_BYTES)
		error = n < 0 ? errno : EIO;
	close(file);
	return error;
}

static const struct usable_class classes[] = {
	{ "block", "block", "disk", read_first_sector },
};

static struct watch {
	char device[64];
	char place[PLACE_BYTES];
	const struct usable_class *class;
} watches[MAX_WATCHES];

static struct watch *find(const char *device)
{
	for (size_t i = 0; i < MAX_WATCHES; i++)
		if (watches[i].class && strcmp(watches[i].device, device) == 0)
			return &watches[i];
	return NULL;
}

void watch_remove(const char *device)
{
	struct watch *watch = find(device);

	if (watch)
		watch->class = NULL;
}

static void try_device(struct watch *watch, const char *path)
{
	const char *last = strrchr(path, '/');
	const char *name = last ? last + 1 : path;
	uint64_t appeared_ns = now_ns();
	int error = watch->class->use(name);

	message_begin(error ? "unusable" : "usable", now_ns());
	message_field("device", watch->device);
	message_field("name", name);
	message_number("appeared", appeared_ns);
	if (error)
		message_field("reason", strerror(error));
	message_end();
	watch->class = NULL;
}

void watch_uevent(const char *action, const char *path, const char *subsystem, const char *devtype)
{
	char place[PLACE_BYTES];

	if (strcmp(action, "add") != 0)
		return;
	pci_place(path, place);
	for (size_t i = 0; i < MAX_WATCHES; i++) {
		const struct usable_class *class = watches[i].class;

		if (class && strcmp(class->subsystem, subsystem) == 0 && strcmp(class->devtype, devtype) == 0 &&
		    strcmp(watches[i].place, place) == 0)
			try_device(&watches[i], path);
	}
}

/* A device that was there before its watch sends no further uevent: look for it once. */
static void look_for_present(struct watch *watch)
{
	char directory[64], path[512], link[512], place[PLACE_BYTES];
	DIR *entries;

	snprintf(directory, sizeof(directory), "/sys/class/%s", watch->class->subsystem);
	entries = opendir(directory);
	if (!entries)
		return;
	for (struct dirent *entry = readdir(entries); entry && watch->class; entry = readdir(entries)) {
		snprintf(link, sizeof(link), "%.60s/%.255s", directory, entry->d_name);
		if (entry->d_name[0] == '.' || !realpath(link, path))
			continue;
		pci_place(path, place);
		if (strcmp(place, watch->place) == 0)
			try_device(watch, path);
	}
	closedir(entries);
}

const char *watch_add(const struct request *request)
{
	const char *device = request_field(request, "device");
	const char *place = request_field(request, "place");
	const char *class = request_field(request, "class");
	struct watch *free_watch = NULL;

	if (!device || !place || !class)
		return "watch needs device, place and class";
	if (find(device))
		return "this device is watched already";
	for (size_t i = 0; i < MAX_WATCHES && !free_watch; i++)
		if (!watches[i].class)
			free_watch = &watches[i];
	if (!free_watch)
		return "too many watches";
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(classes[i].name, class) != 0)
			continue;
		snprintf(free_watch->device, sizeof(free_watch->device), "%s", device);
		snprintf(free_watch->place, sizeof(free_watch->place), "%s", place);
		free_watch->class = &classes[i];
		message_begin("watching", now_ns());
		message_field("request", request->id);
		message_field("device", device);
		message_end();
		look_for_present(free_watch);
		return NULL;
	}
	return "no such class of devices";
}
