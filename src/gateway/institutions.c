/* institutions.c - see institutions.h. */
#include "gateway/institutions.h"
#include <jansson.h>
#include "event/ident.h"

static void take_names(const json_t *object, uint16_t *to, uint32_t n, const char *(*name)(uint32_t))
{
	for (uint32_t i = 1; i < n; i++) {
		json_int_t number = json_integer_value(json_object_get(object, name(i)));

		to[i] = (uint16_t)(number > 0 && number <= UINT16_MAX ? number : 0);
	}
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

bool institutions_are(struct text act)
{
	return text_starts(act, TEXT("{\"act\":\"institutions\","));
}

bool institutions_take(struct institutions *i, struct text act)
{
	json_t *j;

	if (!institutions_are(act))
		return false;
	j = json_loadb(act.p, act.n, 0, NULL);
	*i = (struct institutions){ .carrier = { 0 } };
	take_names(json_object_get(j, "carriers"), i->carrier, least(ident_carrier_count(), INSTITUTION_CARRIERS_MAX),
	           ident_carrier_name);
	take_names(json_object_get(j, "banks"), i->bank, least(ident_bank_count(), INSTITUTION_BANKS_MAX), ident_bank_name);
	json_decref(j);
	return true;
}

bool institution_name(struct text *names, struct text *out)
{
	while (names->n > 0) {
		const char *comma = memchr(names->p, ',', names->n);
		size_t n = comma == NULL ? names->n : (size_t)(comma - names->p);

		*out = text_trim(text_of(names->p, n));
		n += comma != NULL;
		*names = text_of(names->p + n, names->n - n);
		if (out->n > 0)
			return true;
	}
	return false;
}

bool institution_known(struct text name, bool bank)
{
	uint32_t n = bank ? least(ident_bank_count(), INSTITUTION_BANKS_MAX) : ident_carrier_count();

	for (uint32_t i = 1; i < n; i++)
		if (text_eq(name, text_z(bank ? ident_bank_name(i) : ident_carrier_name(i))))
			return true;
	return false;
}

static void put_names(const struct config *c, struct buf *b, const char *member, bool banks)
{
	bool first = true;

	buf_printf(b, ",\"%s\":{", member);
	for (uint32_t i = 0; i < c->n_tenants; i++) {
		struct text names = text_z(banks ? c->tenant[i].banks : c->tenant[i].carriers), name;

		while (institution_name(&names, &name)) {
			buf_z(b, first ? "" : ",");
			buf_json(b, name);
			buf_printf(b, ":%u", c->tenant[i].number);
			first = false;
		}
	}
	buf_char(b, '}');
}

void institutions_put(const struct config *c, struct buf *act)
{
	buf_z(act, "{\"act\":\"institutions\",\"who\":\"duanka\",\"why\":\"\"");
	put_names(c, act, "carriers", false);
	put_names(c, act, "banks", true);
	buf_char(act, '}');
}

uint16_t institution_of(const struct institutions *i, const struct ident_attrs *a)
{
	if (a->bank != 0)
		return a->bank < INSTITUTION_BANKS_MAX ? i->bank[a->bank] : 0;
	return i->carrier[a->carrier];
}
