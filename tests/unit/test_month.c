/* test_month.c - the month's report narrowed to a member or a district: it tells of nobody else's campaigns. */
#include "tests/test.h"
#include <unistd.h>
#include "desk/campaign.h"
#include "gateway/month.h"
#include "store/registry.h"

static char folder[] = "/tmp/duanka-month-XXXXXX";
static struct registry *registry;
static int64_t march_us;

static void measured(uint64_t position, uint16_t organisation, uint16_t district)
{
	const struct desk_world *w = registry_world(registry);
	struct desk_trace t = { .position = position, .time_us = march_us + 1, .step = CAMPAIGN_DO_MEASURE };
	struct desk_object o = { .kind = DESK_CAMPAIGN,
		                     .state = CAMPAIGN_MEASURED,
		                     .version = 1,
		                     .id = position << DESK_ID_SHIFT,
		                     .organisation = organisation,
		                     .district = district,
		                     .made_us = march_us + 1,
		                     .changed_us = march_us + 1 };

	assert_int_equal(w->save(w->ctx, &o, &t), ERR_OK);
}

static int set_up(void **state)
{
	char path[64];
	struct buf why;

	(void)state;
	buf_init(&why, 4096);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/registry.sqlite", folder);
	assert_int_equal(registry_open(&registry, path, &why), ERR_OK);
	buf_release(&why);
	assert_int_equal(month_parse(TEXT("2026-03"), &march_us), ERR_OK);
	assert_int_equal(registry_begin(registry), ERR_OK);
	measured(1, 11, 0);
	measured(2, 30, 202);
	assert_int_equal(registry_commit(registry, 2, march_us + 2), ERR_OK);
	return 0;
}

static int take_down(void **state)
{
	static const char *const file[] = { "registry.sqlite", "registry.sqlite-wal", "registry.sqlite-shm" };
	char path[64];

	(void)state;
	registry_close(registry);
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, file[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static void tells(const struct month *m, bool first, bool second)
{
	struct paper p;
	struct buf b;

	paper_init(&p, m->zh);
	buf_init(&b, PAPER_OUT_MAX);
	assert_int_equal(month_write(registry, m, &p), ERR_OK);
	assert_int_equal(paper_render(&p, PAPER_MARKDOWN, &b), ERR_OK);
	buf_char(&b, 0);
	assert_int_equal(strstr(b.p, "CA-65536") != NULL, first);
	assert_int_equal(strstr(b.p, "CA-131072") != NULL, second);
	assert_int_equal(strstr(b.p, "campaigns measured in the month") != NULL, !first && !second); /* left out */
	buf_release(&b);
	paper_release(&p);
}

static void campaigns_are_of_whom_the_report_is(void **state)
{
	(void)state;
	tells(&(struct month){ .from_us = march_us }, true, true);
	tells(&(struct month){ .from_us = march_us, .of_organisation = true, .organisation = 11 }, true, false);
	tells(&(struct month){ .from_us = march_us, .of_organisation = true, .organisation = 21 }, false, false);
	tells(&(struct month){ .from_us = march_us, .of_district = true, .district = 202 }, false, true);
	tells(&(struct month){ .from_us = march_us, .of_district = true, .district = 203 }, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(campaigns_are_of_whom_the_report_is) };

	return cmocka_run_group_tests(tests, set_up, take_down);
}
