/* cmd_registry.c - duanka registry: the registry made again from journal and alerts, and held against the one that is there. It follows from both, so the digests must be
 * equal; what is on its way is committed with its place, so an interrupted one goes on where it was. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app/alerts_file.h"
#include "app/args.h"
#include "app/commands.h"
#include "app/serve_load.h"
#include "base/mem.h"
#include "gateway/projecting.h"
#include "gateway/registry_copy.h"

static const char help_text[] =
	"duanka registry rebuild --data DIR   make the registry again from journal and alerts / 由日志和预警重建台账\n"
	"duanka registry verify --data DIR    make another one and compare the digests / 重建后比对摘要\n\n"
	"rebuild wants the service stopped. A registry with the same digest stays; any other is put aside as\n"
	"registry.before.sqlite. Interrupted, it goes on where it was when it is called again.\n"
	"verify runs beside the service. Exit status: 0 the same, 2 not the same, 1 could not run.\n";

enum {
	G_DATA = 16,
	G_HELP
};

struct rebuild {
	const char *data;
	bool verify;
	struct disk disk;
	char present[DATA_PATH_BYTES], made[DATA_PATH_BYTES], before[DATA_PATH_BYTES], against[DATA_PATH_BYTES],
		alerts[DATA_PATH_BYTES];
	struct registry *registry; /* being made */
	bool there;                /* a present one was read: */
	uint64_t end;              /* position behind the last that is in it */
	unsigned char wanted[REGISTRY_DIGEST_BYTES];
};

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static bool say(const char *path, const char *what)
{
	fprintf(stderr, "duanka: %s: %s\n", path, what);
	return false;
}

static void remove_file(const char *path)
{
	static const char *const parts[] = { "", "-wal", "-shm" };
	char name[DATA_PATH_BYTES + 8];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		snprintf(name, sizeof(name), "%s%s", path, parts[i]);
		unlink(name);
	}
}

static bool open_one(const char *path, struct registry **r)
{
	struct buf why;
	enum err e;

	buf_init(&why, 4096);
	e = registry_open(r, path, &why);
	if (e != ERR_OK)
		say(path, why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

/* ---- the present one ---- */

/* Beside a service, of a copy: place and digest must be of one moment. */
static bool look(struct rebuild *b, struct registry *r)
{
	struct registry *at = r;
	uint64_t position = 0;
	int64_t now_us;
	enum err e = ERR_OK;
	bool ok = true;

	if (b->verify) {
		remove_file(b->against);
		e = registry_copy(r, b->against);
		ok = e == ERR_OK && open_one(b->against, &at);
	}
	if (ok)
		e = registry_place(at, &position, &now_us);
	if (ok && e == ERR_OK)
		e = registry_digest(at, b->wanted);
	if (b->verify && ok)
		registry_close(at);
	if (b->verify)
		remove_file(b->against);
	if (e != ERR_OK)
		return say(b->present, err_name(e));
	b->end = position + 1;
	b->there = true;
	return ok;
}

/* False after a message: nothing can be done. Without one that can be read, as far as alerts are surely all told: before the position of the last. */
static bool read_present(struct rebuild *b)
{
	struct registry *r;
	uint64_t last = 0;
	bool ok;

	if (access(b->present, F_OK) == 0 && open_one(b->present, &r)) {
		ok = look(b, r);
		registry_close(r);
		if (ok || b->verify)
			return ok;
	} else if (b->verify) {
		return say(b->present, "there is no registry to compare with");
	}
	if (alerts_file_last(b->alerts, &last) != ERR_OK || last == 0)
		return say(b->alerts, "there are no alerts; start the service, which makes the registry by itself");
	b->end = last;
	return true;
}

/* ---- the other one ---- */

/* From a copy, if the journal does not begin at its beginning any more. */
static bool begin(struct rebuild *b)
{
	char name[REGISTRY_COPY_NAME_BYTES], path[DATA_PATH_BYTES + REGISTRY_COPY_NAME_BYTES];
	struct registry *copy;
	uint64_t *first = NULL, position = 0, from = 1;
	size_t n = 0;
	enum err e;

	if (access(b->made, F_OK) == 0) {
		fprintf(stderr, "duanka: %s: going on with it\n", b->made);
		return open_one(b->made, &b->registry);
	}
	e = journal_segments(&b->disk, &first, &n);
	if (e == ERR_OK && n > 0)
		from = first[0];
	mem_free(first);
	if (e != ERR_OK || n == 0)
		return say(b->data, "there is no journal here");
	if (from == 1)
		return open_one(b->made, &b->registry);
	e = registry_copy_find(&b->disk, &position);
	if (e != ERR_OK || position == 0)
		return say(b->data,
		           "the journal has let go of its beginning, and there is no copy of the registry to begin with");
	registry_copy_name(position, name);
	snprintf(path, sizeof(path), "%s/%s", b->data, name);
	if (!open_one(path, &copy))
		return false;
	e = registry_copy(copy, b->made);
	registry_close(copy);
	if (e != ERR_OK)
		return say(path, "it can't be copied");
	fprintf(stderr, "duanka: beginning with %s\n", path);
	return open_one(b->made, &b->registry);
}

static void show(const struct projecting *p, uint64_t from, uint64_t end, bool terminal)
{
	uint64_t at = projecting_next(p);

	if (terminal && end > from)
		fprintf(stderr, "\r%3" PRIu64 " %%  position %" PRIu64 " of %" PRIu64 "  ",
		        (uint64_t)(100.0 * (double)(at - from) / (double)(end - from)), at - 1, end - 1);
}

static bool project(struct rebuild *b)
{
	struct alerts_file alerts;
	struct projecting_options o = { .journal = &b->disk, .registry = b->registry };
	struct projecting *p = NULL;
	uint64_t begins = 0;
	bool more = true, terminal = isatty(STDERR_FILENO);
	enum err e = alerts_file_open(&alerts, b->alerts);

	if (e != ERR_OK)
		return say(b->alerts, e == ERR_ABSENT ? "it is not there; start the service, which tells the alerts again"
		                                      : strerror(errno));
	o.alerts = alerts_file_source(&alerts);
	e = projecting_open(&p, &o, &begins);
	if (e == ERR_OK && begins > b->end) {
		projecting_close(p);
		alerts_file_close(&alerts);
		return say(b->made, "it goes further than the registry that it is to be compared with; remove it");
	}
	while (e == ERR_OK && more && projecting_next(p) < b->end && stop_signal == 0) {
		e = projecting_batch(p, b->end, &more);
		show(p, begins, b->end, terminal);
	}
	if (terminal)
		fputc('\n', stderr);
	if (e == ERR_OK && projecting_next(p) < b->end && stop_signal == 0)
		e = ERR_FORMAT;
	if (e == ERR_OK && stop_signal == 0)
		e = projecting_settle(p);
	projecting_close(p);
	alerts_file_close(&alerts);
	if (e != ERR_OK)
		return say(b->data, e == ERR_FORMAT
		                        ? "the journal ends before the registry does, or is damaged: see duanka audit verify"
		                        : err_name(e));
	if (stop_signal != 0)
		return say(b->made, "interrupted; what was done is kept, and the same command goes on with it");
	return true;
}

/* ---- what came of it ---- */

static bool put_in_place(struct rebuild *b)
{
	remove_file(b->before);
	if ((rename(b->present, b->before) != 0 && errno != ENOENT) || rename(b->made, b->present) != 0)
		return say(b->made, strerror(errno));
	remove_file(b->made);
	printf("put in place as %s / 已启用\n", b->present);
	return true;
}

static int finish(struct rebuild *b)
{
	unsigned char digest[REGISTRY_DIGEST_BYTES];
	char hex[2 * REGISTRY_DIGEST_BYTES + 1];
	enum err e = registry_digest(b->registry, digest);
	bool same = b->there && e == ERR_OK && sodium_memcmp(digest, b->wanted, sizeof(digest)) == 0;

	registry_close(b->registry);
	b->registry = NULL;
	if (e != ERR_OK) {
		say(b->made, err_name(e));
		return EXIT_COULD_NOT_RUN;
	}
	printf("position %" PRIu64 "\ndigest %s\n", b->end - 1, sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest)));
	if (same || b->verify)
		remove_file(b->made);
	if (same) {
		printf("the same as the present one / 与现有台账一致\n");
		return EXIT_ACCEPTED;
	}
	if (b->there)
		printf("NOT the same as the present one, digest %s / 与现有台账不一致\n",
		       sodium_bin2hex(hex, sizeof(hex), b->wanted, sizeof(b->wanted)));
	if (b->verify)
		return EXIT_SOME_QUARANTINED;
	return put_in_place(b) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

static bool paths(struct rebuild *b)
{
	static const char *const name[] = { "registry.sqlite", NULL, "registry.before.sqlite", "registry.against.sqlite",
		                                "alerts.ndjson" };
	char *path[] = { b->present, b->made, b->before, b->against, b->alerts };

	for (size_t i = 0; i < ARRAY_LEN(path); i++)
		if ((size_t)snprintf(path[i], DATA_PATH_BYTES - 8, "%s/%s", b->data,
		                     i != 1      ? name[i]
		                     : b->verify ? "registry.verify.sqlite"
		                                 : "registry.new.sqlite") >= DATA_PATH_BYTES - 8)
			return say(b->data, "the path is too long");
	return true;
}

static int run(const char *data, bool verify)
{
	static struct rebuild b;
	struct sigaction sa = { .sa_handler = on_signal };
	int status = EXIT_COULD_NOT_RUN;

	b.data = data;
	b.verify = verify;
	umask(077);
	if (sodium_init() < 0 || !paths(&b) || !serve_disk(data, false, &b.disk))
		return status;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (verify)
		remove_file(b.made);
	if ((verify || serve_lock(data)) && read_present(&b) && begin(&b) && project(&b))
		status = finish(&b);
	registry_close(b.registry);
	if (verify)
		remove_file(b.made);
	disk_real_close(&b.disk);
	return status;
}

int cmd_registry(int argc, char **argv)
{
	static const struct args_option table[] = { { "--data", 'd', true, G_DATA }, { "--help", 'h', false, G_HELP } };
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "registry" };
	const char *v, *data = NULL, *verb = NULL;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		if (number == G_HELP) {
			fputs(help_text, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG)
			return EXIT_COULD_NOT_RUN;
		*(number == G_DATA ? &data : &verb) = v;
	}
	if (data == NULL || verb == NULL || (strcmp(verb, "rebuild") != 0 && strcmp(verb, "verify") != 0)) {
		fprintf(stderr, "duanka registry: say rebuild or verify, and --data DIR; see --help\n");
		return EXIT_COULD_NOT_RUN;
	}
	return run(data, strcmp(verb, "verify") == 0);
}
