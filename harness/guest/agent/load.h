/* Busy CPUs in the guest: user programs that compete with the kernel threads that plug devices in. */
#ifndef HPB_LOAD_H
#define HPB_LOAD_H

#include "protocol.h"

/*
 * Handles `load cpus=<n>`: afterwards exactly n processes spin in user space; none for 0.
 * Returns NULL or what is wrong; then there is no load.
 */
const char *load_set(const struct request *request);

#endif
