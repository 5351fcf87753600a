/* public_world.c - see public_world.h. */
#include "tests/test.h"
#include "tests/gateway/public_world.h"

#define R(role) (1u << ROLE_##role)
#define MANY 100000

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "operator", .number = 21, .n_sees = 1, .sees = { "self:*.*" } },
};
uint64_t filings, proofs, requests, all;
bool enabled;

static void tune(struct config *c)
{
	c->public_enabled = enabled;
	c->public_requests = requests;
	c->public_filings = filings;
	c->public_proofs = proofs;
	c->public_rate = all;
	snprintf(c->public_lists, sizeof(c->public_lists), "published, links");
}

const struct served_options options = {
	.policy =
		"entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
		"list \"published\" of phone from \"published.csv\"\nlist \"secret\" of phone from \"secret.csv\"\n"
		"list \"links\" of text from \"links.csv\"\n"
		"rule often on call about caller when count(call by caller over 1h) >= 3 and not (caller in list \"published\") "
		"and not (caller in list \"secret\") and not (\"x\" in list \"links\") then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.tune = tune,
	.key = { { "police", SCOPE_DESK, R(ANALYST), 0 },
	         { "operator", SCOPE_DESK, R(OPERATOR_DESK), 0 },
	         { "police", SCOPE_DESK, R(APPEALS), 0 },
	         { "police", SCOPE_DESK, R(DISSUASION), 0 },
	         { "police", SCOPE_LISTS, 0, 0 },
	         { "operator", SCOPE_DESK, R(CONNECTOR), 0 },
	         { "police", SCOPE_DESK, R(INTAKE), 0 } },
};

struct served s;
struct heard h;

int set_up(void **state)
{
	(void)state;
	enabled = true;
	requests = filings = proofs = all = MANY;
	served_start(&s, &options);
	heard_init(&h);
	return 0;
}

int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

void ask(const char *path, const char *body)
{
	served_ask(&s, path, NULL, "Accept-Language: en-GB,en;q=0.9,zh;q=0.8\r\n", body, &h);
}

void post(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", body, &h);
}

void receipt_path(char z[160], const char *of, const char *more)
{
	snprintf(z, 160, "/v1/public/%s/%s%s", of, heard_member(&h, "receipt"), more);
}

/* A card that is to be verified: a measure in force, with a notice. Its id into m. */
void impose(char m[32])
{
	char path[64];

	post(
		OPERATOR, "/v1/cards",
		"{\"step\":\"list\",\"phone\":\"13912345678\",\"operator\":21,\"level\":1,\"basis\":\"AFL-11\",\"evidence\":[1],"
		"\"person\":\"110101199003074610\"}");
	heard_status(&h, 201);
	snprintf(path, sizeof(path), "/v1/cards/%s/notify", heard_member(&h, "object.id"));
	post(OPERATOR, path, "{\"method\":\"counter\",\"reason\":\"many short calls to strangers\"}");
	heard_status(&h, 200);
	snprintf(m, 32, "%s", heard_member(&h, "object.fields.measure"));
}

void code_of(const char *m, char code[PROOF_TEXT_MAX])
{
	uint32_t kind;
	uint64_t id;

	assert_int_equal(desk_id_parse(text_z(m), &kind, &id), ERR_OK);
	proof_notice(&s.token_key, kind, id, code);
}
