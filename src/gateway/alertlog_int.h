/* alertlog_int.h - shared by
 *
 *   alertlog.c        telling and reading
 *   alertlog_open.c   what is found at the start, and what is made of it
 *   alertlog_files.c  a file of alerts with its index, and the note of what is safe */
#ifndef DUANKA_GATEWAY_ALERTLOG_INT_H
#define DUANKA_GATEWAY_ALERTLOG_INT_H
#include "gateway/alertlog.h"
#include <pthread.h>
#include <stdatomic.h>

#define ALERTS_FOLDER "alerts"

enum {
	ALERT_SEGMENTS_MAX = 1 << 16, /* then the last one grows */
	ALERT_PLACE_BYTES = 16,
	ALERT_NAME_BYTES = 64
};

struct alert_place { /* of one line: an entry of an index, as it lies on the disk */
	uint64_t position, at;
};

struct alert_segment {
	uint64_t number;   /* of its first alert */
	uint64_t n;        /* alerts */
	uint64_t bytes;    /* of their lines */
	uint64_t position; /* of the first one; 0: there is none yet */
};

struct alert_files { /* a segment's files, open; the last holder closes them */
	_Atomic uint32_t holders;
	struct disk *d;
	uint64_t number;
	int lines, index;
};

struct alert_note {  /* DIRECTORY/alerts.synced: the three numbers in decimal */
	uint64_t first;  /* alerts before this one have expired */
	uint64_t safe;   /* those from there up to here are on the disk */
	uint64_t needed; /* so many there were at a snapshot: as many must be there again before one is believed */
	bool there;      /* else nothing is known */
	bool older;      /* of an older version, which noted how many bytes of its one file were on the disk */
	uint64_t bytes;
};

struct alertlog {
	struct disk *disk;
	pthread_mutex_t waking; /* held while waiters are woken; taken before lock */
	pthread_mutex_t lock;
	uint64_t segment_bytes;
	struct alert_segment *segment; /* ascending; the last one is written to */
	uint32_t n, cap;
	uint64_t first;
	struct alert_files *now; /* of the last segment */
	struct alert_files *old; /* of the one before it that was read last; NULL: none */
	struct alert_note noted;
	bool lacks;
	uint64_t known,
		again; /* the last position that was there at the start, and how many of its alerts: a replay tells them in the same order */
	uint64_t told;       /* the last one that was written */
	struct buf heard;    /* not written yet */
	struct buf places;   /* their entries of the index */
	uint64_t n_heard;    /* lines in it */
	uint64_t heard_from; /* position of the first */
	enum err err;
	struct alertlog_waiter *waiters;
	struct lastknown *last;
};

/* alertlog_files.c */
void alert_lines_name(uint64_t number, char name[ALERT_NAME_BYTES]);
void alert_index_name(uint64_t number, char name[ALERT_NAME_BYTES]);
/* NULL and *e: ERR_ABSENT if there is none. One holder. fresh: both files are made, and empty. */
struct alert_files *alert_files_open(struct disk *d, uint64_t number, enum disk_mode mode, enum err *e) MUST_CHECK;
void alert_files_drop(struct alert_files *f); /* NULL is fine */
enum err alert_remove(struct disk *d, uint64_t number) MUST_CHECK;
/* Entry i of an index. ERR_FORMAT: it is not there. */
enum err alert_place_read(const struct alert_files *f, uint64_t i, struct alert_place *out) MUST_CHECK;
/* Each whole line from byte 0 on, until visit says otherwise; ERR_OK at the end. A line longer than ALERTLOG_LINE_MAX is ERR_FORMAT. */
enum err alert_lines(const struct alert_files *f, enum err (*visit)(void *ctx, uint64_t at, struct text line),
                     void *ctx) MUST_CHECK;
/* What a segment's files hold; number is given. Of its alerts `most` count, and of its bytes bytes_most: what lies behind is cut off. An index that does not fit is made anew; sealed: one
 * that fits is believed. ERR_FORMAT: this is no file of alerts. */
enum err alert_segment_read(struct disk *d, struct alert_segment *s, uint64_t most, uint64_t bytes_most,
                            bool sealed) MUST_CHECK;
enum err alert_note_read(struct disk *d, struct alert_note *out) MUST_CHECK;
bool alert_note_same(const struct alert_note *a, const struct alert_note *b);
enum err alert_note_write(struct disk *d, const struct alert_note *n) MUST_CHECK;

/* alertlog.c */
/* A new, empty last segment. */
enum err alertlog_begin(struct alertlog *l, uint64_t number) MUST_CHECK;
/* Room for one more. */
enum err alertlog_room(struct alertlog *l) MUST_CHECK;

/* alertlog_open.c */
enum err alertlog_recover(struct alertlog *l) MUST_CHECK;
/* The oldest position that the journal keeps; 0: it has none. */
enum err alertlog_kept_from(struct alertlog *l, uint64_t *position) MUST_CHECK;

#endif
