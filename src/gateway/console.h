/* console.h - the console's pages: what a folder holds at the start, in memory.
 *
 * The folder is read once. A request then names a file in a table, and nothing else: no path of a request ever reaches the disk, so none can leave the folder, and nobody who can write there
 * afterwards changes what is served. What is odd in the folder (a link, a device, a name or type that pages don't have) ends the start with a message that names the file. */
#ifndef DUANKA_GATEWAY_CONSOLE_H
#define DUANKA_GATEWAY_CONSOLE_H
#include "base/buf.h"

#define CONSOLE_NONCE "__NONCE__" /* in a page: stands for the random word of the answer, which its policy names */

enum {
	CONSOLE_FILES_MAX = 512,
	CONSOLE_BYTES_MAX = 32 << 20, /* all files together */
	CONSOLE_NAME_MAX = 128        /* bytes, with "assets/" */
};

struct console_body {
	struct text bytes; /* p NULL: there is none */
	uint64_t etag;     /* of these bytes; not 0 */
};

struct console_file {
	char name[CONSOLE_NAME_MAX + 1]; /* "index.html", "assets/app-1a2b3c.js" */
	const char *type;                /* Content-Type */
	bool page;                       /* HTML: made anew for each answer, because of its nonce */
	bool asset;                      /* in assets/, where a name goes with one content for ever */
	struct console_body plain, zipped;
};

struct console;
/* All of the directory, with index.html in it. ERR_MEMORY, or, with the message in why ("DIR/NAME: what; remedy"): ERR_FORMAT, ERR_CAP, ERR_IO. */
enum err console_open(struct console **out, const char *directory, struct buf *why) MUST_CHECK;
void console_close(struct console *c); /* NULL: nothing */
/* NULL: there is no such file. Good until console_close. */
const struct console_file *console_find(const struct console *c, struct text name);

#endif
