/* cmd_simulate.c - duanka simulate: options, progress and interruption around the simulated city. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "app/args.h"
#include "app/cmd_simulate_peer.h"
#include "app/commands.h"
#include "app/simulate.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "sim/city.h"

static const char help[] =
	"Usage: duanka simulate city [options] -o DIR\n"
	"       duanka simulate city [options] --stream\n"
	"       duanka simulate desk [options]   a staffed desk's day in such a city; see duanka simulate desk --help\n"
	"       duanka simulate campaign [options]   half a year with a campaign of known effect; see duanka simulate campaign --help\n"
	"       duanka simulate bank|operator [options]    institutions to test against; see duanka simulate bank --help\n"
	"\n"
	"Makes up a city: ordinary life, work that looks like fraud and is not, and crimes whose truth is known. Writes\n"
	"calls.csv, sms.ndjson, data_use.csv, transfers.csv, cash.csv, openings.csv, binds.csv, logins.csv, reports.csv, places.csv and\n"
	"truth.csv, which says of each criminal event and entity what it is (doc/scenarios.md). The same options give the same\n"
	"bytes on every machine. Every identifier is invented.\n"
	"\n"
	"  -o, --output DIR        where to; made if absent\n"
	"      --stream            all events as one stream of NDJSON to standard output instead; no truth\n"
	"      --speed N           the stream runs N times as fast as real time (default: as fast as it can)\n"
	"      --live              the stream follows the clock: what is past comes at once, the rest when its time has come\n"
	"      --people N          1000 to 20000000 (default 200000)\n"
	"      --days N            1 to 3650 (default 7)\n"
	"      --start DATE        first day, 2005-01-01 to 2089-12-31 (default 2026-03-02; with --live yesterday)\n"
	"      --history N         days of sparse history before it, 1 to 365 (default 60): openings, who pays whom\n"
	"      --seed N            another city (default 1)\n"
	"      --difficulty D      easy, medium (default) or hard: how careful criminals are\n"
	"      --crime-rate N      per cent of the scenario file's rates, 0 to 100000 (default 100)\n"
	"      --policy-mix FILE   which crimes, how often and how (default: the built-in one; --print-mix shows it)\n"
	"      --print-mix         print the built-in scenario file and stop\n"
	"      --only TYPES        write only these, like calls,sms (everything happens all the same)\n"
	"      --progress, --no-progress   show progress (default: when standard error is a terminal)\n"
	"\n"
	"Exit status: 0 done, 1 could not run, 130 or 143 interrupted (what is written is whole lines, and truth.csv true).\n";

enum {
	O_OUTPUT = 16,
	O_STREAM,
	O_SPEED,
	O_LIVE,
	O_PEOPLE,
	O_DAYS,
	O_START,
	O_HISTORY,
	O_SEED,
	O_DIFFICULTY,
	O_CRIME,
	O_MIX,
	O_PRINT,
	O_ONLY,
	O_PROGRESS,
	O_NO_PROGRESS,
	O_HELP
};

static const struct args_option options[] = {
	{ "--output", 'o', true, O_OUTPUT },    { "--stream", 0, false, O_STREAM },
	{ "--speed", 0, true, O_SPEED },        { "--live", 0, false, O_LIVE },
	{ "--people", 0, true, O_PEOPLE },      { "--days", 0, true, O_DAYS },
	{ "--start", 0, true, O_START },        { "--history", 0, true, O_HISTORY },
	{ "--seed", 0, true, O_SEED },          { "--difficulty", 0, true, O_DIFFICULTY },
	{ "--crime-rate", 0, true, O_CRIME },   { "--policy-mix", 0, true, O_MIX },
	{ "--print-mix", 0, false, O_PRINT },   { "--only", 0, true, O_ONLY },
	{ "--progress", 0, false, O_PROGRESS }, { "--no-progress", 0, false, O_NO_PROGRESS },
	{ "--help", 'h', false, O_HELP },
};

enum {
	DAY_SECONDS = 86400,
	LOCAL_S = 8 * 3600 /* the city lives in Asia/Shanghai */
};

struct simulate {
	struct city_options o;
	const char *mix, *what;
	bool stream, live, started_on, progress, help, print;
	int64_t speed;
	struct timespec begun; /* when the first event of the first day was due */
	bool started;
	int32_t first_s;
};

static bool only(const char *z, uint32_t *mask)
{
	static const struct {
		const char *name;
		uint32_t types;
	} names[] = { { "calls", 1U << EV_CALL },     { "sms", 1U << EV_SMS },
		          { "data_use", 1U << EV_DATA },  { "transfers", 1U << EV_TRANSFER },
		          { "cash", 1U << EV_CASH },      { "openings", 1U << EV_OPEN_CARD | 1U << EV_OPEN_ACCOUNT },
		          { "binds", 1U << EV_BIND },     { "logins", 1U << EV_LOGIN },
		          { "reports", 1U << EV_REPORT }, { "places", 1U << EV_PLACE } };

	*mask = 0;
	while (*z) {
		size_t n = strcspn(z, ","), k = 0;
		while (k < ARRAY_LEN(names) && !text_eq(text_of(z, n), text_z(names[k].name)))
			k++;
		if (k == ARRAY_LEN(names)) {
			fprintf(stderr,
			        "duanka simulate: --only knows calls, sms, data_use, transfers, cash, openings, binds, logins, "
			        "reports and places, not %.*s\n",
			        (int)n, z);
			return false;
		}
		*mask |= names[k].types;
		z += n + (z[n] == ',');
	}
	return *mask != 0;
}

/* Records are of 2000 to 2099: the history needs room before the first day, ten years of days after it. */
bool simulate_start(const char *z, int64_t *day)
{
	const int64_t least = clock_days_from_civil(2005, 1, 1), most = clock_days_from_civil(2089, 12, 31);
	char whole[40];
	int64_t us;

	snprintf(whole, sizeof(whole), "%.10sT00:00:00Z", z);
	if (strlen(z) == 10 && clock_parse(text_z(whole), &clock_utc, &us) == ERR_OK && us / US_PER_DAY >= least &&
	    us / US_PER_DAY <= most) {
		*day = us / US_PER_DAY;
		return true;
	}
	fprintf(stderr, "duanka simulate: --start is a date from 2005-01-01 to 2089-12-31, like 2026-03-02, not %.40s\n",
	        z);
	return false;
}

bool simulate_difficulty(const char *z, enum difficulty *out)
{
	static const char *const name[] = { "easy", "medium", "hard" };

	for (int k = 0; k < DIFFICULTIES; k++) {
		if (strcmp(z, name[k]) == 0) {
			*out = (enum difficulty)k;
			return true;
		}
	}
	fprintf(stderr, "duanka simulate: --difficulty is easy, medium or hard, not %.40s\n", z);
	return false;
}

static bool option(struct simulate *s, struct args *a, int which, const char *value)
{
	struct city_options *o = &s->o;
	int64_t n;

	switch (which) {
	case O_OUTPUT: o->dir = value; return true;
	case O_STREAM: s->stream = true; return true;
	case O_SPEED: return args_number(a, "--speed", value, 1, 1000000, &s->speed);
	case O_PEOPLE: return args_number(a, "--people", value, CITY_PEOPLE_MIN, CITY_PEOPLE_MAX, &o->people);
	case O_DAYS: return args_number(a, "--days", value, 1, CITY_DAYS_MAX, &o->days);
	case O_LIVE: s->live = true; return true;
	case O_START: s->started_on = true; return simulate_start(value, &o->start_day);
	case O_HISTORY: return args_number(a, "--history", value, 1, CITY_HISTORY_MAX, &o->history_days);
	case O_SEED:
		if (!args_number(a, "--seed", value, 0, INT64_MAX, &n))
			return false;
		o->seed = (uint64_t)n;
		return true;
	case O_DIFFICULTY: return simulate_difficulty(value, &o->difficulty);
	case O_CRIME: return args_number(a, "--crime-rate", value, 0, CITY_CRIME_MAX, &o->crime_percent);
	case O_MIX: s->mix = value; return true;
	case O_PRINT: s->print = true; return true;
	case O_ONLY: return only(value, &o->only);
	case O_PROGRESS: s->progress = true; return true;
	case O_NO_PROGRESS: s->progress = false; return true;
	case O_HELP: s->help = true; return true;
	default:
		if (s->what != NULL || strcmp(value, "city") != 0) {
			fprintf(
				stderr,
				"duanka simulate: what can be simulated is `city`, `desk`, `campaign`, `bank` and `operator`, not %.60s\n",
				value);
			return false;
		}
		s->what = value;
		return true;
	}
}

static bool parse(struct simulate *s, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "simulate" };
	const char *value;
	int which;

	city_defaults(&s->o);
	s->progress = isatty(STDERR_FILENO);
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !s->help)
		if (which == ARGS_WRONG || !option(s, &a, which, value))
			return false;
	if (s->help || s->print)
		return true;
	if (s->what == NULL || (s->o.dir == NULL) == !s->stream || ((s->speed || s->live) && !s->stream) ||
	    (s->speed && s->live)) {
		fprintf(stderr, "duanka simulate: %s; see duanka simulate --help\n",
		        s->what == NULL ? "say what: duanka simulate city -o DIR"
		                        : "either -o DIR or --stream, and --speed or --live only with the stream");
		return false;
	}
	if (s->live && !s->started_on) {
		struct timespec now;

		clock_gettime(CLOCK_REALTIME, &now);
		s->o.start_day = (now.tv_sec + LOCAL_S) / DAY_SECONDS - 1;
	}
	return true;
}

bool simulate_load_scene(const char *path, struct scene *scene)
{
	struct buf text, errors;
	bool ok = true;

	buf_init(&text, SCENE_BYTES_MAX + 1);
	buf_init(&errors, 1 << 16);
	if (path != NULL) {
		enum err err = file_read_all(path, SCENE_BYTES_MAX, &text);
		if (err != ERR_OK) {
			fprintf(stderr, "duanka simulate: %s: %s\n", path, err == ERR_CAP ? "larger than 1 MiB" : strerror(errno));
			ok = false;
		}
	}
	ok = ok &&
	     scene_parse(scene, path ? path : "scenarios/city.scene", path ? buf_view(&text) : scene_default(), &errors);
	fputs(errors.n ? errors.p : "", stderr);
	buf_release(&text);
	buf_release(&errors);
	return ok;
}

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static void show(const struct city *c)
{
	int64_t done, total;
	struct city_counts n;
	uint64_t events = 0;

	city_progress(c, &done, &total);
	city_counts(c, &n);
	for (int k = 0; k < EV_TYPES; k++)
		events += n.events[k];
	fprintf(stderr, "\r%3lld%%  %llu events, %.1f MiB\033[K", (long long)(100 * done / total),
	        (unsigned long long)events, (double)n.bytes / (1 << 20));
}

static void summary(const struct city_counts *n, const char *dir)
{
	static const char *const name[] = { "calls",       "messages",     "data uses",       "transfers",
		                                "withdrawals", "cards opened", "accounts opened", "bindings",
		                                "logins",      "reports",      "places" };
	uint64_t events = 0;

	for (int k = 0; k < EV_TYPES; k++)
		events += n->events[k];
	printf("%s: %llu events, %.1f MiB\n", dir, (unsigned long long)events, (double)n->bytes / (1 << 20));
	for (int k = 0; k < EV_TYPES; k++)
		printf("  %12llu %s\n", (unsigned long long)n->events[k], name[k]);
	printf("  %12llu of them criminal, in %llu crimes (truth.csv)\n", (unsigned long long)n->criminal,
	       (unsigned long long)n->crimes);
	printf("  %12llu payments declined for lack of money: no event\n", (unsigned long long)n->declined);
}

static bool is_past(clockid_t clock, const struct timespec *due)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec > due->tv_sec || (now.tv_sec == due->tv_sec && now.tv_nsec >= due->tv_nsec);
}

/* Waits until a moment of that clock, a second at a time: so a signal that comes just before a wait, or a clock that is set, is noticed soon. */
static enum err wait_until(clockid_t clock, const struct timespec *due)
{
	struct timespec now;

	while (!stop_signal && !is_past(clock, due)) {
		clock_gettime(clock, &now);
		now.tv_sec++;
		if (due->tv_sec < now.tv_sec || (due->tv_sec == now.tv_sec && due->tv_nsec < now.tv_nsec))
			now = *due;
		clock_nanosleep(clock, TIMER_ABSTIME, &now, NULL);
	}
	return stop_signal ? ERR_STOPPED : ERR_OK;
}

/* When the clock says so. */
static enum err pace_live(void *ctx, int32_t at_s, bool flushed)
{
	const struct simulate *s = ctx;
	struct timespec due = { .tv_sec = s->o.start_day * DAY_SECONDS - LOCAL_S + at_s };

	if (!stop_signal && is_past(CLOCK_REALTIME, &due))
		return ERR_OK;
	return flushed ? wait_until(CLOCK_REALTIME, &due) : ERR_ABSENT;
}

/* Real time, or N times as fast; the history comes at once. */
static enum err pace(void *ctx, int32_t at_s, bool flushed)
{
	struct simulate *s = ctx;
	struct timespec due;

	if (at_s < 0)
		return ERR_OK;
	if (!s->started) {
		s->started = true;
		clock_gettime(CLOCK_MONOTONIC, &s->begun);
		s->first_s = at_s;
	}
	due = s->begun;
	int64_t ns = (int64_t)(at_s - s->first_s) * (1000000000 / s->speed) + due.tv_nsec;
	due.tv_sec += ns / 1000000000;
	due.tv_nsec = ns % 1000000000;
	if (!stop_signal && is_past(CLOCK_MONOTONIC, &due))
		return ERR_OK;
	return flushed ? wait_until(CLOCK_MONOTONIC, &due) : ERR_ABSENT;
}

static int run(struct simulate *s, const struct scene *scene)
{
	struct city *c = NULL;
	struct city_counts n;
	bool more = true;
	if (s->speed || s->live) {
		s->o.pace = s->live ? pace_live : pace;
		s->o.pace_ctx = s;
	}
	enum err err = city_open(&c, &s->o, scene);

	while (err == ERR_OK && more && !stop_signal) {
		err = city_step(c, &more);
		if (s->progress)
			show(c);
	}
	if (s->progress)
		fputc('\n', stderr);
	if (c)
		city_counts(c, &n);
	enum err closed = city_close(c);
	err = err ? err : closed;
	if (err != ERR_OK && err != ERR_STOPPED) {
		fprintf(stderr, "duanka simulate: %s: %s\n", s->o.dir ? s->o.dir : "standard output",
		        err == ERR_IO ? strerror(errno) : err_name(err));
		return EXIT_COULD_NOT_RUN;
	}
	if (s->o.dir)
		summary(&n, s->o.dir);
	return stop_signal ? 128 + stop_signal : EXIT_ACCEPTED;
}

int cmd_simulate(int argc, char **argv)
{
	struct simulate s = { .what = NULL };
	struct sigaction sa = { .sa_handler = on_signal };

	if (argc > 1 && strcmp(argv[1], "desk") == 0)
		return cmd_simulate_desk(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "campaign") == 0)
		return cmd_simulate_campaign(argc - 1, argv + 1);
	if (argc > 1 && cmd_simulate_is_peer(argv[1]))
		return cmd_simulate_peer(argc - 1, argv + 1);
	if (!parse(&s, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (s.help || s.print) {
		struct text t = s.help ? text_z(help) : scene_default();
		fwrite(t.p, 1, t.n, stdout);
		return EXIT_ACCEPTED;
	}
	struct scene *scene = mem_alloc(sizeof(*scene));
	if (scene == NULL) {
		fprintf(stderr, "duanka simulate: no memory\n");
		return EXIT_COULD_NOT_RUN;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	int status = simulate_load_scene(s.mix, scene) ? run(&s, scene) : EXIT_COULD_NOT_RUN;
	mem_free(scene);
	return status;
}
