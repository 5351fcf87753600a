/* http_verdict.c - POST /v1/alerts/ID/verdict: an analyst looked at an alert and found it right or wrong; and the last verdict in what shows alerts.
 *
 * One verdict at a time: each is journaled knowing the one before, and only a change tells the rules something new (verdict.h). The event's idempotency key is made of the alert, of the verdict and of
 * where the one before stands, so that a retry after a failure in between tells it once.
 * Of who found it, others than its own organisation and those who see everything are not told. */
#include <inttypes.h>
#include "base/mem.h"
#include "desk/machine.h"
#include "gateway/http_desk_int.h"
#include "gateway/labels.h"
#include "gateway/verdict.h"

enum {
	NAME_SPACE_VERDICTS = 0x56455244 /* keeps these idempotency keys apart from tokens and from askers' keys */
};
#define JUDGES (1u << ROLE_ANALYST | 1u << ROLE_LEADER | 1u << ROLE_QUALITY)

struct judging {
	struct request *r;
	uint64_t user; /* 0: a key without a place at the desk */
	struct text id, rule;
	uint64_t alert;
	struct body_member verdict, why;
	bool right;
	json_t *shown;                  /* the alert, as the asker may see it */
	struct registry_verdict before; /* act 0: none */
	struct label label;
	struct buf act, tokens;
	struct shard_act said;
	struct event event;
	struct shard_item item[2];
	uint32_t n;
	enum err err;
};

/* ---- who, what, about which ---- */

/* Of people their roles decide, of keys their scope. False: the answer is set. */
static bool may_judge(struct judging *g)
{
	struct desk_asker a;

	if (g->r->h->o.registry == NULL) {
		answer_problem(g->r, 503, "desk", "There is no desk here", "this service was started without it");
		return false;
	}
	if (g->r->session.user == 0)
		return true;
	if (!desk_asker(g->r, &a))
		return false;
	g->user = a.user;
	if ((a.roles & JUDGES) == 0)
		desk_answer_refusal(g->r, DESK_REFUSED_ROLE, NULL, 0, "analyst, leader and quality judge alerts");
	return (a.roles & JUDGES) != 0;
}

static bool take_body(struct judging *g)
{
	struct body_member m[] = { { .name = "verdict", .max = 5, .needed = true },
		                       { .name = "why", .max = ACT_WHY_MAX, .needed = true, .reason = true } };

	if (!request_body(g->r, m, ARRAY_LEN(m)))
		return false;
	g->verdict = m[0];
	g->why = m[1];
	g->right = text_eq(m[0].value, TEXT("true"));
	if (g->right || text_eq(m[0].value, TEXT("false")))
		return true;
	answer_problem(g->r, 400, "body", "The body is not what this path takes", "\"verdict\" is \"true\" or \"false\"");
	return false;
}

/* The line at hand, if it is the alert. */
static void look(struct judging *g, const struct viewer *v, struct text line, struct buf *shown)
{
	json_t *j = view_alert(v, line, shown) == ERR_OK ? json_loadb(shown->p, shown->n, 0, NULL) : NULL;
	const char *rule = json_string_value(json_object_get(j, "rule"));

	if (rule != NULL && g->shown == NULL && text_eq(text_z(rule), g->rule))
		g->shown = j;
	else
		json_decref(j);
}

/* False: the answer is set. */
static bool find_alert(struct judging *g)
{
	struct alertlog *log = g->r->h->o.log;
	struct viewer viewer = request_viewer(g->r);
	uint64_t number = 0, at = 0, position = 0;
	struct buf line, shown;
	enum err e = verdict_alert(g->id, &g->alert, &g->rule) ? alertlog_find(log, g->alert, &number) : ERR_ABSENT;

	buf_init(&line, ALERTLOG_LINE_MAX);
	buf_init(&shown, ALERTLOG_LINE_MAX);
	for (; e == ERR_OK && g->shown == NULL; number = at + 1) {
		at = number;
		e = alertlog_read(log, &at, &line, &position);
		if (e != ERR_OK || position != g->alert)
			break;
		look(g, &viewer, buf_view(&line), &shown);
	}
	buf_release(&line);
	buf_release(&shown);
	if (e != ERR_OK && e != ERR_ABSENT)
		answer_problem(g->r, 503, "alerts", "The alerts can't be read", err_name(e));
	else if (g->shown == NULL)
		answer_problem(g->r, 404, "unknown", "No such alert", "POSITION.RULE, as alerts show it, of one that is kept");
	return g->shown != NULL;
}

static void add_about(struct judging *g, const json_t *entity, uint32_t at)
{
	const char *kind = json_string_value(json_object_get(entity, "kind"));
	const char *token = json_string_value(json_object_get(entity, "token"));
	struct desk_entity *x = &g->label.about[at];

	if (kind == NULL || token == NULL || !token_parse(text_z(token), &x->token))
		return;
	x->kind = (uint8_t)desk_entity_named(text_z(kind));
	buf_printf(&g->tokens, "%s%s:%s", g->tokens.n > 0 ? " " : "", kind, token);
}

/* Whom it is about, last, and whom its first measures would meet. False: the asker may not know; the answer is set. */
static bool take_label(struct judging *g)
{
	const json_t *about = json_object_get(g->shown, "about"), *measures = json_object_get(g->shown, "measures");

	if (!json_is_string(json_object_get(about, "token"))) {
		answer_problem(g->r, 403, "visibility", "Whom this alert is about is not yours to know",
		               "who judges an alert sees what it is about");
		return false;
	}
	for (uint32_t i = 0; i + 1 < LABEL_ABOUT_MAX; i++)
		add_about(g, json_object_get(json_array_get(measures, i), "target"), i);
	add_about(g, about, LABEL_ABOUT_MAX - 1);
	g->label.right = g->right;
	g->label.rule = rule_code(g->rule);
	g->label.time_us = g->r->h->o.now_us();
	return true;
}

/* ---- known before ---- */

static void note_before(void *ctx, const struct registry_verdict *v)
{
	struct judging *g = ctx;

	if (text_eq(text_z(v->rule), g->rule))
		g->before = *v;
}

static bool same_as_before(const struct judging *g)
{
	return g->before.act != 0 && g->before.right == g->right;
}

/* ---- into the journal ---- */

static void put_act(struct judging *g)
{
	struct request *r = g->r;

	if (g->user != 0)
		desk_act_begin(&g->act, "verdict", r, g->user, g->why.value);
	else
		act_begin(&g->act, "verdict", &r->who, g->why.value);
	act_text(&g->act, "alert", g->id);
	act_text(&g->act, "verdict", g->verdict.value);
	act_text(&g->act, "tokens", buf_view(&g->tokens));
	act_end(&g->act, g->label.time_us, &r->who, &g->said);
	if (g->tokens.err != ERR_OK)
		g->act.err = g->tokens.err;
}

static void put_key(struct judging *g, unsigned char key[RECORD_KEY_BYTES])
{
	struct buf b;
	struct token t;

	buf_init(&b, 1024);
	buf_printf(&b, "%" PRIu64 " %d %" PRIu64 " ", g->alert, g->right, g->before.act);
	buf_text(&b, g->rule);
	t = hash_token(g->r->h->o.key, NAME_SPACE_VERDICTS, buf_view(&b));
	memcpy(key, &t, RECORD_KEY_BYTES);
	g->act.err = b.err != ERR_OK ? b.err : g->act.err;
	buf_release(&b);
}

/* On the writer's thread: the act, and with it the event if there is news and the policy has one. */
static void journal(void *ctx, struct shard *s)
{
	struct judging *g = ctx;

	g->item[0] =
		(struct shard_item){ .act = g->said.payload, .time_us = g->said.time_us, .organisation = g->said.organisation };
	g->n = 1;
	if (!same_as_before(g) && label_event(s, g->r->h->o.key, &g->label, &g->event)) {
		g->item[1] = (struct shard_item){ .event = &g->event, .keyed = true };
		put_key(g, g->item[1].key);
		g->n = 2;
	}
	g->err = g->act.err != ERR_OK ? g->act.err : shard_apply(s, g->item, g->n);
}

/* ---- answers ---- */

static void put_verdict(struct request *r, struct buf *b, const struct registry_verdict *v)
{
	bool known = tenant_sees_all(r->tenant) || (v->organisation != 0 && v->organisation == r->who.organisation);

	buf_printf(b, "{\"verdict\":\"%s\",\"by\":", v->right ? "true" : "false");
	if (known)
		buf_json(b, text_z(v->by));
	else
		buf_z(b, "null");
	buf_z(b, ",\"time\":");
	desk_put_time(b, v->time_us);
	buf_char(b, '}');
}

static void answer(struct judging *g)
{
	struct request *r = g->r;
	struct record said = { .position = g->item[0].answer.position,
		                   .time = g->said.time_us,
		                   .kind = RECORD_ACT,
		                   .organisation = g->said.organisation,
		                   .payload = g->said.payload };
	struct registry_verdict v;

	CHECK(verdict_take(&said, &v)); /* as the projector reads it */
	buf_z(&r->out, "{\"alert\":");
	buf_json(&r->out, g->id);
	buf_z(&r->out, ",\"verdict\":");
	put_verdict(r, &r->out, &v);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"label\":", v.act);
	if (g->n == 2)
		buf_printf(&r->out, "%" PRIu64 "}\n", g->item[1].answer.position);
	else
		buf_z(&r->out, "null}\n");
	r->status = 200;
}

static void judge(struct judging *g)
{
	struct request *r = g->r;
	enum err e = registry_verdicts(r->h->o.registry, g->alert, note_before, g);

	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	put_act(g);
	g->err = ERR_STOPPED;
	if (!writer_do(r->h->o.writer, journal, g) || g->err != ERR_OK)
		answer_problem(r, 503, "journal", "The journal can't be written", "nothing was judged; try again");
	else if (projector_reach(r->h->o.projector, g->item[g->n - 1].answer.position) != ERR_OK)
		answer_problem(r, 503, "registry",
		               "The verdict is journaled, but the desk's registry can't be brought up to date",
		               "it is shown as soon as it can; giving it again does no harm");
	else
		answer(g);
}

static void run_verdict(struct request *r)
{
	struct judging *g = mem_alloc(sizeof(*g));

	if (g == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	g->r = r;
	g->id = r->arg[0];
	buf_init(&g->act, ACT_BYTES_MAX);
	buf_init(&g->tokens, 4096);
	if (may_judge(g) && take_body(g) && find_alert(g) && take_label(g)) {
		pthread_mutex_lock(&r->h->judging);
		judge(g);
		pthread_mutex_unlock(&r->h->judging);
	}
	json_decref(g->shown);
	buf_release(&g->act);
	buf_release(&g->tokens);
	mem_free(g);
}

/* ---- in what shows alerts ---- */

struct showing {
	struct request *r;
	json_t *alert;
	struct buf *shown;
	bool put, failed;
};

static void show_one(void *ctx, const struct registry_verdict *v)
{
	struct showing *s = ctx;
	const char *rule;

	if (s->alert == NULL)
		s->alert = json_loadb(s->shown->p, s->shown->n, JSON_DISABLE_EOF_CHECK, NULL);
	rule = json_string_value(json_object_get(s->alert, "rule"));
	s->failed |= rule == NULL;
	if (rule == NULL || s->put || strcmp(rule, v->rule) != 0)
		return;
	s->put = true;
	s->shown->n--; /* its } */
	buf_z(s->shown, ",\"verdict\":");
	put_verdict(s->r, s->shown, v);
	buf_char(s->shown, '}');
}

enum err verdict_show(struct request *r, uint64_t position, struct buf *shown)
{
	struct showing s = { .r = r, .shown = shown };
	enum err e = ERR_OK;

	CHECK(shown->n > 1 && shown->p[shown->n - 1] == '}');
	if (r->h->o.registry != NULL)
		e = registry_verdicts(r->h->o.registry, position, show_one, &s);
	json_decref(s.alert);
	if (e == ERR_OK && !s.put) {
		shown->n--;
		buf_z(shown, ",\"verdict\":null}");
	}
	return e != ERR_OK ? e : s.failed ? ERR_FORMAT : shown->err;
}

const struct route http_verdict_routes[] = {
	{ "POST", "/v1/alerts/*/verdict", SCOPE_ALERTS, ROUTE_SLOW, run_verdict },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
