/* source_int.h - what the files source*.c share: a source is a reader (bytes), a decoder (records) and batches. */
#ifndef DUANKA_EVENT_SOURCE_INT_H
#define DUANKA_EVENT_SOURCE_INT_H
#include <iconv.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <zlib.h>
#include <zstd.h>
#include "base/queue.h"
#include "event/source.h"

enum {
	SOURCE_WINDOW_BYTES = 256 * 1024,
	SOURCE_IN_BYTES = 64 * 1024,
	SOURCE_BATCH_BYTES = 1024 * 1024, /* address space; touched only as far as it is used */
	SOURCE_BATCH_FULL_BYTES = 256 * 1024,
	SOURCE_BATCHES = 5,     /* two with the merger, one with the decoder, two between them */
	SOURCE_RAW_KEPT = 4096, /* of a record that is too long */
	SOURCE_BATCH_EVENTS = 256
};

/* A record's raw bytes, its text in UTF-8, its cells without doubled quotes, its identifiers: five times its size will do; and its masked texts. */
_Static_assert(SOURCE_BATCH_BYTES - SOURCE_BATCH_FULL_BYTES >=
                   2 * (5 * (EVENT_RAW_MAX + 2) + 2 * EVENT_BUILD_BYTES + EVENT_MASKED_BYTES),
               "a batch that is not full has room for a record and one that was held back");
_Static_assert(SOURCE_WINDOW_BYTES >= 2 * (EVENT_RAW_MAX + 2), "a whole record fits the window");

enum reader_kind {
	READER_UNKNOWN,
	READER_PLAIN,
	READER_GZIP,
	READER_ZSTD
};

struct reader {
	int fd;
	int wake_fd; /* readable when the user wants to stop */
	bool regular;
	bool in_end;  /* nothing more comes from fd */
	bool at_edge; /* between members: the data may end here */
	enum reader_kind kind;
	z_stream gz;
	ZSTD_DCtx *zst;
	unsigned char *in; /* SOURCE_IN_BYTES */
	size_t in_at, in_n;
	uint64_t size_bytes; /* of a regular file */
	atomic_ullong done_bytes;
	sem_t *permits;
};

enum err reader_open(struct reader *r, const char *path, int wake_fd, sem_t *permits) MUST_CHECK;
/* Up to cap bytes; *n = 0 at the end. ERR_FORMAT: compressed data is damaged or ends early, ERR_IO with errno, ERR_STOPPED.
 * The bytes got before a failure come with an earlier call. The caller holds a permit; it is lent out while waiting. */
enum err reader_fill(struct reader *r, char *out, size_t cap, size_t *n) MUST_CHECK;
void reader_close(struct reader *r);

struct batch {
	uint32_t n_events, n_bads, n_items;
	struct event *event;      /* batch_events + 2 */
	struct bad *bad;          /* batch_events + 2 */
	struct source_item *item; /* the two together */
	char *bytes;
	size_t used;
	uint64_t read, skipped, unknown_keys;
};

enum source_format {
	FORMAT_UNKNOWN,
	FORMAT_CSV,
	FORMAT_JSON_OWN,
	FORMAT_JSON_MAPPED
};

/* NDJSON lines of one file mostly have the same keys in the same order; what they meant last time is tried first. */
struct key_memory {
	size_t n;
	int type;
	struct text key[JSON_PAIRS_MAX];
	int32_t field[JSON_PAIRS_MAX]; /* or one of KEY_... */
	char bytes[4096];
};

enum {
	KEY_TIME = -1,
	KEY_EVENT = -2,
	KEY_UNKNOWN = -3
};

struct held { /* a record whose time jumped ahead, until the next one tells whether that was true */
	bool active;
	struct event event;
	char *bytes; /* SOURCE_BATCH_BYTES / 2, made when first needed */
};

struct source {
	const struct source_options *options;
	const char *path;
	uint32_t index; /* after sorting by path */
	struct reader reader;
	/* window */
	char *window;
	size_t at, end;
	bool eof;
	bool started;  /* the byte-order mark has been dealt with */
	bool skipping; /* the rest of a line that is too long */
	bool ended;
	uint64_t offset, line; /* of window[at]; line from 1 */
	/* decoder */
	enum source_format format;
	const struct mapping *mapping;
	struct mapping_binding binding;
	struct arena arena;
	iconv_t iconv;
	struct csv_row row;
	struct text cell[CSV_CELLS_MAX + 1];
	struct json_pair pair[JSON_PAIRS_MAX];
	struct key_memory keys;
	int64_t last_time; /* of the record before; VALUE_MISSING at the start */
	struct held held;
	/* batches */
	struct batch batches[SOURCE_BATCHES];
	struct batch *batch;
	struct queue full, free;
	enum err err; /* why the thread ended, read after the queue is drained */
	bool running;
	pthread_t thread;
	atomic_bool *stop;
};

/* source_decode.c: all whole records in the window, until it needs bytes, the batch is full or the source has ended. */
enum decode_state {
	DECODE_MORE,
	DECODE_FULL,
	DECODE_ENDED,
	DECODE_NO_MEMORY
};
enum decode_state source_decode(struct source *s);
void source_add_bad(struct source *s, struct bad bad); /* path is filled in */
/* The held record is good: into the batch. */
void source_release_held(struct source *s);
void source_count_lines(struct source *s, size_t bytes, uint64_t lines); /* moves on in the window */
/* Takes or holds the event in the batch's next slot. */
enum err source_take_event(struct source *s, struct event *ev) MUST_CHECK;

/* source_detect.c: sets format, mapping and binding by the first line (n bytes at window + at). ERR_ABSENT: not readable;
 * a bad item has been added. */
enum err source_detect(struct source *s, size_t n) MUST_CHECK;

/* source_json.c: one line. */
enum mapping_result source_json(struct source *s, struct text line, struct event_builder *b, struct event *ev,
                                enum bad_reason *reason, struct text *field);

#endif
