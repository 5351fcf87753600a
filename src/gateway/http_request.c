/* http_request.c - the life of a request: its memory, its way to the writer and back, and the clock beside it; see http_int.h. */
#include "base/mem.h"
#include "gateway/http_int.h"

struct request *request_new(struct http *h, struct MHD_Connection *c)
{
	struct request *r = mem_alloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	r->h = h;
	r->connection = c;
	r->holders = 1;
	r->type = "application/json";
	buf_init(&r->body, h->o.body_bytes_max);
	buf_init(&r->out, ANSWER_BYTES_MAX);
	buf_init(&r->briefs, ANSWER_BYTES_MAX);
	buf_init(&r->lines, ANSWER_BYTES_MAX);
	buf_init(&r->alerts, ANSWER_BYTES_MAX);
	h->counts.on_the_way++;
	return r;
}

static void give_back(struct request *r)
{
	struct organisations *all = &r->h->organisations;

	if (r->held_bytes == 0)
		return;
	pthread_mutex_lock(&all->lock);
	share_give(&all->bytes, r->slot, r->held_bytes);
	pthread_mutex_unlock(&all->lock);
}

void request_drop(struct request *r)
{
	struct http *h = r->h;

	if (atomic_fetch_sub(&r->holders, 1) > 1)
		return;
	give_back(r);
	for (uint32_t i = 0; r->taken != NULL && i < r->cap; i++)
		mem_free(r->taken[i].scratch);
	mem_free(r->taken);
	mem_free(r->item);
	buf_release(&r->body);
	buf_release(&r->out);
	buf_release(&r->briefs);
	buf_release(&r->lines);
	buf_release(&r->alerts);
	mem_free(r);
	h->counts.on_the_way--; /* the last that is done with h: it may be gone now */
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

static void no_room(struct request *r)
{
	request_organisation(r)->count[ORGANISATION_SHED] += r->n;
	r->shed = true;
	if (r->accepted + r->repeated + r->bad > 0)
		answer_batch(r); /* what was taken before stays taken, and is told */
	else
		answer_shed(r, "nothing of this request was taken; try again after a second");
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
		no_room(r);
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
