/* fuzz_words.c - one field's bytes as time, amount, number and JSON string. What is accepted reads back the same; what
 * buf_json writes is accepted by jansson and means the same. */
#include "base/clock.h"
#include "base/money.h"
#include "base/value.h"
#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void try_json(struct buf *b, struct text t)
{
	buf_clear(b);
	buf_json(b, t);
	CHECK(b->err == ERR_OK && text_utf8_valid(buf_view(b)));
	json_error_t e;
	json_t *j = json_loadb(b->p, b->n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
	CHECK(j != NULL);
	struct text back = text_of(json_string_value(j), json_string_length(j));
	CHECK(!text_utf8_valid(t) || text_eq(back, t));
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct text t = text_of((const char *)p, n);
	struct buf b;
	int64_t v, back;
	buf_init(&b, n * 6 + 100);
	if (clock_parse(t, &clock_shanghai, &v) == ERR_OK && v > TIME_US_MIN && v < TIME_US_MAX) {
		clock_format(&b, v, &clock_shanghai);
		CHECK(clock_parse(buf_view(&b), &clock_utc, &back) == ERR_OK && back == v);
	}
	if (money_parse_yuan(t, &v) == ERR_OK)
		CHECK(v >= -MONEY_FEN_MAX && v <= MONEY_FEN_MAX);
	if (text_to_int(t, &v) == ERR_OK) {
		buf_clear(&b);
		buf_int(&b, v);
		CHECK(text_to_int(buf_view(&b), &back) == ERR_OK && back == v && v != VALUE_MISSING);
	}
	try_json(&b, t);
	buf_release(&b);
	return 0;
}
