/* access.c - see access.h. A page goes backwards segment by segment; a segment can only be read forwards, so that of
 * one with more than are wanted the last ones are kept. */
#include "gateway/access.h"
#include "base/mem.h"

static const char *const shown[] = { "view",          "reveal",        "token",     "erase",        "contacts",
	                                 "timeline",      "trail",         "explain",   "audit-person", "query",
	                                 "match-propose", "match-consent", "match-end", "match-put",    "match-get" };

static const char *member(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

bool access_is(const struct access_query *q, const json_t *j)
{
	bool is_shown = false;

	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		is_shown = is_shown || strcmp(member(j, "act"), shown[i]) == 0;
	if (!is_shown)
		return false;
	if (q->person != NULL && strcmp(member(j, "token"), q->person) != 0 &&
	    strstr(member(j, "tokens"), q->person) == NULL)
		return false;
	if (q->object != NULL && strcmp(member(j, "object"), q->object) != 0)
		return false;
	return q->user == NULL || strcmp(member(j, "user"), q->user) == 0 || strcmp(member(j, "who"), q->user) == 0;
}

static int add(const char *p, size_t n, void *ctx)
{
	buf_add(ctx, p, n);
	return ((struct buf *)ctx)->err == ERR_OK ? 0 : -1;
}

void access_put(struct buf *b, const struct record *r, json_t *j)
{
	struct buf time;

	buf_init(&time, 64);
	clock_format(&time, r->time, &clock_shanghai);
	json_object_set_new(j, "time", json_stringn(time.p, time.n));
	json_object_set_new(j, "position", json_integer((json_int_t)r->position));
	json_object_set_new(j, "organisation", json_integer(r->organisation));
	if (json_dump_callback(j, add, b, JSON_COMPACT | JSON_PRESERVE_ORDER) != 0 && b->err == ERR_OK)
		b->err = ERR_MEMORY;
	buf_release(&time);
}

/* ---- a page ---- */

struct kept { /* the last ones of a segment, in a ring */
	struct buf line;
	uint64_t position;
};
struct paging {
	struct disk *d;
	const struct access_query *q;
	struct buf *out, *why;
	uint32_t most, n;      /* n: put out */
	uint64_t records, met; /* met: acts asked for in the segment at hand */
	struct kept *ring;
};

static enum err meet(struct paging *p, const struct record *r)
{
	json_t *j = json_loadb(r->payload.p, r->payload.n, 0, NULL);
	struct kept *k = &p->ring[p->met % p->most];

	if (json_is_object(j) && access_is(p->q, j)) {
		buf_clear(&k->line);
		access_put(&k->line, r, j);
		k->position = r->position;
		p->met++;
	}
	json_decref(j);
	return k->line.err;
}

/* Acts of the segment before `before` into the ring. */
static enum err read_segment(struct paging *p, uint64_t first, uint64_t before)
{
	struct journal_reader *reader;
	struct record r;
	enum err e = journal_reader_open(&reader, p->d, first, before);

	p->met = 0;
	if (e != ERR_OK)
		return e;
	while (e == ERR_OK && (e = journal_read(reader, &r, p->why)) == ERR_OK) {
		p->records++;
		if (r.kind == RECORD_ACT && r.time >= p->q->from_us && r.time < p->q->until_us &&
		    (p->q->organisation == 0 || r.organisation == p->q->organisation))
			e = meet(p, &r);
	}
	journal_reader_close(reader);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* The newest of the ring, as many as are still wanted. *before: the oldest that was put out, if there were more. */
static void put_out(struct paging *p, uint64_t *before)
{
	uint64_t kept = p->met < p->most ? p->met : p->most;

	for (uint64_t i = 1; i <= kept && p->n < p->most; i++) {
		struct kept *k = &p->ring[(p->met - i) % p->most];

		if (p->n++ > 0)
			buf_char(p->out, ',');
		buf_text(p->out, buf_view(&k->line));
		if (p->n == p->most)
			*before = k->position;
	}
}

/* Times of a segment by when it and the next one were begun; clocks may lie off by up to a day. */
static enum err beside(struct paging *p, uint64_t first, bool *later, bool *earlier)
{
	int64_t begun_us = 0;
	enum err e = journal_begun(p->d, first, &begun_us);

	*later = e == ERR_OK && p->q->until_us < INT64_MAX - US_PER_DAY && begun_us > p->q->until_us + US_PER_DAY;
	*earlier = e == ERR_OK && begun_us < p->q->from_us - US_PER_DAY;
	return e;
}

static enum err go_back(struct paging *p, const uint64_t *first, size_t n, uint64_t *before)
{
	bool over = false;
	enum err e = ERR_OK;

	while (n > 0 && first[n - 1] >= *before)
		n--;
	for (; e == ERR_OK && n > 0 && !over && p->n < p->most && p->records < ACCESS_RECORDS_MAX; n--) {
		uint64_t stop = *before;
		bool later;

		e = beside(p, first[n - 1], &later, &over);
		if (e == ERR_OK && !later)
			e = read_segment(p, first[n - 1], stop);
		*before = first[n - 1];
		if (e == ERR_OK && !later)
			put_out(p, before);
	}
	if (e == ERR_ABSENT) /* let go of meanwhile, with all before it */
		over = true;
	if ((over || n == 0) && p->n < p->most)
		*before = 0;
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err access_page(struct disk *d, const struct access_query *q, uint32_t most, uint64_t *before, struct buf *out,
                     uint32_t *n, struct buf *why)
{
	struct paging p = { .d = d, .q = q, .out = out, .why = why, .most = most };
	uint64_t *first = NULL;
	size_t segments = 0;
	enum err e;

	CHECK(most > 0 && most <= ACCESS_PAGE_MAX);
	p.ring = mem_alloc_array(most, sizeof(*p.ring));
	e = p.ring == NULL ? ERR_MEMORY : journal_segments(d, &first, &segments);
	for (uint32_t i = 0; p.ring != NULL && i < most; i++)
		buf_init(&p.ring[i].line, 1 << 20);
	if (e == ERR_OK)
		e = go_back(&p, first, segments, before);
	for (uint32_t i = 0; p.ring != NULL && i < most; i++)
		buf_release(&p.ring[i].line);
	mem_free(p.ring);
	mem_free(first);
	*n = p.n;
	return e == ERR_OK ? out->err : e;
}
