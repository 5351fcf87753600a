/* send_lines.h - lines of a file or of a pipe in blocks: whole blocks as long as lines come, and what there is of one when no more come for a moment.
 *
 * A line's place, the number of its block and its number within, depends on the input alone and not on when it came. That is what names it to the service
 * (cmd_send.c): whoever sends the same input again gives each line the same name. */
#ifndef DUANKA_APP_SEND_LINES_H
#define DUANKA_APP_SEND_LINES_H
#include <signal.h>
#include "base/buf.h"

enum {
	SEND_BLOCK = 512, /* lines */
	SEND_LINE_MAX =
		1 << 20, /* bytes of a line without its end; a longer one counts in too_long and comes as an empty one */
	SEND_BYTES_MAX = 4 << 20, /* so many bytes are enough, whatever number of lines they are */
	SEND_WAIT_MS = 100        /* no line waits longer for others */
};

struct send_lines {
	int fd;
	const sigset_t *awake; /* signals of this mask interrupt a wait; blocked otherwise */
	const volatile sig_atomic_t *stop;
	struct buf read; /* what is no whole line yet, from `at` on */
	size_t at;
	bool ended, skipping; /* the input is over; the rest of a line that is too long is passed over */
	uint64_t first;       /* number of the block's first line, from 0 */
	uint32_t n, sent;     /* lines in the block; those of them that were handed out before */
	struct buf text;      /* lines sent to n with their ends */
	size_t end[SEND_BLOCK];
	uint64_t too_long;
};

/* All is borrowed. */
void send_lines_init(struct send_lines *l, int fd, const sigset_t *awake, const volatile sig_atomic_t *stop);
void send_lines_release(struct send_lines *l);
/* Waits for lines: on ERR_OK those from sent to n of the block are new, one at least. Before the next call sent is set to n. ERR_ABSENT: the input is over. ERR_STOPPED:
 * *stop is set, and what had been read was handed out. ERR_IO (errno), ERR_MEMORY. */
enum err send_lines_next(struct send_lines *l) MUST_CHECK;
/* Lines from <= i < to of the block that were new after the last call, with their ends. */
struct text send_lines_text(const struct send_lines *l, uint32_t from, uint32_t to);

#endif
