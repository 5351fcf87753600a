/* test_public_measures.c - measures, objections and calls for people without a key: proofs, equal answers, papers, decisions that go to a person. */
#include "tests/test.h"
#include "base/clock.h"
#include "tests/gateway/public_world.h"

/* ---- measures ---- */

static void test_restriction(void **state)
{
	char m[32], code[PROOF_TEXT_MAX], body[512], wrong[2048];

	(void)state;
	impose(m);
	code_of(m, code);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\"}", code);
	ask("/v1/public/restrictions", body);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "object"), m);
	assert_string_equal(heard_member(&h, "measure.name"), "re-verify");
	assert_string_equal(heard_member(&h, "basis.name"), "AFL-11");
	assert_string_equal(heard_member(&h, "remedy.name"), "96110");
	heard_says(&h, "\"reason\":\"many short calls to strangers\"");
	heard_says(&h, "\"about\":\"phone\"");
	heard_says(&h, "\"in_force\":true,\"may_object\":true,\"objection_open\":false");
	heard_hides(&h, "13912345678");
	served_ask(&s, "/v1/public/restrictions", NULL, "", body, &h);
	heard_says(&h, "反电信网络诈骗法第11条");
	/* wrong digits, a wrong code, both, another form: one answer */
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5679\"}", code);
	ask("/v1/public/restrictions", body);
	heard_status(&h, 404);
	snprintf(wrong, sizeof(wrong), "%s", h.body.p);
	code[strlen(code) - 1] ^= 1;
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\"}", code);
	ask("/v1/public/restrictions", body);
	heard_status(&h, 404);
	assert_string_equal(h.body.p, wrong);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\"}", m);
	ask("/v1/public/restrictions", body);
	assert_string_equal(h.body.p, wrong);
	ask("/v1/public/restrictions", "{}");
	assert_string_equal(h.body.p, wrong);
	ask("/v1/public/appeals", "{\"code\":\"M-1-0000\",\"digits\":\"5678\",\"text\":\"x\"}");
	heard_status(&h, 404);
	assert_string_equal(h.body.p, wrong);
}

#define PNG                                                        \
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAACklEQVR4nGMA" \
	"AQAABQABDQottAAAAABJRU5ErkJggg=="

/* A paper is read like a sealed text: by who may, saying why, and that stands in the journal. */
static void is_read_for_a_purpose(const char *appeal)
{
	char path[200];

	snprintf(path, sizeof(path), "/v1/appeals/%s", appeal);
	served_ask(&s, path, s.key[APPEALS], "", NULL, &h);
	heard_status(&h, 200);
	heard_says(&h, "\"paper_1\":{\"sealed\":true}"); /* no id of the file */
	snprintf(path, sizeof(path), "/v1/appeals/%s/files/paper_1", appeal);
	served_ask(&s, path, s.key[APPEALS], "", NULL, &h);
	heard_status(&h, 422);
	snprintf(path, sizeof(path), "/v1/appeals/%s/files/paper_1?purpose=decide&case=13912345678", appeal);
	served_ask(&s, path, s.key[APPEALS], "", NULL, &h);
	heard_status(&h, 422); /* a number of somebody */
	snprintf(path, sizeof(path), "/v1/appeals/%s/files/paper_1?purpose=decide&case=A-2026-1", appeal);
	served_ask(&s, path, s.key[LISTS], "", NULL, &h);
	heard_status(&h, 403);
	served_ask(&s, path, s.key[OPERATOR], "", NULL, &h);
	heard_status(&h, 404); /* not theirs */
	served_ask(&s, path, s.key[APPEALS], "", NULL, &h);
	heard_status(&h, 200);
	assert_memory_equal(h.body.p, "\x89PNG", 4);
	snprintf(path, sizeof(path), "/v1/appeals/%s/files/paper_2?purpose=decide&case=A-2026-1", appeal);
	served_ask(&s, path, s.key[APPEALS], "", NULL, &h);
	heard_status(&h, 404);
}

static void test_appeal(void **state)
{
	char m[32], code[PROOF_TEXT_MAX], body[1024], path[160], step[160], object[32];

	(void)state;
	impose(m);
	code_of(m, code);
	snprintf(
		body, sizeof(body),
		"{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"it is my mother's card\",\"contact\":\"li.lei at example.org\","
		"\"papers\":[{\"name\":\"id.png\",\"type\":\"image/png\",\"base64\":\"" PNG "\"}]}",
		code);
	ask("/v1/public/appeals", body);
	heard_status(&h, 201);
	assert_string_equal(heard_member(&h, "papers_kept"), "1");
	heard_says(&h, "\"papers_words\":null");
	snprintf(object, sizeof(object), "%s", heard_member(&h, "object"));
	receipt_path(path, "appeals", "");
	receipt_path(step, "appeals", "/to-person");
	ask("/v1/public/appeals", body); /* one at a time */
	heard_status(&h, 409);
	heard_says(&h, "desk-other-open");
	ask(path, NULL);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "state"), "filed");
	heard_says(&h, "\"by_person\":false");
	is_read_for_a_purpose(object);
	/* a machine denies; the person takes it to a person */
	snprintf(body, sizeof(body), "/v1/appeals/%s/accept", object);
	post(APPEALS, body, "{}");
	heard_status(&h, 200);
	ask(step, "");
	heard_status(&h, 200);
	heard_says(&h, "\"by_person\":true");
	ask(step, "");
	heard_status(&h, 409);
	snprintf(body, sizeof(body), "/v1/appeals/%s/check", object);
	post(APPEALS, body, "{}");
	heard_status(&h, 200);
	snprintf(body, sizeof(body), "/v1/appeals/%s/grant", object);
	post(APPEALS, body, "{\"decision\":\"you are right\"}");
	heard_status(&h, 200);
	ask(path, NULL);
	assert_string_equal(heard_member(&h, "state"), "granted");
	heard_says(&h, "\"decision\":\"you are right\"");
	/* the measure is over, so there is nothing to object to */
	code_of(m, code);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\"}", code);
	ask("/v1/public/restrictions", body);
	heard_says(&h, "\"in_force\":false,\"may_object\":false");
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"x\"}", code);
	ask("/v1/public/appeals", body);
	heard_status(&h, 409);
	snprintf(body, sizeof(body), "%.*s1", (int)strlen(step), step);
	ask(body, "");
	heard_status(&h, 404);
}

static void test_appeal_again(void **state)
{
	char m[32], code[PROOF_TEXT_MAX], body[1024], path[160], again[160], withdraw[160], object[32];

	(void)state;
	impose(m);
	code_of(m, code);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"x\",\"by_person\":true}", code);
	ask("/v1/public/appeals", body);
	heard_status(&h, 201);
	snprintf(object, sizeof(object), "%s", heard_member(&h, "object"));
	receipt_path(path, "appeals", "");
	receipt_path(again, "appeals", "/reconsider");
	receipt_path(withdraw, "appeals", "/withdraw");
	ask(again, "");
	heard_status(&h, 409);
	snprintf(body, sizeof(body), "/v1/appeals/%s/accept", object);
	post(APPEALS, body, "{}");
	snprintf(body, sizeof(body), "/v1/appeals/%s/auto-deny", object);
	post(CONNECTOR, body, "{\"decision\":\"no\"}");
	assert_true(h.status >= 400); /* they wanted a person */
	snprintf(body, sizeof(body), "/v1/appeals/%s/check", object);
	post(APPEALS, body, "{}");
	snprintf(body, sizeof(body), "/v1/appeals/%s/deny", object);
	post(APPEALS, body, "{\"decision\":\"no\"}");
	heard_status(&h, 200);
	ask(again, "");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "state"), "reconsidering");
	ask(withdraw, "");
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "state"), "withdrawn");
}

/* What is too large stays behind and is told; what is not what it says is refused. */
static void test_papers(void **state)
{
	static const char *const wrong[] = {
		"{\"name\":\"a\",\"type\":\"image/gif\",\"base64\":\"" PNG "\"}",
		"{\"name\":\"a\",\"type\":\"image/jpeg\",\"base64\":\"" PNG "\"}",
		"{\"name\":\"a\",\"type\":\"image/png\",\"base64\":\"***\"}",
		"{\"name\":\"a\",\"type\":\"image/png\",\"base64\":\"iVBORw0KGgoAAAANSUhEUg==\"}", /* a head and no more */
		"{\"name\":\"a\",\"type\":\"text/plain\",\"base64\":\"AAEC\"}",
		"{\"name\":\"a\",\"type\":\"image/png\"}",
		"5",
	};
	char m[32], code[PROOF_TEXT_MAX], body[1024];
	struct buf b;

	(void)state;
	impose(m);
	code_of(m, code);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"x\",\"papers\":[%s]}", code,
		         wrong[i]);
		ask("/v1/public/appeals", body);
		heard_status(&h, 422);
		assert_string_equal(heard_member(&h, "field"), "papers");
	}
	buf_init(&b, 1 << 20);
	buf_printf(&b, "{\"code\":\"%s\",\"digits\":\"5678\",\"text\":\"x\",\"papers\":[", code);
	for (int k = 0; k < 2; k++) {
		buf_printf(&b, "%s{\"name\":\"a.txt\",\"type\":\"text/plain\",\"base64\":\"", k ? "," : "");
		for (int i = 0; i < 11900; i++)
			buf_z(&b, "YWFh");
		buf_z(&b, "\"}");
	}
	buf_z(&b, "]}");
	ask("/v1/public/appeals", b.p);
	heard_status(&h, 201);
	assert_string_equal(heard_member(&h, "papers_kept"), "1");
	heard_says(&h, "bring the others in person");
	buf_release(&b);
}

/* ---- calls ---- */

static void test_call(void **state)
{
	char w[32], path[64], code[16], body[128], no[512];

	(void)state;
	ask("/v1/public/96110", NULL);
	heard_status(&h, 200);
	heard_says(&h, "96110");
	heard_says(&h, "来电号码可以伪造");
	heard_says(&h, "A shown number can be forged");
	post(ANALYST, "/v1/warnings", "{\"grade\":2,\"type\":\"contact\",\"evidence\":[1],\"phone\":\"13800138001\"}");
	heard_status(&h, 201);
	snprintf(w, sizeof(w), "%s", heard_member(&h, "object.id"));
	snprintf(path, sizeof(path), "{\"object\":\"%s\"}", w);
	post(APPEALS, "/v1/desk/call-codes", path);
	heard_status(&h, 403);
	post(DISSUASION, "/v1/desk/call-codes", path);
	heard_status(&h, 409); /* nobody has signed it yet */
	snprintf(body, sizeof(body), "/v1/warnings/%s/sign", w);
	post(DISSUASION, body, "{}");
	heard_status(&h, 200);
	post(DISSUASION, "/v1/desk/call-codes", path);
	heard_status(&h, 200);
	snprintf(code, sizeof(code), "%s", heard_member(&h, "code"));
	assert_int_equal(strlen(code), 6);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"8001\"}", code);
	ask("/v1/public/verify-call", body);
	heard_says(&h, "\"genuine\":true");
	ask("/v1/public/verify-call", "{\"code\":\"\",\"digits\":\"8001\"}");
	heard_says(&h, "\"genuine\":false");
	snprintf(no, sizeof(no), "%s", h.body.p);
	/* on another number it is not them; and who tries numbers ends it */
	for (int i = 0; i < 5; i++) {
		char other[128];

		snprintf(other, sizeof(other), "{\"code\":\"%s\",\"digits\":\"800%d\"}", code, i + 2);
		ask("/v1/public/verify-call", other);
		assert_string_equal(h.body.p, no);
	}
	ask("/v1/public/verify-call", body);
	assert_string_equal(h.body.p, no);
	/* a new one; it ends by its time */
	post(DISSUASION, "/v1/desk/call-codes", path);
	snprintf(body, sizeof(body), "{\"code\":\"%s\",\"digits\":\"8001\"}", heard_member(&h, "code"));
	ask("/v1/public/verify-call", body);
	heard_says(&h, "\"genuine\":true");
	served_clock += 10 * US_PER_MINUTE;
	ask("/v1/public/verify-call", body);
	assert_string_equal(h.body.p, no);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_restriction, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_appeal, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_appeal_again, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_papers, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_call, set_up, take_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
