/* city_lists.c - three of four couriers, employers and lenders have registered: the lists that the shipped rules exempt. As files, or told to a watcher
 * before anything happens. */
#include <stdio.h>
#include "sim/city_int.h"

enum list {
	LIST_CALLERS,
	LIST_PAYERS,
	LIST_LENDERS,
	LISTS
};
static const struct {
	const char *name, *file, *note;
} listings[LISTS] = { { "known-callers", "known-callers.csv", "registered" },
	                  { "known-payers", "known-payers.csv", "registered" },
	                  { "lenders", "lenders.csv", "loans are paid out from here" } };

typedef enum err list_visit(void *ctx, enum list list, struct text identifier);

static enum err visit_phone(uint64_t phone, list_visit *visit, void *ctx)
{
	char t[24];

	return visit(ctx, LIST_CALLERS, text_of(t, ident_phone_text(phone, t)));
}

static enum err each_caller(struct city *c, list_visit *visit, void *ctx)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < c->people && !err; i++) {
		if (c->job[i] != JOB_COURIER || hash_mix(i) % 4 == 0)
			continue;
		err = visit_phone(people_phone(c, i), visit, ctx);
		if (!err && people_card_opened(c, i) < 0)
			err = visit_phone(sample_phone(c->people + i), visit, ctx);
	}
	return err;
}

static enum err each_account(uint64_t first, uint32_t n, enum list list, list_visit *visit, void *ctx)
{
	enum err err = ERR_OK;

	for (uint32_t k = 0; k < n && !err; k++) {
		char t[24];
		int len = snprintf(t, sizeof(t), "%llu", (unsigned long long)sample_account(first + k));

		if (hash_mix(k) % 4)
			err = visit(ctx, list, text_of(t, (size_t)len));
	}
	return err;
}

static enum err each(struct city *c, list_visit *visit, void *ctx)
{
	enum err err = each_caller(c, visit, ctx);

	if (!err)
		err = each_account(EMPLOYER_AT, c->employers, LIST_PAYERS, visit, ctx);
	return err ? err : each_account(OUT_AT, LENDERS, LIST_LENDERS, visit, ctx);
}

static enum err line(void *ctx, enum list list, struct text identifier)
{
	struct outfile *o = &((struct outfile *)ctx)[list];
	enum err err = outfile_text(o, identifier);

	if (!err)
		err = outfile_text(o, text_z(",2099-12-31,"));
	if (!err)
		err = outfile_text(o, text_z(listings[list].note));
	return err ? err : outfile_text(o, text_z("\n"));
}

enum err lists_write(struct city *c)
{
	struct outfile o[LISTS] = { { .fd = -1 }, { .fd = -1 }, { .fd = -1 } };
	enum err err = ERR_OK;

	for (int k = 0; k < LISTS && !err; k++) {
		err = writer_file(c, &o[k], listings[k].file);
		if (!err)
			err = outfile_text(&o[k], text_z("value,until,note\n"));
	}
	if (!err)
		err = each(c, line, o);
	for (int k = 0; k < LISTS; k++) {
		enum err closed = outfile_close(&o[k]);
		err = err ? err : closed;
	}
	return err;
}

static enum err tell(void *ctx, enum list list, struct text identifier)
{
	const struct city_watcher *by = ctx;

	return by->listed(by->ctx, listings[list].name, identifier);
}

enum err lists_tell(struct city *c)
{
	struct city_watcher by = *c->o.watcher;

	return each(c, tell, &by);
}
