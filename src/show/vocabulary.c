/* vocabulary.c - see vocabulary.h. */
#include "show/vocabulary.h"
#include <inttypes.h>
#include "policy/words.h"

static void put(struct buf *b, const char *name, const char *z)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, text_z(z));
}

/* {"name":...  or ,{"name":... */
static void open_named(struct buf *b, bool first, struct text name)
{
	buf_z(b, first ? "{\"name\":" : ",{\"name\":");
	buf_json(b, name);
}

static void put_words(struct buf *b)
{
	static const char *const classes[WORD_CLASSES] = { "declaration", "reserved", "clause" };
	static const char *const kinds[] = { "scalar", "aggregate", "form" };
	const struct policy_function *f;
	const struct policy_word *w;
	struct policy_function room;

	buf_z(b, "\"words\":[");
	for (uint32_t i = 0; (w = policy_word(i)) != NULL; i++) {
		open_named(b, i == 0, text_z(w->word));
		put(b, "class", classes[w->class]);
		put(b, "form", w->form);
		put(b, "en", w->en);
		put(b, "zh", w->zh);
		buf_char(b, '}');
	}
	buf_z(b, "],\"functions\":[");
	for (uint32_t i = 0; (f = policy_function(i, &room)) != NULL; i++) {
		open_named(b, i == 0, text_z(f->name));
		put(b, "class", kinds[f->class]);
		put(b, "form", f->form);
		put(b, "en", f->en);
		put(b, "zh", f->zh);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put_values(struct buf *b)
{
	const char *unit;
	int64_t size;
	bool money;

	buf_z(b, ",\"modes\":[");
	for (uint32_t m = 0; m < RULE_MODES; m++)
		buf_printf(b, "%s\"%s\"", m > 0 ? "," : "", policy_mode_name((enum rule_mode)m));
	buf_z(b, "],\"severities\":[");
	for (uint32_t s = SEVERITY_BLUE; s <= SEVERITY_PURPLE; s++) {
		open_named(b, s == SEVERITY_BLUE, text_z(policy_severity_name((enum severity)s)));
		put(b, "zh", policy_severity_name_zh((enum severity)s));
		buf_char(b, '}');
	}
	buf_z(b, "],\"measures\":[");
	for (uint32_t m = 0; m < MEASURE_COUNT; m++) {
		open_named(b, m == 0, text_z(policy_measure_name((enum measure)m)));
		put(b, "zh", policy_measure_name_zh((enum measure)m));
		buf_char(b, '}');
	}
	buf_z(b, "],\"units\":[");
	for (uint32_t i = 0; (unit = policy_unit(i, &size, &money)) != NULL; i++) {
		open_named(b, i == 0, text_z(unit));
		put(b, "of", money ? "money" : "duration");
		buf_printf(b, ",\"size\":%" PRId64 "}", size);
	}
	buf_char(b, ']');
}

static void put_type(struct buf *b, const struct policy *p, struct type t)
{
	struct buf name;

	buf_init(&name, 256);
	policy_type_name(&name, p, t);
	buf_z(b, ",\"type\":");
	buf_json(b, buf_view(&name));
	buf_release(&name);
}

static void put_entity(struct buf *b, const struct policy *p, const struct schema_entity *e)
{
	const char *name;
	struct type type;

	buf_z(b, ",\"attributes\":[");
	for (uint32_t i = 0; i < e->n_attrs; i++) {
		open_named(b, i == 0, e->attr[i].name);
		put_type(b, p, e->attr[i].type);
		buf_z(b, ",\"set_by\":\"events\"}");
	}
	for (uint32_t i = 0; (name = policy_ident_attr(e->form, i, &type)) != NULL; i++) {
		if (schema_attr_find(e, text_z(name)) >= 0) /* the declared one counts */
			continue;
		open_named(b, e->n_attrs == 0 && i == 0, text_z(name));
		put_type(b, p, type);
		buf_z(b, ",\"set_by\":\"identifier\"}");
	}
	buf_z(b, "]}");
}

void vocabulary_json(struct buf *b, const struct policy *p)
{
	put_words(b);
	put_values(b);
	buf_z(b, ",\"entities\":[");
	for (uint32_t i = 0; i < p->schema.n_entities; i++) {
		open_named(b, i == 0, p->schema.entity[i].name);
		put_entity(b, p, &p->schema.entity[i]);
	}
	buf_z(b, "],\"events\":[");
	for (uint32_t i = 0; i < p->schema.n_events; i++) {
		const struct schema_event *e = &p->schema.event[i];

		open_named(b, i == 0, e->name);
		buf_z(b, ",\"fields\":[");
		for (uint32_t k = 0; k < e->n_fields; k++) {
			open_named(b, k == 0, e->field[k].name);
			put_type(b, p, e->field[k].type);
			buf_printf(b, ",\"optional\":%s}", e->field[k].optional ? "true" : "false");
		}
		buf_z(b, "]}");
	}
	buf_z(b, "],\"lists\":[");
	for (uint32_t i = 0; i < p->n_lists; i++) {
		open_named(b, i == 0, p->list[i].name);
		put_type(b, p, p->list[i].type);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}
