/* Small reads and writes in /sys: everything there is a line of text, a link or a directory. */
#ifndef HPB_SYSFS_H
#define HPB_SYSFS_H

#include <stddef.h>

#define PATH_BYTES 512

/* The first line of a file, without its newline. Returns 0, or -1 and an empty text when it cannot be read. */
int sysfs_read(const char *path, char *text, size_t size);

/* Writes a text in one piece, as the kernel wants it. Returns 0 or an errno. */
int sysfs_write(const char *path, const char *text);

/* The last component of a link's target: the name of a driver, module or group. "-" when there is none. */
void sysfs_link_name(const char *path, char *name, size_t size);

/* Calls `visit` for every entry of a directory; nothing when there is no such directory. */
void sysfs_each(const char *directory, void (*visit)(const char *name, const void *context), const void *context);

#endif
