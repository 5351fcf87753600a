/* fuzz_plays.c - any bytes as reports of screens, in a database in memory: each report counts once and no hour has more than it can, what is listed is in order and adds up to what was counted, and what is forgotten is gone and nothing else. Input: 5 bytes a step. */
#include "store/plays.h"
#include "base/check.h"
#include "base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum {
	SCREENS = 4,
	MATERIALS = 4,
	HOURS = 16,
	STEP_BYTES = 5,
	STEPS_MAX = 200
};

struct judge {
	struct plays *plays;
	uint64_t count[SCREENS][MATERIALS][HOURS], number[SCREENS];
	uint64_t seen, rows;
	int64_t last_hour;
};

static void add(struct judge *j, const uint8_t *p)
{
	uint32_t screen = p[1] % SCREENS, material = p[2] % MATERIALS, hour = p[3] % HOURS;
	struct play play = { .material = 1 + material, .hour = hour, .n = 1U + p[4] };
	uint64_t number = 1 + (p[0] >> 4);
	bool counted;

	CHECK(plays_add(j->plays, 1 + screen, number, HOURS * US_PER_HOUR, &play, 1, &counted) == ERR_OK);
	CHECK(counted == (number > j->number[screen]));
	if (!counted)
		return;
	j->number[screen] = number;
	j->count[screen][material][hour] += play.n;
	if (j->count[screen][material][hour] > PLAYS_AN_HOUR_MAX)
		j->count[screen][material][hour] = PLAYS_AN_HOUR_MAX;
}

static bool see(void *ctx, const struct play_row *r)
{
	struct judge *j = ctx;

	CHECK(r->screen >= 1 && r->screen <= SCREENS && r->material >= 1 && r->material <= MATERIALS);
	CHECK(r->hour >= j->last_hour && r->hour < HOURS);
	CHECK(r->n == j->count[r->screen - 1][r->material - 1][r->hour]);
	j->last_hour = r->hour;
	j->rows++;
	return true;
}

static void list(struct judge *j)
{
	uint64_t rows = 0;

	for (uint32_t s = 0; s < SCREENS; s++)
		for (uint32_t m = 0; m < MATERIALS; m++)
			for (uint32_t h = 0; h < HOURS; h++)
				rows += j->count[s][m][h] > 0;
	j->rows = 0;
	j->last_hour = 0;
	CHECK(plays_list(j->plays, 0, 0, 0, HOURS, SCREENS * MATERIALS * HOURS, see, j) == ERR_OK);
	CHECK(j->rows == rows);
}

static void expire(struct judge *j, uint32_t before)
{
	CHECK(plays_expire(j->plays, before) == ERR_OK);
	for (uint32_t s = 0; s < SCREENS; s++)
		for (uint32_t m = 0; m < MATERIALS; m++)
			for (uint32_t h = 0; h < before; h++)
				j->count[s][m][h] = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct judge j;
	struct buf why;

	memset(&j, 0, sizeof(j));
	buf_init(&why, 4096);
	CHECK(plays_open(&j.plays, ":memory:", &why) == ERR_OK);
	buf_release(&why);
	for (size_t at = 0, k = 0; at + STEP_BYTES <= n && k < STEPS_MAX; at += STEP_BYTES, k++) {
		if ((p[at] & 7) < 5)
			add(&j, p + at);
		else if ((p[at] & 7) == 5)
			expire(&j, p[at + 1] % HOURS);
		else
			list(&j);
	}
	list(&j);
	plays_close(j.plays);
	return 0;
}
