/*
 * What the guest saw, kept until the host asks for it between measurements: kernel uevents and kernel log lines.
 * Sending them as they come would cost milliseconds on an emulated UART, inside the sample.
 */
#ifndef HPB_JOURNAL_H
#define HPB_JOURNAL_H

#include <stdint.h>

/* Keeps one uevent. When the store is full the oldest are lost, and the next report says how many. */
void journal_uevent(uint64_t at_ns, const char *action, const char *path, const char *subsystem, const char *driver);

/* Notes that the kernel had no room for uevents in our socket and dropped some between two times, for the next report. */
void journal_overrun(uint64_t after_ns, uint64_t until_ns);

/* Opens /dev/kmsg. Returns 0, or -1 with errno set. */
int journal_open_kmsg(void);

/* Writes lines to the kernel log that tie its clock to CLOCK_MONOTONIC, and sends a `tie` message for each. */
void journal_tie(const char *request_id);

/* Sends what was kept since the last report: `uevent` messages, then `kmsg` messages with the kernel's own stamps. */
void journal_report(const char *request_id);

#endif
