/* cmd_tail.c - duanka tail: records of the journal as lines of JSON, from its end or from a position, and on as it grows.
 *
 * It reads beside a running service: a batch that is not whole yet is waited for. A line may be some milliseconds ahead of its sync: only
 * what the service has answered is sure to outlive a crash. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/file.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "shard/record_json.h"

static const char help_text[] =
	"duanka tail --data DIR [-n N] [--from POSITION] [-f] [--kind KINDS]    records as lines of JSON / 查看日志记录\n\n"
	"  --data DIR            data directory of a service, which may run meanwhile\n"
	"  -n N, --lines N       the last N (default 10); with --from: at most N from there on\n"
	"  --from POSITION       from this position on, to the end\n"
	"  -f, --follow          go on as the journal grows, until SIGINT or SIGTERM\n"
	"  --kind KINDS          only these, with commas between: event, act, policy, list, tick, schema, names\n";

enum {
	T_DATA = 16,
	T_LINES,
	T_FROM,
	T_FOLLOW,
	T_KIND,
	T_HELP,
	LINES_MAX = 1000000,
	LINE_MAX_BYTES = 64 << 20,
	WAIT_MS = 1000 /* where the system does not tell of changes, it is looked for them */
};

struct asked {
	const char *data;
	int64_t lines, from; /* -1, 0: not named */
	bool follow;
	bool kind[RECORD_KINDS];
};

struct tail {
	const struct asked *asked;
	struct disk disk;
	struct journal_reader *reader;
	struct written *written;
	struct outfile out;
	struct buf line, why;
	uint64_t from, left;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* ---- where to begin ---- */

/* Positions of the last `most` records that fit, of one segment, into ring; *next is behind the last record of any kind. */
static enum err last_of_segment(struct tail *t, uint64_t first, uint64_t end, uint64_t *ring, uint64_t most,
                                uint64_t *n, uint64_t *next)
{
	struct journal_reader *reader;
	struct record r;
	enum err e = journal_reader_open(&reader, &t->disk, first, end);

	*n = 0;
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_OK : e; /* just begun */
	while (!stop && (e = journal_read(reader, &r, &t->why)) == ERR_OK) {
		if (r.position == 0)
			continue;
		*next = r.position + 1;
		if (t->asked->kind[r.kind] && most > 0)
			ring[(*n)++ % most] = r.position;
	}
	journal_reader_close(reader);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* From the newest segment back until there are enough. */
static enum err find_start(struct tail *t, uint64_t most)
{
	uint64_t *first = NULL, *ring = mem_alloc_array(most + 1, sizeof(*ring)), end = UINT64_MAX, next = 0;
	size_t segments = 0;
	enum err e = ring == NULL ? ERR_MEMORY : journal_segments(&t->disk, &first, &segments);

	t->from = 0;
	for (size_t i = segments; e == ERR_OK && i-- > 0 && (most > 0 || next == 0);) {
		uint64_t n, behind = first[i];

		e = last_of_segment(t, first[i], end, ring, most, &n, &behind);
		if (e == ERR_OK && n > 0)
			t->from = ring[n < most ? 0 : n % most];
		most -= n < most ? n : most;
		end = first[i];
		next = next == 0 ? behind : next;
	}
	if (t->from == 0)
		t->from = next;
	mem_free(ring);
	mem_free(first);
	return e;
}

/* ---- printing ---- */

/* All there is. ERR_ABSENT: the end for now; ERR_STOPPED: as many as were asked for. */
static enum err print_all(struct tail *t)
{
	struct record r;
	enum err e = ERR_ABSENT;

	while (!stop && t->left > 0 && (e = journal_read(t->reader, &r, &t->why)) == ERR_OK) {
		if (r.kind == RECORD_SCHEMA)
			e = written_follow(&t->written, r.payload);
		if (e == ERR_OK && (r.position < t->from || !t->asked->kind[r.kind] || r.position == 0))
			continue;
		t->left--;
		buf_clear(&t->line);
		if (e == ERR_OK)
			e = record_json(&t->line, t->written, &r, NULL);
		if (e == ERR_FORMAT)
			buf_printf(&t->why, "journal: the record at position %" PRIu64 " can't be read", r.position);
		buf_char(&t->line, '\n');
		if (e == ERR_OK)
			e = outfile_text(&t->out, buf_view(&t->line));
		if (e != ERR_OK)
			return e;
	}
	return stop || t->left == 0 ? ERR_STOPPED : e;
}

/* Until the journal's folder changes, a signal comes, or a second is over. */
static enum err wait_for_more(int watch)
{
	struct pollfd p = { .fd = watch, .events = POLLIN };
	struct timespec most = { .tv_sec = WAIT_MS / 1000, .tv_nsec = WAIT_MS % 1000 * 1000000L };
	char events[4096];
	sigset_t blocked, before;
	ssize_t n;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &blocked, &before); /* none slips in between the look at `stop` and the wait */
	n = stop ? 0 : ppoll(&p, watch < 0 ? 0 : 1, &most, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (n > 0)
		do
			n = read(watch, events, sizeof(events));
		while (n > 0);
	return stop ? ERR_STOPPED : ERR_OK;
}

static enum err follow(struct tail *t)
{
	char path[DATA_PATH_BYTES + 16];
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	enum err e;

	snprintf(path, sizeof(path), "%s/journal", t->asked->data);
	if (watch >= 0 && inotify_add_watch(watch, path, IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0) {
		close(watch);
		watch = -1;
	}
	do {
		e = print_all(t);
		if (e == ERR_ABSENT)
			e = outfile_flush(&t->out);
		if (e == ERR_OK)
			e = wait_for_more(watch);
	} while (e == ERR_OK);
	if (watch >= 0)
		close(watch);
	return e;
}

/* ---- all of it ---- */

static enum err run(struct tail *t)
{
	const struct asked *a = t->asked;
	enum err e = ERR_OK;

	t->from = (uint64_t)a->from;
	t->left = a->from > 0 && a->lines >= 0 ? (uint64_t)a->lines : UINT64_MAX;
	if (a->from == 0)
		e = find_start(t, a->lines < 0 ? 10 : (uint64_t)a->lines);
	if (e == ERR_OK && stop)
		return ERR_STOPPED;
	if (e == ERR_OK)
		e = journal_reader_open(&t->reader, &t->disk, t->from, UINT64_MAX);
	if (e == ERR_ABSENT && a->from > 0)
		buf_printf(&t->why, "position %" PRId64 " is not in the journal any more", a->from);
	if (e == ERR_ABSENT && a->from == 0)
		buf_z(&t->why, "there is no journal here");
	if (e != ERR_OK)
		return e == ERR_ABSENT ? ERR_FORMAT : e;
	e = a->follow ? follow(t) : print_all(t);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static bool tail(const struct asked *a)
{
	struct tail t = { .asked = a };
	struct sigaction sa = { .sa_handler = on_signal };
	enum err e;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (!serve_disk(a->data, false, &t.disk))
		return false;
	buf_init(&t.line, LINE_MAX_BYTES);
	buf_init(&t.why, 4096);
	e = outfile_open(&t.out, "-");
	if (e == ERR_OK)
		e = run(&t);
	if (e == ERR_STOPPED) /* by a signal, or by enough lines */
		e = ERR_OK;
	if (outfile_close(&t.out) != ERR_OK && e == ERR_OK)
		e = ERR_IO;
	if (t.out.err != ERR_OK && t.out.err_no == EPIPE)
		e = ERR_IO; /* whoever reads has enough */
	else if (t.out.err != ERR_OK)
		fprintf(stderr, "duanka: the records could not be written: %s\n", strerror(t.out.err_no));
	else if (e != ERR_OK)
		fprintf(stderr, "duanka: %s: %s\n", a->data,
		        t.why.n > 0       ? t.why.p
		        : e == ERR_ABSENT ? "there is no journal here"
		        : e == ERR_IO     ? strerror(errno)
		                          : err_name(e));
	journal_reader_close(t.reader);
	written_free(t.written);
	buf_release(&t.line);
	buf_release(&t.why);
	disk_real_close(&t.disk);
	return e == ERR_OK;
}

static bool parse_kinds(struct asked *a, const char *z)
{
	memset(a->kind, 0, sizeof(a->kind));
	for (;;) {
		size_t n = strcspn(z, ",");
		enum record_kind k = record_kind_find(text_of(z, n));

		if (k == RECORD_NONE) {
			fprintf(
				stderr,
				"duanka tail: --kind does not know %.*s; event, act, policy, list, tick, schema and names are there\n",
				(int)(n < 40 ? n : 40), z);
			return false;
		}
		a->kind[k] = true;
		if (z[n] == 0)
			return true;
		z += n + 1;
	}
}

static bool take(const struct args *args, struct asked *a, int number, const char *v)
{
	switch (number) {
	case T_DATA: a->data = v; return true;
	case T_LINES: return args_number(args, "-n", v, 0, LINES_MAX, &a->lines);
	case T_FROM: return args_number(args, "--from", v, 1, INT64_MAX, &a->from);
	case T_FOLLOW: a->follow = true; return true;
	case T_KIND: return parse_kinds(a, v);
	case ARGS_OPERAND: fprintf(stderr, "duanka tail: it takes no operands; see --help\n"); return false;
	default: return false;
	}
}

int cmd_tail(int argc, char **argv)
{
	static const struct args_option table[] = {
		{ "--data", 'd', true, T_DATA },      { "--lines", 'n', true, T_LINES }, { "--from", 0, true, T_FROM },
		{ "--follow", 'f', false, T_FOLLOW }, { "--kind", 0, true, T_KIND },     { "--help", 'h', false, T_HELP },
	};
	struct args args = { .argc = argc, .argv = argv, .at = 1, .command = "tail" };
	struct asked a = { .lines = -1 };
	const char *v;
	int number;

	memset(a.kind, 1, sizeof(a.kind));
	while ((number = args_next(&args, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == T_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG || !take(&args, &a, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	if (a.data == NULL) {
		fprintf(stderr, "duanka tail: --data is missing; see --help\n");
		return EXIT_COULD_NOT_RUN;
	}
	return tail(&a) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
