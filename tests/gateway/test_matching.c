/* test_matching.c - who may speak for an organisation in a private matching: its key, until it has people who do; then one of them, or two. */
#include "tests/test.h"
#include "base/clock.h"
#include "desk/desk.h"
#include "journal/journal.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	ADMIN,
	ADMIN_2,
	BANK,
	OPERATOR,
	DESK_ONLY,
	PEOPLE_MAX = 8
};

static const struct tenant tenants[] = { { .name = "police", .number = 1 },
	                                     { .name = "bank", .number = 11 },
	                                     { .name = "operator", .number = 21 } };
static const struct served_options options = {
	.tenants = tenants,
	.n_tenants = 3,
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "police", SCOPE_DESK, R(ADMIN), 0 },
	         { "bank", SCOPE_MATCH, 0, 0 },
	         { "operator", SCOPE_MATCH, 0, 0 },
	         { "bank", SCOPE_DESK, R(BANK_DESK), 0 } },
};

static struct served s;
static struct heard h;
static char token[PEOPLE_MAX][SESSION_CHARS + 1], match[32];
static uint32_t n_people;

/* A user who is active and logged in: the number of the token. */
static uint32_t person(const char *login, uint32_t roles, unsigned organisation)
{
	char body[256], path[128];
	uint32_t kind;
	uint64_t id;

	snprintf(body, sizeof(body), "{\"login\":\"%s\",\"roles\":%u,\"organisation\":%u}", login, roles, organisation);
	served_ask(&s, "/v1/users", s.key[ADMIN], "", body, &h);
	heard_status(&h, 201);
	assert_int_equal(desk_id_parse(text_z(heard_member(&h, "object.id")), &kind, &id), ERR_OK);
	snprintf(path, sizeof(path), "/v1/users/%s/activate", heard_member(&h, "object.id"));
	served_ask(&s, path, s.key[ADMIN_2], "If-Match: *\r\n", "", &h);
	heard_status(&h, 200);
	assert_int_equal(
		credentials_session_begin(s.credentials, id, (uint16_t)organisation, served_clock, token[n_people]), ERR_OK);
	return n_people++;
}

static void propose(const char *who, int status)
{
	served_ask(
		&s, "/v1/matches", who, "",
		"{\"with\":\"operator\",\"kind\":\"phone\",\"size\":\"200\",\"purpose\":\"payees\",\"basis\":\"Art 16\"}", &h);
	heard_status(&h, status);
	if (status == 201)
		snprintf(match, sizeof(match), "%s", heard_member(&h, "id"));
}

static void consent(const char *who, int status, const char *says)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/matches/%s/consent", match);
	served_ask(&s, path, who, "", "{\"reason\":\"agreed\"}", &h);
	heard_status(&h, status);
	heard_says(&h, says);
}

static void keys_until_there_are_people(void **state)
{
	uint32_t first, second, other, analyst, elsewhere;

	(void)state;
	propose(s.key[DESK_ONLY], 403);
	propose(s.key[BANK], 201);
	heard_says(&h, "\"four_eyes\":{\"offerer\":false,\"answerer\":false}");
	consent(s.key[BANK], 409, "phase");
	consent(s.key[OPERATOR], 200, "\"phase\":\"agreed\"");

	other = person("bank.desk", R(BANK_DESK), 11); /* not one who speaks */
	propose(s.key[BANK], 201);
	propose(token[other], 403);
	heard_says(&h, "role");
	served_ask(&s, "/v1/matches", token[other], "", NULL, &h);
	heard_status(&h, 403);

	analyst = person("bank.analyst", R(ANALYST), 11);
	propose(s.key[BANK], 403);
	heard_says(&h, "person");
	propose(token[analyst], 201);
	heard_says(&h, "\"proposed_by\":\"bank/u");
	heard_says(&h, "\"four_eyes\":{\"offerer\":false,\"answerer\":false}");
	elsewhere = person("police.delegate", R(DELEGATE), 1);
	consent(token[elsewhere], 404, "unknown");
	consent(token[analyst], 409, "phase");

	first = person("operator.one", R(DELEGATE), 21);
	consent(s.key[OPERATOR], 403, "person");
	second = person("operator.two", R(DELEGATE), 21);
	consent(token[first], 200, "\"phase\":\"proposed\"");
	heard_says(&h, "\"four_eyes\":{\"offerer\":false,\"answerer\":true}");
	consent(token[first], 409, "four eyes");
	consent(token[analyst], 409, "phase");
	consent(token[second], 200, "\"phase\":\"agreed\"");
	heard_says(&h, "\"agreed_second\":\"operator/u");
}

/* What they said stands in the journal with their number. */
static void acts_have_the_user(void **state)
{
	struct journal_reader *reader;
	struct record x;
	uint32_t n = 0, people = 0;

	(void)state;
	assert_int_equal(journal_reader_open(&reader, &s.disk, 0, UINT64_MAX), ERR_OK);
	while (journal_read(reader, &x, NULL) == ERR_OK) {
		if (x.position == 0 || x.kind != RECORD_ACT ||
		    memmem(x.payload.p, x.payload.n, "\"match-consent\"", 15) == NULL)
			continue;
		n++;
		people += memmem(x.payload.p, x.payload.n, "\"user\":\"U-", 10) != NULL;
	}
	journal_reader_close(reader);
	assert_int_equal(n, 3);
	assert_int_equal(people, 2);
}

static int set_up(void **state)
{
	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys_until_there_are_people),
		                                cmocka_unit_test(acts_have_the_user) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
