/* run.h - one run of the detector: files in, alerts and quarantine out, counts for the summary.
 *
 * run_open checks and opens everything before anything is written; run_step takes one portion of the merged stream through the
 * engine; run_close finishes the outputs. Nothing here prints but error messages, so that tests run it in-process. */
#ifndef DUANKA_APP_RUN_H
#define DUANKA_APP_RUN_H
#include "app/load.h"
#include "show/show.h"
#include "base/file.h"
#include "event/source.h"

enum {
	RUN_SOURCES_MAX = 256,
	RUN_SUSPECTS = 10,
	RUN_EXAMPLE_BYTES = 400
};

struct run_options {
	const char *policy_dir, *key_path;
	const char *lists_dir; /* the city's own lists; NULL: the policy's */
	const char *path[RUN_SOURCES_MAX];
	const char *format[RUN_SOURCES_MAX]; /* NULL: recognised; a built-in name, or map:FILE */
	uint32_t n_paths;
	const char *alerts_path, *quarantine_path, *features_path; /* NULL: not written */
	int64_t lateness_us;
	uint32_t batch, decoders, evidence_max;
	size_t state_bytes_max;
	bool reveal, strict;
	enum lang lang;
	/* Called for every alert after it was written; may be NULL. */
	void (*see)(void *ctx, const struct alert *a, const struct shower *s);
	void *see_ctx;
};

struct run_rule { /* for the summary: the first alert's because text */
	char example[RUN_EXAMPLE_BYTES];
};

struct run_bad { /* where the first record of a reason stood */
	uint64_t n, line;
	const char *path;
	char message[RUN_EXAMPLE_BYTES];
};

struct suspect {
	struct entity_ref entity;
	int64_t score; /* highest decision */
	uint64_t alerts;
	enum severity severity;
};

struct run {
	const struct run_options *o;
	struct hash_key key;
	struct loaded loaded;
	struct engine *engine;
	struct source_merge *merge;
	struct arena maps;
	struct source_spec spec[RUN_SOURCES_MAX];
	struct shower shower;
	struct outfile alerts, quarantine, features;
	struct buf line; /* one record to be written */
	struct buf scratch;
	enum err err; /* of an output: sticky, with its path in err_path */
	const char *err_path;
	int err_no;
	/* what the summary tells */
	struct source_counts counts;
	uint64_t accepted, late, refused, n_alerts;
	struct run_rule *rule; /* by rule */
	struct run_bad bad[BAD_REASONS];
	struct suspect *suspects; /* open addressing by entity */
	uint32_t n_suspects, suspects_cap;
};

bool run_open(struct run *r, const struct run_options *o); /* false after a message; nothing to close then */
/* *more says whether to go on. False after a message: an output failed or memory ran out; close all the same. */
bool run_step(struct run *r, bool *more);
bool run_close(
	struct run *r); /* outputs finished; false after a message. The engine and policy stay for the summary. */
void run_release(struct run *r);
/* The suspects, most serious first, at most n; returns how many. */
uint32_t run_suspects(const struct run *r, struct suspect *out, uint32_t n);

#endif
