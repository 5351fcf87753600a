/* registry.c - bench_registry DIR [WARNINGS-IN-THOUSANDS]: what the desk and its registry hold: alerts about people never seen, alerts about people who are warned already,
 * commands, the next work for a seat among all open warnings, and making the whole again.
 *
 * One thread applies batches and commits each, as the projector does; DIR/registry.sqlite grows to so many open warnings (1,000 thousand unless told). Alerts and commands are made in
 * memory and not journaled: what a group in the journal costs is measured elsewhere. Figures count time on the wall, with the processor's time of this thread beside it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "bench/bench.h"
#include "desk/measure.h"
#include "desk/warning.h"
#include "store/registry.h"

enum {
	BATCH = 16384,      /* alerts in a transaction: a projector that has to catch up takes many at once */
	SMALL_BATCH = 1024, /* one that keeps up */
	COMMAND_BATCH = 64, /* commands in a transaction: a group of the journal */
	HOT = 10000,        /* people whom the second burst is about */
	DISTRICTS = 12,
	ASKED = 2000,
	PAGE = 50
};

#define START ((int64_t)1772323200 * US_PER_SECOND)

struct bench {
	char path[2][512];
	struct registry *r;
	struct desk *desk;
	struct rng rng;
	uint64_t position, warnings;
	int64_t now_us;
};

static _Noreturn void fail(const char *what, enum err e)
{
	fprintf(stderr, "bench_registry: %s: %s\n", what, err_name(e));
	exit(1);
}

static void must(const char *what, enum err e)
{
	if (e != ERR_OK)
		fail(what, e);
}

static double wall_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct registry *open_it(const char *path)
{
	struct registry *r = NULL;
	struct buf why;

	buf_init(&why, 4096);
	if (registry_open(&r, path, &why) != ERR_OK) {
		fprintf(stderr, "bench_registry: %s\n", why.p ? why.p : path);
		exit(1);
	}
	buf_release(&why);
	return r;
}

static void start(struct bench *b, int file)
{
	b->r = open_it(b->path[file]);
	must("begin", registry_begin(b->r));
	desk_init(b->desk, registry_world(b->r), START);
	must("start", desk_start(b->desk));
	registry_rollback(b->r);
	b->position = 0;
	b->now_us = START;
	rng_seed(&b->rng, 1);
}

static struct desk_entity entity(uint8_t kind, uint64_t n)
{
	return (struct desk_entity){ kind, { { hash_mix(n * 8 + kind), hash_mix(~(n * 8 + kind)) } } };
}

/* A warning about a person and their phone, 20 microseconds after the one before. Most are light. */
static void alert_about(struct bench *b, uint64_t person)
{
	struct desk_alert a = { .position = ++b->position,
		                    .time_us = b->now_us += 20,
		                    .measure = MEASURE_OF_WARN,
		                    .basis = 0,
		                    .grade = (uint8_t)(rng_chance(&b->rng, 20000)    ? 3
		                                       : rng_chance(&b->rng, 100000) ? 2
		                                                                     : rng_below(&b->rng, 2)),
		                    .about = entity(DESK_PHONE, person),
		                    .person = entity(DESK_PERSON, person),
		                    .phone = entity(DESK_PHONE, person),
		                    .district = (uint16_t)(1 + person % DISTRICTS),
		                    .rule = { 11, "shop-refund" },
		                    .scam = 1,
		                    .evidence = { 3, { b->position, b->position + 1, b->position + 2 } } };
	struct desk_outcome out;

	must("alert", desk_alert(b->desk, &a, &out));
	if (out.refusal != DESK_OK)
		fail(desk_refusals[out.refusal].name, ERR_FORMAT);
}

static void alerts(struct bench *b, const char *what, uint64_t n, uint64_t batch, bool hot)
{
	double s = wall_s(), cpu = bench_now_s(), worst = 0;

	for (uint64_t done = 0; done < n;) {
		double from = wall_s();

		must("begin", registry_begin(b->r));
		for (uint64_t i = 0; i < batch && done < n; i++, done++)
			alert_about(b, hot ? rng_below(&b->rng, HOT) : b->warnings++);
		must("commit", registry_commit(b->r, b->position, b->now_us));
		worst = wall_s() - from > worst ? wall_s() - from : worst;
	}
	s = wall_s() - s;
	cpu = bench_now_s() - cpu;
	printf("%-44s %9.0f /s   %9.0f /s of processor   worst batch %.0f ms\n", what, (double)n / s, (double)n / cpu,
	       worst * 1e3);
	fflush(stdout);
}

/* The life of a warning: out to the district, signed, called. */
static void commands(struct bench *b, uint64_t n)
{
	static const struct {
		uint32_t step;
		enum desk_role role;
	} life[] = { { WARNING_DO_ISSUE, ROLE_DISPATCHER },
		         { WARNING_DO_SIGN, ROLE_STATION },
		         { WARNING_DO_CALL, ROLE_STATION } };
	double s = wall_s(), cpu = bench_now_s();
	uint64_t accepted = 0, done = 0;

	while (done < n) {
		must("begin", registry_begin(b->r));
		for (uint32_t i = 0; i < COMMAND_BATCH; i++, done++) {
			uint64_t person = done / ARRAY_LEN(life) * 769 % b->warnings;
			struct desk_command c;
			struct desk_outcome out;

			desk_command_init(&c, DESK_WARNING, life[done % ARRAY_LEN(life)].step, (person + 1) << DESK_ID_SHIFT);
			c.user = 100;
			c.roles = 1u << life[done % ARRAY_LEN(life)].role;
			c.district = (uint16_t)(1 + person % DISTRICTS);
			if (c.step == WARNING_DO_CALL)
				desk_give_i(&c, WARNING_F_CALL_RESULT, CALL_REACHED);
			must("command", desk_apply(b->desk, ++b->position, b->now_us += 20, &c, &out));
			must("settle", registry_settle(b->r, b->position, &out));
			accepted += out.refusal == DESK_OK;
		}
		must("commit", registry_commit(b->r, b->position, b->now_us));
	}
	s = wall_s() - s;
	cpu = bench_now_s() - cpu;
	printf("commands, %d a transaction, %.0f %% accepted      %9.0f /s   %9.0f /s of processor\n", COMMAND_BATCH,
	       100.0 * (double)accepted / (double)done, (double)done / s, (double)done / cpu);
	fflush(stdout);
}

struct last {
	int64_t key;
	uint64_t id, n;
};

static bool see(void *ctx, const struct registry_hit *h)
{
	*(struct last *)ctx = (struct last){ h->key, h->object->id, ((struct last *)ctx)->n + 1 };
	return true;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void next_for_seat(struct bench *b, const char *what, bool of_district, bool deep)
{
	static double ms[ASKED], cpu_ms[ASKED];
	struct registry_query q = {
		.kind = DESK_WARNING, .open = true, .order = REGISTRY_BY_URGENCY, .of_district = of_district
	};
	struct last l = { 0 };
	uint64_t seen = 0;

	for (int i = 0; i < ASKED; i++) {
		double s = wall_s(), cpu = bench_now_s();

		q.district = (uint16_t)(1 + rng_below(&b->rng, DISTRICTS));
		if (deep) { /* somewhere among all of them */
			q.after = true;
			q.after_key = (int64_t)rng_below(&b->rng, (uint64_t)4 << 61);
			q.after_id = 0;
		}
		l.n = 0;
		must("list", registry_list(b->r, &q, PAGE, see, &l));
		seen += l.n;
		ms[i] = (wall_s() - s) * 1e3;
		cpu_ms[i] = (bench_now_s() - cpu) * 1e3;
	}
	qsort(ms, ASKED, sizeof(*ms), by_size);
	qsort(cpu_ms, ASKED, sizeof(*cpu_ms), by_size);
	printf("%-44s p50 %.2f ms   p99 %.2f ms   of processor %.2f and %.2f ms   %.0f a page\n", what, ms[ASKED / 2],
	       ms[ASKED * 99 / 100], cpu_ms[ASKED / 2], cpu_ms[ASKED * 99 / 100], (double)seen / ASKED);
	fflush(stdout);
}

static void whole(struct bench *b)
{
	unsigned char digest[REGISTRY_DIGEST_BYTES];
	struct stat st;
	double s = wall_s();

	must("digest", registry_digest(b->r, digest));
	s = wall_s() - s;
	if (stat(b->path[0], &st) != 0)
		fail("stat", ERR_IO);
	printf("digest of %.0f MiB                            %.1f s\n", (double)st.st_size / 1048576, s);
	s = wall_s();
	must("copy", registry_copy(b->r, b->path[1]));
	printf("copy                                         %.1f s\n", wall_s() - s);
	unlink(b->path[1]);
}

int main(int n, char **arg)
{
	static struct bench b;
	uint64_t warnings = n > 2 ? strtoull(arg[2], NULL, 10) * 1000 : 1000000;

	if (n < 2 || warnings < HOT) {
		fprintf(stderr, "usage: bench_registry DIR [WARNINGS-IN-THOUSANDS, from 20]\n");
		return 2;
	}
	snprintf(b.path[0], sizeof(b.path[0]), "%s/registry.sqlite", arg[1]);
	snprintf(b.path[1], sizeof(b.path[1]), "%s/copy.sqlite", arg[1]);
	b.desk = mem_alloc(sizeof(*b.desk));
	if (b.desk == NULL)
		fail("desk", ERR_MEMORY);
	bench_machine();
	printf("%" PRIu64 " open warnings in %d districts, alerts in transactions of %d\n", warnings, DISTRICTS, BATCH);
	start(&b, 0);
	alerts(&b, "alerts, everybody new, the first half", warnings / 2, BATCH, false);
	alerts(&b, "alerts, everybody new, the second half", warnings - warnings / 2, BATCH, false);
	alerts(&b, "alerts, about 10,000 people warned already", warnings / 2, BATCH, true);
	alerts(&b, "... 1,024 a transaction", warnings / 10, SMALL_BATCH, true);
	commands(&b, warnings / 10 / COMMAND_BATCH * COMMAND_BATCH);
	registry_close(b.r);
	b.r = open_it(b.path[0]);
	next_for_seat(&b, "next for a seat, whole city", false, false);
	next_for_seat(&b, "next for a seat, a district", true, false);
	next_for_seat(&b, "a page anywhere, whole city", false, true);
	next_for_seat(&b, "a page anywhere, a district", true, true);
	whole(&b);
	registry_close(b.r);
	mem_free(b.desk);
	return 0;
}
