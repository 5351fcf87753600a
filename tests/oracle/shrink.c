/* shrink.c - a failing case made small: declarations and runs of events are left out as long as it still fails. */
#include <inttypes.h>
#include "tests/oracle/oracle.h"
#include "base/mem.h"
#include "tests/test.h"

void case_release(struct oracle_case *c)
{
	for (uint32_t i = 0; i < c->n_decls; i++)
		mem_free(c->decl[i].text);
	c->n_decls = 0;
}

void case_policy(const struct oracle_case *c, struct buf *out)
{
	for (uint32_t i = 0; i < c->n_decls; i++)
		if (!c->decl[i].off)
			buf_z(out, c->decl[i].text);
}

static bool fails(const struct world *w, const struct oracle_case *c, bool breaks)
{
	struct buf why;
	bool bad;

	buf_init(&why, 1 << 20);
	bad = judge(w, c, NULL, breaks, &why) == DIFFERENT;
	buf_release(&why);
	return bad;
}

static bool fewer_declarations(const struct world *w, struct oracle_case *c, bool breaks)
{
	bool any = false;

	for (uint32_t i = c->n_decls; i-- > 0;) {
		if (c->decl[i].off)
			continue;
		c->decl[i].off = true;
		if (fails(w, c, breaks))
			any = true;
		else
			c->decl[i].off = false;
	}
	return any;
}

static bool fewer_events(const struct world *w, struct oracle_case *c, bool breaks)
{
	struct oracle_case *less = mem_alloc(sizeof(*less));
	bool any = false;

	for (uint32_t run = c->n_events / 2; run > 0; run /= 2) {
		for (uint32_t at = 0; at + run <= c->n_events;) {
			*less = *c;
			memmove(&less->event[at], &less->event[at + run], (c->n_events - at - run) * sizeof(less->event[0]));
			less->n_events -= run;
			if (fails(w, less, breaks)) {
				*c = *less;
				any = true;
			} else {
				at += run;
			}
		}
	}
	mem_free(less);
	return any;
}

void shrink(const struct world *w, struct oracle_case *c, bool breaks, struct buf *why)
{
	uint32_t batch_max = c->batch_max;

	c->batch_max = 1; /* events one by one are easier to follow */
	if (!fails(w, c, breaks))
		c->batch_max = batch_max;
	for (bool less = true; less;) {
		less = fewer_declarations(w, c, breaks);
		less |= fewer_events(w, c, breaks);
	}
	buf_clear(why);
	judge(w, c, NULL, breaks, why);
}

/* Straight to standard error: cmocka's messages end after 1024 bytes. */
static void print_value(const struct world *w, const struct schema_field *f, int64_t v)
{
	char plain[WORLD_PLAIN_BYTES];

	fprintf(stderr, " %.*s: ", (int)f->name.n, f->name.p);
	if (v == VALUE_MISSING) {
		fprintf(stderr, "-");
	} else if (f->type.dim == DIM_ENTITY) {
		world_plain(w, f->type.entity, v, plain);
		fprintf(stderr, "%s", plain);
	} else if (f->type.dim == DIM_TEXT) {
		fprintf(stderr, "\"%s\"", world_tags[v]);
	} else {
		fprintf(stderr, "%" PRId64, v);
	}
}

void case_print(const struct world *w, const struct oracle_case *c)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	case_policy(c, &b);
	fprintf(stderr, "%.*s", (int)b.n, b.p ? b.p : "");
	buf_release(&b);
	fprintf(stderr, "lateness %" PRId64 " us, batches of up to %u\n", c->lateness_us, c->batch_max);
	for (uint32_t i = 0; i < c->n_events; i++) {
		const struct plain_event *e = &c->event[i];
		const struct schema_event *t = &w->policy.schema.event[e->type];

		fprintf(stderr, "%u. %.*s t=%" PRId64, i, (int)t->name.n, t->name.p, e->time_us - world_start_us);
		for (uint32_t k = 0; k < t->n_fields; k++)
			print_value(w, &t->field[k], e->value[k]);
		fprintf(stderr, "\n");
	}
}
