/* recast.c - events written under one schema, read under another.
 *
 * Made once for each pair of schemas: for every field as written, where it goes now, or that it goes nowhere. Reading an event is then a
 * walk over its fields without a single comparison of names. */
#include "base/mem.h"
#include "journal/record_int.h"

enum {
	NOWHERE = 0xff
};

struct recast_field {
	uint8_t dim, kind, to; /* to: index of the field now, or NOWHERE */
};

struct recast_event {
	uint8_t n_fields;
	uint8_t to; /* event type now, or NOWHERE */
	struct recast_field field[SCHEMA_FIELDS_MAX];
};

struct recast_names { /* what an index into a table of names is called now */
	uint16_t n;
	uint16_t *now;
};

struct recast {
	const struct schema *to;
	const struct hash_key *key;
	uint32_t n_events;
	struct recast_event event[SCHEMA_EVENTS_MAX];
	struct recast_names carrier, region, bank;
};

static bool take_name(struct text *t, struct text *out)
{
	uint8_t n;

	return record_get(t, &n, 1) && record_get_bytes(t, n, out);
}

static bool take_count(struct text *t, uint32_t most, uint32_t *out)
{
	uint8_t n;

	if (!record_get(t, &n, 1) || n > most)
		return false;
	*out = n;
	return true;
}

int record_schema_kind(struct text payload, struct text name)
{
	struct text is;
	uint8_t version;
	uint32_t n;

	if (!record_get(&payload, &version, 1) || version != RECORD_SCHEMA_VERSION ||
	    !take_count(&payload, SCHEMA_ENTITIES_MAX, &n))
		return -1;
	for (uint32_t i = 0; i < n && take_name(&payload, &is); i++)
		if (text_eq(is, name))
			return (int)i;
	return -1;
}

static bool take_entities(struct text *t, const struct schema *to)
{
	struct text name;
	uint32_t n;

	if (!take_count(t, SCHEMA_ENTITIES_MAX, &n) || n > to->n_entities)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!take_name(t, &name) || !text_eq(name, to->entity[i].name))
			return false;
	return true;
}

/* ---- a schema by itself ---- */

static bool schema_field(struct text *t, const struct schema *s, struct schema_event *e)
{
	struct schema_field *f = &e->field[e->n_fields++];
	uint8_t dim, kind;

	if (!take_name(t, &f->name) || f->name.n == 0 || f->name.n > SCHEMA_NAME_MAX || !record_get(t, &dim, 1) ||
	    !record_get(t, &kind, 1) || dim > DIM_ENTITY || (dim == DIM_ENTITY && kind >= s->n_entities))
		return false;
	f->type = (struct type){ .dim = (enum dim)dim, .entity = kind };
	f->optional = true;
	if (dim == DIM_ENTITY)
		f->slot = (uint8_t)e->n_idents++;
	else if (dim == DIM_TEXT)
		f->slot = (uint8_t)e->n_texts++;
	return e->n_idents <= SCHEMA_IDENTS_MAX && e->n_texts <= SCHEMA_TEXTS_MAX;
}

static bool schema_event(struct text *t, const struct schema *s, struct schema_event *e)
{
	uint32_t n;

	if (!take_name(t, &e->name) || e->name.n == 0 || e->name.n > SCHEMA_NAME_MAX ||
	    !take_count(t, SCHEMA_FIELDS_MAX, &n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!schema_field(t, s, e))
			return false;
	return true;
}

enum err record_schema_take(struct text t, struct schema *out)
{
	uint8_t version;

	*out = (struct schema){ .n_entities = 0 };
	if (!record_get(&t, &version, 1) || version != RECORD_SCHEMA_VERSION ||
	    !take_count(&t, SCHEMA_ENTITIES_MAX, &out->n_entities))
		return ERR_FORMAT;
	for (uint32_t i = 0; i < out->n_entities; i++) {
		struct schema_entity *s = &out->entity[i];

		if (!take_name(&t, &s->name) || s->name.n == 0 || s->name.n > SCHEMA_NAME_MAX)
			return ERR_FORMAT;
		s->form = schema_form(s->name);
	}
	if (!take_count(&t, SCHEMA_EVENTS_MAX, &out->n_events))
		return ERR_FORMAT;
	for (uint32_t i = 0; i < out->n_events; i++)
		if (!schema_event(&t, out, &out->event[i]))
			return ERR_FORMAT;
	return ERR_OK;
}

/* ---- from one schema to another ---- */

static bool take_field(struct text *t, const struct schema_event *now, struct recast_field *f)
{
	struct text name;
	int at;

	if (!take_name(t, &name) || !record_get(t, &f->dim, 1) || !record_get(t, &f->kind, 1) || f->dim > DIM_ENTITY)
		return false;
	at = now == NULL ? -1 : schema_field_find(now, name);
	f->to = NOWHERE;
	if (at >= 0 && now->field[at].type.dim == (enum dim)f->dim &&
	    (f->dim != DIM_ENTITY || now->field[at].type.entity == f->kind))
		f->to = (uint8_t)at;
	return true;
}

static bool take_events(struct recast *r, struct text *t)
{
	if (!take_count(t, SCHEMA_EVENTS_MAX, &r->n_events))
		return false;
	for (uint32_t i = 0; i < r->n_events; i++) {
		struct recast_event *e = &r->event[i];
		struct text name;
		uint32_t n;
		int now;

		if (!take_name(t, &name) || !take_count(t, SCHEMA_FIELDS_MAX, &n))
			return false;
		now = schema_event_find(r->to, name);
		e->to = now < 0 ? NOWHERE : (uint8_t)now;
		e->n_fields = (uint8_t)n;
		for (uint32_t k = 0; k < n; k++)
			if (!take_field(t, now < 0 ? NULL : &r->to->event[now], &e->field[k]))
				return false;
	}
	return true;
}

static enum err take_names(struct text *t, struct recast_names *out, uint32_t n_now, const char *(*name)(uint32_t))
{
	struct text as_written;

	if (!record_get_u16(t, &out->n))
		return ERR_FORMAT;
	out->now = mem_alloc_array((size_t)out->n + 1, sizeof(*out->now));
	if (out->now == NULL)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < out->n; i++) {
		if (!take_name(t, &as_written))
			return ERR_FORMAT;
		if (i < n_now && text_eq(as_written, text_z(name(i)))) { /* as it nearly always is */
			out->now[i] = (uint16_t)i;
			continue;
		}
		for (uint32_t k = 0; k < n_now; k++)
			if (text_eq(as_written, text_z(name(k))))
				out->now[i] = (uint16_t)k;
	}
	return ERR_OK;
}

void recast_free(struct recast *r)
{
	if (r == NULL)
		return;
	mem_free(r->carrier.now);
	mem_free(r->region.now);
	mem_free(r->bank.now);
	mem_free(r);
}

enum err recast_new(struct recast **out, struct text payload, const struct schema *to, const struct hash_key *key)
{
	struct recast *r = mem_alloc(sizeof(*r));
	enum err e = ERR_FORMAT;
	uint8_t version;

	if (r == NULL)
		return ERR_MEMORY;
	r->to = to;
	r->key = key;
	if (record_get(&payload, &version, 1) && version == RECORD_SCHEMA_VERSION && take_entities(&payload, to) &&
	    take_events(r, &payload))
		e = take_names(&payload, &r->carrier, ident_carrier_count(), ident_carrier_name);
	if (e == ERR_OK)
		e = take_names(&payload, &r->region, ident_region_count(), ident_region_name);
	if (e == ERR_OK)
		e = take_names(&payload, &r->bank, ident_bank_count(), ident_bank_name);
	if (e == ERR_OK && payload.n != 0)
		e = ERR_FORMAT;
	if (e != ERR_OK) {
		recast_free(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

static uint16_t now_called(const struct recast_names *n, uint16_t i)
{
	return i < n->n ? n->now[i] : 0;
}

bool record_ident_take(struct text *t, struct ident *id)
{
	uint8_t n;

	memset(id, 0, sizeof(*id));
	if (!record_get_u64(t, &id->token.w[0]) || !record_get_u64(t, &id->token.w[1]) ||
	    !record_get(t, &id->attrs.kind, 1) || !record_get(t, &id->attrs.carrier, 1) ||
	    !record_get_u16(t, &id->attrs.region) || !record_get_u16(t, &id->attrs.bank) ||
	    !record_get_u16(t, &id->attrs.birth_year) || !record_get(t, &n, 1) || n >= IDENT_SHOWN_BYTES ||
	    !record_get(t, id->shown, n) || id->attrs.kind >= NUMBER_KINDS)
		return false;
	id->plain = text_of("", 0);
	return true;
}

static bool take_ident(const struct recast *c, struct text *t, struct ident *id)
{
	if (!record_ident_take(t, id))
		return false;
	id->attrs.carrier = (uint8_t)now_called(&c->carrier, id->attrs.carrier);
	id->attrs.region = now_called(&c->region, id->attrs.region);
	id->attrs.bank = now_called(&c->bank, id->attrs.bank);
	return true;
}

static bool take_text(const struct recast *c, struct text *t, const struct schema_field *now, struct event *out,
                      int64_t *v)
{
	uint64_t fingerprint = 0;
	struct text str;
	bool masked;
	uint16_t n;

	if (!record_get_u16(t, &n))
		return false;
	masked = (n & RECORD_TEXT_MASKED) != 0;
	n &= (uint16_t)~RECORD_TEXT_MASKED;
	if (n > EVENT_TEXT_MAX || (masked && !record_get_u64(t, &fingerprint)) || !record_get_bytes(t, n, &str))
		return false;
	if (now == NULL)
		return true;
	out->str[now->slot] = str;
	out->masked |= (uint32_t)masked << now->slot;
	*v = c->key == NULL ? 0 : masked ? (int64_t)fingerprint : hash_fingerprint(c->key, str);
	return true;
}

static bool take_value(const struct recast *c, const struct recast_field *f, struct text *t, struct event *out)
{
	const struct schema_field *now = f->to == NOWHERE ? NULL : &c->to->event[out->type].field[f->to];
	struct ident id;
	int64_t v = 0;

	if (f->dim == DIM_ENTITY) {
		if (!take_ident(c, t, &id))
			return false;
		if (now != NULL)
			out->ident[now->slot] = id;
	} else if (f->dim == DIM_TEXT) {
		if (!take_text(c, t, now, out, &v))
			return false;
	} else if (!record_get_varint(t, &v)) {
		return false;
	}
	if (now != NULL)
		out->value[f->to] = v;
	return true;
}

static enum err head(const struct recast *c, const struct record *r, struct text *t, unsigned char *key,
                     const struct recast_event **e, uint32_t *there)
{
	unsigned char own[RECORD_KEY_BYTES];
	uint8_t type;

	*t = r->payload;
	if (r->kind != RECORD_EVENT ||
	    ((r->flags & RECORD_KEYED) != 0 && !record_get(t, key ? key : own, RECORD_KEY_BYTES)) ||
	    !record_get(t, &type, 1) || type >= c->n_events || !record_get_u32(t, there))
		return ERR_FORMAT;
	*e = &c->event[type];
	return (uint64_t)*there >> (*e)->n_fields != 0 ? ERR_FORMAT : ERR_OK;
}

enum err record_event_take(const struct recast *c, const struct record *r, struct event *out, unsigned char *key)
{
	const struct recast_event *e;
	struct text t;
	uint32_t there;
	enum err err = head(c, r, &t, key, &e, &there);

	if (err != ERR_OK)
		return err;
	memset(out, 0, sizeof(*out));
	out->type = e->to == NOWHERE ? 0 : e->to;
	for (uint32_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		out->value[i] = VALUE_MISSING;
	for (uint32_t i = 0; i < SCHEMA_TEXTS_MAX; i++)
		out->str[i] = TEXT("");
	for (uint32_t i = 0; i < e->n_fields; i++)
		if ((there >> i & 1) != 0 && !take_value(c, &e->field[i], &t, out))
			return ERR_FORMAT;
	if (t.n != 0)
		return ERR_FORMAT;
	if (e->to == NOWHERE)
		return ERR_ABSENT;
	for (uint32_t i = 0; i < c->to->event[e->to].n_fields; i++)
		if (out->value[i] == VALUE_MISSING && !c->to->event[e->to].field[i].optional)
			return ERR_ABSENT;
	out->time = r->time;
	out->position = r->position;
	out->source = r->organisation;
	return ERR_OK;
}

enum err record_event_tokens(const struct recast *c, const struct record *r, uint8_t *kind, struct token *token,
                             uint32_t *n)
{
	const struct recast_event *e;
	struct event scratch = { .type = 0 };
	struct text t;
	struct ident id;
	uint32_t there;
	enum err err = head(c, r, &t, NULL, &e, &there);

	*n = 0;
	for (uint32_t i = 0; err == ERR_OK && i < e->n_fields; i++) {
		struct recast_field f = e->field[i];

		if ((there >> i & 1) == 0)
			continue;
		f.to = NOWHERE;
		if (f.dim != DIM_ENTITY) {
			err = take_value(c, &f, &t, &scratch) ? ERR_OK : ERR_FORMAT;
		} else if (!take_ident(c, &t, &id) || *n == SCHEMA_IDENTS_MAX) {
			err = ERR_FORMAT;
		} else {
			kind[*n] = f.kind;
			token[(*n)++] = id.token;
		}
	}
	return err;
}
