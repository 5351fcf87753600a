/* contacts_world.c - see contacts_world.h. */
#include "tests/unit/contacts_world.h"
#include <stdlib.h>
#include "base/mem.h"
#include "tests/unit/schema_default.h"

/* The default schema, and one that knows another event first and another field in calls. */
static void make_schemas(struct world *w)
{
	struct schema first = schema_default(), *s = &w->schema[1];

	w->schema[0] = first;
	*s = first;
	s->event[0] = (struct schema_event){ .name = TEXT("visit") };
	test_field(&s->event[0], "note", DIM_TEXT, 0, true);
	test_field(&s->event[0], "person", DIM_ENTITY, ENTITY_PERSON, false);
	s->event[s->n_events] = first.event[EVENT_CALL];
	test_field(&s->event[s->n_events++], "third", DIM_ENTITY, ENTITY_PHONE, true);
}

static void put_schema(struct buf *b, const struct schema *s)
{
	buf_clear(b);
	record_schema_put(b, s);
	CHECK(b->err == ERR_OK);
}

void world_begin(struct world *w, uint64_t seed, struct disk *d, uint64_t segment_bytes)
{
	struct journal_options o = { .now_us = 5 };
	struct journal_found f;
	struct buf schema, why;

	*w = (struct world){ .d = d, .now_us = (int64_t)1772380800 * 1000000 };
	rng_seed(&w->rng, seed);
	memcpy(o.id, &seed, sizeof(seed));
	make_schemas(w);
	for (int i = 0; i < WORLD_POOL; i++)
		w->pool[i] = (struct token){ { rng_next(&w->rng), rng_next(&w->rng) } };
	w->pool[1].w[0] = w->pool[2].w[0]; /* two that share their first word */
	buf_init(&schema, 1 << 20);
	buf_init(&why, 1 << 12);
	put_schema(&schema, &w->schema[0]);
	o.segment_bytes_max = segment_bytes + schema.n; /* which each begins with */
	CHECK(journal_open(&w->journal, d, &o, buf_view(&schema), &f, &why) == ERR_OK);
	buf_release(&schema);
	buf_release(&why);
}

void world_end(struct world *w)
{
	journal_close(w->journal);
	for (size_t i = 0; i < w->n; i++)
		mem_free(w->record[i].payload);
	mem_free(w->record);
}

static struct world_record *remember(struct world *w, uint64_t position, int64_t time)
{
	if ((w->n & (w->n - 1)) == 0) {
		w->record = mem_resize(w->record, (w->n == 0 ? 1 : 2 * w->n) * sizeof(*w->record));
		CHECK(w->record != NULL);
	}
	w->record[w->n] = (struct world_record){ .position = position, .time = time, .schema = w->schema_now };
	return &w->record[w->n++];
}

static void fill_field(struct world *w, const struct schema_field *f, uint32_t i, struct event *e,
                       struct world_record *m)
{
	const struct token *t = &w->pool[rng_below(&w->rng, 1 + rng_below(&w->rng, WORLD_POOL - 1))];

	e->value[i] = VALUE_MISSING;
	if (f->optional && rng_chance(&w->rng, 500000))
		return;
	e->value[i] = rng_between(&w->rng, -1000000, 1000000000);
	if (f->type.dim == DIM_TEXT) /* sometimes the very bytes of a token */
		e->str[f->slot] = rng_chance(&w->rng, 300000) ? text_of((const char *)t, 16) : TEXT("some text");
	if (f->type.dim != DIM_ENTITY)
		return;
	e->ident[f->slot] = (struct ident){ .token = *t, .shown = "138****0000" };
	m->token[m->n_tokens] = *t;
	m->kind[m->n_tokens++] = f->type.entity;
}

static void put_event(struct world *w, struct buf *b, uint64_t position)
{
	const struct schema *s = &w->schema[w->schema_now];
	static struct event e;
	struct buf payload;
	struct record r = { .kind = RECORD_EVENT, .organisation = 3 };
	struct world_record *m;

	w->now_us += rng_between(&w->rng, -2000000, 10000000);
	m = remember(w, position, w->now_us);
	buf_init(&payload, RECORD_EVENT_MAX);
	if (rng_chance(&w->rng, 300000)) {
		r.flags = RECORD_KEYED;
		buf_add(&payload, &w->pool[rng_below(&w->rng, WORLD_POOL)], RECORD_KEY_BYTES);
	}
	e.type = (uint32_t)rng_below(&w->rng, s->n_events);
	for (uint32_t i = 0; i < s->event[e.type].n_fields; i++)
		fill_field(w, &s->event[e.type].field[i], i, &e, m);
	record_event_put(&payload, s, &e);
	r.time = w->now_us;
	r.payload = buf_view(&payload);
	record_put(b, &r);
	m->payload = mem_copy_text(payload.p, payload.n);
	m->n = payload.n;
	CHECK(b->err == ERR_OK && m->payload != NULL);
	buf_release(&payload);
}

static void put_other(struct world *w, struct buf *b, enum record_kind kind, struct text payload)
{
	struct record r = { .kind = (uint8_t)kind, .time = w->now_us, .payload = payload };

	record_put(b, &r);
}

static void put_new_schema(struct world *w, struct buf *b)
{
	struct buf schema;

	buf_init(&schema, 1 << 20);
	w->schema_now = 1 - w->schema_now;
	put_schema(&schema, &w->schema[w->schema_now]);
	put_other(w, b, RECORD_SCHEMA, buf_view(&schema));
	buf_release(&schema);
}

static void keep_schema(struct world *w)
{
	struct buf schema;

	buf_init(&schema, 1 << 20);
	put_schema(&schema, &w->schema[w->schema_now]);
	CHECK(journal_schema(w->journal, buf_view(&schema)) == ERR_OK);
	buf_release(&schema);
}

void world_grow(struct world *w, size_t events)
{
	struct buf b;

	buf_init(&b, 1 << 24);
	for (size_t done = 0; done < events;) {
		uint32_t n = 1 + (uint32_t)rng_below(&w->rng, rng_chance(&w->rng, 100000) ? 40 : 6), before = w->schema_now;

		buf_clear(&b);
		for (uint32_t i = 0; i < n; i++) {
			uint64_t what = rng_below(&w->rng, 200);

			if (what == 0)
				put_new_schema(w, &b);
			else if (what < 8)
				put_other(w, &b, RECORD_TICK, TEXT(""));
			else if (what < 12)
				put_other(w, &b, RECORD_ACT, text_of((const char *)&w->pool[0], 16));
			else
				put_event(w, &b, journal_next(w->journal) + i);
			done += what >= 12;
		}
		CHECK(journal_commit(w->journal, buf_view(&b), n) == ERR_OK);
		if (w->schema_now != before)
			keep_schema(w); /* only now: the batch may have begun a segment, and have events before its SCHEMA record */
	}
	buf_release(&b);
}

/* ---- judging ---- */

static const struct world_record *at_position(const struct world *w, uint64_t position)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->record[mid].position < position)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->n && w->record[lo].position == position ? &w->record[lo] : NULL;
}

static bool hear(void *ctx, const struct record *r, const struct written *schema)
{
	struct world_found *f = ctx;
	const struct world_record *m = at_position(f->w, r->position);

	f->wrong |= m == NULL || r->kind != RECORD_EVENT || m->time != r->time || m->n != r->payload.n ||
	            memcmp(m->payload, r->payload.p, m->n) != 0 || r->organisation != 3 ||
	            schema->schema.n_events != f->w->schema[m->schema].n_events ||
	            !text_eq(schema->schema.event[0].name, f->w->schema[m->schema].event[0].name);
	f->position[f->n++] = r->position;
	return f->stop_after == 0 || f->n < f->stop_after;
}

static bool asked_for(const struct contacts_query *q, struct token t)
{
	bool is = token_eq(t, q->token);

	for (size_t i = 0; i < q->n_also; i++)
		is |= token_eq(t, q->also[i]);
	return is;
}

static bool fits(const struct world_record *m, const struct contacts_query *q)
{
	if (m->position >= q->end || m->time < q->from_us || m->time > q->to_us)
		return false;
	for (uint32_t i = 0; i < m->n_tokens; i++)
		if (asked_for(q, m->token[i]) && (q->kind == CONTACTS_ANY_KIND || q->kind == m->kind[i]))
			return true;
	return false;
}

static const char *compare(const struct world *w, const struct contacts_query *q, const struct contacts_stats *stats,
                           const struct world_found *f)
{
	size_t n = 0;
	bool more = false;

	for (size_t i = w->n; i-- > 0 && !more;) {
		if (!fits(&w->record[i], q))
			continue;
		if (n == q->most)
			more = true;
		else if (n >= f->n || f->position[n++] != w->record[i].position)
			return "a record is missing, or out of order";
	}
	if (f->n != n)
		return "a record was found that does not fit";
	if (stats->records != n || stats->more != more || (n > 0 && stats->last != f->position[n - 1]))
		return "the figures are wrong";
	return stats->segments == stats->indexed + stats->scanned ? NULL : "the segments do not add up";
}

/* A bounded piece of work after the other comes to the same as all of it at once. */
static enum err by_pieces(const struct world *w, const struct contacts_query *q, struct contacts_stats *stats,
                          struct world_found *f)
{
	struct contacts_query piece = *q;
	struct contacts_stats all = { .segments = 0 };
	enum err e;

	do {
		piece.most = q->most - all.records;
		e = contacts_find(w->d, &piece, stats, hear, f, NULL);
		if (e == ERR_OK && stats->more && stats->reached >= piece.end && stats->work == 0)
			return ERR_FORMAT; /* it would never end */
		all.records += stats->records;
		all.last = stats->records > 0 ? stats->last : all.last;
		piece.end = stats->reached;
	} while (e == ERR_OK && stats->more && all.records < q->most);
	if (e == ERR_OK && all.records == q->most) { /* whether there is more is known when the rest was looked at */
		piece.work = piece.most = 0;
		e = contacts_find(w->d, &piece, stats, hear, f, NULL);
	}
	stats->records = all.records;
	stats->last = all.last;
	return e;
}

const char *world_check(const struct world *w, const struct contacts_query *q, struct contacts_stats *stats,
                        enum err *e)
{
	struct world_found f = { .w = w, .position = malloc((w->n + 1) * sizeof(*f.position)) };
	const char *wrong = NULL;

	CHECK(f.position != NULL);
	*e = q->work == 0 ? contacts_find(w->d, q, stats, hear, &f, NULL) : by_pieces(w, q, stats, &f);
	if (f.wrong)
		wrong = "a record was handed out that is not as it was written, or under another schema";
	else if (*e == ERR_OK)
		wrong = compare(w, q, stats, &f);
	free(f.position);
	return wrong;
}

static int by_words(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->w[0] != y->w[0])
		return x->w[0] < y->w[0] ? -1 : 1;
	return (x->w[1] > y->w[1]) - (x->w[1] < y->w[1]);
}

/* Some of the pool beside the token, which may be among them. */
static void others(struct world *w, struct contacts_query *q)
{
	q->n_also = 0;
	for (uint32_t i = 0; i < WORLD_POOL; i++)
		if (rng_chance(&w->rng, 300000))
			w->also[q->n_also++] = w->pool[i];
	qsort(w->also, q->n_also, sizeof(*w->also), by_words);
	q->also = w->also;
}

void world_query(struct world *w, struct contacts_query *q)
{
	int64_t from = (int64_t)1772380800 * 1000000, span = w->now_us - from;
	uint64_t next = journal_next(w->journal);

	*q = (struct contacts_query){ .token = w->pool[rng_below(&w->rng, WORLD_POOL)],
		                          .kind = CONTACTS_ANY_KIND,
		                          .from_us = INT64_MIN,
		                          .to_us = INT64_MAX,
		                          .end = UINT64_MAX,
		                          .most = UINT64_MAX };
	if (rng_chance(&w->rng, 500000))
		q->kind = (uint8_t)rng_below(&w->rng, TEST_ENTITIES);
	if (rng_chance(&w->rng, 300000))
		q->from_us = from + rng_between(&w->rng, 0, span);
	if (rng_chance(&w->rng, 300000))
		q->to_us = from + rng_between(&w->rng, 0, span);
	if (rng_chance(&w->rng, 400000))
		q->end = rng_below(&w->rng, next + 2);
	if (rng_chance(&w->rng, 400000))
		q->most = rng_below(&w->rng, 20);
	if (rng_chance(&w->rng, 300000))
		others(w, q);
	if (rng_chance(&w->rng, 300000))
		q->work = 1 + rng_below(&w->rng, 200);
}
