/* segment.c - bench_segment DIR [PEOPLE-IN-THOUSANDS]: segments out of a roster of so many people (10,000 thousand unless told), by audience. The roster is written first; then each segment is one pass over it:
 * read, checked against its digest, judged, drawn by lot, written, digested and synced. Wall and processor time of one thread. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/rng.h"
#include "gateway/segmenting.h"

#define NOW ((int64_t)1772323200 * US_PER_SECOND)

static double seconds(clockid_t which)
{
	struct timespec t;

	clock_gettime(which, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(const char *what, enum err e)
{
	if (e != ERR_OK) {
		fprintf(stderr, "bench_segment: %s: %s\n", what, err_name(e));
		exit(1);
	}
}

static void write_roster(const char *path, uint64_t n)
{
	static struct roster_writer w;
	uint16_t today = (uint16_t)((NOW + 8 * US_PER_HOUR) / US_PER_DAY);
	struct rng r;

	rng_seed(&r, 1);
	must(path, roster_begin(&w, path, n, 1, today));
	for (uint64_t i = 0; i < n; i++) {
		struct recipient x = { .person = { { (UINT64_MAX / n) * i, rng_next(&r) } }, .phone = { { rng_next(&r), i } } };

		x.birth_year = (uint16_t)rng_between(&r, 1935, 2010);
		x.district = (uint16_t)(200 + rng_below(&r, 10));
		x.opened_day = (uint16_t)(today - rng_below(&r, 2000));
		x.contacted_day = (uint16_t)(rng_chance(&r, 20000) ? today - rng_below(&r, 60) : 0);
		x.lists = (uint8_t)(rng_chance(&r, 50000) * LIST_FINANCE + rng_chance(&r, 100000) * LIST_STUDENTS);
		x.flags = (uint8_t)(RECIPIENT_MOBILE * rng_chance(&r, 970000) + RECIPIENT_REFUSED * rng_chance(&r, 10000));
		must(path, roster_row(&w, &x));
	}
	must(path, roster_end(&w));
}

static void set(struct desk_object *o, uint32_t f, int64_t v)
{
	o->value[f].i = v;
	o->has |= (uint64_t)1 << f;
}

static void one(const char *roster, const char *path, enum campaign_manner manner, enum campaign_audience audience)
{
	static const struct hash_key key = { { 1, 2, 3 } };
	static struct desk_object o;
	struct segment_made m;
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);

	o = (struct desk_object){ .kind = DESK_CAMPAIGN, .id = 1 << 16 };
	campaign_usual(&o);
	set(&o, CAMPAIGN_F_MANNER, manner);
	set(&o, CAMPAIGN_F_AUDIENCE, audience);
	set(&o, CAMPAIGN_F_TEXTS_MAX, 2);
	set(&o, CAMPAIGN_F_SEED, 7);
	must(path, segment_make(&o, &key, NOW, roster, path, &m));
	printf("%-6s %-12s %10" PRIu64 " of %" PRIu64 ", %" PRIu64 " held out: %6.2f s, of the processor %6.2f s\n",
	       campaign_manners.choice[manner].name, campaign_audiences.choice[audience].name, m.rows, m.seen, m.held,
	       seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_THREAD_CPUTIME_ID) - cpu);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) * 1000 : 10000000;
	char roster[512], path[512];
	struct rusage use;

	if (argc < 2 || n == 0 || n > ROSTER_PEOPLE_MAX) {
		fprintf(stderr, "bench_segment DIR [PEOPLE-IN-THOUSANDS]\n");
		return 1;
	}
	snprintf(roster, sizeof(roster), "%s/roster", argv[1]);
	snprintf(path, sizeof(path), "%s/segment", argv[1]);
	write_roster(roster, n);
	one(roster, path, CAMPAIGN_DRIP, AUDIENCE_EVERYBODY);
	for (enum campaign_audience a = AUDIENCE_ELDERLY; a < CAMPAIGN_AUDIENCES; a++)
		one(roster, path, CAMPAIGN_DRIP, a);
	one(roster, path, CAMPAIGN_FLOOD, AUDIENCE_EVERYBODY);
	getrusage(RUSAGE_SELF, &use);
	printf("memory: %ld MiB at most, pages of the finished segment included\n", use.ru_maxrss / 1024);
	unlink(roster);
	unlink(path);
	return 0;
}
