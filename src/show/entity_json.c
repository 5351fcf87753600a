/* entity_json.c - see entity_json.h. Values are told as alerts tell them in their evidence; what is missing is null. */
#include "show/entity_json.h"
#include <inttypes.h>
#include "base/clock.h"
#include "engine/look.h"
#include "event/ident.h"

struct writer {
	struct buf *b, scratch; /* values pass through the scratch to be escaped */
	const struct shower *s;
	const struct engine *g;
	uint32_t n; /* windows so far */
	enum err err;
};

static void put_text(struct buf *b, const char *name, struct text t)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		buf_char(b, ',');
	buf_printf(b, "\"%s\":", name);
	buf_json(b, t);
}

static void put_time(struct buf *b, int64_t us)
{
	buf_char(b, '"');
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static struct text scratch_end(struct writer *w)
{
	if (w->err == ERR_OK)
		w->err = w->scratch.err;
	return buf_view(&w->scratch);
}

static void put_value(struct writer *w, struct type t, union value v, const struct expr *from)
{
	if (show_missing(t, v)) {
		buf_z(w->b, "null");
		return;
	}
	buf_clear(&w->scratch);
	show_value(&w->scratch, w->s, w->g, t, v, from, NULL);
	buf_json(w->b, scratch_end(w));
}

/* kind, token, shown */
static void put_entity(struct writer *w, struct entity_ref e)
{
	struct entity_view v;

	engine_entity(w->g, e, &v);
	put_text(w->b, "kind", w->s->policy->schema.entity[e.kind].name);
	buf_printf(w->b, ",\"token\":\"%016" PRIx64 "%016" PRIx64 "\"", v.token.w[0], v.token.w[1]);
	put_text(w->b, "shown", text_z(v.shown));
}

static void put_known(struct buf *b, const char *name, const char *z)
{
	if (*z != 0)
		put_text(b, name, text_z(z));
}

/* What the identifier tells by itself. */
static void put_identifier(struct writer *w, struct entity_ref e)
{
	struct entity_view v;

	engine_entity(w->g, e, &v);
	buf_z(w->b, ",\"identifier\":{");
	put_known(w->b, "kind", ident_kind_name(v.attrs.kind));
	put_known(w->b, "carrier", ident_carrier_name(v.attrs.carrier));
	put_known(w->b, "region", ident_region_name(v.attrs.region));
	put_known(w->b, "bank", ident_bank_name(v.attrs.bank));
	if (v.attrs.birth_year != 0)
		buf_printf(w->b, "\"birth_year\":%u", v.attrs.birth_year); /* of persons, who have nothing else */
	buf_char(w->b, '}');
}

static void put_attributes(struct writer *w, struct entity_ref e)
{
	const struct schema_entity *s = &w->s->policy->schema.entity[e.kind];
	const char *comma = "";

	buf_z(w->b, ",\"attributes\":[");
	for (uint32_t i = 0; i < s->n_attrs; i++) {
		struct type t = s->attr[i].type;
		union value v;
		int64_t set_us;

		if (!look_attr(w->g, e, i, &v.i, &set_us))
			continue;
		buf_printf(w->b, "%s{", comma);
		put_text(w->b, "name", s->attr[i].name);
		buf_z(w->b, ",\"value\":");
		if (t.dim == DIM_ENTITY) {
			buf_char(w->b, '{');
			put_entity(w, (struct entity_ref){ .kind = t.entity, .index = (uint32_t)v.i });
			buf_char(w->b, '}');
		} else {
			put_value(w, t, v, NULL);
		}
		buf_z(w->b, ",\"set\":");
		put_time(w->b, set_us);
		buf_char(w->b, '}');
		comma = ",";
	}
	buf_char(w->b, ']');
}

static void put_flags(struct buf *b, const struct look *l)
{
	static const char *const name[] = { "evicted", "refused", "sketch" };
	const char *comma = "";

	buf_z(b, ",\"flags\":[");
	for (uint32_t i = 0; i < ARRAY_LEN(name); i++)
		if ((l->flags >> i & 1) != 0) {
			buf_printf(b, "%s\"%s\"", comma, name[i]);
			comma = ",";
		}
	if (!l->known)
		buf_printf(b, "%s\"busy\"", comma);
	buf_z(b, "]");
}

/* As the policy's text has it. */
static void put_source(struct writer *w, const char *name, struct span at)
{
	buf_clear(&w->scratch);
	show_source(&w->scratch, w->s->policy, at);
	put_text(w->b, name, scratch_end(w));
}

static void put_window(void *ctx, const struct look *l)
{
	struct writer *w = ctx;
	const struct policy *p = w->s->policy;
	const struct agg *a = l->expr->agg;

	buf_z(w->b, w->n++ > 0 ? ",{" : "{");
	put_source(w, "aggregate", a->span);
	put_text(w->b, "function", text_z(policy_func_name(a->func)));
	put_text(w->b, "of", p->schema.event[a->event].name);
	if (a->filter != NULL)
		put_source(w, "where", a->filter->span);
	buf_printf(w->b, ",\"window_us\":%" PRId64 ",\"value\":", a->window_us);
	if (l->known) {
		put_value(w, l->expr->type, l->value, NULL);
		buf_printf(w->b, ",\"events\":%" PRIu64, l->events);
	} else {
		buf_z(w->b, "null,\"events\":null");
	}
	buf_printf(w->b, ",\"stored\":%" PRIu64 ",\"newest\":[", l->stored);
	for (uint32_t i = 0; i < l->n_times; i++) {
		buf_z(w->b, i > 0 ? "," : "");
		put_time(w->b, l->time_us[i]);
	}
	buf_char(w->b, ']');
	put_flags(w->b, l);
	buf_z(w->b, ",\"rules\":[");
	for (uint32_t i = 0; i < l->n_rules; i++) {
		buf_z(w->b, i > 0 ? "," : "");
		buf_json(w->b, p->rule[l->rule[i]].name);
	}
	buf_z(w->b, "]}");
}

static void put_lists(struct writer *w, struct entity_ref e, int64_t now_us)
{
	const struct policy *p = w->s->policy;
	const char *comma = "";
	int64_t until_us;

	buf_z(w->b, ",\"lists\":[");
	for (uint32_t i = 0; i < p->n_lists; i++) {
		if (p->list[i].type.dim != DIM_ENTITY || p->list[i].type.entity != e.kind || !look_list(w->g, i, e, &until_us))
			continue;
		buf_printf(w->b, "%s{", comma);
		put_text(w->b, "list", p->list[i].name);
		buf_z(w->b, ",\"until\":");
		if (until_us == INT64_MAX)
			buf_z(w->b, "null");
		else
			put_time(w->b, until_us);
		buf_printf(w->b, ",\"in_force\":%s}", now_us < until_us ? "true" : "false");
		comma = ",";
	}
	buf_char(w->b, ']');
}

enum err entity_json(struct buf *b, const struct shower *s, const struct engine *g, struct entity_ref e)
{
	struct writer w = { .b = b, .s = s, .g = g };
	struct engine_stats stats;
	enum err err;

	engine_stats(g, &stats);
	buf_init(&w.scratch, 1 << 20);
	put_entity(&w, e);
	buf_z(b, ",\"newest\":");
	put_time(b, stats.newest_us);
	put_identifier(&w, e);
	put_attributes(&w, e);
	buf_printf(b, ",\"risk\":%" PRId64 ",\"windows\":[", look_risk(g, e));
	err = look_entity(g, e, put_window, &w);
	buf_char(b, ']');
	put_lists(&w, e, stats.newest_us);
	buf_release(&w.scratch);
	return err != ERR_OK ? err : w.err != ERR_OK ? w.err : b->err;
}
