/* test_outbox_people.c - the outbox towards operators, people and seats: commands and receipts, texts and notices, what is too late for anybody, what has no connector, and reports that banks send
 * by themselves. */
#include "tests/test.h"
#include <sodium.h>
#include "desk/account.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/material.h"
#include "desk/measure.h"
#include "desk/publication.h"
#include "desk/stop.h"
#include "desk/warning.h"
#include "desk/script.h"
#include "gateway/desk_notice.h"
#include "gateway/outbox_text.h"
#include "tests/unit/outbox_world.h"

static uint64_t stopped_order(void)
{
	uint64_t id = stop_order_at(1, BANK);

	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
	assert_int_equal(object(id).state, STOP_STOPPED);
	return id;
}

/* ---- commands, texts, seats ---- */

/* What the measure says of its notice, and the figures of all, so long after it was made. */
static void told_is(uint64_t measure, const char *state, unsigned owed, int64_t after_us)
{
	struct desk_object o = object(measure);
	struct delivery_row row = row_of(measure, DESK_MESSAGE_NOTICE);
	bool late = owed > 0 && after_us > DESK_NOTICE_OWED_US;
	char z[128];
	struct buf b;

	buf_init(&b, 1 << 16);
	desk_put_notice(&b, w.delivery, &o, row.made_us + after_us);
	snprintf(z, sizeof(z), ",\"notice\":{\"state\":\"%s\",", state);
	assert_memory_equal(b.p, z, strlen(z));
	snprintf(z, sizeof(z), "\"late\":%s}", late ? "true" : "false");
	assert_non_null(memmem(b.p, b.n, z, strlen(z)));
	buf_clear(&b);
	desk_notice_metrics(&b, w.delivery, row.made_us + after_us);
	snprintf(z, sizeof(z), "\nduanka_notices_owed %u\n", owed);
	assert_non_null(memmem(b.p, b.n, z, strlen(z)));
	snprintf(z, sizeof(z), "\nduanka_notices_late %u\n", late ? owed : 0);
	assert_non_null(memmem(b.p, b.n, z, strlen(z)));
	buf_release(&b);
}

static uint64_t listed_card(void)
{
	struct desk_command *c = say_to(DESK_CARD, CARD_DO_LIST, 0, ROLE_OPERATOR_DESK);

	desk_give_token(c, CARD_F_PHONE, token_n(3));
	desk_give_i(c, CARD_F_OPERATOR, OPERATOR);
	desk_give_i(c, CARD_F_LEVEL, 2);
	desk_give_i(c, CARD_F_BASIS, BASIS_AFL_11);
	give_evidence(c, CARD_F_EVIDENCE);
	return done(c);
}

static void test_operator(void **state)
{
	uint64_t id = listed_card(), sent;
	struct command_receipt r;
	struct outbox_request *q;

	(void)state;
	done(say_to(DESK_CARD, CARD_DO_NOTIFY, id, ROLE_OPERATOR_DESK));
	turn();
	q = to(OPERATOR);
	assert_true(holds(q, "\"command\":\"verify\",\"phone\":\"62220210"));
	assert_true(holds(q, "\"basis\":\"AFL-11\""));
	q = to(SENDER); /* the notice to the person, with basis and where to object */
	assert_true(holds(q, "反电信网络诈骗法第11条"));
	assert_true(holds(q, "96110"));
	back(q, OUTBOX_ANSWERED, 200, "");
	sent = row_of(id, DESK_MESSAGE_OPERATOR_VERIFY).id;
	back(to(OPERATOR), OUTBOX_ANSWERED, 202, "");
	assert_int_equal(row_of(id, DESK_MESSAGE_OPERATOR_VERIFY).state, DELIVERY_RECEIPTED);
	r = (struct command_receipt){ .id = sent, .result = COMMAND_DONE, .receipt = TEXT("R-1") };
	assert_int_equal(outbox_receipt(w.outbox, BANK, &r), ERR_ABSENT); /* another organisation's */
	assert_int_equal(outbox_receipt(w.outbox, OPERATOR, &r), ERR_OK);
	r.result = COMMAND_REACHED;
	assert_int_equal(outbox_receipt(w.outbox, OPERATOR, &r), ERR_RANGE);
	r.result = COMMAND_PASSED;
	assert_int_equal(outbox_receipt(w.outbox, OPERATOR, &r), ERR_OK);
	assert_int_equal(object(id).state, CARD_NORMAL);
	assert_int_equal(outbox_receipt(w.outbox, OPERATOR, &r), ERR_OK);
	assert_int_equal(row_of(id, DESK_MESSAGE_OPERATOR_VERIFY).state, DELIVERY_DONE);
}

/* A suspension failed and waits; the card is free meanwhile, and must not be suspended behind that. */
static void test_a_restriction_never_comes_behind_its_end(void **state)
{
	struct desk_command *c = say_to(DESK_CARD, CARD_DO_REGISTER, 0, ROLE_OPERATOR_DESK);
	uint64_t id;

	(void)state;
	desk_give_token(c, CARD_F_PHONE, token_n(3));
	desk_give_i(c, CARD_F_OPERATOR, OPERATOR);
	desk_give_i(c, CARD_F_THING, 1);
	id = done(c);
	c = say_to(DESK_CARD, CARD_DO_VIOLATION, id, ROLE_OPERATOR_DESK);
	desk_give_i(c, CARD_F_VIOLATION, 1);
	desk_give_i(c, CARD_F_BASIS, BASIS_AFL_12);
	give_evidence(c, CARD_F_EVIDENCE);
	done(c);
	turn();
	assert_true(holds(to(OPERATOR), "\"command\":\"suspend\""));
	done(say_to(DESK_CARD, CARD_DO_LIFT, id, ROLE_LEADER));
	turn();
	assert_true(holds(to(OPERATOR), "\"command\":\"suspend\"")); /* the lifting waits for what is under way */
	assert_int_equal(row_of(id, DESK_MESSAGE_OPERATOR_RESTORE).state, DELIVERY_WAITING);
	back(to(OPERATOR), OUTBOX_TIMEOUT, 0, "");
	turn();
	assert_true(holds(to(OPERATOR), "\"command\":\"restore\""));
	back(to(OPERATOR), OUTBOX_ANSWERED, 200, "");
	w.now += US_PER_MINUTE;
	turn();
	assert_true(to(OPERATOR) == NULL || to(OPERATOR)->poll);
	assert_int_equal(row_of(id, DESK_MESSAGE_OPERATOR_SUSPEND).state, DELIVERY_DONE);
	assert_string_equal(row_of(id, DESK_MESSAGE_OPERATOR_SUSPEND).why, "overtaken");
	assert_int_equal(outbox_resend(w.outbox, row_of(id, DESK_MESSAGE_OPERATOR_SUSPEND).id, 0), ERR_RANGE);
}

static void test_seats(void **state)
{
	uint64_t id = stopped_order();
	struct delivery_row notice;
	struct desk_object stop = object(id);

	(void)state;
	turn();
	notice = row_of(desk_id(&stop, STOP_F_MEASURE), DESK_MESSAGE_NOTICE); /* nobody's phone is known */
	assert_int_equal(notice.state, DELIVERY_SEAT);
	assert_int_equal(notice.receiver, RECEIVER_SEATS);
	told_is(desk_id(&stop, STOP_F_MEASURE), "owed", 1, 0); /* nobody has read it, so nobody was told */
	told_is(desk_id(&stop, STOP_F_MEASURE), "owed", 1, DESK_NOTICE_OWED_US + 1);
	assert_int_equal(outbox_read(w.outbox, notice.id, 0), ERR_OK);
	assert_int_equal(outbox_read(w.outbox, notice.id, 0), ERR_OK);
	assert_int_equal(row_of(desk_id(&stop, STOP_F_MEASURE), DESK_MESSAGE_NOTICE).state, DELIVERY_DONE);
	told_is(desk_id(&stop, STOP_F_MEASURE), "given", 0, DESK_NOTICE_OWED_US + 1);
	assert_int_equal(outbox_read(w.outbox, row_of(id, DESK_MESSAGE_BANK_STOP).id, 0), ERR_RANGE);
	assert_int_equal(outbox_read(w.outbox, 1, 0), ERR_ABSENT);
}

static uint64_t texted(uint64_t phone)
{
	struct desk_command *c = say_to(DESK_WARNING, WARNING_DO_ADD, 0, ROLE_ANALYST);
	uint64_t id;

	desk_give_i(c, WARNING_F_GRADE, 1);
	desk_give_i(c, WARNING_F_TYPE, WARNING_CONTACT);
	desk_give_token(c, WARNING_F_PHONE, token_n(phone));
	give_evidence(c, WARNING_F_EVIDENCE);
	id = done(c);
	done(say_to(DESK_WARNING, WARNING_DO_ISSUE, id, ROLE_DISPATCHER));
	done(say_to(DESK_WARNING, WARNING_DO_SMS, id, ROLE_DISPATCHER));
	return id;
}

/* An automatic call says what the scripts say, by the type of scam, and it fits whatever the type. */
static void test_call(void **state)
{
	uint64_t id = texted(79);
	struct outbox_request *q = NULL;
	struct desk_command *c;
	struct desk_message m = { .kind = DESK_MESSAGE_AI_CALL };
	struct desk_object o = { .kind = DESK_WARNING };
	struct buf words;

	(void)state;
	c = say_to(DESK_WARNING, WARNING_DO_AI_CALL, id, ROLE_DISPATCHER);
	done(c);
	turn();
	q = to(SENDER);
	while (q != NULL && !holds(q, "\"command\":\"call\"")) {
		back(q, OUTBOX_ANSWERED, 200, "");
		turn();
		q = to(SENDER);
	}
	assert_non_null(q);
	assert_true(holds(q, script_line(SCRIPT_UNKNOWN, SCRIPT_MACHINE, 0)->zh));
	assert_true(holds(q, script_line(SCRIPT_UNKNOWN, SCRIPT_SPELL, 0)->en));
	for (uint32_t scam = 0; scam < DESK_SCAMS; scam++) {
		o.value[WARNING_F_SCAM].i = scam;
		o.has = scam > 0 ? (uint64_t)1 << WARNING_F_SCAM : 0;
		buf_init(&words, OUTBOX_TEXT_MAX);
		outbox_words(NULL, &m, &o, TEXT(""), &words);
		assert_int_equal(words.err, ERR_OK);
		for (uint32_t part = SCRIPT_SPELL; part <= SCRIPT_NOW; part++)
			for (uint32_t i = 0; script_line(scam, part, i) != NULL; i++) {
				const char *z = script_line(scam, part, i)->zh;

				assert_non_null(memmem(words.p, words.n, z, strlen(z)));
			}
		buf_release(&words);
	}
}

static void test_stale(void **state)
{
	uint64_t id = texted(77), late;

	(void)state;
	turn();
	assert_non_null(to(SENDER));
	back(to(SENDER), OUTBOX_ANSWERED, 200, "");
	assert_int_equal(row_of(id, DESK_MESSAGE_SMS).state, DELIVERY_DONE);
	tick(24 * US_PER_HOUR);
	late = texted(78);
	tick(2 * US_PER_HOUR); /* nobody took it over in the meantime */
	turn();
	assert_int_equal(row_of(late, DESK_MESSAGE_SMS).state, DELIVERY_DEAD);
	assert_string_equal(row_of(late, DESK_MESSAGE_SMS).why, "stale");
	assert_null(to(SENDER));
	assert_int_equal(outbox_resend(w.outbox, row_of(late, DESK_MESSAGE_SMS).id, 0), ERR_OK); /* somebody says so */
	turn();
	assert_non_null(to(SENDER));
	back(to(SENDER), OUTBOX_ANSWERED, 200, "");
}

static void test_no_connector(void **state)
{
	uint64_t id = stop_order_at(1, 55); /* a bank without one: its people do it */

	(void)state;
	turn();
	assert_int_equal(w.n_flying, 0);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_SEAT);
	tick(11 * US_PER_MINUTE); /* and the desk's own time limits run on */
	turn();
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_SEAT);
}

#define REPORT                                                                                                                  \
	"<Request><Head><Mode>01</Mode><To>duanka</To><TxCode>100405</TxCode><TransSerialNumber>R17</TransSerialNumber></Head>"     \
	"<Body><ApplicationID>E17</ApplicationID><AccountNumber>6222021001116245702</AccountNumber><FeatureCode>3006</FeatureCode>" \
	"<EventTime>20260301080000</EventTime><EventRemark>快进快出</EventRemark></Body></Request>"

static bool first(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return false;
}

static void test_report(void **state)
{
	struct registry_query q = { .kind = DESK_CLUE };
	struct desk_object clue = { 0 };
	uint64_t n;

	(void)state;
	assert_int_equal(told_by_itself(BANK, REPORT), 100000);
	assert_int_equal(told_by_itself(BANK, REPORT), 200003);
	assert_int_equal(registry_count(w.registry, &q, 10, &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(registry_list(w.registry, &q, 1, first, &clue), ERR_OK);
	assert_int_equal(clue.subject.kind, DESK_BANK_ACCOUNT);
	assert_true(desk_has(&clue, CLUE_F_NOTE));
}

/* ---- texts of publicity ---- */

static uint64_t approved_material(void)
{
	struct desk_command *c = say_to(DESK_MATERIAL, MATERIAL_DO_WRITE, 0, ROLE_EDITOR);
	uint64_t id;

	for (uint32_t f = 1; f < desk_material.n_fields; f++)
		if (desk_material.step[MATERIAL_DO_WRITE].needed >> f & 1) {
			if (desk_material.field[f].type == DESK_TEXT)
				give_ref(c, f);
			else
				desk_give_i(c, f, 1);
		}
	id = done(c);
	done(say_to(DESK_MATERIAL, MATERIAL_DO_SUBMIT, id, ROLE_EDITOR));
	c = say_to(DESK_MATERIAL, MATERIAL_DO_APPROVE, id, ROLE_EDITOR);
	c->user = 999;
	done(c);
	return id;
}

static uint64_t text_out(uint64_t material, uint64_t phone)
{
	struct desk_command *c = say_to(DESK_PUBLICATION, PUBLICATION_DO_PLAN, 0, ROLE_MEDIA);
	uint64_t id;

	desk_give_id(c, PUBLICATION_F_MATERIAL, material);
	desk_give_i(c, PUBLICATION_F_CHANNEL, CHANNEL_SMS);
	desk_give_token(c, PUBLICATION_F_PHONE, token_n(phone));
	id = done(c);
	done(say_to(DESK_PUBLICATION, PUBLICATION_DO_PUBLISH, id, ROLE_EDITOR));
	assert_int_equal(object(id).state, PUBLICATION_OUT);
	return id;
}

/* Who refuses between the decision and the sending gets no text; while the service can't ask, nobody gets one. */
static void test_refused_meanwhile(void **state)
{
	uint64_t material = approved_material(), id = text_out(material, 21);

	(void)state;
	w.refused = token_n(21);
	w.refusals_fail = ERR_STOPPED;
	assert_int_equal(outbox_turn(w.outbox, &w.next), ERR_STOPPED);
	assert_null(to(SENDER));
	w.refusals_fail = ERR_OK;
	turn();
	assert_null(to(SENDER));
	assert_int_equal(row_of(id, DESK_MESSAGE_PUBLISH).state, DELIVERY_DONE);
	assert_string_equal(row_of(id, DESK_MESSAGE_PUBLISH).why, "overtaken");

	id = text_out(material, 22);
	turn();
	assert_true(holds(to(SENDER), "拒收请回复R\""));
	back(to(SENDER), OUTBOX_TIMEOUT, 0, "");
	w.refused = token_n(22); /* before it is tried again */
	w.now += US_PER_HOUR;
	turn();
	assert_null(to(SENDER));
	assert_string_equal(row_of(id, DESK_MESSAGE_PUBLISH).why, "overtaken");
}

/* Under a policy without the list nobody gets a text: each waits, says for what, and goes out or is over by the list of
 * the next policy. */
static void test_refusals_unknown(void **state)
{
	uint64_t material = approved_material(), wants = text_out(material, 21), refuses = text_out(material, 22);

	(void)state;
	w.no_refusals = true;
	w.refused = token_n(22);
	for (int i = 0; i < 3; i++) {
		turn();
		assert_null(to(SENDER));
		assert_int_equal(row_of(wants, DESK_MESSAGE_PUBLISH).state, DELIVERY_WAITING);
		assert_int_equal(row_of(refuses, DESK_MESSAGE_PUBLISH).state, DELIVERY_WAITING);
		assert_string_equal(row_of(wants, DESK_MESSAGE_PUBLISH).why, "refusals");
		assert_true(row_of(wants, DESK_MESSAGE_PUBLISH).next_us > w.now);
		assert_int_equal(row_of(wants, DESK_MESSAGE_PUBLISH).attempts, 0);
		w.now += US_PER_HOUR;
	}
	assert_int_equal(outbox_resend(w.outbox, row_of(wants, DESK_MESSAGE_PUBLISH).id, 0), ERR_OK); /* it isn't over */
	turn();
	assert_null(to(SENDER));
	w.no_refusals = false;
	w.now += US_PER_HOUR;
	turn();
	assert_int_equal(w.n_flying, 1);
	back(to(SENDER), OUTBOX_ANSWERED, 200, "");
	assert_string_equal(row_of(wants, DESK_MESSAGE_PUBLISH).why, "");
	assert_int_equal(row_of(refuses, DESK_MESSAGE_PUBLISH).state, DELIVERY_DONE);
	assert_string_equal(row_of(refuses, DESK_MESSAGE_PUBLISH).why, "overtaken");
}

#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { WITH_WORLD(test_operator),
		                                WITH_WORLD(test_a_restriction_never_comes_behind_its_end),
		                                WITH_WORLD(test_seats),
		                                WITH_WORLD(test_stale),
		                                WITH_WORLD(test_call),
		                                WITH_WORLD(test_no_connector),
		                                WITH_WORLD(test_report),
		                                WITH_WORLD(test_refused_meanwhile),
		                                WITH_WORLD(test_refusals_unknown) };

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
