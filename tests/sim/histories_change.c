/* histories_change.c - policies and lists change in a history: at once or filled in the background, adopted or abandoned, in any order with
 * events, list changes, snapshots and crashes. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/sim/histories.h"

static const struct text act = { "{\"act\":\"policy\",\"who\":\"test\"}", 29 };

/* ---- policies ---- */

void history_abort(struct history *h)
{
	h->aborts += h->fill != NULL || h->drafting;
	if (h->drafting)
		shard_draft_release(&h->draft);
	h->drafting = false;
	fill_free(h->fill);
	h->fill = NULL;
}

static struct shard_act told(struct history *h)
{
	return (struct shard_act){ .time_us = h->o.now_us + (int64_t)shard_next(h->shard),
		                       .organisation = (uint16_t)rng_below(&h->rng, 3),
		                       .payload = rng_chance(&h->rng, 500000) ? act : TEXT("") };
}

static struct text some_policy(struct history *h)
{
	return buf_view(&h->policy[rng_below(&h->rng, POLICIES)]);
}

static void at_once(struct history *h)
{
	struct shard_act a = told(h);
	struct buf why;
	enum err e;

	buf_init(&why, 1 << 16);
	e = shard_policy(h->shard, some_policy(h), &a, &why);
	if (e == ERR_FORMAT)
		history_fails(h, why.p ? why.p : "policy");
	h->changes += e == ERR_OK;
	buf_release(&why);
	if (e != ERR_OK)
		history_crash(h);
}

static void begin(struct history *h)
{
	history_abort(h);
	assert_int_equal(shard_draft_init(&h->draft, some_policy(h)), ERR_OK);
	h->drafting = true;
}

/* One list, or what is left of it; when all are in, the windows may be filled. */
static void draft_on(struct history *h)
{
	enum err e = shard_draft_on(h->shard, &h->draft);
	struct fill_options o;
	struct buf why;

	if (e == ERR_ABSENT) { /* another policy came first */
		history_abort(h);
		return;
	}
	assert_int_equal(e, ERR_OK);
	if (!h->draft.done)
		return;
	buf_init(&why, 1 << 16);
	shard_fill_options(h->shard, &o);
	assert_int_equal(shard_draft_end(&h->draft), ERR_OK);
	if (fill_open(&h->fill, &o, &h->draft, &why) != ERR_OK)
		history_fails(h, why.p ? why.p : "draft");
	shard_draft_release(&h->draft);
	h->drafting = false;
	buf_release(&why);
}

static void adopt(struct history *h)
{
	struct shard_act a = told(h);
	struct buf why;
	enum err e;

	buf_init(&why, 1 << 16);
	e = shard_adopt(h->shard, h->fill, &a, &why);
	if (e != ERR_OK && e != ERR_IO && e != ERR_ABSENT)
		history_fails(h, why.p ? why.p : err_name(e));
	h->background += e == ERR_OK;
	fill_free(h->fill);
	h->fill = NULL;
	buf_release(&why);
	if (shard_dead(h->shard))
		history_crash(h);
}

static void go_on(struct history *h)
{
	struct buf why;

	buf_init(&why, 1 << 16);
	if (fill_on(h->fill, shard_next(h->shard), 1 + rng_below(&h->rng, EVENTS), &why) != ERR_OK)
		history_fails(h, why.p ? why.p : "fill");
	buf_release(&why);
}

void history_change(struct history *h)
{
	uint64_t what = rng_below(&h->rng, 16);

	if (what == 0)
		at_once(h); /* a change on its way has then come too late */
	else if ((h->fill == NULL && !h->drafting) || what == 1)
		begin(h);
	else if (h->drafting)
		draft_on(h);
	else if (what < 12)
		go_on(h);
	else
		adopt(h);
}

/* ---- lists ---- */

void history_lists_make(struct history *h)
{
	for (uint32_t i = 0; i < LISTED; i++) {
		const char *why;
		char z[32];

		snprintf(z, sizeof(z), "138000000%02u", i); /* the first six are callers */
		assert_int_equal(ident_make(&history_key, IDENT_PHONE, 0, IDENT_STRICT, text_z(z), h->listed[0][i].plain,
		                            &h->listed[0][i].ident, &why),
		                 ERR_OK);
		snprintf(z, sizeof(z), "%u", i * 7);
		h->listed[1][i].fingerprint = hash_fingerprint(&history_key, text_z(z));
		snprintf(z, sizeof(z), "62220000000001%02u", i);
		assert_int_equal(ident_make(&history_key, IDENT_ACCOUNT, 2, IDENT_STRICT, text_z(z), h->listed[2][i].plain,
		                            &h->listed[2][i].ident, &why),
		                 ERR_OK);
	}
}

static int64_t some_end(struct history *h)
{
	uint64_t what = rng_below(&h->rng, 10);

	if (what < 3)
		return 0;
	if (what < 6)
		return INT64_MAX;
	return 1772409600 * US_PER_SECOND + rng_between(&h->rng, 1, EVENTS * 20) * US_PER_SECOND;
}

static bool declared(struct history *h, uint32_t list)
{
	const struct policy *p = shard_policy_in_force(h->shard);

	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, text_z(history_lists[list])))
			return true;
	return false;
}

void history_change_lists(struct history *h)
{
	struct shard_entry entry[LISTED];
	uint32_t list = (uint32_t)rng_below(&h->rng, LISTS), n = 0;
	struct shard_act a = told(h);
	uint64_t before = shard_next(h->shard);
	enum err e;

	for (uint32_t i = 0; i < LISTED; i++) {
		struct listed *l = &h->listed[list][i];

		l->open = rng_chance(&h->rng, 300000);
		if (!l->open)
			continue;
		l->asked_us = some_end(h);
		entry[n++] = (struct shard_entry){ .ident = list == 1 ? NULL : &l->ident,
			                               .fingerprint = l->fingerprint,
			                               .until_us = l->asked_us };
	}
	e = shard_lists(h->shard, text_z(history_lists[list]), entry, n, &a);
	if (e == ERR_OK || e == ERR_ABSENT) {
		uint32_t changed = 0;

		assert_int_equal(e == ERR_OK, declared(h, list));
		for (uint32_t i = 0; i < LISTED; i++) {
			struct listed *l = &h->listed[list][i];

			if (l->open && e == ERR_OK) {
				changed += l->until_us != l->asked_us;
				l->until_us = l->asked_us;
			}
			l->open = false;
		}
		h->entries += changed;
		assert_int_equal(shard_next(h->shard) - before, changed == 0 ? 0 : changed + (a.payload.n > 0));
	}
	if (shard_dead(h->shard))
		history_crash(h);
}

/* A batch that was not answered came as a whole or not at all. */
void history_lists_settle(struct history *h)
{
	const struct policy *p = shard_policy_in_force(h->shard);
	int came = -1;

	for (uint32_t l = 0; l < LISTS; l++)
		for (uint32_t i = 0; i < LISTED; i++) {
			struct listed *e = &h->listed[l][i];
			int64_t until_us = 0;
			uint32_t list = 0;

			if (!e->open)
				continue;
			e->open = false;
			while (list < p->n_lists && !text_eq(p->list[list].name, text_z(history_lists[l])))
				list++;
			assert_true(list < p->n_lists);
			engine_list_until(shard_engine(h->shard), list, e->ident.token, e->fingerprint, &until_us);
			if (e->until_us == e->asked_us)
				continue;
			if (until_us != e->until_us && until_us != e->asked_us)
				history_fails(h, "an entry is neither what it was nor what was asked");
			if (came >= 0 && came != (until_us == e->asked_us))
				history_fails(h, "half of a change of a list is there");
			came = until_us == e->asked_us;
			e->until_us = until_us;
		}
}
