/* fuzz_decode.c - bytes as somebody sends them to /v1/decide. Either a reason that can be told and kept, or an event that goes through
 * the journal unchanged. */
#include "base/clock.h"
#include "base/mem.h"
#include "event/quarantine.h"
#include "gateway/decode.h"
#include "journal/record.h"
#include "tests/unit/schema_default.h"

#define LATEST_US (INT64_C(1800000000) * US_PER_SECOND)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void journal_keeps(const struct schema *s, const struct event *e)
{
	static struct event again;
	struct record r = { .kind = RECORD_EVENT, .time = e->time };
	struct buf b, schema;
	struct recast *c;

	buf_init(&b, RECORD_EVENT_MAX);
	buf_init(&schema, 1 << 20);
	record_event_put(&b, s, e);
	record_schema_put(&schema, s);
	CHECK(b.err == ERR_OK && schema.err == ERR_OK);
	CHECK(recast_new(&c, buf_view(&schema), s, &test_key) == ERR_OK);
	r.payload = buf_view(&b);
	CHECK(record_event_take(c, &r, &again, NULL) == ERR_OK);
	CHECK(again.type == e->type && memcmp(again.value, e->value, sizeof(e->value)) == 0);
	for (uint32_t i = 0; i < s->event[e->type].n_texts; i++)
		CHECK(text_eq(again.str[i], e->str[i]));
	recast_free(c);
	buf_release(&b);
	buf_release(&schema);
}

static void reason_can_be_told(const struct bad *bad)
{
	struct buf b;

	CHECK(bad->reason > BAD_NONE && bad->reason < BAD_REASONS);
	buf_init(&b, QUARANTINE_LINE_MAX);
	quarantine_line(&b, bad);
	bad_message_en(&b, bad);
	bad_message_zh(&b, bad);
	CHECK(b.err == ERR_OK && text_utf8_valid(buf_view(&b)));
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct schema s = schema_default();
	struct decoder d = { .schema = &s, .key = &test_key, .latest_us = LATEST_US };
	static struct taken t;
	struct bad bad;

	t.scratch = NULL;
	if (decode_event(&d, text_of((const char *)p, n), &t, &bad)) {
		CHECK(t.event.time <= LATEST_US);
		journal_keeps(&s, &t.event);
	} else {
		reason_can_be_told(&bad);
	}
	mem_free(t.scratch);
	return 0;
}
