#include "started.h"
#include "protocol.h"
#include "setting.h"
#include "verbs.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

/* Requests, one a line, as they would come over the marker channel; harness/guest/initramfs.ts writes it. */
#define REQUEST_LIST "/requests"

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

/* Has each request of the list with this verb performed. */
static void each_request(FILE *list, const char *verb, void (*perform)(const struct request *request))
{
	static char line[LINE_BYTES];
	struct request request;

	rewind(list);
	while (fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = 0;
		if (!request_parse(line, &request) && strcmp(request.verb, verb) == 0)
			perform(&request);
	}
}

/* A kernel without a setting has nothing to say of it: what needed it is then missing from its log, as for the host's `set`. */
static void write_setting(const struct request *request)
{
	setting_write(request);
}

/*
 * Messages have the time at which they were made, and are sent when every device has been looked for: each byte to the UART
 * costs the guest an exit, and to send `ready` first would let all of them seem to be usable milliseconds later.
 */
void report_ready_and_started(const char *request_id)
{
	FILE *list = fopen(REQUEST_LIST, "re");

	if (!list) {
		report_ready(request_id);
		return;
	}
	if (!request_id[0])
		each_request(list, "set", write_setting);
	is_keeping = 1;
	messages_keep(kept, sizeof(kept), send_kept);
	report_ready(request_id);
	each_request(list, "watch", watch_started);
	fclose(list);
	send_kept();
}
