/* schema.c - finding things by name, and whether one schema extends another. The lists are short and looked through once a header or a policy, not a
 * record. */
#include "event/schema.h"

enum ident_form schema_form(struct text entity)
{
	static const char *const forms[] = { "phone", "account", "person", "device", "cell" };

	for (int i = 0; i < (int)ARRAY_LEN(forms); i++)
		if (text_eq(entity, text_z(forms[i])))
			return (enum ident_form)i;
	return IDENT_OPAQUE;
}
#define TX(t) (int)(t).n, (t).p

int schema_entity_find(const struct schema *s, struct text name)
{
	for (uint32_t i = 0; i < s->n_entities; i++)
		if (text_eq(s->entity[i].name, name))
			return (int)i;
	return -1;
}

int schema_event_find(const struct schema *s, struct text name)
{
	for (uint32_t i = 0; i < s->n_events; i++)
		if (text_eq(s->event[i].name, name))
			return (int)i;
	return -1;
}

int schema_field_find(const struct schema_event *e, struct text name)
{
	for (uint32_t i = 0; i < e->n_fields; i++)
		if (text_eq(e->field[i].name, name))
			return (int)i;
	return -1;
}

int schema_attr_find(const struct schema_entity *e, struct text name)
{
	for (uint32_t i = 0; i < e->n_attrs; i++)
		if (text_eq(e->attr[i].name, name))
			return (int)i;
	return -1;
}

/* ---- extending ---- */

static bool entities_stay(const struct schema *old, const struct schema *now, struct buf *why)
{
	for (uint32_t i = 0; i < old->n_entities; i++) {
		struct text was = old->entity[i].name;

		if (i < now->n_entities && text_eq(was, now->entity[i].name))
			continue;
		if (schema_entity_find(now, was) < 0)
			buf_printf(why, "entity %.*s is missing", TX(was));
		else
			buf_printf(why, "entity %.*s was number %u and is number %d", TX(was), i + 1,
			           schema_entity_find(now, was) + 1);
		return false;
	}
	return true;
}

static bool field_stays(const struct schema_event *e, const struct schema_field *old, const struct schema_field *now,
                        struct buf *why)
{
	if (old->type.dim != now->type.dim || (old->type.dim == DIM_ENTITY && old->type.entity != now->type.entity)) {
		buf_printf(why, "field %.*s.%.*s has another type", TX(e->name), TX(old->name));
		return false;
	}
	if (old->optional != now->optional) {
		buf_printf(why,
		           old->optional ? "field %.*s.%.*s may lack and would be required"
		                         : "field %.*s.%.*s is required and might lack",
		           TX(e->name), TX(old->name));
		return false;
	}
	return true;
}

static bool fields_stay(const struct schema_event *old, const struct schema_event *now, struct buf *why)
{
	for (uint32_t i = 0; i < old->n_fields; i++) {
		struct text was = old->field[i].name;
		int at = schema_field_find(now, was);

		if (at < 0)
			buf_printf(why, "field %.*s.%.*s is missing", TX(old->name), TX(was));
		else if (at != (int)i)
			buf_printf(why, "field %.*s.%.*s was number %u and is number %d", TX(old->name), TX(was), i + 1, at + 1);
		if (at != (int)i || !field_stays(old, &old->field[i], &now->field[i], why))
			return false;
	}
	for (uint32_t i = old->n_fields; i < now->n_fields; i++)
		if (!now->field[i].optional) {
			buf_printf(why, "field %.*s.%.*s is new and required; a new field ends in ?", TX(old->name),
			           TX(now->field[i].name));
			return false;
		}
	return true;
}

bool schema_extends(const struct schema *old, const struct schema *now, struct buf *why)
{
	if (!entities_stay(old, now, why))
		return false;
	for (uint32_t i = 0; i < old->n_events; i++) {
		struct text was = old->event[i].name;
		int at = schema_event_find(now, was);

		if (at < 0)
			buf_printf(why, "event %.*s is missing", TX(was));
		else if (at != (int)i)
			buf_printf(why, "event %.*s was number %u and is number %d: declare new events behind the known ones",
			           TX(was), i + 1, at + 1);
		if (at != (int)i || !fields_stay(&old->event[i], &now->event[i], why))
			return false;
	}
	return true;
}
