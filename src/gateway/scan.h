/* scan.h - a virus scanner of the house looks at what people upload: a command that gets the bytes on its standard input and tells by its exit status what it thinks, as clamdscan and its like do.
 *
 *   0 clean, 1 infected; anything else, a signal, too long, or no such command: it can't tell, and what can't be told is refused.
 *
 * The command is words with blanks between and no shell reads it. It runs in a process group of its own with nothing of the service's: no descriptor but the pipe and /dev/null, of the environment PATH only. When its
 * time is over the whole group is killed. It waits: for workers' threads. */
#ifndef DUANKA_GATEWAY_SCAN_H
#define DUANKA_GATEWAY_SCAN_H
#include "base/text.h"

enum {
	SCAN_WORDS_MAX = 16
};

enum scan_verdict {
	SCAN_CLEAN,
	SCAN_INFECTED,
	SCAN_UNKNOWN
};

/* command: at most SCAN_WORDS_MAX words; empty: nothing is looked at, and all is clean. */
enum scan_verdict scan_bytes(const char *command, struct text bytes, int64_t most_us);

#endif
