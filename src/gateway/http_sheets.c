/* http_sheets.c - printed sheets over HTTP: the minutes of a meeting and the joint report of a month, as Markdown, HTML or PDF; see doc/sheets.md. */
#include "gateway/http_desk_int.h"
#include "gateway/minutes.h"
#include "gateway/month.h"
#include "desk/meeting.h"

static bool take_lang(struct request *r, bool *zh)
{
	const char *z = request_query(r, "lang");

	*zh = z == NULL || strcmp(z, "zh") == 0;
	if (*zh || strcmp(z, "en") == 0)
		return true;
	answer_problem(r, 400, "query", "The request is wrong", "lang is zh (default) or en");
	return false;
}

static bool take_format(struct request *r, struct text end, enum paper_format *f)
{
	for (uint32_t i = 0; i < PAPER_FORMATS; i++)
		if (text_eq(end, text_z(paper_format_names[i]))) {
			*f = (enum paper_format)i;
			return true;
		}
	answer_problem(r, 404, "not-found", "There is no such path", "a sheet is .md, .html or .pdf");
	return false;
}

static void answer(struct request *r, const struct paper *p, enum paper_format f, enum err e)
{
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	e = paper_render(p, f, &r->out);
	if (e == ERR_ABSENT)
		answer_problem(r, 501, "font", "This machine has no font for Chinese 缺少中文字体",
		               "install one, such as fonts-wqy-microhei, or ask for .html");
	else if (e == ERR_CAP)
		answer_problem(r, 422, "large", "The sheet is too large", "ask for less, or for .md");
	else if (e != ERR_OK)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	if (e != ERR_OK)
		return;
	r->type = paper_media[f];
	r->status = 200;
}

static const char *organisation(void *ctx, uint16_t number)
{
	const struct request *r = ctx;
	const struct config *c = &r->in_force->config;

	for (uint32_t i = 0; i < c->n_tenants; i++)
		if (c->tenant[i].number == number)
			return c->tenant[i].name;
	return NULL;
}

static void run_minutes(struct request *r)
{
	struct minutes m = { .registry = r->h->o.registry, .texts = r->h->o.texts, .organisation = organisation, .ctx = r };
	enum paper_format f;
	struct desk_asker a;
	struct desk_object o;
	struct paper p;

	if (!desk_asker(r, &a) || !take_format(r, r->arg[1], &f) || !take_lang(r, &m.zh) ||
	    !desk_asked_object(r, &a, &desk_meeting, r->arg[0], &o))
		return;
	m.asker = &a;
	paper_init(&p, m.zh);
	answer(r, &p, f, minutes_write(&m, &o, &p));
	paper_release(&p);
}

static void run_month(struct request *r)
{
	const char *z = request_query(r, "month");
	struct figures_question q = { 0 };
	struct month m = { 0 };
	enum paper_format f;
	struct paper p;

	if (!figures_take_reach(r, &q) || !take_format(r, r->arg[0], &f) || !take_lang(r, &m.zh))
		return;
	if (z == NULL || month_parse(text_z(z), &m.from_us) != ERR_OK) {
		answer_problem(r, 400, "query", "The request is wrong", "month is like 2026-03");
		return;
	}
	m.of_organisation = q.of_organisation;
	m.of_district = q.of_district;
	m.organisation = q.organisation;
	m.district = q.district;
	paper_init(&p, m.zh);
	answer(r, &p, f, month_write(r->h->o.registry, &m, &p));
	paper_release(&p);
}

const struct route http_sheets_routes[] = {
	{ "GET", "/v1/meetings/*/minutes.*", SCOPE_DESK, ROUTE_SLOW, run_minutes },
	{ "GET", "/v1/reports/month.*", SCOPE_DESK, ROUTE_SLOW, run_month },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
