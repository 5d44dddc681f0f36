#include "verbs.h"
#include "claim.h"
#include "host-clock.h"
#include "journal.h"
#include "load.h"
#include "pci.h"
#include "rescan.h"
#include "rest.h"
#include "setting.h"
#include "slots.h"
#include "started.h"
#include "watch.h"
#include "window.h"

#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <unistd.h>

struct verb {
	const char *name;
	/* Returns NULL or why the request is rejected. */
	const char *(*perform)(const struct request *request);
	/* Whether `done` closes it; otherwise `perform` sends a message that does. */
	int done;
};

/* More than any sequence of devices needs. */
#define MAX_FAILED_MODULES 32

static struct failed_module {
	char name[64], reason[64];
} failed_modules[MAX_FAILED_MODULES];
static size_t n_failed_modules;

void note_failed_module(const char *name, const char *reason)
{
	struct failed_module *failed = &failed_modules[n_failed_modules];

	if (n_failed_modules == MAX_FAILED_MODULES)
		return;
	n_failed_modules++;
	snprintf(failed->name, sizeof(failed->name), "%s", name);
	snprintf(failed->reason, sizeof(failed->reason), "%s", reason);
}

void report_ready(const char *request_id)
{
	struct utsname system;

	/* A guest that is restored says it again: the harness that restored it has not heard it. */
	for (size_t i = 0; i < n_failed_modules; i++) {
		message_begin("module-failed", now_ns());
		message_field("name", failed_modules[i].name);
		message_field("reason", failed_modules[i].reason);
		message_end();
	}
	uname(&system);
	message_begin("ready", now_ns());
	if (request_id[0])
		message_field("request", request_id);
	message_field("kernel", system.release);
	message_field("build", system.version);
	message_number("cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	message_end();
}

void refuse(const char *kind, const char *request_id, const char *reason)
{
	message_begin(kind, now_ns());
	message_field("request", request_id);
	message_field("reason", reason);
	message_end();
}

static void done(const char *request_id)
{
	message_begin("done", now_ns());
	message_field("request", request_id);
	message_end();
}

static const char *hello(const struct request *request)
{
	report_ready_and_started(request->id);
	return NULL;
}

static const char *unwatch(const struct request *request)
{
	const char *device = request_field(request, "device");

	watch_remove(device ? device : "");
	return NULL;
}

static const char *slots(const struct request *request)
{
	slots_report(request->id);
	return NULL;
}

static const char *inventory(const struct request *request)
{
	pci_report_inventory(request->id);
	return NULL;
}

static const char *journal(const struct request *request)
{
	const char *problem = request_field(request, "memory") ? window_open(request->id) : NULL;

	if (problem)
		refuse("no-window", request->id, problem);
	if (!request_field(request, "untied"))
		journal_tie(request->id);
	journal_report(request->id);
	done(request->id);
	window_close();
	return NULL;
}

static const char *resend(const struct request *request)
{
	window_resend();
	message_begin("resent", now_ns());
	message_field("request", request->id);
	message_end();
	return NULL;
}

static const char *power_off(const struct request *request)
{
	done(request->id);
	sync();
	reboot(RB_POWER_OFF);
	return NULL;
}

/*
 * The time-stamp counter between two readings of CLOCK_MONOTONIC, the second of which is the message's. Under -icount QEMU
 * gives the guest its own virtual clock in that counter, in nanoseconds, so this ties the one clock to the other without
 * anything having to travel.
 */
static const char *read_clocks(const struct request *request)
{
	uint64_t before_ns = now_ns();
	uint64_t ticks = __builtin_ia32_rdtsc();

	message_begin("clocks", now_ns());
	message_field("request", request->id);
	message_number("before", before_ns);
	message_number("tsc", ticks);
	message_end();
	return NULL;
}

static const struct verb verbs[] = {
	{ "hello", hello, 0 },
	{ "clocks", read_clocks, 0 },
	{ "pair", host_clock_pair, 0 },
	{ "watch", watch_add, 0 },
	{ "unwatch", unwatch, 1 },
	{ "slots", slots, 1 },
	{ "inventory", inventory, 1 },
	{ "claim", claim_devices, 1 },
	{ "journal", journal, 0 },
	{ "resend", resend, 0 },
	{ "set", setting_write, 1 },
	{ "load", load_set, 1 },
	{ "rescan", rescan_begin, 0 },
	{ "rest", rest_begin, 0 },
	{ "poweroff", power_off, 0 },
};

void request_perform(const struct request *request, uint64_t received_ns)
{
	/* Not in the table: it alone needs the time at which it came. */
	if (strcmp(request->verb, "echo") == 0) {
		message_begin("echo", now_ns());
		message_field("request", request->id);
		message_number("received", received_ns);
		message_end();
		return;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const char *problem;

		if (strcmp(verbs[i].name, request->verb) != 0)
			continue;
		problem = verbs[i].perform(request);
		if (problem)
			refuse("rejected", request->id, problem);
		else if (verbs[i].done)
			done(request->id);
		return;
	}
	refuse("rejected", request->id, "no such verb");
}
