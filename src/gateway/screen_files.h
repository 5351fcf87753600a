/* screen_files.h - the page of a screen with its script, style and service worker, embedded when the program is built (src/gateway/screen). */
#ifndef DUANKA_GATEWAY_SCREEN_FILES_H
#define DUANKA_GATEWAY_SCREEN_FILES_H
#include <stddef.h>

struct screen_file {
	const char *name, *text;
	size_t n;
};
extern const struct screen_file screen_file[];
extern const size_t screen_files;

#endif
