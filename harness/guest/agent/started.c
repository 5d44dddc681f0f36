#include "started.h"
#include "protocol.h"
#include "verbs.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

/* Requests to watch, one a line, as they would come over the marker channel; harness/guest/initramfs.ts writes it. */
#define STARTED_LIST "/started"

/* A `usable` is some 150 bytes long: more than there are watches. */
static char kept[32 * 1024];
static int is_keeping;

static void send_kept(void)
{
	uint64_t n_messages;

	if (!is_keeping)
		return;
	is_keeping = 0;
	channel_write(kept, messages_send(&n_messages));
}

/*
 * Messages have the time at which they were made, and are sent when every device has been looked for: each byte to the UART
 * costs the guest an exit, and to send `ready` first would let all of them seem to be usable milliseconds later.
 */
void report_ready_and_started(const char *request_id)
{
	FILE *list = fopen(STARTED_LIST, "re");
	static char line[LINE_BYTES];
	struct request request;

	if (list) {
		is_keeping = 1;
		messages_keep(kept, sizeof(kept), send_kept);
	}
	report_ready(request_id);
	if (!list)
		return;
	while (fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = 0;
		if (!request_parse(line, &request))
			watch_started(&request);
	}
	fclose(list);
	send_kept();
}
