/* http_figures.c - the desk's figures over HTTP: a span with what it is compared with, now, and what each figure means.
 *
 * Leaders, analysts and auditors of organisations that see everything see all; of others, and whoever is of an organisation
 * or a district, that one's. Figures name nobody, but who works where and how fast is not everybody's business. */
#include <stdio.h>
#include "base/clock.h"
#include "gateway/figures.h"
#include "gateway/http_desk_int.h"
#include "gateway/situation.h"

#define SEE_ALL \
	(1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | 1u << ROLE_ANALYST | 1u << ROLE_AUDITOR | 1u << ROLE_SECRETARY)

static bool wrong(struct request *r, const char *what)
{
	answer_problem(r, 400, "query", "The request is wrong", what);
	return false;
}

static bool refused(struct request *r, const char *what)
{
	answer_problem(r, 403, "role", "These figures are not for you", what);
	return false;
}

static bool take_number(struct request *r, const char *name, bool *given, uint16_t *out)
{
	uint64_t n;

	if (!request_number(r, name, UINT16_MAX + 1, UINT16_MAX, &n))
		return false;
	*given = n <= UINT16_MAX;
	*out = (uint16_t)(*given ? n : 0);
	return true;
}

bool figures_take_reach(struct request *r, struct figures_question *q)
{
	struct desk_asker a;
	bool organisation = false, district = false;

	if (!desk_asker(r, &a) || !take_number(r, "organisation", &q->of_organisation, &q->organisation) ||
	    !take_number(r, "district", &q->of_district, &q->district))
		return false;
	if ((a.roles & SEE_ALL) && tenant_sees_all(r->tenant))
		return true;
	organisation = (a.roles & SEE_ALL) && a.organisation != 0;
	for (uint32_t i = 0; i < DESK_ROLES; i++) {
		organisation |= (a.roles >> i & 1) && desk_roles[i].scope == DESK_SCOPE_ORG && a.organisation != 0;
		district |= (a.roles >> i & 1) && desk_roles[i].scope == DESK_SCOPE_DISTRICT && a.district != 0;
	}
	if (!organisation && !district)
		return refused(r,
		               "leaders, analysts, auditors and the secretary see all; organisations and districts their own");
	if (organisation && (!q->of_organisation || q->organisation == a.organisation)) {
		q->of_organisation = true;
		q->organisation = a.organisation;
		return true;
	}
	if (district && (!q->of_district || q->district == a.district)) {
		q->of_district = true;
		q->district = a.district;
		return true;
	}
	return refused(r, "leaders, analysts, auditors and the secretary see all; you see your own");
}

bool figures_take_time(struct request *r, const char *name, int64_t *out)
{
	const char *z = request_query(r, name);
	char day[32];

	if (z != NULL && strlen(z) == 10) { /* a date: its beginning */
		snprintf(day, sizeof(day), "%sT00:00:00", z);
		z = day;
	}
	return z != NULL && clock_parse(text_z(z), &clock_shanghai, out) == ERR_OK;
}

static bool take_span(struct request *r, struct figures_question *q)
{
	const char *by = request_query(r, "by"), *compare = request_query(r, "compare"), *what;

	if (!figures_take_time(r, "from", &q->from_us) || !figures_take_time(r, "to", &q->to_us))
		return wrong(r, "from and to are times: 2026-03-01T00:00:00%2B08:00, or dates");
	if (by != NULL && !figures_by_parse(by, &q->by))
		return wrong(r, "by is nothing, district, organisation, day or hour");
	if (compare != NULL && !figures_compared_parse(compare, &q->compared))
		return wrong(r, "compare has before, day, week, month or year with commas between");
	what = figures_wrong(q);
	return what == NULL || wrong(r, what);
}

static void answer(struct request *r, enum err e, size_t n)
{
	if (e == ERR_OK) {
		buf_char(&r->out, '\n');
		desk_answer_tagged(r, n, false);
		return;
	}
	buf_clear(&r->out);
	if (e == ERR_CAP)
		wrong(r, "the answer is too large: ask for a shorter span, or by something else");
	else
		desk_answer_store(r, e);
}

static void run_figures(struct request *r)
{
	struct figures_question q = { .by = FIGURES_BY_NOTHING };
	size_t n = 0;
	enum err e;

	if (!figures_take_reach(r, &q) || !take_span(r, &q))
		return;
	e = figures_answer(r->h->o.registry, r->h->o.delivery, &q, &r->out, &n);
	answer(r, e, n);
}

static void run_now(struct request *r)
{
	struct figures_question q = { .by = FIGURES_BY_NOTHING };
	enum err e;

	if (!figures_take_reach(r, &q))
		return;
	e = figures_now(r->h->o.registry, r->h->o.delivery, &q, &r->out);
	answer(r, e, r->out.n);
}

/* What a wall shows, in one answer. */
static void run_situation(struct request *r)
{
	struct figures_question q = { .by = FIGURES_BY_NOTHING };
	size_t n = 0;
	enum err e;

	if (!figures_take_reach(r, &q))
		return;
	e = situation_answer(r->h->o.registry, &q, &r->out, &n);
	answer(r, e, n);
}

static void put_names(struct buf *b, const struct desk_figure_info *f)
{
	const char *comma = "", *name, *zh;

	buf_z(b, ",\"parts\":[");
	for (uint32_t i = 0; i < FIGURE_PARTS_MAX; i++)
		if ((name = desk_figure_part(f, i, &zh)) != NULL) {
			buf_printf(b, "%s{\"name\":\"%s\",\"zh\":\"%s\"}", comma, name, zh);
			comma = ",";
		}
	buf_z(b, "],\"choices\":[");
	comma = "";
	for (uint32_t i = 0; i < DESK_CHOICES_MAX; i++)
		if ((name = desk_figure_choice(f, i, &zh)) != NULL) {
			buf_printf(b, "%s{\"name\":\"%s\",\"zh\":\"%s\"}", comma, name, zh);
			comma = ",";
		}
	buf_z(b, "]}");
}

/* What each figure means, in the words of both languages: for programs that draw them. */
static void run_meanings(struct request *r)
{
	static const char *const unit[] = { "count", "money", "rate", "time", "choice" };
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	for (uint32_t i = 1; i < DESK_FIGURES; i++) {
		const struct desk_figure_info *f = &desk_figures[i];

		buf_printf(
			&r->out, "%s{\"name\":\"%s\",\"en\":\"%s\",\"zh\":\"%s\",\"unit\":\"%s\",\"counts\":\"%s\",\"what\":",
			i == 1 ? "{\"meanings\":[" : ",", f->name, f->en, f->zh, unit[f->unit], f->happened ? "happened" : "made");
		buf_json(&r->out, text_z(f->what));
		put_names(&r->out, f);
	}
	buf_z(&r->out, "]}\n");
	desk_answer_tagged(r, r->out.n, true);
}

const struct route http_figures_routes[] = {
	{ "GET", "/v1/figures", SCOPE_DESK, ROUTE_SLOW, run_figures },
	{ "GET", "/v1/figures/now", SCOPE_DESK, ROUTE_SLOW, run_now },
	{ "GET", "/v1/situation", SCOPE_DESK, ROUTE_SLOW, run_situation },
	{ "GET", "/v1/figures/meanings", SCOPE_DESK, ROUTE_SLOW, run_meanings },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
