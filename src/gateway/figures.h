/* figures.h - a question about the desk's figures over a span of time, and its answer as JSON: for HTTP, for the command line beside or without a service, and for whoever draws them.
 *
 * The answer: {"by","organisation","district","from","to","figures":{...},"groups":[...],"compared":{"before":{"from","to","figures"},..},"position","time"}. Figures are those of
 * desk/figure.h; a group has only those that are something. Groups of days and hours are all there, in order, also where nothing happened; districts and organisations are those that have something,
 * 0 being work that is nobody's in particular. */
#ifndef DUANKA_GATEWAY_FIGURES_H
#define DUANKA_GATEWAY_FIGURES_H
#include "store/delivery.h"
#include "store/registry.h"

enum figures_by {
	FIGURES_BY_NOTHING,
	FIGURES_BY_DISTRICT,
	FIGURES_BY_ORGANISATION,
	FIGURES_BY_DAY,
	FIGURES_BY_HOUR,
	FIGURES_BYS
};
enum figures_compared { /* with what the span is compared; bits 1 << x */
	FIGURES_BEFORE,     /* the span of the same length, or of as many whole months, that ends where it begins */
	FIGURES_DAY,        /* the same hours a day earlier */
	FIGURES_WEEK,
	FIGURES_MONTH, /* the same local time a month earlier; whole months with whole months */
	FIGURES_YEAR,
	FIGURES_COMPARED
};
enum {
	FIGURES_DAYS_MAX = 3700, /* of a span */
	FIGURES_GROUPS_MAX = 800 /* days or hours */
};

struct figures_question {
	int64_t from_us, to_us; /* whole hours; to_us is not in it */
	enum figures_by by;
	uint32_t compared;
	bool of_organisation, of_district;
	uint16_t organisation, district;
};
extern const char *const figures_by_names[FIGURES_BYS], *const figures_compared_names[FIGURES_COMPARED];

/* "before,week" into bits, "day" into by. False: no such word. */
bool figures_compared_parse(const char *z, uint32_t *out);
bool figures_by_parse(const char *z, enum figures_by *out);
/* What is wrong with the question; NULL: nothing. */
const char *figures_wrong(const struct figures_question *q);
/* The span that it is compared with. */
void figures_other(const struct figures_question *q, enum figures_compared with, int64_t *from_us, int64_t *to_us);
/* delivery: for dead letters; NULL: they are not counted. Appended to out, of which what lies before n_figures is
 * another when a figure is another. ERR_CAP: too much for one answer. */
enum err figures_answer(struct registry *r, struct delivery *d, const struct figures_question *q, struct buf *out,
                        size_t *n_figures) MUST_CHECK;
/* For a wall, by the desk's clock: today up to the end of the hour that runs, by hour; today up to the end of the last
 * full hour beside the same hours a day and a week ago, for a part of an hour is compared with nothing; and the last
 * minutes one by one. {"today":{answer},"today_full_hours":{answer},"minutes":[{"from","figures"}]}. of: organisation
 * and district. */
enum err figures_now(struct registry *r, struct delivery *d, const struct figures_question *of,
                     struct buf *out) MUST_CHECK;

#endif
