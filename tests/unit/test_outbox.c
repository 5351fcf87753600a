/* test_outbox.c - orders out and answers back, with everything that can go wrong in between: waits, circuits, dead letters, restarts; and that nothing takes effect twice. */
#include "tests/test.h"
#include <sodium.h>
#include "desk/account.h"
#include "desk/card.h"
#include "desk/clue.h"
#include "desk/freeze.h"
#include "desk/measure.h"
#include "desk/stop.h"
#include "desk/warning.h"
#include "tests/unit/outbox_world.h"

static bool first(void *ctx, const struct registry_hit *h)
{
	*(struct desk_object *)ctx = *h->object;
	return false;
}

/* ---- stop orders ---- */

static void test_stop(void **state)
{
	uint64_t id = stop_order_at(1, BANK);
	struct outbox_request *r;

	(void)state;
	turn();
	r = to(BANK);
	assert_non_null(r);
	assert_string_equal(r->url, "https://org-7.example/front");
	assert_true(holds(r, "<AccountNumber>62220210"));
	assert_true(holds(r, "<TransferAmount>50000.00<"));
	assert_string_equal(w.acts, "[7 account,account_name,reason]"); /* before anything left */
	back(r, OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', TAKEN));
	assert_int_equal(object(id).state, STOP_LANDED);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_RECEIPTED);
	turn();
	assert_int_equal(w.n_flying, 0);
	assert_true(w.next > w.now && w.next <= w.now + 30 * US_PER_SECOND);
	w.now = w.next;
	turn(); /* asked for */
	r = to(BANK);
	assert_true(r->poll);
	assert_non_null(strstr(r->url, "?application=S0000000000"));
	assert_int_equal(r->body.n, 0);
	back(r, OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
	assert_int_equal(object(id).state, STOP_STOPPED);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_DONE);
	assert_int_equal(w.n_acts, 1); /* a poll reveals nothing */
}

static void test_told_twice_and_early(void **state)
{
	uint64_t id = stop_order_at(1, BANK), commands;
	struct outbox_request *r;

	(void)state;
	turn();
	r = to(BANK);
	/* before the order was even acknowledged */
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id, 'S', STOPPED)), 100000);
	assert_int_equal(object(id).state, STOP_STOPPED);
	commands = w.position;
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id, 'S', STOPPED)), 100000);
	back(r, OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', TAKEN));
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_DONE);
	assert_int_equal(w.position, commands); /* nothing was journaled a second time */
	turn();
	assert_int_equal(w.n_flying, 0);
}

static void test_others_answers(void **state)
{
	uint64_t id = stop_order_at(1, BANK);

	(void)state;
	turn();
	assert_int_equal(told_by_itself(OTHER, message("Request", "100102", id, 'S', STOPPED)), 200004);
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id + 1, 'S', STOPPED)), 200004);
	assert_int_equal(told_by_itself(BANK, message("Request", "100104", id, 'S', TAKEN)), 200001);
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id, 'S',
	                                              "<ReturnCode>100000</ReturnCode><Result>0000</Result>")),
	                 200001); /* stopped, and not since when */
	assert_int_equal(object(id).state, STOP_SENT);
}

static void test_mismatch_and_stopped_all_the_same(void **state)
{
	uint64_t id = stop_order_at(1, BANK);
	struct outbox_request *r;

	(void)state;
	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200,
	     message("Request", "100102", id, 'S', DIFFERS "<StartTime>20260301080000</StartTime>"));
	assert_int_equal(object(id).state, STOP_MISMATCH);
	turn(); /* it must let go */
	r = to(BANK);
	assert_true(holds(r, "<TxCode>100103<"));
	assert_true(holds(r, "<OriginalApplicationID>S"));
}

static void test_late_answer_of_a_failed_order(void **state)
{
	uint64_t id = stop_order_at(1, BANK);

	(void)state;
	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', "<ReturnCode>200001</ReturnCode>"));
	assert_int_equal(object(id).state, STOP_FAILED);
	assert_string_equal(row_of(id, DESK_MESSAGE_BANK_STOP).why, "return-200001");
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id, 'S', STOPPED)), 100000);
	turn();
	assert_true(holds(to(BANK), "<TxCode>100103<")); /* released */
}

/* ---- failures ---- */

/* Has every request to the bank fail until nothing is under way for good; how many there were. */
static uint32_t fail_all(uint32_t receiver, int64_t until)
{
	uint32_t n = 0;

	while (w.now < until) {
		turn();
		while (to(receiver) != NULL) {
			back(to(receiver), OUTBOX_CONNECT, 0, "");
			n++;
		}
		turn();
		if (w.n_flying == 0 && w.next == INT64_MAX)
			break;
		if (w.next > w.now && w.next != INT64_MAX)
			w.now = w.next;
	}
	return n;
}

static void test_unreachable(void **state)
{
	uint64_t id = stop_order_at(1, BANK);
	uint32_t n = fail_all(BANK, T0 + 4 * US_PER_HOUR);
	struct delivery_row row = row_of(id, DESK_MESSAGE_BANK_STOP);

	(void)state;
	/* four attempts of each sending, until the desk has given up: the fourth was made when ten minutes had passed, by the third's failure */
	assert_int_equal(n, 12);
	assert_int_equal(object(id).state, STOP_FAILED);
	assert_int_equal(row.state, DELIVERY_DONE);
	assert_string_equal(row.why, "overtaken");
	assert_int_equal(row_of(id, DESK_MESSAGE_ALARM).state, DELIVERY_SEAT);
	/* nobody has it sent once more: that would stop an account without an order */
	row.state = DELIVERY_DEAD;
	assert_int_equal(delivery_save(w.delivery, &row, 1), ERR_OK);
	assert_int_equal(outbox_resend(w.outbox, row.id, 0), ERR_RANGE);
	w.now += US_PER_HOUR;
	turn();
	assert_null(to(BANK));
	/* a bank that had received it all the same is told to release */
	assert_int_equal(told_by_itself(BANK, message("Request", "100102", id, 'S', STOPPED)), 100000);
	turn();
	assert_true(holds(to(BANK), "<TxCode>100103<"));
}

/* The order is over before it could be brought to the bank. */
static void test_nothing_is_sent_of_what_is_over(void **state)
{
	uint64_t id = stop_order_at(1, BANK);
	struct desk_command *c;

	(void)state;
	turn();
	back(to(BANK), OUTBOX_CONNECT, 0, "");
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_WAITING);
	c = say_to(DESK_STOP, STOP_DO_ANSWER, id, ROLE_BANK_DESK); /* by telephone */
	desk_give_i(c, STOP_F_RESULT, 200010);
	done(c);
	w.now += US_PER_HOUR;
	turn();
	assert_null(to(BANK));
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_DONE);
	assert_string_equal(row_of(id, DESK_MESSAGE_BANK_STOP).why, "overtaken");
}

/* A registry that was lost is made again beside the service: what waits is not lost with it. */
static void test_a_registry_that_is_behind(void **state)
{
	struct delivery_row row = { .id = (uint64_t)999 << 16,
		                        .kind = DESK_MESSAGE_BANK_STOP,
		                        .state = DELIVERY_WAITING,
		                        .receiver = BANK,
		                        .object = (uint64_t)998 << 16,
		                        .next_us = T0,
		                        .made_us = T0,
		                        .application = "S1" };

	(void)state;
	assert_int_equal(delivery_take(w.delivery, &row, 1, 0), ERR_OK);
	turn();
	assert_null(to(BANK));
	assert_int_equal(delivery_load(w.delivery, row.id, 0, &row), ERR_OK);
	assert_int_equal(row.state, DELIVERY_WAITING);
	assert_string_equal(row.why, "registry");
	assert_true(row.next_us > w.now);
}

static void test_others_do_not_wait(void **state)
{
	struct outbox_counts c;

	(void)state;
	for (uint64_t i = 0; i < 40; i++)
		stop_order_at(100 + i, BANK);
	stop_order_at(1, OTHER);
	turn();
	assert_int_equal(w.n_flying, OUTBOX_AT_ONCE + 1);
	assert_non_null(to(OTHER));
	while (to(BANK) != NULL)
		back(to(BANK), OUTBOX_TIMEOUT, 0, "");
	outbox_counts(w.outbox, &c);
	assert_int_equal(c.open_circuits, 1);
	turn();
	assert_null(to(BANK)); /* nothing goes there for a while */
	w.now = w.next;
	turn();
	assert_non_null(to(BANK)); /* one tries */
	assert_int_equal(w.n_flying, 2);
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Response", "100101", 0, 'S', TAKEN)); /* nonsense, but it is alive */
	turn();
	assert_int_equal(w.n_flying, OUTBOX_AT_ONCE + 1);
}

static void test_waits(void **state)
{
	uint64_t id = stop_order_at(1, BANK);
	int64_t last = 0, wait;

	(void)state;
	for (int i = 0; i < 3; i++) {
		turn();
		back(to(BANK), OUTBOX_ANSWERED, 503, "");
		wait = row_of(id, DESK_MESSAGE_BANK_STOP).next_us - w.now;
		assert_true(wait > last && wait <= ((int64_t)2 << i) * US_PER_SECOND &&
		            wait >= ((int64_t)2 << i) * US_PER_SECOND * 3 / 4);
		last = wait;
		w.now += 10 * US_PER_SECOND;
	}
	assert_string_equal(row_of(id, DESK_MESSAGE_BANK_STOP).why, "http-503");
}

/* ---- restarts ---- */

static void test_restart_anywhere(void **state)
{
	uint64_t id = stop_order_at(1, BANK), message_id;

	(void)state;
	turn();
	message_id = to(BANK)->id;
	restart(); /* it may have arrived */
	turn();
	assert_int_equal(to(BANK)->id, message_id); /* the same again */
	w.tell_fails = ERR_STOPPED;                 /* killed between the answer and its command */
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
	assert_int_equal(object(id).state, STOP_SENT);
	restart();
	w.tell_fails = ERR_OK;
	w.now += US_PER_MINUTE;
	turn();
	assert_int_equal(to(BANK)->id, message_id);
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', "<ReturnCode>200003</ReturnCode>"));
	assert_int_equal(object(id).state, STOP_LANDED);
	w.now += US_PER_MINUTE;
	turn();
	assert_true(to(BANK)->poll);
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
	assert_int_equal(object(id).state, STOP_STOPPED);
}

static void test_lost_order(void **state)
{
	uint64_t id = stop_order_at(1, BANK);

	(void)state;
	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', TAKEN));
	w.now += US_PER_MINUTE;
	turn();
	assert_true(to(BANK)->poll); /* the bank does not know it any more */
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Response", "100101", id, 'S', "<ReturnCode>200010</ReturnCode>"));
	turn();
	assert_false(to(BANK)->poll); /* so it is sent again */
}

static void test_journal_first(void **state)
{
	int64_t next;

	(void)state;
	stop_order_at(1, BANK);
	w.act_fails = ERR_STOPPED;
	assert_int_equal(outbox_turn(w.outbox, &next), ERR_STOPPED);
	assert_int_equal(w.n_flying, 0); /* nothing leaves that is not journaled */
	w.act_fails = ERR_OK;
	turn();
	assert_int_equal(w.n_flying, 1);
}

static void test_erased(void **state)
{
	uint64_t id = stop_order_at(1, BANK);

	(void)state;
	w.erased = true;
	turn();
	assert_int_equal(w.n_flying, 0);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP).state, DELIVERY_DEAD);
	assert_string_equal(row_of(id, DESK_MESSAGE_BANK_STOP).why, "erased");
}

/* ---- extension, release, freeze ---- */

static uint64_t stopped_order(void)
{
	uint64_t id = stop_order_at(1, BANK);

	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100102", id, 'S', STOPPED));
	assert_int_equal(object(id).state, STOP_STOPPED);
	return id;
}

static void test_extension_and_release(void **state)
{
	uint64_t id = stopped_order(), sent;
	struct desk_command *c;
	int64_t end = 0;

	(void)state;
	done(say_to(DESK_STOP, STOP_DO_ASK_EXTENSION, id, ROLE_STOP_SEAT));
	done(say_to(DESK_STOP, STOP_DO_EXTEND, id, ROLE_LEADER));
	{
		struct desk_object o = object(id);

		end = desk_i(&o, STOP_F_END);
	}
	turn();
	sent = row_of(id, DESK_MESSAGE_BANK_STOP_EXTEND).id;
	assert_true(holds(to(BANK), "<TxCode>100105<"));
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100106", sent, 'M', TAKEN "<Result>0000</Result>"));
	{
		struct desk_object o = object(id);

		assert_true(desk_i(&o, STOP_F_END) == end + 48 * US_PER_HOUR);
		assert_int_equal(desk_i(&o, STOP_F_EXTENSION), STOP_EXTENSION_GIVEN);
	}
	c = say_to(DESK_STOP, STOP_DO_RELEASE, id, ROLE_LEADER);
	desk_give_i(c, STOP_F_CAUSE, STOP_CAUSE_DECIDED);
	done(c);
	turn();
	sent = row_of(id, DESK_MESSAGE_BANK_STOP_RELEASE).id;
	back(to(BANK), OUTBOX_ANSWERED, 200, message("Request", "100104", sent, 'M', "<ReturnCode>200004</ReturnCode>"));
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP_RELEASE).state, DELIVERY_DEAD); /* people must see to it */
	assert_int_equal(outbox_resend(w.outbox, sent, 0), ERR_OK);
	turn();
	back(to(BANK), OUTBOX_ANSWERED, 200,
	     message("Request", "100104", sent, 'M', "<ReturnCode>100000</ReturnCode><Result>0000</Result>"));
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP_RELEASE).state, DELIVERY_DONE);
}

static void test_release_gives_up(void **state)
{
	uint64_t id = stopped_order();
	struct desk_command *c = say_to(DESK_STOP, STOP_DO_RELEASE, id, ROLE_LEADER);

	(void)state;
	desk_give_i(c, STOP_F_CAUSE, STOP_CAUSE_DECIDED);
	done(c);
	(void)fail_all(BANK, T0 + 23 * US_PER_HOUR);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP_RELEASE).state,
	                 DELIVERY_WAITING); /* a release is not given up soon */
	(void)fail_all(BANK, T0 + 26 * US_PER_HOUR);
	assert_int_equal(row_of(id, DESK_MESSAGE_BANK_STOP_RELEASE).state, DELIVERY_DEAD);
}

static uint64_t freeze_order(void)
{
	struct desk_command *c = say_to(DESK_FREEZE, FREEZE_DO_REQUEST, 0, ROLE_STOP_SEAT);
	uint64_t id;

	desk_give_token(c, FREEZE_F_ACCOUNT, token_n(2));
	desk_give_i(c, FREEZE_F_BANK, BANK);
	desk_give_i(c, FREEZE_F_SCOPE, FREEZE_FULL);
	desk_give_code(c, FREEZE_F_CASE_NO, TEXT("A-2026-1"));
	desk_give_i(c, FREEZE_F_BASIS, BASIS_CPL_144);
	desk_give_i(c, FREEZE_F_MONTHS, 6);
	give_evidence(c, FREEZE_F_EVIDENCE);
	id = done(c);
	done(say_to(DESK_FREEZE, FREEZE_DO_APPROVE, id, ROLE_LEADER));
	return id;
}

static void test_freeze(void **state)
{
	uint64_t id = freeze_order();

	(void)state;
	turn();
	assert_true(holds(to(BANK), "<FreezeType>02</FreezeType>"));
	back(
		to(BANK), OUTBOX_ANSWERED, 200,
		message(
			"Request", "100202", id, 'F',
			TAKEN
			"<Result>0006</Result><EarlierFreezer>某法院</EarlierFreezer><EarlierExpireTime>20260501000000</EarlierExpireTime>"));
	assert_int_equal(object(id).state, FREEZE_QUEUED);
	assert_int_equal(
		told_by_itself(BANK, message("Request", "100202", id, 'F', STOPPED "<FrozenAmount>12.00</FrozenAmount>")),
		100000);
	assert_int_equal(object(id).state, FREEZE_FROZEN);
}

/* Random histories: whatever fails, comes back double, late or never, and whenever the outbox is restarted, no account is stopped a third time, and every order comes to an end. */
static const char *random_answer(struct rng *r, const struct outbox_request *q, char *z, size_t cap)
{
	static const char *const fields[] = { STOPPED, DIFFERS, "<ReturnCode>200002</ReturnCode>",
		                                  "<ReturnCode>200010</ReturnCode>",
		                                  DIFFERS "<StartTime>20260301080000</StartTime>" };
	struct delivery_row row;
	const struct case_form *form;
	uint32_t code, k = (uint32_t)rng_below(r, 10);

	assert_int_equal(delivery_load(w.delivery, q->id, 0, &row), ERR_OK);
	code = row.kind == DESK_MESSAGE_BANK_STOP           ? CASE_STOP
	       : row.kind == DESK_MESSAGE_BANK_STOP_RELEASE ? CASE_STOP_RELEASE
	                                                    : CASE_STOP_EXTEND;
	form = case_form(code);
	snprintf(z, cap, "%06u", k < 5 ? form->answer : code);
	return message(k < 5 ? "Request" : "Response", z, strtoull(row.application + 1, NULL, 16), row.application[0],
	               k < 5 ? row.kind == DESK_MESSAGE_BANK_STOP ? fields[rng_below(r, 5)] : TAKEN "<Result>0000</Result>"
	               : k < 8 ? TAKEN
	                       : "<ReturnCode>200003</ReturnCode>");
}

static void step_history(struct rng *r)
{
	char z[8];
	struct outbox_request *q = w.n_flying == 0 ? NULL : w.flying[rng_below(r, w.n_flying)];
	const char *answer = q == NULL || q->receiver == SENDER ? "" : random_answer(r, q, z, sizeof(z));
	static char kept[4096];

	switch (rng_below(r, 12)) {
	case 0: restart(); break;
	case 1: tick((int64_t)rng_below(r, 3 * US_PER_HOUR)); break;
	case 2: w.now = w.next == INT64_MAX || w.next < w.now ? w.now + US_PER_SECOND : w.next; break;
	case 3:
		if (q != NULL)
			back(q, OUTBOX_CONNECT, 0, "");
		break;
	case 4:
		if (strlen(answer) > 0 && strncmp(answer, "<Request", 8) == 0) { /* told by itself, and maybe again later */
			snprintf(kept, sizeof(kept), "%s", answer);
			(void)told_by_itself(BANK, kept);
		}
		break;
	case 5:
		if (kept[0] != 0)
			(void)told_by_itself(BANK, kept);
		break;
	default:
		if (q != NULL)
			back(q, OUTBOX_ANSWERED, 200, answer);
		turn();
	}
}

static void test_histories(void **state)
{
	struct rng r;
	uint64_t cases = test_cases(8);

	rng_seed(&r, test_seed(11));
	for (uint64_t n = 0; n < cases; n++) {
		for (int i = 0; i < 250; i++) {
			if (rng_below(&r, 12) == 0) {
				struct desk_command *c = say_to(DESK_STOP, STOP_DO_DRAFT, 0, ROLE_STOP_SEAT);
				struct desk_outcome out;

				desk_give_token(c, STOP_F_ACCOUNT, token_n(1 + rng_below(&r, 3)));
				desk_give_i(c, STOP_F_BANK, BANK);
				desk_give_i(c, STOP_F_AMOUNT, 100);
				desk_give_i(c, STOP_F_BASIS, BASIS_AFL_20);
				give_evidence(c, STOP_F_EVIDENCE);
				out = applied(c);
				if (out.refusal == DESK_OK)
					done(say_to(DESK_STOP, STOP_DO_APPROVE, out.object, ROLE_LEADER));
			}
			step_history(&r);
		}
		for (uint64_t a = 1; a <= 3; a++) {
			struct registry_query q = { .kind = DESK_ACCOUNT, .entity = { DESK_BANK_ACCOUNT, token_n(a) } };
			struct desk_object account = { 0 };

			assert_int_equal(registry_list(w.registry, &q, 1, first, &account), ERR_OK);
			assert_true(desk_i(&account, ACCOUNT_F_STOPS) <= 2);
		}
		tear_down(state);
		set_up(state);
	}
}

#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(test_stop),
		WITH_WORLD(test_told_twice_and_early),
		WITH_WORLD(test_others_answers),
		WITH_WORLD(test_mismatch_and_stopped_all_the_same),
		WITH_WORLD(test_late_answer_of_a_failed_order),
		WITH_WORLD(test_unreachable),
		WITH_WORLD(test_nothing_is_sent_of_what_is_over),
		WITH_WORLD(test_a_registry_that_is_behind),
		WITH_WORLD(test_others_do_not_wait),
		WITH_WORLD(test_waits),
		WITH_WORLD(test_restart_anywhere),
		WITH_WORLD(test_lost_order),
		WITH_WORLD(test_journal_first),
		WITH_WORLD(test_erased),
		WITH_WORLD(test_extension_and_release),
		WITH_WORLD(test_release_gives_up),
		WITH_WORLD(test_freeze),
		WITH_WORLD(test_histories),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
