#include "watch.h"
#include "pci.h"
#include "sysfs.h"
#include "use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WATCHES 64
#define NAME_BYTES 64
/* VIRTIO_CONFIG_S_DRIVER_OK of the virtio status register (virtio 1.2, section 2.1). */
#define DRIVER_OK 4

struct watch;

/* How a class of devices shows itself, and what "usable" means for it. A new class is a new row. */
struct usable_class {
	const char *name;
	/* The uevent that announces it. */
	const char *action, *subsystem, *devtype;
	/* Where sysfs lists those that are there, by name; and whether one of them is as far as at that uevent. */
	const char *directory;
	int (*announced)(const char *name);
	/* As in use.h; NULL where no more is asked than a driver. */
	int (*use)(const struct watch *watch);
};

static struct watch {
	char device[NAME_BYTES], place[PLACE_BYTES], tag[NAME_BYTES];
	const struct usable_class *class; /* NULL: this row is free */
	/* Of the device that was found; its name is empty until then. */
	char name[NAME_BYTES], address[ADDRESS_BYTES];
	uint64_t appeared_ns;
	int present;
} watches[MAX_WATCHES];

static int is_whole_disk(const char *name)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/class/block/%s/partition", name);
	return access(path, F_OK) < 0;
}

static int always(const char *name)
{
	(void)name;
	return 1;
}

/* The link to the driver is there before its probe function has run; the status says that this has come to its end. */
static int is_driven_virtio(const char *name)
{
	char path[PATH_BYTES], status[16];

	snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/status", name);
	return sysfs_read(path, status, sizeof(status)) == 0 && strtoul(status, NULL, 16) & DRIVER_OK;
}

/* Reading driver_override takes the device's lock (drivers/pci/pci-sysfs.c), and so waits for a probe to end. */
static int is_driven_pci(const char *name)
{
	char path[PATH_BYTES], text[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", name);
	sysfs_read(path, text, sizeof(text));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", name);
	sysfs_link_name(path, text, sizeof(text));
	return strcmp(text, "-") != 0;
}

static int read_disk(const struct watch *watch)
{
	return use_disk(watch->name);
}

static int set_up(const struct watch *watch)
{
	return use_interface(watch->name);
}

static int mount_tag(const struct watch *watch)
{
	return use_filesystem(watch->name, watch->tag);
}

static const struct usable_class classes[] = {
	{ "block", "add", "block", "disk", "/sys/class/block", is_whole_disk, read_disk },
	{ "net", "add", "net", "", "/sys/class/net", always, set_up },
	{ "filesystem", "bind", "virtio", "", "/sys/bus/virtio/devices", is_driven_virtio, mount_tag },
	{ "virtio-driver", "bind", "virtio", "", "/sys/bus/virtio/devices", is_driven_virtio, NULL },
	{ "pci-driver", "bind", "pci", "", "/sys/bus/pci/devices", is_driven_pci, NULL },
};

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

static void conclude(struct watch *watch, int error, uint64_t at_ns)
{
	unsigned int queues;

	/*
	 * sysfs lists a disk before devtmpfs has its node and long before its uevent (device_add() and device_add_disk()), and
	 * others are as early: one that is found there and cannot be used yet is tried again when its uevent comes.
	 */
	if (watch->present && error) {
		watch->name[0] = 0;
		return;
	}
	message_begin(error ? "unusable" : "usable", at_ns);
	message_field("device", watch->device);
	message_field("class", watch->class->name);
	message_field("name", watch->name);
	message_field("address", watch->address);
	message_number("appeared", watch->appeared_ns);
	/* After the first use, whose end `at_ns` is: it costs nothing that is measured. */
	queues = !error && strcmp(watch->class->name, "block") == 0 ? disk_queues(watch->name) : 0;
	if (queues)
		message_number("queues", queues);
	if (watch->present)
		message_field("present", "yes");
	if (error)
		message_field("reason", strerror(error));
	message_end();
	watch->class = NULL;
}

static void try_device(struct watch *watch, const char *path, int present)
{
	const char *last = strrchr(path, '/');
	int result;

	watch->appeared_ns = now_ns();
	watch->present = present;
	snprintf(watch->name, sizeof(watch->name), "%s", last ? last + 1 : path);
	pci_path_address(path, watch->address);
	if (!watch->class->use) {
		conclude(watch, 0, watch->appeared_ns);
		return;
	}
	result = watch->class->use(watch);
	if (result != STILL_TRYING)
		conclude(watch, result, now_ns());
}

/*
 * Whether a device is where it is looked for: at a PCI place; or, where that ends in "/0:1:2", behind the SCSI controller there,
 * with this channel, target and LUN. The number of the host before them in sysfs is the guest's own choice.
 */
static int is_at(const char *path, const char *wanted)
{
	char place[PLACE_BYTES];
	size_t length;

	pci_place(path, place);
	length = strlen(place);
	if (strncmp(wanted, place, length) != 0)
		return 0;
	if (!wanted[length])
		return 1;
	if (wanted[length] != '/' || !strchr(wanted + length, ':'))
		return 0;
	for (; *path; path += strspn(path, "/")) {
		size_t part = strcspn(path, "/"), host = strspn(path, "0123456789");

		if (path[host] == ':' && part == host + strlen(wanted + length) && strncmp(path + host + 1, wanted + length + 1, part - host - 1) == 0)
			return 1;
		path += part;
	}
	return 0;
}

void watch_uevent(const char *action, const char *path, const char *subsystem, const char *devtype)
{
	for (size_t i = 0; i < MAX_WATCHES; i++) {
		const struct usable_class *class = watches[i].class;

		if (class && !watches[i].name[0] && strcmp(class->action, action) == 0 &&
		    strcmp(class->subsystem, subsystem) == 0 && strcmp(class->devtype, devtype) == 0 &&
		    is_at(path, watches[i].place))
			try_device(&watches[i], path, 0);
	}
}

void watch_ended(const char *class, const char *name, int error, uint64_t at_ns)
{
	for (size_t i = 0; i < MAX_WATCHES; i++)
		if (watches[i].class && strcmp(watches[i].class->name, class) == 0 && strcmp(watches[i].name, name) == 0)
			conclude(&watches[i], error, at_ns);
}

/* Tries the device of this name if it is where the watched one of this id is looked for. */
static void consider(const char *name, const void *device)
{
	struct watch *watch = find(device);
	char link[PATH_BYTES], path[PATH_BYTES];

	if (!watch || watch->name[0])
		return;
	snprintf(link, sizeof(link), "%s/%s", watch->class->directory, name);
	if (!realpath(link, path))
		return;
	if (is_at(path, watch->place) && watch->class->announced(name))
		try_device(watch, path, 1);
}

/* Takes a row of the table for the device of a request. Returns NULL or what is wrong with it. */
static const char *begin(const struct request *request, struct watch **begun)
{
	const char *device = request_field(request, "device");
	const char *place = request_field(request, "place");
	const char *class = request_field(request, "class");
	const char *tag = request_field(request, "tag");
	struct watch *watch = NULL;

	if (!device || !place || !class)
		return "watch needs device, place and class";
	if (find(device))
		return "this device is watched already";
	for (size_t i = 0; i < MAX_WATCHES && !watch; i++)
		if (!watches[i].class)
			watch = &watches[i];
	if (!watch)
		return "too many watches";
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcmp(classes[i].name, class) != 0)
			continue;
		memset(watch, 0, sizeof(*watch));
		snprintf(watch->device, sizeof(watch->device), "%s", device);
		snprintf(watch->place, sizeof(watch->place), "%s", place);
		snprintf(watch->tag, sizeof(watch->tag), "%s", tag ? tag : "");
		watch->class = &classes[i];
		*begun = watch;
		return NULL;
	}
	return "no such class of devices";
}

/* A device that was there before its watch sends no further uevent. */
static void look_once(const struct watch *watch)
{
	sysfs_each(watch->class->directory, consider, watch->device);
}

const char *watch_add(const struct request *request)
{
	struct watch *watch;
	const char *problem = begin(request, &watch);

	if (problem)
		return problem;
	message_begin("watching", now_ns());
	message_field("request", request->id);
	message_field("device", watch->device);
	message_end();
	look_once(watch);
	return NULL;
}

void watch_started(const struct request *request)
{
	const char *device = request_field(request, "device");
	struct watch *watch;
	const char *problem;

	/* A guest that is restored looks anew: the harness that restored it has not heard of the first time. */
	watch_remove(device ? device : "");
	problem = begin(request, &watch);
	if (!problem) {
		look_once(watch);
		return;
	}
	message_begin("unusable", now_ns());
	message_field("device", device ? device : "");
	message_field("name", "-");
	message_field("reason", problem);
	message_end();
}
