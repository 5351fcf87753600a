/* dossier.c - see dossier.h. */
#include "gateway/dossier.h"

struct walk {
	struct registry *r;
	const struct dossier_query *q;
	enum err (*visit)(void *ctx, const struct desk_machine *m, const struct desk_object *o);
	void *ctx;
	struct dossier_counts *n;
	const struct desk_machine *m;
	enum err e;
};

static bool see(void *ctx, const struct registry_hit *h)
{
	struct walk *w = ctx;
	const struct desk_object *o = h->object;

	if (w->q->asker != NULL && !desk_reaches(w->q->asker, o))
		return true;
	if (w->n->measures + w->n->objects == w->q->most) {
		w->n->more = true;
		return false;
	}
	w->n->measures += o->kind == DESK_MEASURE;
	w->n->objects += o->kind != DESK_MEASURE;
	w->n->in_force += o->kind == DESK_MEASURE && !w->m->state[o->state].final;
	w->e = w->visit(w->ctx, w->m, o);
	return w->e == ERR_OK;
}

static enum err list(struct walk *w, uint32_t kind, uint8_t entity)
{
	struct registry_query q = { .kind = (uint8_t)kind, .entity = { entity, w->q->token } };
	enum err e = registry_each(w->r, &q, see, w);

	return w->e == ERR_OK ? e : w->e;
}

/* All of a kind. */
static enum err list_kind(struct walk *w, uint32_t kind)
{
	enum err e = ERR_OK;

	w->m = desk_machine(kind);
	for (uint8_t entity = 1; entity < DESK_ENTITY_KINDS && e == ERR_OK && !w->n->more; entity++)
		if (w->q->entity == 0 || w->q->entity == entity)
			e = list(w, kind, entity);
	return e;
}

enum err dossier_walk(struct registry *r, const struct dossier_query *q,
                      enum err (*visit)(void *ctx, const struct desk_machine *m, const struct desk_object *o),
                      void *ctx, struct dossier_counts *n)
{
	struct walk w = { .r = r, .q = q, .visit = visit, .ctx = ctx, .n = n };
	enum err e;

	*n = (struct dossier_counts){ 0 };
	e = list_kind(&w, DESK_MEASURE);
	for (uint32_t kind = 1; kind < DESK_KINDS && e == ERR_OK && !n->more; kind++)
		if (kind != DESK_MEASURE)
			e = list_kind(&w, kind);
	return e;
}

/* ---- as JSON ---- */

struct putting {
	struct buf *b;
	const struct desk_shower *s;
	const struct desk_machine *m;
	bool others; /* the list of measures is closed */
};

static void next_in_list(struct buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] == '}')
		buf_char(b, ',');
}

static bool put_row(void *ctx, const struct registry_row *row)
{
	struct putting *p = ctx;

	next_in_list(p->b);
	desk_put_row(p->b, p->m, row);
	return true;
}

static void close_measures(struct putting *p)
{
	if (!p->others)
		buf_z(p->b, "],\"objects\":[");
	p->others = true;
}

static enum err put(void *ctx, const struct desk_machine *m, const struct desk_object *o)
{
	struct putting *p = ctx;
	enum err e;

	p->m = m;
	if (o->kind != DESK_MEASURE)
		close_measures(p);
	next_in_list(p->b);
	buf_z(p->b, "{\"object\":");
	desk_put_object(p->b, p->s, o, false);
	buf_z(p->b, ",\"history\":[");
	e = registry_history(p->s->registry, o->id, 1, REGISTRY_PAGE_MAX, put_row, p);
	buf_z(p->b, "]}");
	return e;
}

enum err dossier_put(struct buf *b, const struct desk_shower *s, const struct dossier_query *q,
                     struct dossier_counts *n)
{
	struct putting p = { .b = b, .s = s };
	enum err e;

	buf_z(b, "\"measures\":[");
	e = dossier_walk(s->registry, q, put, &p, n);
	close_measures(&p);
	buf_char(b, ']');
	return e == ERR_OK ? b->err : e;
}
