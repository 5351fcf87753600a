/* http_reveal.c - tokens back into identifiers, identifiers into tokens, and out of the world.
 *
 * Each of these is an act: who did it and why stands in the journal before anything is shown or done, and stays there if it comes to nothing. One
 * token a request, so that every one has its own reason.
 *
 * POST /v1/token is an oracle: who may ask it could turn tokens back by trying all numbers. So each answer is an act too, and a key gets
 * TOKENS_BURST at once and TOKENS_PER_SECOND from then on: trying the ten million phones of a city would take it four months, and leave ten million acts. */
#include <inttypes.h>
#include "base/clock.h"
#include "event/ident.h"
#include "gateway/http_int.h"

enum {
	CASE_MAX = 200, /* bytes */
	TOKENS_BURST = 60,
	TOKENS_PER_SECOND = 1
};

struct asked { /* one token, or one value */
	struct body_member kind, subject, reason, file;
	uint8_t kind_index;
	struct token token;
};

/* ---- who did how much ---- */

static struct asker *asker_of(struct http *h, const char *key_id)
{
	struct asker *a;

	for (uint32_t i = 0; i < h->n_askers; i++)
		if (strcmp(h->asker[i].key_id, key_id) == 0)
			return &h->asker[i];
	if (h->n_askers == ASKERS_MAX)
		return &h->asker[ASKERS_MAX - 1];
	a = &h->asker[h->n_askers++];
	*a = (struct asker){ .done = { 0 } };
	if (h->n_askers == ASKERS_MAX)
		key_id = "others";
	memcpy(a->key_id, key_id, strlen(key_id) + 1);
	return a;
}

/* False: too many tokens; the answer is set. */
static bool count_deed(struct request *r, enum deed deed)
{
	static const struct tenant limit = { .rate = TOKENS_PER_SECOND, .burst = TOKENS_BURST };
	struct http *h = r->h;
	struct asker *a;
	int64_t wait_us = 0;
	bool ok;

	pthread_mutex_lock(&h->askers_lock);
	a = asker_of(h, r->who.key_id);
	ok = deed != DEED_TOKEN || rate_take(&a->tokens_left, &limit, 1, h->o.now_us(), &wait_us);
	a->done[ok ? deed : DEED_TOKEN_REFUSED]++;
	pthread_mutex_unlock(&h->askers_lock);
	if (ok)
		return true;
	r->retry_after_s = (wait_us + US_PER_SECOND - 1) / US_PER_SECOND;
	answer_problem(r, 429, "rate", "Too many tokens were asked for", "60 at once and 60 a minute are what a key gets");
	return false;
}

bool http_token_asked(struct request *r)
{
	return count_deed(r, DEED_TOKEN);
}

void reveal_metrics(struct request *r)
{
	static const char *const name[DEEDS][2] = {
		[DEED_REVEAL] = { "reveals_total", "Tokens that a key asked to be turned back." },
		[DEED_ERASE] = { "erasures_total", "Erasures that a key asked for." },
		[DEED_TOKEN] = { "tokens_total", "Identifiers that a key asked the token of." },
		[DEED_TOKEN_REFUSED] = { "tokens_refused_total", "Such requests beyond the rate." },
	};
	struct http *h = r->h;

	pthread_mutex_lock(&h->askers_lock);
	for (int d = 0; d < DEEDS; d++) {
		buf_printf(&r->out, "# HELP duanka_%s %s\n# TYPE duanka_%s counter\n", name[d][0], name[d][1], name[d][0]);
		for (uint32_t i = 0; i < h->n_askers; i++)
			buf_printf(&r->out, "duanka_%s{key=\"%s\"} %" PRIu64 "\n", name[d][0], h->asker[i].key_id,
			           h->asker[i].done[d]);
	}
	pthread_mutex_unlock(&h->askers_lock);
}

/* ---- acts ---- */

struct act_task {
	struct request *r;
	struct buf *act;
	void (*with)(void *ctx);
	void *ctx;
	uint64_t position;
	enum err err;
};

static void run_act(void *ctx, struct shard *s)
{
	struct act_task *t = ctx;

	t->err = act_note(t->act, s, t->r->h->o.now_us(), &t->r->who);
	t->position = shard_next(s) - 1;
	if (t->err == ERR_OK && t->with != NULL)
		t->with(t->ctx);
}

bool http_act(struct request *r, struct buf *act, void (*with)(void *ctx), void *ctx, uint64_t *position)
{
	struct act_task t = { .r = r, .act = act, .with = with, .ctx = ctx, .err = ERR_STOPPED };

	if (!writer_do(r->h->o.writer, run_act, &t))
		buf_release(act);
	*position = t.position;
	if (t.err == ERR_OK)
		return true;
	answer_problem(r, 503, "journal", "The journal can't be written",
	               "without a record of who did it and why nothing is shown or done");
	return false;
}

/* ---- what all of them read ---- */

static bool read_asked(struct request *r, struct asked *a, const char *subject, size_t subject_max, bool needs_reason)
{
	struct body_member m[] = { { .name = "kind", .max = SCHEMA_NAME_MAX, .needed = true },
		                       { .name = subject, .max = subject_max, .needed = true },
		                       { .name = "reason", .max = ACT_WHY_MAX, .needed = needs_reason, .reason = true },
		                       { .name = "case", .max = CASE_MAX, .reason = true } };
	int kind;

	if (!request_body(r, m, ARRAY_LEN(m)))
		return false;
	*a = (struct asked){ .kind = m[0], .subject = m[1], .reason = m[2], .file = m[3] };
	kind = schema_entity_find(&request_policy(r)->schema, a->kind.value);
	if (kind < 0) {
		answer_problem(r, 400, "kind", "There is no such kind of entity", "the policy names them: phone, account, ...");
		return false;
	}
	a->kind_index = (uint8_t)kind;
	return true;
}

static bool read_token(struct request *r, struct asked *a)
{
	if (!read_asked(r, a, "token", TOKEN_HEX, true))
		return false;
	if (token_parse(a->subject.value, &a->token))
		return true;
	answer_problem(r, 400, "token", "This is not a token", "a token is 32 hexadecimal digits, as alerts show it");
	return false;
}

static void begin_act(struct buf *b, const char *act, struct request *r, const struct asked *a)
{
	char hex[TOKEN_HEX + 1];

	act_begin(b, act, &r->who, a->reason.value);
	act_text(b, "kind", a->kind.value);
	token_show(a->token, hex);
	act_text(b, "token", text_z(hex));
	if (a->file.value.n > 0)
		act_text(b, "case", a->file.value);
}

static void begin_answer(struct request *r, const struct asked *a)
{
	char hex[TOKEN_HEX + 1];

	token_show(a->token, hex);
	buf_z(&r->out, "{\"kind\":");
	buf_json(&r->out, a->kind.value);
	buf_printf(&r->out, ",\"token\":\"%s\"", hex);
}

static void end_answer(struct request *r, uint64_t position)
{
	buf_printf(&r->out, ",\"act\":%" PRIu64 "}\n", position);
	r->status = 200;
}

static void answer_error(struct request *r, enum err e)
{
	if (e == ERR_ABSENT)
		answer_problem(r, 404, "unknown", "Nothing is known of this token",
		               "it was never seen, has been erased, or is of another kind");
	else if (e == ERR_FORMAT)
		answer_problem(r, 500, "damaged", "The entry is damaged", "restore the dictionary from a copy");
	else
		answer_problem(r, 503, "dictionary", "The dictionary can't be used", err_name(e));
}

/* ---- the paths ---- */

static void run_reveal(struct request *r)
{
	char plain[DICTIONARY_PLAIN_MAX];
	struct asked a;
	struct buf act;
	uint64_t position;
	size_t n;
	enum err e;

	if (!read_token(r, &a) || !count_deed(r, DEED_REVEAL))
		return;
	begin_act(&act, "reveal", r, &a);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	e = names_reveal(r->h->o.keep->names, position + 1, a.token, a.kind_index, plain, &n);
	if (e != ERR_OK) {
		answer_error(r, e);
		return;
	}
	begin_answer(r, &a);
	buf_z(&r->out, ",\"plain\":");
	buf_json(&r->out, text_of(plain, n));
	end_answer(r, position);
}

struct erasing {
	struct request *r;
	struct asked a;
	uint64_t position;
};

static void forget(void *ctx)
{
	const struct erasing *x = ctx;

	names_forget(x->r->h->o.keep->names, x->a.token, x->a.kind_index);
}

static enum err act_erase(void *ctx, uint64_t *position)
{
	struct erasing *x = ctx;
	struct buf act;

	begin_act(&act, "erase", x->r, &x->a);
	if (!http_act(x->r, &act, forget, x, &x->position))
		return ERR_STOPPED;
	*position = x->position;
	return ERR_OK;
}

static void run_erase(struct request *r)
{
	struct erasing x = { .r = r };
	enum err e;

	if (!read_token(r, &x.a) || !count_deed(r, DEED_ERASE))
		return;
	e = names_erase(r->h->o.keep->names, x.a.token, x.a.kind_index, act_erase, &x);
	if (e == ERR_OK) {
		begin_answer(r, &x.a);
		end_answer(r, x.position);
	} else if (r->status == 0) {
		answer_error(r, e);
	}
}

static void run_token(struct request *r)
{
	const struct schema_entity *kind;
	char scratch[EVENT_IDENT_MAX];
	const char *why = NULL;
	struct ident id;
	struct asked a;
	struct buf act;
	uint64_t position;

	if (!read_asked(r, &a, "value", EVENT_IDENT_MAX, false))
		return;
	kind = &r->edition->policy.schema.entity[a.kind_index];
	if (ident_make(r->h->o.key, kind->form, a.kind_index, IDENT_STRICT, a.subject.value, scratch, &id, &why) !=
	    ERR_OK) {
		answer_problem(r, 422, "value", "This is no identifier of that kind", why);
		return;
	}
	if (!count_deed(r, DEED_TOKEN))
		return;
	a.token = id.token;
	begin_act(&act, "token", r, &a);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	begin_answer(r, &a);
	buf_z(&r->out, ",\"shown\":");
	buf_json(&r->out, text_z(id.shown));
	end_answer(r, position);
}

const struct route http_reveal_routes[] = {
	{ "POST", "/v1/reveal", SCOPE_REVEAL, ROUTE_SLOW, run_reveal },
	{ "POST", "/v1/erase", SCOPE_REVEAL, ROUTE_SLOW, run_erase },
	{ "POST", "/v1/token", SCOPE_ENTITIES, ROUTE_SLOW, run_token },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
