#include "load.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SPINNERS 256

static pid_t spinners[MAX_SPINNERS];
static size_t n_spinners;

static void stop_spinners(void)
{
	for (size_t i = 0; i < n_spinners; i++)
		kill(spinners[i], SIGKILL);
	/* The kernel reaps them by itself, as SIGCHLD is ignored: this returns when they are gone, with ECHILD. */
	for (size_t i = 0; i < n_spinners; i++)
		while (waitpid(spinners[i], NULL, 0) < 0 && errno == EINTR)
			;
	n_spinners = 0;
}

/*
 * Next to a load the agent runs before all other user programs, so that its reports show when the kernel was done and
 * not when the scheduler came round to the agent. An idle guest has nothing that could hold it up: there it stays an
 * ordinary program, as its wake-ups would otherwise push aside the kernel threads that are being measured.
 */
static int run_first(int first)
{
	const struct sched_param parameters = { .sched_priority = first ? 1 : 0 };

	return sched_setscheduler(0, first ? SCHED_FIFO : SCHED_OTHER, &parameters);
}

/*
 * An ordinary program, unlike the agent it was forked from. The loop stays in user space, where the kernel can take the
 * CPU from it at any time, as from any busy program.
 */
static void spin(void)
{
	volatile unsigned long turns = 0;

	if (run_first(0) < 0)
		_exit(1);
	for (;;)
		turns++;
}

const char *load_set(const struct request *request)
{
	const char *cpus = request_field(request, "cpus");
	char *end;
	unsigned long n = strtoul(cpus ? cpus : "", &end, 10);

	if (!cpus || !*cpus || *end || n > MAX_SPINNERS)
		return "load needs cpus, from 0 to 256";
	stop_spinners();
	if (run_first(n > 0) < 0)
		return strerror(errno);
	for (; n_spinners < n; n_spinners++) {
		pid_t child = fork();

		if (child == 0)
			spin();
		if (child < 0) {
			const char *problem = strerror(errno);

			stop_spinners();
			run_first(0);
			return problem;
		}
		spinners[n_spinners] = child;
	}
	return NULL;
}
