/* projector.c - bench_projector DIR [ALERTS-IN-THOUSANDS]: from the journal to the registry, with everything that lies between.
 *
 * A journal of calls is written of which each alerts (bar the caller, warn the callee), then: reading the alerts' lines; projecting journal and alerts into a new registry
 * in one thread; then writer, projector and gate as the service has them, with several threads that command in groups; then decisions asked for at a fixed rate (open loop: a late
 * answer does not delay the next question), alone and while the projector works off the burst of all those alerts, without pauses and with the pauses it makes. Figures count time on the wall, and in brackets the time
 * of the thread's processor. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sodium.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/card.h"
#include "event/event_build.h"
#include "gateway/desk_gate.h"

enum {
	COMMANDERS = 4,
	TOGETHER = 50, /* commands in one call */
	CALLS = 200,
	ASKED_RATE = 2000, /* decisions a second */
	ASKED = 10000
};

static const char text[] =
	"entity phone { holder: person }, person\nevent call { caller: phone, callee: phone, talk: duration }\n"
	"event seen { who: phone }\n"
	"rule each on call about caller when count(call by caller over 1h) >= 1\n"
	"  then alert red, score 50, propose bar-outgoing(caller) basis \"反电信网络诈骗法第11条, AFL Art 11\",\n"
	"       propose warn(callee) basis \"反电信网络诈骗法第34条, AFL Art 34\" because \"{count(call by caller over 1h)} calls\"\n";

static const struct hash_key key = { { 3 } };

struct bench {
	struct disk disk;
	struct shard *shard;
	struct alertlog *log;
	struct policy policy;
	struct buf payload;
	uint64_t n;
	int64_t start_us; /* the calls end when the bench begins */
	char registry[512], burst[512];
	struct desk_gate *gate;
};

static void must(const char *what, enum err e)
{
	if (e == ERR_OK)
		return;
	fprintf(stderr, "bench_projector: %s: %s\n", what, err_name(e));
	exit(1);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double wall_s(void)
{
	return seconds(CLOCK_MONOTONIC);
}

static double own_s(void) /* of this thread */
{
	return seconds(CLOCK_THREAD_CPUTIME_ID);
}

static int64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void open_all(struct bench *b, const char *dir)
{
	struct policy_file f = { TEXT("0.dk"), TEXT(text) };
	struct shard_options o = { .disk = &b->disk,
		                       .key = &key,
		                       .read_zone = no_zone,
		                       .lateness_us = US_PER_DAY,
		                       .now_us = b->start_us,
		                       .engine = { .state_bytes_max = (size_t)1 << 30, .entities_max = 1 << 22 },
		                       .snapshots_kept = 1,
		                       .evidence_max = 20,
		                       .alert = alertlog_hear };
	struct shard_found found;
	struct buf why;

	buf_init(&why, 1 << 16);
	must("the policy", policy_load(&b->policy, &f, 1, no_zone, NULL, &why));
	buf_init(&b->payload, 1 << 16);
	edition_put_files(&b->payload, &f, 1);
	must(dir, disk_real_open(&b->disk, dir));
	must("the alerts", alertlog_open(&b->log, &b->disk, 0, &why));
	snprintf(b->registry, sizeof(b->registry), "%s/registry.sqlite", dir);
	snprintf(b->burst, sizeof(b->burst), "%s/burst.sqlite", dir);
	o.policy = buf_view(&b->payload);
	o.ctx = b->log;
	must("the shard", shard_open(&b->shard, &o, &found, &why));
	buf_release(&why);
}

/* Everybody calls, and is called, once in a while. */
static void write_calls(struct bench *b)
{
	static struct event event[SHARD_ITEMS_MAX];
	static char bytes[SHARD_ITEMS_MAX][EVENT_BUILD_BYTES];
	static struct shard_item item[SHARD_ITEMS_MAX];
	double from = wall_s(), own = own_s();
	uint64_t made = 0;

	while (made < b->n) {
		uint32_t k = 0;

		for (; k < SHARD_ITEMS_MAX && made < b->n; k++, made++) {
			char time[32], caller[32], callee[32];
			struct event_builder eb = {
				.schema = &b->policy.schema, .key = &key, .bytes = bytes[k], .cap = EVENT_BUILD_BYTES
			};
			struct event_pair p[] = { { TEXT("event"), TEXT("call") },
				                      { TEXT("time"), TEXT("") },
				                      { TEXT("caller"), TEXT("") },
				                      { TEXT("callee"), TEXT("") },
				                      { TEXT("talk"), TEXT("12") } };
			struct text wrong;

			snprintf(time, sizeof(time), "%" PRId64, b->start_us + (int64_t)made * 1000);
			snprintf(caller, sizeof(caller), "1380%07" PRIu64, made % 20000);
			snprintf(callee, sizeof(callee), "1390%07" PRIu64, made * 7919 % 100000);
			p[1].value = text_z(time);
			p[2].value = text_z(caller);
			p[3].value = text_z(callee);
			CHECK(event_build(&eb, p, ARRAY_LEN(p), &event[k], &wrong) == BAD_NONE);
			item[k] = (struct shard_item){ .event = &event[k] };
		}
		must("a group", shard_apply(b->shard, item, k));
		must("the alerts", alertlog_flush(b->log));
	}
	printf("journaled      %10.0f alerts/s  (%.0f; %" PRIu64 " of them)\n", (double)b->n / (wall_s() - from),
	       (double)b->n / (own_s() - own), b->n);
}

static void read_lines(struct bench *b)
{
	struct alert_line l;
	struct buf line;
	uint64_t position, at = 0, bytes = 0, n = alertlog_count(b->log);
	double from = own_s(), reading;

	buf_init(&line, 1 << 20);
	for (uint64_t i = 0; i < n; i++) {
		must("an alert", alertlog_read(b->log, &at, &line, &position));
		at++;
		bytes += line.n;
	}
	reading = own_s() - from;
	from = own_s();
	for (uint64_t i = 0; i < n; i++)
		CHECK(alert_line_read(buf_view(&line), &l));
	printf("lines read     %10.0f alerts/s  of the processor (%.0f bytes each; out of the file %.0f alerts/s)\n",
	       (double)n / (own_s() - from), (double)bytes / (double)n, (double)n / reading);
	buf_release(&line);
}

static void project(struct bench *b)
{
	struct projector_log log;
	struct projecting_options o = { .journal = &b->disk, .alerts = projector_alerts(&log, b->log) };
	struct projecting *p;
	struct buf why;
	uint64_t begins;
	bool more = true;
	double from = wall_s(), own = own_s();

	buf_init(&why, 4096);
	must(b->registry, registry_open(&o.registry, b->registry, &why));
	must("the projection", projecting_open(&p, &o, &begins));
	while (more)
		must("a batch", projecting_batch(p, shard_next(b->shard), &more));
	CHECK(projecting_state(p)->counts.alerts == b->n);
	printf("projected      %10.0f alerts/s  (%.0f; two measures each)\n", (double)b->n / (wall_s() - from),
	       (double)b->n / (own_s() - own));
	projecting_close(p);
	registry_close(o.registry);
	buf_release(&why);
}

static void *command(void *arg)
{
	struct bench *b = arg;
	struct desk_order *o = mem_alloc_array(TOGETHER, sizeof(*o));

	CHECK(o != NULL);
	for (uint32_t i = 0; i < CALLS; i++) {
		for (uint32_t k = 0; k < TOGETHER; k++) {
			struct desk_command *c = &o[k].command;
			struct token phone;

			randombytes_buf(&phone, sizeof(phone));
			memset(&o[k], 0, sizeof(o[k]));
			desk_command_init(c, DESK_CARD, CARD_DO_LIST, 0);
			c->user = 7;
			c->roles = 1u << ROLE_ANALYST;
			desk_give_token(c, CARD_F_PHONE, phone);
			desk_give_i(c, CARD_F_LEVEL, 1);
			desk_give_i(c, CARD_F_BASIS, 1);
			desk_give_positions(c, CARD_F_EVIDENCE, &(uint64_t){ 1 }, 1);
		}
		must("a command", desk_gate_do(b->gate, 0, o, TOGETHER));
		for (uint32_t k = 0; k < TOGETHER; k++)
			if (o[k].outcome.refusal != DESK_OK)
				must(desk_refusals[o[k].outcome.refusal].name, ERR_FORMAT);
	}
	mem_free(o);
	return NULL;
}

static void decided(void *ctx, uint64_t next)
{
	projector_upto(ctx, next);
}

static void commands(struct bench *b)
{
	struct projector_options po = { .journal = &b->disk, .log = b->log };
	struct writer_options wo = { .shard = b->shard, .log = b->log, .now_us = clock_us, .decided = decided };
	struct in_force *f = in_force_new();
	struct projector *p;
	struct writer *w;
	pthread_t thread[COMMANDERS];
	struct buf why;
	double from;

	buf_init(&why, 4096);
	CHECK(f != NULL);
	config_default(&f->config);
	must("the settings", live_new(&wo.live, f));
	must(b->registry, registry_open(&po.registry, b->registry, &why));
	must("the projector", projector_start(&p, &po));
	wo.ctx = p;
	must("the writer", writer_start(&w, &wo));
	must("the gate", desk_gate_new(&b->gate, w, p, clock_us));
	from = wall_s();
	for (int i = 0; i < COMMANDERS; i++)
		CHECK(pthread_create(&thread[i], NULL, command, b) == 0);
	for (int i = 0; i < COMMANDERS; i++)
		pthread_join(thread[i], NULL);
	printf("commanded      %10.0f commands/s, durable and applied (%d threads, %d in a call)\n",
	       COMMANDERS * CALLS * TOGETHER / (wall_s() - from), COMMANDERS, TOGETHER);
	CHECK(writer_stop(w));
	projector_stop(p);
	writer_free(w);
	desk_gate_free(b->gate);
	projector_free(p);
	registry_close(po.registry);
	live_free(wo.live);
	buf_release(&why);
}

/* ---- decisions beside a burst ---- */

struct asked {
	struct event event;
	char bytes[EVENT_BUILD_BYTES];
	struct shard_item item;
	struct ask ask;
	double due_s;
	_Atomic double answered_s;
};

static void answered(void *ctx, enum err e)
{
	must("a decision", e);
	((struct asked *)ctx)->answered_s = wall_s();
}

static void make_asked(struct bench *b, struct asked *a, uint32_t i)
{
	struct event_builder eb = { .schema = &b->policy.schema, .key = &key, .bytes = a->bytes, .cap = EVENT_BUILD_BYTES };
	char time[32], who[32];
	struct event_pair p[] = { { TEXT("event"), TEXT("seen") }, { TEXT("time"), TEXT("") }, { TEXT("who"), TEXT("") } };
	struct text wrong;

	snprintf(time, sizeof(time), "%" PRId64, clock_us());
	snprintf(who, sizeof(who), "1370%07u", i % 100000);
	p[1].value = text_z(time);
	p[2].value = text_z(who);
	CHECK(event_build(&eb, p, ARRAY_LEN(p), &a->event, &wrong) == BAD_NONE);
	a->item = (struct shard_item){ .event = &a->event };
	a->ask = (struct ask){ .item = &a->item, .n = 1, .done = answered, .ctx = a };
	a->answered_s = 0;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Asks at the rate, and tells how long the answers took, from when they should have been asked for. */
static void ask_all(struct bench *b, struct writer *w, const char *what)
{
	struct asked *a = mem_alloc_array(ASKED, sizeof(*a));
	double *ms = mem_alloc_array(ASKED, sizeof(*ms)), from;

	CHECK(a != NULL && ms != NULL);
	for (uint32_t i = 0; i < ASKED; i++)
		make_asked(b, &a[i], i);
	from = wall_s();
	for (uint32_t i = 0; i < ASKED; i++) {
		struct timespec pause = { 0 };

		a[i].due_s = from + (double)i / ASKED_RATE;
		pause.tv_nsec = (long)((a[i].due_s - wall_s()) * 1e9);
		if (pause.tv_nsec > 0)
			nanosleep(&pause, NULL);
		while (!writer_submit(w, &a[i].ask)) /* shed: asked again, and counted as late */
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	for (uint32_t i = 0; i < ASKED; i++) {
		while (a[i].answered_s == 0)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		ms[i] = (a[i].answered_s - a[i].due_s) * 1e3;
	}
	qsort(ms, ASKED, sizeof(*ms), by_size);
	printf("%-28s p50 %7.2f ms   p99 %7.2f ms", what, ms[ASKED / 2], ms[ASKED * 99 / 100]);
	mem_free(a);
	mem_free(ms);
}

/* percent: of the projector; 0: there is none. */
static void beside(struct bench *b, const char *what, uint32_t percent)
{
	struct projector_options po = { .journal = &b->disk, .log = b->log, .percent = percent };
	struct writer_options wo = { .shard = b->shard, .log = b->log, .now_us = clock_us };
	struct projector_counts c = { .alerts = 0 };
	struct in_force *f = in_force_new();
	struct projector *p = NULL;
	struct writer *w;
	struct buf why;
	double from;

	buf_init(&why, 4096);
	CHECK(f != NULL);
	config_default(&f->config);
	must("the settings", live_new(&wo.live, f));
	if (percent > 0) {
		unlink(b->burst);
		must(b->burst, registry_open(&po.registry, b->burst, &why));
		must("the projector", projector_start(&p, &po));
		projector_upto(p, shard_next(b->shard));
		wo.decided = decided;
		wo.ctx = p;
	}
	from = wall_s();
	must("the writer", writer_start(&w, &wo));
	ask_all(b, w, what);
	if (p != NULL)
		projector_counts(p, &c);
	printf("   %.0f alerts/s projected\n", (double)c.alerts / (wall_s() - from));
	CHECK(writer_stop(w));
	if (p != NULL)
		projector_stop(p);
	writer_free(w);
	projector_free(p);
	registry_close(po.registry);
	live_free(wo.live);
	buf_release(&why);
}

int main(int argc, char **argv)
{
	static struct bench b;

	if (argc < 2 || argc > 3 || sodium_init() < 0) {
		fprintf(stderr, "usage: bench_projector DIR [ALERTS-IN-THOUSANDS]\n");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	b.n = (argc == 3 ? strtoull(argv[2], NULL, 10) : 200) * 1000;
	b.start_us = clock_us() - (int64_t)b.n * 1000;
	open_all(&b, argv[1]);
	write_calls(&b);
	read_lines(&b);
	project(&b);
	printf("decisions, %d a second, open loop:\n", ASKED_RATE);
	beside(&b, "  nothing beside", 0);
	beside(&b, "  a burst, without pauses", 100);
	beside(&b, "  a burst, with pauses", PROJECTOR_PERCENT);
	commands(&b);
	shard_close(b.shard);
	alertlog_close(b.log);
	policy_release(&b.policy);
	buf_release(&b.payload);
	disk_real_close(&b.disk);
	return 0;
}
