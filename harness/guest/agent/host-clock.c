#include "host-clock.h"
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ptp_clock.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MODULE "/modules/ptp_kvm.ko"
/* As drivers/ptp/ptp_kvm_common.c names it: a guest may have other PTP clocks, such as a network card's. */
#define CLOCK_NAME "KVM virtual PTP"
/* Readings of the guest's own two clocks, of which the closest counts: any may have been interrupted. */
#define N_READINGS 5

/* A tick of the guest's timer between the hypercall and its use makes the kernel refuse one (EINVAL). */
#define N_ATTEMPTS 3

static int clock_fd = -1;

static uint64_t realtime_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t ptp_ns(const struct ptp_clock_time *t)
{
	return (uint64_t)t->sec * 1000000000u + t->nsec;
}

static void open_if_kvm(const char *name, const void *context)
{
	char path[PATH_BYTES], text[64];

	(void)context;
	snprintf(path, sizeof(path), "/sys/class/ptp/%s/clock_name", name);
	if (clock_fd >= 0 || sysfs_read(path, text, sizeof(text)) < 0 || strcmp(text, CLOCK_NAME) != 0)
		return;
	snprintf(path, sizeof(path), "/dev/%s", name);
	clock_fd = open(path, O_RDONLY | O_CLOEXEC);
}

/* Returns NULL once the clock is open, or why there is none. */
static const char *open_clock(void)
{
	int module;

	if (clock_fd >= 0)
		return NULL;
	module = open(MODULE, O_RDONLY | O_CLOEXEC);
	if (module >= 0) {
		int failed = syscall(SYS_finit_module, module, "", 0) < 0 && errno != EEXIST;
		int reason = errno;

		close(module);
		if (failed)
			return strerror(reason);
	}
	sysfs_each("/sys/class/ptp", open_if_kvm, NULL);
	return clock_fd >= 0 ? NULL : "this kernel has no ptp_kvm";
}

/*
 * One hypercall reads the time-stamp counter and the host's wall clock at it (arch/x86/kvm/x86.c, kvm_pv_clock_pairing()), and
 * the kernel says what its own wall clock showed at that count (get_device_system_crosststamp()). That one and
 * CLOCK_MONOTONIC are the same clock with another zero, by a distance that is read here to within the bounds that are sent.
 */
const char *host_clock_pair(const struct request *request)
{
	struct ptp_sys_offset_precise pair = { 0 };
	uint64_t least_ns = 0, most_ns = 0;
	const char *problem = open_clock();
	int failed;

	if (problem)
		return problem;
	for (int i = 0; i < N_ATTEMPTS; i++) {
		failed = ioctl(clock_fd, PTP_SYS_OFFSET_PRECISE, &pair) < 0;
		if (!failed || errno != EINVAL)
			break;
	}
	if (failed)
		return strerror(errno);
	for (int i = 0; i < N_READINGS; i++) {
		uint64_t before_ns = now_ns();
		uint64_t wall_ns = realtime_ns();
		uint64_t after_ns = now_ns();

		if (i > 0 && after_ns - before_ns >= most_ns - least_ns)
			continue;
		least_ns = wall_ns - after_ns;
		most_ns = wall_ns - before_ns;
	}
	message_begin("pair", now_ns());
	message_field("request", request->id);
	message_number("host", ptp_ns(&pair.device));
	message_number("earliest", ptp_ns(&pair.sys_realtime) - most_ns);
	message_number("latest", ptp_ns(&pair.sys_realtime) - least_ns);
	message_end();
	return NULL;
}
