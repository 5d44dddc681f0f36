#include "protocol.h"
#include "sysfs.h"
#include "use.h"
#include "watch.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int links_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (sock >= 0 && bind(sock, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(sock);
		return -1;
	}
	return sock;
}

/* The kernel lets carrier be read of an interface that is up only. */
static int has_carrier(const char *name)
{
	char path[PATH_BYTES], carrier[4];

	snprintf(path, sizeof(path), "/sys/class/net/%s/carrier", name);
	return sysfs_read(path, carrier, sizeof(carrier)) == 0 && carrier[0] == '1';
}

/* Sends RTM_NEWLINK that sets IFF_UP of this interface and nothing else, and returns what the kernel answers. */
static int set_link_up(int sock, const char *name)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
		struct rtattr attribute;
		char name[IFNAMSIZ];
	} request = { 0 };
	struct {
		struct nlmsghdr header;
		struct nlmsgerr answer;
		char rest[256];
	} reply = { 0 };

	snprintf(request.name, sizeof(request.name), "%s", name);
	request.attribute.rta_type = IFLA_IFNAME;
	request.attribute.rta_len = RTA_LENGTH(strlen(request.name) + 1);
	request.link.ifi_flags = request.link.ifi_change = IFF_UP;
	request.header.nlmsg_type = RTM_NEWLINK;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.link)) + RTA_ALIGN(request.attribute.rta_len);
	if (send(sock, &request, sizeof(request), 0) < 0 || recv(sock, &reply, sizeof(reply), 0) < 0)
		return errno;
	return reply.header.nlmsg_type == NLMSG_ERROR ? -reply.answer.error : EPROTO;
}

/*
 * By netlink, because the uevent comes from inside register_netdevice(), before the interface can be found by its name:
 * rtnetlink waits for the lock that is held until then, while SIOCGIFFLAGS does not and now and then fails with ENODEV.
 */
int use_interface(const char *name)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error;

	if (sock < 0)
		return errno;
	error = set_link_up(sock, name);
	close(sock);
	if (error)
		return error;
	return has_carrier(name) ? 0 : STILL_TRYING;
}

static void link_changed(struct nlmsghdr *header, uint64_t at_ns)
{
	struct ifinfomsg *link = NLMSG_DATA(header);
	struct rtattr *attribute = IFLA_RTA(link);
	int left = IFLA_PAYLOAD(header);

	/* IFF_LOWER_UP is carrier; IFF_RUNNING is also there while nobody knows (RFC 2863 "unknown"). */
	if (header->nlmsg_type != RTM_NEWLINK || !(link->ifi_flags & IFF_UP) || !(link->ifi_flags & IFF_LOWER_UP))
		return;
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
		if (attribute->rta_type == IFLA_IFNAME)
			watch_ended("net", RTA_DATA(attribute), 0, at_ns);
}

void links_changed(int sock)
{
	static char messages[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;

	while ((n = recv(sock, messages, sizeof(messages), 0)) > 0) {
		uint64_t at_ns = now_ns();
		unsigned int left = (unsigned int)n;

		for (struct nlmsghdr *header = (struct nlmsghdr *)messages; NLMSG_OK(header, left);
		     header = NLMSG_NEXT(header, left))
			link_changed(header, at_ns);
	}
}
