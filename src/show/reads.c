/* reads.c - see reads.h. */
#include "show/reads.h"

enum {
	TIME_BIT = SCHEMA_FIELDS_MAX
};

struct place { /* the context that an expression stands in */
	const struct policy *policy;
	uint32_t event;
	bool ours;
};

static void field(struct reads *r, const struct place *at, uint32_t bit)
{
	*(at->ours ? &r->this : &r->others[at->event]) |= (uint32_t)1 << bit;
}

/* An attribute is what some event said: all events that set it are read, with the field that names whose it is. */
static void attribute(struct reads *r, const struct policy *p, uint32_t kind, uint32_t attr)
{
	if ((r->attrs[kind] >> attr & 1) != 0)
		return;
	r->attrs[kind] |= (uint16_t)(1 << attr);
	for (uint32_t t = 0; t < p->schema.n_events; t++)
		for (uint32_t i = 0; i < p->setters[t].n; i++) {
			const struct setter *s = &p->setters[t].set[i];
			struct place there = { p, t, false };

			if (s->attr != attr || p->schema.event[t].field[s->field].type.entity != kind)
				continue;
			field(r, &there, s->field);
			reads_add(r, p, t, false, s->value);
		}
}

/* A window is a matter of time, so each aggregate reads that too. */
static void aggregate(struct reads *r, const struct policy *p, const struct agg *a)
{
	struct place there = { p, a->event, false };

	field(r, &there, TIME_BIT);
	for (uint32_t i = 0; i < a->n_keys; i++)
		reads_add(r, p, a->event, false, a->key[i]);
	reads_add(r, p, a->event, false, a->value);
	reads_add(r, p, a->event, false, a->filter);
}

void reads_add(struct reads *r, const struct policy *p, uint32_t event, bool ours, const struct expr *e)
{
	struct place at = { p, event, ours };

	if (e == NULL)
		return;
	switch (e->op) {
	case X_FIELD: field(r, &at, e->index); break;
	case X_TIME: field(r, &at, TIME_BIT); break;
	case X_ATTR: attribute(r, p, e->a->type.entity, e->index); break;
	case X_RISK: r->risk = true; break;
	case X_IN_LIST: r->lists |= (uint64_t)1 << e->index; break;
	case X_AGG: aggregate(r, p, e->agg); break;
	default: break;
	}
	reads_add(r, p, event, ours, e->a);
	reads_add(r, p, event, ours, e->b);
	for (uint32_t i = 0; e->op == X_AGG && i < e->agg->n_keys; i++)
		reads_add(r, p, event, ours, e->lookup[i]);
	for (uint32_t i = 0; e->op == X_CALL && i < e->n_args; i++)
		reads_add(r, p, event, ours, e->arg[i]);
}

static void put(struct buf *b, const char *whose, struct text event, struct text name)
{
	if (b->n > 0 && b->p[b->n - 1] != '[') /* empty after a failed allocation */
		buf_char(b, ',');
	buf_printf(b, "\"%s:", whose);
	buf_text(b, event);
	buf_char(b, '.');
	buf_text(b, name);
	buf_char(b, '"');
}

static void put_fields(struct buf *b, const char *whose, const struct schema_event *t, uint32_t bits)
{
	for (uint32_t i = 0; i < t->n_fields; i++)
		if ((bits >> i & 1) != 0)
			put(b, whose, t->name, t->field[i].name);
	if ((bits >> TIME_BIT & 1) != 0)
		put(b, whose, t->name, TEXT("time"));
}

/* Names are identifiers and need no escape; a list's name is a text of the policy and is escaped. */
static void put_list(struct buf *b, struct text name)
{
	struct buf whole;

	buf_init(&whole, 1 << 16);
	buf_z(&whole, "*:list.");
	buf_text(&whole, name);
	if (b->n > 0 && b->p[b->n - 1] != '[')
		buf_char(b, ',');
	buf_json(b, buf_view(&whole));
	if (whole.err != ERR_OK && b->err == ERR_OK)
		b->err = whole.err;
	buf_release(&whole);
}

void reads_json(struct buf *b, const struct policy *p, uint32_t event, const struct reads *r)
{
	buf_char(b, '[');
	put_fields(b, "this", &p->schema.event[event], r->this);
	for (uint32_t t = 0; t < p->schema.n_events; t++)
		put_fields(b, "*", &p->schema.event[t], r->others[t]);
	if (r->risk)
		put(b, "*", TEXT("alert"), TEXT("score"));
	for (uint32_t i = 0; i < p->n_lists; i++)
		if ((r->lists >> i & 1) != 0)
			put_list(b, p->list[i].name);
	buf_char(b, ']');
}
