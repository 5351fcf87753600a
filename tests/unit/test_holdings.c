/* test_holdings.c - who holds what, from the journal into the registry and from there into warnings, cards and accounts; against a list of what was said, however the journal is
 * cut, copied, made again, and whatever write fails. */
#include "tests/test.h"
#include <unistd.h>
#include "base/mem.h"
#include "base/rng.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/desk_int.h"
#include "desk/incident.h"
#include "desk/warning.h"
#include "gateway/district.h"
#include "tests/sim/sqlite_faults.h"
#include "tests/unit/desk_journal.h"

static struct {
	struct desk_journal j;
	char folder[40], path[64], copy[64];
} w = { .folder = "/tmp/duanka-holdings-XXXXXX" };

/* One event, journaled; the tokens of its first two fields. */
static void say(const char *type, const char *a, const char *a_value, const char *b, const char *b_value,
                const char *amount, struct token token[2])
{
	struct shard_item it = desk_journal_event(&w.j, type, a, a_value, b, b_value, amount);

	for (uint32_t i = 0; token != NULL && i < 2; i++) {
		const struct schema_event *t = &w.j.loaded.schema.event[it.event->type];

		token[i] = it.event->ident[t->field[schema_field_find(t, text_z(i == 0 ? a : b))].slot].token;
	}
	desk_journal_apply(&w.j, &it, 1);
	desk_journal_items(&it, 1);
}

static void pay(const char *payer, const char *payee)
{
	say("transfer", "payer", payer, "payee", payee, "1000.5", NULL);
}

static void clean(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char z[80];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(z, sizeof(z), "%s%s", path, ends[i]);
		unlink(z);
	}
}

static struct registry *open_one(const char *path)
{
	struct registry *r = NULL;
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open(&r, path, &why) != ERR_OK)
		fail_msg("%s", why.p);
	buf_release(&why);
	return r;
}

/* The records before `end` that are not in it yet. */
static enum err project(struct registry *r, uint64_t end)
{
	struct projecting_options o = { .journal = &w.j.disk, .registry = r, .alerts = desk_journal_alerts(&w.j) };
	struct projecting *p = NULL;
	uint64_t begins;
	bool more = true;
	enum err e = projecting_open(&p, &o, &begins);

	while (e == ERR_OK && more)
		e = projecting_batch(p, end, &more);
	if (e == ERR_OK)
		e = projecting_settle(p);
	projecting_close(p);
	return e;
}

static struct registry *whole(void)
{
	struct registry *r;

	clean(w.path);
	r = open_one(w.path);
	assert_int_equal(project(r, shard_next(w.j.shard)), ERR_OK);
	return r;
}

static bool keep(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return true;
}

/* The newest object of the kind, and how many there are. */
static uint64_t last(struct registry *r, enum desk_kind kind, struct desk_object *o)
{
	struct registry_query q = { .kind = (uint8_t)kind };
	uint64_t n = 0;

	assert_int_equal(registry_list(r, &q, REGISTRY_PAGE_MAX, keep, o), ERR_OK);
	assert_int_equal(registry_count(r, &q, 1000, &n), ERR_OK);
	return n;
}

static bool is(const struct desk_object *o, uint32_t field, struct token t)
{
	return desk_has(o, field) && token_eq(desk_entity_of(o, field).token, t);
}

#define PERSON_A "110101199003070134"
#define PERSON_B "11010519491231002X"

static void a_warning_finds_person_and_phone(void **state)
{
	struct registry *r;
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct token card[2], second[2], account[2], other[2], moved[2];

	(void)state;
	desk_journal_open(&w.j, NULL);
	say("open_card", "phone", "13900139000", "person", PERSON_A, NULL, card);
	say("open_account", "account", "6222020012345678901", "person", PERSON_A, NULL, account);
	pay("6222020012345678901", "6217000012345678");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 1);
	assert_true(is(o, WARNING_F_PERSON, account[1]) && is(o, WARNING_F_PHONE, card[0]) &&
	            is(o, WARNING_F_ACCOUNT, account[0]));
	assert_int_equal(last(r, DESK_ACCOUNT, o), 1); /* the payee: nobody knows whose */
	assert_false(desk_has(o, ACCOUNT_F_PERSON));
	registry_close(r);

	say("open_account", "account", "6217000012345678", "person", PERSON_B, NULL, other);
	say("open_account", "account", "6222020099999999999", "person", PERSON_A, NULL, NULL);
	pay("6222020099999999999", "6217000012345678"); /* the same person's: fused */
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 1);
	assert_int_equal(last(r, DESK_ACCOUNT, o), 1);
	assert_true(is(o, ACCOUNT_F_PERSON, other[1]));
	registry_close(r);

	say("open_card", "phone", "13900139001", "person", PERSON_A, NULL, second);
	say("open_card", "phone", "13900139001", "person", PERSON_B, NULL, moved); /* and away again */
	say("open_card", "phone", "13900139002", "person", PERSON_B, NULL, second);
	say("open_card", "phone", "13900139001", "person", PERSON_B, NULL, NULL); /* nothing new */
	pay("6217000012345678", "6222020012345678901");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 2);
	assert_true(is(o, WARNING_F_PERSON, other[1]) && is(o, WARNING_F_PHONE, second[0]));
	registry_close(r);
	clean(w.path);
	desk_journal_close(&w.j);
	mem_free(o);
}

static void an_account_has_a_phone_of_its_own(void **state)
{
	struct registry *r;
	struct registry_holding h;
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct token account[2], owner[2], none;

	(void)state;
	desk_journal_open(&w.j, NULL);
	say("open_account", "account", "6222020012345678901", "phone", "13900139000", NULL, account);
	pay("6222020012345678901", "6217000012345678");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 1);
	assert_true(!desk_has(o, WARNING_F_PERSON) && is(o, WARNING_F_PHONE, account[1]));
	assert_int_equal(registry_holder(r, (struct desk_entity){ DESK_PHONE, account[1] }, &h), ERR_ABSENT);
	registry_close(r);
	say("bind", "person", PERSON_A, "account", "6222020012345678901", NULL, owner);
	r = whole();
	assert_int_equal(registry_holder(r, (struct desk_entity){ DESK_BANK_ACCOUNT, account[0] }, &h), ERR_OK);
	assert_true(token_eq(h.person, owner[0]) && h.phone.w[0] == 0 && h.phone.w[1] == 0); /* it was somebody else's */
	assert_int_equal(h.position, shard_next(w.j.shard) - 1);
	assert_int_equal(registry_phone_of(r, owner[0], &none), ERR_ABSENT);
	registry_close(r);
	say("open_account", "account", "6222020012345678901", "phone", "13900139000", NULL, NULL);
	r = whole();
	assert_int_equal(registry_holder(r, (struct desk_entity){ DESK_BANK_ACCOUNT, account[0] }, &h), ERR_OK);
	assert_true(token_eq(h.person, owner[0]) && token_eq(h.phone, account[1]));
	registry_close(r);
	clean(w.path);
	desk_journal_close(&w.j);
	mem_free(o);
}

static void a_suspect_card_has_a_holder(void **state)
{
	struct registry *r;
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct token card[2];

	(void)state;
	desk_journal_open(&w.j, NULL);
	say("open_card", "phone", "13800138000", "person", PERSON_A, NULL, card);
	for (int i = 0; i < 2; i++)
		say("call", "caller", "13800138000", "callee", "13900139000", NULL, NULL);
	r = whole();
	assert_int_equal(last(r, DESK_CARD, o), 1);
	assert_true(is(o, CARD_F_PHONE, card[0]) && is(o, CARD_F_PERSON, card[1]));
	registry_close(r);
	clean(w.path);
	desk_journal_close(&w.j);
	mem_free(o);
}

static uint16_t district_of(struct registry *r, uint8_t kind, struct token t)
{
	struct registry_holding h = { .district = 0 };
	enum err e = registry_holder(r, (struct desk_entity){ kind, t }, &h);

	assert_true(e == ERR_OK || e == ERR_ABSENT);
	return h.district;
}

static void a_person_lives_where_was_said_last(void **state)
{
	struct registry *r;
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct token account[2], bound[2];

	(void)state;
	desk_journal_open(&w.j, NULL);
	say("open_account", "account", "6222020012345678901", "person", PERSON_A, "district:370202", account);
	pay("6222020012345678901", "6217000012345678");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 1);
	assert_true(o->district == 202 && desk_i(o, WARNING_F_DISTRICT) == 202);
	assert_int_equal(desk_i(o, WARNING_F_SCAM), SCAM_INVESTMENT);
	registry_close(r);
	say("bind", "person", PERSON_A, "phone", "13900139000", "district:青岛市莱西市", bound);
	say("bind", "person", PERSON_A, "phone", "13900139000", "district:火星", NULL); /* tells nothing */
	pay("6222020012345678901", "6217000012345678");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 1);
	assert_int_equal(o->district, 202); /* whoever works on it goes on */
	assert_int_equal(district_of(r, DESK_PERSON, bound[0]), 285);
	assert_int_equal(district_of(r, DESK_BANK_ACCOUNT, account[0]), 202);
	registry_close(r);
	say("bind", "person", PERSON_B, "account", "6222020012345678901", NULL, bound); /* somebody else, of nowhere */
	pay("6222020012345678901", "6217000012345678");
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 2);
	assert_true(is(o, WARNING_F_PERSON, bound[0]) && o->district == 0);
	registry_close(r);
	say("open_card", "phone", "13900139001", "person", PERSON_B, "district:203", NULL);
	pay("6222020012345678901", "6217000012345678"); /* what the warning lacks is filled in */
	r = whole();
	assert_int_equal(last(r, DESK_WARNING, o), 2);
	assert_int_equal(o->district, 203);
	registry_close(r);
	clean(w.path);
	desk_journal_close(&w.j);
	mem_free(o);
}

static void outlets_and_cells_have_places(void **state)
{
	struct registry *r;
	struct desk_object *o = mem_alloc(sizeof(*o));
	struct token card[2], place[2];

	(void)state;
	desk_journal_open(&w.j, NULL);
	say("place", "outlet", "YYT00001", "cell", "532-000001-1", "district:黄岛", place);
	say("open_card", "phone", "13900139000", "person", PERSON_A, "outlet:YYT00001", card);
	say("seen_at", "device", "864123040000017", "cell", "532-000001-1", NULL, NULL);
	say("seen_at", "device", "864123040000025", "cell", "532-000002-1", NULL, NULL);
	r = whole();
	assert_int_equal(district_of(r, DESK_PLACE, place[0]), 211);
	assert_int_equal(district_of(r, DESK_CELL, place[1]), 211);
	assert_int_equal(district_of(r, DESK_PERSON, card[1]), 211);
	assert_int_equal(district_of(r, DESK_PHONE, card[0]), 211);
	assert_int_equal(last(r, DESK_DEVICE_REPORT, o), 2);
	assert_int_equal(o->district, 0);
	assert_int_equal(registry_load(r, o->id - ((uint64_t)1 << DESK_ID_SHIFT), o), ERR_OK);
	assert_int_equal(o->district, 211);
	registry_close(r);
	say("place", "outlet", "YYT00001", "cell", "532-000001-1", "district:212", NULL);
	say("bind", "person", PERSON_A, "phone", "13900139000", "district:214", NULL);
	say("open_card", "phone", "13900139001", "person", PERSON_A, "outlet:YYT00001", card); /* lives where they said */
	r = whole();
	assert_int_equal(district_of(r, DESK_PLACE, place[0]), 212);
	assert_int_equal(district_of(r, DESK_PERSON, card[1]), 214);
	assert_int_equal(district_of(r, DESK_PHONE, card[0]), 212);
	registry_close(r);
	clean(w.path);
	desk_journal_close(&w.j);
	mem_free(o);
}

static void districts_have_names_and_numbers(void **state)
{
	static const struct {
		const char *text;
		uint16_t number;
	} t[] = { { "370202", 202 },
		      { "370285", 285 },
		      { "市南区", 202 },
		      { "市南", 202 },
		      { "青岛市崂山区", 212 },
		      { "胶州市", 281 },
		      { "胶州", 281 },
		      { "7", 7 },
		      { "65535", 65535 },
		      { "0202", 202 },
		      { "65536", 0 },
		      { "0", 0 },
		      { "", 0 },
		      { "370000", 0 },
		      { "3702020", 0 },
		      { "370202*******", 0 },
		      { "青岛市", 0 },
		      { "市", 0 },
		      { "+202", 0 },
		      { " 202", 0 },
		      { "99999999999999999999", 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(t); i++)
		if (district_number(text_z(t[i].text)) != t[i].number)
			fail_msg("%s is %u", t[i].text, district_number(text_z(t[i].text)));
}

/* ---- many, cut anyhow ---- */

enum {
	THINGS = 12,
	PEOPLE = 5
};
struct model { /* of each phone: who, and when it became theirs */
	struct token phone[THINGS], person[PEOPLE];
	uint16_t lives[PEOPLE];
	int holder[THINGS];
	uint64_t since[THINGS];
};

static void live(struct rng *r, struct model *m, uint32_t n)
{
	static const char *const person[PEOPLE] = { PERSON_A, PERSON_B, "110101198001010010", "110101198001010037",
		                                        "110101198001010053" };
	char phone[16], account[24];

	for (uint32_t i = 0; i < n; i++) {
		uint32_t thing = (uint32_t)rng_below(r, THINGS), who = (uint32_t)rng_below(r, PEOPLE), what = rng_below(r, 8);
		char district[16];
		uint16_t lives = rng_chance(r, 500000) ? (uint16_t)(1 + rng_below(r, 300)) : 0;
		struct token t[2];

		snprintf(district, sizeof(district), "district:%u", lives);
		snprintf(phone, sizeof(phone), "1390013%04u", thing);
		snprintf(account, sizeof(account), "62220200123456%05u", thing);
		if (what < 2) {
			pay(account, "6217000012345678");
		} else if (what < 4) {
			say("open_account", "account", account, what == 2 ? "person" : "phone", what == 2 ? person[who] : phone,
			    NULL, NULL);
		} else {
			say(what == 4 ? "bind" : "open_card", "phone", phone, "person", person[who], lives ? district : NULL, t);
			m->lives[who] = lives ? lives : m->lives[who];
			m->phone[thing] = t[0];
			m->person[who] = t[1];
			if (m->holder[thing] != (int)who + 1)
				m->since[thing] = shard_next(w.j.shard) - 1;
			m->holder[thing] = (int)who + 1;
		}
	}
}

static void judge(struct registry *r, const struct model *m)
{
	struct token newest;

	for (uint32_t i = 0; i < THINGS; i++) {
		struct registry_holding h;

		if (m->holder[i] == 0)
			continue;
		assert_int_equal(registry_holder(r, (struct desk_entity){ DESK_PHONE, m->phone[i] }, &h), ERR_OK);
		assert_true(token_eq(h.person, m->person[m->holder[i] - 1]));
		assert_int_equal(h.position, m->since[i]);
	}
	for (uint32_t who = 0; who < PEOPLE; who++) {
		int best = -1;

		if (m->person[who].w[0] != 0)
			assert_int_equal(district_of(r, DESK_PERSON, m->person[who]), m->lives[who]);

		for (int i = 0; i < THINGS; i++)
			if (m->holder[i] == (int)who + 1 && (best < 0 || m->since[i] > m->since[best]))
				best = i;
		assert_int_equal(registry_phone_of(r, m->person[who], &newest), best < 0 ? ERR_ABSENT : ERR_OK);
		assert_true(best < 0 || token_eq(newest, m->phone[best]));
	}
}

static void any_cut_and_copy_gives_the_same(void **state)
{
	unsigned char first[REGISTRY_DIGEST_BYTES], other[REGISTRY_DIGEST_BYTES], without[REGISTRY_DIGEST_BYTES];
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(61));
	for (uint64_t n = test_cases(12); n > 0; n--) {
		struct model m = { .holder = { 0 } };
		struct registry *g;
		uint64_t end, at = 1;

		desk_journal_open(&w.j, NULL);
		live(&r, &m, 200);
		end = shard_next(w.j.shard);
		g = whole();
		judge(g, &m);
		assert_int_equal(registry_digest(g, first), ERR_OK);
		registry_close(g);
		clean(w.path);
		g = open_one(w.path);
		while (at < end) {
			at += 1 + rng_below(&r, 60);
			at = at < end ? at : end;
			assert_int_equal(project(g, at), ERR_OK);
			if (rng_chance(&r, 300000)) { /* the beginning is gone, and a copy is what there is */
				clean(w.copy);
				assert_int_equal(registry_copy(g, w.copy), ERR_OK);
				registry_close(g);
				clean(w.path);
				assert_int_equal(rename(w.copy, w.path), 0);
				g = open_one(w.path);
			}
		}
		judge(g, &m);
		assert_int_equal(registry_digest(g, other), ERR_OK);
		assert_memory_equal(first, other, sizeof(first));
		assert_int_equal(registry_begin(g), ERR_OK); /* another holder is another content */
		assert_int_equal(registry_hold(g, (struct desk_entity){ DESK_PHONE, { { 1, 2 } } },
		                               &(struct registry_holding){ .person = { { 3, 4 } }, .position = 1 }),
		                 ERR_OK);
		assert_int_equal(registry_commit(g, end - 1, 0), ERR_OK);
		assert_int_equal(registry_digest(g, without), ERR_OK);
		assert_memory_not_equal(first, without, sizeof(first));
		registry_close(g);
		clean(w.path);
		desk_journal_close(&w.j);
	}
}

/* The nth write or allocation fails: what was committed stays, the rest comes again. */
static void what_fails_comes_again(void **state)
{
	static void (*const fail_at[])(uint64_t) = { sqlite_fail_at, sqlite_memory_fail_at, mem_fail_at };
	unsigned char first[REGISTRY_DIGEST_BYTES], other[REGISTRY_DIGEST_BYTES];
	struct model m = { .holder = { 0 } };
	struct registry *g;
	struct rng r;
	uint64_t failures = 0;

	(void)state;
	rng_seed(&r, test_seed(62));
	desk_journal_open(&w.j, NULL);
	live(&r, &m, 60);
	g = whole();
	assert_int_equal(registry_digest(g, first), ERR_OK);
	registry_close(g);
	for (uint32_t k = 0; k < ARRAY_LEN(fail_at); k++) {
		for (uint64_t n = test_cases(100), nth = 1; n > 0; n--, nth += 1 + rng_below(&r, nth / 10 + 1)) {
			enum err e = ERR_OK;

			clean(w.path);
			g = open_one(w.path);
			fail_at[k](nth);
			for (uint64_t at = 2; e == ERR_OK && at < shard_next(w.j.shard); at += 9)
				e = project(g, at);
			fail_at[k](0);
			failures += e != ERR_OK;
			assert_int_equal(project(g, shard_next(w.j.shard)), ERR_OK);
			judge(g, &m);
			assert_int_equal(registry_digest(g, other), ERR_OK);
			assert_memory_equal(first, other, sizeof(first));
			registry_close(g);
		}
	}
	print_message("%llu failures\n", (unsigned long long)failures);
	assert_true(failures > 20 || test_cases(100) < 100);
	clean(w.path);
	desk_journal_close(&w.j);
}

static int set_up(void **state)
{
	(void)state;
	sqlite_faults_install();
	if (mkdtemp(w.folder) == NULL)
		return -1;
	snprintf(w.path, sizeof(w.path), "%s/registry.sqlite", w.folder);
	snprintf(w.copy, sizeof(w.copy), "%s/copy.sqlite", w.folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rmdir(w.folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_warning_finds_person_and_phone), cmocka_unit_test(an_account_has_a_phone_of_its_own),
		cmocka_unit_test(a_suspect_card_has_a_holder),      cmocka_unit_test(any_cut_and_copy_gives_the_same),
		cmocka_unit_test(what_fails_comes_again),           cmocka_unit_test(a_person_lives_where_was_said_last),
		cmocka_unit_test(outlets_and_cells_have_places),    cmocka_unit_test(districts_have_names_and_numbers),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
