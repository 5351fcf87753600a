/* http_decide.c - events come in: one that waits for its decision, or many.
 *
 * They are decoded here, on the connection's thread, and come back on the writer's thread with the answers. */
#include "base/mem.h"
#include "gateway/http_int.h"

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
	if (bad->reason == BAD_NONE && t->event.time > r->h->o.now_us() + r->h->o.skew_us) {
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

	*it = (struct shard_item){ .event = &r->taken[r->n].event, .keyed = r->keyed, .organisation = r->who.organisation };
	memcpy(it->key, r->key, sizeof(it->key));
	if (line > 0)
		for (size_t i = 0; i < 8; i++)
			it->key[8 + i] ^= (unsigned char)(line >> 8 * i); /* one key for a batch: each line its own */
	r->n++;
}

/* ---- decide ---- */

/* On the writer's thread: the connection's thread makes the answer, so that other decisions do not wait for it. */
static void decided(void *ctx, enum err e)
{
	struct request *r = ctx;

	if (e == ERR_OK)
		http_keep_answers(r);
	else
		answer_problem(r, 503, "journal", "The journal can't be written",
		               "whether this event was taken is not known; send it again with the same Idempotency-Key");
	r->ready = e != ERR_OK;
	http_resume(r);
}

static void run_decide(struct request *r)
{
	struct bad bad;
	struct text body = text_trim(buf_view(&r->body));

	if (r->decided) {
		answer_decision(r);
		return;
	}
	r->line = 1;
	if (!http_rate(r, 1) || !room(r, 1))
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

static void chunk_done(void *ctx, enum err e)
{
	struct request *r = ctx;

	if (e == ERR_OK) {
		http_keep_answers(r);
	} else {
		answer_problem(r, 503, "journal", "The journal can't be written",
		               "which lines were taken is not known; send the batch again with the same Idempotency-Key");
		r->ready = true;
	}
	http_resume(r);
}

static void tell_chunk(struct request *r)
{
	for (uint32_t i = 0; r->decided && i < r->n; i++) {
		const struct shard_answer *a = &r->item[i].answer;

		r->accepted += a->outcome == ERR_OK && !a->repeated;
		r->repeated += a->repeated;
		r->late += a->outcome == ERR_LATE && !a->repeated;
		r->refused += a->outcome == ERR_CAP && !a->repeated;
		if (a->n_alerts > 0 || a->outcome != ERR_OK)
			answer_line_alerts(r, r->taken[i].line, a);
	}
	r->decided = false;
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
	tell_chunk(r);
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

/* Lines with something in them: so many events at most. */
static uint32_t lines_of(struct text t)
{
	uint32_t n = 0;

	while (t.n > 0) {
		const char *nl = memchr(t.p, '\n', t.n);
		size_t k = nl == NULL ? t.n : (size_t)(nl - t.p);

		n += k > 1 || (k == 1 && t.p[0] != '\r');
		t = text_of(t.p + k + (nl != NULL), t.n - k - (nl != NULL));
	}
	return n;
}

static void run_events(struct request *r)
{
	if (r->taken == NULL && (!http_rate(r, lines_of(buf_view(&r->body))) || !room(r, SHARD_ITEMS_MAX)))
		return;
	next_chunk(r);
}

const struct route http_decide_routes[] = {
	{ "POST", "/v1/decide", SCOPE_DECIDE, ROUTE_QUICK, run_decide },
	{ "POST", "/v1/events", SCOPE_EVENTS, ROUTE_QUICK, run_events },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
