#include "journal.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_UEVENTS 512
#define N_TIES 3

static struct uevent {
	uint64_t at_ns;
	char action[16], path[256], subsystem[32], driver[32];
} uevents[MAX_UEVENTS];
static uint64_t n_recorded, n_reported;
static struct {
	uint64_t count, after_ns, until_ns; /* what was dropped came between these two times */
} overruns;
static int kmsg = -1;

void journal_uevent(uint64_t at_ns, const char *action, const char *path, const char *subsystem, const char *driver)
{
	struct uevent *e = &uevents[n_recorded++ % MAX_UEVENTS];

	e->at_ns = at_ns;
	snprintf(e->action, sizeof(e->action), "%s", action);
	snprintf(e->path, sizeof(e->path), "%s", path);
	snprintf(e->subsystem, sizeof(e->subsystem), "%s", subsystem);
	snprintf(e->driver, sizeof(e->driver), "%s", driver);
}

void journal_overrun(uint64_t after_ns, uint64_t until_ns)
{
	if (overruns.count++ == 0)
		overruns.after_ns = after_ns;
	overruns.until_ns = until_ns;
}

int journal_open_kmsg(void)
{
	kmsg = open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return kmsg < 0 ? -1 : 0;
}

static void report_uevents(const char *request_id)
{
	if (overruns.count) {
		message_begin("uevent-overrun", overruns.until_ns);
		message_field("request", request_id);
		message_number("count", overruns.count);
		message_number("after", overruns.after_ns);
		message_end();
		overruns.count = 0;
	}
	if (n_recorded - n_reported > MAX_UEVENTS) {
		message_begin("lost-uevents", now_ns());
		message_field("request", request_id);
		message_number("count", n_recorded - n_reported - MAX_UEVENTS);
		message_end();
		n_reported = n_recorded - MAX_UEVENTS;
	}
	for (; n_reported < n_recorded; n_reported++) {
		const struct uevent *e = &uevents[n_reported % MAX_UEVENTS];

		message_begin("uevent", e->at_ns);
		message_field("request", request_id);
		message_field("action", e->action);
		message_field("path", e->path);
		message_field("subsystem", e->subsystem);
		if (e->driver[0])
			message_field("driver", e->driver);
		message_end();
	}
}

/*
 * Kernel lines carry the kernel's own clock (local_clock(), microseconds), which is not CLOCK_MONOTONIC. A line written
 * here carries both: the kernel's stamp in its header, and CLOCK_MONOTONIC from just before in its text. The message
 * adds CLOCK_MONOTONIC from just after, so that the host knows how close the tie is; of several it takes the closest.
 * The line ends with a newline: the kernel shows a line without one only when the next line has begun.
 */
static void write_clock_tie(const char *request_id)
{
	char line[64];
	uint64_t before_ns = now_ns();
	int n = snprintf(line, sizeof(line), "<7>hotplug-bench: clock %llu\n", (unsigned long long)before_ns);

	if (write(kmsg, line, (size_t)n) < 0)
		return; /* without a tie the host leaves kernel lines out of its phases */
	message_begin("tie", now_ns());
	message_field("request", request_id);
	message_number("before", before_ns);
	message_end();
}

/* A record of /dev/kmsg is "priority,sequence,microseconds,flags;text\n" with continuation lines after it. */
static void report_kmsg(const char *request_id)
{
	char record[2048];

	for (;;) {
		ssize_t n = read(kmsg, record, sizeof(record) - 1);
		char *text, *comma;

		/* EPIPE: records were overwritten; EINVAL: one is longer than this. The sequence numbers show both. */
		if (n < 0 && (errno == EPIPE || errno == EINTR || errno == EINVAL))
			continue;
		if (n <= 0)
			return;
		record[n] = 0;
		text = strchr(record, ';');
		comma = strchr(record, ',');
		if (!text || !comma)
			continue;
		*text++ = 0;
		text[strcspn(text, "\n")] = 0;
		message_begin("kmsg", now_ns());
		message_field("request", request_id);
		message_number("sequence", strtoull(comma + 1, &comma, 10));
		message_number("us", *comma ? strtoull(comma + 1, NULL, 10) : 0);
		message_field("text", text);
		message_end();
	}
}

void journal_tie(const char *request_id)
{
	for (int i = 0; i < N_TIES && kmsg >= 0; i++)
		write_clock_tie(request_id);
}

void journal_report(const char *request_id)
{
	report_uevents(request_id);
	if (kmsg >= 0)
		report_kmsg(request_id);
}
