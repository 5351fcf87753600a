/* situation.c - see situation.h. */
#include "gateway/situation.h"
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/bulletin.h"
#include "desk/warning.h"
#include "event/schema.h"
#include "gateway/desk_show.h"
#include "gateway/district.h"
#include "show/figures.h"

enum {
	HOURS = 24,
	TODAY = 0,
	TODAY_FULL, /* today up to the end of the last full hour, which is what the days behind it are compared with */
	YESTERDAY,
	WEEK_AGO,
	DAYS,
	OPEN_MOST = 100000, /* warnings counted */
	BULLETINS = 5,
	NAMES = 256, /* event types, severities and measures: more are counted in `all` only */
	GROUP_HOUR = 1,
	GROUP_DISTRICT = 100 /* + number in districts; DISTRICTS: elsewhere, or not known */
};

/* ---- a day ---- */

struct named_sum {
	uint8_t what, n_name;
	char name[SCHEMA_NAME_MAX];
	int64_t n;
};
struct hour {
	int64_t events, alerts;
};
struct day {
	const struct figures_question *of;
	int64_t from_us, to_us; /* what is counted: whole hours; today's last one is running */
	struct figures f;
	uint32_t n_named;
	struct named_sum named[NAMES];
	struct hour hour[HOURS];
};

static uint32_t district_group(uint16_t number)
{
	uint32_t i = 0;

	while (i < DISTRICTS && districts[i].number != number)
		i++;
	return GROUP_DISTRICT + i;
}

static void gather(void *ctx, const struct desk_entry *x)
{
	struct day *d = ctx;
	uint32_t hour = (uint32_t)((x->time_us - d->from_us) / US_PER_HOUR);

	figures_add(&d->f, GROUP_HOUR + hour, x->figure, x->part, x->at, x->n);
	if (x->time_us >= d->to_us)
		return;
	figures_add(&d->f, 0, x->figure, x->part, x->at, x->n);
	figures_add(&d->f, district_group(x->district), x->figure, x->part, x->at, x->n);
}

static void add_named(struct day *d, const struct registry_traffic_row *x)
{
	struct named_sum *s = d->named, *end = d->named + d->n_named;

	while (s < end && !(s->what == x->what && text_eq(text_of(s->name, s->n_name), x->name)))
		s++;
	if (s == end && (d->n_named == NAMES || x->name.n > sizeof(s->name)))
		return;
	if (s == end) {
		d->n_named++;
		*s = (struct named_sum){ .what = x->what, .n_name = (uint8_t)x->name.n };
		memcpy(s->name, x->name.p, x->name.n);
	}
	s->n += x->n;
}

static void gather_traffic(void *ctx, const struct registry_traffic_row *x)
{
	struct day *d = ctx;
	struct hour *h = &d->hour[(x->start_us - d->from_us) / US_PER_HOUR];

	if (d->of->of_organisation && x->organisation != d->of->organisation)
		return;
	h->events += x->what == TRAFFIC_EVENTS ? x->n : 0;
	h->alerts += x->what == TRAFFIC_ALERTS ? x->n : 0;
	if (x->start_us < d->to_us)
		add_named(d, x);
}

static enum err gather_day(struct registry *r, struct day *d)
{
	struct registry_span s = { .from_us = d->from_us,
		                       .to_us = d->from_us + US_PER_DAY,
		                       .hours = true,
		                       .of_organisation = d->of->of_organisation,
		                       .of_district = d->of->of_district,
		                       .organisation = d->of->organisation,
		                       .district = d->of->district };
	enum err e = registry_figures(r, &s, gather, d);

	if (e == ERR_OK && !d->of->of_district)
		e = registry_traffic(r, s.from_us, s.to_us, gather_traffic, d);
	return e == ERR_OK ? figures_settle(&d->f) : e;
}

/* ---- what is shown of it ---- */

static const uint8_t totals[] = { FIGURE_WARNINGS,
	                              FIGURE_WARNINGS_OPEN,
	                              FIGURE_HITS,
	                              FIGURE_SIGNED_IN_TIME,
	                              FIGURE_CONTACTED_IN_TIME,
	                              FIGURE_SETTLED_IN_TIME,
	                              FIGURE_REACHED,
	                              FIGURE_CHEATED_AFTER,
	                              FIGURE_INCIDENTS,
	                              FIGURE_INCIDENT_AMOUNT,
	                              FIGURE_INCIDENT_LOSS,
	                              FIGURE_WARNED_BEFORE,
	                              FIGURE_STOPS,
	                              FIGURE_STOPS_IN_FORCE,
	                              FIGURE_STOPPED_AMOUNT,
	                              FIGURE_FREEZES_IN_FORCE,
	                              FIGURE_FROZEN_AMOUNT,
	                              FIGURE_MEASURES,
	                              FIGURE_APPEALS };
static const uint8_t parts[] = { FIGURE_WARNINGS, FIGURE_INCIDENTS, FIGURE_INCIDENT_LOSS, FIGURE_STOPS_IN_FORCE,
	                             FIGURE_STOPPED_AMOUNT };

static void put_time(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, "\"%s\":\"", name);
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_number(struct buf *b, const char *name, bool given, uint16_t n)
{
	buf_printf(b, "\"%s\":", name);
	if (given)
		buf_printf(b, "%u,", n);
	else
		buf_z(b, "null,");
}

static void put_named(struct buf *b, const char *name, const struct day *d, uint8_t what)
{
	int64_t all = 0;

	buf_printf(b, ",\"%s\":", name);
	if (d->of->of_district) {
		buf_z(b, "null");
		return;
	}
	for (uint32_t i = 0; i < d->n_named; i++)
		all += d->named[i].what == what ? d->named[i].n : 0;
	buf_printf(b, "{\"all\":%" PRId64 ",\"by\":{", all);
	for (uint32_t i = 0, told = 0; i < d->n_named; i++)
		if (d->named[i].what == what && d->named[i].n != 0) {
			buf_z(b, told++ > 0 ? "," : "");
			buf_json(b, text_of(d->named[i].name, d->named[i].n_name));
			buf_printf(b, ":%" PRId64, d->named[i].n);
		}
	buf_z(b, "}}");
}

static void put_day(struct buf *b, const struct day *d)
{
	buf_char(b, '{');
	put_time(b, "from", d->from_us);
	buf_char(b, ',');
	put_time(b, "to", d->to_us);
	put_named(b, "events", d, TRAFFIC_EVENTS);
	put_named(b, "decisions", d, TRAFFIC_DECISIONS);
	put_named(b, "alerts", d, TRAFFIC_ALERTS);
	put_named(b, "proposed", d, TRAFFIC_PROPOSED);
	buf_z(b, ",\"figures\":");
	figures_json_of(b, &d->f, 0, totals, ARRAY_LEN(totals));
	buf_char(b, '}');
}

/* Of today the hours that have begun. */
static void put_hours(struct buf *b, const struct day *d, bool whole)
{
	buf_char(b, '[');
	for (uint32_t i = 0; i < HOURS && (whole || d->from_us + i * US_PER_HOUR < d->to_us); i++) {
		buf_printf(b, "%s{\"hour\":%u,", i > 0 ? "," : "", i);
		if (d->of->of_district)
			buf_z(b, "\"events\":null,\"alerts\":null");
		else
			buf_printf(b, "\"events\":%" PRId64 ",\"alerts\":%" PRId64, d->hour[i].events, d->hour[i].alerts);
		buf_z(b, ",\"figures\":");
		figures_json_of(b, &d->f, GROUP_HOUR + i, parts, ARRAY_LEN(parts));
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_districts(struct buf *b, const struct day *d)
{
	buf_z(b, ",\"districts\":[");
	for (uint32_t i = 0; i <= DISTRICTS; i++) {
		if (i < DISTRICTS)
			buf_printf(b, "{\"code\":\"370%u\",\"zh\":\"%s\",\"en\":\"%s\",\"figures\":", districts[i].number,
			           districts[i].zh, districts[i].en);
		else
			buf_z(b, "{\"code\":null,\"zh\":\"其他\",\"en\":\"elsewhere\",\"figures\":");
		figures_json_of(b, &d->f, GROUP_DISTRICT + i, parts, ARRAY_LEN(parts));
		buf_z(b, i < DISTRICTS ? "}," : "}]");
	}
}

/* ---- now ---- */

static enum err put_open(struct registry *r, const struct figures_question *of, struct buf *b)
{
	static const char *const grade[FIGURE_GRADES] = { "blue", "yellow", "red", "purple" };
	uint64_t n[FIGURE_GRADES + 1] = { 0 };
	enum err e = ERR_OK;

	for (uint32_t g = 0; e == ERR_OK && g < FIGURE_GRADES; g++) {
		struct registry_query q = { .kind = DESK_WARNING,
			                        .open = true,
			                        .grade_from = (int16_t)g,
			                        .of_organisation = of->of_organisation,
			                        .of_district = of->of_district,
			                        .organisation = of->organisation,
			                        .district = of->district };

		e = registry_count(r, &q, OPEN_MOST, &n[g]);
	}
	buf_printf(b, ",\"open\":{\"warnings\":{\"all\":%" PRIu64, n[0]);
	for (uint32_t g = 0; g < FIGURE_GRADES; g++)
		buf_printf(b, ",\"%s\":%" PRIu64, grade[g], n[g] > n[g + 1] ? n[g] - n[g + 1] : 0);
	buf_z(b, "}}");
	return e;
}

static void put_step(struct buf *b, const char *name, const char *zh, const char *en, int64_t n)
{
	buf_printf(b, "{\"step\":\"%s\",\"zh\":\"%s\",\"en\":\"%s\",\"n\":%" PRId64 "}", name, zh, en, n);
}

/* Of today. The last step counts reports that came today, whenever their people were warned. */
static void put_funnel(struct buf *b, const struct figures *f)
{
	buf_z(b, ",\"funnel\":[");
	put_step(b, "hits", "融合告警", "alerts and contacts fused into warnings",
	         figures_sum(f, 0, FIGURE_HITS, FIGURES_ALL_PARTS));
	buf_char(b, ',');
	put_step(b, "warned", "预警", "warnings made", figures_sum(f, 0, FIGURE_WARNINGS, FIGURES_ALL_PARTS));
	buf_char(b, ',');
	put_step(b, "reached", "已联系", "warned people spoken to or met",
	         figures_at(f, 0, FIGURE_REACHED, FIGURES_ALL_PARTS, 1));
	buf_char(b, ',');
	put_step(b, "lost", "预警后报案", "reports of fraud by people warned before",
	         figures_at(f, 0, FIGURE_WARNED_BEFORE, FIGURES_ALL_PARTS, 1));
	buf_char(b, ']');
}

struct bulletins {
	struct buf *out;
	uint32_t n;
};

static void put_choice(struct buf *b, const struct desk_object *o, uint32_t field)
{
	const struct desk_choices *c = desk_machine(o->kind)->field[field].choices;
	int64_t v = desk_i(o, field);

	if (desk_has(o, field) && c != NULL && v > 0 && v < c->n && c->choice[v].name != NULL)
		buf_printf(b, "{\"name\":\"%s\",\"zh\":\"%s\"}", c->choice[v].name, c->choice[v].zh);
	else
		buf_z(b, "null");
}

static bool put_bulletin(void *ctx, const struct registry_hit *hit)
{
	struct bulletins *x = ctx;
	const struct desk_object *o = hit->object;

	buf_z(x->out, x->n++ > 0 ? ",{\"object\":" : "{\"object\":");
	desk_put_id(x->out, o->kind, o->id);
	buf_z(x->out, ",\"published\":");
	desk_put_time(x->out, desk_i(o, BULLETIN_F_PUBLISHED));
	buf_z(x->out, ",\"scam\":");
	put_choice(x->out, o, BULLETIN_F_SCAM);
	buf_z(x->out, ",\"sign\":");
	put_choice(x->out, o, BULLETIN_F_SIGN);
	buf_char(x->out, '}');
	return true;
}

/* Those in force, which everybody at the desk may read; their texts are at /v1/bulletins. */
static enum err put_bulletins(struct registry *r, struct buf *b)
{
	struct registry_query q = { .kind = DESK_BULLETIN,
		                        .states = 1u << BULLETIN_PUBLISHED,
		                        .order = REGISTRY_BY_CHANGE };
	struct bulletins x = { .out = b };
	enum err e;

	buf_z(b, ",\"bulletins\":[");
	e = registry_list(r, &q, BULLETINS, put_bulletin, &x);
	buf_char(b, ']');
	return e;
}

/* ---- the answer ---- */

static enum err put_since(struct registry *r, const struct figures_question *of, struct buf *b)
{
	uint64_t position = 0;
	int64_t time_us = 0;
	enum err e = registry_traffic_since(r, &position, &time_us);

	buf_char(b, '{');
	put_number(b, "organisation", of->of_organisation, of->organisation);
	put_number(b, "district", of->of_district, of->district);
	if (position == 0)
		buf_z(b, "\"since\":null,");
	else {
		put_time(b, "since", time_us);
		buf_char(b, ',');
	}
	return e;
}

static enum err put_all(struct registry *r, const struct figures_question *of, struct day *d, struct buf *b)
{
	static const char *const name[DAYS] = { "today", "today_full_hours", "yesterday", "week_ago" };
	enum err e = put_since(r, of, b);

	for (uint32_t i = 0; e == ERR_OK && i < DAYS; i++) {
		e = gather_day(r, &d[i]);
		if (e != ERR_OK)
			break;
		buf_printf(b, "\"%s\":", name[i]);
		put_day(b, &d[i]);
		buf_char(b, ',');
	}
	if (e != ERR_OK)
		return e;
	buf_z(b, "\"hours\":{");
	for (uint32_t i = 0; i < DAYS; i++) {
		if (i == TODAY_FULL)
			continue;
		buf_printf(b, "%s\"%s\":", i > 0 ? "," : "", name[i]);
		put_hours(b, &d[i], i != TODAY);
	}
	buf_char(b, '}');
	put_districts(b, &d[TODAY]);
	put_funnel(b, &d[TODAY].f);
	e = put_open(r, of, b);
	return e == ERR_OK ? put_bulletins(r, b) : e;
}

enum err situation_answer(struct registry *r, const struct figures_question *of, struct buf *out, size_t *n_tag)
{
	static const int64_t back_us[DAYS] = { [YESTERDAY] = US_PER_DAY, [WEEK_AGO] = 7 * US_PER_DAY };
	struct day *d = mem_alloc_array(DAYS, sizeof(*d));
	uint64_t position;
	int64_t now_us;
	enum err e = d == NULL ? ERR_MEMORY : registry_place(r, &position, &now_us);

	for (uint32_t i = 0; e == ERR_OK && i < DAYS; i++) {
		d[i].of = of;
		d[i].from_us = desk_day(now_us) - back_us[i];
		d[i].to_us = now_us - now_us % US_PER_HOUR + (i == TODAY ? US_PER_HOUR : 0) - back_us[i];
		figures_init(&d[i].f);
	}
	if (e == ERR_OK)
		e = put_all(r, of, d, out);
	*n_tag = out->n;
	if (e == ERR_OK) {
		buf_printf(out, ",\"position\":%" PRIu64 ",", position);
		put_time(out, "time", now_us);
		buf_char(out, '}');
	}
	for (uint32_t i = 0; d != NULL && i < DAYS; i++)
		figures_release(&d[i].f);
	mem_free(d);
	return e != ERR_OK ? e : out->err;
}
