/* city_copy.h - a simulated city made in a temporary folder and read back as lines and fields, for tests of what it says.
 * Independent of the simulator's own code but for the names of its files: fields are found by splitting at commas. */
#ifndef DUANKA_TESTS_UNIT_CITY_COPY_H
#define DUANKA_TESTS_UNIT_CITY_COPY_H
#include "base/buf.h"
#include "sim/city.h"

enum copy_file {
	COPY_CALLS,
	COPY_SMS,
	COPY_DATA,
	COPY_TRANSFERS,
	COPY_CASH,
	COPY_OPENINGS,
	COPY_BINDS,
	COPY_LOGINS,
	COPY_REPORTS,
	COPY_PLACES,
	COPY_TRUTH,
	COPY_BALANCES,
	COPY_CALLERS,
	COPY_PAYERS,
	COPY_FILES,
	COPY_EVENTS = COPY_TRUTH /* the files before it hold events in order of time */
};
extern const char *const copy_names[COPY_FILES];

struct copy_lines {
	struct buf bytes;
	struct text *line; /* without its end; the header, too: line[k] is line k + 1 */
	uint32_t n;
};
struct city_copy {
	char dir[64];
	struct city_counts counts;
	struct copy_lines file[COPY_FILES];
};

/* Makes the city (o->dir is set here), after so many hours closes it early (0: goes on to its end), and reads it. */
void copy_make(struct city_copy *c, struct city_options o, const struct scene *scene, int64_t steps);
void copy_release(struct city_copy *c);
void copy_forget_folder(const char *dir); /* the files that a city may have written, and the folder */
struct scene *copy_scene(struct text t);  /* parsed, or of scenarios/city.scene; mem_free it */

/* Column k from 0 of a CSV line without quotes; fails the test if there is none. */
struct text copy_field(struct text line, int k);
/* The value of a name in a line of NDJSON; empty if absent. */
struct text copy_value(struct text line, const char *name);
int64_t copy_time_s(struct text t); /* RFC 3339 at +08:00 */
int64_t copy_fen(struct text yuan);
/* Of line i of a file of events. */
int64_t copy_line_time_s(const struct city_copy *c, enum copy_file f, uint32_t i);

/* Texts and what is known of each; the texts are borrowed. */
struct name {
	struct text key;
	int64_t v[4];
};
struct names {
	struct name *slot;
	uint32_t n, cap;
};
int64_t *names_find(const struct names *m, struct text key); /* its v; NULL if unknown */
int64_t *names_at(struct names *m, struct text key, bool *is_new);
void names_release(struct names *m);

#endif
