/* month_int.h - private to month*.c: the figures of a month's report, gathered, and how parts of it are written. */
#ifndef DUANKA_GATEWAY_MONTH_INT_H
#define DUANKA_GATEWAY_MONTH_INT_H
#include "gateway/month.h"
#include "show/figures.h"

enum month_span {
	MONTH_THIS,
	MONTH_BEFORE,
	MONTH_YEAR,
	MONTH_SPANS
};
enum month_by { /* groups of this month */
	MONTH_BY_DISTRICT,
	MONTH_BY_ORGANISATION,
	MONTH_BY_DAY,
	MONTH_BYS
};

struct month_report {
	struct registry *registry;
	const struct month *m;
	struct paper *p;
	struct figures span[MONTH_SPANS], by[MONTH_BYS]; /* groups from 1 */
	int64_t from_us[MONTH_SPANS], to_us[MONTH_SPANS];
	int64_t now_us;
	uint64_t position;
	uint32_t chapter;
	enum err err;
};

const char *month_in(const struct month_report *r, const char *en, const char *zh);
void month_chapter(struct month_report *r, const char *en, const char *zh);
void month_left_out(struct month_report *r, const char *en, const char *zh);
int64_t month_sum(const struct month_report *r, enum month_span s, uint32_t figure, int part);
/* Cells: this month, the month before, its change, the year before, its change. */
void month_cells(struct month_report *r, uint32_t figure, int part);
void month_compared_heads(struct month_report *r, const char *en, const char *zh);
void month_count(struct buf *b, int64_t n);

/* Objects that the report may tell of: of its organisation or district, if it has one. states: bits, 0: all. moved: changed last in the month. */
struct registry_query month_objects(const struct month_report *r, uint32_t kind, uint32_t states, bool moved);

/* month_parts.c */
void month_incidents(struct month_report *r);
void month_places(struct month_report *r);
void month_joint(struct month_report *r);
/* month_proven.c */
void month_involved(struct month_report *r);
void month_campaigns(struct month_report *r); /* a part of the chapter at hand */

#endif
