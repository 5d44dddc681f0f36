#include "claim.h"
#include "pci.h"
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_CLAIMS 4
#define DRIVER_BYTES 64
#define REASON_BYTES 128
#define USERSPACE_DRIVER "vfio-pci"

/* One device on its way to a userspace driver and back. */
struct claim {
	char place[PLACE_BYTES], address[ADDRESS_BYTES], kernel_driver[DRIVER_BYTES], group[16];
	int group_file, container, device;
};

static void bound_driver(const struct claim *claim, char driver[DRIVER_BYTES])
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", claim->address);
	sysfs_link_name(path, driver, DRIVER_BYTES);
}

/* Gives the function to the driver of this name, or to the one the kernel chooses for "\n". NULL, or what went wrong. */
static const char *rebind(const struct claim *claim, const char *override, const char *expected)
{
	char path[PATH_BYTES], driver[DRIVER_BYTES];
	int error;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override", claim->address);
	error = sysfs_write(path, override);
	if (error)
		return strerror(error);
	bound_driver(claim, driver);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", claim->address);
	if (strcmp(driver, "-") != 0 && (error = sysfs_write(path, claim->address)) != 0)
		return strerror(error);
	error = sysfs_write("/sys/bus/pci/drivers_probe", claim->address);
	if (error)
		return strerror(error);
	/* Probing reports no error when no driver takes the function. */
	bound_driver(claim, driver);
	return strcmp(driver, expected) == 0 ? NULL : "the driver did not take the function";
}

/* "step: what the kernel says", for a claim that failed where it should not. */
static const char *failed(const char *step, char reason[REASON_BYTES])
{
	snprintf(reason, REASON_BYTES, "%s: %s", step, strerror(errno));
	return "failed";
}

/* Goes the way of a userspace driver, from the group to the device, and gives the outcome. */
static const char *claim_device(struct claim *claim, char reason[REASON_BYTES])
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char node[32];

	snprintf(node, sizeof(node), "/dev/vfio/%s", claim->group);
	claim->group_file = open(node, O_RDWR | O_CLOEXEC);
	/* A group has one owner: the kernel refuses to open it a second time, in this process as in any other. */
	if (claim->group_file < 0)
		return errno == EBUSY ? "group-taken" : failed(node, reason);
	if (ioctl(claim->group_file, VFIO_GROUP_GET_STATUS, &status) < 0)
		return failed("VFIO_GROUP_GET_STATUS", reason);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return "not-viable";
	claim->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (claim->container < 0)
		return failed("/dev/vfio/vfio", reason);
	if (ioctl(claim->group_file, VFIO_GROUP_SET_CONTAINER, &claim->container) < 0)
		return failed("VFIO_GROUP_SET_CONTAINER", reason);
	if (ioctl(claim->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return failed("VFIO_SET_IOMMU", reason);
	claim->device = ioctl(claim->group_file, VFIO_GROUP_GET_DEVICE_FD, claim->address);
	return claim->device < 0 ? failed("VFIO_GROUP_GET_DEVICE_FD", reason) : "claimed";
}

static void report_claim(struct claim *claim, const char *problem, const char *request_id)
{
	char reason[REASON_BYTES] = "";
	const char *outcome = "failed";

	if (problem)
		snprintf(reason, sizeof(reason), "binding " USERSPACE_DRIVER ": %s", problem);
	else
		outcome = claim_device(claim, reason);
	message_begin("claim", now_ns());
	message_field("request", request_id);
	message_field("place", claim->place);
	message_field("outcome", outcome);
	if (reason[0])
		message_field("reason", reason);
	message_end();
}

static void give_back(const struct claim *claim, const char *request_id)
{
	const int files[] = { claim->device, claim->container, claim->group_file };
	char driver[DRIVER_BYTES];
	const char *problem;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i] >= 0)
			close(files[i]);
	problem = rebind(claim, "\n", claim->kernel_driver);
	bound_driver(claim, driver);
	message_begin("returned", now_ns());
	message_field("request", request_id);
	message_field("place", claim->place);
	message_field("driver", driver);
	if (problem)
		message_field("reason", problem);
	message_end();
}

static const char *find(struct claim *claim, const char *place)
{
	char path[PATH_BYTES];

	snprintf(claim->place, sizeof(claim->place), "%s", place);
	pci_address(place, claim->address);
	if (!claim->address[0])
		return "there is no function at one of the places";
	bound_driver(claim, claim->kernel_driver);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", claim->address);
	sysfs_link_name(path, claim->group, sizeof(claim->group));
	claim->group_file = claim->container = claim->device = -1;
	return NULL;
}

const char *claim_devices(const struct request *request)
{
	const char *places = request_field(request, "places");
	struct claim claims[MAX_CLAIMS];
	const char *problems[MAX_CLAIMS];
	char text[MAX_CLAIMS * PLACE_BYTES];
	size_t n = 0;

	if (!places)
		return "claim needs places";
	snprintf(text, sizeof(text), "%s", places);
	for (char *rest, *place = strtok_r(text, ",", &rest); place; place = strtok_r(NULL, ",", &rest)) {
		const char *problem = n == MAX_CLAIMS ? "too many places" : find(&claims[n++], place);

		if (problem)
			return problem;
	}
	for (size_t i = 0; i < n; i++)
		problems[i] = rebind(&claims[i], USERSPACE_DRIVER, USERSPACE_DRIVER);
	for (size_t i = 0; i < n; i++)
		report_claim(&claims[i], problems[i], request->id);
	for (size_t i = 0; i < n; i++)
		give_back(&claims[i], request->id);
	return NULL;
}
