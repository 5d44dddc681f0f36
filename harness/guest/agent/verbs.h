/* What the host can ask of the agent: a table of verbs, each with what answers it. */
#ifndef HPB_VERBS_H
#define HPB_VERBS_H

#include "protocol.h"

/* Remembers a module that the kernel did not load, and the kernel's reason, for `ready`. */
void note_failed_module(const char *name, const char *reason);

/* Sends `module-failed` for each of those, and then `ready`: what the guest is. `request_id` is that of a `hello`, and "" for the first, which nobody asked for. */
void report_ready(const char *request_id);

/* Sends a `garbled`, `rejected` or `no-window` message. */
void refuse(const char *kind, const char *request_id, const char *reason);

/* Does what a request says and answers it. `received_ns` is when the request was read. */
void request_perform(const struct request *request, uint64_t received_ns);

#endif
