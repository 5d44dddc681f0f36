#define _GNU_SOURCE /* O_DIRECT */
#include "sysfs.h"
#include "use.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define SECTOR_BYTES 512

int use_disk(const char *name)
{
	static char sector[SECTOR_BYTES] __attribute__((aligned(4096)));
	char node[80];
	int file, error = 0;
	ssize_t n;

	snprintf(node, sizeof(node), "/dev/%s", name);
	/* O_DIRECT: the read has to reach the device, not the page cache that the partition scan filled. */
	file = open(node, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (file < 0)
		return errno;
	n = pread(file, sector, sizeof(sector), 0);
	if (n != SECTOR_BYTES)
		error = n < 0 ? errno : EIO;
	close(file);
	return error;
}

/* blk-mq has a directory for each (block/blk-mq-sysfs.c). */
unsigned int disk_queues(const char *name)
{
	char path[PATH_BYTES];
	unsigned int queues = 0;
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/sys/class/block/%s/mq", name);
	directory = opendir(path);
	if (!directory)
		return 0;
	while ((entry = readdir(directory)))
		queues += entry->d_name[0] != '.';
	closedir(directory);
	return queues;
}
