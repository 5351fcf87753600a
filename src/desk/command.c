/* command.c - commands in and out of bytes; see command.h. */
#include "desk/command.h"
#include "desk/bytes_int.h"

void desk_command_put(struct buf *b, const struct desk_command *c)
{
	const struct desk_machine *m = desk_machine(c->kind);

	CHECK(m && c->step > 0 && c->step < m->n_steps);
	bytes_put(b, DESK_COMMAND_VERSION, 1);
	bytes_put(b, c->kind, 1);
	bytes_put(b, c->step, 1);
	bytes_put(b, c->object, 8);
	bytes_put(b, c->version, 4);
	bytes_put(b, c->user, 8);
	bytes_put(b, c->roles, 4);
	bytes_put(b, c->organisation, 2);
	bytes_put(b, c->district, 2);
	bytes_put(b, c->given, 8);
	bytes_put_values(b, m, c->given, c->value);
}

static bool take_head(struct text *t, struct desk_command *c)
{
	uint64_t v[10];
	static const uint8_t bytes[10] = { 1, 1, 1, 8, 4, 8, 4, 2, 2, 8 };

	for (uint32_t i = 0; i < 10; i++)
		if (!bytes_take(t, &v[i], bytes[i]))
			return false;
	*c = (struct desk_command){ .kind = (uint8_t)v[1],
		                        .step = (uint8_t)v[2],
		                        .object = v[3],
		                        .version = (uint32_t)v[4],
		                        .user = v[5],
		                        .roles = (uint32_t)v[6],
		                        .organisation = (uint16_t)v[7],
		                        .district = (uint16_t)v[8],
		                        .given = v[9] };
	return v[0] == DESK_COMMAND_VERSION;
}

static const char *take(struct text t, struct desk_command *out)
{
	const struct desk_machine *m;
	const char *wrong;

	if (!take_head(&t, out))
		return "head: too short, or another version";
	m = desk_machine(out->kind);
	if (!m)
		return "kind: there is no such kind of object";
	if (out->step == 0 || out->step >= m->n_steps || !m->step[out->step].name)
		return "step: this kind has no such step";
	wrong = bytes_take_values(&t, m, out->given, out->value);
	if (wrong)
		return wrong;
	return t.n ? "end: bytes too many" : NULL;
}

enum err desk_command_take(struct text payload, struct desk_command *out, const char **why)
{
	const char *wrong = take(payload, out);

	if (why)
		*why = wrong;
	return wrong ? ERR_FORMAT : ERR_OK;
}

void desk_command_init(struct desk_command *c, enum desk_kind kind, uint32_t step, uint64_t object)
{
	*c = (struct desk_command){ .kind = (uint8_t)kind, .step = (uint8_t)step, .object = object };
}

static union desk_value *give(struct desk_command *c, uint32_t field)
{
	CHECK(field > 0 && field < desk_machine(c->kind)->n_fields);
	c->given |= (uint64_t)1 << field;
	memset(&c->value[field], 0, sizeof(c->value[field]));
	return &c->value[field];
}

void desk_give_i(struct desk_command *c, uint32_t field, int64_t v)
{
	give(c, field)->i = v;
}

void desk_give_id(struct desk_command *c, uint32_t field, uint64_t id)
{
	give(c, field)->id = id;
}

void desk_give_token(struct desk_command *c, uint32_t field, struct token t)
{
	give(c, field)->token = t;
}

void desk_give_ref(struct desk_command *c, uint32_t field, const unsigned char ref[DESK_REF_BYTES])
{
	memcpy(give(c, field)->ref, ref, DESK_REF_BYTES);
}

void desk_give_code(struct desk_command *c, uint32_t field, struct text code)
{
	union desk_value *v = give(c, field);

	CHECK(code.n <= DESK_CODE_MAX);
	v->code.n = (uint8_t)code.n;
	memcpy(v->code.p, code.p, code.n);
}

void desk_give_positions(struct desk_command *c, uint32_t field, const uint64_t *p, uint32_t n)
{
	union desk_value *v = give(c, field);

	CHECK(n <= DESK_POSITIONS_MAX);
	v->positions.n = n;
	memcpy(v->positions.p, p, n * sizeof(*p));
}
