/*
 * Lets time pass in the guest: on a clock that stands still while the host waits, only the guest can say that it has. The
 * agent goes on with everything else in the meantime.
 */
#ifndef HPB_REST_H
#define HPB_REST_H

#include "protocol.h"

#include <time.h>

/* Verb `rest`: `done` follows after `us` microseconds. Returns NULL or why the request is rejected. */
const char *rest_begin(const struct request *request);

/* How long until the first rest is over; 0 when there is none. */
int rest_timeout(struct timespec *timeout);

/* Answers the rests that are over. */
void rest_end(void);

#endif
