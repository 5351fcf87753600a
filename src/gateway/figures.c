/* figures.c - see figures.h. */
#include "gateway/figures.h"
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "show/figures.h"

enum {
	DEAD_LOOKED_MAX = 100000, /* dead letters looked through; the newest count */
	NOW_MINUTES = 15,
	NOW_LOOKED_MAX = 20000 /* objects, and messages, of the last minutes */
};

const char *const figures_by_names[FIGURES_BYS] = { [FIGURES_BY_NOTHING] = "nothing",
	                                                [FIGURES_BY_DISTRICT] = "district",
	                                                [FIGURES_BY_ORGANISATION] = "organisation",
	                                                [FIGURES_BY_DAY] = "day",
	                                                [FIGURES_BY_HOUR] = "hour" };
const char *const figures_compared_names[FIGURES_COMPARED] = { [FIGURES_BEFORE] = "before",
	                                                           [FIGURES_DAY] = "day",
	                                                           [FIGURES_WEEK] = "week",
	                                                           [FIGURES_MONTH] = "month",
	                                                           [FIGURES_YEAR] = "year" };

/* ---- the question ---- */

static uint32_t named(const char *const *names, uint32_t n, struct text t)
{
	uint32_t i = 0;

	while (i < n && !text_eq(t, text_z(names[i])))
		i++;
	return i;
}

bool figures_by_parse(const char *z, enum figures_by *out)
{
	uint32_t i = named(figures_by_names, FIGURES_BYS, text_z(z));

	*out = i < FIGURES_BYS ? (enum figures_by)i : *out;
	return i < FIGURES_BYS;
}

bool figures_compared_parse(const char *z, uint32_t *out)
{
	*out = 0;
	while (*z != 0) {
		size_t n = strcspn(z, ",");
		uint32_t i = named(figures_compared_names, FIGURES_COMPARED, text_of(z, n));

		if (i == FIGURES_COMPARED)
			return false;
		*out |= 1u << i;
		z += n + (z[n] == ',');
	}
	return true;
}

static int64_t group_us(enum figures_by by)
{
	return by == FIGURES_BY_HOUR ? US_PER_HOUR : by == FIGURES_BY_DAY ? US_PER_DAY : 0;
}

static int64_t first_us(const struct figures_question *q)
{
	return q->by == FIGURES_BY_DAY ? desk_day(q->from_us) : q->from_us;
}

const char *figures_wrong(const struct figures_question *q)
{
	int64_t each = group_us(q->by);

	if (q->from_us < 0 || q->to_us <= q->from_us)
		return "from is before to, and not before 1970";
	if (q->from_us % US_PER_HOUR != 0 || q->to_us % US_PER_HOUR != 0)
		return "from and to are whole hours";
	if (q->to_us - q->from_us > FIGURES_DAYS_MAX * US_PER_DAY)
		return "from and to are at most 3700 days apart";
	if (each != 0 && (q->to_us - first_us(q) - 1) / each >= FIGURES_GROUPS_MAX)
		return "a span by hour or by day has at most 800 of them";
	return NULL;
}

/* ---- spans to compare with ---- */

/* How many whole local months the span is; 0: it is not. */
static int64_t months(const struct figures_question *q)
{
	struct civil x, y;

	clock_to_civil(q->from_us, clock_offset(&clock_shanghai, q->from_us), &x);
	clock_to_civil(q->to_us, clock_offset(&clock_shanghai, q->to_us), &y);
	if (x.day != 1 || y.day != 1 || desk_day(q->from_us) != q->from_us || desk_day(q->to_us) != q->to_us)
		return 0;
	return (int64_t)(y.year - x.year) * 12 + y.month - x.month;
}

void figures_other(const struct figures_question *q, enum figures_compared with, int64_t *from_us, int64_t *to_us)
{
	int64_t n = months(q), back = with == FIGURES_BEFORE ? n : with == FIGURES_YEAR ? 12 : 1;

	switch (with) {
	case FIGURES_BEFORE: *from_us = n ? desk_months_after(q->from_us, -n) : 2 * q->from_us - q->to_us; break;
	case FIGURES_DAY: *from_us = q->from_us - US_PER_DAY; break;
	case FIGURES_WEEK: *from_us = q->from_us - 7 * US_PER_DAY; break;
	default: *from_us = desk_months_after(q->from_us, -back); break;
	}
	*to_us = *from_us + (q->to_us - q->from_us);
	if (n != 0 && with != FIGURES_DAY && with != FIGURES_WEEK)
		*to_us = desk_months_after(q->to_us, -back);
}

/* ---- gathering ---- */

struct gathering {
	struct figures f;
	const struct figures_question *q;
	int64_t from_us, to_us, first_us, each_us;
	bool grouped;
	uint64_t last; /* message looked at */
	uint32_t looked;
};

static uint32_t group_of(const struct gathering *g, const struct desk_entry *x)
{
	if (!g->grouped)
		return 0;
	if (g->each_us != 0)
		return (uint32_t)((x->time_us - g->first_us) / g->each_us) + 1;
	return 1u + (g->q->by == FIGURES_BY_DISTRICT ? x->district : x->organisation);
}

static void gather(void *ctx, const struct desk_entry *x)
{
	struct gathering *g = ctx;
	uint32_t group = group_of(g, x);

	figures_add(&g->f, 0, x->figure, x->part, x->at, x->n);
	if (group != 0)
		figures_add(&g->f, group, x->figure, x->part, x->at, x->n);
}

static bool gather_dead(void *ctx, const struct delivery_row *row)
{
	struct gathering *g = ctx;
	struct desk_entry x = { .time_us = row->made_us,
		                    .organisation = row->organisation,
		                    .district = row->district,
		                    .figure = FIGURE_DEAD_LETTERS,
		                    .part = row->kind,
		                    .n = 1 };

	g->last = row->id;
	g->looked++;
	if (row->made_us >= g->from_us && row->made_us < g->to_us && row->kind < DESK_MESSAGE_KINDS &&
	    (!g->q->of_organisation || row->organisation == g->q->organisation) &&
	    (!g->q->of_district || row->district == g->q->district))
		gather(g, &x);
	return true;
}

static enum err dead_letters(struct gathering *g, struct delivery *d)
{
	struct delivery_query q = { .states = 1u << DELIVERY_DEAD };
	uint32_t before;
	enum err e = ERR_OK;

	g->looked = 0;
	do {
		before = g->looked;
		e = delivery_list(d, &q, DELIVERY_PAGE_MAX, gather_dead, g);
		q.before = g->last;
	} while (e == ERR_OK && g->looked - before == DELIVERY_PAGE_MAX && g->looked < DEAD_LOOKED_MAX);
	return e;
}

static enum err gather_span(struct gathering *g, struct registry *r, struct delivery *d)
{
	const struct figures_question *q = g->q;
	struct registry_span s = { .from_us = g->from_us,
		                       .to_us = g->to_us,
		                       .hours = g->grouped && q->by == FIGURES_BY_HOUR,
		                       .of_organisation = q->of_organisation,
		                       .of_district = q->of_district,
		                       .organisation = q->organisation,
		                       .district = q->district };
	enum err e = registry_figures(r, &s, gather, g);

	if (e == ERR_OK && d != NULL)
		e = dead_letters(g, d);
	return e == ERR_OK ? figures_settle(&g->f) : e;
}

/* ---- the answer ---- */

static void put_time(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, "\"%s\":\"", name);
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_number(struct buf *b, const char *name, bool given, uint16_t n)
{
	if (given)
		buf_printf(b, ",\"%s\":%u", name, n);
	else
		buf_printf(b, ",\"%s\":null", name);
}

static void put_group(struct buf *b, const struct gathering *g, uint32_t group)
{
	int64_t from_us = g->first_us + (group - 1) * g->each_us, to_us = from_us + g->each_us;

	buf_char(b, '{');
	if (g->each_us != 0) {
		put_time(b, "from", from_us > g->from_us ? from_us : g->from_us);
		buf_char(b, ',');
		put_time(b, "to", to_us < g->to_us ? to_us : g->to_us);
	} else {
		buf_printf(b, "\"%s\":%u", figures_by_names[g->q->by], group - 1);
	}
	buf_z(b, ",\"figures\":");
	figures_json(b, &g->f, group, false);
	buf_char(b, '}');
}

static void put_groups(struct buf *b, const struct gathering *g)
{
	uint32_t n = g->each_us != 0 ? (uint32_t)((g->to_us - g->first_us - 1) / g->each_us) + 1 : 0, group = 0;

	buf_char(b, '[');
	for (uint32_t i = 0; g->each_us != 0 ? i < n : (group = figures_group_after(&g->f, group)) != 0; i++) {
		buf_z(b, i > 0 ? "," : "");
		put_group(b, g, g->each_us != 0 ? i + 1 : group);
	}
	buf_char(b, ']');
}

static enum err put_span(struct registry *r, struct delivery *d, const struct figures_question *q, bool grouped,
                         int64_t from_us, int64_t to_us, struct buf *out)
{
	struct gathering g = { .q = q,
		                   .from_us = from_us,
		                   .to_us = to_us,
		                   .first_us = first_us(q),
		                   .each_us = group_us(q->by),
		                   .grouped = grouped && q->by != FIGURES_BY_NOTHING };
	enum err e;

	figures_init(&g.f);
	e = gather_span(&g, r, d);
	if (e == ERR_OK) {
		put_time(out, "from", from_us);
		buf_char(out, ',');
		put_time(out, "to", to_us);
		buf_z(out, ",\"figures\":");
		figures_json(out, &g.f, 0, true);
	}
	if (e == ERR_OK && g.grouped) {
		buf_z(out, ",\"groups\":");
		put_groups(out, &g);
	}
	figures_release(&g.f);
	return e;
}

enum err figures_answer(struct registry *r, struct delivery *d, const struct figures_question *q, struct buf *out,
                        size_t *n_figures)
{
	const char *comma = "";
	uint64_t position;
	int64_t now_us, from_us, to_us;
	enum err e = registry_place(r, &position, &now_us);

	if (e != ERR_OK)
		return e;
	buf_printf(out, "{\"by\":\"%s\"", figures_by_names[q->by]);
	put_number(out, "organisation", q->of_organisation, q->organisation);
	put_number(out, "district", q->of_district, q->district);
	buf_char(out, ',');
	e = put_span(r, d, q, true, q->from_us, q->to_us, out);
	buf_z(out, ",\"compared\":{");
	for (uint32_t with = 0; e == ERR_OK && with < FIGURES_COMPARED; with++) {
		if ((q->compared >> with & 1) == 0)
			continue;
		figures_other(q, (enum figures_compared)with, &from_us, &to_us);
		buf_printf(out, "%s\"%s\":{", comma, figures_compared_names[with]);
		e = put_span(r, d, q, false, from_us, to_us, out);
		buf_char(out, '}');
		comma = ",";
	}
	*n_figures = out->n;
	buf_printf(out, "},\"position\":%" PRIu64 ",", position);
	put_time(out, "time", now_us);
	buf_char(out, '}');
	return e != ERR_OK ? e : out->err;
}

/* ---- now ---- */

static void gather_recent(void *ctx, const struct desk_entry *x)
{
	struct gathering *g = ctx;

	if (x->time_us >= g->from_us && x->time_us < g->to_us &&
	    (!g->q->of_organisation || x->organisation == g->q->organisation) &&
	    (!g->q->of_district || x->district == g->q->district))
		figures_add(&g->f, group_of(g, x), x->figure, x->part, x->at, x->n);
}

static enum err put_minutes(struct registry *r, const struct figures_question *of, int64_t now_us, struct buf *out)
{
	struct gathering g = { .q = of, .to_us = now_us - now_us % US_PER_MINUTE + US_PER_MINUTE, .grouped = true };
	struct desk_counter to = { gather_recent, &g };
	enum err e;

	g.from_us = g.first_us = g.to_us - NOW_MINUTES * US_PER_MINUTE;
	g.each_us = US_PER_MINUTE;
	figures_init(&g.f);
	e = registry_recent(r, g.from_us, NOW_LOOKED_MAX, &to);
	if (e == ERR_OK)
		e = figures_settle(&g.f);
	if (e == ERR_OK) {
		buf_z(out, ",\"minutes\":");
		put_groups(out, &g);
	}
	figures_release(&g.f);
	return e;
}

enum err figures_now(struct registry *r, struct delivery *d, const struct figures_question *of, struct buf *out)
{
	struct figures_question today = *of, full;
	uint64_t position;
	int64_t now_us;
	size_t n;
	enum err e = registry_place(r, &position, &now_us);

	if (e != ERR_OK)
		return e;
	today.from_us = desk_day(now_us);
	today.by = FIGURES_BY_HOUR;
	today.compared = 0;
	full = today;
	full.to_us = now_us - now_us % US_PER_HOUR;
	full.by = FIGURES_BY_NOTHING;
	full.compared = 1u << FIGURES_DAY | 1u << FIGURES_WEEK;
	today.to_us = full.to_us + US_PER_HOUR;
	buf_z(out, "{\"today\":");
	e = figures_answer(r, d, &today, out, &n);
	buf_z(out, ",\"today_full_hours\":");
	if (e == ERR_OK)
		e = figures_answer(r, d, &full, out, &n);
	if (e == ERR_OK)
		e = put_minutes(r, &today, now_us, out);
	buf_z(out, "}");
	return e != ERR_OK ? e : out->err;
}
