/* http_desk_houses.c - banks and operators as a seat needs them while somebody talks: which there are, under which number, and whose an account or a phone is. Nothing is asked of journal or registry:
 * the settings and the tables of prefixes tell it, and what was asked for is forgotten. */
#include "event/ident.h"
#include "gateway/http_desk_int.h"
#include "gateway/institutions.h"

enum {
	PLAIN_MAX = 64
};

static void put_names(struct buf *b, const char *member, const char *names)
{
	struct text rest = text_z(names), name;
	bool first = true;

	buf_printf(b, ",\"%s\":[", member);
	while (institution_name(&rest, &name)) {
		buf_z(b, first ? "" : ",");
		buf_json(b, name);
		first = false;
	}
	buf_char(b, ']');
}

void desk_run_institutions(struct request *r)
{
	const struct config *c = &r->in_force->config;
	struct desk_asker a;
	bool first = true;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"institutions\":[");
	for (uint32_t i = 0; i < c->n_tenants; i++) {
		const struct tenant *t = &c->tenant[i];

		if (t->banks[0] == '\0' && t->carriers[0] == '\0')
			continue;
		buf_printf(&r->out, "%s{\"number\":%u,\"name\":", first ? "" : ",", t->number);
		buf_json(&r->out, text_z(t->name));
		put_names(&r->out, "banks", t->banks);
		put_names(&r->out, "carriers", t->carriers);
		buf_char(&r->out, '}');
		first = false;
	}
	buf_z(&r->out, "]}\n");
	desk_answer_tagged(r, r->out.n, true);
}

/* 0: nobody's. */
static uint16_t whose(const struct config *c, struct text house, bool bank)
{
	for (uint32_t i = 0; i < c->n_tenants; i++) {
		struct text rest = text_z(bank ? c->tenant[i].banks : c->tenant[i].carriers), name;

		while (institution_name(&rest, &name))
			if (text_eq(name, house))
				return c->tenant[i].number;
	}
	return 0;
}

static void put_whose(struct request *r, const struct ident *id, bool bank)
{
	struct text house = text_z(bank ? ident_bank_name(id->attrs.bank) : ident_carrier_name(id->attrs.carrier));
	uint16_t number = house.n > 0 ? whose(&r->in_force->config, house, bank) : 0;

	buf_z(&r->out, "{\"house\":");
	if (house.n > 0)
		buf_json(&r->out, house);
	else
		buf_z(&r->out, "null");
	if (number > 0)
		buf_printf(&r->out, ",\"organisation\":%u}\n", number);
	else
		buf_z(&r->out, ",\"organisation\":null}\n");
	r->status = 200;
}

void desk_run_whose(struct request *r)
{
	json_t *body = request_json(r), *account = json_object_get(body, "account"),
		   *phone = json_object_get(body, "phone"), *plain = account != NULL ? account : phone;
	char scratch[EVENT_IDENT_MAX];
	struct desk_asker a;
	struct ident id;
	const char *why = "\"account\" or \"phone\" is a text of at most 64 bytes";

	if (body == NULL)
		return;
	if (desk_asker(r, &a)) {
		bool one = (account == NULL) != (phone == NULL) && json_object_size(body) == 1 && json_is_string(plain) &&
		           json_string_length(plain) <= PLAIN_MAX;

		if (one &&
		    ident_make(r->h->o.key, account != NULL ? IDENT_ACCOUNT : IDENT_PHONE, 0, IDENT_STRICT,
		               text_of(json_string_value(plain), json_string_length(plain)), scratch, &id, &why) == ERR_OK)
			put_whose(r, &id, account != NULL);
		else
			answer_problem(r, 400, "body", "The request is wrong", why);
	}
	json_decref(body);
}
