/* cmd_simulate_desk.c - duanka simulate desk: options, progress and interruption around a simulated day of the desk. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/day_show.h"
#include "app/simulate.h"
#include "app/simulate_place.h"
#include "base/clock.h"
#include "base/mem.h"
#include "journal/record.h"

static const char help[] =
	"Usage: duanka simulate desk [options]\n"
	"\n"
	"Plays a full day of a simulated city with a staffed desk and prints a report of it: the shipped policies decide, alerts\n"
	"become warnings, orders and measures, scripted seats work on them in virtual time, banks and operators answer, citizens\n"
	"believe or do not, verify, object. What the desk did is set against the same city without a desk. All of it is made up;\n"
	"what it assumes stands in doc/desk-day.md. The same options give the same report to the byte.\n"
	"模拟城市的一天，含坐席、银行、运营商和市民，最后打印日报。\n"
	"\n"
	"      --people N          1000 to 500000 (default 20000)\n"
	"      --days N            1 to 31 (default 1)\n"
	"      --start DATE        first day (default 2026-03-02)\n"
	"      --seed N            another city (default 1)\n"
	"      --difficulty D      easy, medium (default) or hard: how careful criminals are\n"
	"      --crime-rate N      per cent of the scenario file's rates (default 5000: a small city with a large one's crime)\n"
	"      --policy-mix FILE   which crimes, how often and how (default: the built-in one)\n"
	"      --policy DIR        policies (default: policy/ here or as installed)\n"
	"      --seats LIST        seats by day and at night, like dissuasion=6/2,leader=2 (--print-assumptions has the names)\n"
	"      --set NAME=VALUE    an assumption; may be given again (--print-assumptions has the names)\n"
	"      --no-desk           nobody works: what the criminals would get\n"
	"      --keep DIR          keep journal and registry in this new directory, to look at and to audit\n"
	"      --json              the report as one JSON object\n"
	"      --lang en|zh        the report's language (default: from the environment)\n"
	"      --print-assumptions print seats and assumptions, with where they come from, and stop\n"
	"      --progress, --no-progress   show progress (default: when standard error is a terminal)\n"
	"\n"
	"Exit status: 0 done, 1 could not run, 3 an invariant of the desk does not hold, 130 or 143 interrupted (the report is of what was).\n";

enum {
	O_PEOPLE = 16,
	O_DAYS,
	O_START,
	O_SEED,
	O_DIFFICULTY,
	O_CRIME,
	O_MIX,
	O_POLICY,
	O_SEATS,
	O_SET,
	O_NO_DESK,
	O_KEEP,
	O_JSON,
	O_LANG,
	O_PRINT,
	O_PROGRESS,
	O_NO_PROGRESS,
	O_HELP
};
enum {
	EXIT_UNSOUND = 3
};

static const struct args_option options[] = {
	{ "--people", 0, true, O_PEOPLE },
	{ "--days", 0, true, O_DAYS },
	{ "--start", 0, true, O_START },
	{ "--seed", 0, true, O_SEED },
	{ "--difficulty", 0, true, O_DIFFICULTY },
	{ "--crime-rate", 0, true, O_CRIME },
	{ "--policy-mix", 0, true, O_MIX },
	{ "--policy", 'p', true, O_POLICY },
	{ "--seats", 0, true, O_SEATS },
	{ "--set", 0, true, O_SET },
	{ "--no-desk", 0, false, O_NO_DESK },
	{ "--keep", 0, true, O_KEEP },
	{ "--json", 0, false, O_JSON },
	{ "--lang", 0, true, O_LANG },
	{ "--print-assumptions", 0, false, O_PRINT },
	{ "--progress", 0, false, O_PROGRESS },
	{ "--no-progress", 0, false, O_NO_PROGRESS },
	{ "--help", 'h', false, O_HELP },
};

struct simulated_day {
	struct day_options o;
	const char *mix, *policy_dir, *keep;
	bool json, progress, help, print;
	enum lang lang;
	struct hash_key key;
	struct simulate_place place;
	char registry[DATA_PATH_BYTES + 32];
};

/* ---- options ---- */

static bool wrong(const char *what, const char *value)
{
	fprintf(stderr, "duanka simulate: %s, not %.60s\n", what, value);
	return false;
}

/* NAME=VALUE */
static bool set(struct day_options *o, const char *z)
{
	const char *eq = strchr(z, '=');
	int64_t v;

	for (int k = 0; eq && k < DAY_HABITS_COUNT; k++) {
		const struct day_habit_info *h = &day_habits[k];

		if (!text_eq(text_of(z, (size_t)(eq - z)), text_z(h->name)))
			continue;
		if (text_to_int(text_z(eq + 1), &v) != ERR_OK || v < h->least || v > h->most) {
			fprintf(stderr, "duanka simulate: --set %s is from %d to %d, not %.40s\n", h->name, h->least, h->most,
			        eq + 1);
			return false;
		}
		o->habit[k] = (int32_t)v;
		return true;
	}
	return wrong("--set wants NAME=VALUE with a name of --print-assumptions", z);
}

static bool seat_count(const char **z, uint16_t *out)
{
	size_t n = strspn(*z, "0123456789");
	int64_t v;

	if (n == 0 || text_to_int(text_of(*z, n), &v) != ERR_OK || v > DAY_SEATS_MAX)
		return false;
	*z += n;
	*out = (uint16_t)v;
	return true;
}

/* dissuasion=6/2,leader=2 */
static bool seats(struct day_options *o, const char *z)
{
	const char *whole = z;

	while (*z) {
		size_t n = strcspn(z, "=,");
		int k = 0;

		while (k < DAY_GROUPS_COUNT && !text_eq(text_of(z, n), text_z(day_groups[k].name)))
			k++;
		z += n;
		if (k == DAY_GROUPS_COUNT || *z++ != '=' || !seat_count(&z, &o->by_day[k]))
			return wrong("--seats wants NAME=DAY/NIGHT with commas between, each up to 200", whole);
		if (*z == '/' && (z++, !seat_count(&z, &o->by_night[k])))
			return wrong("--seats wants NAME=DAY/NIGHT with commas between, each up to 200", whole);
		if (*z == ',')
			z++;
		else if (*z)
			return wrong("--seats wants NAME=DAY/NIGHT with commas between, each up to 200", whole);
	}
	return true;
}

static bool option(struct simulated_day *s, struct args *a, int which, const char *value)
{
	struct city_options *c = &s->o.city;
	int64_t n;

	switch (which) {
	case O_PEOPLE: return args_number(a, "--people", value, CITY_PEOPLE_MIN, DAY_PEOPLE_MAX, &c->people);
	case O_DAYS: return args_number(a, "--days", value, 1, DAY_DAYS_MAX, &c->days);
	case O_START: return simulate_start(value, &c->start_day);
	case O_SEED:
		if (!args_number(a, "--seed", value, 0, INT64_MAX, &n))
			return false;
		c->seed = (uint64_t)n;
		return true;
	case O_DIFFICULTY: return simulate_difficulty(value, &c->difficulty);
	case O_CRIME: return args_number(a, "--crime-rate", value, 0, CITY_CRIME_MAX, &c->crime_percent);
	case O_MIX: s->mix = value; return true;
	case O_POLICY: s->policy_dir = value; return true;
	case O_SEATS: return seats(&s->o, value);
	case O_SET: return set(&s->o, value);
	case O_NO_DESK: s->o.idle = true; return true;
	case O_KEEP: s->keep = value; return true;
	case O_JSON: s->json = true; return true;
	case O_LANG: return lang_parse(value, &s->lang) || wrong("--lang is en or zh", value);
	case O_PRINT: s->print = true; return true;
	case O_PROGRESS: s->progress = true; return true;
	case O_NO_PROGRESS: s->progress = false; return true;
	case O_HELP: s->help = true; return true;
	default: return wrong("desk takes options only", value);
	}
}

static bool parse(struct simulated_day *s, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "simulate" };
	const char *value;
	int which;

	day_defaults(&s->o);
	s->lang = lang_of_environment();
	s->progress = isatty(STDERR_FILENO);
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !s->help)
		if (which == ARGS_WRONG || !option(s, &a, which, value))
			return false;
	return true;
}

static bool open_place(struct simulated_day *s)
{
	if (!simulate_place_open(&s->place, s->keep, &s->key))
		return false;
	snprintf(s->registry, sizeof(s->registry), "%s/registry.sqlite", s->place.dir);
	s->o.disk = &s->place.disk;
	s->o.registry_path = s->registry;
	return true;
}

/* ---- the run ---- */

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static bool progress(void *ctx, uint32_t permille, uint64_t events, uint64_t alerts)
{
	const struct simulated_day *s = ctx;

	if (s->progress)
		fprintf(stderr, "\r%3u%%  %llu events, %llu alerts\033[K", permille / 10, (unsigned long long)events,
		        (unsigned long long)alerts);
	return !stop_signal;
}

static int report(const struct simulated_day *s, const struct day_report *r)
{
	struct buf b;
	int status = EXIT_ACCEPTED;

	buf_init(&b, 1 << 20);
	if (s->json)
		day_json(&b, r);
	else
		day_show(&b, r, s->lang);
	if (b.err != ERR_OK || fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0) {
		simulate_say("standard output", b.err != ERR_OK ? err_name(b.err) : strerror(errno));
		status = EXIT_COULD_NOT_RUN;
	}
	buf_release(&b);
	return status;
}

static int play(struct simulated_day *s, struct buf *policy)
{
	struct day_report *r = mem_alloc(sizeof(*r));
	struct buf why;
	enum err e;
	int status = EXIT_COULD_NOT_RUN;

	if (r == NULL)
		return simulate_say("day", "no memory"), status;
	buf_init(&why, 1 << 16);
	s->o.policy = buf_view(policy);
	e = day_run(&s->o, r, &why);
	if (s->progress)
		fputc('\n', stderr);
	if (why.n)
		fprintf(stderr, "duanka simulate: %s%s", why.p, why.p[why.n - 1] == '\n' ? "" : "\n");
	if (e != ERR_OK && why.n == 0)
		simulate_say(s->place.dir, e == ERR_IO ? strerror(errno) : err_name(e));
	if (e == ERR_OK)
		status = report(s, r);
	if (status == EXIT_ACCEPTED && r->unsound)
		status = EXIT_UNSOUND;
	buf_release(&why);
	mem_free(r);
	return status == EXIT_ACCEPTED && stop_signal ? 128 + stop_signal : status;
}

static int run(struct simulated_day *s, const struct scene *scene)
{
	struct buf policy;
	int status = EXIT_COULD_NOT_RUN;

	for (size_t k = 0; k < sizeof(s->key.k);
	     k++) /* the data is made up: its key needs no secret, and the same seed gives the same tokens */
		s->key.k[k] = (unsigned char)(hash_mix(s->o.city.seed + k) & 255);
	s->o.scene = scene;
	s->o.key = &s->key;
	s->o.read_zone = load_zone;
	s->o.progress = progress;
	s->o.progress_ctx = s;
	buf_init(&policy, RECORD_PAYLOAD_MAX);
	if (serve_policy(s->policy_dir ? s->policy_dir : "policy", NULL, &s->key, 10 * US_PER_MINUTE, &policy) &&
	    open_place(s))
		status = play(s, &policy);
	simulate_place_close(&s->place);
	buf_release(&policy);
	return status;
}

int cmd_simulate_desk(int argc, char **argv)
{
	struct simulated_day *s = mem_alloc(sizeof(*s));
	struct scene *scene = mem_alloc(sizeof(*scene));
	struct sigaction sa = { .sa_handler = on_signal };
	struct buf b;
	int status = EXIT_COULD_NOT_RUN;

	buf_init(&b, 1 << 20);
	if (s == NULL || scene == NULL) {
		simulate_say("desk", "no memory");
	} else if (parse(s, argc, argv)) {
		status = EXIT_ACCEPTED;
		if (s->help) {
			fputs(help, stdout);
		} else if (s->print) {
			day_show_habits(&b);
			fputs(b.p ? b.p : "", stdout);
		} else {
			sigaction(SIGINT, &sa, NULL);
			sigaction(SIGTERM, &sa, NULL);
			status = simulate_load_scene(s->mix, scene) ? run(s, scene) : EXIT_COULD_NOT_RUN;
		}
	}
	buf_release(&b);
	mem_free(scene);
	mem_free(s);
	return status;
}
