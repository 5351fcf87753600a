/* http_decide.c - events come in: one that waits for its decision, or many.
 *
 * They are decoded here, on the connection's thread, and come back on the writer's thread with the answers. */
#include "base/mem.h"
#include "gateway/http_int.h"

/* ---- decoding ---- */

static bool decode(struct request *r, struct text line, struct taken *t, struct bad *bad)
{
	struct decoder d = { .schema = &r->edition->policy.schema,
		                 .key = r->h->o.key,
		                 .latest_us = r->h->o.now_us() + r->in_force->config.skew_us };
	bool ok = decode_event(&d, line, t, bad);

	bad->line = r->line;
	return ok;
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

/* Events are read by the schema in force now. Those read before have been answered. */
static void read_by_now(struct request *r)
{
	edition_drop(r->edition);
	r->edition = reading_take(&r->h->reading);
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
	read_by_now(r);
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
	read_by_now(r);
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

const struct route http_decide_routes[] = {
	{ "POST", "/v1/decide", SCOPE_DECIDE, ROUTE_QUICK, run_decide },
	{ "POST", "/v1/events", SCOPE_EVENTS, ROUTE_QUICK, run_events },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
