/* What the host asked of the agent before the guest was there: a list of requests in the initramfs. */
#ifndef HPB_STARTED_H
#define HPB_STARTED_H

/*
 * Writes the settings of the list, says `ready`, looks for each of its devices, and goes on until that is usable. In a guest that
 * is restored (`request_id` is that of its `hello`) the settings are as they were.
 */
void report_ready_and_started(const char *request_id);

#endif
