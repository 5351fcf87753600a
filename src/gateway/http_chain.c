/* http_chain.c - whether the journal is whole: its chain of hashes walked as a job, up to where it stood when that was asked for, whose end must be the one that the service itself knows.
 *
 * What came of the last walk stands in DIRECTORY/verified.json, so that a restart knows it, and its beginning in the journal as an act. Somebody who can write that file can write the journal as well: what proves
 * something is a head that was noted elsewhere (`duanka audit verify --head`). */
#include <inttypes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "base/file.h"
#include "base/mem.h"
#include "gateway/http_desk_int.h"

enum {
	CHAIN_LINES_MAX = 20, /* of what is wrong */
	CHAIN_BYTES_MAX = 64 << 10,
	CHAIN_PATH_BYTES = CONFIG_TEXT_MAX + 16
};
#define CHAIN_READERS (1u << ROLE_AUDITOR | 1u << ROLE_LEADER | 1u << ROLE_CITY_LEADER | 1u << ROLE_ADMIN)

static const char kind[] = "verify";

struct walk {
	struct http *h;
	struct job *job;
	char path[CHAIN_PATH_BYTES];
	char who[CALLER_NAME_MAX + 1];
	uint64_t user; /* of a session; 0: none */
	uint64_t end;
	unsigned char chain[JOURNAL_CHAIN_BYTES]; /* at the end, as the writer has it */
	struct buf lines;
	uint32_t n_lines;
};

static void path_of(const struct request *r, char path[CHAIN_PATH_BYTES])
{
	snprintf(path, CHAIN_PATH_BYTES, "%s/verified.json", r->in_force->config.data);
}

/* ---- the job ---- */

static void hear_bad(void *ctx, const char *line)
{
	struct walk *w = ctx;

	if (w->n_lines++ >= CHAIN_LINES_MAX)
		return;
	if (w->n_lines > 1)
		buf_char(&w->lines, ',');
	buf_json(&w->lines, text_z(line));
}

static bool go_on(void *ctx, const struct journal_audit *a)
{
	struct walk *w = ctx;

	job_progress(w->job, a->records, w->end);
	return !job_stopped(w->job);
}

static void put_result(struct buf *b, const struct walk *w, const struct journal_audit *a)
{
	char chain[2 * JOURNAL_CHAIN_BYTES + 1];

	buf_z(b, "{\"time\":");
	desk_put_time(b, w->h->o.now_us());
	buf_z(b, ",\"who\":");
	buf_json(b, text_z(w->who));
	buf_z(b, ",\"user\":");
	desk_put_user(b, w->user);
	buf_printf(b, ",\"whole\":%s,\"first\":%" PRIu64 ",\"last\":%" PRIu64, a->wrong == 0 ? "true" : "false", a->first,
	           a->last);
	buf_printf(b, ",\"segments\":%" PRIu64 ",\"records\":%" PRIu64 ",\"bytes\":%" PRIu64, a->segments, a->records,
	           a->bytes);
	sodium_bin2hex(chain, sizeof(chain), a->chain, sizeof(a->chain));
	buf_printf(b, ",\"chain\":\"%s\",\"wrong\":%" PRIu64 ",\"lines\":[", chain, a->wrong);
	buf_text(b, buf_view(&w->lines));
	buf_z(b, "]}");
	if (w->lines.err != ERR_OK)
		b->err = w->lines.err;
}

static enum job_state walk(struct job *j, void *ctx)
{
	struct walk *w = ctx;
	struct journal_verify_options o = { .head = w->chain, .end = w->end, .bad = hear_bad, .go_on = go_on, .ctx = w };
	struct journal_audit a;
	enum err e;

	w->job = j;
	writer_hold_segments(w->h->o.writer);
	e = journal_verify_to(w->h->o.fill.disk, &o, &a);
	writer_unhold_segments(w->h->o.writer);
	if (e == ERR_STOPPED)
		return JOB_ABORTED;
	if (e != ERR_OK)
		return job_fail(j, "journal", "The journal can't be read", text_z(err_name(e)), TEXT(""));
	put_result(job_result(j), w, &a);
	e = job_result(j)->err != ERR_OK ? job_result(j)->err : file_write_all(w->path, buf_view(job_result(j)));
	if (e != ERR_OK)
		return job_fail(j, "verified", "It was walked, but what came of it can't be kept", text_z(err_name(e)),
		                TEXT(""));
	return JOB_DONE;
}

static void release(void *ctx)
{
	struct walk *w = ctx;

	buf_release(&w->lines);
	mem_free(w);
}

static void begin(struct request *r, struct walk *w, struct text why)
{
	struct job_order o = {
		.kind = kind, .lonely = true, .who = r->who, .why = why, .run = walk, .release = release, .ctx = w
	};
	struct writer_counts c;
	uint64_t id = 0;
	enum err e;

	writer_counts(r->h->o.writer, &c);
	w->h = r->h;
	w->end = c.next;
	memcpy(w->chain, c.chain, sizeof(w->chain));
	path_of(r, w->path);
	caller_name(&r->who, w->who);
	w->user = r->who.user;
	buf_init(&w->lines, CHAIN_BYTES_MAX);
	e = jobs_submit(r->h->jobs, &o, &id);
	if (e != ERR_OK)
		release(w);
	answer_job(r, e, id);
}

void chain_run_verify(struct request *r)
{
	struct body_member why = { .name = "why", .max = ACT_WHY_MAX, .reason = true };
	struct desk_asker a;
	struct walk *w;
	struct buf act;
	uint64_t position;

	if (!audit_asker(r, CHAIN_READERS, &a) || !request_body(r, &why, 1))
		return;
	desk_act_begin(&act, "verify", r, a.user, why.value);
	if (!http_act(r, &act, NULL, NULL, &position))
		return;
	w = mem_alloc(sizeof(*w));
	if (w == NULL)
		answer_problem(r, 503, "memory", "Out of memory", "try again");
	else
		begin(r, w, why.value.n > 0 ? why.value : TEXT(""));
}

/* ---- what came of it ---- */

void chain_run_show(struct request *r)
{
	char path[CHAIN_PATH_BYTES], head[2 * JOURNAL_CHAIN_BYTES + 1];
	struct writer_counts c;
	struct desk_asker a;
	struct buf was;
	uint64_t job;
	enum err e;

	if (!audit_asker(r, CHAIN_READERS, &a))
		return;
	buf_init(&was, CHAIN_BYTES_MAX + 4096);
	job = jobs_unfinished_of(r->h->jobs, kind);
	path_of(r, path);
	e = file_read_all(path, CHAIN_BYTES_MAX + 4096, &was);
	writer_counts(r->h->o.writer, &c);
	sodium_bin2hex(head, sizeof(head), c.chain, sizeof(c.chain));
	buf_printf(&r->out, "{\"next\":%" PRIu64 ",\"head\":\"%s\",\"verified\":", c.next, head);
	if (e == ERR_OK)
		buf_text(&r->out, buf_view(&was));
	else
		buf_z(&r->out, "null");
	if (job != 0)
		buf_printf(&r->out, ",\"job\":\"%" PRIu64 "\"}\n", job);
	else
		buf_z(&r->out, ",\"job\":null}\n");
	r->status = 200;
	if (e != ERR_OK && e != ERR_ABSENT)
		answer_problem(r, 503, "verified", "What the last walk came to can't be read", err_name(e));
	buf_release(&was);
}
