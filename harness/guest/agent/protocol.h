/*
 * The marker channel: one line per message, both ways, over the second ISA UART.
 *
 *   guest to host:  hpb1 <sequence> <CLOCK_MONOTONIC ns> <kind> [key=value ...] #<crc32 hex>
 *   host to guest:  hpb1 <request>  <verb> [key=value ...] #<crc32 hex>
 *
 * "hpb1" is the protocol's name and version. The CRC-32 (IEEE 802.3, as zlib's) covers every byte before " #".
 * The host may put more than one space between words and before the checksum.
 * Values are percent-encoded: only printable ASCII other than space, '%' and '#' stands for itself.
 * The host side of the same grammar is harness/guest/protocol.ts.
 */
#ifndef HPB_PROTOCOL_H
#define HPB_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_NAME "hpb1"
#define LINE_BYTES 4096
#define MAX_FIELDS 16

struct request {
	const char *id;
	const char *verb;
	size_t n_fields;
	struct { const char *key, *value; } fields[MAX_FIELDS];
};

/* CLOCK_MONOTONIC in nanoseconds: the clock of every marker. */
uint64_t now_ns(void);

/* Opens the UART in raw mode as the marker channel. Returns its descriptor, or -1 with errno set. */
int protocol_open(const char *tty);

/* Starts a message of this kind, stamped `at_ns`; fields follow; message_end() sends it. */
void message_begin(const char *kind, uint64_t at_ns);
void message_field(const char *key, const char *value);
void message_number(const char *key, uint64_t value);
void message_end(void);

/*
 * From here on finished messages are kept in `buffer` instead of being sent. `full` is called for the first one that does not
 * fit, and has to end this with messages_send().
 */
void messages_keep(char *buffer, size_t size, void (*full)(void));

/* From here on messages are sent as they are finished. Returns how many bytes were kept, and in how many messages. */
size_t messages_send(uint64_t *n_messages);

/* Takes the next message's number now, for one that is sent after those that follow it. Given to message_begin_reserved(). */
uint64_t message_reserve(void);
void message_begin_reserved(uint64_t number, const char *kind, uint64_t at_ns);

/* Writes bytes to the channel as they are: messages that were kept. */
void channel_write(const char *bytes, size_t n);

/*
 * Splits one received line in place. Returns NULL and fills `request`, or says what is wrong with the line.
 * A line that fails is answered with `garbled` and never acted on.
 */
const char *request_parse(char *line, struct request *request);

/* The value of a field, or NULL. */
const char *request_field(const struct request *request, const char *key);

#endif
