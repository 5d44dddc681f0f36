/*
 * A look for devices on all PCI buses, as a client's own agent takes it. It races with the hot-plug controller, so it is done
 * only when the host asks for it.
 */
#ifndef HPB_RESCAN_H
#define HPB_RESCAN_H

#include "protocol.h"

/* What to poll for rescans that have ended, or -1. */
int rescans_open(void);
void rescan_ended(int source);

/* Handles `rescan`; `done` comes when it has ended, or `rejected` with a reason. Returns NULL, or why it was not begun. */
const char *rescan_begin(const struct request *request);

#endif
