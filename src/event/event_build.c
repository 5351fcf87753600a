/* event_build.c - texts into the typed slots of an event. */
#include "event/event_build.h"
#include "event/mask.h"

void event_begin(const struct schema *s, uint32_t type, struct event *ev)
{
	const struct schema_event *t = &s->event[type];
	ev->type = type;
	ev->masked = 0;
	ev->position = 0;
	/* Not only the fields of s: the event may be taken by a schema that has more. */
	for (uint32_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		ev->value[i] = VALUE_MISSING;
	for (uint32_t i = 0; i < SCHEMA_TEXTS_MAX; i++)
		ev->str[i] = TEXT("");
	for (uint32_t i = 0; i < t->n_idents; i++)
		ev->ident[i] = (struct ident){ .plain = { "", 0 } };
}

static struct text mapped(struct text v, const struct field_format *f)
{
	for (uint32_t i = 0; i < f->n_map; i++)
		if (text_eq(f->map[i].from, v))
			return f->map[i].to;
	return v;
}

static enum bad_reason set_ident(struct event_builder *b, struct event *ev, const struct schema_field *d,
                                 uint32_t field, struct text v, const struct field_format *f)
{
	CHECK_HOT(b->cap - b->used >= EVENT_IDENT_MAX);
	char *out = b->bytes + b->used, joined[EVENT_IDENT_MAX];
	if (UNLIKELY(f->prefix.n > 0)) {
		if (f->prefix.n + v.n > EVENT_IDENT_MAX) {
			b->why = "not an identifier: with its prefix it is longer than 64 bytes";
			return BAD_IDENT;
		}
		memcpy(joined, f->prefix.p, f->prefix.n);
		memcpy(joined + f->prefix.n, v.p, v.n);
		v = text_of(joined, f->prefix.n + v.n);
	}
	struct ident *id = &ev->ident[d->slot];
	enum ident_form form = b->schema->entity[d->type.entity].form;
	if (UNLIKELY(ident_make(b->key, form, d->type.entity, f->mode, v, out, id, &b->why) != ERR_OK))
		return BAD_IDENT;
	b->used += id->plain.n;
	ev->value[field] = 0;
	return BAD_NONE;
}

/* The identifiers that may still come keep their room. */
static enum bad_reason mask(struct event_builder *b, struct event *ev, uint8_t slot)
{
	struct text *v = &ev->str[slot];
	char *out = b->bytes + b->used;

	b->full = b->cap - b->used < EVENT_BUILD_BYTES + v->n;
	if (b->full)
		return BAD_TEXT;
	mask_put(*v, out);
	b->used += v->n;
	v->p = out;
	ev->masked |= 1U << slot;
	return BAD_NONE;
}

static enum bad_reason set_text(struct event_builder *b, struct event *ev, const struct schema_field *d, uint32_t field,
                                struct text v)
{
	if (v.n > EVENT_TEXT_MAX)
		return BAD_TEXT;
	if (!text_utf8_valid(v))
		return BAD_ENCODING;
	if (v.n && memchr(v.p, 0, v.n))
		return BAD_NUL;
	ev->value[field] = hash_fingerprint(b->key, v);
	ev->str[d->slot] = v;
	return UNLIKELY(mask_finds(v)) ? mask(b, ev, d->slot) : BAD_NONE;
}

enum bad_reason event_set(struct event_builder *b, struct event *ev, uint32_t field, struct text v,
                          const struct field_format *f)
{
	const struct schema_field *d = &b->schema->event[ev->type].field[field];
	b->why = NULL;
	if (UNLIKELY(f->n_map > 0))
		v = mapped(v, f);
	if (v.n == 0 && (d->type.dim != DIM_TEXT || d->optional)) {
		ev->value[field] = VALUE_MISSING;
		return BAD_NONE;
	}
	if (d->type.dim == DIM_ENTITY)
		return set_ident(b, ev, d, field, v, f);
	if (d->type.dim == DIM_TEXT)
		return set_text(b, ev, d, field, v);
	return value_parse(v, d->type.dim, f, &ev->value[field], &b->why);
}

enum bad_reason event_finish(const struct schema *s, const struct event *ev, uint32_t *field)
{
	const struct schema_event *t = &s->event[ev->type];
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (UNLIKELY(ev->value[i] == VALUE_MISSING && !t->field[i].optional)) {
			*field = i;
			return BAD_MISSING;
		}
	}
	return BAD_NONE;
}

static bool is_meta(struct text name)
{
	return text_eq(name, TEXT("time")) || text_eq(name, TEXT("event"));
}

static bool fits(const struct schema_event *t, const struct text *names, size_t n)
{
	uint32_t seen = 0;
	for (size_t i = 0; i < n; i++) {
		if (is_meta(names[i]))
			continue;
		int f = schema_field_find(t, names[i]);
		if (f < 0)
			return false;
		seen |= (uint32_t)1 << f;
	}
	for (uint32_t i = 0; i < t->n_fields; i++)
		if (!t->field[i].optional && !(seen >> i & 1))
			return false;
	return true;
}

_Static_assert(SCHEMA_FIELDS_MAX <= 32, "a set of fields is one word");

int event_infer(const struct schema *s, const struct text *names, size_t n)
{
	int found = -1;
	for (uint32_t i = 0; i < s->n_events; i++) {
		if (!fits(&s->event[i], names, n))
			continue;
		if (found >= 0)
			return -2;
		found = (int)i;
	}
	return found;
}

static int type_of(const struct schema *s, const struct event_pair *pairs, size_t n)
{
	struct text names[SCHEMA_FIELDS_MAX + 2];
	for (size_t i = 0; i < n; i++) {
		if (text_eq(pairs[i].name, TEXT("event")))
			return schema_event_find(s, pairs[i].value);
		names[i] = pairs[i].name;
	}
	return event_infer(s, names, n);
}

enum bad_reason event_build(struct event_builder *b, const struct event_pair *pairs, size_t n, struct event *out,
                            struct text *field)
{
	*field = TEXT("");
	b->why = NULL;
	if (n > SCHEMA_FIELDS_MAX + 2)
		return BAD_UNKNOWN_FIELD;
	int type = type_of(b->schema, pairs, n);
	if (type < 0)
		return BAD_EVENT_TYPE;
	event_begin(b->schema, (uint32_t)type, out);
	const struct schema_event *t = &b->schema->event[type];
	bool timed = false;
	for (size_t i = 0; i < n; i++) {
		enum bad_reason r = BAD_NONE;
		*field = pairs[i].name;
		if (text_eq(pairs[i].name, TEXT("time"))) {
			r = value_time(pairs[i].value, &field_format_own, &out->time, &b->why);
			timed = true;
		} else if (!is_meta(pairs[i].name)) {
			int f = schema_field_find(t, pairs[i].name);
			r = f < 0 ? BAD_UNKNOWN_FIELD : event_set(b, out, (uint32_t)f, pairs[i].value, &field_format_own);
		}
		if (r != BAD_NONE)
			return r;
	}
	*field = TEXT("time");
	if (!timed)
		return BAD_MISSING;
	uint32_t missing;
	enum bad_reason r = event_finish(b->schema, out, &missing);
	*field = r != BAD_NONE ? t->field[missing].name : TEXT("");
	return r;
}
