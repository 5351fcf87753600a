/* calibration.h - the simulated city beside the published statistics of a real one, quantile by quantile.
 *
 * Both sides become the same struct figures: the real one from the Sichuan set of 2020 (4,886 labelled subscribers), the
 * simulated one from calls.csv, sms.ndjson, truth.csv and, where there are any, openings.csv and binds.csv. A quantile is
 * the nearest rank: of n sorted values the one at position ceil(p n), counted from 1; nothing is interpolated. A value
 * that a subscriber does not have (the mean talk of one who never talked) is left out and counted as missing, on both
 * sides. */
#ifndef DUANKA_BENCH_CALIBRATION_H
#define DUANKA_BENCH_CALIBRATION_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"

enum level {
	LEVEL_P5,
	LEVEL_P10,
	LEVEL_P25,
	LEVEL_P50,
	LEVEL_P75,
	LEVEL_P90,
	LEVEL_P95,
	LEVEL_P99,
	LEVELS
};
extern const double level_p[LEVELS];
extern const char *const level_names[LEVELS];

enum class {
	CLASS_ORDINARY,
	CLASS_FRAUD,
	CLASSES
};
extern const char *const class_names[CLASSES];

/* Per subscriber. */
enum feature {
	FEATURE_CALLS,
	FEATURE_OPPOSITES,
	FEATURE_OUTGOING,
	FEATURE_PER_OPPOSITE,
	FEATURE_PER_OPPOSITE_MAX,
	FEATURE_TALK_MEAN,
	FEATURE_TALK_MEDIAN,
	FEATURE_HOURS,
	FEATURE_DAYS,
	FEATURE_DEVICES,
	FEATURE_SMS,
	FEATURE_SMS_PEERS,
	FEATURE_SMS_RECEIVED,
	FEATURE_MONTHS,
	FEATURES
};

/* Over all records or subscribers of the set. All but the talk are shares, kept as a mean. */
enum overall {
	OVERALL_TALK,
	OVERALL_OUTGOING,
	OVERALL_SMS_SENT,
	OVERALL_CARDS_1,
	OVERALL_CARDS_2,
	OVERALL_CARDS_3,
	OVERALL_CARDS_4,
	OVERALL_CARDS_5,
	OVERALLS
};

enum scale {
	SCALE_FACTOR, /* bounds are factors */
	SCALE_SHARE,  /* bounds are differences */
};

/* What is compared and how far apart it may be. A factor also passes when the difference is at most slack, since 1 and 2
 * devices are a factor of 2 apart. A bound of 0: shown, not judged. */
struct measure {
	const char *name; /* the column of the real set */
	const char *title;
	enum scale scale;
	double middle; /* at p25, p50, p75 and for the mean */
	double outer;  /* at p10 and p90; for the talk of all records, which has none published, p5 and p95 */
	double slack;
	double axis_max; /* of the figure; 0: logarithmic */
};
extern const struct measure features[FEATURES];
extern const struct measure overalls[OVERALLS];

struct summary {
	uint64_t n, missing;
	double mean;      /* NaN: not known */
	double q[LEVELS]; /* likewise */
};

struct figures {
	struct summary feature[FEATURES][CLASSES];
	struct summary overall[OVERALLS];
};

enum {
	CLASS_ENOUGH = 50 /* subscribers, to judge a class at all */
};

/* measure.c */
void figures_init(struct figures *f); /* nothing known */
/* Sorts the n values in place. */
void summary_of(struct summary *s, double *values, uint64_t n, uint64_t missing);
int feature_find(struct text name); /* -1: none */
int overall_find(struct text name);

struct verdict {
	bool judged;
	bool within;
	bool broken[LEVELS];
	bool mean_broken;
	double distance; /* the largest |ln(simulated / real)|, or difference of a share, over all levels known to both */
	int worst;       /* the level where it is; LEVELS: the mean; -1: nothing to compare */
	const char *why; /* not judged because; NULL if it was */
};
void judge_feature(enum feature f, const struct summary *real, const struct summary *simulated, struct verdict *v);
void judge_overall(enum overall o, const struct summary *real, const struct summary *simulated, struct verdict *v);
/* At a level; 0: no bound there. */
double bound_at(const struct measure *m, bool overall, int level);

/* table.c: unsigned numbers to small ones */
struct map {
	uint64_t *key; /* 0: free */
	uint32_t *value;
	uint64_t n, cap;
};
/* Where key (not 0) is kept; a new one has value 0 and *fresh is set. NULL: no memory. */
uint32_t *map_at(struct map *m, uint64_t key, bool *fresh) MUST_CHECK;
void map_release(struct map *m);

/* lines.c */
enum {
	LINE_MAX_BYTES = 1 << 20
};
struct lines {
	int fd;
	const char *path; /* the caller's */
	char *p;
	size_t at, n;
	bool end, quiet;
	uint64_t line; /* the number of the line last given, from 1 */
	uint64_t read_bytes, size_bytes, said;
};
/* ERR_ABSENT, ERR_IO, ERR_MEMORY. quiet: no progress on a terminal. */
enum err lines_open(struct lines *l, const char *path, bool quiet) MUST_CHECK;
/* The next line without its end, followed by a NUL; valid until the next call. A line above LINE_MAX_BYTES is given empty.
 * ERR_STOPPED at the end of the file. */
enum err lines_next(struct lines *l, struct text *line) MUST_CHECK;
void lines_close(struct lines *l);

/* lines.c too: the cells of a CSV file */
enum {
	CELLS_WANTED_MAX = 24
};
struct columns { /* of one CSV file, found by name in its header */
	uint32_t n;
	int at[CELLS_WANTED_MAX]; /* -1: absent */
};
/* The first line that is neither empty nor a # comment. ERR_FORMAT: there is none, or it is no CSV. */
enum err columns_find(struct lines *l, const char *const *names, uint32_t n, struct columns *c) MUST_CHECK;
/* The wanted cells of the next record; absent columns and cells are empty. ERR_FORMAT: not CSV, and the next may follow. */
enum err columns_next(struct lines *l, const struct columns *c, struct text *cells) MUST_CHECK;

/* reference.c, reference_profile.c. problem is cleared, or says what is wrong and where. */
enum err reference_read(const char *path, struct figures *f, struct buf *problem) MUST_CHECK;
enum err reference_compute(const char *data_dir, struct figures *f, struct buf *problem) MUST_CHECK;
enum err reference_profile(const char *data_dir, struct figures *f, struct buf *problem) MUST_CHECK;
void reference_write(const struct figures *f, struct buf *out);

/* city.c */
struct city_counts {
	uint64_t lines, bad, calls, answered, sms, subscribers[CLASSES];
	uint64_t left_out; /* suspects of other roles: neither ordinary nor fraud */
	int64_t first_us, last_us;
	bool has_cards;
};
enum err city_read(const char *dir, bool quiet, struct figures *f, struct city_counts *counts,
                   struct buf *problem) MUST_CHECK;

/* report.c, report_json.c, svg.c */
struct comparison {
	const char *dir;
	const struct figures *real, *simulated;
	const struct city_counts *counts;
};
void report_markdown(const struct comparison *c, struct buf *out);
void report_json(const struct comparison *c, struct buf *out);
void report_svg(const struct comparison *c, struct buf *out);
/* A line for each bound that is broken; returns how many. */
uint64_t report_broken(const struct comparison *c, struct buf *out);

#endif
