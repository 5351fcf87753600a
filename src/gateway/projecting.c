/* projecting.c - see projecting.h. */
#include "gateway/projecting.h"
#include <inttypes.h>
#include <time.h>
#include "base/clock.h"
#include "base/mem.h"

enum {
	LINE_BYTES_MAX = 2 << 20
};

struct projecting {
	struct projecting_options o;
	struct projection projection;
	struct journal_reader *reader;
	uint64_t next;  /* to be read */
	uint64_t place; /* as committed */
	bool begun;
	struct buf act;  /* the last one with institutions */
	struct buf line; /* the alert that comes next, if held */
	uint64_t line_at;
	bool held;
	uint32_t n;
	struct projecting_outcome outcome[PROJECTING_BATCH_MAX];
};

static int64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* ---- the note: "NUMBER\n" of the last label, then the act with the institutions ---- */

static enum err note_read(struct registry *r, uint64_t *labels, struct buf *act)
{
	struct text rest;
	struct buf note;
	int64_t n = 0;
	enum err e;

	*labels = 0;
	buf_init(&note, REGISTRY_NOTE_MAX);
	e = registry_noted(r, &note);
	rest = buf_view(&note);
	if (e == ERR_OK && rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t digits = end == NULL ? 0 : (size_t)(end - rest.p);

		if (end == NULL || text_to_int(text_of(rest.p, digits), &n) != ERR_OK || n < 0)
			e = ERR_FORMAT;
		else if (act != NULL)
			buf_text(act, text_of(end + 1, rest.n - digits - 1));
	}
	*labels = (uint64_t)n;
	buf_release(&note);
	return e != ERR_OK ? e : act != NULL ? act->err : ERR_OK;
}

enum err projecting_institutions(struct registry *r, struct buf *act)
{
	uint64_t labels;

	return note_read(r, &labels, act);
}

enum err projecting_labels(struct registry *r, uint64_t *message)
{
	return note_read(r, message, NULL);
}

static enum err note_write(struct projecting *p)
{
	struct buf note;
	enum err e;

	if (!p->projection.news)
		return ERR_OK;
	buf_init(&note, REGISTRY_NOTE_MAX);
	buf_printf(&note, "%" PRIu64 "\n", p->projection.labels);
	buf_text(&note, buf_view(&p->act));
	e = note.err != ERR_OK ? note.err : registry_note(p->o.registry, buf_view(&note));
	p->projection.news = e != ERR_OK;
	buf_release(&note);
	return e;
}

static enum err settle(void *ctx, uint64_t position, const struct desk_outcome *o)
{
	struct projecting *p = ctx;

	p->outcome[p->n++] = (struct projecting_outcome){ position, *o };
	return registry_settle(p->o.registry, position, o);
}

/* ---- opening ---- */

static enum err open_reader(struct projecting *p, uint64_t *begins)
{
	uint64_t *first = NULL;
	size_t n = 0;
	enum err e = journal_segments(p->o.journal, &first, &n);

	p->next = p->place + 1;
	if (e == ERR_OK && n > 0 && first[0] > p->next)
		p->next = first[0];
	mem_free(first);
	if (e == ERR_OK)
		e = journal_reader_open(&p->reader, p->o.journal, p->next, p->next);
	*begins = p->next;
	return e == ERR_ABSENT ? ERR_FORMAT : e;
}

static enum err begin(struct projecting *p)
{
	enum err e = p->begun ? ERR_OK : registry_begin(p->o.registry);

	p->begun |= e == ERR_OK;
	return e;
}

static enum err begin_anyhow(void *ctx)
{
	return begin(ctx);
}

enum err projecting_open(struct projecting **out, const struct projecting_options *o, uint64_t *begins)
{
	struct projecting *p = mem_alloc(sizeof(*p));
	struct projection_options po = {
		.world = registry_world(o->registry), .settle = settle, .ctx = p, .registry = o->registry, .begin = begin_anyhow
	};
	int64_t now_us = 0;
	enum err e;

	if (p == NULL)
		return ERR_MEMORY;
	p->o = *o;
	buf_init(&p->line, LINE_BYTES_MAX);
	buf_init(&p->act, REGISTRY_NOTE_MAX / 2);
	e = registry_place(o->registry, &p->place, &now_us);
	projection_init(&p->projection, &po, now_us);
	if (e == ERR_OK)
		e = note_read(o->registry, &p->projection.labels, &p->act);
	if (e == ERR_OK)
		(void)institutions_take(&p->projection.institutions, buf_view(&p->act)); /* none yet: nobody's are known */
	if (e == ERR_OK)
		e = open_reader(p, begins);
	if (e == ERR_OK)
		e = o->alerts.begin(o->alerts.ctx, p->next);
	if (e == ERR_OK)
		e = begin(p);
	if (e == ERR_OK)
		e = projection_start(&p->projection);
	if (e == ERR_OK) {
		registry_rollback(o->registry); /* nothing was changed */
		p->begun = false;
		*out = p;
		return ERR_OK;
	}
	projecting_close(p);
	return e;
}

void projecting_close(struct projecting *p)
{
	if (p == NULL)
		return;
	if (p->begun)
		registry_rollback(p->o.registry);
	journal_reader_close(p->reader);
	projection_release(&p->projection);
	buf_release(&p->line);
	buf_release(&p->act);
	mem_free(p);
}

/* ---- a batch ---- */

static enum err look_ahead(struct projecting *p)
{
	enum err e = p->held ? ERR_OK : p->o.alerts.next(p->o.alerts.ctx, &p->line, &p->line_at);

	p->held = e == ERR_OK;
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* The alerts told at this position. Those of before are of records that are gone. */
static enum err alerts_at(struct projecting *p, uint64_t position)
{
	bool touched = false;
	enum err e = look_ahead(p);

	while (e == ERR_OK && p->held && p->line_at <= position) {
		if (p->line_at == position)
			e = begin(p);
		if (e == ERR_OK && p->line_at == position)
			e = projection_alert(&p->projection, buf_view(&p->line), &touched);
		p->held = false;
		if (e == ERR_OK)
			e = look_ahead(p);
	}
	return e;
}

static enum err take(struct projecting *p, const struct record *r)
{
	bool touched = false, changes = r->kind == RECORD_COMMAND || r->kind == RECORD_TICK;
	enum err e = changes ? begin(p) : ERR_OK;

	if (e == ERR_OK)
		e = projection_record(&p->projection, r, &touched);
	if (e == ERR_OK && r->kind == RECORD_ACT && institutions_are(r->payload)) {
		buf_clear(&p->act);
		buf_text(&p->act, r->payload);
		e = p->act.err;
	}
	if (r->position < p->next) /* a schema of before */
		return e;
	if (e == ERR_OK && r->kind == RECORD_EVENT)
		e = alerts_at(p, r->position);
	p->next = r->position + 1;
	return e;
}

enum err projecting_settle(struct projecting *p)
{
	enum err e;

	if (!p->begun && p->next - 1 == p->place)
		return ERR_OK;
	e = begin(p);
	if (e == ERR_OK)
		e = note_write(p);
	if (e != ERR_OK)
		return e;
	p->begun = false; /* whether it works or not, the transaction is over */
	e = registry_commit(p->o.registry, p->next - 1, p->projection.desk.now_us);
	if (e != ERR_OK)
		return e;
	p->place = p->next - 1;
	return ERR_OK;
}

enum err projecting_batch(struct projecting *p, uint64_t end, bool *more)
{
	int64_t until_us = monotonic_us() + PROJECTING_BATCH_MS * (US_PER_SECOND / 1000);
	struct record r;
	enum err e = ERR_OK;
	uint32_t n = 0;

	p->n = 0;
	journal_reader_end(p->reader, end);
	for (; e == ERR_OK && n < PROJECTING_BATCH_MAX; n++) {
		if (n % 64 == 63 && monotonic_us() > until_us)
			break;
		if (n % 64 == 63 && p->o.rest != NULL)
			p->o.rest(p->o.rest_ctx);
		e = journal_read(p->reader, &r, NULL);
		if (e == ERR_OK)
			e = take(p, &r);
		else if (e == ERR_ABSENT)
			break;
	}
	*more = e == ERR_OK && p->next < end;
	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	return p->begun || p->projection.news || p->next - 1 - p->place >= PROJECTING_PLACE_MAX ? projecting_settle(p)
	                                                                                        : ERR_OK;
}

uint64_t projecting_next(const struct projecting *p)
{
	return p->next;
}

const struct projecting_outcome *projecting_outcomes(const struct projecting *p, uint32_t *n)
{
	*n = p->n;
	return p->outcome;
}

const struct projection *projecting_state(const struct projecting *p)
{
	return &p->projection;
}
