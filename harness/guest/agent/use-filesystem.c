#define _GNU_SOURCE /* pipe2 */
#include "protocol.h"
#include "use.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* What a mounting process says before it ends: less than PIPE_BUF, so in one piece. */
struct ending {
	char name[64];
	int error;
	uint64_t at_ns;
};

static int endings[2] = { -1, -1 };

int mounts_open(void)
{
	return pipe2(endings, O_CLOEXEC | O_NONBLOCK) < 0 ? -1 : endings[0];
}

void mount_ended(int source)
{
	struct ending ending;

	while (read(source, &ending, sizeof(ending)) == sizeof(ending))
		watch_ended("filesystem", ending.name, ending.error, ending.at_ns);
}

static int mount_and_ask(const char *directory, const char *tag)
{
	struct statfs size;

	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		return errno;
	if (mount(tag, directory, "virtiofs", 0, NULL) < 0)
		return errno;
	/* mount() does not wait for the answer to FUSE_INIT (fs/fuse/virtio_fs.c); this request goes out after it. */
	return statfs(directory, &size) < 0 ? errno : 0;
}

/*
 * In a process of its own: a filesystem whose server hangs would hold up everything else the agent does.
 */
int use_filesystem(const char *name, const char *tag)
{
	struct ending ending = { 0 };
	char directory[80];
	pid_t child = fork();

	if (child < 0)
		return errno;
	if (child > 0)
		return STILL_TRYING;
	snprintf(ending.name, sizeof(ending.name), "%s", name);
	snprintf(directory, sizeof(directory), "/%s", name);
	ending.error = mount_and_ask(directory, tag);
	ending.at_ns = now_ns();
	if (write(endings[1], &ending, sizeof(ending)) < 0)
		_exit(1);
	umount2(directory, MNT_DETACH);
	_exit(0);
}
