/* The host's clock as a guest under KVM can read it. */
#ifndef HPB_HOST_CLOCK_H
#define HPB_HOST_CLOCK_H

#include "protocol.h"

/*
 * Verb `pair`: sends a moment on the host's CLOCK_REALTIME and on the guest's CLOCK_MONOTONIC, or says why it cannot. The
 * first one loads the module for it, if it is there: a guest that is not asked is as it would be without.
 */
const char *host_clock_pair(const struct request *request);

#endif
