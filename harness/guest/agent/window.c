#include "window.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A journal of 390 lines, of a boot, takes 54 KB; what is more than fits is sent. */
#define WINDOW_BYTES (128 * 1024)
/* The only page size that x86 has for what is mapped here. */
#define PAGE 4096
#define N_PAGES (WINDOW_BYTES / PAGE)
/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGE_PRESENT (1ull << 63)
#define FRAME_MASK ((1ull << 55) - 1)

static char *window;
static int pagemap = -1;
static size_t n_bytes;
static uint64_t number;
static char request_id[32];
static int is_open;

static const char *map_window(void)
{
	void *memory;

	if (window)
		return NULL;
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0)
		return "this kernel has no pagemap";
	memory = mmap(NULL, WINDOW_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		return strerror(errno);
	window = memory;
	return NULL;
}

/*
 * Where the first `n` pages lie in the guest's physical memory, as runs "first frame:pages,...", frames in hexadecimal. Read
 * anew each time: the kernel may move pages. Returns 0, or -1 if it does not say.
 */
static int describe_pages(size_t n, char *text, size_t size)
{
	uint64_t entries[N_PAGES];
	size_t used = 0;

	if (pread(pagemap, entries, n * sizeof(*entries), (off_t)((uintptr_t)window / PAGE * sizeof(*entries))) !=
	    (ssize_t)(n * sizeof(*entries)))
		return -1;
	for (size_t first = 0; first < n;) {
		uint64_t frame = entries[first] & FRAME_MASK;
		size_t pages = 1;

		if (!(entries[first] & PAGE_PRESENT) || !frame)
			return -1;
		while (first + pages < n && (entries[first + pages] & FRAME_MASK) == frame + pages)
			pages++;
		used += (size_t)snprintf(text + used, size - used, "%s%llx:%zu", first ? "," : "", (unsigned long long)frame, pages);
		first += pages;
	}
	return 0;
}

const char *window_open(const char *id)
{
	const char *problem = map_window();

	if (problem)
		return problem;
	snprintf(request_id, sizeof(request_id), "%s", id);
	n_bytes = 0;
	is_open = 1;
	number = message_reserve();
	messages_keep(window, WINDOW_BYTES, window_close);
	return NULL;
}

void window_close(void)
{
	char pages[N_PAGES * 24];
	uint64_t n_messages;
	int described;

	if (!is_open)
		return;
	is_open = 0;
	n_bytes = messages_send(&n_messages);
	described = describe_pages((n_bytes + PAGE - 1) / PAGE, pages, sizeof(pages)) == 0;
	message_begin_reserved(number, "window", now_ns());
	message_field("request", request_id);
	message_number("lines", n_messages);
	message_number("bytes", n_bytes);
	message_field("pages", described ? pages : "");
	message_end();
}

void window_resend(void)
{
	channel_write(window, n_bytes);
}
