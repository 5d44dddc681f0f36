#include "setting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int is_setting(const char *file)
{
	return strncmp(file, "/proc/", 6) == 0 || strncmp(file, "/sys/module/", 12) == 0;
}

const char *setting_write(const struct request *request)
{
	const char *file = request_field(request, "file");
	const char *value = request_field(request, "value");
	const char *problem = NULL;
	int target;

	if (!file || !value)
		return "set needs file and value";
	/* Not all of /sys: rescan and remove files there would race with the controller that is being measured. */
	if (!is_setting(file))
		return "only files under /proc and /sys/module can be set";
	target = open(file, O_WRONLY | O_CLOEXEC);
	if (target < 0)
		return strerror(errno);
	if (write(target, value, strlen(value)) < 0)
		problem = strerror(errno);
	close(target);
	return problem;
}
