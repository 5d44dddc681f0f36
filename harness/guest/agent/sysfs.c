#include "sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int sysfs_read(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = file < 0 ? -1 : read(file, text, size - 1);

	if (file >= 0)
		close(file);
	text[n > 0 ? n : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	return n < 0 ? -1 : 0;
}

int sysfs_write(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (file < 0)
		return errno;
	if (write(file, text, strlen(text)) < 0)
		error = errno;
	close(file);
	return error;
}

void sysfs_link_name(const char *path, char *name, size_t size)
{
	char target[PATH_BYTES];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *last;

	target[n > 0 ? n : 0] = 0;
	last = strrchr(target, '/');
	snprintf(name, size, "%s", n > 0 ? (last ? last + 1 : target) : "-");
}

void sysfs_each(const char *directory, void (*visit)(const char *name, const void *context), const void *context)
{
	DIR *entries = opendir(directory);

	if (!entries)
		return;
	for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
		if (entry->d_name[0] != '.')
			visit(entry->d_name, context);
	closedir(entries);
}
