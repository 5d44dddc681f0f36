/* Devices that the host has announced: found by their PCI place when they appear, and tried until they are usable. */
#ifndef HPB_WATCH_H
#define HPB_WATCH_H

#include "protocol.h"

/* Handles `watch device= place= class=`, and `tag=` for a filesystem. Returns NULL or what is wrong. */
const char *watch_add(const struct request *request);

/*
 * The same for a device that is on the machine from its start (started.h). Nobody waits for an answer: what is wrong with the
 * request is said as `unusable`.
 */
void watch_started(const struct request *request);

/* Handles `unwatch device=`. */
void watch_remove(const char *device);

/* A kernel uevent: its device path, subsystem and type ("" where the event has none). */
void watch_uevent(const char *action, const char *path, const char *subsystem, const char *devtype);

/* A first use that took its time has ended: of the device of this class and name, with 0 or an errno. */
void watch_ended(const char *class, const char *name, int error, uint64_t at_ns);

#endif
