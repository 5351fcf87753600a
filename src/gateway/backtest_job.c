/* backtest_job.c - a policy tried out on the past: the one in force and the one sent in read the journal one after the other, with the lists as they stand
 * now, and what differs is told. Nothing changes by it.
 *
 * Both read from the beginning, so that their windows are whole where the span begins; only alerts within the span count. One engine exists at a time. */
#include <inttypes.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/list.h"
#include "gateway/labels.h"
#include "gateway/pace.h"
#include "gateway/policy_job.h"
#include "show/backtest_score.h"

enum {
	SIDES = 2, /* the policy in force, the one that is tried */
	SLICE = 1024,
	ALERTS_MAX = 1 << 20, /* of one side */
	SAMPLES_MAX = 100,    /* of each change */
	SAMPLES_BYTES_MAX = 3 << 20,
	WHY_BYTES_MAX = 1 << 20
};

struct stretch {            /* of the past that counts */
	uint64_t from, to;      /* positions, both inclusive */
	int64_t from_us, to_us; /* times of events, both inclusive */
};

struct backtest_job {
	struct http *h;
	struct stretch span;
	struct buf payload; /* of the one that is tried */
	struct shard_draft draft[SIDES];
	struct backtest_side side[SIDES];
	struct backtest_labels labels; /* as the policy in force reads them */
	struct engine_stats stats[SIDES];
	uint64_t events[SIDES];
	int at; /* the side that runs */
	uint64_t end;
	struct buf why;
	int64_t begun_us;
	enum err e;
};

static void release(void *ctx)
{
	struct backtest_job *c = ctx;

	for (int i = 0; i < SIDES; i++) {
		shard_draft_release(&c->draft[i]);
		backtest_release(&c->side[i]);
	}
	backtest_labels_release(&c->labels);
	buf_release(&c->payload);
	buf_release(&c->why);
	mem_free(c);
}

/* ---- one side ---- */

static enum job_state failed(struct backtest_job *c, struct job *j, enum err e)
{
	struct text why = text_trim(buf_view(&c->why));

	if (e == ERR_ABSENT)
		return job_fail(j, "changed", "Another policy came in between",
		                TEXT("ask again: it is compared with the one in force"), TEXT(""));
	if (e == ERR_MEMORY)
		return job_fail(j, "memory", "Out of memory", TEXT("there is no room for a second engine"), TEXT(""));
	if (e == ERR_CAP)
		return job_fail(j, "size", "Too many alerts",
		                TEXT("over a million alerts of one policy; choose a shorter span"), TEXT(""));
	return job_fail(j, "journal", "The journal can't be read", why.n > 0 ? why : text_z(err_name(e)), TEXT(""));
}

/* On the writer's thread: both drafts at once, piece by piece, so that they have the same lists. */
static void draft(void *ctx, struct shard *s)
{
	struct backtest_job *c = ctx;

	c->end = shard_next(s);
	for (int i = 0; i < SIDES && c->e == ERR_OK; i++)
		c->e = shard_draft_on(s, &c->draft[i]);
}

static enum job_state make_drafts(struct backtest_job *c, struct job *j)
{
	struct edition *in_force = reading_take(&c->h->reading);
	enum job_state state = JOB_RUNNING;

	c->e = shard_draft_init(&c->draft[0], buf_view(&in_force->payload));
	if (c->e == ERR_OK)
		c->e = shard_draft_init(&c->draft[1], buf_view(&c->payload));
	while (state == JOB_RUNNING && c->e == ERR_OK && !c->draft[1].done)
		if (job_stopped(j) || !writer_do(c->h->o.writer, draft, c))
			state = JOB_ABORTED;
	if (state == JOB_RUNNING && c->e == ERR_OK && c->draft[0].in_force != in_force)
		c->e = ERR_ABSENT;
	for (int i = 0; i < SIDES && state == JOB_RUNNING && c->e == ERR_OK; i++) {
		c->e = shard_draft_end(&c->draft[i]);
		c->draft[i].since = UINT64_MAX; /* lists stay as they are */
	}
	edition_drop(in_force);
	return state == JOB_RUNNING && c->e != ERR_OK ? failed(c, j, c->e) : state;
}

static void see(void *ctx, const struct shower *shower, const struct alert *a)
{
	struct backtest_job *c = ctx;
	struct backtest_side *side = &c->side[c->at];
	const struct event *e = a->event;

	if (e->position < c->span.from || e->position > c->span.to || e->time < c->span.from_us || e->time > c->span.to_us)
		return;
	if (side->n == ALERTS_MAX)
		side->err = ERR_CAP;
	backtest_note(side, c->h->o.fill.key, shower, a, "journal", e->position);
}

/* Also behind the span: what was found out about somebody comes later than the alert. */
static void see_event(void *ctx, const struct policy *p, const struct event *e)
{
	struct backtest_job *c = ctx;
	struct token about[SCHEMA_IDENTS_MAX];
	bool right;
	uint32_t n = label_told(&p->schema, e, about, &right);

	for (uint32_t i = 0; i < n; i++)
		backtest_label(&c->labels, about[i], right);
}

static enum job_state read_all(struct backtest_job *c, struct job *j, struct fill *f)
{
	uint64_t end = c->at > 0 && c->span.to < c->end - 1 ? c->span.to + 1 : c->end;
	struct pace pace;

	pace_begin(&pace, c->h->o.writer);
	while (fill_next(f) < end) {
		enum err e = fill_on(f, end, SLICE, &c->why);

		if (e == ERR_OK)
			e = c->side[c->at].err;
		if (e != ERR_OK)
			return failed(c, j, e);
		job_progress(j, (uint64_t)c->at * (c->end - 1) + fill_next(f) - 1, SIDES * (c->end - 1));
		if (job_stopped(j))
			return JOB_ABORTED;
		pace_give_way(&pace);
	}
	c->events[c->at] = fill_events(f);
	fill_stats(f, &c->stats[c->at]);
	return JOB_RUNNING;
}

static enum job_state run_side(struct backtest_job *c, struct job *j)
{
	struct fill_options o = c->h->o.fill;
	enum job_state state;
	struct fill *f;
	enum err e = backtest_open(&c->side[c->at]);

	o.alert = see;
	o.event = c->at == 0 ? see_event : NULL;
	o.ctx = c;
	if (e == ERR_OK)
		e = fill_open(&f, &o, &c->draft[c->at], &c->why);
	if (e != ERR_OK)
		return failed(c, j, e);
	state = read_all(c, j, f);
	fill_free(f);
	return state;
}

/* ---- the result ---- */

struct by_rule {
	const char *name;
	uint64_t alerts[SIDES], change[4];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct by_rule *)a)->name, ((const struct by_rule *)b)->name);
}

static struct by_rule *rule_row(struct by_rule *row, uint32_t n, const char *name)
{
	const struct by_rule key = { .name = name };

	return bsearch(&key, row, n, sizeof(*row), by_name);
}

/* The rules of both sides, each once, by name; *n says how many. NULL: no memory. */
static struct by_rule *rule_rows(const struct backtest_job *c, uint32_t *n)
{
	struct by_rule *row = mem_alloc_array((size_t)c->side[0].n_rules + c->side[1].n_rules + 1, sizeof(*row));
	uint32_t all = 0;

	*n = 0;
	if (row == NULL)
		return NULL;
	for (int k = 0; k < SIDES; k++)
		for (uint32_t i = 0; i < c->side[k].n_rules; i++)
			row[all++].name = c->side[k].rule[i];
	if (all > 0)
		qsort(row, all, sizeof(*row), by_name);
	for (uint32_t i = 0; i < all; i++)
		if (*n == 0 || strcmp(row[*n - 1].name, row[i].name) != 0)
			row[(*n)++] = row[i];
	return row;
}

static const char *name_of(const struct backtest_job *c, const struct backtest_pair *p)
{
	return p->a != NULL ? c->side[0].rule[p->a->rule] : c->side[1].rule[p->b->rule];
}

static enum err put_rules(struct backtest_job *c, struct buf *b, const struct backtest_pair *pair, uint64_t n)
{
	uint32_t rows;
	struct by_rule *row = rule_rows(c, &rows);

	if (row == NULL)
		return ERR_MEMORY;
	for (int k = 0; k < SIDES; k++)
		for (uint64_t i = 0; i < c->side[k].n; i++)
			rule_row(row, rows, c->side[k].rule[c->side[k].p[i].rule])->alerts[k]++;
	for (uint64_t i = 0; i < n; i++)
		rule_row(row, rows, name_of(c, &pair[i]))->change[pair[i].change]++;
	buf_z(b, ",\"rules\":[");
	for (uint32_t i = 0; i < rows; i++) {
		const uint64_t *change = row[i].change;

		buf_z(b, i > 0 ? ",{\"rule\":" : "{\"rule\":");
		buf_json(b, text_z(row[i].name));
		buf_printf(b,
		           ",\"old\":%" PRIu64 ",\"new\":%" PRIu64 ",\"same\":%" PRIu64 ",\"changed\":%" PRIu64
		           ",\"gained\":%" PRIu64 ",\"lost\":%" PRIu64 "}",
		           row[i].alerts[0], row[i].alerts[1],
		           row[i].alerts[0] - change[BACKTEST_LOST] - change[BACKTEST_CHANGED], change[BACKTEST_CHANGED],
		           change[BACKTEST_GAINED], change[BACKTEST_LOST]);
	}
	buf_char(b, ']');
	mem_free(row);
	return b->err;
}

static enum err put_sample(struct backtest_job *c, struct buf *b, const struct backtest_pair *p)
{
	const struct backtest_record *any = p->a != NULL ? p->a : p->b;
	enum err e = ERR_OK;

	buf_printf(b, "{\"id\":\"%" PRIu64 ".%s\"", any->order, name_of(c, p));
	if (p->a != NULL) {
		buf_z(b, ",\"old\":");
		e = backtest_text(&c->side[0], p->a, b);
	}
	if (p->b != NULL && e == ERR_OK) {
		buf_z(b, ",\"new\":");
		e = backtest_text(&c->side[1], p->b, b);
	}
	buf_char(b, '}');
	return e;
}

static enum err put_samples(struct backtest_job *c, struct buf *b, const struct backtest_pair *pair, uint64_t n)
{
	static const char *const names[] = { "same", "changed", "gained", "lost" };
	enum err e = ERR_OK;

	for (int change = BACKTEST_CHANGED; change <= BACKTEST_LOST; change++) {
		uint32_t put = 0;

		buf_printf(b, ",\"%s\":[", names[change]);
		for (uint64_t i = 0; i < n && put < SAMPLES_MAX && b->n < SAMPLES_BYTES_MAX && e == ERR_OK; i++) {
			if ((int)pair[i].change != change)
				continue;
			buf_z(b, put++ > 0 ? "," : "");
			e = put_sample(c, b, &pair[i]);
		}
		buf_char(b, ']');
	}
	return e;
}

static enum job_state tell(struct backtest_job *c, struct job *j)
{
	struct buf *b = job_result(j);
	struct backtest_pair *pair;
	uint64_t n, counts[4];
	enum err e = backtest_compare(&c->side[0], &c->side[1], &pair, &n, counts);

	if (e != ERR_OK)
		return failed(c, j, e);
	buf_printf(b,
	           "{\"against\":%" PRIu64 ",\"records\":%" PRIu64 ",\"events\":%" PRIu64 ",\"duration_us\":%" PRId64
	           ",\"fits\":%s,\"counts\":{\"old\":%" PRIu64 ",\"new\":%" PRIu64 ",\"same\":%" PRIu64
	           ",\"changed\":%" PRIu64 ",\"gained\":%" PRIu64 ",\"lost\":%" PRIu64 "}",
	           c->draft[0].base, c->end - 1, c->events[1], c->h->o.now_us() - c->begun_us,
	           c->stats[0].no_memory + c->stats[1].no_memory == 0 ? "true" : "false", c->side[0].n, c->side[1].n,
	           counts[0], counts[BACKTEST_CHANGED], counts[BACKTEST_GAINED], counts[BACKTEST_LOST]);
	e = put_rules(c, b, pair, n);
	if (e == ERR_OK)
		e = put_samples(c, b, pair, n);
	if (e == ERR_OK)
		e = backtest_scores_json(b, &c->side[0], &c->side[1], &c->labels);
	buf_char(b, '}');
	mem_free(pair);
	return e == ERR_OK ? JOB_DONE : failed(c, j, e);
}

static enum job_state run(struct job *j, void *ctx)
{
	struct backtest_job *c = ctx;
	enum job_state state = make_drafts(c, j);

	for (c->at = 0; c->at < SIDES && state == JOB_RUNNING; c->at += state == JOB_RUNNING)
		state = run_side(c, j);
	return state == JOB_RUNNING ? tell(c, j) : state;
}

/* ---- the request ---- */

/* A position as a number, a time as a text; missing: as it is. */
static bool take_bound(const json_t *j, uint64_t *position, int64_t *us, bool end)
{
	struct text t = json_is_string(j) ? text_of(json_string_value(j), json_string_length(j)) : TEXT("");

	if (j == NULL || json_is_null(j))
		return true;
	if (json_is_integer(j) && json_integer_value(j) > 0) {
		*position = (uint64_t)json_integer_value(j);
		return true;
	}
	if (t.n == 10 && end) /* a day counts to its end, as in lists */
		return list_until(t, NULL, us);
	if (t.n == 10) {
		static const struct text day = { "%Y-%m-%d", 8 };
		const struct field_format f = { .time_form = TIME_PATTERN, .pattern = day };
		const char *why;

		return value_time(t, &f, us, &why) == BAD_NONE;
	}
	return t.n > 0 && clock_parse(t, &clock_shanghai, us) == ERR_OK;
}

static bool take_span(struct request *r, const json_t *body, struct stretch *s)
{
	*s = (struct stretch){ .from = 1, .to = UINT64_MAX >> 1, .from_us = INT64_MIN, .to_us = INT64_MAX };
	if (take_bound(json_object_get(body, "from"), &s->from, &s->from_us, false) &&
	    take_bound(json_object_get(body, "to"), &s->to, &s->to_us, true) && s->from <= s->to && s->from_us <= s->to_us)
		return true;
	answer_problem(r, 400, "body", "The request is wrong",
	               "\"from\" and \"to\" are positions (numbers) or times (2026-03-01, or ISO 8601), in this order");
	return false;
}

static void begin(struct request *r, struct proposal *p, const struct stretch *span, struct text why)
{
	struct backtest_job *c = mem_alloc(sizeof(*c));
	struct job_order o = { .kind = "backtest", .who = r->who, .why = why, .run = run, .release = release, .ctx = c };
	uint64_t id = 0;
	enum err e;

	if (c == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	c->h = r->h;
	c->begun_us = r->h->o.now_us();
	c->span = *span;
	c->payload = p->payload;
	buf_init(&p->payload, 0); /* given away */
	buf_init(&c->why, WHY_BYTES_MAX);
	e = jobs_submit(r->h->jobs, &o, &id);
	if (e != ERR_OK)
		release(c);
	answer_job(r, e, id);
}

void backtest_job_begin(struct request *r)
{
	json_t *body = request_sees_all(r) ? request_json(r) : NULL;
	const json_t *j = json_object_get(body, "why");
	struct text why = text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
	struct proposal p;
	struct stretch span;

	if (body != NULL && take_span(r, body, &span)) {
		enum err e = proposal_of_json(&p, json_object_get(body, "files"), &r->h->o.fill);

		why.n = why.n < ACT_WHY_MAX ? why.n : ACT_WHY_MAX; /* nothing changes: it is for those who look at the jobs */
		if (answer_proposal(r, &p, e))
			begin(r, &p, &span, why);
		proposal_release(&p);
	}
	json_decref(body);
}
