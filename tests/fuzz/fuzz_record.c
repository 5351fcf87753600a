/* fuzz_record.c - bytes that claim to be a schema and the records written under it. Whatever they are: no read outside, and an event that is
 * taken can be written again and reads the same. Input: u16 bytes of schema, little endian, the schema's payload, records. */
#include "base/check.h"
#include "journal/record.h"
#include "tests/unit/schema_default.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void take_event(const struct recast *c, const struct schema *s, const struct record *r)
{
	unsigned char key[RECORD_KEY_BYTES];
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	static struct event e, again;
	struct record second = { .kind = RECORD_EVENT, .time = r->time };
	struct recast *own;
	struct buf b, schema;
	uint32_t tokens;
	enum err err = record_event_take(c, r, &e, key);

	if (record_event_tokens(c, r, kind, token, &tokens) == ERR_OK)
		CHECK(tokens <= SCHEMA_IDENTS_MAX);
	if (err != ERR_OK)
		return;
	buf_init(&b, RECORD_EVENT_MAX);
	buf_init(&schema, 1 << 20);
	record_event_put(&b, s, &e);
	record_schema_put(&schema, s);
	CHECK(b.err == ERR_OK && schema.err == ERR_OK);
	CHECK(recast_new(&own, buf_view(&schema), s, &test_key) == ERR_OK);
	second.payload = buf_view(&b);
	CHECK(record_event_take(own, &second, &again, NULL) == ERR_OK);
	CHECK(again.type == e.type && again.time == e.time && memcmp(again.value, e.value, sizeof(e.value)) == 0);
	for (uint32_t i = 0; i < SCHEMA_IDENTS_MAX; i++)
		CHECK(token_eq(again.ident[i].token, e.ident[i].token));
	recast_free(own);
	buf_release(&b);
	buf_release(&schema);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct schema s = schema_default();
	struct recast *c;
	struct record r;
	struct text rest;
	size_t schema_n;

	if (n < 2)
		return 0;
	schema_n = (size_t)p[0] | (size_t)p[1] << 8;
	if (schema_n > n - 2 || recast_new(&c, text_of((const char *)p + 2, schema_n), &s, &test_key) != ERR_OK)
		return 0;
	rest = text_of((const char *)p + 2 + schema_n, n - 2 - schema_n);
	while (record_take(&rest, &r) == ERR_OK)
		take_event(c, &s, &r);
	recast_free(c);
	return 0;
}
