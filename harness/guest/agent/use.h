/*
 * The first use of a device that has appeared, one function per kind. Each returns 0 when the device can be used, an
 * errno when it cannot, or STILL_TRYING: then watch_ended() is told later. `name` is the last component of its path.
 */
#ifndef HPB_USE_H
#define HPB_USE_H

#define STILL_TRYING (-1)

/* Reads the first 512 bytes of a disk from the device itself. */
int use_disk(const char *name);

/* How many hardware queues the kernel uses of a disk; 0 where it does not say. */
unsigned int disk_queues(const char *name);

/* Opens the source of link changes. Returns its descriptor, for links_changed() when it is readable; or -1. */
int links_open(void);
void links_changed(int sock);

/* Sets a network interface up; it is usable when it is up and has carrier. */
int use_interface(const char *name);

/* Opens the source of ended mounts. Returns its descriptor, for mount_ended() when it is readable; or -1. */
int mounts_open(void);
void mount_ended(int source);

/* Mounts the virtio filesystem of this tag and asks it for its size; then unmounts it, so that it can be unplugged. */
int use_filesystem(const char *name, const char *tag);

#endif
