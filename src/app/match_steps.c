/* match_steps.c - see match_steps.h. Every file that it writes is of the mode 0600. */
#include "app/match_steps.h"
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"

enum {
	TOLD_MOST = 20 /* bad lines of a list */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static bool complain(const char *file, const char *what)
{
	fprintf(stderr, "duanka match: %s: %s\n", file, what);
	return false;
}

static bool told_why(const char *file, enum err e, const char *why)
{
	return complain(file, why != NULL ? why : e == ERR_IO ? strerror(errno) : err_name(e));
}

static bool take(const char *path, size_t max, struct buf *b)
{
	struct stat s;
	enum err e = stat(path, &s) == 0 && s.st_size >= 0 && (uint64_t)s.st_size <= max
	                 ? buf_reserve(b, (size_t)s.st_size)
	                 : /* in one piece: a secret is not left behind where it grew */
	                 ERR_OK;

	if (e == ERR_OK)
		e = file_read_all(path, max, b);
	return e == ERR_OK || complain(path, e == ERR_ABSENT ? "there is no such file"
	                                     : e == ERR_CAP  ? "it is larger than any of its kind can be"
	                                     : e == ERR_IO   ? strerror(errno)
	                                                     : err_name(e));
}

static bool put(const char *path, struct text t)
{
	mode_t mask = umask(077);
	enum err e = file_write_all(path, t);
	int why = errno;

	umask(mask);
	errno = why;
	return e == ERR_OK || told_why(path, e, NULL);
}

bool match_steps_there(const char *path)
{
	struct stat s;

	return stat(path, &s) == 0;
}

bool match_steps_wipe(const char *path)
{
	enum err e = file_wipe(path);

	return e == ERR_OK || e == ERR_ABSENT || told_why(path, e, NULL);
}

/* Of earlier runs. */
static bool sweep(const struct match_asked *a)
{
	const char *const path[] = { a->state, strcmp(a->result, "-") == 0 ? NULL : a->result };

	for (size_t i = 0; i < ARRAY_LEN(path); i++) {
		uint32_t n = 0;
		enum err e = path[i] == NULL ? ERR_OK : file_wipe_stale(path[i], &n);

		if (e != ERR_OK)
			return told_why(path[i], e, NULL);
		if (n > 0)
			fprintf(stderr, "duanka match: %s: wiped what an interrupted run left half written\n", path[i]);
	}
	return true;
}

/* ---- what is read ---- */

struct telling {
	const char *file;
	uint32_t n;
};

static void bad_line(void *context, uint32_t line, uint32_t col, const char *message)
{
	struct telling *t = context;

	if (t->n++ < TOLD_MOST)
		fprintf(stderr, "%s:%u:%u: error: %s\n", t->file, line, col, message);
}

static bool read_list(const struct match_asked *a, enum ident_form form, struct match_list *l)
{
	struct telling t = { .file = a->list };
	struct match_told told = { &t, bad_line };
	struct buf b;
	enum err e;
	bool ok;

	*l = (struct match_list){ 0 };
	buf_init(&b, MATCH_LIST_BYTES_MAX);
	ok = take(a->list, MATCH_LIST_BYTES_MAX, &b);
	if (ok) {
		e = match_list_read(l, form, buf_view(&b), &told);
		ok = e == ERR_OK || told_why(a->list, e, e == ERR_CAP ? "it has more than 1,000,000 values" : NULL);
		sodium_memzero(b.p, b.n);
	}
	if (ok)
		fprintf(stderr, "%s: %u items 条; %llu given twice 重复, %llu bad lines passed over 无效\n", a->list, l->n,
		        (unsigned long long)l->repeated, (unsigned long long)l->bad);
	buf_release(&b);
	return ok;
}

/* m points into b. */
static bool read_message(const char *path, const struct match_limits *limits, struct buf *b, struct match_message *m)
{
	const char *why = NULL;
	enum err e;

	buf_init(b, MATCH_MESSAGE_BYTES_MAX);
	if (!take(path, MATCH_MESSAGE_BYTES_MAX, b))
		return false;
	e = match_message_read(m, buf_view(b), limits, &why);
	return e == ERR_OK || told_why(path, e, why);
}

static bool read_state(const char *path, struct match_state **s)
{
	const char *why = NULL;
	struct buf b;
	enum err e;
	bool ok;

	*s = NULL;
	buf_init(&b, MATCH_STATE_BYTES_MAX);
	ok = take(path, MATCH_STATE_BYTES_MAX, &b);
	if (ok) {
		e = match_state_read(s, buf_view(&b), &why);
		ok = e == ERR_OK || told_why(path, e, why);
	}
	if (b.p != NULL)
		sodium_memzero(b.p, b.n);
	buf_release(&b);
	return ok;
}

static void show(const struct match_terms *t, enum match_step step, uint32_t own, uint32_t back)
{
	fprintf(
		stderr,
		"%s: %s; %u items 条, %u given back; who learns 知悉方: %s\n  purpose 目的: %.*s\n  legal basis 法律依据: %.*s\n",
		match_step_name(step), match_kind_name(t->form), own, back, match_learns_name(t->learns), (int)t->purpose.n,
		t->purpose.p, (int)t->basis.n, t->basis.p);
}

/* ---- work that takes long ---- */

static bool progress(void *context, uint64_t done, uint64_t total)
{
	(void)context;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%3u %%%s", (unsigned)(done * 100 / total), done == total ? "\r     \r" : "");
	return !stopped;
}

static struct match_work work_of(const struct match_asked *a)
{
	struct sigaction s = { .sa_handler = stop };

	sigaction(SIGINT, &s, NULL);
	sigaction(SIGTERM, &s, NULL);
	return (struct match_work){ .threads = a->threads, .progress = progress };
}

/* ---- what is written ---- */

static bool put_state(const char *path, const struct match_state *s)
{
	struct buf b;
	enum err e;
	bool ok;

	buf_init(&b, MATCH_STATE_BYTES_MAX);
	e = match_state_write(s, &b);
	ok = e == ERR_OK ? match_steps_wipe(path) && put(path, buf_view(&b)) : told_why(path, e, NULL);
	if (b.p != NULL)
		sodium_memzero(b.p, b.n);
	buf_release(&b);
	return ok;
}

/* A message, or nothing: one that may not survive the next crash is not left for somebody to send. */
static bool put_message(const char *path, const struct buf *message)
{
	if (put(path, buf_view(message)))
		return true;
	unlink(path);
	return false;
}

/* State first: a message without its state would be of no use, a state without its message is made anew. */
static bool put_step(const struct match_asked *a, const struct match_state *s, const struct buf *message)
{
	if (stopped)
		return complain(a->out, "stopped; nothing was written, do the same again");
	if (s != NULL && !put_state(a->state, s))
		return false;
	if (put_message(a->out, message))
		return true;
	if (s != NULL)
		match_steps_wipe(a->state);
	return false;
}

static bool is_new(const char *out)
{
	return !match_steps_there(out) ||
	       complain(out, "it is there already, and the other side may have it; name another file, or remove it first");
}

bool match_steps_offer(const struct match_asked *a)
{
	struct match_work w = work_of(a);
	struct match_state *s = NULL;
	struct match_list l;
	struct buf message;
	const char *why = NULL;
	enum err e;
	bool ok;

	if (!sweep(a) || !is_new(a->out))
		return false;
	buf_init(&message, MATCH_MESSAGE_BYTES_MAX);
	ok = read_list(a, a->terms.form, &l);
	if (ok) {
		e = match_offer(&s, &a->terms, &l, &a->limits, &w, &message, &why);
		ok = e == ERR_OK ? put_step(a, s, &message) : told_why(a->list, e, why);
	}
	match_state_free(s);
	match_list_release(&l);
	buf_release(&message);
	return ok;
}

static bool agreed(const struct match_asked *a, const struct match_message *m)
{
	const struct match_terms *t = a->agreed, *o = &m->terms;

	if (t != NULL && (memcmp(t->session, o->session, MATCH_SESSION_BYTES) != 0 || t->form != o->form ||
	                  t->learns != o->learns || !text_eq(t->purpose, o->purpose) || !text_eq(t->basis, o->basis)))
		return complain(a->in, "an offer of another session, or with other terms than were agreed to");
	return a->agree || complain(a->in, "say --agree if these are the purpose, the basis and the terms you agree to");
}

bool match_steps_answer(const struct match_asked *a)
{
	struct match_work w = work_of(a);
	struct match_list l = { 0 };
	struct match_state *s = NULL;
	struct match_message m;
	struct buf offer, message;
	const char *why = NULL;
	enum err e;
	bool ok;

	buf_init(&message, MATCH_MESSAGE_BYTES_MAX);
	ok = read_message(a->in, &a->limits, &offer, &m) && sweep(a);
	if (ok) {
		show(&m.terms, m.step, m.n_own, m.n_back);
		ok = agreed(a, &m) && is_new(a->out) && read_list(a, m.terms.form, &l);
	}
	if (ok) {
		e = match_answer(&s, &m, &l, &a->limits, &w, &message, &why);
		ok = e == ERR_OK ? put_step(a, s, &message) : told_why(a->in, e, why);
	}
	match_state_free(s);
	match_list_release(&l);
	buf_release(&offer);
	buf_release(&message);
	return ok;
}

/* A list again: what stands in both. */
static bool put_found(const struct match_asked *a, const struct match_list *l, const struct match_found *f)
{
	struct buf b;
	bool ok;

	buf_init(&b, MATCH_LIST_BYTES_MAX);
	buf_z(&b, "value\n");
	for (uint32_t i = 0; i < l->n; i++) {
		if (!f->hit[i])
			continue;
		buf_add(&b, l->item[i].p, l->item[i].n);
		buf_char(&b, '\n');
	}
	ok = b.err == ERR_OK || told_why(a->result, b.err, NULL);
	if (ok && strcmp(a->result, "-") == 0)
		ok = (fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0) || told_why("-", ERR_IO, NULL);
	else if (ok)
		ok = put(a->result, buf_view(&b));
	if (b.p != NULL)
		sodium_memzero(b.p, b.n);
	buf_release(&b);
	if (ok)
		fprintf(stderr, "%u in both 双方共有\n", f->n);
	return ok;
}

static bool finish(const struct match_asked *a, const struct match_state *s, const struct match_message *m)
{
	bool offerer = match_state_step(s) == MATCH_OFFER;
	bool more = offerer && (match_state_terms(s)->learns & MATCH_ANSWERER) != 0;
	struct match_work w = work_of(a);
	struct match_found f = { 0 };
	struct match_list l;
	struct buf message;
	const char *why = NULL;
	enum err e;
	bool ok;

	if (more && a->out == NULL)
		return complain(a->in, "the other side learns too: name with --out where its message is to go");
	if (more && !is_new(a->out))
		return false;
	buf_init(&message, MATCH_MESSAGE_BYTES_MAX);
	ok = read_list(a, match_state_terms(s)->form, &l);
	if (ok) {
		e = offerer ? match_finish(s, m, &l, &a->limits, &w, &message, &f, &why) : match_learn(s, m, &l, &f, &why);
		ok = e == ERR_OK || told_why(a->in, e, why);
	}
	ok = ok && (!f.learns || put_found(a, &l, &f)) && (!more || put_message(a->out, &message));
	if (ok && !match_steps_wipe(a->state))
		ok = complain(a->state, "all else is done; remove this file, it has the secret");
	match_found_release(&f);
	match_list_release(&l);
	buf_release(&message);
	return ok;
}

bool match_steps_finish(const struct match_asked *a)
{
	struct match_state *s = NULL;
	struct match_message m;
	struct buf b;
	bool ok = sweep(a) && read_state(a->state, &s);

	if (ok) {
		ok = read_message(a->in, &a->limits, &b, &m) && finish(a, s, &m);
		buf_release(&b);
	}
	match_state_free(s);
	return ok;
}

bool match_steps_show(const char *path)
{
	static const struct match_limits any = { 1, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
	struct match_message m;
	struct buf b;
	bool ok = read_message(path, &any, &b, &m);

	if (ok)
		show(&m.terms, m.step, m.n_own, m.n_back);
	buf_release(&b);
	return ok;
}
