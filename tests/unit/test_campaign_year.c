/* test_campaign_year.c - half a year with a campaign that halves the victims among those whom it reaches, and one that does nothing: the report tells them apart, and claims nothing of one that was stopped or
 * is not over. DUANKA_CAMPAIGN_YEARS=N plays N years of each and prints a table (bench/campaign.sh); a handful unless told. */
#include "tests/test.h"
#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"
#include "day/campaign_year.h"
#include "tests/sim/disk_virtual.h"

static char folder[] = "/tmp/duanka-year-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	return at->level > 0 ? remove(path) : 0;
}

/* On a virtual disk, in a folder that is emptied before and after. */
static enum err run(struct campaign_year *o, struct measured *m)
{
	struct disk_virtual *v = disk_virtual_new(1);
	struct disk disk = disk_virtual_disk(v);
	char campaigns[64];
	struct buf why;
	enum err e;

	snprintf(campaigns, sizeof(campaigns), "%s/campaigns", folder);
	assert_int_equal(mkdir(campaigns, 0700), 0);
	buf_init(&why, 1 << 16);
	o->disk = &disk;
	o->folder = folder;
	e = campaign_year_run(o, m, &why);
	if (e != ERR_OK && why.n > 0)
		print_message("%s\n", why.p);
	buf_release(&why);
	disk_virtual_free(v);
	assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	return e;
}

static struct campaign_year usual(void)
{
	struct campaign_year o;

	campaign_year_defaults(&o);
	return o;
}

struct tally {
	uint32_t years, helped, harmed, covered;
	double difference, contacted;
};

static void play(double effect, uint32_t years, uint64_t seed, struct tally *t)
{
	*t = (struct tally){ .years = years };
	for (uint32_t i = 0; i < years; i++) {
		struct campaign_year o = usual();
		struct measured m;
		double truth = -o.base * effect * o.reached;

		o.seed = seed + i;
		o.effect = effect;
		assert_int_equal(run(&o, &m), ERR_OK);
		assert_int_equal(m.timing, EFFECT_OVER);
		assert_int_equal(m.arm[0].people + m.arm[1].people, o.people);
		assert_int_equal(m.arm[1].reached, 0);
		assert_true(m.arm[0].reached == m.receipts && m.texts == m.arm[0].people);
		assert_true(m.arm[0].victims <= m.arm[0].contacted && m.arm[0].contacted > 0);
		t->helped += m.effect.verdict == CAMPAIGN_HELPED;
		t->harmed += m.effect.verdict == CAMPAIGN_HARMED;
		t->covered += m.effect.interval.low <= truth && truth <= m.effect.interval.high;
		t->difference += m.effect.difference / years;
		t->contacted += (double)(m.arm[0].contacted + m.arm[1].contacted) / years;
	}
}

static void show(const char *what, const struct tally *t, double power)
{
	print_message("%-22s %6u %8.4f %8.0f %9.4f %8.3f %8.3f %9.3f\n", what, t->years, power, t->contacted, t->difference,
	              (double)t->helped / t->years, (double)t->harmed / t->years, (double)t->covered / t->years);
}

static void the_report_tells_them_apart(void **state)
{
	const char *z = getenv("DUANKA_CAMPAIGN_YEARS");
	uint32_t years = z ? (uint32_t)strtoul(z, NULL, 10) : 6;
	uint64_t seed = test_seed(1000);
	struct campaign_year o = usual();
	struct tally helps, nothing;
	double power, noise = 3 * sqrt(0.25 / years), wrong = 3 * sqrt(0.05 * 0.95 / years);

	(void)state;
	o.effect = 0.5;
	power = campaign_year_power(&o);
	print_message("%-22s %6s %8s %8s %9s %8s %8s %9s\n", "campaign", "years", "computed", "contacts", "change",
	              "helped", "harmed", "covered");
	play(0.5, years, seed, &helps);
	show("halves the victims", &helps, power);
	play(0, years, seed + 1000000, &nothing);
	show("does nothing", &nothing, 0.05);
	assert_true(fabs((double)helps.helped / years - power) <= noise);
	assert_int_equal(helps.harmed, 0);
	assert_true((double)(nothing.helped + nothing.harmed) / years <= 0.05 + wrong);
	assert_true((double)(helps.covered + nothing.covered) / (2 * years) >= 0.95 - wrong - 0.02);
}

/* A campaign after which more is reported, and as many are cheated: by neither outcome it helped. */
static void reporting_alone_is_no_help(void **state)
{
	struct measured *m = malloc(sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (uint64_t seed = 0; seed < 4; seed++) {
		struct campaign_year o = usual();
		uint64_t before, more;

		o.seed = 3000 + seed;
		o.effect = 0;
		o.outcome = seed % 2 ? CAMPAIGN_VICTIMS : CAMPAIGN_CONVERSION;
		assert_int_equal(run(&o, m), ERR_OK);
		before = m->arm[0].contacted + m->arm[1].contacted;
		o.reports = 0.8;
		assert_int_equal(run(&o, m), ERR_OK);
		more = m->arm[0].contacted + m->arm[1].contacted;
		assert_true(m->arm[0].reports > 5 * (m->arm[1].reports + 1));  /* it did raise reporting */
		assert_true(before * 9 < more * 10 && more * 9 < before * 10); /* and not whom a scam contacted */
		assert_true(m->effect.verdict != CAMPAIGN_HELPED);
	}
	free(m);
}

/* Districts: the campaign acts on whoever lives where it is, at once or wave by wave. */
static void floods_are_told_apart_too(void **state)
{
	struct measured *m = malloc(sizeof(*m));
	struct buf b;

	(void)state;
	assert_non_null(m);
	for (uint32_t waves = 1; waves <= 4; waves += 3) {
		struct campaign_year o = usual();

		o.seed = 40;
		o.people = 960;
		o.contact = 0.6;
		o.base = 0.4;
		o.hold_out_permille = waves == 1 ? 500 : 200;
		o.districts = 16;
		o.waves = waves;
		o.effect = 0.8;

		assert_int_equal(run(&o, m), ERR_OK);
		assert_true(m->flood && m->timing == EFFECT_OVER && m->n_districts == 16 && m->periods == waves);
		assert_true(m->events > 50 && m->among == (uint64_t)o.people * waves);
		assert_int_equal(m->cluster.verdict, CAMPAIGN_HELPED);
		assert_true(m->cluster.interval.high < 0 && m->cluster.difference < 0);
		o.effect = 0;
		assert_int_equal(run(&o, m), ERR_OK);
		assert_int_equal(m->cluster.verdict, CAMPAIGN_NOT_SHOWN);
		buf_init(&b, 1 << 16);
		measured_text(m, LANG_EN, &b);
		assert_non_null(strstr(b.p, "the data do not show one"));
		buf_release(&b);
	}
	free(m);
}

static void nothing_is_said_of_half_a_campaign(void **state)
{
	struct campaign_year o = usual();
	struct measured *m = malloc(sizeof(*m));
	struct buf b;

	(void)state;
	assert_non_null(m);
	o.effect = 1; /* as large as can be */
	o.seed = 5;
	o.people = 300;
	o.early = true;
	assert_int_equal(run(&o, m), ERR_OK);
	assert_int_equal(m->timing, EFFECT_TOO_EARLY);
	assert_true(m->arm[0].people == 0 && m->arm[1].victims == 0); /* not even counted */
	o.early = false;
	o.stop = true;
	assert_int_equal(run(&o, m), ERR_OK);
	assert_int_equal(m->timing, EFFECT_STOPPED);
	buf_init(&b, 1 << 16);
	measured_text(m, LANG_EN, &b);
	assert_non_null(strstr(b.p, "No effect is claimed: the campaign was stopped"));
	buf_clear(&b);
	measured_text(m, LANG_ZH, &b);
	assert_non_null(strstr(b.p, "不作效果结论"));
	buf_clear(&b);
	measured_json(m, &b);
	assert_non_null(strstr(b.p, "\"claimed\":false"));
	assert_null(strstr(b.p, "victims\":"));
	buf_release(&b);
	free(m);
}

/* Options without sense, and memory that runs out: each is told, and leaves nothing behind. */
static void failures(void **state)
{
	struct campaign_year o = usual();
	struct measured *m = malloc(sizeof(*m));
	enum err e = ERR_MEMORY;

	(void)state;
	assert_non_null(m);
	o.people = 10;
	assert_int_equal(run(&o, m), ERR_RANGE);
	o.people = 60;
	o.base = 2;
	assert_int_equal(run(&o, m), ERR_RANGE);
	o.base = 0.25;
	for (uint32_t n = 1; n < 60; n++) {
		mem_fail_at(n);
		e = run(&o, m);
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY || e == ERR_IO);
	}
	assert_int_equal(run(&o, m), ERR_OK);
	free(m);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_tells_them_apart),
		cmocka_unit_test(reporting_alone_is_no_help),
		cmocka_unit_test(floods_are_told_apart_too),
		cmocka_unit_test(nothing_is_said_of_half_a_campaign),
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
