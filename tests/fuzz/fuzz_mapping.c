/* fuzz_mapping.c - a mapping file, then rows: an error has a place and a text; an accepted mapping takes any cells, and what
 * it calls an event has a time in range and all required fields. */
#include "event/mapping.h"
#include "tests/unit/schema_default.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void apply(const struct mapping *m, const struct schema *s, struct text bytes)
{
	struct mapping_binding at;
	struct text cell[MAPPING_COLUMNS_MAX], missing, field;
	size_t n = 0;
	/* the mapping's own words serve as cells */
	for (size_t i = 0, from = 0; i <= bytes.n && n < MAPPING_COLUMNS_MAX; i++) {
		if (i < bytes.n && bytes.p[i] != ' ' && bytes.p[i] != '\n')
			continue;
		cell[n++] = text_of(bytes.p + from, i - from);
		from = i + 1;
	}
	if (mapping_bind(m, m->header ? m->column : NULL, m->n_columns, &at, &missing) != ERR_OK)
		return;
	for (size_t k = 0; k <= n; k++) {
		static struct event ev;
		char out[EVENT_BUILD_BYTES];
		struct event_builder b = { .schema = s, .key = &test_key, .bytes = out, .cap = sizeof out };
		enum bad_reason reason = BAD_NONE;
		uint32_t f;
		at.width = k & 1 ? 0 : at.width;
		enum mapping_result r = mapping_apply(m, &at, cell, k, &b, &ev, &reason, &field);
		CHECK(r != MAPPING_BAD || (reason > BAD_NONE && reason < BAD_REASONS));
		if (r == MAPPING_EVENT)
			CHECK(ev.time >= TIME_US_MIN && ev.time < TIME_US_MAX && event_finish(s, &ev, &f) == BAD_NONE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct schema s = schema_default();
	struct arena a;
	struct mapping *m;
	struct mapping_error error;
	struct text bytes = text_of((const char *)p, n);
	arena_init(&a, 4 << 20);
	enum err e = mapping_parse(bytes, TEXT("fuzz.map"), &s, NULL, &a, &m, &error);
	CHECK(e == ERR_OK || e == ERR_FORMAT || e == ERR_MEMORY);
	if (e == ERR_FORMAT)
		CHECK(error.line > 0 && error.col > 0 && error.text[0] && text_utf8_valid(text_z(error.text)));
	if (e == ERR_OK)
		apply(m, &s, bytes);
	arena_release(&a);
	return 0;
}
