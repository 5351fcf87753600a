/* command.c - commands in and out of bytes; see command.h. */
#include "desk/command.h"
#include <endian.h>

static void put_u(struct buf *b, uint64_t v, size_t n)
{
	v = htole64(v);
	buf_add(b, &v, n);
}

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_char(b, (char)(v | 0x80));
	buf_char(b, (char)v);
}

static void put_value(struct buf *b, const struct desk_field *f, const union desk_value *v)
{
	uint64_t before = 0;

	switch (f->type) {
	case DESK_NO_TYPE: break;
	case DESK_INTEGER:
	case DESK_MONEY:
	case DESK_TIME:
	case DESK_DURATION:
	case DESK_CHOICE: put_varint(b, (uint64_t)v->i << 1 ^ (uint64_t)(v->i >> 63)); break;
	case DESK_OBJECT: put_varint(b, v->id); break;
	case DESK_ENTITY:
		put_u(b, v->token.w[0], 8);
		put_u(b, v->token.w[1], 8);
		break;
	case DESK_REF: buf_add(b, v->ref, sizeof(v->ref)); break;
	case DESK_CODE:
		buf_char(b, (char)v->code.n);
		buf_add(b, v->code.p, v->code.n);
		break;
	case DESK_POSITIONS:
		buf_char(b, (char)v->positions.n);
		for (uint64_t i = 0; i < v->positions.n; i++) {
			put_varint(b, v->positions.p[i] - before);
			before = v->positions.p[i];
		}
		break;
	}
}

void desk_command_put(struct buf *b, const struct desk_command *c)
{
	const struct desk_machine *m = desk_machine(c->kind);

	CHECK(m && c->step > 0 && c->step < m->n_steps && (c->given & 1) == 0);
	put_u(b, DESK_COMMAND_VERSION, 1);
	put_u(b, c->kind, 1);
	put_u(b, c->step, 1);
	put_u(b, c->object, 8);
	put_u(b, c->version, 4);
	put_u(b, c->user, 8);
	put_u(b, c->roles, 4);
	put_u(b, c->organisation, 2);
	put_u(b, c->district, 2);
	put_u(b, c->given, 8);
	for (uint32_t f = 1; f < 64; f++) {
		if ((c->given >> f & 1) == 0)
			continue;
		CHECK(f < m->n_fields && desk_value_ok(&m->field[f], &c->value[f]));
		put_value(b, &m->field[f], &c->value[f]);
	}
}

static bool take_u(struct text *t, uint64_t *v, size_t n)
{
	*v = 0;
	if (t->n < n)
		return false;
	memcpy(v, t->p, n);
	*v = le64toh(*v);
	t->p += n;
	t->n -= n;
	return true;
}

/* The shortest form only: no last group of zeros, nothing above 64 bits. */
static bool take_varint(struct text *t, uint64_t *v)
{
	*v = 0;
	for (uint32_t shift = 0; shift < 64; shift += 7) {
		uint64_t c;

		if (!take_u(t, &c, 1) || (shift == 63 && c > 1))
			return false;
		*v |= (c & 0x7f) << shift;
		if (c < 0x80)
			return c != 0 || shift == 0;
	}
	return false;
}

static bool take_bytes(struct text *t, void *out, size_t n)
{
	if (t->n < n)
		return false;
	memcpy(out, t->p, n);
	t->p += n;
	t->n -= n;
	return true;
}

static bool take_positions(struct text *t, struct desk_positions *p)
{
	uint64_t before = 0, step;

	if (!take_u(t, &p->n, 1) || p->n > DESK_POSITIONS_MAX)
		return false;
	for (uint64_t i = 0; i < p->n; i++) {
		if (!take_varint(t, &step) || before + step < before)
			return false;
		p->p[i] = before += step;
	}
	return true;
}

static bool take_value(struct text *t, const struct desk_field *f, union desk_value *v)
{
	uint64_t u;

	switch (f->type) {
	case DESK_NO_TYPE: return false;
	case DESK_INTEGER:
	case DESK_MONEY:
	case DESK_TIME:
	case DESK_DURATION:
	case DESK_CHOICE:
		if (!take_varint(t, &u))
			return false;
		v->i = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
		return true;
	case DESK_OBJECT: return take_varint(t, &v->id);
	case DESK_ENTITY: return take_u(t, &v->token.w[0], 8) && take_u(t, &v->token.w[1], 8);
	case DESK_REF: return take_bytes(t, v->ref, sizeof(v->ref));
	case DESK_CODE: return take_u(t, &u, 1) && u <= DESK_CODE_MAX && take_bytes(t, v->code.p, v->code.n = (uint8_t)u);
	case DESK_POSITIONS: return take_positions(t, &v->positions);
	}
	return false;
}

static bool take_head(struct text *t, struct desk_command *c)
{
	uint64_t v[10];
	static const uint8_t bytes[10] = { 1, 1, 1, 8, 4, 8, 4, 2, 2, 8 };

	for (uint32_t i = 0; i < 10; i++)
		if (!take_u(t, &v[i], bytes[i]))
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

	if (!take_head(&t, out))
		return "head: too short, or another version";
	m = desk_machine(out->kind);
	if (!m)
		return "kind: there is no such kind of object";
	if (out->step == 0 || out->step >= m->n_steps || !m->step[out->step].name)
		return "step: this kind has no such step";
	if (out->given & 1)
		return "fields: there is no field 0";
	for (uint32_t f = 1; f < 64; f++) {
		if ((out->given >> f & 1) == 0)
			continue;
		if (f >= m->n_fields || !m->field[f].name)
			return "fields: this kind has no such field";
		if (!take_value(&t, &m->field[f], &out->value[f]) || !desk_value_ok(&m->field[f], &out->value[f]))
			return "fields: a value that its field cannot hold";
	}
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
