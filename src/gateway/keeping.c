/* keeping.c - see keeping.h. */
#include "gateway/keeping.h"
#include "base/clock.h"

enum {
	TEND_ROWS = 1000, /* in one transaction: a few milliseconds in which a reveal waits */
	TEND_STEPS = 20   /* 20,000 rows a minute: a round over ten million takes eight hours */
};

int32_t keeping_grain(int64_t dictionary_keep_us)
{
	int64_t days = dictionary_keep_us / US_PER_DAY / 32;

	return days < 1 ? 1 : (int32_t)days;
}

void keeping_fold(void *ctx, const volatile bool *stop)
{
	struct keeping *k = ctx;
	struct writer_counts c;
	enum err e;

	writer_counts(k->writer, &c);
	e = names_catch_up(k->names, c.next, stop);
	(void)e; /* counted where it happened; the next call begins there again */
}

static void next_position(void *ctx, struct shard *s)
{
	*(uint64_t *)ctx = shard_next(s);
}

/* Between two groups: what was sealed before is in the journal. */
static enum err fence(void *ctx, uint64_t *position)
{
	const struct keeping *k = ctx;

	if (!writer_do(k->writer, next_position, position))
		return ERR_STOPPED;
	--*position;
	return ERR_OK;
}

static enum err turn_daily(struct keeping *k, int32_t day)
{
	enum err e = k->turned_day == day ? ERR_OK : names_turn(k->names, fence, k);

	if (e == ERR_OK)
		k->turned_day = day;
	return e;
}

void keeping_tend(void *ctx, const volatile bool *stop)
{
	struct keeping *k = ctx;
	int64_t now_us = k->now_us();
	int32_t day = (int32_t)(now_us / US_PER_DAY);
	const struct in_force *f = live_take(k->live);
	const struct config *c = &f->config;
	int32_t before = (int32_t)((now_us - c->dictionary_keep_us) / US_PER_DAY) - k->grain_days + 1;
	int32_t sealed_before = (int32_t)((now_us - c->quarantine_keep_us) / US_PER_DAY) - 1;
	struct dictionary_tended t = { .round = false };
	uint64_t removed = 1;
	enum err e = turn_daily(k, day);

	for (int i = 0; i < TEND_STEPS && e == ERR_OK && !t.round && !*stop; i++) {
		e = dictionary_tend(k->dictionary, before, sealed_before, TEND_ROWS, &t);
		k->entries_expired += t.expired;
	}
	k->failures += e != ERR_OK;
	e = ERR_OK;
	while (e == ERR_OK && removed > 0 && !*stop) {
		e = held_expire(k->held, now_us - c->quarantine_keep_us, c->quarantine_max, &removed);
		k->records_expired += removed;
	}
	k->failures += e != ERR_OK;
	in_force_free(f);
}
