/*
 * The guest agent: PID 1 of the measured guest. It tells the host what the guest's kernel does with hot-plugged devices,
 * stamped with the guest's CLOCK_MONOTONIC. It rescans no bus unless the host asks for that: it would race with the hot-plug
 * controller that is being measured.
 */
#define _GNU_SOURCE /* ppoll */

#include "journal.h"
#include "protocol.h"
#include "rescan.h"
#include "rest.h"
#include "started.h"
#include "use.h"
#include "verbs.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MARKER_TTY "/dev/ttyS1" /* the second ISA UART: a virtio port would be a PCI device in the topology under test */
#define UEVENT_BUFFER_BYTES (1 << 20)

static int mount_file_systems(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) < 0 || mount("sysfs", "/sys", "sysfs", 0, NULL) < 0)
		return -1;
	/* The kernel may have mounted it already (CONFIG_DEVTMPFS_MOUNT): then EBUSY is fine. */
	return mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) < 0 && errno != EBUSY ? -1 : 0;
}

/* Loads every module of /modules/order, which the host wrote in dependency order. */
static void load_modules(void)
{
	FILE *order = fopen("/modules/order", "re");
	char name[128], path[160];

	if (!order)
		return; /* a kernel with everything built in */
	while (fgets(name, sizeof(name), order)) {
		int file;

		name[strcspn(name, "\n")] = 0;
		snprintf(path, sizeof(path), "/modules/%s", name);
		file = open(path, O_RDONLY | O_CLOEXEC);
		if (file < 0 || (syscall(SYS_finit_module, file, "", 0) < 0 && errno != EEXIST))
			note_failed_module(name, strerror(errno));
		if (file >= 0)
			close(file);
	}
	fclose(order);
}

static int open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int bytes = UEVENT_BUFFER_BYTES;
	int sock = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (sock < 0 || bind(sock, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	return sock;
}

/* A uevent is "action@path\0KEY=value\0...". Watches come first: what they do is what is being measured. */
static void handle_uevents(int sock)
{
	static uint64_t last_ns;
	char message[8192];
	ssize_t n;
	int overrun = 0;

	while ((n = recv(sock, message, sizeof(message) - 1, 0)) > 0 || (n < 0 && errno == ENOBUFS)) {
		uint64_t at_ns = now_ns();
		const char *action = "", *path = "", *subsystem = "", *devtype = "", *driver = "";

		if (n < 0) {
			/* The kernel says it once, however many it dropped; what it kept can still be read, and comes first. */
			overrun = 1;
			continue;
		}
		message[n] = 0;
		for (const char *field = message; field < message + n; field += strlen(field) + 1) {
			if (strncmp(field, "ACTION=", 7) == 0)
				action = field + 7;
			else if (strncmp(field, "DEVPATH=", 8) == 0)
				path = field + 8;
			else if (strncmp(field, "SUBSYSTEM=", 10) == 0)
				subsystem = field + 10;
			else if (strncmp(field, "DEVTYPE=", 8) == 0)
				devtype = field + 8;
			else if (strncmp(field, "DRIVER=", 7) == 0)
				driver = field + 7;
		}
		watch_uevent(action, path, subsystem, devtype);
		journal_uevent(at_ns, action, path, subsystem, driver);
		/* All that follow may have followed those that were dropped. */
		if (!overrun)
			last_ns = at_ns;
	}
	if (overrun)
		journal_overrun(last_ns, now_ns());
}

static void handle_line(char *line, uint64_t received_ns)
{
	struct request request;
	const char *problem = request_parse(line, &request);

	if (problem)
		refuse("garbled", "-", problem);
	else
		request_perform(&request, received_ns);
}

static int open_channel(void)
{
	return protocol_open(MARKER_TTY);
}

static void handle_channel(int channel)
{
	static char line[LINE_BYTES];
	static size_t used;
	static uint64_t received_ns; /* when the first byte of the line was read: it was sent before that */
	char bytes[256];
	ssize_t n = read(channel, bytes, sizeof(bytes));
	uint64_t read_ns = now_ns();

	for (ssize_t i = 0; i < n; i++) {
		if (used == 0)
			received_ns = read_ns;
		if (bytes[i] == '\n') {
			line[used] = 0;
			handle_line(line, received_ns);
			used = 0;
		} else if (used < sizeof(line) - 1) {
			line[used++] = bytes[i];
		}
	}
}

/* PID 1 must not return: the kernel would panic without saying why. The console is where the host looks for reasons. */
static void give_up(const char *what)
{
	fprintf(stderr, "hotplug-bench agent: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

/* What the agent listens to, in the order in which it is heard: what is being measured before what the host asks. */
static struct {
	const char *name;
	int (*open)(void);
	void (*handle)(int descriptor);
} sources[] = {
	{ "uevents", open_uevents, handle_uevents },
	{ "network links", links_open, links_changed },
	{ "mounts", mounts_open, mount_ended },
	{ "rescans", rescans_open, rescan_ended },
	{ MARKER_TTY, open_channel, handle_channel },
};
#define N_SOURCES (sizeof(sources) / sizeof(sources[0]))

int main(void)
{
	struct pollfd polled[N_SOURCES];

	/* Whoever ends, a child of ours or one that became PID 1's, is reaped by the kernel. */
	signal(SIGCHLD, SIG_IGN);
	if (mount_file_systems() < 0)
		give_up("cannot mount /proc, /sys and /dev");
	for (size_t i = 0; i < N_SOURCES; i++) {
		polled[i] = (struct pollfd){ .fd = sources[i].open(), .events = POLLIN };
		if (polled[i].fd < 0)
			give_up(sources[i].name);
	}
	if (journal_open_kmsg() < 0)
		give_up("cannot open /dev/kmsg");
	load_modules();
	report_ready_and_started("");
	for (;;) {
		struct timespec timeout;

		if (ppoll(polled, N_SOURCES, rest_timeout(&timeout) ? &timeout : NULL, NULL) < 0)
			continue;
		for (size_t i = 0; i < N_SOURCES; i++)
			if (polled[i].revents & POLLIN)
				sources[i].handle(polled[i].fd);
		rest_end();
	}
}
