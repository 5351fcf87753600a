/* keeping.c - see keeping.h. */
#include "gateway/keeping.h"
#include "base/clock.h"

#define FOLD_EVERY_US (5 * US_PER_SECOND)
#define TEND_EVERY_US US_PER_MINUTE

enum {
	TEND_ROWS = 1000, /* in one transaction: a few milliseconds in which a reveal waits */
	TEND_STEPS = 20,  /* 20,000 rows a minute: a round over ten million takes eight hours */
	RENEW_TEXTS = 100 /* in one transaction: at most 6 MiB */
};

int32_t keeping_grain(int64_t dictionary_keep_us)
{
	int64_t days = dictionary_keep_us / US_PER_DAY / 32;

	return days < 1 ? 1 : (int32_t)days;
}

static enum err fold(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct keeping *k = ctx;
	struct writer_counts c;

	(void)why;
	writer_counts(k->writer, &c);
	return names_catch_up(k->names, c.next, stop);
}

struct tender_duty keeping_folding(struct keeping *k)
{
	return (struct tender_duty){ .name = "filling the dictionary", .run = fold, .ctx = k, .every_us = FOLD_EVERY_US };
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

static enum err tend_dictionary(struct keeping *k, const struct config *c, int64_t now_us, const atomic_bool *stop)
{
	int32_t before = (int32_t)((now_us - c->dictionary_keep_us) / US_PER_DAY) - k->grain_days + 1;
	int32_t sealed_before = (int32_t)((now_us - c->quarantine_keep_us) / US_PER_DAY) - 1;
	struct dictionary_tended t = { .round = false };
	enum err e = turn_daily(k, (int32_t)(now_us / US_PER_DAY));

	for (int i = 0; i < TEND_STEPS && e == ERR_OK && !t.round && !*stop; i++) {
		e = dictionary_tend(k->dictionary, before, sealed_before, TEND_ROWS, &t);
		k->entries_expired += t.expired;
	}
	return e;
}

static enum err tend_quarantine(struct keeping *k, const struct config *c, int64_t now_us, const atomic_bool *stop)
{
	uint64_t removed = 1;
	enum err e = ERR_OK;

	while (e == ERR_OK && removed > 0 && !*stop) {
		e = held_expire(k->held, now_us - c->quarantine_keep_us, c->quarantine_max, &removed);
		k->records_expired += removed;
	}
	return e;
}

/* At half the age at which the dictionary takes sealed bytes for gone: a key goes only when this has been in order for as long again. */
static enum err renew_texts(struct keeping *k, const struct config *c, int64_t now_us, const atomic_bool *stop)
{
	int32_t day = (int32_t)(now_us / US_PER_DAY), half = (int32_t)(c->quarantine_keep_us / US_PER_DAY / 2);
	uint32_t n = RENEW_TEXTS;
	enum err e = ERR_OK;

	while (e == ERR_OK && n == RENEW_TEXTS) {
		e = *stop ? ERR_STOPPED : texts_renew(k->texts, day - half, day, RENEW_TEXTS, &n);
		k->texts_renewed += e == ERR_OK ? n : 0;
	}
	return e;
}

/* Trouble with one does not keep the other from being tended; but no key goes while texts wait to be sealed anew. */
static enum err tend(void *ctx, const atomic_bool *stop, struct buf *why)
{
	struct keeping *k = ctx;
	const struct in_force *f = live_take(k->live);
	int64_t now_us = k->now_us();
	enum err texts = k->texts == NULL ? ERR_OK : renew_texts(k, &f->config, now_us, stop);
	enum err dictionary = texts == ERR_OK ? tend_dictionary(k, &f->config, now_us, stop) : texts;
	enum err quarantine = tend_quarantine(k, &f->config, now_us, stop);

	(void)why;
	in_force_free(f);
	k->failures += (dictionary != ERR_OK && dictionary != ERR_STOPPED) + (quarantine != ERR_OK);
	return dictionary != ERR_OK ? dictionary : quarantine;
}

struct tender_duty keeping_tending(struct keeping *k)
{
	return (struct tender_duty){
		.name = "tending dictionary, texts and quarantine", .run = tend, .ctx = k, .every_us = TEND_EVERY_US
	};
}
