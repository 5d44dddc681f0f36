/* Devices that are on the machine from its start: nobody announces them, the initramfs has a list of them. */
#ifndef HPB_STARTED_H
#define HPB_STARTED_H

/* Says `ready`, looks for each device of the list, and goes on until it is usable. */
void report_ready_and_started(const char *request_id);

#endif
