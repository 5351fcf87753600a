/* fuzz_list.c - a list file: what the callbacks saw is what the counts say, and no more than there are lines. */
#include "event/list.h"
#include "tests/unit/schema_default.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct seen {
	uint64_t values, errors;
};

static void on_value(void *context, const struct list_value *v)
{
	struct seen *s = context;
	s->values++;
	CHECK(v->line > 0 && (!v->ident || (v->ident->plain.n > 0 && v->ident->plain.n <= EVENT_IDENT_MAX)));
}

static void on_error(void *context, uint32_t line, uint32_t col, const char *message)
{
	struct seen *s = context;
	s->errors++;
	CHECK(line > 0 && col > 0 && message[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	for (int text = 0; text < 2; text++) {
		struct seen s = { 0 };
		struct list_counts c;
		uint64_t lines = 1;
		for (size_t i = 0; i < n; i++)
			lines += p[i] == '\n';
		struct list_reader r = { .text = text,
			                     .form = (enum ident_form)(n % 6),
			                     .key = &test_key,
			                     .context = &s,
			                     .value = on_value,
			                     .error = on_error };
		enum err e = list_read(&r, text_of((const char *)p, n), &c);
		CHECK(e == ERR_OK || (e == ERR_FORMAT && c.bad > 0));
		CHECK(s.values == c.values && s.errors == c.bad && c.values + c.bad <= lines);
	}
	return 0;
}
