/* outlet_plan.c - duanka outlet plan: the supplies of a running service, summed up by outreach/order.h, as a sheet, as CSV or as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app/commands.h"
#include "app/outlet_cmd.h"
#include "base/mem.h"
#include "desk/desk.h"
#include "outreach/order.h"

struct planning {
	const struct outlet_asked *k;
	uint64_t *outlet; /* ids of those asked for, ascending */
	struct order_supply *supply;
	struct order_row *row;
	uint32_t n_outlets, cap_outlets, n, cap, n_rows;
};

static bool grow(void **p, uint32_t *cap, size_t bytes)
{
	uint32_t more = *cap == 0 ? 1024 : 2 * *cap;
	void *bigger = more > ORDER_SUPPLIES_MAX ? NULL : mem_resize(*p, more * bytes);

	if (bigger == NULL)
		return outlet_wrong("there are too many outlets for the memory");
	*p = bigger;
	*cap = more;
	return true;
}

static bool id_in(const char *z, uint32_t kind, uint64_t *id)
{
	uint32_t k;

	return (desk_id_parse(text_z(z), &k, id) == ERR_OK && k == kind) ||
	       outlet_wrong("the service's answer is not understood");
}

static int by_id(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return (*a > *b) - (*a < *b);
}

static bool see_outlet(void *ctx, const json_t *o)
{
	struct planning *g = ctx;
	const char *type = outlet_string(json_object_get(outlet_fields(o), "type"), "name");

	if (g->k->type != NULL && strcmp(g->k->type, type) != 0)
		return true;
	if (g->n_outlets == g->cap_outlets && !grow((void **)&g->outlet, &g->cap_outlets, sizeof(*g->outlet)))
		return false;
	return id_in(outlet_string(o, "id"), DESK_OUTLET, &g->outlet[g->n_outlets++]);
}

static bool see_supply(void *ctx, const json_t *o)
{
	struct planning *g = ctx;
	const json_t *f = outlet_fields(o);
	struct order_supply s = { .organisation = (uint16_t)outlet_number(o, "organisation"),
		                      .district = (uint16_t)outlet_number(o, "district"),
		                      .item = (uint8_t)desk_choice_find(
								  &kit_items, text_z(outlet_string(json_object_get(f, "item"), "name"))),
		                      .needed = outlet_number(f, json_object_get(f, "local") ? "local" : "wanted"),
		                      .ordered = outlet_number(f, "ordered"),
		                      .received = outlet_number(f, "received"),
		                      .placed = outlet_number(f, "placed"),
		                      .lost = outlet_number(f, "lost") };

	if (!id_in(outlet_string(f, "outlet"), DESK_OUTLET, &s.outlet))
		return false;
	if (!order_supply_ok(&s))
		return outlet_wrong("a supply's pieces don't add up; is the service of this version?");
	if (g->n_outlets == 0 || bsearch(&s.outlet, g->outlet, g->n_outlets, sizeof(*g->outlet), by_id) == NULL)
		return true;
	if (g->n == g->cap && !grow((void **)&g->supply, &g->cap, sizeof(*g->supply)))
		return false;
	g->supply[g->n++] = s;
	return true;
}

static bool gather(struct planning *g)
{
	char path[160], more[80] = "";
	size_t at = 0;

	if (g->k->organisation > 0)
		at = (size_t)snprintf(more, sizeof(more), "&organisation=%" PRId64, g->k->organisation);
	if (g->k->district > 0)
		snprintf(more + at, sizeof(more) - at, "&district=%" PRId64, g->k->district);
	snprintf(path, sizeof(path), "/v1/outlets?open=true%s", more);
	if (!outlet_each(g->k, path, see_outlet, g))
		return false;
	if (g->n_outlets > 1)
		qsort(g->outlet, g->n_outlets, sizeof(*g->outlet), by_id);
	snprintf(path, sizeof(path), "/v1/supplies?open=true%s", more);
	if (!outlet_each(g->k, path, see_supply, g))
		return false;
	g->row = mem_alloc_array(g->n + 1, sizeof(*g->row));
	if (g->row == NULL)
		return outlet_wrong("out of memory");
	g->n_rows = order_rows(g->supply, g->n, g->row);
	return true;
}

/* 1,003 */
static const char *grouped(int64_t v, char out[32])
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, v);
	char *to = out;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = 0;
	return out;
}

static void print_sums(const char *name, const struct order_sums *s)
{
	const int64_t v[] = {
		(int64_t)s->outlets, s->needed, s->placed, s->in_store, s->on_the_way, s->spare, s->to_order
	};
	char digits[32];

	printf("  %-16s", name);
	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		printf(" %10s", grouped(v[i], digits));
	printf("\n");
}

static bool is_poster(uint32_t item)
{
	return item >= ITEM_POSTER_CARD && item <= ITEM_POSTER_ACCOUNT;
}

static void sum_items(const struct planning *g, uint32_t from, uint32_t to, struct order_sums item[KIT_ITEMS])
{
	memset(item, 0, KIT_ITEMS * sizeof(item[0]));
	for (uint32_t i = from; i < to; i++)
		order_add(&item[g->row[i].item], &g->row[i].sums);
}

static void print_items(const struct order_sums item[KIT_ITEMS])
{
	struct order_sums posters = { 0 };

	for (uint32_t i = 1; i < KIT_ITEMS; i++) {
		if (item[i].outlets > 0)
			print_sums(kit_items.choice[i].name, &item[i]);
		if (is_poster(i))
			order_add(&posters, &item[i]);
	}
	posters.outlets = item[ITEM_POSTER_CARD].outlets;
	if (posters.needed > 0)
		print_sums("posters together", &posters);
}

static void print_text(const struct planning *g)
{
	struct order_sums item[KIT_ITEMS];
	char digits[32];

	printf("Kit and print order 标准配置与印制订购单: %s outlets 网点\n", grouped(g->n_outlets, digits));
	printf("  %-16s %10s %10s %10s %10s %10s %10s %10s\n", "item", "outlets", "needed", "placed", "in store",
	       "on the way", "spare", "to order");
	sum_items(g, 0, g->n_rows, item);
	print_items(item);
	for (uint32_t i = 0; i < g->n_rows;) {
		uint32_t to = i;

		while (to < g->n_rows && g->row[to].organisation == g->row[i].organisation &&
		       g->row[to].district == g->row[i].district)
			to++;
		printf("organisation 单位 %u, district 辖区 %u\n", g->row[i].organisation, g->row[i].district);
		sum_items(g, i, to, item);
		print_items(item);
		i = to;
	}
}

#define FIGURES "%" PRIu64 "%s%" PRId64 "%s%" PRId64 "%s%" PRId64 "%s%" PRId64 "%s%" PRId64 "%s%" PRId64

static void print_csv(const struct planning *g)
{
	printf("organisation,district,item,outlets,needed,placed,in_store,on_the_way,spare,to_order\n");
	for (uint32_t i = 0; i < g->n_rows; i++) {
		const struct order_row *r = &g->row[i];
		const struct order_sums *s = &r->sums;

		printf("%u,%u,%s," FIGURES "\n", r->organisation, r->district, kit_items.choice[r->item].name, s->outlets, ",",
		       s->needed, ",", s->placed, ",", s->in_store, ",", s->on_the_way, ",", s->spare, ",", s->to_order);
	}
}

static void print_json_sums(uint32_t item, const struct order_sums *s)
{
	printf("\"item\":\"%s\",\"outlets\":" FIGURES "}", kit_items.choice[item].name, s->outlets,
	       ",\"needed\":", s->needed, ",\"placed\":", s->placed, ",\"in_store\":", s->in_store,
	       ",\"on_the_way\":", s->on_the_way, ",\"spare\":", s->spare, ",\"to_order\":", s->to_order);
}

static void print_json(const struct planning *g)
{
	struct order_sums item[KIT_ITEMS];
	const char *comma = "";

	sum_items(g, 0, g->n_rows, item);
	printf("{\"outlets\":%" PRIu32 ",\"items\":[", g->n_outlets);
	for (uint32_t i = 1; i < KIT_ITEMS; i++)
		if (item[i].outlets > 0) {
			printf("%s{", comma);
			print_json_sums(i, &item[i]);
			comma = ",";
		}
	printf("],\"rows\":[");
	for (uint32_t i = 0; i < g->n_rows; i++) {
		printf("%s{\"organisation\":%u,\"district\":%u,", i ? "," : "", g->row[i].organisation, g->row[i].district);
		print_json_sums(g->row[i].item, &g->row[i].sums);
	}
	printf("]}\n");
}

int outlet_plan(const struct outlet_asked *k)
{
	static void (*const print[])(const struct planning *g) = { print_text, print_csv, print_json };
	struct planning g = { .k = k };
	bool ok = gather(&g);

	if (ok)
		print[k->format](&g);
	ok = ok && (fflush(stdout) == 0 || outlet_wrong("the plan can't be written"));
	mem_free(g.row);
	mem_free(g.supply);
	mem_free(g.outlet);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
