/* http_entities.c - an entity as it stands: its windows from the engine, between two groups of events, and its latest alerts. */
#include <inttypes.h>
#include <jansson.h>
#include "gateway/http_int.h"
#include "show/entity_json.h"

enum {
	ENTITY_ALERTS = 20,
	ENTITY_ALERTS_LOOKED_AT = 2000
};

struct asked {
	struct request *r;
	struct text kind;
	struct token token;
	bool found;
	enum err err;
};

/* On the writer's thread: decisions wait for it. */
static void look(void *ctx, struct shard *s)
{
	struct asked *k = ctx;
	const struct policy *p = shard_policy_in_force(s);
	struct shower shower = { .policy = p };
	struct buf *b = &k->r->out;
	int kind = schema_entity_find(&p->schema, k->kind);
	struct entity_ref e = { 0 };

	if (kind >= 0)
		e = engine_find(shard_engine(s), (uint8_t)kind, k->token);
	k->found = e.index != 0;
	if (!k->found)
		return;
	buf_char(b, '{');
	k->err = entity_json(b, &shower, shard_engine(s), e);
	buf_printf(b, ",\"position\":%" PRIu64, shard_next(s) - 1);
}

static bool is_about(const struct buf *line, struct text token)
{
	json_t *alert;
	const char *about;
	bool ok;

	if (!text_contains(buf_view(line), token)) /* most are not, and need no parsing */
		return false;
	alert = json_loadb(line->p, line->n, 0, NULL);
	about = json_string_value(json_object_get(json_object_get(alert, "about"), "token"));
	ok = about != NULL && text_eq(text_z(about), token);
	json_decref(alert);
	return ok;
}

/* The latest alerts about it, newest first; behind `alerts_since` there are no others. */
static void put_alerts(struct request *r, struct text token)
{
	struct alertlog *log = r->h->o.log;
	uint64_t number = alertlog_count(log), looked = 0, n = 0, position, at = number > 0 ? number - 1 : 0;
	struct buf line;

	buf_init(&line, ALERTLOG_LINE_MAX);
	buf_z(&r->out, ",\"alerts\":[");
	while (number > 0 && n < ENTITY_ALERTS && looked++ < ENTITY_ALERTS_LOOKED_AT &&
	       alertlog_read(log, &at, &line, &position) == ERR_OK && at + 1 == number) {
		number = at;
		at = number > 0 ? number - 1 : 0;
		if (!is_about(&line, token))
			continue;
		if (n++ > 0)
			buf_char(&r->out, ',');
		buf_add(&r->out, line.p, line.n - 1);
	}
	buf_printf(&r->out, "],\"alerts_since\":%" PRIu64 "}\n", number);
	buf_release(&line);
}

static void run_entity(struct request *r)
{
	struct asked k = { .r = r, .kind = r->arg[0] };
	char token[TOKEN_HEX + 1];
	bool ran;

	if (!request_sees_all(r))
		return;
	ran = token_parse(r->arg[1], &k.token);
	if (ran && !writer_do(r->h->o.writer, look, &k)) {
		answer_problem(r, 503, "stopping", "The service is stopping", "try again after a second");
		return;
	}
	if (!ran || !k.found) {
		answer_problem(
			r, 404, "unknown", "No such entity",
			"the path is /v1/entities/KIND/TOKEN: a kind of the policy, and 32 hexadecimal digits that events have named");
		return;
	}
	if (k.err != ERR_OK) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	token_show(k.token, token); /* as alerts have it */
	put_alerts(r, text_z(token));
	r->status = 200;
}

const struct route http_entities_routes[] = {
	{ "GET", "/v1/entities/*/*", SCOPE_ENTITIES, ROUTE_SLOW, run_entity },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
