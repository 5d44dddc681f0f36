#define _GNU_SOURCE /* pipe2 */
#include "rescan.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RESCAN_FILE "/sys/bus/pci/rescan"

/* What a rescanning process says before it ends: less than PIPE_BUF, so in one piece. */
struct ending {
	char request[32];
	int error;
};

static int endings[2] = { -1, -1 };

int rescans_open(void)
{
	return pipe2(endings, O_CLOEXEC | O_NONBLOCK) < 0 ? -1 : endings[0];
}

void rescan_ended(int source)
{
	struct ending ending;

	while (read(source, &ending, sizeof(ending)) == sizeof(ending)) {
		if (ending.error) {
			refuse("rejected", ending.request, strerror(ending.error));
			continue;
		}
		message_begin("done", now_ns());
		message_field("request", ending.request);
		message_end();
	}
}

static int rescan(void)
{
	int file = open(RESCAN_FILE, O_WRONLY | O_CLOEXEC);

	if (file < 0)
		return errno;
	return write(file, "1", 1) < 0 ? errno : 0;
}

/*
 * In a process of its own, an ordinary one: a rescan waits for the lock that a hot-plug driver holds while it brings a device
 * up, and the agent would not see what the host has it wait for.
 */
const char *rescan_begin(const struct request *request)
{
	const struct sched_param ordinary = { 0 };
	struct ending ending = { 0 };
	pid_t child = fork();

	if (child < 0)
		return strerror(errno);
	if (child > 0)
		return NULL;
	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	snprintf(ending.request, sizeof(ending.request), "%s", request->id);
	ending.error = rescan();
	_exit(write(endings[1], &ending, sizeof(ending)) < 0);
}
