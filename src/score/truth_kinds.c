/* truth_kinds.c - the order of entity kinds: shipped, of a schema, or as a header says. */
#include "score/truth.h"
#include "score/truth_int.h"

int truth_kinds_find(const struct truth_kinds *k, struct text name)
{
	for (uint32_t i = 0; i < k->n; i++)
		if (text_eq(text_z(k->kind[i].name), name))
			return (int)i;
	return -1;
}

bool truth_kinds_add(struct truth_kinds *k, struct text name)
{
	if (k->n >= SCHEMA_ENTITIES_MAX || name.n == 0 || name.n > SCHEMA_NAME_MAX || memchr(name.p, 0, name.n) != NULL ||
	    truth_kinds_find(k, name) >= 0)
		return false;
	memcpy(k->kind[k->n].name, name.p, name.n);
	k->kind[k->n].name[name.n] = 0;
	k->kind[k->n].form = schema_form(name);
	k->n++;
	return true;
}

void truth_kinds_default(struct truth_kinds *k)
{
	static const char *const names[] = { "phone", "account", "person", "device", "cell", "outlet", "agent", "clerk" };

	*k = (struct truth_kinds){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		CHECK(truth_kinds_add(k, text_z(names[i])));
}

void truth_kinds_of_schema(struct truth_kinds *k, const struct schema *s)
{
	*k = (struct truth_kinds){ 0 };
	for (uint32_t i = 0; i < s->n_entities; i++)
		CHECK(truth_kinds_add(k, s->entity[i].name));
}

int truth_kind_of_form(const struct truth_kinds *k, enum ident_form form)
{
	for (uint32_t i = 0; i < k->n; i++)
		if (k->kind[i].form == form)
			return (int)i;
	return -1;
}
