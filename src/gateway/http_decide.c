/* http_decide.c - events come in: one that waits for its decision, or many.
 *
 * They are decoded here, on the connection's thread, and come back on the writer's thread with the answers. Those that can't be taken are put into the
 * quarantine by a worker first, a chunk's in one transaction; nobody is told of them before they are durable. */
#include "base/mem.h"
#include "gateway/http_int.h"

/* ---- decoding ---- */

bool http_decode(const struct request *r, struct text record, uint64_t line, struct taken *t, struct bad *bad)
{
	struct decoder d = { .schema = &r->edition->policy.schema,
		                 .key = r->h->o.key,
		                 .latest_us = r->h->o.now_us() + r->in_force->config.skew_us };
	bool ok = decode_event(&d, record, t, bad);

	bad->line = line;
	return ok;
}

static bool room(struct request *r, uint32_t cap)
{
	if (!http_hold(r, cap * (sizeof(*r->item) + sizeof(*r->taken) + sizeof(*r->unfit) + sizeof(*r->unfit_key) +
	                         sizeof(*r->unfit_scratch))))
		return false;
	r->item = mem_alloc_array(cap, sizeof(*r->item));
	r->taken = mem_alloc_array(cap, sizeof(*r->taken));
	r->unfit = mem_alloc_array(cap, sizeof(*r->unfit));
	r->unfit_key = mem_alloc_array(cap, sizeof(*r->unfit_key));
	r->unfit_scratch = mem_alloc_array(cap, sizeof(*r->unfit_scratch));
	r->cap = cap;
	if (r->item != NULL && r->taken != NULL && r->unfit != NULL && r->unfit_key != NULL && r->unfit_scratch != NULL)
		return true;
	answer_problem(r, 503, "memory", "Out of memory", "try again");
	return false;
}

/* One key for a batch: each line its own. */
static void key_of(const struct request *r, uint64_t line, unsigned char key[RECORD_KEY_BYTES])
{
	memcpy(key, r->key, RECORD_KEY_BYTES);
	for (size_t i = 0; i < 8; i++)
		key[8 + i] ^= (unsigned char)(line >> 8 * i);
}

/* ---- what can't be taken ---- */

_Static_assert((int)HELD_KEY_BYTES == (int)RECORD_KEY_BYTES, "a held record has the key that its event would have had");

/* The record's scratch goes with it, because the field's name may lie there. line: 0 outside a batch. */
static void set_aside(struct request *r, struct taken *t, const struct bad *bad, uint64_t line)
{
	r->unfit[r->n_unfit] = *bad;
	key_of(r, line, r->unfit_key[r->n_unfit]);
	r->unfit_scratch[r->n_unfit++] = t->scratch;
	t->scratch = NULL;
}

static void forget_unfit(struct request *r)
{
	for (; r->n_unfit > 0; r->n_unfit--) {
		mem_free(r->unfit_scratch[r->n_unfit - 1]);
		r->unfit_scratch[r->n_unfit - 1] = NULL;
	}
}

/* On a worker's thread. False: the answer is set. */
static bool keep_unfit(struct request *r)
{
	const unsigned char(*key)[HELD_KEY_BYTES] = r->keyed ? (const unsigned char(*)[HELD_KEY_BYTES])r->unfit_key : NULL;
	uint64_t added;

	if (held_add(r->h->o.keep->held, r->unfit, key, r->n_unfit, r->h->o.now_us(), r->who.organisation, &added) ==
	    ERR_OK) {
		r->bad += r->n_unfit; /* one that is held already is told like the first time */
		r->h->counts.bad_records += added;
		return true;
	}
	http_turned_away(r, "quarantine", "The quarantine can't be written",
	                 "a record could not be taken and could not be kept either: send it again later");
	return false;
}

static void keep_record(struct request *r)
{
	if (keep_unfit(r))
		answer_bad(r, &r->unfit[0]);
}

static void keep_lines(struct request *r)
{
	if (!keep_unfit(r))
		return;
	for (uint32_t i = 0; i < r->n_unfit; i++)
		answer_line_bad(r, &r->unfit[i]);
	forget_unfit(r);
}

static void take(struct request *r, uint64_t line)
{
	struct shard_item *it = &r->item[r->n];

	*it = (struct shard_item){ .event = &r->taken[r->n].event, .keyed = r->keyed, .organisation = r->who.organisation };
	key_of(r, line, it->key);
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

	if (r->decided) {
		answer_decision(r);
		return;
	}
	if (!http_rate(r, 1) || !room(r, 1))
		return;
	(void)request_policy(r);
	if (http_decode(r, text_trim(buf_view(&r->body)), 1, &r->taken[0], &bad)) {
		take(r, 0);
		http_submit(r, decided);
	} else {
		set_aside(r, &r->taken[0], &bad, 0);
		http_later(r, keep_record);
	}
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

/* Up to `cap` lines. */
static void decode_chunk(struct request *r)
{
	tell_chunk(r);
	forget_scratch(r);
	(void)request_policy(r);
	r->n = 0;
	while (r->n + r->n_unfit < r->cap && r->at < r->body.n) {
		const char *p = r->body.p + r->at, *nl = memchr(p, '\n', r->body.n - r->at);
		size_t n = nl == NULL ? r->body.n - r->at : (size_t)(nl - p);
		struct taken *t = &r->taken[r->n];
		struct bad bad;

		r->at += n + (nl != NULL);
		r->line++;
		n -= n > 0 && p[n - 1] == '\r';
		if (n == 0)
			continue;
		if (http_decode(r, text_of(p, n), r->line, t, &bad)) {
			t->line = r->line;
			take(r, r->line);
		} else {
			set_aside(r, t, &bad, r->line);
		}
	}
	r->decoded = true;
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

/* A chunk after the other: decoded, what is unfit kept, the rest decided. */
static void run_events(struct request *r)
{
	if (r->taken == NULL && (!http_rate(r, lines_of(buf_view(&r->body))) || !room(r, SHARD_ITEMS_MAX)))
		return;
	if (!r->decoded)
		decode_chunk(r);
	if (r->n_unfit > 0) {
		http_later(r, keep_lines);
	} else if (r->n > 0) {
		r->decoded = false;
		http_submit(r, chunk_done);
	} else if (r->at < r->body.n) { /* nothing but unfit lines in this one */
		r->decoded = false;
		run_events(r);
	} else {
		answer_batch(r);
	}
}

const struct route http_decide_routes[] = {
	{ "POST", "/v1/decide", SCOPE_DECIDE, ROUTE_QUICK, run_decide },
	{ "POST", "/v1/events", SCOPE_EVENTS, ROUTE_QUICK, run_events },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
