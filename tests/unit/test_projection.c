/* test_projection.c - the engine's own alert lines as the desk is told of them, in a world of arrays: whom, which measure, by what law, how grave; commands and alerts in
 * the order of the journal; and that no line, however damaged, does harm. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/measure.h"
#include "desk/warning.h"
#include "event/ident.h"
#include "tests/unit/desk_journal.h"
#include "tests/unit/desk_world.h"

/* ---- what a line says ---- */

static void busy(struct desk_journal *j)
{
	struct shard_item it[] = {
		desk_journal_event(j, "bind", "person", "110101199003070134", "phone", "13900139000", NULL),
		desk_journal_event(j, "bind", "person", "110101199003070134", "account", "6222020012345678901", NULL),
		desk_journal_event(j, "call", "caller", "13800138000", "callee", "13900139000", NULL),
		desk_journal_event(j, "call", "caller", "13800138000", "callee", "13900139000", NULL),
		desk_journal_event(j, "transfer", "payer", "6222020012345678901", "payee", "6217000012345678", "1000.5"),
		desk_journal_event(j, "call", "caller", "13800138000", "callee", "13700137000", NULL),
	};

	desk_journal_apply(j, it, ARRAY_LEN(it));
	desk_journal_items(it, ARRAY_LEN(it));
}

static void test_lines(void **state)
{
	struct desk_journal j;
	struct alert_line l;
	struct alert_entity e;

	(void)state;
	desk_journal_open(&j, NULL);
	busy(&j);
	assert_int_equal(j.n_alerts, 5);
	assert_true(alert_line_read(desk_journal_line(&j, 0), &l));
	assert_true(l.live && l.grade == 2 && l.n == 2);
	assert_true(text_eq(l.rule, TEXT("shouted")) && text_eq(l.on, TEXT("call")));
	assert_int_equal(l.time_us, j.now_us);
	assert_int_equal(l.position, j.alert[0].position);
	assert_int_equal(l.measure[0].measure, MEASURE_OF_BAR_OUTGOING);
	assert_int_equal(l.measure[0].basis, BASIS_AFL_11);
	assert_true(text_eq(l.measure[0].target.kind, TEXT("phone")) && text_eq(l.measure[0].field, TEXT("caller")));
	assert_int_equal(l.measure[1].measure, MEASURE_OF_WARN);
	assert_int_equal(l.measure[1].basis, BASIS_AFL_34);
	assert_true(text_eq(l.measure[1].target.kind, TEXT("person")) && text_eq(l.measure[1].field, TEXT("callee")));
	assert_true(alert_line_field(&l, TEXT("callee"), &e) && text_eq(e.kind, TEXT("phone")));
	assert_false(alert_line_field(&l, TEXT("payer"), &e));
	assert_true(alert_line_read(desk_journal_line(&j, 1), &l));
	assert_false(l.live);
	assert_true(alert_line_read(desk_journal_line(&j, 2), &l));
	assert_true(l.live && l.grade == 3 && l.n == 2 && text_eq(l.rule, TEXT("paid")));
	assert_int_equal(l.measure[0].basis, BASIS_AFL_20);
	assert_true(text_eq(l.measure[1].field, TEXT("payer")));
	assert_true(alert_line_read(desk_journal_line(&j, 3), &l)); /* a holder who is not known */
	assert_true(l.measure[1].target.kind.n == 0 && text_eq(l.measure[1].field, TEXT("callee")));
	desk_journal_close(&j);
}

static void test_names(void **state)
{
	struct desk_code c = rule_code(TEXT("coached_transfer")), d;

	(void)state;
	assert_true(c.n == 16 && memcmp(c.p, "coached_transfer", 16) == 0);
	c = rule_code(TEXT("诈骗电话"));
	assert_true(c.n == 16 && desk_code_ok(text_of(c.p, c.n)));
	d = rule_code(TEXT("诈骗短信"));
	assert_memory_not_equal(&c, &d, sizeof(c));
	c = rule_code(TEXT("r13800138000_and_more"));
	assert_true(desk_code_ok(text_of(c.p, c.n)));
	assert_int_equal(memcmp(c.p, "r138001_and_more.", 17), 0);
	for (uint32_t n = 1; n < 200; n++) {
		char z[200];

		memset(z, 'a', n);
		c = rule_code(text_of(z, n));
		assert_true(desk_code_ok(text_of(c.p, c.n)));
		assert_int_equal(c.n, n <= DESK_CODE_MAX ? n : DESK_CODE_MAX);
	}
	assert_int_equal(basis_named(TEXT("反电信网络诈骗法第11, 14条, AFL Art 11, 14"), MEASURE_OF_SUSPEND), BASIS_AFL_11);
	assert_int_equal(basis_named(TEXT("反电信网络诈骗法第10, 14条"), MEASURE_OF_SUSPEND), BASIS_AFL_14);
	assert_int_equal(basis_named(TEXT("AFL Art 18; 银发〔2016〕261号: unused"), MEASURE_OF_LIMIT), BASIS_AFL_18);
	assert_int_equal(basis_named(TEXT("银发〔2016〕261号: phone and ID"), MEASURE_OF_REVERIFY), BASIS_YF_2016_261);
	assert_int_equal(basis_named(TEXT("AFL Art 20; 银发〔2016〕86号"), MEASURE_OF_STOP), BASIS_AFL_20);
	assert_int_equal(basis_named(TEXT("AFL Art 12; MIIT/MPS notice June 2021"), MEASURE_OF_BAR_OUTGOING), BASIS_AFL_12);
	assert_int_equal(basis_named(TEXT("AFL Art 15"), MEASURE_OF_VERIFY), 0);
	assert_int_equal(basis_named(TEXT("AFL Art 110, 1"), MEASURE_OF_VERIFY), 0);
	assert_int_equal(basis_named(TEXT(""), MEASURE_OF_VERIFY), 0);
}

/* ---- records and lines into objects ---- */

struct told {
	uint64_t position;
	struct desk_outcome outcome;
	uint32_t n;
};

static enum err settle(void *ctx, uint64_t position, const struct desk_outcome *o)
{
	*(struct told *)ctx = (struct told){ position, *o, ((struct told *)ctx)->n + 1 };
	return ERR_OK;
}

static void project(struct desk_journal *j, struct projection *p)
{
	struct alert_source alerts = desk_journal_alerts(j);
	struct journal_reader *reader;
	struct record r;
	struct buf line;
	uint64_t at = 0;
	bool touched = false;
	enum err e;

	buf_init(&line, 1 << 20);
	assert_int_equal(alerts.begin(alerts.ctx, 0), ERR_OK);
	assert_int_equal(journal_reader_open(&reader, &j->disk, 0, UINT64_MAX), ERR_OK);
	e = alerts.next(alerts.ctx, &line, &at);
	while (journal_read(reader, &r, NULL) == ERR_OK) {
		assert_int_equal(projection_record(p, &r, &touched), ERR_OK);
		for (; e == ERR_OK && at == r.position; e = alerts.next(alerts.ctx, &line, &at))
			assert_int_equal(projection_alert(p, buf_view(&line), &touched), ERR_OK);
	}
	journal_reader_close(reader);
	buf_release(&line);
}

static struct desk_command report(void)
{
	struct desk_command c;

	desk_command_init(&c, DESK_CARD, CARD_DO_LIST, 0);
	c.user = 7;
	c.roles = 1u << ROLE_ANALYST;
	c.organisation = 3;
	return c;
}

static void test_objects(void **state)
{
	static const char act[] =
		"{\"act\":\"institutions\",\"who\":\"duanka\",\"why\":\"\",\"carriers\":{\"移动\":4},\"banks\":{}}";
	struct desk_journal j;
	struct bench b;
	struct projection *p = mem_alloc(sizeof(*p));
	struct told told = { .n = 0 };
	struct desk_command c = report();
	struct shard_item it;
	const struct desk_object *o;

	(void)state;
	desk_journal_open(&j, NULL);
	bench_init(&b, T0);
	projection_init(p, &(struct projection_options){ .world = &b.world.functions, .settle = settle, .ctx = &told }, 0);
	assert_int_equal(projection_start(p), ERR_OK);
	assert_int_equal(shard_note(j.shard, RECORD_ACT, j.now_us, 0, TEXT(act)), ERR_OK);
	desk_journal_tick(&j, 0);
	j.now_us += 3 * US_PER_MINUTE; /* events are ahead of the ticks */
	busy(&j);
	it = desk_journal_command(&j, &c);
	desk_journal_apply(&j, &it, 1);
	desk_journal_items(&it, 1);
	project(&j, p);
	assert_int_equal(p->counts.alerts, 3);
	assert_int_equal(p->counts.proposals, 6);
	assert_int_equal(p->counts.unread + p->counts.unknown, 0);
	assert_int_equal(p->desk.now_us, j.now_us); /* the command's time; the events' moved nothing before */
	assert_int_equal(told.n, 1);
	assert_int_equal(told.position, shard_next(j.shard) - 1);
	assert_int_equal(told.outcome.refusal, DESK_REFUSED_FIELD_MISSING);
	o = newest(&b, DESK_CARD);
	assert_non_null(o);
	assert_int_equal(o->state, CARD_SUSPECT);
	assert_int_equal(o->made_us, T0); /* no sooner than the desk's clock knows */
	assert_int_equal(desk_i(o, CARD_F_OPERATOR), 4);
	assert_int_equal(desk_i(o, CARD_F_PROPOSED), MEASURE_OF_BAR_OUTGOING);
	assert_int_equal(desk_i(o, CARD_F_BASIS), BASIS_AFL_11);
	o = newest(&b, DESK_ACCOUNT);
	assert_non_null(o);
	assert_int_equal(desk_i(o, ACCOUNT_F_PROPOSED), MEASURE_OF_STOP);
	assert_false(desk_has(o, ACCOUNT_F_BANK));
	o = newest(&b, DESK_WARNING); /* of the callee whose holder is not known */
	assert_true(desk_has(o, WARNING_F_PHONE) && !desk_has(o, WARNING_F_PERSON));
	o = the(&b, j.alert[0].position << DESK_ID_SHIFT | 1); /* behind the card */
	assert_int_equal(o->kind, DESK_WARNING);
	assert_int_equal(desk_i(o, WARNING_F_TYPE), WARNING_FUND); /* the transfer was fused into it */
	assert_int_equal(o->grade, 3);
	assert_true(desk_has(o, WARNING_F_PERSON) && desk_has(o, WARNING_F_PHONE) && desk_has(o, WARNING_F_ACCOUNT));
	projection_release(p);
	bench_release(&b);
	desk_journal_close(&j);
	mem_free(p);
}

/* ---- damage ---- */

static void test_damage(void **state)
{
	struct rng rng;
	struct desk_journal j;
	struct bench b;
	struct projection *p = mem_alloc(sizeof(*p));
	struct text line;
	char *z;
	bool touched = false;
	uint64_t cases = test_cases(20000);

	(void)state;
	rng_seed(&rng, test_seed(5));
	desk_journal_open(&j, NULL);
	bench_init(&b, T0);
	busy(&j);
	projection_init(p, &(struct projection_options){ .world = &b.world.functions }, T0);
	line = desk_journal_line(&j, 0);
	for (uint64_t i = 0; i < cases; i++) {
		size_t n = line.n - (i % 3 == 0 ? rng_below(&rng, line.n) : 0);

		z = mem_alloc(n + 1);
		memcpy(z, line.p, n);
		for (uint64_t k = rng_below(&rng, 4); n > 0 && k > 0; k--)
			z[rng_below(&rng, n)] = "\"\\{}[],:0a\0\xe5"[rng_below(&rng, 12)];
		p->record = (struct record){ .position = j.alert[0].position, .kind = RECORD_EVENT };
		assert_int_equal(projection_alert(p, text_of(z, n), &touched), ERR_OK);
		mem_free(z);
	}
	assert_true(p->counts.unread > cases / 10);
	projection_release(p);
	bench_release(&b);
	desk_journal_close(&j);
	mem_free(p);
}

/* A shard goes on after a recovery as if it had never ended: commands keep their places and their keys, and the engine never heard of them. */
static void test_recovery(void **state)
{
	struct desk_journal j;
	struct desk_command c = report();
	struct shard_item it[3];
	struct engine_stats before, after;
	uint64_t first;

	(void)state;
	desk_journal_open(&j, NULL);
	it[0] = desk_journal_command(&j, &c);
	it[1] = desk_journal_event(&j, "call", "caller", "13800138000", "callee", "13900139000", NULL);
	it[2] = desk_journal_command(&j, &c);
	it[0].keyed = it[1].keyed = true;
	it[0].key[0] = 1;
	it[1].key[0] = 2;
	first = shard_next(j.shard);
	desk_journal_apply(&j, it, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(it[i].answer.position, first + i);
		assert_int_equal(it[i].answer.outcome, ERR_OK);
	}
	engine_stats(shard_engine(j.shard), &before);
	for (int round = 0; round < 2; round++) {
		desk_journal_again(&j);
		engine_stats(shard_engine(j.shard), &after);
		assert_int_equal(after.accepted, before.accepted);
		desk_journal_apply(&j, it, 2);
		assert_true(it[0].answer.repeated && it[1].answer.repeated);
		assert_int_equal(it[0].answer.position, first);
		assert_int_equal(it[1].answer.position, first + 1);
		if (round == 0)
			assert_int_equal(shard_snapshot(j.shard), ERR_OK);
	}
	desk_journal_items(it, 3);
	desk_journal_close(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lines), cmocka_unit_test(test_names),
		                                cmocka_unit_test(test_objects), cmocka_unit_test(test_damage),
		                                cmocka_unit_test(test_recovery) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
