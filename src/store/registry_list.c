/* registry_list.c - lists of objects: from a query to one SQL statement that begins in an index and ends after a page.
 *
 * What is ordered by an index whose first columns are given (kind, place, state) needs no sorting; several states are several such rows, which SQLite
 * merges. So a page costs the same wherever it begins, and what is listed is found without looking at anything else.
 * No index has every condition in it. When a list is ordered by one thing and asks for another (the last changed of one organisation), there are two ways: along the order,
 * passing over what is not asked for, or through what is asked for, and sort it. Which is better is counted: when no more than LIST_FEW are asked for,
 * they are sorted; else they are frequent, and passed soon. */
#include "base/mem.h"
#include "store/registry_int.h"

enum {
	LIST_FEW = 2000
};

static const char *key_of(enum registry_order o)
{
	static const char *const key[] = { [REGISTRY_BY_ID] = "o.id",
		                               [REGISTRY_BY_URGENCY] = "o.urgency",
		                               [REGISTRY_BY_CHANGE] = "o.changed",
		                               [REGISTRY_BY_DUE] = "o.due" };

	return key[o];
}

static uint32_t states_of(const struct registry_query *q)
{
	uint32_t states = q->states ? q->states & registry_all_states(q->kind) : registry_all_states(q->kind);

	return q->open || q->order == REGISTRY_BY_URGENCY ? states & registry_open_states(q->kind) : states;
}

bool registry_driver_given(const struct registry_query *q, enum registry_driver by)
{
	switch (by) {
	case DRIVER_ENTITY: return q->entity.kind != DESK_ENTITY_NONE;
	case DRIVER_MAKER: return q->of_maker;
	case DRIVER_ORGANISATION: return q->of_organisation;
	case DRIVER_DISTRICT: return q->of_district;
	case DRIVER_GRADE: return q->grade_from > 0 && (q->open || q->order == REGISTRY_BY_URGENCY);
	case DRIVER_ORDER: return true;
	}
	return false;
}

struct way {
	const char *index; /* NULL: through about */
	bool ordered;      /* as asked */
	bool by_state;     /* equal states come before the key, so that each state is a row of its own */
};

static struct way way_of(const struct registry_query *q, enum registry_driver by)
{
	static const char *const urgent[] = { [DRIVER_ORGANISATION] = "urgent_organisation",
		                                  [DRIVER_DISTRICT] = "urgent_district",
		                                  [DRIVER_GRADE] = "urgent",
		                                  [DRIVER_ORDER] = "urgent" };
	static const char *const place[] = { [DRIVER_MAKER] = "object_maker",
		                                 [DRIVER_ORGANISATION] = "object_organisation",
		                                 [DRIVER_DISTRICT] = "object_district",
		                                 [DRIVER_GRADE] = "urgent",
		                                 [DRIVER_ORDER] = "object_state" };

	if (by == DRIVER_ENTITY)
		return (struct way){ .index = NULL };
	if (q->order == REGISTRY_BY_URGENCY && by != DRIVER_MAKER)
		return (struct way){ urgent[by], true, true };
	if (by == DRIVER_ORDER && q->order == REGISTRY_BY_CHANGE)
		return (struct way){ "object_changed", true, true };
	if (by == DRIVER_ORDER && q->order == REGISTRY_BY_DUE)
		return (struct way){ "object_due", true, false };
	return (struct way){ place[by], q->order == REGISTRY_BY_ID && by != DRIVER_GRADE, true };
}

static void put_states(struct buf *b, uint32_t states)
{
	const char *before = " AND o.state IN (";

	if ((states & (states - 1)) == 0) {
		buf_printf(b, " AND o.state = %d", __builtin_ctz(states));
		return;
	}
	for (; states; states &= states - 1) {
		buf_printf(b, "%s%d", before, __builtin_ctz(states));
		before = ", ";
	}
	buf_z(b, ")");
}

/* What lies behind where the page before ended. Many may have the same key (a burst of alerts of one grade), so in an index these are two ranges: the rest of
 * the same key, and the keys behind it. */
enum after {
	AFTER, /* both, for what is sorted anyway */
	AFTER_EQUAL,
	AFTER_KEY
};

static void put_after(struct buf *b, const struct registry_query *q, enum after part)
{
	const char *key = key_of(q->order);
	char by = q->order == REGISTRY_BY_CHANGE ? '<' : '>';

	if (!q->after)
		return;
	if (q->order == REGISTRY_BY_ID)
		buf_printf(b, " AND o.id > ?%d", LIST_ID);
	else if (part == AFTER)
		buf_printf(b, " AND (%s, o.id) %c (?%d, ?%d)", key, by, LIST_KEY, LIST_ID);
	else if (part == AFTER_EQUAL)
		buf_printf(b, " AND %s = ?%d AND o.id %c ?%d", key, LIST_KEY, by, LIST_ID);
	else
		buf_printf(b, " AND %s %c ?%d", key, by, LIST_KEY);
}

/* One row of objects in the order asked for. */
static void put_run(struct buf *b, const struct registry_query *q, struct way w, uint32_t states,
                    enum registry_wanted want, enum after part)
{
	const char *aside = part == AFTER_EQUAL ? "+" : ""; /* the range is the equal key's, not this one's */

	buf_printf(b, want == WANT_PAGE ? "SELECT %s AS k, o.id AS i, o.body AS body FROM " : "SELECT 1 FROM ",
	           key_of(q->order));
	if (w.index)
		buf_printf(b, "object o INDEXED BY %s WHERE o.kind = ?%d", w.index, LIST_KIND);
	else
		buf_printf(b,
		           "(SELECT id FROM about WHERE token_0 = ?%1$d AND token_1 = ?%2$d AND what = ?%3$d UNION ALL "
		           "SELECT id FROM about_young WHERE token_0 = ?%1$d AND token_1 = ?%2$d AND what = ?%3$d) a "
		           "CROSS JOIN object o ON o.id = a.id WHERE o.kind = ?%4$d",
		           LIST_TOKEN_0, LIST_TOKEN_1, LIST_WHAT, LIST_KIND);
	if (q->of_organisation)
		buf_printf(b, " AND o.organisation = ?%d", LIST_ORGANISATION);
	if (q->of_district)
		buf_printf(b, " AND o.district = ?%d", LIST_DISTRICT);
	if (q->of_maker)
		buf_printf(b, " AND o.maker = ?%d", LIST_MAKER);
	put_states(b, states);
	if (q->open || q->order == REGISTRY_BY_URGENCY)
		buf_z(b, " AND o.urgency IS NOT NULL");
	if (q->grade_from > 0)
		buf_printf(b, " AND o.grade >= ?%d", LIST_GRADE);
	if (q->grade_from > 0 && (q->open || q->order == REGISTRY_BY_URGENCY))
		buf_printf(b, " AND %so.urgency <= ?%d", aside, LIST_URGENCY);
	if (q->order == REGISTRY_BY_DUE)
		buf_printf(b, " AND o.due IS NOT NULL");
	if (q->changed_from_us)
		buf_printf(b, " AND %so.changed >= ?%d", aside, LIST_FROM);
	if (q->changed_to_us)
		buf_printf(b, " AND %so.changed < ?%d", aside, LIST_TO);
	put_after(b, q, part);
}

void registry_list_sql(struct buf *b, const struct registry_query *q, enum registry_driver by,
                       enum registry_wanted want)
{
	struct way w = way_of(q, by);
	uint32_t states = states_of(q);
	bool runs = w.by_state && w.ordered && want == WANT_PAGE;
	bool parts = q->after && q->order != REGISTRY_BY_ID && w.ordered && want == WANT_PAGE;
	const char *before = "";

	if (want == WANT_COUNT)
		buf_z(b, "SELECT count(*) FROM (");
	for (uint32_t left = states; left; left = runs ? left & (left - 1) : 0) {
		for (uint32_t part = parts ? AFTER_EQUAL : AFTER; part <= (parts ? AFTER_KEY : AFTER); part++) {
			buf_z(b, before);
			put_run(b, q, w, runs ? left & -left : left, want, (enum after)part);
			before = " UNION ALL ";
		}
	}
	if (want == WANT_PAGE)
		buf_z(b, q->order == REGISTRY_BY_CHANGE ? " ORDER BY 1 DESC, 2 DESC" : " ORDER BY 1, 2");
	buf_printf(b, " LIMIT ?%d", LIST_MOST);
	if (want == WANT_COUNT)
		buf_z(b, ")");
}

static int64_t key_clamped(uint64_t id)
{
	return id > INT64_MAX ? INT64_MAX : (int64_t)id;
}

static void bind_query(sqlite3_stmt *s, const struct registry_query *q, uint64_t most)
{
	int64_t value[] = { [LIST_KIND] = q->kind,
		                [LIST_ORGANISATION] = q->organisation,
		                [LIST_DISTRICT] = q->district,
		                [LIST_MAKER] = (int64_t)q->maker,
		                [LIST_GRADE] = q->grade_from,
		                [LIST_URGENCY] = q->grade_from > 3   ? -1
		                                 : q->grade_from < 1 ? INT64_MAX
		                                                     : ((int64_t)(4 - q->grade_from) << 61) - 1,
		                [LIST_FROM] = q->changed_from_us,
		                [LIST_TO] = q->changed_to_us,
		                [LIST_KEY] = q->after_key,
		                [LIST_ID] = key_clamped(q->after_id),
		                [LIST_MOST] = key_clamped(most),
		                [LIST_TOKEN_0] = (int64_t)q->entity.token.w[0],
		                [LIST_TOKEN_1] = (int64_t)q->entity.token.w[1],
		                [LIST_WHAT] = q->kind * DESK_ENTITY_KINDS + q->entity.kind };

	for (int i = 1; i < (int)ARRAY_LEN(value); i++)
		sqlite3_bind_int64(s, i, value[i]); /* those that the statement has */
}

static enum err prepare(struct registry_reader *d, const struct registry_query *q, enum registry_driver by,
                        enum registry_wanted want, uint64_t most, sqlite3_stmt **out)
{
	struct buf sql;
	enum err e;

	buf_init(&sql, REGISTRY_SQL_MAX);
	registry_list_sql(&sql, q, by, want);
	e = sql.err;
	if (e == ERR_OK)
		e = registry_reader_statement(d, sql.p, out);
	if (e == ERR_OK)
		bind_query(*out, q, most);
	buf_release(&sql);
	return e;
}

static enum err count(struct registry_reader *d, const struct registry_query *q, enum registry_driver by, uint64_t most,
                      uint64_t *n)
{
	sqlite3_stmt *s;
	enum err e = prepare(d, q, by, WANT_COUNT, most, &s);

	if (e != ERR_OK)
		return e;
	e = store_step(s);
	if (e == ERR_OK)
		*n = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return e;
}

/* What the list begins with. */
static enum err choose(struct registry_reader *d, const struct registry_query *q, enum registry_driver *by)
{
	enum err e = ERR_OK;

	for (*by = DRIVER_ENTITY; e == ERR_OK && *by < DRIVER_ORDER; ++*by) {
		struct registry_query only = { .kind = q->kind, .open = *by == DRIVER_GRADE };
		uint64_t n = 0;

		if (!registry_driver_given(q, *by))
			continue;
		if (*by == DRIVER_ENTITY || way_of(q, *by).ordered)
			return ERR_OK;
		only.of_organisation = *by == DRIVER_ORGANISATION;
		only.of_district = *by == DRIVER_DISTRICT;
		only.of_maker = *by == DRIVER_MAKER;
		only.organisation = q->organisation;
		only.district = q->district;
		only.maker = q->maker;
		only.grade_from = *by == DRIVER_GRADE ? q->grade_from : 0;
		e = count(d, &only, *by, LIST_FEW + 1, &n);
		if (e == ERR_OK && n <= LIST_FEW)
			return ERR_OK;
	}
	return e;
}

static bool known(const struct registry_query *q)
{
	return desk_machine(q->kind) != NULL && states_of(q) != 0;
}

enum err registry_list(struct registry *r, const struct registry_query *q, uint32_t most,
                       bool (*visit)(void *ctx, const struct registry_hit *h), void *ctx)
{
	struct registry_reader *d;
	struct registry_page page;
	enum registry_driver by;
	sqlite3_stmt *s;
	enum err e;

	CHECK(most <= REGISTRY_PAGE_MAX);
	if (!known(q))
		return ERR_OK;
	e = registry_reader_take(r, &d);
	if (e != ERR_OK)
		return e;
	registry_page_init(&page);
	e = choose(d, q, &by);
	if (e == ERR_OK)
		e = prepare(d, q, by, WANT_PAGE, most, &s);
	if (e == ERR_OK)
		e = registry_page_fill(&page, s, most);
	registry_reader_give(r, d);
	for (int64_t key; e == ERR_OK && registry_page_next(&page, &key, &e);) {
		struct registry_hit h = { key, &page.object };

		if (!visit(ctx, &h))
			break;
	}
	registry_page_release(&page);
	return e;
}

struct walk {
	bool (*visit)(void *ctx, const struct registry_hit *h);
	void *ctx;
	struct registry_query q; /* the page behind those visited */
	uint32_t n;              /* of this page; 0 once visit has ended it */
};

static bool walk_on(void *ctx, const struct registry_hit *h)
{
	struct walk *w = ctx;
	bool on = w->visit(w->ctx, h);

	w->n = on ? w->n + 1 : 0;
	w->q.after = true;
	w->q.after_key = h->key;
	w->q.after_id = h->object->id;
	return on;
}

enum err registry_each(struct registry *r, const struct registry_query *q,
                       bool (*visit)(void *ctx, const struct registry_hit *h), void *ctx)
{
	struct walk w = { visit, ctx, *q, 0 };
	enum err e;

	do {
		w.n = 0;
		e = registry_list(r, &w.q, REGISTRY_PAGE_MAX, walk_on, &w);
	} while (e == ERR_OK && w.n == REGISTRY_PAGE_MAX);
	return e;
}

enum err registry_count(struct registry *r, const struct registry_query *q, uint64_t most, uint64_t *n)
{
	struct registry_reader *d;
	enum registry_driver by;
	enum err e;

	*n = 0;
	if (!known(q))
		return ERR_OK;
	e = registry_reader_take(r, &d);
	if (e != ERR_OK)
		return e;
	e = choose(d, q, &by);
	if (e == ERR_OK)
		e = count(d, q, by, most, n);
	registry_reader_give(r, d);
	return e;
}
