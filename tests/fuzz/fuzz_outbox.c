/* fuzz_outbox.c - bytes that a bank sends by itself, as the service hears them: answers to questions (1003xx), with rows of movements that become transfers, and reports (1004xx). In a world with a question of each
 * kind whose number is known. Whatever the bytes are: a reply with a return code; and no transfer but of the account that was asked about, of some money, to or from another one, and not of tomorrow. */
#include "tests/test.h"
#include <sodium.h>
#include "base/mem.h"
#include "desk/query.h"
#include "tests/unit/outbox_world.h"

enum {
	INPUTS_PER_WORLD = 200
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char own[] = "6222021000000002"; /* account 1, as it is revealed */

static void ask(enum query_what what)
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
	CHECK(done(c) != 0);
}

static void begin(void)
{
	CHECK(sodium_init() >= 0 && set_up(NULL) == 0);
	for (enum query_what what = QUERY_HOLDER; what <= QUERY_ACCOUNTS; what++)
		ask(what);
	turn();
	while (w.n_flying > 0)
		back(w.flying[0], OUTBOX_TIMEOUT, 0, "");
}

static void judge(void)
{
	for (uint32_t i = 0; i < w.n_moved; i++) {
		const struct moved *m = &w.moved[i];

		CHECK(m->amount_fen > 0 && m->time_us > 0 && m->time_us <= w.now);
		CHECK((strcmp(m->payer, own) == 0) != (strcmp(m->payee, own) == 0));
	}
	w.n_moved = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static uint32_t inputs;
	static struct case_message m, reply;
	static struct case_row rows[CASE_ROWS_MAX];
	char *scratch = mem_alloc(n + 1);
	const char *why = NULL;

	CHECK(scratch != NULL);
	if (inputs++ % INPUTS_PER_WORLD == 0) {
		if (w.outbox != NULL)
			CHECK(tear_down(NULL) == 0);
		begin();
	}
	m.row = rows;
	if (n <= CASE_BYTES_MAX && case_read(text_of((const char *)p, n), scratch, &m, &why) == ERR_OK) {
		CHECK(outbox_case(w.outbox, BANK, &m, &reply) == ERR_OK);
		CHECK(reply.response && case_number(&reply, CASE_F_RETURN) >= 100000);
		judge();
	}
	mem_free(scratch);
	return 0;
}
