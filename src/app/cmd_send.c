/* cmd_send.c - duanka send: lines of events from a file or a pipe to a running service, each once.
 *
 * Every line has a name for good: the input's own (by its contents, or kept in --state) with the number of its block as Idempotency-Key, and its number within the block. A request that begins within a
 * block begins with as many empty lines as come before, which the service counts and passes over; so pieces may be cut wherever time or size asks for it, and whatever is sent again, after a lost answer or by
 * another run, has the names it had. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "app/send_lines.h"
#include "base/clock.h"
#include "base/file.h"

static const char help_text[] =
	"duanka send --url URL [--state FILE] [FILE]    send events to a running service, each once / 将事件发送至服务，断点续传、不重复\n\n"
	"Sends lines of JSON, one event a line (doc/formats.md), of FILE or of standard input. Each has a name of its own, so that nothing counts twice, whatever has to be sent again.\n\n"
	"  --url URL            http://127.0.0.1:8460; the environment variable DUANKA_API_KEY has a key with the scope events / 密钥取自环境变量\n"
	"  --state FILE         what was sent is noted there; the next run with the same input, which may have grown, goes on behind it / 断点文件\n"
	"  --give-up DURATION   end when the service can't be reached, or takes nothing, for so long (default 10min) / 多久无法送达即放弃\n"
	"  --progress, --no-progress   show progress (default: when standard error is a terminal) / 显示进度\n"
	"  --ca FILE            PEM: who signed the service's certificate\n"
	"  --certificate FILE, --certificate-key FILE   PEM: the client certificate that goes with the key\n\n"
	"Without --state a file is known by its contents: the same file again is nothing new. Standard input is something new each time.\n"
	"Exit status: 0 all were accepted; 2 some were not (they are told, and are in the service's quarantine); 1 could not go on: run it again; 130 or 143 interrupted.\n";

enum {
	S_URL = 16,
	S_STATE,
	S_GIVE_UP,
	S_PROGRESS,
	S_NO_PROGRESS,
	S_CA,
	S_CERTIFICATE,
	S_CERTIFICATE_KEY,
	S_HELP,
	NAME_BYTES = 16,
	NAME_CHARS = 2 * NAME_BYTES,
	ANSWER_MAX = 64 << 20,
	BODY_MAX = SEND_BYTES_MAX + SEND_LINE_MAX + SEND_BLOCK + 2,
	REQUEST_S = 120,
	TOLD_MAX = 20,
	BACKOFF_MS = 200,
	BACKOFF_MOST_MS = 30000
};

struct send {
	struct client client;
	const char *state, *path;
	int64_t give_up_us;
	bool progress, help;

	char name[NAME_CHARS + 1];
	uint64_t before; /* lines that an earlier run has sent */
	struct client_kept *service;
	struct send_lines lines;
	struct buf body, answer;
	struct {
		uint64_t lines, accepted, repeated, late, refused, quarantined, too_large, alerts, told, again;
	} n;
	int64_t shown_us;
};

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka send: %s\n", what);
	return false;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

/* ---- the input's name, and how much of it was sent ---- */

static bool name_by_contents(int fd, char name[NAME_CHARS + 1])
{
	unsigned char piece[1 << 16], hash[NAME_BYTES];
	crypto_generichash_state st;
	off_t at = 0;
	ssize_t n;

	crypto_generichash_init(&st, NULL, 0, sizeof(hash));
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0) {
		crypto_generichash_update(&st, piece, (unsigned long long)n);
		at += n;
	}
	crypto_generichash_final(&st, hash, sizeof(hash));
	sodium_bin2hex(name, NAME_CHARS + 1, hash, sizeof(hash));
	return n == 0;
}

static void name_anew(char name[NAME_CHARS + 1])
{
	unsigned char random[NAME_BYTES];

	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(name, NAME_CHARS + 1, random, sizeof(random));
}

/* A file of one line: "duanka send 1 NAME LINES". ERR_ABSENT: none yet. */
static enum err read_state(struct send *s)
{
	struct buf b;
	int end = 0;
	enum err e;

	buf_init(&b, 256);
	e = file_read_all(s->state, 255, &b);
	if (e == ERR_OK &&
	    (b.n == 0 || sscanf(b.p, "duanka send 1 %32[0-9a-f] %" SCNu64 "\n%n", s->name, &s->before, &end) != 2 ||
	     (size_t)end != b.n || strlen(s->name) != NAME_CHARS))
		e = ERR_FORMAT;
	buf_release(&b);
	return e;
}

static bool write_state(struct send *s)
{
	char line[128];

	if (s->state == NULL)
		return true;
	snprintf(line, sizeof(line), "duanka send 1 %s %" PRIu64 "\n", s->name, s->lines.first + s->lines.sent);
	if (file_write_all(s->state, text_z(line)) == ERR_OK)
		return true;
	fprintf(stderr, "duanka send: %s: %s\n", s->state, strerror(errno));
	return false;
}

static bool name_input(struct send *s, int fd)
{
	struct stat st;
	enum err e = s->state == NULL ? ERR_ABSENT : read_state(s);

	if (e == ERR_OK)
		return true;
	if (e != ERR_ABSENT) {
		fprintf(stderr, "duanka send: %s: %s\n", s->state,
		        e == ERR_IO ? strerror(errno) : "this is no file of duanka send --state");
		return false;
	}
	if (s->state != NULL || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		name_anew(s->name);
		return write_state(s);
	}
	if (name_by_contents(fd, s->name))
		return true;
	fprintf(stderr, "duanka send: %s: %s\n", s->path, strerror(errno));
	return false;
}

/* ---- what comes back ---- */

static uint64_t number(const json_t *j, const char *member)
{
	return (uint64_t)json_integer_value(json_object_get(j, member));
}

static void tell_line(struct send *s, uint64_t line, const char *en, const char *zh)
{
	if (s->n.told++ < TOLD_MAX)
		fprintf(stderr, "%s:%" PRIu64 ": %s / %s\n", s->path == NULL ? "standard input" : s->path, line, en, zh);
	else if (s->n.told == TOLD_MAX + 1)
		fprintf(stderr, "duanka send: further lines are counted only; duanka serve keeps them in its quarantine\n");
}

/* Of the whole piece: what a first try has done counts as repeated here, and is told of again. */
static bool count_answer(struct send *s)
{
	json_t *j = s->answer.n == 0 ? NULL : json_loadb(s->answer.p, s->answer.n, 0, NULL), *one;
	size_t i;

	if (!json_is_true(json_object_get(j, "complete"))) {
		json_decref(j);
		return wrong("the answer is not understood; is this a duanka service?");
	}
	s->n.accepted += number(j, "accepted");
	s->n.repeated += number(j, "repeated");
	s->n.late += number(j, "late");
	s->n.refused += number(j, "refused");
	s->n.quarantined += number(j, "quarantined");
	json_array_foreach(json_object_get(j, "bad"), i, one)
	{
		const char *en = json_string_value(json_object_get(one, "message_en")),
				   *zh = json_string_value(json_object_get(one, "message_zh"));

		tell_line(s, s->lines.first + number(one, "line"), en == NULL ? "" : en, zh == NULL ? "" : zh);
	}
	json_array_foreach(json_object_get(j, "decisions"), i, one) s->n.alerts +=
		json_is_true(json_object_get(one, "repeated")) ? 0 : json_array_size(json_object_get(one, "alerts"));
	json_decref(j);
	return true;
}

static void show(struct send *s, bool last)
{
	int64_t now = now_us();

	if (!s->progress || (!last && now - s->shown_us < US_PER_SECOND / 4))
		return;
	s->shown_us = now;
	fprintf(stderr, "\r%" PRIu64 " lines sent, %" PRIu64 " alerts\033[K%s", s->n.lines, s->n.alerts, last ? "\n" : "");
}

/* ---- sending ---- */

/* Lines from <= i < to of the block. False: told. */
static bool ask(struct send *s, uint32_t from, uint32_t to, struct client_answer *a)
{
	char key[128];
	struct client_request r = { .path = "/v1/events", .header = key };

	snprintf(key, sizeof(key), "Idempotency-Key: send-%s-%" PRIu64, s->name, s->lines.first / SEND_BLOCK);
	buf_clear(&s->body);
	for (uint32_t i = 0; i < from; i++)
		buf_char(&s->body, '\n');
	buf_text(&s->body, send_lines_text(&s->lines, from, to));
	if (s->body.err != ERR_OK)
		return wrong("out of memory");
	r.body = s->body.p;
	r.body_bytes = s->body.n;
	buf_clear(&s->answer);
	return client_kept_ask(s->service, &r, REQUEST_S, &s->answer, a);
}

/* What passes by itself: nobody answers, somebody between here and there does, there is no room, or too much was sent. */
static bool is_passing(const struct client_answer *a)
{
	return a->status == 0 || a->status == 429 || (a->status >= 502 && a->status <= 504);
}

/* False: it takes too long, or a signal has come. */
static bool wait_a_while(struct send *s, const struct client_answer *a, uint32_t tries, int64_t since_us)
{
	int64_t ms = tries > 7 ? BACKOFF_MOST_MS : (int64_t)BACKOFF_MS << tries;

	ms = a->retry_after_s > 0 && a->retry_after_s * 1000 > ms ? a->retry_after_s * 1000 : ms;
	ms = ms > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : ms;
	if (stop_signal || now_us() - since_us + ms * 1000 > s->give_up_us) {
		client_kept_tell(s->service, a, &s->answer);
		return false;
	}
	if (tries == 0) {
		client_kept_tell(s->service, a, &s->answer);
		fprintf(stderr, "duanka send: it is tried again\n");
	}
	s->n.again++;
	ppoll(NULL, 0, &(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, s->lines.awake);
	return true;
}

/* Of the lines from <= i < to as many as may be sent at once; *done: so many. False: told. */
static bool deliver(struct send *s, uint32_t from, uint32_t to, uint32_t *done)
{
	int64_t since_us = now_us();
	struct client_answer a;

	for (uint32_t tries = 0;; tries++) {
		if (!ask(s, from, to, &a))
			return false;
		*done = to;
		if (a.status == 200)
			return count_answer(s);
		if (a.status == 413 && to - from > 1) {
			to = from + (to - from) / 2;
			tries = 0;
		} else if (a.status == 413) {
			s->n.too_large++;
			tell_line(s, s->lines.first + to, "the service does not take a line of this size",
			          "单行超过服务允许的大小");
			return true;
		} else if (!is_passing(&a)) {
			client_kept_tell(s->service, &a, &s->answer);
			return false;
		} else if (!wait_a_while(s, &a, tries, since_us)) {
			return false;
		}
	}
}

/* What is new in the block. */
static bool send_block(struct send *s)
{
	struct send_lines *l = &s->lines;
	uint32_t n = l->n, at = l->sent;

	if (s->before > l->first + at) { /* by an earlier run */
		uint64_t known = s->before - l->first;

		at = known > n ? n : (uint32_t)known;
	}
	while (at < n) {
		uint32_t done;

		if (!deliver(s, at, n, &done))
			return false;
		s->n.lines += done - at;
		at = done;
		show(s, false);
	}
	l->sent = n;
	return s->before >= l->first + n || write_state(s);
}

static int send_all(struct send *s)
{
	enum err e;
	int status = EXIT_ACCEPTED;

	while ((e = send_lines_next(&s->lines)) == ERR_OK)
		if (!send_block(s)) {
			status = stop_signal ? 128 + stop_signal : EXIT_COULD_NOT_RUN;
			break;
		}
	if (e == ERR_IO || e == ERR_MEMORY)
		fprintf(stderr, "duanka send: %s: %s\n", s->path == NULL ? "standard input" : s->path,
		        e == ERR_IO ? strerror(errno) : err_name(e));
	if (e == ERR_ABSENT && s->lines.first + s->lines.n < s->before) {
		fprintf(stderr,
		        "duanka send: the input has %" PRIu64 " lines, and %s says that %" PRIu64
		        " were sent; another input takes another file\n",
		        s->lines.first + s->lines.n, s->state, s->before);
		return EXIT_COULD_NOT_RUN;
	}
	if (status != EXIT_ACCEPTED || e == ERR_IO || e == ERR_MEMORY)
		return status != EXIT_ACCEPTED ? status : EXIT_COULD_NOT_RUN;
	return e == ERR_STOPPED ? 128 + stop_signal : EXIT_ACCEPTED;
}

static void summary(const struct send *s)
{
	printf("%12" PRIu64 "  lines sent\n", s->n.lines);
	if (s->before > 0)
		printf("%12" PRIu64 "  sent by earlier runs\n", s->before);
	printf("%12" PRIu64 "  accepted\n", s->n.accepted);
	printf("%12" PRIu64 "  known already\n", s->n.repeated);
	if (s->n.late + s->n.refused + s->n.too_large + s->lines.too_long > 0)
		printf("%12" PRIu64 "  late\n%12" PRIu64 "  refused\n%12" PRIu64 "  too long\n", s->n.late, s->n.refused,
		       s->n.too_large + s->lines.too_long);
	printf("%12" PRIu64 "  quarantined\n", s->n.quarantined);
	printf("%12" PRIu64 "  alerts\n", s->n.alerts);
}

/* ---- the command ---- */

static int run(struct send *s)
{
	struct sigaction act = { .sa_handler = on_signal };
	int status = EXIT_COULD_NOT_RUN, fd = STDIN_FILENO;
	sigset_t set, awake;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &awake); /* a signal is heard where we wait, and nowhere else */
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (s->path != NULL)
		fd = open(s->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "duanka send: %s: %s\n", s->path, strerror(errno));
		return EXIT_COULD_NOT_RUN;
	}
	send_lines_init(&s->lines, fd, &awake, &stop_signal);
	buf_init(&s->body, BODY_MAX);
	buf_init(&s->answer, ANSWER_MAX);
	if (sodium_init() < 0)
		wrong("there is no source of random numbers");
	else if (name_input(s, fd) && client_kept_open(&s->service, &s->client, "send")) {
		status = send_all(s);
		show(s, true);
		summary(s);
		if (status == EXIT_ACCEPTED &&
		    s->n.late + s->n.refused + s->n.too_large + s->lines.too_long + s->n.quarantined > 0)
			status = EXIT_SOME_QUARANTINED;
	}
	client_kept_close(s->service);
	send_lines_release(&s->lines);
	buf_release(&s->body);
	buf_release(&s->answer);
	if (s->path != NULL)
		close(fd);
	return status;
}

static bool take(struct send *s, const struct args *a, int which, const char *v)
{
	switch (which) {
	case S_URL: s->client.url = v; return true;
	case S_STATE: s->state = v; return true;
	case S_GIVE_UP: return args_duration(a, "--give-up", v, &s->give_up_us);
	case S_PROGRESS: s->progress = true; return true;
	case S_NO_PROGRESS: s->progress = false; return true;
	case S_CA: s->client.ca = v; return true;
	case S_CERTIFICATE: s->client.certificate = v; return true;
	case S_CERTIFICATE_KEY: s->client.key = v; return true;
	case S_HELP: s->help = true; return true;
	case ARGS_OPERAND:
		if (s->path != NULL)
			return wrong("it sends one file, or standard input; see --help");
		s->path = v;
		return true;
	default: return false;
	}
}

int cmd_send(int argc, char **argv)
{
	static const struct args_option options[] = {
		{ "--url", 0, true, S_URL },
		{ "--state", 0, true, S_STATE },
		{ "--give-up", 0, true, S_GIVE_UP },
		{ "--progress", 0, false, S_PROGRESS },
		{ "--no-progress", 0, false, S_NO_PROGRESS },
		{ "--ca", 0, true, S_CA },
		{ "--certificate", 0, true, S_CERTIFICATE },
		{ "--certificate-key", 0, true, S_CERTIFICATE_KEY },
		{ "--help", 'h', false, S_HELP },
	};
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "send" };
	struct send s = { .give_up_us = 10 * US_PER_MINUTE, .progress = isatty(STDERR_FILENO) };
	const char *v;
	int which;

	while ((which = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END && !s.help)
		if (!take(&s, &a, which, v))
			return EXIT_COULD_NOT_RUN;
	if (s.help) {
		fputs(help_text, stdout);
		return EXIT_ACCEPTED;
	}
	if (s.path != NULL && strcmp(s.path, "-") == 0)
		s.path = NULL;
	if (s.client.url == NULL) {
		wrong("--url is missing; see --help");
		return EXIT_COULD_NOT_RUN;
	}
	return run(&s);
}
