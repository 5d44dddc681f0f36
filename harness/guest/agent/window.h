/*
 * Memory of the agent's that the host reads from outside (QMP pmemsave): what is kept there need not go byte by byte through
 * the emulated UART. Only where it lies is sent.
 */
#ifndef HPB_WINDOW_H
#define HPB_WINDOW_H

/*
 * From here on messages are kept in the window, and where it is full the rest is sent. Returns NULL, or why there is no window:
 * then they are all sent.
 */
const char *window_open(const char *request_id);

/* Ends that. Sends a `window` message: where the messages lie. Its number is the one before theirs. */
void window_close(void);

/* Sends what the window has as it is, for a host that could not read it. */
void window_resend(void);

#endif
