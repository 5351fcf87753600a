/* schema.c - finding things by name. The lists are short and looked through once a header or a policy, not a record. */
#include "event/schema.h"

enum ident_form schema_form(struct text entity)
{
	static const char *const forms[] = { "phone", "account", "person", "device", "cell" };

	for (int i = 0; i < (int)ARRAY_LEN(forms); i++)
		if (text_eq(entity, text_z(forms[i])))
			return (enum ident_form)i;
	return IDENT_OPAQUE;
}

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
