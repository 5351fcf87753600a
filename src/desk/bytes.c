/* bytes.c - see bytes.h and bytes_int.h. */
#include "desk/bytes.h"
#include <endian.h>
#include "desk/bytes_int.h"

/* Numbers. */

void bytes_put(struct buf *b, uint64_t v, size_t n)
{
	v = htole64(v);
	buf_add(b, &v, n);
}

void bytes_put_varint(struct buf *b, uint64_t v)
{
	unsigned char c[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		c[n++] = (unsigned char)(v | 0x80);
	c[n++] = (unsigned char)v;
	buf_add(b, c, n);
}

void bytes_put_signed(struct buf *b, int64_t v)
{
	bytes_put_varint(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

void bytes_put_token(struct buf *b, struct token t)
{
	bytes_put(b, t.w[0], 8);
	bytes_put(b, t.w[1], 8);
}

bool bytes_take(struct text *t, uint64_t *v, size_t n)
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

/* No last group of zeros, nothing above 64 bits. */
bool bytes_take_varint(struct text *t, uint64_t *v)
{
	*v = 0;
	for (uint32_t shift = 0; shift < 64; shift += 7) {
		uint64_t c;

		if (!bytes_take(t, &c, 1) || (shift == 63 && c > 1))
			return false;
		*v |= (c & 0x7f) << shift;
		if (c < 0x80)
			return c != 0 || shift == 0;
	}
	return false;
}

bool bytes_take_signed(struct text *t, int64_t *v)
{
	uint64_t u;

	if (!bytes_take_varint(t, &u))
		return false;
	*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
	return true;
}

bool bytes_take_token(struct text *t, struct token *out)
{
	return bytes_take(t, &out->w[0], 8) && bytes_take(t, &out->w[1], 8);
}

/* Values. */

static void put_value(struct buf *b, const struct desk_field *f, const union desk_value *v)
{
	uint64_t before = 0;

	switch (f->type) {
	case DESK_NO_TYPE: break;
	case DESK_INTEGER:
	case DESK_MONEY:
	case DESK_TIME:
	case DESK_DURATION:
	case DESK_CHOICE: bytes_put_signed(b, v->i); break;
	case DESK_OBJECT: bytes_put_varint(b, v->id); break;
	case DESK_ENTITY: bytes_put_token(b, v->token); break;
	case DESK_REF:
	case DESK_TEXT:
	case DESK_FILE: buf_add(b, v->ref, sizeof(v->ref)); break;
	case DESK_CODE:
		buf_char(b, (char)v->code.n);
		buf_add(b, v->code.p, v->code.n);
		break;
	case DESK_POSITIONS:
		buf_char(b, (char)v->positions.n);
		for (uint64_t i = 0; i < v->positions.n; i++) {
			bytes_put_varint(b, v->positions.p[i] - before);
			before = v->positions.p[i];
		}
		break;
	}
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

	if (!bytes_take(t, &p->n, 1) || p->n > DESK_POSITIONS_MAX)
		return false;
	for (uint64_t i = 0; i < p->n; i++) {
		if (!bytes_take_varint(t, &step) || before + step < before)
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
	case DESK_CHOICE: return bytes_take_signed(t, &v->i);
	case DESK_OBJECT: return bytes_take_varint(t, &v->id);
	case DESK_ENTITY: return bytes_take_token(t, &v->token);
	case DESK_REF:
	case DESK_TEXT:
	case DESK_FILE: return take_bytes(t, v->ref, sizeof(v->ref));
	case DESK_CODE:
		return bytes_take(t, &u, 1) && u <= DESK_CODE_MAX && take_bytes(t, v->code.p, v->code.n = (uint8_t)u);
	case DESK_POSITIONS: return take_positions(t, &v->positions);
	}
	return false;
}

void bytes_put_values(struct buf *b, const struct desk_machine *m, uint64_t has, const union desk_value *value)
{
	CHECK((has & 1) == 0);
	for (uint64_t left = has; left; left &= left - 1) {
		uint32_t f = (uint32_t)__builtin_ctzll(left);

		CHECK(f < m->n_fields && desk_value_ok(&m->field[f], &value[f]));
		put_value(b, &m->field[f], &value[f]);
	}
}

const char *bytes_take_values(struct text *t, const struct desk_machine *m, uint64_t has, union desk_value *value)
{
	if (has & 1)
		return "fields: there is no field 0";
	for (uint64_t left = has; left; left &= left - 1) {
		uint32_t f = (uint32_t)__builtin_ctzll(left);

		if (f >= m->n_fields || !m->field[f].name)
			return "fields: this kind has no such field";
		if (!take_value(t, &m->field[f], &value[f]) || !desk_value_ok(&m->field[f], &value[f]))
			return "fields: a value that its field cannot hold";
	}
	return NULL;
}

/* Objects: u8 version | u8 kind, state, grade | varint version, id | u16 organisation, district | subject, also | signed made, changed | varint made_by,
 * proposer, approver | u8 bits of timers, signed each | u64 bits of fields, values. A keyed thing is u8 kind and, unless that is 0, its token. */

static void put_entity(struct buf *b, struct desk_entity e)
{
	CHECK(e.kind < DESK_ENTITY_KINDS);
	bytes_put(b, e.kind, 1);
	if (e.kind != DESK_ENTITY_NONE)
		bytes_put_token(b, e.token);
}

static bool take_entity(struct text *t, struct desk_entity *e)
{
	uint64_t kind;

	if (!bytes_take(t, &kind, 1) || kind >= DESK_ENTITY_KINDS)
		return false;
	e->kind = (uint8_t)kind;
	return kind == DESK_ENTITY_NONE || bytes_take_token(t, &e->token);
}

void desk_object_put(struct buf *b, const struct desk_object *o)
{
	const struct desk_machine *m = desk_machine(o->kind);
	uint32_t timers = 0;

	CHECK(m && o->state > 0 && o->state < m->n_states && o->id && o->version);
	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		timers |= (uint32_t)(o->due_us[i] != 0) << i;
	CHECK(timers >> m->n_timers == 0);
	bytes_put(
		b, (uint64_t)DESK_OBJECT_VERSION | (uint64_t)o->kind << 8 | (uint64_t)o->state << 16 | (uint64_t)o->grade << 24,
		4);
	bytes_put_varint(b, o->version);
	bytes_put_varint(b, o->id);
	bytes_put(b, o->organisation | (uint64_t)o->district << 16, 4);
	put_entity(b, o->subject);
	put_entity(b, o->also);
	bytes_put_signed(b, o->made_us);
	bytes_put_signed(b, o->changed_us);
	bytes_put_varint(b, o->made_by);
	bytes_put_varint(b, o->proposer);
	bytes_put_varint(b, o->approver);
	bytes_put(b, timers, 1);
	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		if (o->due_us[i])
			bytes_put_signed(b, o->due_us[i]);
	bytes_put(b, o->has, 8);
	bytes_put_values(b, m, o->has, o->value);
}

static bool take_timers(struct text *t, const struct desk_machine *m, int64_t *due_us)
{
	uint64_t timers;

	if (!bytes_take(t, &timers, 1) || timers >> m->n_timers)
		return false;
	for (uint32_t i = 0; i < DESK_TIMERS_MAX; i++)
		if ((timers >> i & 1) && (!bytes_take_signed(t, &due_us[i]) || due_us[i] == 0))
			return false;
	return true;
}

enum err desk_object_take(struct text t, struct desk_object *out)
{
	uint64_t head, version, place;
	const struct desk_machine *m;

	memset(out, 0, sizeof(*out));
	if (!bytes_take(&t, &head, 4) || (head & 0xff) != DESK_OBJECT_VERSION)
		return ERR_FORMAT;
	out->kind = (uint8_t)(head >> 8);
	out->state = (uint8_t)(head >> 16);
	out->grade = (uint8_t)(head >> 24);
	m = desk_machine(out->kind);
	if (!m || out->state == 0 || out->state >= m->n_states)
		return ERR_FORMAT;
	if (!bytes_take_varint(&t, &version) || version == 0 || version > UINT32_MAX || !bytes_take_varint(&t, &out->id) ||
	    out->id == 0 || !bytes_take(&t, &place, 4) || !take_entity(&t, &out->subject) || !take_entity(&t, &out->also))
		return ERR_FORMAT;
	out->version = (uint32_t)version;
	out->organisation = (uint16_t)place;
	out->district = (uint16_t)(place >> 16);
	if (!bytes_take_signed(&t, &out->made_us) || !bytes_take_signed(&t, &out->changed_us) ||
	    !bytes_take_varint(&t, &out->made_by) || !bytes_take_varint(&t, &out->proposer) ||
	    !bytes_take_varint(&t, &out->approver) || !take_timers(&t, m, out->due_us) || !bytes_take(&t, &out->has, 8))
		return ERR_FORMAT;
	return bytes_take_values(&t, m, out->has, out->value) == NULL && t.n == 0 ? ERR_OK : ERR_FORMAT;
}

/* Rows: varint version | u8 state, step, before | varint position | signed time | varint user, roles, organisation, cause. */

void desk_row_put(struct buf *b, const struct desk_trace *t, uint32_t version, uint8_t state)
{
	bytes_put_varint(b, version);
	bytes_put(b, state | (uint64_t)t->step << 8 | (uint64_t)t->before << 16, 3);
	bytes_put_varint(b, t->position);
	bytes_put_signed(b, t->time_us);
	bytes_put_varint(b, t->user);
	bytes_put_varint(b, t->roles);
	bytes_put_varint(b, t->organisation);
	bytes_put_varint(b, t->cause);
}

enum err desk_row_take(struct text *t, struct desk_trace *out, uint32_t *version, uint8_t *state)
{
	uint64_t number, states, roles, organisation;

	*out = (struct desk_trace){ .position = 0 };
	if (!bytes_take_varint(t, &number) || number > UINT32_MAX || !bytes_take(t, &states, 3) ||
	    !bytes_take_varint(t, &out->position) || !bytes_take_signed(t, &out->time_us) ||
	    !bytes_take_varint(t, &out->user) || !bytes_take_varint(t, &roles) || roles > UINT32_MAX ||
	    !bytes_take_varint(t, &organisation) || organisation > UINT16_MAX || !bytes_take_varint(t, &out->cause))
		return ERR_FORMAT;
	*version = (uint32_t)number;
	*state = (uint8_t)states;
	out->step = (uint8_t)(states >> 8);
	out->before = (uint8_t)(states >> 16);
	out->roles = (uint32_t)roles;
	out->organisation = (uint16_t)organisation;
	return ERR_OK;
}

/* Messages: varint id | u8 kind, detail | u16 organisation, district | varint object, version | about | u8 n, rule | signed time. */

void desk_message_put(struct buf *b, const struct desk_message *m)
{
	CHECK(m->kind > 0 && m->kind < DESK_MESSAGE_KINDS && m->rule.n <= DESK_CODE_MAX);
	bytes_put_varint(b, m->id);
	bytes_put(b, m->kind | (uint64_t)m->detail << 8 | (uint64_t)m->organisation << 16 | (uint64_t)m->district << 32, 6);
	bytes_put_varint(b, m->object);
	bytes_put_varint(b, m->version);
	put_entity(b, m->about);
	bytes_put(b, m->rule.n, 1);
	buf_add(b, m->rule.p, m->rule.n);
	bytes_put_signed(b, m->time_us);
}

enum err desk_message_take(struct text t, struct desk_message *out)
{
	uint64_t head, version, n;

	memset(out, 0, sizeof(*out));
	if (!bytes_take_varint(&t, &out->id) || !bytes_take(&t, &head, 6) || !bytes_take_varint(&t, &out->object) ||
	    !bytes_take_varint(&t, &version) || version > UINT32_MAX || !take_entity(&t, &out->about) ||
	    !bytes_take(&t, &n, 1) || n > DESK_CODE_MAX || !take_bytes(&t, out->rule.p, n) ||
	    !bytes_take_signed(&t, &out->time_us) || t.n)
		return ERR_FORMAT;
	out->kind = (uint8_t)head;
	out->detail = (uint8_t)(head >> 8);
	out->organisation = (uint16_t)(head >> 16);
	out->district = (uint16_t)(head >> 32);
	out->version = (uint32_t)version;
	out->rule.n = (uint8_t)n;
	return out->kind > 0 && out->kind < DESK_MESSAGE_KINDS ? ERR_OK : ERR_FORMAT;
}
