/* http_publicity.c - what is published, for everybody: feeds of what is out on the web and in the app, a page and a picture of each; and for editors, a material set for print.
 *
 * Public are publications on these two channels that are out, while their material is approved; both are looked at with each request. Rates are the public's (http_public.c); answers have an ETag and may be kept for
 * a minute by whoever stands between. */
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/incident.h"
#include "desk/material.h"
#include "desk/publication.h"
#include "gateway/feed.h"
#include "gateway/http_desk_int.h"
#include "gateway/page.h"
#include "outreach/print.h"

enum {
	NAME_SPACE_FEED = 0x46454544, /* keeps ids of feeds apart from tokens */
	URL_MAX = CONFIG_TEXT_MAX + 128,
	LOOKED_AT_MAX = 10000, /* publications that a feed looks through */
	WIDTH_USUAL = 40
};

#define KEPT_PUBLIC "public, max-age=60"
#define PAGE_POLICY \
	"default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

struct item { /* of a feed, with its memory */
	struct buf title, summary, body;
	char url[URL_MAX], picture[URL_MAX];
};

struct gathering {
	struct request *r;
	bool en;
	uint32_t scam; /* 0: all */
	char base[CONFIG_TEXT_MAX + 16];
	uint32_t looked, n;
	enum err e;
	struct item item[FEED_ITEMS_MAX];
	struct feed_item out[FEED_ITEMS_MAX];
};

/* Where readers come in; if nobody said, where the service listens, by the port that it got. */
static void base_url(struct request *r, char out[CONFIG_TEXT_MAX + 16])
{
	const struct config *c = &r->in_force->config;
	const char *colon = strrchr(c->listen, ':');
	size_t n;

	if (c->public_url[0] != 0)
		n = (size_t)snprintf(out, CONFIG_TEXT_MAX + 16, "%s", c->public_url);
	else if (colon != NULL)
		n = (size_t)snprintf(out, CONFIG_TEXT_MAX + 16, "http://%.*s:%u", (int)(colon - c->listen), c->listen,
		                     (unsigned)http_port(r->h));
	else
		n = (size_t)snprintf(out, CONFIG_TEXT_MAX + 16, "http://%s", c->listen);
	while (n > 0 && out[n - 1] == '/')
		out[--n] = 0;
}

static bool on_the_web(const struct desk_object *p)
{
	int64_t channel = desk_i(p, PUBLICATION_F_CHANNEL);

	return p->state == PUBLICATION_OUT && (channel == CHANNEL_WEB || channel == CHANNEL_APP);
}

/* ERR_ABSENT: it has none in that language. */
static enum err words(struct request *r, const struct desk_object *m, uint32_t zh, uint32_t en, bool wants_en,
                      struct buf *out)
{
	uint32_t f = wants_en && desk_has(m, en) ? en : zh;

	return desk_has(m, f) ? texts_read(r->h->o.texts, m->value[f].ref, out) : ERR_ABSENT;
}

static enum err read_material(struct request *r, const struct desk_object *m, bool en, struct item *i)
{
	enum err e;

	buf_init(&i->title, TEXT_BYTES_MAX + 1);
	buf_init(&i->summary, TEXT_BYTES_MAX + 1);
	buf_init(&i->body, TEXT_BYTES_MAX + 1);
	e = words(r, m, MATERIAL_F_TITLE, MATERIAL_F_TITLE_EN, en, &i->title);
	if (e == ERR_OK)
		e = words(r, m, MATERIAL_F_SUMMARY, MATERIAL_F_SUMMARY_EN, en, &i->summary);
	if (e == ERR_OK) {
		e = words(r, m, MATERIAL_F_BODY, MATERIAL_F_BODY_EN, en, &i->body);
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	return e;
}

static void release(struct item *i)
{
	buf_release(&i->title);
	buf_release(&i->summary);
	buf_release(&i->body);
}

/* A version 8 UUID (RFC 9562) from a keyed hash: it stays while the publication lives and says nothing. */
static void stable_id(const struct hash_key *key, uint64_t id, char out[FEED_ID_MAX])
{
	struct token t = hash_token(key, NAME_SPACE_FEED, text_of((const char *)&id, sizeof(id)));

	snprintf(out, FEED_ID_MAX, "urn:uuid:%08x-%04x-8%03x-%04x-%012" PRIx64, (unsigned)(t.w[0] >> 32),
	         (unsigned)(t.w[0] >> 16 & 0xffff), (unsigned)(t.w[0] & 0xfff),
	         (unsigned)(0x8000 | (t.w[1] >> 48 & 0x3fff)), t.w[1] & 0xffffffffffff);
}

/* The material as it may be shown. ERR_ABSENT: it may not, or not any more. */
static enum err shown_material(struct request *r, const struct desk_object *p, struct desk_object *m)
{
	enum err e = registry_load(r->h->o.registry, desk_id(p, PUBLICATION_F_MATERIAL), m);

	return e == ERR_OK && (m->kind != DESK_MATERIAL || m->state != MATERIAL_APPROVED) ? ERR_ABSENT : e;
}

static void fill(struct gathering *g, const struct desk_object *p, const struct desk_object *m, struct item *i,
                 struct feed_item *out)
{
	int64_t scam = desk_i(m, MATERIAL_F_SCAM);

	snprintf(i->url, sizeof(i->url), "%s/v1/public/materials/PU-%" PRIu64 "%s", g->base, p->id,
	         g->en ? "?lang=en" : "");
	snprintf(i->picture, sizeof(i->picture), "%s/v1/public/materials/PU-%" PRIu64 "/picture", g->base, p->id);
	*out = (struct feed_item){ .url = i->url,
		                       .picture_url = desk_has(m, MATERIAL_F_PICTURE) ? i->picture : NULL,
		                       .title = buf_view(&i->title),
		                       .summary = buf_view(&i->summary),
		                       .body = buf_view(&i->body),
		                       .category =
		                           scam > 0 ? g->en ? desk_scams.choice[scam].name : desk_scams.choice[scam].zh : NULL,
		                       .out_us = desk_i(p, PUBLICATION_F_OUT),
		                       .changed_us = desk_i(m, MATERIAL_F_APPROVED) };
	if (out->changed_us < out->out_us)
		out->changed_us = out->out_us;
	stable_id(g->r->h->o.key, p->id, out->id);
}

static bool later_first(const struct feed_item *a, const struct feed_item *b)
{
	return a->out_us != b->out_us ? a->out_us > b->out_us : strcmp(a->id, b->id) < 0;
}

/* The one that a newer one takes the place of; g->n: there is room. */
static uint32_t oldest(const struct gathering *g)
{
	uint32_t k = 0;

	if (g->n < FEED_ITEMS_MAX)
		return g->n;
	for (uint32_t i = 1; i < g->n; i++)
		if (later_first(&g->out[k], &g->out[i]))
			k = i;
	return k;
}

/* The newest by when they went out. They come by when they changed last, and going out was a change: once there are enough, none of those that changed before the oldest of them went out can be newer. */
static bool gather(void *ctx, const struct registry_hit *h)
{
	struct gathering *g = ctx;
	const struct desk_object *p = h->object;
	uint32_t k = oldest(g);
	struct feed_item x = { .out_us = desk_i(p, PUBLICATION_F_OUT) };
	struct desk_object m;
	struct item i;
	bool over; /* nothing that comes later can be among the newest */
	enum err e;

	over = ++g->looked >= LOOKED_AT_MAX || (k < g->n && p->changed_us < g->out[k].out_us);
	stable_id(g->r->h->o.key, p->id, x.id);
	if (over || !on_the_web(p) || (k < g->n && !later_first(&x, &g->out[k])))
		return !over;
	e = shown_material(g->r, p, &m);
	if (e == ERR_OK && (g->scam == 0 || desk_i(&m, MATERIAL_F_SCAM) == g->scam)) {
		e = read_material(g->r, &m, g->en, &i);
		if (e != ERR_OK) {
			release(&i);
		} else {
			if (k < g->n)
				release(&g->item[k]);
			g->item[k] = i;
			fill(g, p, &m, &g->item[k], &g->out[k]);
			g->n += k == g->n;
		}
	}
	g->e = e == ERR_ABSENT ? ERR_OK : e; /* what was erased is not shown */
	return g->e == ERR_OK;
}

static enum err gather_all(struct gathering *g)
{
	struct registry_query q = { .kind = DESK_PUBLICATION,
		                        .states = 1u << PUBLICATION_OUT,
		                        .order = REGISTRY_BY_CHANGE };
	enum err e = registry_each(g->r->h->o.registry, &q, gather, g);

	return e == ERR_OK ? g->e : e;
}

static void sort(struct gathering *g)
{
	for (uint32_t i = 1; i < g->n; i++) {
		struct feed_item x = g->out[i];
		uint32_t k = i;

		for (; k > 0 && later_first(&x, &g->out[k - 1]); k--)
			g->out[k] = g->out[k - 1];
		g->out[k] = x;
	}
}

static bool take_query(struct request *r, bool *en, uint32_t *scam)
{
	const char *lang = request_query(r, "lang"), *type = request_query(r, "scam");

	*en = lang != NULL && strcmp(lang, "en") == 0;
	*scam = type == NULL ? 0 : desk_choice_find(&desk_scams, text_z(type));
	if ((lang == NULL || *en || strcmp(lang, "zh") == 0) && (type == NULL || *scam != 0))
		return true;
	answer_problem(r, 400, "query", "The request is wrong", "lang is zh or en; scam is a type of scam");
	return false;
}

static void put_feed(struct gathering *g, enum feed_form form, const char *path)
{
	char home[URL_MAX], self[URL_MAX], query[64] = "";
	const char *and = "?";
	int64_t changed_us = 0;

	if (g->en) {
		snprintf(query, sizeof(query), "?lang=en");
		and = "&";
	}
	if (g->scam != 0)
		snprintf(query + strlen(query), sizeof(query) - strlen(query), "%sscam=%s", and,
		         desk_scams.choice[g->scam].name);
	snprintf(home, sizeof(home), "%s/", g->base);
	snprintf(self, sizeof(self), "%s%s%s", g->base, path, query);
	sort(g);
	for (uint32_t i = 0; i < g->n; i++)
		changed_us = g->out[i].changed_us > changed_us ? g->out[i].changed_us : changed_us;
	feed_put(&g->r->out, form,
	         &(struct feed){ .title = g->en ? "Anti-fraud notices" : "反诈宣传",
	                         .description = g->en ? "How frauds work, and what to do. Questions: call 96110."
	                                              : "诈骗手法与防范提示。疑问请拨打 96110。",
	                         .language = g->en ? "en" : "zh-CN",
	                         .home_url = home,
	                         .self_url = self,
	                         .changed_us = changed_us,
	                         .n = g->n,
	                         .item = g->out });
}

static void run_feed(struct request *r, enum feed_form form, const char *path)
{
	struct gathering *g = mem_alloc(sizeof(*g));
	enum err e = g == NULL ? ERR_MEMORY : ERR_OK;

	if (e == ERR_OK) {
		g->r = r;
		if (!take_query(r, &g->en, &g->scam)) {
			mem_free(g);
			return;
		}
		base_url(r, g->base);
		e = gather_all(g);
	}
	if (e == ERR_OK) {
		put_feed(g, form, path);
		desk_answer_tagged(r, r->out.n, true);
		r->type = feed_media[form];
		r->keeps = KEPT_PUBLIC;
	} else {
		desk_answer_store(r, e);
	}
	for (uint32_t i = 0; g != NULL && i < g->n; i++)
		release(&g->item[i]);
	mem_free(g);
}

static void run_rss(struct request *r)
{
	run_feed(r, FEED_RSS, "/v1/public/feed.rss");
}

static void run_atom(struct request *r)
{
	run_feed(r, FEED_ATOM, "/v1/public/feed.atom");
}

static void run_json(struct request *r)
{
	run_feed(r, FEED_JSON, "/v1/public/feed.json");
}

/* ---- one ---- */

/* False: there is no such thing in public; the answer is set and does not say more. */
static bool asked(struct request *r, struct desk_object *p, struct desk_object *m)
{
	uint32_t kind;
	uint64_t id;
	enum err e = desk_id_parse(r->arg[0], &kind, &id);

	e = e == ERR_OK && kind == DESK_PUBLICATION ? registry_load(r->h->o.registry, id, p) : ERR_ABSENT;
	if (e == ERR_OK)
		e = p->kind == DESK_PUBLICATION && on_the_web(p) ? shown_material(r, p, m) : ERR_ABSENT;
	if (e == ERR_OK)
		return true;
	if (e == ERR_ABSENT)
		answer_problem(r, 404, "material", "Nothing is published here 没有这项内容", "it may have been taken down");
	else
		desk_answer_store(r, e);
	return false;
}

static void put_page(struct request *r, const struct desk_object *p, const struct desk_object *m, const struct item *i,
                     bool en)
{
	struct buf *b = &r->out, id;

	buf_init(&id, 64);
	desk_id_print(&id, DESK_PUBLICATION, p->id);
	HTML(b, "<!doctype html>\n<html");
	page_attr(b, "lang", en ? TEXT("en") : TEXT("zh-CN"));
	HTML(b,
	     ">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	     "<title>");
	page_text(b, buf_view(&i->title));
	HTML(b, "</title></head>\n<body><main><h1>");
	page_text(b, buf_view(&i->title));
	HTML(b, "</h1>\n");
	if (desk_has(m, MATERIAL_F_PICTURE)) {
		HTML(b, "<p><img alt=\"\" width=\"480\"");
		PAGE_URL(b, "src", "/v1/public/materials/%/picture", buf_view(&id));
		HTML(b, "></p>\n");
	}
	page_paragraphs(b, buf_view(&i->summary));
	page_paragraphs(b, buf_view(&i->body));
	HTML(b, "<p><small>");
	clock_format_short(b, desk_i(p, PUBLICATION_F_OUT), &clock_shanghai);
	page_z(b, en ? " · Questions: call 96110. Cheated: call 110 at once." : " · 疑问请拨打 96110，被骗请立即拨打 110");
	HTML(b, "</small></p></main></body>\n</html>\n");
	buf_release(&id);
}

static void run_page(struct request *r)
{
	struct desk_object p, m;
	struct item i;
	uint32_t scam;
	bool en;
	enum err e;

	if (!take_query(r, &en, &scam) || !asked(r, &p, &m))
		return;
	e = read_material(r, &m, en, &i);
	if (e == ERR_OK) {
		put_page(r, &p, &m, &i, en);
		desk_answer_tagged(r, r->out.n, true);
		r->type = "text/html; charset=utf-8";
		r->keeps = KEPT_PUBLIC;
		r->content_policy = PAGE_POLICY;
	} else if (e == ERR_ABSENT) {
		answer_problem(r, 404, "material", "Nothing is published here 没有这项内容", "it may have been taken down");
	} else {
		desk_answer_store(r, e);
	}
	release(&i);
}

static void run_picture(struct request *r)
{
	enum picture_type type;
	struct desk_object p, m;
	enum err e;

	if (!asked(r, &p, &m))
		return;
	e = desk_has(&m, MATERIAL_F_PICTURE) ? files_read(r->h->o.files, m.value[MATERIAL_F_PICTURE].ref, &type, &r->out)
	                                     : ERR_ABSENT;
	if (e == ERR_OK && type == PICTURE_PDF) /* papers are not for the public */
		e = ERR_ABSENT;
	if (e != ERR_OK) {
		buf_clear(&r->out);
		answer_problem(r, e == ERR_ABSENT ? 404 : 503, "picture", "The picture can't be read", err_name(e));
		return;
	}
	desk_answer_tagged(r, r->out.n, true);
	r->type = picture_media[type];
	r->keeps = KEPT_PUBLIC;
}

/* ---- for print ---- */

static void set_for_print(struct request *r, const struct item *i, bool markdown, uint32_t width)
{
	struct buf *b = &r->out, text;
	struct print_count count = { 0, 0 };

	buf_init(&text, 1 << 20);
	if (markdown) {
		HTML(&text, "# ");
		print_markdown(&text, buf_view(&i->title));
		HTML(&text, "\n\n**");
		print_markdown(&text, buf_view(&i->summary));
		HTML(&text, "**\n\n");
		count.characters = print_characters(buf_view(&i->title)) + print_characters(buf_view(&i->summary));
	} else {
		print_set(&text, buf_view(&i->title), width, &count);
		buf_char(&text, '\n');
		print_set(&text, buf_view(&i->summary), width, &count);
		buf_char(&text, '\n');
	}
	print_set(&text, buf_view(&i->body), markdown ? PRINT_WIDTH_MOST : width, &count);
	buf_printf(b, "{\"format\":\"%s\",\"width\":%u,\"characters\":%" PRIu64 ",\"lines\":%" PRIu64 ",\"text\":",
	           markdown ? "markdown" : "plain", width, count.characters, count.lines);
	buf_json(b, buf_view(&text));
	buf_z(b, "}\n");
	b->err = text.err != ERR_OK ? text.err : b->err;
	buf_release(&text);
	r->status = 200;
}

static void run_print(struct request *r)
{
	const char *format = request_query(r, "format");
	bool markdown = format != NULL && strcmp(format, "markdown") == 0, en;
	struct desk_asker a;
	struct desk_object m;
	struct item i;
	uint64_t width;
	uint32_t scam;
	enum err e;

	if (!desk_asker(r, &a) || !take_query(r, &en, &scam) ||
	    !request_number(r, "width", WIDTH_USUAL, PRINT_WIDTH_MOST, &width) ||
	    !desk_asked_object(r, &a, &desk_material, r->arg[0], &m))
		return;
	if ((format != NULL && !markdown && strcmp(format, "plain") != 0) || width < PRINT_WIDTH_LEAST) {
		answer_problem(r, 400, "query", "The request is wrong",
		               "format is plain or markdown; width is 16 to 400 columns");
		return;
	}
	e = read_material(r, &m, en, &i);
	if (e == ERR_OK)
		set_for_print(r, &i, markdown, (uint32_t)width);
	else if (e == ERR_ABSENT)
		answer_problem(r, 404, "text", "The text is gone", "it was erased");
	else
		desk_answer_store(r, e);
	release(&i);
}

const struct route http_publicity_routes[] = {
	{ "GET", "/v1/public/feed.rss", 0, ROUTE_PUBLIC, run_rss },
	{ "GET", "/v1/public/feed.atom", 0, ROUTE_PUBLIC, run_atom },
	{ "GET", "/v1/public/feed.json", 0, ROUTE_PUBLIC, run_json },
	{ "GET", "/v1/public/materials/*", 0, ROUTE_PUBLIC, run_page },
	{ "GET", "/v1/public/materials/*/picture", 0, ROUTE_PUBLIC, run_picture },
	{ "GET", "/v1/materials/*/print", SCOPE_DESK, ROUTE_SLOW, run_print },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
