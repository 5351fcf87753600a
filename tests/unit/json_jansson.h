/* json_jansson.h - json.c against jansson. The two may differ where json.c is the stricter one by intent: more than 64 keys,
 * nesting; and where jansson has limits that json.c has not: numbers too large for it (json.c keeps them as text). */
#ifndef DUANKA_TESTS_UNIT_JSON_JANSSON_H
#define DUANKA_TESTS_UNIT_JSON_JANSSON_H
#include "base/mem.h"
#include <jansson.h>
#include "event/json.h"

static inline const char *json_same_value(const struct json_pair *p, const json_t *v)
{
	switch (p->kind) {
	case JSON_KIND_STRING:
		return json_is_string(v) && text_eq(p->value, text_of(json_string_value(v), json_string_length(v)))
		           ? NULL
		           : "a string differs";
	case JSON_KIND_NUMBER: return json_is_number(v) ? NULL : "a number differs";
	case JSON_KIND_BOOL:
		return json_is_boolean(v) && text_eq(p->value, text_z(json_is_true(v) ? "true" : "false"))
		           ? NULL
		           : "a truth value differs";
	case JSON_KIND_NULL: return json_is_null(v) ? NULL : "a null differs";
	}
	return "an unknown kind";
}

/* scratch has room for n bytes. NULL, or what differs. *accepted says whether json.c took it. */
static inline const char *json_compare(const char *p, size_t n, char *scratch, bool *accepted)
{
	struct json_pair pair[JSON_PAIRS_MAX];
	size_t k = 0, at;
	const char *why = NULL, *differs = NULL;
	json_error_t error;
	enum err e = json_flat(text_of(p, n), pair, &k, scratch, &why, &at);
	json_t *j = json_loadb(p, n, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
	*accepted = e == ERR_OK;
	if (e != ERR_OK && !why)
		differs = "refused without a reason";
	if (e == ERR_OK && !j && json_error_code(&error) != json_error_numeric_overflow)
		differs = "jansson refuses it";
	if (e == ERR_FORMAT && json_is_object(j) && !memchr(p, 0, n)) { /* jansson passes over some NUL bytes */
		const char *key;
		json_t *v;
		bool nested = false;
		json_object_foreach(j, key, v) nested = nested || json_is_object(v) || json_is_array(v);
		differs = nested ? NULL : "jansson takes it";
	}
	if (e == ERR_OK && j && json_object_size(j) != k)
		differs = "another number of keys";
	for (size_t i = 0; e == ERR_OK && j && i < k && !differs; i++) {
		char *key = mem_copy_text(pair[i].key.p, pair[i].key.n); /* strndup may look one byte further */
		if (!key)
			break;
		json_t *v = json_object_get(j, key);
		differs = v ? json_same_value(&pair[i], v) : "a key differs";
		mem_free(key);
	}
	json_decref(j);
	return differs;
}

#endif
