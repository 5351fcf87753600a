/* test_screens.c - screens over HTTP: what a screen says it has shown counts as far as its slots can have shown it, and never beyond what an hour has; what does not count is told, and nothing else falls with it. */
#include "tests/test.h"
#include <inttypes.h>
#include "base/clock.h"
#include "gateway/http_int.h"
#include "gateway/screens.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	MEDIA,
	EDITOR,
	CHANNEL,
	METRICS
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13 },
	{ .name = "bank", .number = 11 },
};
static const struct served_options options = {
	.policy = "entity phone\nevent call { caller: phone, callee: phone }\n"
			  "rule r on call about caller when true then alert blue because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(MEDIA), 0 },
	         { "police", SCOPE_DESK, R(EDITOR), 0 },
	         { "bank", SCOPE_DESK, R(CHANNEL), 0 },
	         { "police", SCOPE_METRICS, 0, 0 } },
};

static struct served s;
static struct heard h;
static char address[96], own[32], others[32], planned[32];

static void make(int who, const char *kind, const char *body, char id[32])
{
	char path[64];

	snprintf(path, sizeof(path), "/v1/%s", kind);
	served_ask(&s, path, s.key[who], "", body, &h);
	heard_status(&h, 201);
	snprintf(id, 32, "%s", heard_member(&h, "object.id"));
}

static void step(int who, const char *kind, const char *id, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/%s/%s/%s", kind, id, name);
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", "{}", &h);
	heard_status(&h, 200);
}

static void material(char id[32])
{
	make(MEDIA, "materials", "{\"audience\":\"everybody\",\"title\":\"标题\",\"summary\":\"摘要\"}", id);
	step(MEDIA, "materials", id, "submit");
	step(EDITOR, "materials", id, "approve");
}

static void slot(const char *id, unsigned organisation, bool on)
{
	char body[128], made[32];

	snprintf(body, sizeof(body), "{\"step\":\"plan\",\"material\":\"%s\",\"organisation\":%u}", id, organisation);
	make(MEDIA, "slots", body, made);
	if (on)
		step(EDITOR, "slots", made, "approve");
}

static int set_up(void **state)
{
	char screen[32], path[96];

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	material(own);
	material(others);
	material(planned);
	slot(own, 11, true);
	slot(others, 21, true);
	slot(planned, 11, false);
	make(CHANNEL, "screens", "{\"name\":\"hall\"}", screen);
	snprintf(path, sizeof(path), "/v1/screens/%s/address", screen);
	served_ask(&s, path, s.key[CHANNEL], "", NULL, &h);
	heard_status(&h, 200);
	snprintf(address, sizeof(address), "%s", heard_member(&h, "address"));
	screens_settle(s.http->screens);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static int64_t hour(void)
{
	return served_clock / US_PER_HOUR;
}

static void report(int number, const char *plays)
{
	char path[128], body[1024];

	snprintf(path, sizeof(path), "%s/plays", address);
	snprintf(body, sizeof(body), "{\"report\":%d,\"plays\":[%s]}", number, plays);
	served_ask(&s, path, NULL, "", body, &h);
}

static void counted(const char *id, const char *n)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/screen-plays?material=%s", id);
	served_ask(&s, path, s.key[CHANNEL], "", NULL, &h);
	heard_status(&h, 200);
	assert_string_equal(heard_member(&h, "plays.0.n"), n);
}

static void an_hour_has_its_most(void **state)
{
	char plays[512];

	(void)state;
	snprintf(plays, sizeof(plays), "{\"material\":\"%s\",\"hour\":%" PRId64 ",\"n\":1200}", own, hour());
	report(1, plays);
	heard_status(&h, 200);
	heard_says(&h, "{\"counted\":true,\"left_out\":[]}");
	report(1, plays);
	heard_says(&h, "{\"counted\":false,\"left_out\":[]}");
	snprintf(plays, sizeof(plays),
	         "{\"material\":\"%s\",\"hour\":%" PRId64 ",\"n\":1200},{\"material\":\"%s\",\"hour\":%" PRId64
	         ",\"n\":1200}",
	         own, hour(), own, hour());
	report(2, plays);
	heard_says(&h, "{\"counted\":true,\"left_out\":[]}");
	counted(own, "1200");
}

static void what_does_not_count_is_told(void **state)
{
	char plays[1000];

	(void)state;
	snprintf(plays, sizeof(plays),
	         "{\"material\":\"%s\",\"hour\":%" PRId64 ",\"n\":5},{\"material\":\"%s\",\"hour\":%" PRId64
	         ",\"n\":0},{\"material\":\"%s\",\"hour\":%" PRId64 ",\"n\":1},{\"material\":\"%s\",\"hour\":%" PRId64
	         ",\"n\":1},{\"material\":\"%s\",\"hour\":%" PRId64 ",\"n\":1},{\"material\":\"%s\",\"hour\":%" PRId64
	         ",\"n\":1},{\"material\":7}",
	         own, hour() + 1, own, hour(), own, hour() - 32 * 24, own, hour() - 5, others, hour(), planned, hour());
	report(3, plays);
	heard_status(&h, 200);
	heard_says(&h, "{\"counted\":true,\"left_out\":[{\"at\":1,\"why\":\"n\"},{\"at\":2,\"why\":\"hour\"},{\"at\":3,"
	               "\"why\":\"material\"},{\"at\":4,\"why\":\"material\"},{\"at\":5,\"why\":\"material\"},{\"at\":6,"
	               "\"why\":\"form\"}]}");
	counted(others, "");
	counted(planned, "");
	counted(own, "1200");
	assert_string_equal(heard_member(&h, "plays.1.n"), "5");
	report(4, "{\"material\":7}");
	heard_says(&h, "{\"counted\":true,\"left_out\":[{\"at\":0,\"why\":\"form\"}]}");
	report(0, "");
	heard_status(&h, 422);
}

static void it_stands_in_the_metrics(void **state)
{
	(void)state;
	assert_int_equal(served_metric(&s, s.key[METRICS], "duanka_screens"), 1);
	assert_int_equal(served_metric(&s, s.key[METRICS], "duanka_screen_slots"), 2);
	assert_int_equal(served_metric(&s, s.key[METRICS], "duanka_screen_slots_left_out"), 0);
	assert_int_equal(served_metric(&s, s.key[METRICS], "duanka_screen_views_failing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_hour_has_its_most),
		cmocka_unit_test(what_does_not_count_is_told),
		cmocka_unit_test(it_stands_in_the_metrics),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
