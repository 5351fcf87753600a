/* source_json.c - NDJSON records: our own, whose keys are field names, and mapped ones, whose keys are columns. */
#include "event/source_int.h"

static int32_t key_meaning(const struct schema_event *t, struct text key)
{
	if (text_eq(key, TEXT("time")))
		return KEY_TIME;
	if (text_eq(key, TEXT("event")))
		return KEY_EVENT;
	int f = schema_field_find(t, key);
	return f < 0 ? KEY_UNKNOWN : f;
}

static int type_of(const struct source *s, const struct json_pair *pairs, size_t n)
{
	struct text names[JSON_PAIRS_MAX];
	for (size_t i = 0; i < n; i++) {
		if (text_eq(pairs[i].key, TEXT("event")))
			return pairs[i].kind == JSON_KIND_STRING ? schema_event_find(s->options->schema, pairs[i].value) : -1;
		names[i] = pairs[i].key;
	}
	return event_infer(s->options->schema, names, n);
}

static bool remembered(const struct key_memory *k, const struct json_pair *pairs, size_t n, const struct schema *schema)
{
	if (k->n != n || n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!text_eq(k->key[i], pairs[i].key))
			return false;
		if (k->field[i] == KEY_EVENT &&
		    (pairs[i].kind != JSON_KIND_STRING || !text_eq(pairs[i].value, schema->event[k->type].name)))
			return false;
	}
	return true;
}

static void remember(struct key_memory *k, const struct json_pair *pairs, size_t n)
{
	size_t used = 0;
	k->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (pairs[i].key.n > sizeof k->bytes - used)
			return;
		memcpy(k->bytes + used, pairs[i].key.p, pairs[i].key.n);
		k->key[i] = text_of(k->bytes + used, pairs[i].key.n);
		used += pairs[i].key.n;
	}
	k->n = n;
}

static bool learn(struct source *s, const struct json_pair *pairs, size_t n)
{
	struct key_memory *k = &s->keys;
	k->n = 0;
	k->type = type_of(s, pairs, n);
	if (k->type < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		k->field[i] = key_meaning(&s->options->schema->event[k->type], pairs[i].key);
	remember(k, pairs, n);
	return true;
}

static enum bad_reason own_pair(struct source *s, const struct json_pair *pair, int32_t meaning,
                                struct event_builder *b, struct event *ev, bool *timed)
{
	switch (meaning) {
	case KEY_TIME:
		*timed = pair->value.n > 0;
		return *timed ? value_time(pair->value, &field_format_own, &ev->time, &b->why) : BAD_MISSING;
	case KEY_EVENT: return BAD_NONE;
	case KEY_UNKNOWN: s->batch->unknown_keys++; return s->options->strict ? BAD_UNKNOWN_FIELD : BAD_NONE;
	default:
		if (pair->kind == JSON_KIND_NULL)
			return BAD_NONE;
		return event_set(b, ev, (uint32_t)meaning, pair->value, &field_format_own);
	}
}

static bool has_key(const struct json_pair *pairs, size_t n, struct text key)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(pairs[i].key, key))
			return true;
	return false;
}

static enum bad_reason own(struct source *s, size_t n, struct event_builder *b, struct event *ev, struct text *field)
{
	const struct schema *schema = s->options->schema;
	if (!remembered(&s->keys, s->pair, n, schema) && !learn(s, s->pair, n)) {
		*field = TEXT("event");
		if (s->keys.type == -2)
			b->why = "the keys fit several event types; a key \"event\" would tell which";
		else if (!has_key(s->pair, n, TEXT("event")))
			b->why = "the keys fit no event type; a key \"event\" would tell what is missing";
		return BAD_EVENT_TYPE;
	}
	bool timed = false;
	event_begin(schema, (uint32_t)s->keys.type, ev);
	for (size_t i = 0; i < n; i++) {
		enum bad_reason r = own_pair(s, &s->pair[i], s->keys.field[i], b, ev, &timed);
		if (r != BAD_NONE) {
			*field = s->pair[i].key;
			return r;
		}
	}
	uint32_t missing;
	enum bad_reason r = timed ? event_finish(schema, ev, &missing) : BAD_MISSING;
	if (r != BAD_NONE)
		*field = timed ? schema->event[ev->type].field[missing].name : TEXT("time");
	return r;
}

static enum mapping_result mapped(struct source *s, size_t n, struct event_builder *b, struct event *ev,
                                  enum bad_reason *reason, struct text *field)
{
	const struct mapping *m = s->mapping;
	for (uint32_t i = 0; i < m->n_columns; i++)
		s->cell[i] = (struct text){ NULL, 0 };
	for (size_t i = 0; i < n; i++) {
		uint32_t k = 0;
		while (k < m->n_columns && !text_eq(m->column[k], s->pair[i].key))
			k++;
		if (k < m->n_columns) {
			s->cell[k] = s->pair[i].value;
			continue;
		}
		s->batch->unknown_keys++;
		if (m->strict || s->options->strict) {
			*reason = BAD_UNKNOWN_FIELD;
			*field = s->pair[i].key;
			return MAPPING_BAD;
		}
	}
	return mapping_apply(m, &s->binding, s->cell, m->n_columns, b, ev, reason, field);
}

enum mapping_result source_json(struct source *s, struct text line, struct event_builder *b, struct event *ev,
                                enum bad_reason *reason, struct text *field)
{
	size_t n, at;
	const char *why = NULL;
	/* b->bytes begins with room for the strings that have escapes */
	if (memchr(line.p, 0, line.n)) {
		*reason = BAD_NUL;
		return MAPPING_BAD;
	}
	if (json_flat(line, s->pair, &n, b->bytes, &why, &at) != ERR_OK) {
		*reason = text_utf8_valid(line) ? BAD_JSON : BAD_ENCODING;
		b->why = *reason == BAD_JSON ? why : NULL;
		return MAPPING_BAD;
	}
	if (s->format == FORMAT_JSON_MAPPED)
		return mapped(s, n, b, ev, reason, field);
	*reason = own(s, n, b, ev, field);
	return *reason == BAD_NONE ? MAPPING_EVENT : MAPPING_BAD;
}
