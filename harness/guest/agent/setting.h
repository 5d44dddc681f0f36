/* Kernel settings that the host asks for between measurements: files under /proc and /sys that take a line of text. */
#ifndef HPB_SETTING_H
#define HPB_SETTING_H

#include "protocol.h"

/* Handles `set file= value=`. Returns NULL or what is wrong. */
const char *setting_write(const struct request *request);

#endif
