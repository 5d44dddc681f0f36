#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int channel = -1;
static uint64_t sequence;
static char message[LINE_BYTES];
static size_t used;
static struct {
	char *bytes; /* NULL: messages are sent */
	size_t size, used;
	uint64_t n_messages;
	void (*full)(void);
} kept;

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int protocol_open(const char *tty)
{
	struct termios settings;

	channel = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (channel < 0)
		return -1;
	if (tcgetattr(channel, &settings) == 0) {
		cfmakeraw(&settings);
		cfsetspeed(&settings, B115200);
		tcsetattr(channel, TCSANOW, &settings);
	}
	/* UEFI firmware draws its console on every serial port, and leaves a line without an end. */
	if (write(channel, "\n", 1) < 0)
		return -1;
	return channel;
}

/* By half bytes: bit by bit it takes as long, under TCG, as the rest of a message. */
static uint32_t crc32_of(const char *bytes, size_t n)
{
	static uint32_t of_half[16];
	uint32_t crc = 0xffffffffu;

	for (uint32_t half = 1; half < 16 && !of_half[15]; half++) {
		uint32_t rest = half;

		for (int bit = 0; bit < 4; bit++)
			rest = rest & 1 ? (rest >> 1) ^ 0xedb88320u : rest >> 1;
		of_half[half] = rest;
	}
	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)bytes[i];
		crc = (crc >> 4) ^ of_half[crc & 15];
		crc = (crc >> 4) ^ of_half[crc & 15];
	}
	return ~crc;
}

/* Room is kept for the " #crc\n" that ends every line, so a long field is cut and the line stays whole. */
static void append(const char *bytes, size_t n)
{
	size_t room = sizeof(message) - 16 - used;

	if (n > room)
		n = room;
	memcpy(message + used, bytes, n);
	used += n;
}

static void append_encoded(const char *value)
{
	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		if (*c > ' ' && *c < 0x7f && *c != '%' && *c != '#') {
			append((const char *)c, 1);
		} else {
			char code[4];

			/* never cut inside a %XX code */
			if (used + 3 > sizeof(message) - 16)
				return;
			snprintf(code, sizeof(code), "%%%02X", *c);
			append(code, 3);
		}
	}
}

uint64_t message_reserve(void)
{
	return ++sequence;
}

void message_begin_reserved(uint64_t number, const char *kind, uint64_t at_ns)
{
	int n = snprintf(message, sizeof(message), "%s %llu %llu %s", PROTOCOL_NAME, (unsigned long long)number,
			 (unsigned long long)at_ns, kind);

	used = (size_t)n;
}

void message_begin(const char *kind, uint64_t at_ns)
{
	/* Before it has its number: the one that tells of those that were kept has the number before theirs. */
	if (kept.bytes && kept.size - kept.used < LINE_BYTES)
		kept.full();
	message_begin_reserved(message_reserve(), kind, at_ns);
}

void message_field(const char *key, const char *value)
{
	append(" ", 1);
	append(key, strlen(key));
	append("=", 1);
	append_encoded(value);
}

void message_number(const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	message_field(key, digits);
}

void channel_write(const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = write(channel, bytes, n);

		if (sent < 0 && errno != EINTR)
			return;
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		}
	}
}

void message_end(void)
{
	used += (size_t)snprintf(message + used, 16, " #%08x\n", crc32_of(message, used));
	if (!kept.bytes) {
		channel_write(message, used);
		return;
	}
	memcpy(kept.bytes + kept.used, message, used);
	kept.used += used;
	kept.n_messages++;
}

void messages_keep(char *buffer, size_t size, void (*full)(void))
{
	kept.bytes = buffer;
	kept.size = size;
	kept.used = 0;
	kept.n_messages = 0;
	kept.full = full;
}

size_t messages_send(uint64_t *n_messages)
{
	kept.bytes = NULL;
	*n_messages = kept.n_messages;
	return kept.used;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static int decode_in_place(char *value)
{
	char *out = value;

	for (char *in = value; *in; in++) {
		if (*in == '%') {
			int high = hex_digit(in[1]);
			int low = high < 0 ? -1 : hex_digit(in[2]);

			if (low < 0)
				return -1;
			*out++ = (char)(high * 16 + low);
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = 0;
	return 0;
}

const char *request_parse(char *line, struct request *request)
{
	char *mark = strrchr(line, '#');
	char *rest;

	if (!mark || mark == line || mark[-1] != ' ' || strlen(mark + 1) != 8)
		return "no checksum";
	if (strtoul(mark + 1, NULL, 16) != crc32_of(line, (size_t)(mark - 1 - line)))
		return "wrong checksum";
	mark[-1] = 0;

	char *name = strtok_r(line, " ", &rest);

	if (!name || strcmp(name, PROTOCOL_NAME) != 0)
		return "another protocol version";
	request->id = strtok_r(NULL, " ", &rest);
	request->verb = strtok_r(NULL, " ", &rest);
	request->n_fields = 0;
	if (!request->id || !request->verb)
		return "no verb";
	for (char *field = strtok_r(NULL, " ", &rest); field; field = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(field, '=');

		if (!equals || request->n_fields == MAX_FIELDS)
			return "malformed field";
		*equals = 0;
		if (decode_in_place(equals + 1) < 0)
			return "malformed percent code";
		request->fields[request->n_fields].key = field;
		request->fields[request->n_fields].value = equals + 1;
		request->n_fields++;
	}
	return NULL;
}

const char *request_field(const struct request *request, const char *key)
{
	for (size_t i = 0; i < request->n_fields; i++)
		if (strcmp(request->fields[i].key, key) == 0)
			return request->fields[i].value;
	return NULL;
}
