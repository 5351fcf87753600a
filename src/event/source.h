/* source.h - files, pipes and compressed files into one stream of events in a fixed order.
 *
 * Each source has a thread that reads, decompresses and decodes into batches; source_merge_next merges the sources by
 * (time, path, line). The order depends on the contents and names alone, not on the number of decoders, the batch size,
 * or the order in which the files were given. Records that can't be taken come through the same stream as struct bad.
 * Within a source records keep their order: a record that is late stays late, and the engine deals with it. */
#ifndef DUANKA_EVENT_SOURCE_H
#define DUANKA_EVENT_SOURCE_H
#include "event/mapping.h"

struct source_spec {
	const char *path;              /* "-" is standard input */
	const struct mapping *mapping; /* NULL: recognised by its first line */
};

struct source_options {
	const struct schema *schema;
	const struct hash_key *key;
	uint32_t decoders;     /* sources that may use the processor at one time; 0: 1 */
	uint32_t batch_events; /* 0: 256 */
	int64_t lateness_us;   /* how far back a record may go (for "time jumps ahead") */
	bool strict;           /* NDJSON: unknown keys are errors */
};

struct source_item {     /* one of the two */
	struct event *event; /* the consumer may set its position */
	const struct bad *bad;
};

struct source_items {
	const struct source_item *item;
	size_t n;
};

struct source_counts { /* of what source_merge_next has handed out */
	uint64_t read;     /* = accepted + bad + skipped; only bads about a record count */
	uint64_t accepted, bad, skipped;
	uint64_t unknown_keys; /* NDJSON keys that nothing uses */
};

struct source_merge;

/* Opens every file, then starts the threads. On failure nothing stays open and *failed says which spec (its path and
 * errno tell the user why: ERR_ABSENT, ERR_IO; or ERR_MEMORY). The specs' paths, mappings, schema and key are borrowed. */
enum err source_merge_open(struct source_merge **out, const struct source_options *options,
                           const struct source_spec *spec, size_t n, size_t *failed) MUST_CHECK;
/* The next items; they live until the next call. n = 0 at the end. Waits for the slowest source, but hands on what is
 * there when an endless source has nothing new. ERR_STOPPED after source_merge_stop, ERR_MEMORY if a decoder ran out. */
enum err source_merge_next(struct source_merge *m, struct source_items *out) MUST_CHECK;
void source_merge_counts(const struct source_merge *m, struct source_counts *out);
/* Bytes read so far and in all as the files have them; total 0 if any of them is endless. */
void source_merge_progress(struct source_merge *m, uint64_t *done_bytes, uint64_t *total_bytes);
/* The path behind event.source. */
const char *source_merge_path(const struct source_merge *m, uint32_t source);
/* Safe in a signal handler and from any thread. */
void source_merge_stop(struct source_merge *m);
void source_merge_close(struct source_merge *m); /* NULL is fine */

struct outfile;
/* Writes one line of quarantine.h. line is the caller's buffer (buf_init with QUARANTINE_LINE_MAX), reused from call to
 * call; its failure is returned like one of the file. */
enum err source_quarantine(struct outfile *o, struct buf *line, const struct bad *bad) MUST_CHECK;

/* The zones of the system's own database, for mapping_parse. */
extern const struct zone_loader source_zone_loader;

#endif
