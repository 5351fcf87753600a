/* record.c - heads, payloads of events, and schemas as they are written. Sizes are checked on the way in and on the way out: a reader
 * never trusts a length. */
#include "journal/record.h"
#include <endian.h>
#include "journal/record_int.h"

enum {
	FLAGS_AT = 5, /* byte of the head */
	OUTCOME_SHIFT = 4
};

void record_u16(struct buf *b, uint16_t v)
{
	v = htole16(v);
	buf_add(b, &v, sizeof(v));
}

void record_u32(struct buf *b, uint32_t v)
{
	v = htole32(v);
	buf_add(b, &v, sizeof(v));
}

void record_u64(struct buf *b, uint64_t v)
{
	v = htole64(v);
	buf_add(b, &v, sizeof(v));
}

static void put_varint(struct buf *b, int64_t v)
{
	uint64_t z = ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);

	for (; z >= 0x80; z >>= 7)
		buf_char(b, (char)(z | 0x80));
	buf_char(b, (char)z);
}

bool record_get(struct text *t, void *out, size_t n)
{
	if (t->n < n)
		return false;
	memcpy(out, t->p, n);
	t->p += n;
	t->n -= n;
	return true;
}

bool record_get_bytes(struct text *t, size_t n, struct text *out)
{
	if (t->n < n)
		return false;
	*out = text_of(t->p, n);
	t->p += n;
	t->n -= n;
	return true;
}

bool record_get_u16(struct text *t, uint16_t *v)
{
	bool ok = record_get(t, v, sizeof(*v));

	*v = ok ? le16toh(*v) : 0;
	return ok;
}

bool record_get_u32(struct text *t, uint32_t *v)
{
	bool ok = record_get(t, v, sizeof(*v));

	*v = ok ? le32toh(*v) : 0;
	return ok;
}

bool record_get_u64(struct text *t, uint64_t *v)
{
	bool ok = record_get(t, v, sizeof(*v));

	*v = ok ? le64toh(*v) : 0;
	return ok;
}

bool record_get_varint(struct text *t, int64_t *v)
{
	uint64_t z = 0;

	for (uint32_t shift = 0; shift < 64; shift += 7) {
		uint8_t c;

		if (!record_get(t, &c, 1))
			return false;
		z |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0) {
			*v = (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
			return true;
		}
	}
	return false;
}

void record_put(struct buf *b, const struct record *r)
{
	record_u32(b, (uint32_t)r->payload.n);
	buf_char(b, (char)r->kind);
	buf_char(b, (char)r->flags);
	record_u16(b, r->organisation);
	record_u64(b, (uint64_t)r->time);
	buf_text(b, r->payload);
}

void record_sized(struct buf *b, size_t at)
{
	uint32_t n = b->err == ERR_OK ? htole32((uint32_t)(b->n - at - RECORD_HEAD_BYTES)) : 0;

	if (b->err == ERR_OK)
		memcpy(b->p + at, &n, sizeof(n));
}

void record_flag(struct buf *b, size_t at, uint8_t flags)
{
	if (b->err == ERR_OK)
		b->p[at + FLAGS_AT] = (char)((unsigned char)b->p[at + FLAGS_AT] | flags);
}

uint8_t record_outcome_flags(enum record_outcome o)
{
	return (uint8_t)(o << OUTCOME_SHIFT);
}

enum record_outcome record_outcome(uint8_t flags)
{
	return (enum record_outcome)((flags & RECORD_OUTCOME) >> OUTCOME_SHIFT);
}

enum err record_take(struct text *rest, struct record *out)
{
	struct text t = *rest;
	uint32_t n;
	uint64_t time;

	*out = (struct record){ 0 };
	if (!record_get_u32(&t, &n) || !record_get(&t, &out->kind, 1) || !record_get(&t, &out->flags, 1) ||
	    !record_get_u16(&t, &out->organisation) || !record_get_u64(&t, &time) || n > RECORD_PAYLOAD_MAX ||
	    out->kind == RECORD_NONE || out->kind >= RECORD_KINDS || !record_get_bytes(&t, n, &out->payload))
		return ERR_FORMAT;
	out->time = (int64_t)time;
	*rest = t;
	return ERR_OK;
}

void record_ident_put(struct buf *b, const struct ident *id)
{
	size_t n = strnlen(id->shown, IDENT_SHOWN_BYTES);

	record_u64(b, id->token.w[0]);
	record_u64(b, id->token.w[1]);
	buf_char(b, (char)id->attrs.kind);
	buf_char(b, (char)id->attrs.carrier);
	record_u16(b, id->attrs.region);
	record_u16(b, id->attrs.bank);
	record_u16(b, id->attrs.birth_year);
	buf_char(b, (char)n);
	buf_add(b, id->shown, n);
}

void record_event_put(struct buf *b, const struct schema *s, const struct event *e)
{
	const struct schema_event *t = &s->event[e->type];
	uint32_t there = 0;

	for (uint32_t i = 0; i < t->n_fields; i++)
		there |= (uint32_t)(e->value[i] != VALUE_MISSING) << i;
	buf_char(b, (char)e->type);
	record_u32(b, there);
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		if ((there >> i & 1) == 0)
			continue;
		if (f->type.dim == DIM_ENTITY) {
			record_ident_put(b, &e->ident[f->slot]);
		} else if (f->type.dim == DIM_TEXT) {
			bool masked = (e->masked >> f->slot & 1) != 0;

			record_u16(b, (uint16_t)(e->str[f->slot].n | (masked ? RECORD_TEXT_MASKED : 0)));
			if (masked)
				record_u64(b, (uint64_t)e->value[i]);
			buf_text(b, e->str[f->slot]);
		} else {
			put_varint(b, e->value[i]);
		}
	}
}

static void put_name(struct buf *b, struct text t)
{
	buf_char(b, (char)t.n);
	buf_text(b, t);
}

static void put_names(struct buf *b, uint32_t n, const char *(*name)(uint32_t))
{
	record_u16(b, (uint16_t)n);
	for (uint32_t i = 0; i < n; i++)
		put_name(b, text_z(name(i)));
}

void record_schema_put(struct buf *b, const struct schema *s)
{
	buf_char(b, RECORD_SCHEMA_VERSION);
	buf_char(b, (char)s->n_entities);
	for (uint32_t i = 0; i < s->n_entities; i++)
		put_name(b, s->entity[i].name);
	buf_char(b, (char)s->n_events);
	for (uint32_t i = 0; i < s->n_events; i++) {
		const struct schema_event *t = &s->event[i];

		put_name(b, t->name);
		buf_char(b, (char)t->n_fields);
		for (uint32_t k = 0; k < t->n_fields; k++) {
			put_name(b, t->field[k].name);
			buf_char(b, (char)t->field[k].type.dim);
			buf_char(b, (char)t->field[k].type.entity);
		}
	}
	put_names(b, ident_carrier_count(), ident_carrier_name);
	put_names(b, ident_region_count(), ident_region_name);
	put_names(b, ident_bank_count(), ident_bank_name);
}

int record_event_type(const struct record *r)
{
	struct text payload;

	return r->kind == RECORD_EVENT && record_unkeyed(r, NULL, &payload) && payload.n > 0 ? (unsigned char)payload.p[0]
	                                                                                     : -1;
}

bool record_unkeyed(const struct record *r, unsigned char *key, struct text *payload)
{
	unsigned char own[RECORD_KEY_BYTES];

	*payload = r->payload;
	return (r->flags & RECORD_KEYED) == 0 || record_get(payload, key != NULL ? key : own, RECORD_KEY_BYTES);
}
