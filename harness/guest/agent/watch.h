/* Devices that the host has announced: found by their PCI place when they appear, and tried until they are usable. */
#ifndef HPB_WATCH_H
#define HPB_WATCH_H

#include "protocol.h"

/* Handles `watch device= place= class=`. Returns NULL or what is wrong. */
const char *watch_add(const struct request *request);

/* Handles `unwatch device=`. */
void watch_remove(const char *device);

/* A kernel uevent: its device path, subsystem and type ("" where the event has none). */
void watch_uevent(const char *action, const char *path, const char *subsystem, const char *devtype);

#endif
