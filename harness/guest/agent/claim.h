/*
 * Whether devices can be had by userspace drivers: the agent takes them from the kernel's drivers, claims them through
 * VFIO as such drivers would, and gives them back. Nothing of it is measured, and no bus is rescanned.
 */
#ifndef HPB_CLAIM_H
#define HPB_CLAIM_H

#include "protocol.h"

/*
 * Handles `claim places=<place>[,<place>...]`: all of them at the same time, each by a driver of its own. Per place a
 * `claim` message, whose `outcome` is `claimed`, `not-viable` (a kernel driver has another device of the group),
 * `group-taken` (another userspace driver has) or `failed`, with a `reason`. Then per place a `returned` message with the
 * driver that has the device now, and a `reason` when that is not the one it had.
 * Returns NULL, or what is wrong with the request; then nothing was done.
 */
const char *claim_devices(const struct request *request);

#endif
