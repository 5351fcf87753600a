/* http_request.c - the life of a request: its memory, its way to the writer or a worker and back, and the clock beside it; see http_int.h. */
#include "base/mem.h"
#include "gateway/http_int.h"

struct request *request_new(struct http *h, struct MHD_Connection *c)
{
	struct connection *link = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	struct request *r = link == NULL ? NULL : mem_alloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	r->h = h;
	r->connection = c;
	r->link = link;
	r->holders = 1;
	r->type = "application/json";
	r->in_force = live_take(h->o.live);
	buf_init(&r->body, h->body_bytes_max);
	buf_init(&r->out, ANSWER_BYTES_MAX);
	buf_init(&r->briefs, ANSWER_BYTES_MAX);
	buf_init(&r->lines, ANSWER_BYTES_MAX);
	buf_init(&r->alerts, ANSWER_BYTES_MAX);
	return r;
}

static void free_events(struct request *r)
{
	for (uint32_t i = 0; r->taken != NULL && i < r->cap; i++)
		mem_free(r->taken[i].scratch);
	for (uint32_t i = 0; r->unfit_scratch != NULL && i < r->cap; i++)
		mem_free(r->unfit_scratch[i]);
	mem_free(r->unfit);
	mem_free(r->unfit_key);
	mem_free(r->unfit_scratch);
	mem_free(r->taken);
	mem_free(r->item);
	edition_drop(r->edition);
}

void request_drop(struct request *r)
{
	struct http *h = r->h;
	bool begun = r->begun;

	if (atomic_fetch_sub(&r->holders, 1) > 1)
		return;
	http_unhold(r);
	free_events(r);
	buf_release(&r->body);
	buf_release(&r->out);
	buf_release(&r->briefs);
	buf_release(&r->lines);
	buf_release(&r->alerts);
	in_force_free(r->in_force);
	mem_free(r);
	h->counts.on_the_way -= begun; /* the last that is done with h: it may be gone now */
}

void http_suspend(struct request *r)
{
	r->suspended = true;
	MHD_suspend_connection(r->connection);
}

void http_resume(struct request *r)
{
	CHECK(r->suspended); /* answered once */
	r->suspended = false;
	MHD_resume_connection(r->connection);
}

/* ---- turned away ---- */

/* What was taken before stays taken, and is told. */
static bool part_taken(struct request *r)
{
	r->shed = true;
	r->ready = true;
	return r->accepted + r->repeated + r->late + r->refused + r->bad > 0;
}

void http_turned_away(struct request *r, const char *type, const char *title, const char *detail)
{
	if (part_taken(r))
		answer_batch(r);
	else
		answer_problem(r, 503, type, title, detail);
}

static void no_room(struct request *r, const char *detail)
{
	request_organisation(r)->count[ORGANISATION_SHED] += r->n + r->n_unfit;
	if (part_taken(r))
		answer_batch(r);
	else
		answer_shed(r, detail);
}

/* ---- to a worker ---- */

static void carry_on(void *ctx)
{
	struct request *r = ctx;

	r->later(r);
	unshare_slow(r);
	r->ready = r->ready || r->status != 0;
	http_resume(r);
}

void http_later(struct request *r, void (*later)(struct request *r))
{
	bool room = share_slow(r);

	r->work = (struct work){ .run = carry_on, .ctx = r };
	r->later = later;
	http_suspend(r);
	if (room && workers_submit(r->h->workers, &r->work))
		return;
	if (room)
		unshare_slow(r);
	no_room(r, "too many slow requests wait; nothing of this request was taken; try again after a second");
	http_resume(r);
}

/* ---- to the writer ---- */

/* On the writer's thread. */
static void submitted(void *ctx, enum err e)
{
	struct request *r = ctx;

	if (deadlines_end(r->h->deadlines, &r->deadline))
		r->done(r, e);
	request_drop(r);
}

void deadline_passed(struct deadline *d)
{
	struct request *r = (struct request *)(void *)d;

	answer_exception(r, EXCEPTION_BUDGET);
	r->ready = true;
	http_resume(r);
}

void http_submit(struct request *r, void (*done)(void *ctx, enum err e))
{
	r->done = done;
	r->ask = (struct ask){ .item = r->item, .n = r->n, .lane = r->slot, .done = submitted, .ctx = r };
	deadline_begin(&r->deadline, r->budget_us > 0 ? r->begun_us + r->budget_us : DEADLINE_NEVER);
	r->deadline.over = r->rehearsed; /* then it is answered here, whatever the writer says */
	atomic_fetch_add(&r->holders, 1);
	http_suspend(r);
	if (!writer_submit(r->h->o.writer, &r->ask)) {
		atomic_fetch_sub(&r->holders, 1);
		no_room(r, "nothing of this request was taken; try again after a second");
	} else if (r->rehearsed) {
		answer_exception(r, EXCEPTION_REHEARSED);
	} else {
		deadlines_add(r->h->deadlines, &r->deadline);
		return;
	}
	r->ready = true;
	http_resume(r);
}

void http_keep_answers(struct request *r)
{
	size_t at = 0;

	buf_clear(&r->briefs);
	for (uint32_t i = 0; i < r->n; i++)
		buf_text(&r->briefs, r->item[i].answer.alerts);
	for (uint32_t i = 0; i < r->n; i++) {
		struct text *t = &r->item[i].answer.alerts;
		size_t n = t->n;

		*t = r->briefs.err == ERR_OK && n > 0 ? text_of(r->briefs.p + at, n)
		                                      : TEXT(""); /* the answer then says that it is not whole */
		at += n;
	}
	r->decided = true;
}
