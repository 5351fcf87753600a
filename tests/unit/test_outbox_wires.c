/* test_outbox_wires.c - questions to banks and their answers, reports and what takes them back, lists, and short messages to people who reported; memory that runs out at each point of an answer and
 * of a report: nothing is taken twice and nothing is lost. */
#include "tests/test.h"
#include <sodium.h>
#include "base/mem.h"
#include "desk/account.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/query.h"
#include "desk/threshold.h"
#include "tests/unit/outbox_world.h"

#define OWN "6222021000000002" /* account 1 as it is revealed */
#define ROWS                                                                                \
	"<Rows><Row><Time>20260228120000</Time><Direction>0</Direction><Amount>100.00</Amount>" \
	"<AccountNumber>6222021000000777</AccountNumber></Row>"                                 \
	"<Row><Time>20260228120100</Time><Direction>1</Direction><Amount>70.50</Amount>"        \
	"<AccountNumber>6222021000000778</AccountNumber></Row></Rows>"
#define TOLD_OK "<ReturnCode>100000</ReturnCode>"

static uint64_t ask(enum query_what what)
{
	struct desk_command *c = say_to(DESK_QUERY, QUERY_DO_ASK, 0, ROLE_STOP_SEAT);

	desk_give_i(c, QUERY_F_WHAT, what);
	desk_give_i(c, QUERY_F_BANK, BANK);
	give_ref(c, QUERY_F_PURPOSE);
	desk_give_code(c, QUERY_F_CASE_NO, TEXT("A-1"));
	if (what == QUERY_ACCOUNTS)
		desk_give_token(c, QUERY_F_PERSON, token_n(5));
	else
		desk_give_token(c, QUERY_F_ACCOUNT, token_n(1));
	desk_give_i(c, QUERY_F_FROM, w.now - 30 * US_PER_DAY);
	desk_give_i(c, QUERY_F_UNTIL, w.now);
	desk_give_i(c, QUERY_F_DAYS, 3);
	return done(c);
}

/* The bank says this by itself, with rows. Returns its reply's code; 0: the service could not take it. */
static int64_t bank_says(const char *code, uint64_t id, const char *fields)
{
	static struct case_message m, reply;
	static struct case_row rows[CASE_ROWS_MAX];
	const char *xml = message("Request", code, id, 'Q', fields);
	char scratch[4096];
	enum err e;

	m.row = rows;
	assert_int_equal(case_read(text_z(xml), scratch, &m, NULL), ERR_OK);
	e = outbox_case(w.outbox, BANK, &m, &reply);
	assert_true(e == ERR_OK || e == ERR_MEMORY);
	return e == ERR_OK ? case_number(&reply, CASE_F_RETURN) : 0;
}

static uint64_t asked(enum query_what what)
{
	uint64_t id = ask(what);

	turn();
	assert_non_null(to(BANK));
	back(to(BANK), OUTBOX_ANSWERED, 200,
	     message("Response",
	             what == QUERY_MOVEMENTS ? "100301"
	             : what == QUERY_FOLLOW  ? "100305"
	             : what == QUERY_HOLDER  ? "100303"
	                                     : "100309",
	             id, 'Q', TOLD_OK));
	return id;
}

/* ---- answers ---- */

static void test_movements(void **state)
{
	uint64_t id = asked(QUERY_MOVEMENTS);
	struct desk_object q;

	(void)state;
	assert_int_equal(bank_says("100302", id, TOLD_OK "<AccountNumber>" OWN "</AccountNumber>" ROWS), 100000);
	q = object(id);
	assert_int_equal(q.state, QUERY_ANSWERED);
	assert_int_equal(desk_i(&q, QUERY_F_EVENTS), 2);
	assert_int_equal(w.n_moved, 2);
	for (uint32_t i = 0; i < w.n_moved; i++)
		assert_true(strcmp(w.moved[i].payer, OWN) == 0 || strcmp(w.moved[i].payee, OWN) == 0);
	(void)bank_says("100302", id, TOLD_OK ROWS);
	assert_int_equal(w.n_moved, 2);
	id = asked(QUERY_MOVEMENTS); /* another question, the same movements */
	assert_int_equal(bank_says("100302", id, TOLD_OK ROWS), 100000);
	assert_int_equal(w.n_moved, 2);
}

/* Somebody else's account, tomorrow's movements, money to itself, no amount: none of it becomes a transfer. */
static void test_lies(void **state)
{
	static const char *const row[] = {
		"<Time>20990101000000</Time><Direction>0</Direction><Amount>1.00</Amount><AccountNumber>6222021000000777</AccountNumber>",
		"<Time>20260228120000</Time><Direction>0</Direction><Amount>1.00</Amount><AccountNumber>" OWN
		"</AccountNumber>",
		"<Time>20260228120000</Time><Direction>7</Direction><Amount>1.00</Amount><AccountNumber>6222021000000777</AccountNumber>",
		"<Time>20260228120000</Time><Direction>0</Direction><Amount>0.00</Amount><AccountNumber>6222021000000777</AccountNumber>",
		"<Time>20260228120000</Time><Direction>0</Direction><Amount>1.00</Amount>",
		"<Direction>0</Direction><Amount>1.00</Amount><AccountNumber>6222021000000777</AccountNumber>",
	};
	char fields[1024];
	uint64_t id = asked(QUERY_FOLLOW);

	(void)state;
	assert_int_equal(bank_says("100306", id, TOLD_OK "<AccountNumber>6222021000000009</AccountNumber>" ROWS), 200001);
	assert_int_equal(object(id).state, QUERY_SENT);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(fields, sizeof(fields), TOLD_OK "<Rows><Row>%s</Row></Rows>", row[i]);
		assert_int_equal(bank_says("100306", id, fields), 100000);
		assert_int_equal(w.n_moved, 0);
	}
	assert_int_equal(object(id).state, QUERY_FOLLOWING);
}

static void test_other_answers(void **state)
{
	uint64_t holder = asked(QUERY_HOLDER), accounts, follow;
	struct desk_object q;

	(void)state;
	assert_int_equal(
		bank_says(
			"100304", holder,
			TOLD_OK
			"<HolderName>仿真</HolderName><HolderIDNumber>110101199003070038</HolderIDNumber><HolderPhone>13800138000</HolderPhone>"),
		100000);
	q = object(holder);
	assert_true(desk_has(&q, QUERY_F_HOLDER) && desk_has(&q, QUERY_F_PHONE) && desk_has(&q, QUERY_F_ANSWER));
	accounts = asked(QUERY_ACCOUNTS);
	assert_int_equal(bank_says("100310", accounts, "<ReturnCode>200010</ReturnCode>"), 100000);
	assert_int_equal(object(accounts).state, QUERY_REFUSED);
	follow = asked(QUERY_FOLLOW);
	assert_int_equal(bank_says("100306", follow, TOLD_OK ROWS), 100000);
	done(say_to(DESK_QUERY, QUERY_DO_END, follow, ROLE_STOP_SEAT));
	assert_int_equal(object(follow).state, QUERY_ENDING);
}

/* Memory runs out at each point of taking an answer: the bank tells it again, and it counts once. */
static void test_answer_without_memory(void **state)
{
	bool failed = true;

	for (uint64_t nth = 1; failed; nth++) {
		uint64_t id = asked(QUERY_MOVEMENTS);
		struct desk_object q;
		int64_t code;

		mem_fail_at(nth);
		code = bank_says("100302", id, TOLD_OK "<FeedbackRemark>已查</FeedbackRemark>" ROWS);
		failed = code != 100000;
		mem_fail_at(0);
		if (failed)
			code = bank_says("100302", id, TOLD_OK "<FeedbackRemark>已查</FeedbackRemark>" ROWS);
		assert_int_equal(code, 100000);
		q = object(id);
		assert_int_equal(q.state, QUERY_ANSWERED);
		assert_int_equal(desk_i(&q, QUERY_F_PARTS), 1);
		assert_int_equal(desk_i(&q, QUERY_F_EVENTS), 2);
		assert_int_equal(w.n_moved, 2);
		assert_true(failed || nth > 4);
		tear_down(state);
		set_up(state);
	}
}

/* ---- reports ---- */

static const char *report(const char *serial, const char *application, const char *fields)
{
	static char z[1024];

	snprintf(
		z, sizeof(z),
		"<Request><Head><Mode>01</Mode><To>duanka</To><TxCode>100405</TxCode><TransSerialNumber>%s</TransSerialNumber></Head>"
		"<Body><ApplicationID>%s</ApplicationID><AccountNumber>6222021001116245702</AccountNumber>%s"
		"<EventTime>20260301080000</EventTime></Body></Request>",
		serial, application, fields);
	return z;
}
#define FLAG "<FeatureCode>3006</FeatureCode>"
#define BACK "<FeatureCode>0000</FeatureCode>"

static uint64_t clues_in(uint32_t clue_state)
{
	struct registry_query q = { .kind = DESK_CLUE, .states = 1u << clue_state };
	uint64_t n;

	assert_int_equal(registry_count(w.registry, &q, 100, &n), ERR_OK);
	return n;
}

static void test_taken_back_twice(void **state)
{
	(void)state;
	assert_int_equal(told_by_itself(BANK, report("S0", "W0", BACK "<OriginalApplicationID>E1</OriginalApplicationID>")),
	                 200010);
	assert_int_equal(told_by_itself(BANK, report("S1", "E1", FLAG)), 100000);
	assert_int_equal(
		told_by_itself(OTHER, report("S1", "E1", BACK "<OriginalApplicationID>E1</OriginalApplicationID>")),
		200010); /* not theirs */
	assert_int_equal(told_by_itself(BANK, report("S2", "W1", BACK "<OriginalApplicationID>E1</OriginalApplicationID>")),
	                 100000);
	assert_int_equal(clues_in(CLUE_WITHDRAWN), 1);
	for (int i = 0; i < 2; i++) /* the same again, and the same in other words */
		assert_int_equal(told_by_itself(BANK, report(i == 0 ? "S2" : "S3", i == 0 ? "W1" : "W2",
		                                             BACK "<OriginalApplicationID>E1</OriginalApplicationID>")),
		                 200003);
	assert_int_equal(told_by_itself(OTHER, report("S2", "W1", BACK)), 200010);
	assert_int_equal(told_by_itself(BANK, report("S4", "E2", FLAG)), 100000); /* reported anew */
	assert_int_equal(told_by_itself(BANK, report("S2", "W1", BACK "<OriginalApplicationID>E1</OriginalApplicationID>")),
	                 200003); /* does not take that back */
	assert_int_equal(clues_in(CLUE_RECEIVED), 1);
	assert_int_equal(told_by_itself(BANK, report("S5", "W5", BACK)), 100000); /* any about the account */
	assert_int_equal(clues_in(CLUE_WITHDRAWN), 2);
	assert_int_equal(told_by_itself(BANK, report("S6", "E6", FLAG)), 100000);
	assert_int_equal(told_by_itself(BANK, report("S5", "W5", BACK)), 200003); /* told twice: not that one */
	assert_int_equal(clues_in(CLUE_RECEIVED), 1);
}

static int64_t try_report(const char *xml)
{
	static struct case_message m, reply;
	char scratch[2048];
	enum err e;

	m.row = NULL;
	assert_int_equal(case_read(text_z(xml), scratch, &m, NULL), ERR_OK);
	e = outbox_case(w.outbox, BANK, &m, &reply);
	assert_true(e == ERR_OK || e == ERR_MEMORY);
	return e == ERR_OK ? case_number(&reply, CASE_F_RETURN) : 0;
}

/* A report and what takes it back, with memory that runs out at each point: one clue, taken back once. */
static void test_report_without_memory(void **state)
{
	bool failed = true;

	for (uint64_t nth = 1; failed; nth++) {
		const char *const fields[] = { FLAG "<EventRemark>快进快出</EventRemark>", BACK };

		failed = false;
		for (int i = 0; i < 2; i++) {
			int64_t code;

			mem_fail_at(nth);
			code = try_report(report(i == 0 ? "S1" : "S2", i == 0 ? "E1" : "W1", fields[i]));
			mem_fail_at(0);
			if (code == 100000)
				continue;
			failed = true;
			assert_int_equal(try_report(report(i == 0 ? "S1" : "S2", i == 0 ? "E1" : "W1", fields[i])), 100000);
		}
		assert_int_equal(clues_in(CLUE_WITHDRAWN), 1);
		assert_int_equal(clues_in(CLUE_RECEIVED), 0);
		assert_true(failed || nth > 3);
		tear_down(state);
		set_up(state);
	}
}

/* ---- short messages to who reported ---- */

static uint64_t person_reports(unsigned char number, unsigned char spelling)
{
	struct desk_command *c = say_to(DESK_CLUE, CLUE_DO_REPORT, 0, ROLE_INTAKE);
	const unsigned char ref[DESK_REF_BYTES] = { number, A_PHONE, spelling };

	desk_give_i(c, CLUE_F_WHAT, 1);
	desk_give_token(c, CLUE_F_PHONE, token_n(40));
	desk_give_ref(c, CLUE_F_REPORTER, ref);
	return done(c);
}

static bool goes(uint64_t clue, uint8_t kind)
{
	turn();
	for (uint32_t i = 0; i < w.n_flying; i++)
		if (w.flying[i]->receiver == SENDER && w.flying[i]->object == clue && w.flying[i]->kind == kind) {
			back(w.flying[i], OUTBOX_ANSWERED, 200, "");
			return true;
		}
	assert_int_equal(row_of(clue, kind).state, DELIVERY_WAITING);
	return false;
}

static void fed_back(uint64_t clue)
{
	struct desk_command *c = say_to(DESK_CLUE, CLUE_DO_VERIFY, clue, ROLE_ANALYST);

	desk_give_i(c, CLUE_F_FINDING, 1);
	done(c);
	c = say_to(DESK_CLUE, CLUE_DO_FEED_BACK, clue, ROLE_ANALYST);
	give_ref(c, CLUE_F_FEEDBACK);
	done(c);
}

static void test_quiet_hours(void **state)
{
	int64_t midnight = T0 - 8 * US_PER_HOUR;
	uint64_t first;

	(void)state;
	tick(midnight + 20 * US_PER_HOUR - w.now - 1); /* the last moment */
	assert_true(goes(person_reports(1, 0), DESK_MESSAGE_RECEIPT));
	tick(1);
	first = person_reports(2, 0);
	assert_false(goes(first, DESK_MESSAGE_RECEIPT));
	assert_string_equal(row_of(first, DESK_MESSAGE_RECEIPT).why, "quiet");
	assert_int_equal(row_of(first, DESK_MESSAGE_RECEIPT).next_us, midnight + 31 * US_PER_HOUR);
	tick(11 * US_PER_HOUR - 1);
	assert_false(goes(first, DESK_MESSAGE_RECEIPT));
	restart();
	tick(1);
	assert_true(goes(first, DESK_MESSAGE_RECEIPT));
	tick(18 * US_PER_HOUR); /* one in the night waits for its morning */
	first = person_reports(3, 0);
	assert_false(goes(first, DESK_MESSAGE_RECEIPT));
	assert_int_equal(row_of(first, DESK_MESSAGE_RECEIPT).next_us, midnight + (48 + 7) * US_PER_HOUR);
}

static void test_one_a_day(void **state)
{
	int64_t midnight = T0 - 8 * US_PER_HOUR;
	uint64_t first = person_reports(1, 0), again, other;
	struct desk_command *c;

	(void)state;
	again = person_reports(1, 1);
	other = person_reports(2, 1);
	assert_true(
		goes(first, DESK_MESSAGE_RECEIPT)); /* one at a time: the second is not sent while this one is under way */
	assert_false(goes(again, DESK_MESSAGE_RECEIPT));
	assert_int_equal(row_of(again, DESK_MESSAGE_RECEIPT).next_us, midnight + 31 * US_PER_HOUR);
	assert_true(goes(other, DESK_MESSAGE_RECEIPT));
	fed_back(first);
	assert_false(goes(first, DESK_MESSAGE_FEEDBACK));
	restart();
	tick(22 * US_PER_HOUR); /* 06:00 */
	assert_false(goes(again, DESK_MESSAGE_RECEIPT));
	tick(US_PER_HOUR);
	if (goes(again, DESK_MESSAGE_RECEIPT)) /* one of the two that have waited, not both */
		assert_false(goes(first, DESK_MESSAGE_FEEDBACK));
	else
		assert_true(goes(first, DESK_MESSAGE_FEEDBACK) && !goes(again, DESK_MESSAGE_RECEIPT));
	c = say_to(DESK_LIMIT, THRESHOLD_DO_ASK, 0,
	           ROLE_ADMIN); /* two a day from now on: what waits looks again in its time */
	desk_give_token(c, THRESHOLD_F_LIMIT, (struct token){ { 0, LIMIT_WARNING_SMS_DAY } });
	desk_give_i(c, THRESHOLD_F_VALUE, 2);
	done(say_to(DESK_LIMIT, THRESHOLD_DO_APPROVE, done(c), ROLE_CITY_LEADER));
	assert_true(goes(person_reports(2, 0), DESK_MESSAGE_RECEIPT));
	assert_true(goes(person_reports(2, 0), DESK_MESSAGE_RECEIPT));
	assert_false(goes(person_reports(2, 0), DESK_MESSAGE_RECEIPT));
}

#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_movements),        WITH_WORLD(test_lies),
		WITH_WORLD(test_other_answers),    WITH_WORLD(test_answer_without_memory),
		WITH_WORLD(test_taken_back_twice), WITH_WORLD(test_report_without_memory),
		WITH_WORLD(test_quiet_hours),      WITH_WORLD(test_one_a_day),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
