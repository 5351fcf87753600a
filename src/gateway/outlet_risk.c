/* outlet_risk.c - see outlet_risk.h. One pass over the openings of thirteen months, then one look for each finding; a city's month takes seconds (doc/decisions/0018). */
#include "gateway/outlet_risk.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	FINDINGS_FIRST = 1024
};

bool outlet_month_parse(const char *z, int64_t *out)
{
	char day[32];

	if (z == NULL || strlen(z) != 7 || z[4] != '-')
		return false;
	snprintf(day, sizeof(day), "%s-01T00:00:00", z);
	return clock_parse(text_z(day), &clock_shanghai, out) == ERR_OK;
}

void outlet_month_put(struct buf *b, int64_t month_us)
{
	struct civil c;

	clock_to_civil(month_us, clock_offset(&clock_shanghai, month_us), &c);
	buf_printf(b, "%04d-%02d", (int)c.year, (int)c.month);
}

/* ---- findings ---- */

struct gathering {
	struct outlet_findings *f;
	enum err e;
};

static bool gather(void *ctx, const struct desk_object *o)
{
	struct gathering *g = ctx;
	struct outlet_findings *f = g->f;
	struct risk_finding *more;
	size_t cap = f->cap == 0 ? FINDINGS_FIRST : f->cap * 2;

	if (o->subject.kind != DESK_PHONE && o->subject.kind != DESK_BANK_ACCOUNT)
		return true;
	if (f->n == f->cap) {
		more = f->n == OUTLET_FINDINGS_MAX ? NULL : mem_resize(f->finding, cap * sizeof(*more));
		if (more == NULL) {
			g->e = f->n == OUTLET_FINDINGS_MAX ? ERR_CAP : ERR_MEMORY;
			return false;
		}
		f->finding = more;
		f->cap = cap;
	}
	f->finding[f->n++] = (struct risk_finding){ o->subject, desk_found_us(o), o->id, o->kind };
	return true;
}

enum err outlet_findings_load(struct registry *r, int64_t until_us, struct outlet_findings *out)
{
	struct gathering g = { out, ERR_OK };
	enum err e;

	*out = (struct outlet_findings){ NULL, 0, 0, 0 };
	e = registry_findings(r, until_us, gather, &g);
	e = e == ERR_OK ? g.e : e;
	if (e != ERR_OK)
		outlet_findings_release(out);
	else
		risk_findings_sort(out->finding, out->n);
	return e;
}

void outlet_findings_release(struct outlet_findings *f)
{
	mem_free(f->finding);
	*f = (struct outlet_findings){ NULL, 0, 0, 0 };
}

/* ---- risk ---- */

struct feeding {
	struct risk *risk;
	enum err e;
};

static bool feed(void *ctx, const struct desk_opening *o)
{
	struct feeding *f = ctx;

	f->e = risk_open(f->risk, o);
	return f->e == ERR_OK;
}

/* The opening that the finding follows. ERR_ABSENT: none is known, or the thing was found already since. */
static enum err opening_of(struct registry *r, const struct outlet_findings *f, size_t i, struct desk_opening *o)
{
	enum err e = registry_opening_of(r, f->finding[i].thing, f->finding[i].found_us, o);

	return e != ERR_OK || risk_finding_first(f->finding, i, o->time_us) ? e : ERR_ABSENT;
}

static enum err find_all(struct registry *r, struct risk *k, int64_t month_us, struct outlet_findings *f)
{
	struct desk_opening o;
	enum err e = ERR_OK;

	for (size_t i = 0; i < f->n && (e == ERR_OK || e == ERR_ABSENT); i++) {
		int64_t at_us = f->finding[i].found_us;

		if (!risk_counts(k, at_us))
			continue;
		e = opening_of(r, f, i, &o);
		if (e == ERR_OK)
			e = risk_find(k, &o, at_us);
		else if (e == ERR_ABSENT && at_us >= month_us)
			f->unknown += risk_finding_first(f->finding, i, INT64_MIN); /* never opened, as far as is known */
	}
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err outlet_risk_run(struct registry *r, int64_t month_us, struct risk **out, struct outlet_findings *findings)
{
	struct outlet_findings own = { NULL, 0, 0, 0 }, *f = findings == NULL ? &own : findings;
	struct feeding x = { NULL, ERR_OK };
	enum err e = risk_new(&x.risk, month_us);

	*f = own;
	if (e != ERR_OK)
		return e;
	e = registry_openings(r, risk_from_us(x.risk), risk_until_us(x.risk), feed, &x);
	e = e == ERR_OK ? x.e : e;
	if (e == ERR_OK)
		e = outlet_findings_load(r, risk_until_us(x.risk), f);
	if (e == ERR_OK)
		e = find_all(r, x.risk, month_us, f);
	if (e == ERR_OK)
		e = risk_settle(x.risk);
	if (findings == NULL || e != ERR_OK)
		outlet_findings_release(f);
	if (e == ERR_OK)
		*out = x.risk;
	else
		risk_free(x.risk);
	return e;
}

/* ---- as JSON ---- */

static void put_token(struct buf *b, const struct desk_shower *s, enum risk_level level, struct token t)
{
	static const uint8_t kind[RISK_LEVELS] = { [RISK_OUTLET] = DESK_PLACE, [RISK_AGENT] = DESK_AGENT };
	char hex[TOKEN_HEX + 1];

	if (t.w[0] == 0 && t.w[1] == 0) {
		buf_z(b, "null");
	} else if (level == RISK_CLERK) { /* a person: nothing but the token; who they are is revealed for a purpose */
		token_show(t, hex);
		buf_printf(b, "{\"kind\":\"clerk\",\"token\":\"%s\",\"shown\":null}", hex);
	} else {
		desk_put_entity(b, s, (struct desk_entity){ kind[level], t });
	}
}

/* Of 10,000, with two decimals; numbers are rounded half away from zero, the same on every machine. */
static void put_share(struct buf *b, const char *name, double share)
{
	uint64_t v = (uint64_t)(share * 1e6 + 0.5);

	buf_printf(b, "\"%s\":%" PRIu64 ".%02u", name, v / 100, (unsigned)(v % 100));
}

static void put_own_share(struct buf *b, uint64_t k, uint64_t n)
{
	if (n == 0)
		buf_z(b, "\"own\":null");
	else
		put_share(b, "own", (double)k / (double)n);
}

/* Growth in percent, one decimal; null where there was nothing. */
static void put_growth(struct buf *b, const char *name, uint64_t now, uint64_t was)
{
	int64_t v, part;

	if (was == 0) {
		buf_printf(b, ",\"%s\":null", name);
		return;
	}
	v = ((int64_t)now - (int64_t)was) * 1000;
	part = v / (int64_t)was;
	buf_printf(b, ",\"%s\":%s%" PRId64 ".%d", name, part < 0 ? "-" : "", (part < 0 ? -part : part) / 10,
	           (int)((part < 0 ? -part : part) % 10));
}

static const char *truth(bool yes)
{
	return yes ? "true" : "false";
}

static void put_unit(struct buf *b, const struct desk_shower *s, const struct risk_unit *u)
{
	buf_printf(b, "{\"level\":\"%s\",\"of\":\"%s\",\"organisation\":%u,\"unit\":", risk_level_names[u->level],
	           u->thing == DESK_PHONE ? "cards" : "accounts", u->organisation);
	put_token(b, s, (enum risk_level)u->level, u->token);
	buf_printf(b, ",\"rank\":%u,\"rank_before\":%u,\"opened\":%" PRIu64 ",\"involved\":%" PRIu64 ",\"per_10000\":{",
	           u->rank[RISK_NOW], u->rank[RISK_BEFORE], u->opened[RISK_NOW], u->involved[RISK_NOW]);
	put_own_share(b, u->involved[RISK_NOW], u->opened[RISK_NOW]);
	if (u->opened[RISK_NOW] > 0) {
		buf_char(b, ',');
		put_share(b, "estimate", u->estimate);
		buf_char(b, ',');
		put_share(b, "lower", u->lower);
		buf_char(b, ',');
		put_share(b, "upper", u->upper);
	}
	buf_printf(b, "},\"found\":%" PRIu64 ",\"found_before\":%" PRIu64 ",\"found_year\":%" PRIu64, u->found[RISK_NOW],
	           u->found[RISK_BEFORE], u->found[RISK_YEAR]);
	put_growth(b, "growth_month", u->found[RISK_NOW], u->found[RISK_BEFORE]);
	put_growth(b, "growth_year", u->found[RISK_NOW], u->found[RISK_YEAR]);
	buf_printf(b,
	           ",\"early\":%" PRIu64 ",\"month\":{\"opened\":%" PRIu64 ",\"night\":%" PRIu64 ",\"batch\":%" PRIu64
	           ",\"remote\":%" PRIu64 "},\"top\":%s,\"top_before\":%s,\"proposal\":%s}",
	           u->early, u->month, u->night, u->batch, u->remote, truth(u->top[RISK_NOW]), truth(u->top[RISK_BEFORE]),
	           risk_talk(u) ? "\"warning-talk\"" : "null");
}

static void put_priors(struct buf *b, const struct risk *k)
{
	const char *comma = "";

	buf_z(b, ",\"priors\":[");
	for (int level = 0; level < RISK_LEVELS; level++)
		for (int i = 0; i < 2; i++) {
			uint8_t thing = i == 0 ? DESK_PHONE : DESK_BANK_ACCOUNT;
			const struct risk_prior *p = risk_prior(k, (enum risk_level)level, thing, RISK_NOW);

			if (p->units == 0)
				continue;
			buf_printf(b,
			           "%s{\"level\":\"%s\",\"of\":\"%s\",\"units\":%" PRIu64 ",\"opened\":%" PRIu64
			           ",\"involved\":%" PRIu64 ",",
			           comma, risk_level_names[level], i == 0 ? "cards" : "accounts", p->units, p->opened, p->involved);
			put_share(b, "mean", p->a / (p->a + p->b));
			buf_printf(b, ",\"worth\":%" PRIu64 "}", (uint64_t)(p->a + p->b + 0.5));
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_head(struct buf *b, const struct outlet_question *q)
{
	buf_z(b, "{\"month\":\"");
	outlet_month_put(b, q->month_us);
	buf_z(b, "\",\"from\":");
	desk_put_time(b, q->month_us);
	buf_z(b, ",\"to\":");
	desk_put_time(b, desk_months_after(q->month_us, 1));
}

static bool asked(const struct outlet_question *q, const struct risk_unit *u)
{
	return (q->levels == 0 || (q->levels >> u->level & 1)) && (q->thing == 0 || q->thing == u->thing) &&
	       (!q->of_organisation || q->organisation == u->organisation);
}

enum err outlet_risk_answer(struct registry *r, const struct desk_shower *s, const struct outlet_question *q,
                            struct buf *out)
{
	struct outlet_findings f;
	const struct risk_unit *u;
	struct risk *k = NULL;
	uint32_t n, shown = 0, more = 0;
	enum err e = outlet_risk_run(r, q->month_us, &k, &f);

	if (e != ERR_OK)
		return e;
	put_head(out, q);
	buf_printf(out, ",\"unknown\":%" PRIu64, q->of_organisation ? 0 : f.unknown);
	put_priors(out, k);
	buf_z(out, ",\"units\":[");
	u = risk_units(k, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (!asked(q, &u[i]))
			continue;
		if (shown == q->most) {
			more++;
			continue;
		}
		buf_z(out, shown++ > 0 ? "," : "");
		put_unit(out, s, &u[i]);
	}
	buf_printf(out, "],\"more\":%u}", more);
	outlet_findings_release(&f);
	risk_free(k);
	return out->err;
}

/* ---- trace ---- */

static void put_opening(struct buf *b, const struct desk_shower *s, const struct desk_opening *o, int64_t found_us)
{
	struct civil c;

	if (o == NULL) {
		buf_z(b, ",\"opened\":null}");
		return;
	}
	clock_to_civil(o->time_us, clock_offset(&clock_shanghai, o->time_us), &c);
	buf_z(b, ",\"opened\":");
	desk_put_time(b, o->time_us);
	buf_printf(b, ",\"position\":%" PRIu64 ",\"hour\":%d,\"days\":%" PRId64 ",\"outlet\":", o->position, (int)c.hour,
	           (found_us - o->time_us) / US_PER_DAY);
	put_token(b, s, RISK_OUTLET, o->outlet);
	buf_z(b, ",\"agent\":");
	put_token(b, s, RISK_AGENT, o->agent);
	buf_z(b, ",\"clerk\":");
	put_token(b, s, RISK_CLERK, o->clerk);
	buf_printf(b, ",\"organisation\":%u,\"remote\":%s}", o->organisation, truth(o->remote));
}

static int by_found(const void *a, const void *b)
{
	const struct risk_finding *const *x = a, *const *y = b;

	if ((*x)->found_us != (*y)->found_us)
		return (*x)->found_us < (*y)->found_us ? -1 : 1;
	return ((*x)->object > (*y)->object) - ((*x)->object < (*y)->object);
}

static bool traced(const struct outlet_question *q, const struct risk_finding *f)
{
	if (q->entity.kind != DESK_ENTITY_NONE)
		return f->thing.kind == q->entity.kind && token_eq(f->thing.token, q->entity.token);
	return f->found_us >= q->month_us && (q->thing == 0 || q->thing == f->thing.kind);
}

/* Whose it is, is known from its opening; an organisation sees no other's. */
static enum err put_trace(struct registry *r, const struct desk_shower *s, const struct outlet_question *q,
                          const struct outlet_findings *f, const struct risk_finding *x, bool first, bool *put,
                          struct buf *b)
{
	struct desk_opening o;
	bool known = false;
	enum err e = opening_of(r, f, (size_t)(x - f->finding), &o);

	*put = false;
	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	known = e == ERR_OK;
	if (!known && !risk_finding_first(f->finding, (size_t)(x - f->finding), INT64_MIN))
		return ERR_OK; /* the same again */
	if (q->of_organisation && (!known || o.organisation != q->organisation))
		return ERR_OK;
	*put = true;
	buf_z(b, first ? "" : ",");
	buf_z(b, "{\"thing\":");
	desk_put_entity(b, s, x->thing);
	buf_z(b, ",\"found\":");
	desk_put_time(b, x->found_us);
	buf_z(b, ",\"object\":");
	desk_put_id(b, x->kind, x->object);
	put_opening(b, s, known ? &o : NULL, x->found_us);
	return ERR_OK;
}

enum err outlet_trace_answer(struct registry *r, const struct desk_shower *s, const struct outlet_question *q,
                             struct buf *out)
{
	int64_t until_us = q->entity.kind != DESK_ENTITY_NONE ? INT64_MAX : desk_months_after(q->month_us, 1);
	const struct risk_finding **order = NULL;
	struct outlet_findings f;
	size_t n = 0, shown = 0;
	bool more = false, put;
	enum err e = outlet_findings_load(r, until_us, &f);

	if (e == ERR_OK && (order = mem_alloc_array(f.n + 1, sizeof(*order))) == NULL)
		e = ERR_MEMORY;
	for (size_t i = 0; i < f.n && e == ERR_OK; i++)
		if (traced(q, &f.finding[i]))
			order[n++] = &f.finding[i];
	if (n > 0)
		qsort(order, n, sizeof(*order), by_found);
	put_head(out, q);
	buf_z(out, ",\"traced\":[");
	for (size_t i = 0; i < n && e == ERR_OK && !more; i++) {
		more = shown == q->most;
		if (more)
			break;
		e = put_trace(r, s, q, &f, order[i], shown == 0, &put, out);
		shown += put;
	}
	buf_printf(out, "],\"more\":%s}", truth(more));
	mem_free(order);
	outlet_findings_release(&f);
	return e == ERR_OK ? out->err : e;
}
