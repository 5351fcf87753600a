/* test_record_json.c - records as lines of JSON: exact bytes for each kind; numbers that read back as they were; and whatever a payload says,
 * the line is JSON (Jansson judges) or refused. */
#include "tests/test.h"
#include <jansson.h>
#include "base/mem.h"
#include "base/money.h"
#include "base/rng.h"
#include "desk/card.h"
#include "desk/command.h"
#include "event/event_value.h"
#include "shard/edition.h"
#include "shard/record_json.h"
#include "shard/shard.h"
#include "tests/unit/schema_default.h"

static struct written *written_default(void)
{
	struct schema s = schema_default();
	struct written *w = NULL;
	struct buf b;

	test_field(&s.event[EVENT_CALL], "at", DIM_TIME, 0, true);
	test_field(&s.event[EVENT_CALL], "roaming", DIM_BOOL, 0, true);
	test_field(&s.event[EVENT_CALL], "hops", DIM_NUMBER, 0, true);
	buf_init(&b, 1 << 20);
	record_schema_put(&b, &s);
	assert_int_equal(written_follow(&w, buf_view(&b)), ERR_OK);
	buf_release(&b);
	return w;
}

static void put_event(struct buf *b, const struct schema *s, uint32_t type)
{
	static const char *const shown[] = { "138****1234", "96110", "a\"b" };
	struct event e = { .type = type };

	for (uint32_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		e.value[i] = VALUE_MISSING;
	for (uint32_t i = 0; i < s->event[type].n_fields; i++) {
		const struct schema_field *f = &s->event[type].field[i];

		e.value[i] = f->type.dim == DIM_MONEY      ? -1205
		             : f->type.dim == DIM_DURATION ? 12500000
		             : f->type.dim == DIM_TIME     ? (int64_t)1772380800 * 1000000
		                                           : 1;
		if (f->type.dim == DIM_TEXT)
			e.str[f->slot] = TEXT("点此\n领奖\xff");
		if (f->type.dim == DIM_ENTITY) {
			e.ident[f->slot] = (struct ident){ .token = { { i, 0xab } } };
			snprintf(e.ident[f->slot].shown, IDENT_SHOWN_BYTES, "%s", shown[i % 3]);
		}
	}
	record_event_put(b, s, &e);
}

static const char *line(struct buf *b, const struct written *w, const struct record *r,
                        const struct record_json_options *o)
{
	json_t *parsed;

	buf_clear(b);
	assert_int_equal(record_json(b, w, r, o), ERR_OK);
	parsed = json_loads(b->p, JSON_REJECT_DUPLICATES, NULL);
	if (parsed == NULL)
		fail_msg("not JSON: %s", b->p);
	json_decref(parsed);
	return b->p;
}

static bool no_callee(void *ctx, const struct schema_event *type, const struct schema_field *field)
{
	++*(int *)ctx;
	assert_text(type->name, "call");
	return !text_eq(field->name, TEXT("callee"));
}

static void test_events(void **state)
{
	struct written *w = written_default();
	struct token who = { { 0, 0xab } };
	int asked = 0;
	struct event_sight sight = { no_callee, &asked };
	struct record_json_options o = { .about = &who, .about_kind = ENTITY_PHONE };
	struct record r = { .kind = RECORD_EVENT, .position = 7, .time = (int64_t)1772380800 * 1000000, .organisation = 3 };
	struct buf payload, b;

	(void)state;
	buf_init(&payload, RECORD_EVENT_MAX);
	buf_init(&b, 1 << 16);
	put_event(&payload, &w->schema, EVENT_CALL);
	r.payload = buf_view(&payload);
	assert_string_equal(
		line(&b, w, &r, NULL),
		"{\"position\":7,\"time\":\"2026-03-02T00:00:00+08:00\",\"kind\":\"event\",\"organisation\":3,\"event\":\"call\",\"fields\":{"
		"\"caller\":{\"kind\":\"phone\",\"token\":\"000000000000000000000000000000ab\",\"shown\":\"138****1234\"},"
		"\"callee\":{\"kind\":\"phone\",\"token\":\"000000000000000100000000000000ab\",\"shown\":\"96110\"},\"talk\":12.5,"
		"\"device\":{\"kind\":\"device\",\"token\":\"000000000000000300000000000000ab\",\"shown\":\"138****1234\"},"
		"\"cell\":{\"kind\":\"cell\",\"token\":\"000000000000000400000000000000ab\",\"shown\":\"96110\"},"
		"\"at\":\"2026-03-02T00:00:00+08:00\",\"roaming\":true,\"hops\":1}}");
	assert_non_null(strstr(line(&b, w, &r, &o), "\"event\":\"call\",\"roles\":[\"caller\"],\"fields\""));
	o.about_kind = ENTITY_ACCOUNT;
	assert_non_null(strstr(line(&b, w, &r, &o), "\"roles\":[],"));
	o.about_kind = 0xff;
	o.sight = &sight;
	r.flags = RECORD_MENDED;
	assert_non_null(strstr(line(&b, w, &r, &o), "\"mended\":true,\"event\":\"call\",\"roles\":[\"caller\"],"));
	assert_null(strstr(b.p, "callee"));
	assert_true(asked > 3);
	buf_clear(&payload);
	put_event(&payload, &w->schema, EVENT_SMS);
	r.payload = buf_view(&payload);
	assert_non_null(strstr(line(&b, w, &r, NULL), "\"body\":\"点此\\n领奖\xEF\xBF\xBD\""));
	buf_clear(&payload);
	put_event(&payload, &w->schema, EVENT_TRANSFER);
	r.payload = buf_view(&payload);
	assert_non_null(strstr(line(&b, w, &r, NULL), "\"amount\":-12.05,"));
	buf_release(&payload);
	buf_release(&b);
	written_free(w);
}

static void test_other_kinds(void **state)
{
	struct policy_file file[] = { { TEXT("a.dk"), TEXT("entity phone\n") }, { TEXT("b.dk"), TEXT("") } };
	struct list callers = { .name = TEXT("known-callers"), .type = { .dim = DIM_ENTITY } };
	struct list urls = { .name = TEXT("urls"), .type = { .dim = DIM_TEXT } };
	struct ident id = { .token = { { 1, 2 } }, .shown = "138****1234" };
	struct schema s = { .n_entities = 1, .n_events = 1 };
	struct record r = { .position = 1, .kind = RECORD_TICK };
	struct text rest;
	struct buf payload, b;

	(void)state;
	buf_init(&payload, 1 << 20);
	buf_init(&b, 1 << 16);
	assert_string_equal(line(&b, NULL, &r, NULL),
	                    "{\"position\":1,\"time\":\"1970-01-01T08:00:00+08:00\",\"kind\":\"tick\",\"organisation\":0}");
	r.kind = RECORD_NAMES;
	r.payload = TEXT("sealed");
	assert_non_null(strstr(line(&b, NULL, &r, NULL), ",\"kind\":\"names\",\"organisation\":0,\"bytes\":6}"));
	r.kind = RECORD_ACT;
	r.payload = TEXT("{\"what\" :\n \"reveal\", \"a\":[1,{\"b\":null}]}");
	assert_non_null(strstr(line(&b, NULL, &r, NULL), ",\"act\":{\"what\":\"reveal\",\"a\":[1,{\"b\":null}]}}"));
	r.payload = TEXT("no \"JSON\"\n");
	assert_non_null(strstr(line(&b, NULL, &r, NULL), ",\"act\":\"no \\\"JSON\\\"\\n\"}"));
	edition_put_files(&payload, file, 2);
	shard_list_put(&payload, &callers, &id, 0, INT64_MAX);
	r.kind = RECORD_POLICY;
	r.payload = buf_view(&payload);
	assert_non_null(
		strstr(line(&b, NULL, &r, NULL),
	           ",\"files\":[{\"path\":\"a.dk\",\"bytes\":13},{\"path\":\"b.dk\",\"bytes\":0}],\"list_entries\":1}"));
	buf_clear(&payload);
	shard_list_put(&payload, &callers, &id, 0, INT64_MAX);
	shard_list_put(&payload, &urls, NULL, 0xbeef, 0);
	rest = buf_view(&payload);
	assert_int_equal(record_take(&rest, &r), ERR_OK);
	assert_non_null(strstr(
		line(&b, NULL, &r, NULL),
		"\"list\":\"known-callers\",\"entity\":{\"token\":\"00000000000000010000000000000002\",\"shown\":\"138****1234\"},\"until\":null}"));
	assert_int_equal(record_take(&rest, &r), ERR_OK);
	assert_non_null(
		strstr(line(&b, NULL, &r, NULL),
	           "\"list\":\"urls\",\"fingerprint\":\"000000000000beef\",\"until\":\"1970-01-01T08:00:00+08:00\"}"));
	r.flags = RECORD_NEWEST;
	assert_non_null(strstr(line(&b, NULL, &r, NULL), "\"fingerprint\":\"000000000000beef\",\"removed\":true}"));
	s.entity[0].name = TEXT("phone");
	s.event[0].name = TEXT("call");
	test_field(&s.event[0], "caller", DIM_ENTITY, 0, false);
	test_field(&s.event[0], "cost", DIM_MONEY, 0, true);
	buf_clear(&payload);
	record_schema_put(&payload, &s);
	r = (struct record){ .kind = RECORD_SCHEMA, .payload = buf_view(&payload) };
	assert_non_null(
		strstr(line(&b, NULL, &r, NULL),
	           ",\"entities\":[\"phone\"],\"events\":{\"call\":{\"caller\":\"phone\",\"cost\":\"money\"}}}"));
	for (int k = 0; k < RECORD_KINDS; k++)
		if (record_kind_name((enum record_kind)k)[0] != 0)
			assert_int_equal(record_kind_find(text_z(record_kind_name((enum record_kind)k))), k);
	assert_int_equal(record_kind_find(TEXT("")), RECORD_NONE);
	buf_release(&payload);
	buf_release(&b);
}

static void test_numbers_read_back(void **state)
{
	struct rng rng;
	struct buf b;

	(void)state;
	rng_seed(&rng, test_seed(1));
	buf_init(&b, 100);
	for (int i = 0; i < 20000; i++) {
		int64_t v = (int64_t)(rng_next(&rng) >> (18 + rng_below(&rng, 45))) * (i % 2 ? 1 : -1), back;

		buf_clear(&b);
		event_json_yuan(&b, v);
		assert_int_equal(money_parse_yuan(buf_view(&b), &back), ERR_OK);
		assert_true(v == back);
		buf_clear(&b);
		event_json_seconds(&b, v);
		assert_int_equal(value_decimal(buf_view(&b), 1000000, &back), ERR_OK);
		assert_true(v == back);
	}
	buf_release(&b);
}

/* Every bit of a payload turned over, and every end cut off: JSON or refused, and nothing else happens. */
static void test_damaged_payloads(void **state)
{
	struct written *w = written_default();
	struct record r = { .kind = RECORD_EVENT, .position = 7 };
	struct buf payload, b;
	uint64_t refused = 0;

	(void)state;
	buf_init(&payload, RECORD_EVENT_MAX);
	buf_init(&b, 1 << 16);
	put_event(&payload, &w->schema, EVENT_CALL);
	for (size_t bit = 0; bit < 8 * payload.n; bit++) {
		for (int cut = 0; cut < 2; cut++) {
			payload.p[bit / 8] ^= (char)(1 << bit % 8);
			r.payload = text_of(payload.p, cut ? bit / 8 : payload.n);
			buf_clear(&b);
			buf_z(&b, "before");
			if (record_json(&b, w, &r, NULL) == ERR_OK) {
				json_t *parsed = json_loads(b.p + 6, JSON_REJECT_DUPLICATES, NULL);

				assert_non_null(parsed);
				json_decref(parsed);
			} else {
				assert_string_equal(b.p, "before");
				refused++;
			}
			payload.p[bit / 8] ^= (char)(1 << bit % 8);
		}
	}
	assert_true(refused > 100);
	for (int k = 0; k < 256; k++) { /* this payload as every kind of record */
		r.kind = (uint8_t)k;
		r.payload = buf_view(&payload);
		buf_clear(&b);
		assert_true(k == RECORD_EVENT || k == RECORD_TICK || k == RECORD_ACT || k == RECORD_NAMES ||
		            record_json(&b, w, &r, NULL) != ERR_OK);
	}
	buf_release(&payload);
	buf_release(&b);
	written_free(w);
}

/* A command by the names of its machine, with and without a key before it; cut anywhere, or with a bit turned, it is another one or refused. */
static void test_commands(void **state)
{
	static const unsigned char ref[DESK_REF_BYTES] = { 0xab, 1 };
	struct record r = {
		.kind = RECORD_COMMAND, .position = 7, .time = (int64_t)1772380800 * 1000000, .organisation = 3
	};
	struct desk_command c;
	struct buf payload, b;

	(void)state;
	buf_init(&payload, DESK_COMMAND_BYTES_MAX);
	buf_init(&b, 1 << 16);
	desk_command_init(&c, DESK_CARD, CARD_DO_LIST, 65536);
	c.version = 2;
	c.user = 131072;
	c.roles = 1u << ROLE_ANALYST | 1u << ROLE_LEADER;
	c.organisation = 3;
	c.district = 1;
	desk_give_token(&c, CARD_F_PHONE, (struct token){ { 0, 0xab } });
	desk_give_i(&c, CARD_F_BASIS, 1);
	desk_give_ref(&c, CARD_F_REASON, ref);
	desk_give_i(&c, CARD_F_VERIFIED, r.time);
	desk_give_code(&c, CARD_F_RULE, TEXT("sim_box"));
	desk_give_positions(&c, CARD_F_EVIDENCE, (uint64_t[2]){ 5, 9 }, 2);
	desk_command_put(&payload, &c);
	r.payload = buf_view(&payload);
	assert_string_equal(
		line(&b, NULL, &r, NULL),
		"{\"position\":7,\"time\":\"2026-03-02T00:00:00+08:00\",\"kind\":\"command\",\"organisation\":3,\"command\":{\"kind\":\"card\",\"step\":\"list\","
		"\"object\":\"C-65536\",\"version\":2,\"user\":\"U-131072\",\"roles\":[\"analyst\",\"leader\"],\"organisation\":3,\"district\":1,\"fields\":{"
		"\"phone\":{\"kind\":\"phone\",\"token\":\"000000000000000000000000000000ab\"},\"basis\":\"AFL-11\",\"evidence\":[5,9],\"rule\":\"sim_box\","
		"\"reason\":{\"text\":\"ab010000000000000000000000000000\"},\"verified\":\"2026-03-02T00:00:00+08:00\"}}}");
	for (size_t n = 0; n < payload.n; n++) {
		r.payload = text_of(payload.p, n);
		buf_clear(&b);
		assert_int_equal(record_json(&b, NULL, &r, NULL), ERR_FORMAT);
		assert_int_equal(b.n, 0);
	}
	for (size_t bit = 0; bit < payload.n * 8; bit++) {
		payload.p[bit / 8] ^= (char)(1 << bit % 8);
		r.payload = buf_view(&payload);
		buf_clear(&b);
		if (record_json(&b, NULL, &r, NULL) == ERR_OK)
			(void)line(&b, NULL, &r, NULL);
		payload.p[bit / 8] ^= (char)(1 << bit % 8);
	}
	buf_clear(&payload);
	buf_add(&payload, "0123456789abcdef", RECORD_KEY_BYTES);
	desk_command_init(&c, DESK_CARD, CARD_DO_LIST, 0);
	desk_command_put(&payload, &c);
	r.payload = buf_view(&payload);
	r.flags = RECORD_KEYED;
	assert_non_null(strstr(line(&b, NULL, &r, NULL),
	                       "\"command\":{\"kind\":\"card\",\"step\":\"list\",\"user\":\"0\",\"roles\":[],"));
	buf_release(&payload);
	buf_release(&b);
}

static void test_without_memory(void **state)
{
	struct written *w = written_default();
	struct record r = { .kind = RECORD_EVENT, .position = 7 };
	struct buf payload;

	(void)state;
	buf_init(&payload, RECORD_EVENT_MAX);
	put_event(&payload, &w->schema, EVENT_CALL);
	r.payload = buf_view(&payload);
	for (uint64_t nth = 1;; nth++) {
		struct buf b;
		enum err e;

		buf_init(&b, 1 << 16);
		mem_fail_at(nth);
		e = record_json(&b, w, &r, NULL);
		mem_fail_at(0);
		buf_release(&b);
		if (e == ERR_OK)
			break;
		assert_int_equal(e, ERR_MEMORY);
		assert_true(nth < 100);
	}
	buf_release(&payload);
	written_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_numbers_read_back),
		cmocka_unit_test(test_damaged_payloads),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
