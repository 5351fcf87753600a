/* http_routes.c - what each path does.
 *
 * decide and events decode here, on the connection's thread, and come back on the writer's thread with the answers; everything
 * else reads what others have written and answers at once. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/http_int.h"

enum {
	ALERTS_PER_ANSWER = 1000,
	ALERTS_LOOKED_AT = 2000 /* in one request: a filter that fits little must not hold a thread; the cursor goes on */
};

/* ---- decoding ---- */

static bool decode(struct request *r, struct text line, struct taken *t, struct bad *bad)
{
	const struct schema *schema = &r->h->o.policy->schema;
	struct event_builder b = { .schema = schema, .key = r->h->o.key, .bytes = t->bytes, .cap = sizeof(t->bytes) };
	struct json_pair pair[JSON_PAIRS_MAX];
	struct event_pair p[JSON_PAIRS_MAX];
	size_t n, at;
	bool escapes = memchr(line.p, '\\', line.n) != NULL;

	*bad = (struct bad){ .path = TEXT("http"), .line = r->line, .raw = line, .field = TEXT("") };
	bad->reason = line.n > EVENT_RAW_MAX ? BAD_TOO_LONG : memchr(line.p, 0, line.n) != NULL ? BAD_NUL : BAD_NONE;
	if (bad->reason != BAD_NONE)
		return false;
	t->scratch = escapes ? mem_alloc(line.n + 1) : NULL;
	if ((escapes && t->scratch == NULL) ||
	    json_flat(line, pair, &n, escapes ? t->scratch : (char *)(uintptr_t)line.p, &bad->why, &at) != ERR_OK) {
		bad->reason = text_utf8_valid(line) ? BAD_JSON : BAD_ENCODING;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = (struct event_pair){ pair[i].key, pair[i].kind == JSON_KIND_NULL ? TEXT("") : pair[i].value };
	bad->reason = event_build(&b, p, n, &t->event, &bad->field);
	bad->why = b.why;
	if (bad->reason == BAD_NONE && t->event.time > r->h->o.now_us() + r->in_force->config.skew_us) {
		bad->reason = BAD_TIME_AHEAD;
		bad->field = TEXT("time");
	}
	return bad->reason == BAD_NONE;
}

static void keep_bad(struct request *r, const struct bad *bad)
{
	r->bad++;
	r->h->counts.bad_records++;
	if (!r->h->o.quarantine(r->h->o.ctx, bad))
		r->h->counts.by_class[5]++;
}

static bool room(struct request *r, uint32_t cap)
{
	if (!http_hold(r, cap * (sizeof(*r->item) + sizeof(*r->taken))))
		return false;
	r->item = mem_alloc_array(cap, sizeof(*r->item));
	r->taken = mem_alloc_array(cap, sizeof(*r->taken));
	r->cap = cap;
	if (r->item != NULL && r->taken != NULL)
		return true;
	answer_problem(r, 503, "memory", "Out of memory", "try again");
	return false;
}

static void take(struct request *r, uint64_t line)
{
	struct shard_item *it = &r->item[r->n];

	*it = (struct shard_item){ .event = &r->taken[r->n].event, .keyed = r->keyed };

	memcpy(it->key, r->key, sizeof(it->key));
	if (line > 0)
		for (size_t i = 0; i < 8; i++)
			it->key[8 + i] ^= (unsigned char)(line >> 8 * i); /* one key for a batch: each line its own */
	r->n++;
}

/* ---- decide ---- */

static void decided(void *ctx, enum err e)
{
	struct request *r = ctx;

	if (e == ERR_OK)
		answer_decision(r);
	else
		answer_problem(r, 503, "journal", "The journal can't be written",
		               "whether this event was taken is not known; send it again with the same Idempotency-Key");
	r->ready = true;
	http_resume(r);
}

static void run_decide(struct request *r)
{
	struct bad bad;
	struct text body = text_trim(buf_view(&r->body));

	r->line = 1;
	if (!room(r, 1))
		return;
	if (!decode(r, body, &r->taken[0], &bad)) {
		keep_bad(r, &bad);
		answer_bad(r, &bad);
		return;
	}
	take(r, 0);
	http_submit(r, decided);
}

/* ---- events ---- */

static void next_chunk(struct request *r);

static void chunk_done(void *ctx, enum err e)
{
	struct request *r = ctx;

	for (uint32_t i = 0; e == ERR_OK && i < r->n; i++) {
		const struct shard_answer *a = &r->item[i].answer;
		r->accepted += a->outcome == ERR_OK && !a->repeated;
		r->repeated += a->repeated;
		r->late += a->outcome == ERR_LATE && !a->repeated;
		r->refused += a->outcome == ERR_CAP && !a->repeated;
		if (a->n_alerts > 0 || a->outcome != ERR_OK)
			answer_line_alerts(r, r->taken[i].line, a);
	}
	if (e != ERR_OK) {
		answer_problem(r, 503, "journal", "The journal can't be written",
		               "which lines were taken is not known; send the batch again with the same Idempotency-Key");
		r->ready = true;
	}
	http_resume(r);
}

static void forget_scratch(struct request *r)
{
	for (uint32_t i = 0; i < r->cap; i++) {
		mem_free(r->taken[i].scratch);
		r->taken[i].scratch = NULL;
	}
}

static void next_chunk(struct request *r)
{
	forget_scratch(r);
	r->n = 0;
	while (r->n < r->cap && r->at < r->body.n) {
		const char *p = r->body.p + r->at, *nl = memchr(p, '\n', r->body.n - r->at);
		size_t n = nl == NULL ? r->body.n - r->at : (size_t)(nl - p);
		struct taken *t = &r->taken[r->n];
		struct bad bad;

		r->at += n + (nl != NULL);
		r->line++;
		n -= n > 0 && p[n - 1] == '\r';
		if (n == 0)
			continue;
		if (decode(r, text_of(p, n), t, &bad)) {
			t->line = r->line;
			take(r, r->line);
			continue;
		}
		keep_bad(r, &bad);
		answer_line_bad(r, &bad);
		mem_free(t->scratch);
		t->scratch = NULL;
	}
	if (r->n > 0) {
		http_submit(r, chunk_done);
	} else {
		answer_batch(r);
		r->ready = true;
	}
}

static void run_events(struct request *r)
{
	if (r->taken == NULL && !room(r, SHARD_ITEMS_MAX))
		return;
	next_chunk(r);
}

/* ---- reading ---- */

static uint64_t number_argument(struct request *r, const char *name, uint64_t otherwise, uint64_t most)
{
	const char *z = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
	int64_t v;

	if (z == NULL || text_to_int(text_z(z), &v) != ERR_OK || v < 0)
		return otherwise;
	return (uint64_t)v > most ? most : (uint64_t)v;
}

static bool says(const json_t *alert, struct request *r, const char *name)
{
	const char *want = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
	const char *is = json_string_value(json_object_get(alert, name));

	return want == NULL || (is != NULL && strcmp(want, is) == 0);
}

static bool wanted(struct request *r, const struct buf *line)
{
	const char *token = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "token");
	json_t *alert = json_loadb(line->p, line->n, 0, NULL);
	const char *about = json_string_value(json_object_get(json_object_get(alert, "about"), "token"));
	bool ok = says(alert, r, "rule") && says(alert, r, "severity") && says(alert, r, "mode") &&
	          (token == NULL || (about != NULL && strcmp(token, about) == 0));

	json_decref(alert);
	return ok;
}

static void run_alerts(struct request *r)
{
	uint64_t number = number_argument(r, "cursor", 0, UINT64_MAX >> 1),
			 limit = number_argument(r, "limit", 100, ALERTS_PER_ANSWER);
	uint64_t position = number_argument(r, "from", 0, UINT64_MAX >> 1), n = 0, looked = 0;
	struct buf line;

	buf_init(&line, ALERTLOG_LINE_MAX);
	if (position > 0 && number == 0)
		number = alertlog_find(r->h->o.log, position);
	buf_z(&r->out, "{\"alerts\":[");
	while (n < limit && looked++ < ALERTS_LOOKED_AT && alertlog_read(r->h->o.log, number, &line, &position) == ERR_OK) {
		number++;
		if (!wanted(r, &line))
			continue;
		if (n++ > 0)
			buf_char(&r->out, ',');
		buf_add(&r->out, line.p, line.n - 1);
	}
	buf_printf(&r->out, "],\"cursor\":%" PRIu64 "}\n", number);
	buf_release(&line);
	r->status = 200;
}

/* POSITION or POSITION.rule */
static void run_explain(struct request *r)
{
	char *end;
	uint64_t position = strtoull(r->path_rest, &end, 10), at, number, n = 0;
	struct writer_counts c;
	struct buf line;

	writer_counts(r->h->o.writer, &c);
	if (end == r->path_rest || (*end != 0 && *end != '.') || position == 0 || position >= c.next) {
		answer_problem(r, 404, "unknown", "No such decision",
		               "an explanation is named by its position, or by an alert's id");
		return;
	}
	buf_init(&line, ALERTLOG_LINE_MAX);
	buf_printf(&r->out, "{\"position\":%" PRIu64 ",\"alerts\":[", position);
	for (number = alertlog_find(r->h->o.log, position);
	     alertlog_read(r->h->o.log, number, &line, &at) == ERR_OK && at == position; number++) {
		json_t *alert = *end == '.' ? json_loadb(line.p, line.n, 0, NULL) : NULL;
		const char *rule = json_string_value(json_object_get(alert, "rule"));
		bool asked = *end != '.' || (rule != NULL && strcmp(rule, end + 1) == 0);

		json_decref(alert);
		if (!asked)
			continue;
		if (n++ > 0)
			buf_char(&r->out, ',');
		buf_add(&r->out, line.p, line.n - 1);
	}
	buf_z(&r->out, "]}\n");
	buf_release(&line);
	r->status = 200;
	if (*end == '.' && n == 0)
		answer_problem(r, 404, "unknown", "No such alert",
		               "the position is there, but this rule raised no alert on it");
}

static void run_policy(struct request *r)
{
	const struct policy *p = r->h->o.policy;

	buf_z(&r->out, "{\"rules\":[");
	for (uint32_t i = 0; i < p->n_rules; i++) {
		buf_printf(&r->out, "%s{\"name\":", i > 0 ? "," : "");
		buf_json(&r->out, p->rule[i].name);
		buf_printf(&r->out, ",\"mode\":\"%s\",\"severity\":\"%s\",\"score\":%" PRId64 ",\"written\":",
		           p->rule[i].mode == RULE_LIVE     ? "live"
		           : p->rule[i].mode == RULE_SHADOW ? "shadow"
		                                            : "off",
		           policy_severity_name(p->rule[i].severity), (int64_t)p->rule[i].score);
		buf_json(&r->out, p->rule[i].written);
		buf_char(&r->out, '}');
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

static void run_health(struct request *r)
{
	buf_z(&r->out, "{\"status\":\"alive\"}\n");
	r->status = 200;
}

static void run_ready(struct request *r)
{
	struct writer_counts c;
	bool stalled;
	char chain[2 * JOURNAL_CHAIN_BYTES + 1];

	writer_counts(r->h->o.writer, &c);
	stalled = writer_stalled(&c, r->h->o.now_us(), r->in_force->config.stall_us);
	if (c.dead || stalled || r->h->stopping) {
		answer_problem(r, 503, "not-ready", "Not ready",
		               c.dead    ? "the journal could not be written"
		               : stalled ? "the writer does not get on"
		                         : "stopping");
		return;
	}
	for (int i = 0; i < JOURNAL_CHAIN_BYTES; i++)
		snprintf(chain + 2 * i, 3, "%02x", c.chain[i]);
	buf_printf(&r->out, "{\"status\":\"ready\",\"next\":%" PRIu64 ",\"chain\":\"%s\"}\n", c.next, chain);
	r->status = 200;
}

const struct route routes[] = {
	{ "POST", "/v1/decide", SCOPE_DECIDE, run_decide, false },
	{ "POST", "/v1/events", SCOPE_EVENTS, run_events, false },
	{ "GET", "/v1/alerts", SCOPE_ALERTS, run_alerts, false },
	{ "GET", "/v1/alerts/stream", SCOPE_ALERTS, NULL, true },
	{ "GET", "/v1/explain/", SCOPE_ALERTS, run_explain, false },
	{ "GET", "/v1/policy", SCOPE_POLICIES, run_policy, false },
	{ "GET", "/v1/health", 0, run_health, false },
	{ "GET", "/v1/ready", 0, run_ready, false },
	{ "GET", "/metrics", SCOPE_METRICS, answer_metrics, false },
	{ NULL, NULL, 0, NULL, false },
};

const struct route *route_find(const char *method, const char *url, bool *other_method, const char **rest)
{
	*other_method = false;
	for (const struct route *t = routes; t->method != NULL; t++) {
		size_t n = strlen(t->path);
		bool open = t->path[n - 1] == '/';

		if (open ? strncmp(url, t->path, n) != 0 || url[n] == 0 : strcmp(url, t->path) != 0)
			continue;
		*rest = url + n;
		if (strcmp(method, t->method) == 0)
			return t;
		*other_method = true;
	}
	return NULL;
}
