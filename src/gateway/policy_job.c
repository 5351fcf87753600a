/* policy_job.c - see policy_job.h. The steps are shard.h's: draft on the writer's thread, fill on this one, adopt on the writer's thread.
 *
 * Each round reads up to where the journal was when the round began; when less than SHARD_CATCH_UP_MAX records are left, the writer takes over.
 * If the journal grows so fast that a round does not halve what is left, the writer lends a hand: it reads a piece itself, and since nothing is written
 * meanwhile, the end comes nearer, at the price of decisions that wait some milliseconds. */
#include "gateway/policy_job.h"
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/pace.h"
#include "show/complaints.h"

enum {
	SLICE = 1024, /* records between two looks at the world */
	HELP = 4096,  /* records that the writer reads itself when it must */
	WHY_BYTES_MAX = 1 << 20,
	ERRORS_BYTES_MAX = 4 << 20
};

struct policy_job {
	struct http *h;
	struct caller who;
	struct buf payload, act;
	uint64_t base;
	struct shard_draft draft;
	struct fill *fill;
	struct pace pace;
	struct buf why;
	/* of an adoption */
	bool help;
	enum err e;
	uint64_t left, before, position;
	struct engine_stats stats;
};

static void release(void *ctx)
{
	struct policy_job *c = ctx;

	fill_free(c->fill);
	shard_draft_release(&c->draft);
	buf_release(&c->payload);
	buf_release(&c->act);
	buf_release(&c->why);
	mem_free(c);
}

/* ---- on the writer's thread ---- */

static void draft(void *ctx, struct shard *s)
{
	struct policy_job *c = ctx;

	c->e = shard_draft_on(s, &c->draft);
	if (c->e == ERR_OK && c->base != 0 && c->base != c->draft.base)
		c->e = ERR_ABSENT;
}

static void adopt(void *ctx, struct shard *s)
{
	struct policy_job *c = ctx;
	struct shard_act act;

	if (c->help) {
		c->e = fill_on(c->fill, shard_next(s), HELP, &c->why);
		if (c->e != ERR_OK)
			return;
	}
	act = (struct shard_act){ .time_us = c->h->o.now_us(),
		                      .organisation = c->who.organisation,
		                      .payload = buf_view(&c->act) };
	fill_stats(c->fill, &c->stats);
	c->e = shard_adopt(s, c->fill, &act, &c->why);
	c->left = shard_next(s) - fill_next(c->fill);
	if (c->e != ERR_OK)
		return;
	reading_swap(&c->h->reading, shard_edition(s));
	writer_snapshot_soon(c->h->o.writer);
	c->position = shard_edition(s)->position;
}

/* ---- on the job's thread ---- */

static enum job_state failed(struct policy_job *c, struct job *j, enum err e)
{
	struct text why = text_trim(buf_view(&c->why));

	switch (e) {
	case ERR_ABSENT:
		return job_fail(j, "changed", "Another policy came in between",
		                why.n > 0 ? why : TEXT("look at the policy that is in force now, and ask again"), TEXT(""));
	case ERR_CAP:
		return job_fail(j, "size", "Too large for the journal",
		                why.n > 0 ? why : TEXT("the policy and the lists as they stand have more than 60 MiB together"),
		                TEXT(""));
	case ERR_MEMORY:
		return job_fail(j, "memory", "Out of memory",
		                TEXT("there is no room for a second engine beside the one in force"), TEXT(""));
	default:
		return job_fail(j, "journal", "The journal can't be read or written", why.n > 0 ? why : text_z(err_name(e)),
		                TEXT(""));
	}
}

static enum job_state open_fill(struct policy_job *c, struct job *j)
{
	struct edition *in_force = reading_take(&c->h->reading);
	enum job_state state = JOB_RUNNING;
	struct buf json, why;
	enum err e = fill_open(&c->fill, &c->h->o.fill, &c->draft, &c->why);

	buf_init(&json, WHY_BYTES_MAX);
	buf_init(&why, 4096);
	if (e == ERR_FORMAT) {
		complaints_json(&json, buf_view(&c->why));
		state = job_fail(j, "policy", "The policy is wrong", TEXT("each error says where and what would be right"),
		                 buf_view(&json));
	} else if (e != ERR_OK) {
		state = failed(c, j, e);
	} else if (!schema_extends(&in_force->policy.schema, &fill_policy(c->fill)->schema, &why)) {
		state = job_fail(j, "schema", "The schema does not extend the one in force", buf_view(&why), TEXT(""));
	}
	buf_release(&json);
	buf_release(&why);
	edition_drop(in_force);
	return state;
}

/* Up to where the journal is now. JOB_RUNNING: there. */
static enum job_state round_of(struct policy_job *c, struct job *j)
{
	struct writer_counts counts;

	writer_counts(c->h->o.writer, &counts);
	for (;;) {
		enum err e;

		job_progress(j, fill_next(c->fill) - 1, counts.next - 1);
		if (job_stopped(j))
			return JOB_ABORTED;
		if (fill_next(c->fill) >= counts.next)
			return JOB_RUNNING;
		e = fill_on(c->fill, counts.next, SLICE, &c->why);
		if (e != ERR_OK)
			return failed(c, j, e);
		if (!fill_fits(c->fill))
			return job_fail(
				j, "state", "The policy's windows do not fit into memory",
				TEXT("they need more than --state-max; give the service more, or make windows shorter or fewer"),
				TEXT(""));
		pace_give_way(&c->pace);
	}
}

static enum job_state take_over(struct policy_job *c, struct job *j)
{
	uint64_t left_before = UINT64_MAX;

	pace_begin(&c->pace, c->h->o.writer);
	for (;;) {
		enum job_state state = round_of(c, j);

		if (state != JOB_RUNNING)
			return state;
		if (!writer_do(c->h->o.writer, adopt, c))
			return JOB_ABORTED; /* the service stops */
		if (c->e == ERR_OK)
			return JOB_DONE;
		if (c->e != ERR_LATE)
			return failed(c, j, c->e);
		c->help = c->left > left_before / 2;
		left_before = c->left;
	}
}

static enum job_state make_draft(struct policy_job *c, struct job *j)
{
	c->e = shard_draft_init(&c->draft, buf_view(&c->payload));
	while (c->e == ERR_OK && !c->draft.done)
		if (job_stopped(j) || !writer_do(c->h->o.writer, draft, c))
			return JOB_ABORTED;
	if (c->e == ERR_OK)
		c->e = shard_draft_end(&c->draft);
	c->before = c->draft.base;
	return c->e == ERR_OK ? JOB_RUNNING : failed(c, j, c->e);
}

static enum job_state run(struct job *j, void *ctx)
{
	struct policy_job *c = ctx;
	enum job_state state;

	writer_hold_segments(c->h->o.writer);
	state = make_draft(c, j);
	if (state == JOB_RUNNING)
		state = open_fill(c, j);
	if (state == JOB_RUNNING)
		state = take_over(c, j);
	writer_unhold_segments(c->h->o.writer);
	if (state == JOB_DONE)
		buf_printf(job_result(j),
		           "{\"position\":%" PRIu64 ",\"before\":%" PRIu64 ",\"events\":%" PRIu64
		           ",\"state_bytes\":%zu,\"entity_bytes\":%zu}",
		           c->position, c->before, fill_events(c->fill), c->stats.state_bytes, c->stats.entity_bytes);
	return state;
}

bool answer_proposal(struct request *r, const struct proposal *p, enum err e)
{
	struct buf json;

	if (e == ERR_OK)
		return true;
	if (e == ERR_RANGE) {
		answer_problem(r, 400, "body", "The request is wrong", p->fault);
		return false;
	}
	if (e != ERR_FORMAT) {
		answer_problem(r, e == ERR_CAP ? 413 : 503, e == ERR_CAP ? "size" : "memory",
		               e == ERR_CAP ? "The policy is too large" : "Out of memory",
		               e == ERR_CAP ? "a file has at most 4 MiB, all of it at most 60 MiB" : "try again");
		return false;
	}
	buf_init(&json, ERRORS_BYTES_MAX);
	complaints_json(&json, buf_view(&p->errors));
	answer_problem_with(r, 422, "policy", "The policy is wrong", "each error says where and what would be right",
	                    "errors", buf_view(&json));
	buf_release(&json);
	return false;
}

uint64_t policy_job_begin(struct request *r, struct proposal *p, struct buf *act, struct text why, uint64_t base)
{
	struct policy_job *c = mem_alloc(sizeof(*c));
	struct job_order o = {
		.kind = "policy", .lonely = true, .urgent = true, .who = r->who, .why = why, .run = run, .release = release
	};
	uint64_t id = 0;
	enum err e;

	buf_char(act, '}');
	if (c == NULL || act->err != ERR_OK) {
		mem_free(c);
		buf_release(act);
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return 0;
	}
	*c = (struct policy_job){ .h = r->h, .who = r->who, .payload = p->payload, .act = *act, .base = base };
	buf_init(&c->why, WHY_BYTES_MAX);
	buf_init(&p->payload, 0); /* given away */
	o.ctx = c;
	e = jobs_submit(r->h->jobs, &o, &id);
	if (e != ERR_OK)
		release(c);
	answer_job(r, e, id);
	return e == ERR_OK ? id : 0;
}
