/* contacts.c - bench_contacts DIR [EVENTS-IN-MILLIONS]: a journal of so many calls, its indexes, and how long it takes to find one number's.
 * A journal that is there already, made by this program for as many, is asked again.
 *
 * The journal is made by journal_commit in groups of 64, as a service with as many connections makes it, with idempotency keys; only its syncs are left out,
 * since what they cost is measured elsewhere. One call in 200 goes to one service number: the busiest. Cold: the page cache was
 * dropped (by root: all of it, inodes too; else the journal's pages). What a host below this machine keeps is out of reach. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "bench/bench.h"
#include "journal/contacts.h"

enum {
	GROUP = 64,
	ASKED = 40,
	PER_MILLION_SERVICE = 5000
};

struct bench {
	const char *dir;
	uint64_t events;
	struct disk disk;
	struct schema schema;
	struct traffic traffic;
	struct token service;
	struct rng rng;
};

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "bench_contacts: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static enum err no_sync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return ERR_OK;
}

static void make_schema(struct schema *s)
{
	struct schema_event *e = &s->event[0];

	*s = (struct schema){ .n_entities = 1, .n_events = 1 };
	s->entity[0] = (struct schema_entity){ .name = TEXT("phone"), .form = IDENT_PHONE };
	e->name = TEXT("call");
	e->n_fields = 3;
	e->n_idents = 2;
	e->field[0] = (struct schema_field){ .name = TEXT("caller"), .type = { .dim = DIM_ENTITY } };
	e->field[1] = (struct schema_field){ .name = TEXT("callee"), .type = { .dim = DIM_ENTITY }, .slot = 1 };
	e->field[2] = (struct schema_field){ .name = TEXT("talk"), .type = { .dim = DIM_DURATION } };
}

/* ---- the journal ---- */

static void put_call(struct bench *b, struct buf *records, struct buf *payload)
{
	static struct event e;
	struct record r = { .kind = RECORD_EVENT, .flags = RECORD_KEYED };
	uint64_t key[2] = { rng_next(&b->rng), rng_next(&b->rng) };

	traffic_next(&b->traffic);
	traffic_event(&b->traffic, 0, &e);
	if (rng_chance(&b->rng, PER_MILLION_SERVICE))
		e.ident[1].token = b->service;
	for (int i = 0; i < 2; i++)
		memcpy(e.ident[i].shown, "138****0000", 12);
	buf_clear(payload);
	buf_add(payload, key, sizeof(key));
	record_event_put(payload, &b->schema, &e);
	r.time = e.time;
	r.payload = buf_view(payload);
	record_put(records, &r);
}

static void make_journal(struct bench *b)
{
	struct disk d = b->disk;
	struct journal_options o = { .id = { 1 }, .now_us = 1 };
	struct journal_found found;
	struct journal *j;
	struct buf schema, why, records, payload;
	double start_s = bench_now_s();

	d.sync = no_sync;
	buf_init(&schema, 1 << 20);
	buf_init(&why, 4096);
	buf_init(&records, 1 << 20);
	buf_init(&payload, 1 << 16);
	record_schema_put(&schema, &b->schema);
	if (journal_open(&j, &d, &o, buf_view(&schema), &found, &why) != ERR_OK)
		fail("the journal can't be opened");
	for (uint64_t done = found.made ? 0 : b->events; done < b->events; done += GROUP) {
		buf_clear(&records);
		for (int i = 0; i < GROUP; i++)
			put_call(b, &records, &payload);
		if (records.err != ERR_OK || journal_commit(j, buf_view(&records), GROUP) != ERR_OK)
			fail("the journal can't be written");
	}
	journal_close(j);
	buf_release(&schema);
	buf_release(&why);
	buf_release(&records);
	buf_release(&payload);
	printf("journal: %.0f M calls between %" PRIu64 " phones, %s %.0f s without syncs\n", (double)b->events / 1e6,
	       b->traffic.phones, found.made ? "made in" : "was there; opened in", bench_now_s() - start_s);
}

/* ---- the indexes ---- */

struct sizes {
	const struct bench *b;
	const char *ending;
	uint64_t files, bytes;
};

static void see_file(void *ctx, const char *name)
{
	struct sizes *s = ctx;
	char path[4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/journal/%s", s->b->dir, name);
	if (strcmp(name + strlen(name) - 4, s->ending) != 0 || stat(path, &st) != 0)
		return;
	s->files++;
	s->bytes += (uint64_t)st.st_size;
}

static struct sizes sizes(const struct bench *b, const char *ending)
{
	struct sizes s = { .b = b, .ending = ending };

	if (b->disk.list(b->disk.ctx, "journal", see_file, &s) != ERR_OK)
		fail("the journal can't be listed");
	return s;
}

static void make_indexes(struct bench *b)
{
	double start_s = bench_now_s(), start_cpu_s = cpu_s(), took_s, took_cpu_s;
	struct sizes seg, idx;
	uint32_t made;

	if (contacts_index_all(&b->disk, NULL, &made, NULL) != ERR_OK)
		fail("an index can't be made");
	took_s = bench_now_s() - start_s;
	took_cpu_s = cpu_s() - start_cpu_s;
	seg = sizes(b, ".seg");
	idx = sizes(b, ".idx");
	printf("segments: %" PRIu64 ", %.2f GB, %.1f bytes a call\n", seg.files, (double)seg.bytes / 1e9,
	       (double)seg.bytes / (double)b->events);
	if (made > 0)
		printf("indexes: %u of them made in %.1f s (%.1f s of processor), %.2f M calls a second\n", made, took_s,
		       took_cpu_s, (double)b->events * made / (double)seg.files / took_s / 1e6);
	printf("indexes: %.0f MB, %.1f bytes a call of theirs\n", (double)idx.bytes / 1e6,
	       (double)idx.bytes / (double)b->events * (double)seg.files / (double)idx.files);
}

/* ---- finding ---- */

static void drop_file(void *ctx, const char *name)
{
	const struct bench *b = ctx;
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/journal/%s", b->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
		fail(path);
	close(fd);
}

static const char *drop_caches(struct bench *b)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	bool all = fd >= 0 && write(fd, "3", 1) == 1;

	if (fd >= 0)
		close(fd);
	if (!all && b->disk.list(b->disk.ctx, "journal", drop_file, b) != ERR_OK)
		fail("the journal can't be listed");
	return all ? "all caches of the system dropped before each" : "the journal's pages dropped before each";
}

static bool see(void *ctx, const struct record *r, const struct written *w)
{
	(void)w;
	*(uint64_t *)ctx += r->payload.n;
	return true;
}

static double ask(struct bench *b, struct token t, uint64_t most, struct contacts_stats *s)
{
	struct contacts_query q = {
		.token = t, .kind = 0, .from_us = INT64_MIN, .to_us = INT64_MAX, .end = UINT64_MAX, .most = most
	};
	double start_s = bench_now_s();
	uint64_t bytes = 0;
	struct buf why;

	buf_init(&why, 4096);
	if (contacts_find(&b->disk, &q, s, see, &bytes, &why) != ERR_OK)
		fail(why.n > 0 ? why.p : "nothing can be found");
	buf_release(&why);
	return (bench_now_s() - start_s) * 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void ask_random(struct bench *b, bool cold)
{
	struct contacts_stats s;
	double ms[ASKED], cpu_ms[ASKED];
	uint64_t records = 0;
	const char *how = "asked before";

	rng_seed(&b->rng, 2);
	for (int i = 0; i < ASKED; i++) {
		struct token t = b->traffic.token[rng_below(&b->rng, b->traffic.phones)];

		if (cold)
			how = drop_caches(b);
		cpu_ms[i] = -cpu_s() * 1e3;
		ms[i] = ask(b, t, UINT64_MAX, &s);
		cpu_ms[i] += cpu_s() * 1e3;
		records += s.records;
	}
	qsort(ms, ASKED, sizeof(*ms), by_size);
	qsort(cpu_ms, ASKED, sizeof(*cpu_ms), by_size);
	printf("%s: one of %d random numbers, all its calls (%.0f, in %" PRIu64 " segments, %" PRIu64
	       " of them scanned): median %.1f ms, slowest %.1f ms; processor %.1f ms (%s)\n",
	       cold ? "cold" : "warm", ASKED, (double)records / ASKED, s.segments, s.scanned, ms[ASKED / 2], ms[ASKED - 1],
	       cpu_ms[ASKED / 2], how);
}

static void ask_busiest(struct bench *b, uint64_t most, const char *what)
{
	struct contacts_stats s;
	double cold_ms, warm_ms;

	drop_caches(b);
	cold_ms = ask(b, b->service, most, &s);
	warm_ms = ask(b, b->service, most, &s);
	printf("busiest number, %s (%" PRIu64 " calls): cold %.1f ms, warm %.1f ms\n", what, s.records, cold_ms, warm_ms);
}

int main(int argc, char **argv)
{
	static struct bench b;
	const struct hash_key key = { { 7 } };
	double millions = argc > 2 ? strtod(argv[2], NULL) : 5;

	if (argc < 2 || millions <= 0) {
		fprintf(stderr, "bench_contacts DIR [EVENTS-IN-MILLIONS]\n");
		return 2;
	}
	b.dir = argv[1];
	b.events = (uint64_t)(millions * 1e6 / GROUP) * GROUP;
	bench_machine();
	rng_seed(&b.rng, 1);
	make_schema(&b.schema);
	b.service = hash_token(&key, 0, TEXT("95588"));
	if (disk_real_open(&b.disk, b.dir) != ERR_OK ||
	    !traffic_init(&b.traffic, &key, 0, b.events / 100, 90 * US_PER_DAY / (int64_t)b.events))
		fail(b.dir);
	make_journal(&b);
	sync();
	make_indexes(&b);
	sync();
	ask_random(&b, true);
	ask_random(&b, false);
	ask_busiest(&b, 100, "the newest 100");
	ask_busiest(&b, UINT64_MAX, "all of them");
	traffic_release(&b.traffic);
	disk_real_close(&b.disk);
	return 0;
}
