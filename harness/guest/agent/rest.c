#include "rest.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_RESTS 32

static struct rest {
	uint64_t until_ns; /* 0 for one that is not in use */
	char request_id[24];
} rests[MAX_RESTS];

const char *rest_begin(const struct request *request)
{
	const char *us = request_field(request, "us");

	if (!us)
		return "rest needs us";
	for (size_t i = 0; i < MAX_RESTS; i++) {
		if (rests[i].until_ns)
			continue;
		rests[i].until_ns = now_ns() + strtoull(us, NULL, 10) * 1000u;
		snprintf(rests[i].request_id, sizeof(rests[i].request_id), "%s", request->id);
		return NULL;
	}
	return "too many rests";
}

int rest_timeout(struct timespec *timeout)
{
	uint64_t first_ns = UINT64_MAX, at_ns;

	for (size_t i = 0; i < MAX_RESTS; i++)
		if (rests[i].until_ns && rests[i].until_ns < first_ns)
			first_ns = rests[i].until_ns;
	if (first_ns == UINT64_MAX)
		return 0;
	at_ns = now_ns();
	first_ns = first_ns > at_ns ? first_ns - at_ns : 0;
	timeout->tv_sec = (time_t)(first_ns / 1000000000u);
	timeout->tv_nsec = (long)(first_ns % 1000000000u);
	return 1;
}

void rest_end(void)
{
	for (size_t i = 0; i < MAX_RESTS; i++) {
		if (!rests[i].until_ns || rests[i].until_ns > now_ns())
			continue;
		rests[i].until_ns = 0;
		message_begin("done", now_ns());
		message_field("request", rests[i].request_id);
		message_end();
	}
}
