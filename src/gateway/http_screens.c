/* http_screens.c - screens at outlets: their page and its parts, playlist, pictures and proof of play, by an address that nobody can guess; and for the desk that address, what was shown, and who is silent.
 *
 * An address needs no key, so each wrong one costs its sender a try (public_admit); right ones are not counted by where they come from, because a bank's screens share one address, but each asks as often as it
 * likes of what lies in memory only. The page loads nothing from elsewhere, runs no script but its own, and puts what people wrote into it as text. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/material.h"
#include "desk/screen.h"
#include "gateway/http_desk_int.h"
#include "gateway/public.h"
#include "gateway/screen_files.h"
#include "gateway/screens.h"

enum {
	HOURS_BACK_MAX = 31 * 24, /* a screen that was without network tells later */
	DAYS_USUAL = 7
};

#define PAGE_POLICY                                                                                                  \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src " \
	"'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static bool there(struct request *r)
{
	if (r->h->screens != NULL)
		return true;
	answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
	return false;
}

/* ---- the page and its parts ---- */

static void answer_file(struct request *r, const char *name, const char *type)
{
	for (size_t i = 0; i < screen_files; i++)
		if (strcmp(screen_file[i].name, name) == 0)
			buf_add(&r->out, screen_file[i].text, screen_file[i].n);
	desk_answer_tagged(r, r->out.n, false);
	r->type = type;
	r->keeps = "public, no-cache";
}

static void run_script(struct request *r)
{
	answer_file(r, "script", "text/javascript; charset=utf-8");
}

static void run_style(struct request *r)
{
	answer_file(r, "style", "text/css; charset=utf-8");
}

static void run_worker(struct request *r)
{
	answer_file(r, "worker", "text/javascript; charset=utf-8");
}

/* False: no such screen; the answer is set, and is the same whatever is wrong. */
static bool asked_screen(struct request *r, uint64_t *id)
{
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	int64_t wait_us;

	if (!there(r))
		return false;
	if (screens_find(r->h->screens, r->arg[0], id))
		return true;
	if (public_admit(r->h->public_desk, &r->in_force->config, PUBLIC_READS, from == NULL ? NULL : from->client_addr,
	                 &wait_us)) {
		answer_problem(r, 404, "screen", "No such screen 没有这个屏幕", "ask for its address of today");
		return false;
	}
	r->retry_after_s = (wait_us + US_PER_SECOND - 1) / US_PER_SECOND;
	answer_problem(r, 429, "rate", "Too many requests 请求过于频繁", "try again later");
	return false;
}

static void run_page(struct request *r)
{
	uint64_t id;

	if (!asked_screen(r, &id))
		return;
	answer_file(r, "page", "text/html; charset=utf-8");
	r->keeps = "private, no-cache";
	r->content_policy = PAGE_POLICY;
}

static void run_playlist(struct request *r)
{
	uint64_t id;

	if (!asked_screen(r, &id))
		return;
	if (!screens_playlist(r->h->screens, id, r->arg[0], &r->out)) {
		answer_problem(r, 404, "screen", "No such screen 没有这个屏幕", "ask for its address of today");
		return;
	}
	desk_answer_tagged(r, r->out.n, true);
}

/* "MA-65536-2": a material and its edition. */
static bool take_edition(struct text t, uint64_t *material, int64_t *edition)
{
	const char *dash = memrchr(t.p, '-', t.n);
	size_t n = dash == NULL ? 0 : (size_t)(dash - t.p);
	uint32_t kind;

	return dash != NULL && desk_id_parse(text_of(t.p, n), &kind, material) == ERR_OK && kind == DESK_MATERIAL &&
	       text_to_int(text_of(dash + 1, t.n - n - 1), edition) == ERR_OK;
}

static void run_picture(struct request *r)
{
	unsigned char ref[TEXT_REF_BYTES];
	enum picture_type type;
	uint64_t id, material;
	int64_t edition;
	enum err e;

	if (!asked_screen(r, &id))
		return;
	if (!take_edition(r->arg[1], &material, &edition) || !screens_picture(r->h->screens, material, edition, ref)) {
		answer_problem(r, 404, "picture", "No such picture", "no slot shows it");
		return;
	}
	e = files_read(r->h->o.files, ref, &type, &r->out);
	if (e == ERR_OK && type == PICTURE_PDF) /* papers are not for screens */
		e = ERR_ABSENT;
	if (e != ERR_OK) {
		buf_clear(&r->out);
		answer_problem(r, e == ERR_ABSENT ? 404 : 503, "picture", "The picture can't be read", err_name(e));
		return;
	}
	r->type = picture_media[type];
	r->keeps = "private, max-age=31536000, immutable";
	r->status = 200;
}

/* ---- proof of play ---- */

/* Which materials the screen can have shown: those of slots that were on and are for it, in the hours of the slot. Its clock may be wrong by an hour. A screen without network goes on with the list that it has, so neither
 * the end of a slot that was withdrawn nor its weekdays count. What the screen was before it moved is not known here: what it tells late is judged by where it stands. */
struct proving {
	struct registry *registry;
	struct playlist_screen where;
	int64_t hour;
	bool found;
};

static bool prove(void *ctx, const struct registry_hit *h)
{
	const struct desk_object *o = h->object;
	struct proving *v = ctx;
	struct playlist_slot slot;
	int64_t from_us;

	screen_slot_of(o, &slot);
	from_us = slot.starts_us > o->made_us ? slot.starts_us : o->made_us;
	v->found = (o->approver != 0 || slot.emergency) && playlist_fits(&slot, &v->where) &&
	           v->hour + 1 >= from_us / US_PER_HOUR &&
	           (slot.until_us == 0 || v->hour - 1 <= slot.until_us / US_PER_HOUR);
	return !v->found;
}

static enum err can_have_shown(struct proving *v, uint64_t material, int64_t hour)
{
	struct registry_query q = { .kind = DESK_SLOT, .entity = desk_thing(material) };

	v->hour = hour;
	v->found = false;
	return registry_each(v->registry, &q, prove, v);
}

/* NULL: it counts. Otherwise what is wrong with it. */
static const char *take_play(struct proving *v, const json_t *j, int64_t hour_now, struct play *p, enum err *e)
{
	const json_t *material = json_object_get(j, "material"), *hour = json_object_get(j, "hour"),
				 *n = json_object_get(j, "n");
	uint32_t kind;

	if (!json_is_string(material) || !json_is_integer(hour) || !json_is_integer(n) ||
	    desk_id_parse(text_of(json_string_value(material), json_string_length(material)), &kind, &p->material) !=
	        ERR_OK ||
	    kind != DESK_MATERIAL)
		return "form";
	p->hour = json_integer_value(hour);
	if (p->hour > hour_now + 1 || p->hour < hour_now - HOURS_BACK_MAX)
		return "hour";
	if (json_integer_value(n) < 1 || json_integer_value(n) > PLAYS_AN_HOUR_MAX)
		return "n";
	p->n = (uint32_t)json_integer_value(n);
	*e = can_have_shown(v, p->material, p->hour);
	return v->found ? NULL : "material";
}

static enum err begin_proving(struct request *r, uint64_t id, struct proving *v)
{
	struct desk_object o;
	enum err e = registry_load(r->h->o.registry, id, &o);

	if (e == ERR_OK)
		screen_place_of(&o, &v->where);
	v->registry = r->h->o.registry;
	return e;
}

/* Those that count into play, the others told in r->out. */
static enum err take_plays(struct request *r, uint64_t id, const json_t *plays, int64_t now_us, struct play *play,
                           uint32_t *n)
{
	struct proving v;
	const char *comma = "";
	enum err e = begin_proving(r, id, &v);

	*n = 0;
	buf_z(&r->out, ",\"left_out\":[");
	for (size_t i = 0; i < json_array_size(plays) && e == ERR_OK; i++) {
		const char *wrong = take_play(&v, json_array_get(plays, i), now_us / US_PER_HOUR, &play[*n], &e);

		if (wrong == NULL) {
			++*n;
			continue;
		}
		buf_printf(&r->out, "%s{\"at\":%zu,\"why\":\"%s\"}", comma, i, wrong);
		comma = ",";
	}
	buf_z(&r->out, "]}\n");
	return e;
}

static void keep_plays(struct request *r, uint64_t id, const json_t *body)
{
	const json_t *plays = json_object_get(body, "plays"), *number = json_object_get(body, "report");
	int64_t now = r->h->o.now_us();
	struct play *play = mem_alloc_array(PLAYS_REPORT_MAX, sizeof(*play));
	bool counted = false;
	uint32_t n = 0;
	enum err e = play == NULL ? ERR_MEMORY : ERR_OK;

	if (!json_is_array(plays) || json_array_size(plays) > PLAYS_REPORT_MAX || !json_is_integer(number) ||
	    json_integer_value(number) <= 0 || json_integer_value(number) > now / 1000 + 24 * 3600 * 1000) {
		answer_problem(r, 422, "plays", "This is no report of plays", "doc/screens.md has its form");
		mem_free(play);
		return;
	}
	buf_z(&r->out, "{\"counted\":true");
	if (e == ERR_OK)
		e = take_plays(r, id, plays, now, play, &n);
	if (e == ERR_OK)
		e = plays_add(r->h->o.plays, id, (uint64_t)json_integer_value(number), now, play, n, &counted);
	r->status = 200;
	if (e != ERR_OK) {
		answer_problem(r, 503, "plays", "The report can't be kept now", err_name(e));
	} else if (!counted) { /* it was, before */
		buf_clear(&r->out);
		buf_z(&r->out, "{\"counted\":false,\"left_out\":[]}\n");
	}
	mem_free(play);
}

static void run_plays(struct request *r)
{
	uint64_t id;
	json_t *body;

	if (!asked_screen(r, &id))
		return;
	body = request_json(r);
	if (body == NULL)
		return;
	keep_plays(r, id, body);
	json_decref(body);
}

/* ---- the desk's side ---- */

#define KEEPERS                                                                                                   \
	(1u << ROLE_CHANNEL | 1u << ROLE_EDITOR | 1u << ROLE_INSPECTOR | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | \
	 1u << ROLE_SECRETARY)

static bool may_keep_screens(struct request *r, struct desk_asker *a)
{
	if (!there(r) || !desk_asker(r, a))
		return false;
	if (a->roles & KEEPERS)
		return true;
	desk_answer_refusal(r, DESK_REFUSED_ROLE, NULL, 0, NULL);
	return false;
}

static void run_address(struct request *r)
{
	char address[SCREEN_ADDRESS_MAX];
	struct desk_asker a;
	struct desk_object o;

	if (!may_keep_screens(r, &a) || !desk_asked_object(r, &a, &desk_screen, r->arg[0], &o))
		return;
	if (o.state != SCREEN_ACTIVE) {
		desk_answer_refusal(r, DESK_REFUSED_STATE, &desk_screen, 0, NULL);
		return;
	}
	screen_address(r->h->o.key, o.id, desk_i(&o, SCREEN_F_TURN), address);
	buf_printf(&r->out, "{\"address\":\"/screen/%s\"}\n", address);
	r->status = 200;
}

struct telling {
	struct request *r;
	const struct desk_asker *a;
	const char *comma;
	uint64_t n, screens, silent;
	int64_t now_us;
	enum err e;
};

static bool tell_screen(void *ctx, const struct registry_hit *h)
{
	struct telling *t = ctx;
	struct buf *b = &t->r->out;
	int64_t seen;

	if (!desk_reaches(t->a, h->object))
		return true;
	seen = screens_seen(t->r->h->screens, h->object->id);
	t->screens++;
	buf_printf(b, "%s{\"screen\":", t->comma);
	desk_put_id(b, DESK_SCREEN, h->object->id);
	buf_printf(b, ",\"organisation\":%u,\"district\":%u,\"seen\":", h->object->organisation, h->object->district);
	desk_put_time(b, seen);
	if (t->now_us - seen > SCREEN_SILENT_S * US_PER_SECOND)
		t->silent++;
	buf_printf(b, ",\"silent\":%s}", t->now_us - seen > SCREEN_SILENT_S * US_PER_SECOND ? "true" : "false");
	t->comma = ",";
	return true;
}

static void run_health(struct request *r)
{
	struct registry_query q = { .kind = DESK_SCREEN, .states = 1u << SCREEN_ACTIVE };
	struct desk_asker a;
	struct telling t = { .r = r, .a = &a, .comma = "", .now_us = r->h->o.now_us() };
	enum err e;

	if (!may_keep_screens(r, &a))
		return;
	buf_z(&r->out, "{\"heartbeats\":[");
	e = registry_each(r->h->o.registry, &q, tell_screen, &t);
	if (e != ERR_OK) {
		buf_clear(&r->out);
		desk_answer_store(r, e);
		return;
	}
	buf_printf(&r->out, "],\"active\":%" PRIu64 ",\"silent\":%" PRIu64 "}\n", t.screens, t.silent);
	r->status = 200;
}

static bool tell_play(void *ctx, const struct play_row *row)
{
	struct telling *t = ctx;
	struct buf *b = &t->r->out;
	struct desk_object o;
	enum err e = registry_load(t->r->h->o.registry, row->screen, &o);

	if (e != ERR_OK && e != ERR_ABSENT) {
		t->e = e;
		return false;
	}
	t->n++;
	if (e == ERR_ABSENT || !desk_reaches(t->a, &o))
		return true;
	buf_printf(b, "%s{\"hour\":", t->comma);
	desk_put_time(b, row->hour * US_PER_HOUR);
	buf_z(b, ",\"screen\":");
	desk_put_id(b, DESK_SCREEN, row->screen);
	buf_z(b, ",\"material\":");
	desk_put_id(b, DESK_MATERIAL, row->material);
	buf_printf(b, ",\"n\":%" PRIu64 "}", row->n);
	t->comma = ",";
	return true;
}

static bool asked_id(struct request *r, const char *name, uint32_t kind, uint64_t *id)
{
	const char *z = request_query(r, name);
	uint32_t k;

	*id = 0;
	if (z == NULL || (desk_id_parse(text_z(z), &k, id) == ERR_OK && k == kind))
		return true;
	answer_problem(r, 400, "query", "The request is wrong", "screen=SC-... and material=MA-...");
	return false;
}

static void run_shown(struct request *r)
{
	int64_t now_hour = r->h->o.now_us() / US_PER_HOUR;
	uint64_t screen, material, days;
	struct desk_asker a;
	struct telling t = { .r = r, .a = &a, .comma = "" };
	enum err e;

	if (!may_keep_screens(r, &a) || !asked_id(r, "screen", DESK_SCREEN, &screen) ||
	    !asked_id(r, "material", DESK_MATERIAL, &material) || !request_number(r, "days", DAYS_USUAL, 366, &days))
		return;
	buf_z(&r->out, "{\"plays\":[");
	e = plays_list(r->h->o.plays, screen, material, now_hour - (int64_t)days * 24, now_hour + 2, PLAYS_PAGE_MAX,
	               tell_play, &t);
	e = e == ERR_OK ? t.e : e;
	if (e != ERR_OK) {
		buf_clear(&r->out);
		desk_answer_store(r, e);
		return;
	}
	buf_printf(&r->out, "],\"whole\":%s}\n", t.n < PLAYS_PAGE_MAX ? "true" : "false");
	r->status = 200;
}

const struct route http_screens_routes[] = {
	{ "GET", "/screen.js", 0, ROUTE_QUICK, run_script },
	{ "GET", "/screen.css", 0, ROUTE_QUICK, run_style },
	{ "GET", "/screen-worker.js", 0, ROUTE_QUICK, run_worker },
	{ "GET", "/screen/*", 0, ROUTE_QUICK, run_page },
	{ "GET", "/screen/*/playlist", 0, ROUTE_QUICK, run_playlist },
	{ "GET", "/screen/*/pictures/*", 0, ROUTE_SLOW, run_picture },
	{ "POST", "/screen/*/plays", 0, ROUTE_SLOW, run_plays },
	{ "GET", "/v1/screens/*/address", SCOPE_DESK, ROUTE_SLOW, run_address },
	{ "GET", "/v1/screen-health", SCOPE_DESK, ROUTE_SLOW, run_health },
	{ "GET", "/v1/screen-plays", SCOPE_DESK, ROUTE_SLOW, run_shown },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
