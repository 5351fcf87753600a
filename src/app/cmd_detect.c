/* cmd_detect.c - duanka detect: options, progress, interruption, summary. The work itself is run.c's. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/explain.h"
#include "app/summary.h"
#include "base/clock.h"

static const char help[] =
	"Usage: duanka detect --policy DIR [options] FILE...\n"
	"\n"
	"Runs a policy over files of calls, messages, transfers and other events, merged by time. Files are CSV or NDJSON in\n"
	"the project's own form (doc/formats.md), or foreign ones through --as; .gz and .zst are read directly; - is standard\n"
	"input.\n"
	"\n"
	"  -p, --policy DIR        the policy: *.dk files and the lists that they name\n"
	"      --lists DIR         lists of your own: a file there replaces the policy's list of the same file name\n"
	"      --as FORMAT         how to read the files after it: asterisk, kamailio-acc, freeswitch, map:FILE, or auto\n"
	"  -o, --output FILE       alerts as NDJSON (- is standard output; the summary then goes to standard error)\n"
	"      --quarantine FILE   bad records with their reasons (default: quarantine.ndjson beside the alerts)\n"
	"      --features FILE     values of the policy's features, one NDJSON record an event\n"
	"      --explain           print each alert with the rule, its values and its windows as it is found\n"
	"      --evidence N        events kept of each window, 0 to 1000 (default 20)\n"
	"      --reveal            show plain identifiers instead of masked ones\n"
	"      --lateness TIME     how late an event may come (default 10min); later ones are quarantined\n"
	"      --key FILE          the token key (default: $DUANKA_KEY_FILE, else one of your own, made at first use)\n"
	"      --state-max SIZE    memory for windows (default 4GiB)\n"
	"      --decoders N        files decoded at one time, 1 to 64 (default 1)\n"
	"      --batch N           events the engine takes at one time, 1 to 64; changes speed only (default 64)\n"
	"      --strict            unknown keys in NDJSON are errors\n"
	"      --progress, --no-progress   show progress (default: when standard error is a terminal)\n"
	"      --lang en|zh        language of the summary (default: from LANG)\n"
	"\n"
	"Exit status: 0 all records accepted, 2 some quarantined, 1 could not run, 130 or 143 interrupted.\n";

enum {
	O_POLICY = 16,
	O_AS,
	O_LISTS,
	O_OUTPUT,
	O_QUARANTINE,
	O_FEATURES,
	O_EXPLAIN,
	O_EVIDENCE,
	O_REVEAL,
	O_LATENESS,
	O_KEY,
	O_STATE,
	O_DECODERS,
	O_BATCH,
	O_STRICT,
	O_PROGRESS,
	O_NO_PROGRESS,
	O_LANG,
	O_HELP
};

static const struct args_option options[] = {
	{ "--policy", 'p', true, O_POLICY },
	{ "--as", 0, true, O_AS },
	{ "--lists", 0, true, O_LISTS },
	{ "--output", 'o', true, O_OUTPUT },
	{ "--quarantine", 0, true, O_QUARANTINE },
	{ "--features", 0, true, O_FEATURES },
	{ "--explain", 0, false, O_EXPLAIN },
	{ "--evidence", 0, true, O_EVIDENCE },
	{ "--reveal", 0, false, O_REVEAL },
	{ "--lateness", 0, true, O_LATENESS },
	{ "--key", 0, true, O_KEY },
	{ "--state-max", 0, true, O_STATE },
	{ "--decoders", 0, true, O_DECODERS },
	{ "--batch", 0, true, O_BATCH },
	{ "--strict", 0, false, O_STRICT },
	{ "--progress", 0, false, O_PROGRESS },
	{ "--no-progress", 0, false, O_NO_PROGRESS },
	{ "--lang", 0, true, O_LANG },
	{ "--help", 'h', false, O_HELP },
};

struct detect {
	struct run_options o;
	const char *format; /* of the files to come */
	bool progress, explain, help;
	char quarantine_path[4096];
};

static bool option(struct detect *d, struct args *a, int which, const char *value)
{
	struct run_options *o = &d->o;
	int64_t n = 0;

	switch (which) {
	case O_POLICY: o->policy_dir = value; return true;
	case O_AS: d->format = strcmp(value, "auto") == 0 ? NULL : value; return true;
	case O_LISTS: o->lists_dir = value; return true;
	case O_OUTPUT: o->alerts_path = value; return true;
	case O_QUARANTINE: o->quarantine_path = value; return true;
	case O_FEATURES: o->features_path = value; return true;
	case O_EXPLAIN: d->explain = true; return true;
	case O_REVEAL: o->reveal = true; return true;
	case O_LATENESS: return args_duration(a, "--lateness", value, &o->lateness_us);
	case O_KEY: o->key_path = value; return true;
	case O_STATE: return args_bytes(a, "--state-max", value, &o->state_bytes_max);
	case O_STRICT: o->strict = true; return true;
	case O_PROGRESS: d->progress = true; return true;
	case O_NO_PROGRESS: d->progress = false; return true;
	case O_HELP: d->help = true; return true;
	case O_LANG:
		if (lang_parse(value, &o->lang))
			return true;
		fprintf(stderr, "duanka detect: --lang is en or zh\n");
		return false;
	case O_EVIDENCE:
		if (!args_number(a, "--evidence", value, 0, 1000, &n))
			return false;
		o->evidence_max = (uint32_t)n;
		return true;
	case O_DECODERS:
		if (!args_number(a, "--decoders", value, 1, 64, &n))
			return false;
		o->decoders = (uint32_t)n;
		return true;
	default:
		if (!args_number(a, "--batch", value, 1, ENGINE_BATCH_MAX, &n))
			return false;
		o->batch = (uint32_t)n;
		return true;
	}
}

static bool operand(struct detect *d, const char *path)
{
	if (d->o.n_paths == RUN_SOURCES_MAX) {
		fprintf(stderr, "duanka detect: at most %d files at one time\n", RUN_SOURCES_MAX);
		return false;
	}
	d->o.format[d->o.n_paths] = d->format;
	d->o.path[d->o.n_paths++] = path;
	return true;
}

/* quarantine.ndjson in the folder of the alerts, or here. */
static void default_quarantine(struct detect *d)
{
	const char *slash = d->o.alerts_path ? strrchr(d->o.alerts_path, '/') : NULL;
	int folder = slash ? (int)(slash - d->o.alerts_path + 1) : 0;

	if (d->o.alerts_path != NULL && strncmp(d->o.alerts_path, "/dev/", 5) == 0)
		folder = 0;
	snprintf(d->quarantine_path, sizeof(d->quarantine_path), "%.*squarantine.ndjson", folder,
	         d->o.alerts_path ? d->o.alerts_path : "");
	d->o.quarantine_path = d->quarantine_path;
}

static bool parse(struct detect *d, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "detect" };
	const char *value;
	int which;

	d->o.lateness_us = 10 * US_PER_MINUTE;
	d->o.evidence_max = 20;
	d->o.lang = lang_of_environment();
	d->progress = isatty(STDERR_FILENO);
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !d->help)
		if (which == ARGS_WRONG || !(which == ARGS_OPERAND ? operand(d, value) : option(d, &a, which, value)))
			return false;
	if (d->help)
		return true;
	if (d->o.policy_dir == NULL || d->o.n_paths == 0) {
		fprintf(stderr, "duanka detect: %s is missing; see duanka detect --help\n",
		        d->o.policy_dir == NULL ? "--policy DIR" : "a file to read");
		return false;
	}
	if (d->o.quarantine_path == NULL)
		default_quarantine(d);
	return true;
}

/* ---- interruption: the only state that a signal handler may touch ---- */

static _Atomic(struct source_merge *) stop_merge;
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	struct source_merge *m = atomic_load(&stop_merge);

	stop_signal = number;
	if (m != NULL)
		source_merge_stop(m);
}

static void catch_signals(struct source_merge *m)
{
	struct sigaction sa = { .sa_handler = on_signal };

	atomic_store(&stop_merge, m);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/* ---- progress ---- */

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show_progress(const struct run *r, double seconds)
{
	uint64_t done, total;
	char bar[41];
	int filled;

	source_merge_progress(r->merge, &done, &total);
	filled = total > 0 ? (int)(40 * (double)done / (double)total) : 0;
	filled = filled > 40 ? 40 : filled;
	memset(bar, ' ', 40);
	memset(bar, '#', (size_t)filled);
	bar[40] = 0;
	if (total > 0)
		fprintf(stderr, "\r[%s] %3.0f%%  ", bar, 100 * (double)done / (double)total);
	else
		fprintf(stderr, "\r%.1f MiB  ", (double)done / (1 << 20));
	fprintf(stderr, "%llu  %.0f/s  %llu %s\033[K", (unsigned long long)r->counts.read,
	        seconds > 0 ? (double)r->counts.read / seconds : 0, (unsigned long long)r->n_alerts,
	        word(r->o->lang, WORD_ALERTS));
	fflush(stderr);
}

static bool go_on(const struct detect *d, struct run *r, double start_s)
{
	double shown_s = 0;
	bool more = true;

	while (more) {
		if (!run_step(r, &more))
			return false;
		if (d->progress && now_s() - shown_s >= 0.1) {
			shown_s = now_s();
			show_progress(r, shown_s - start_s);
		}
	}
	if (d->progress) {
		show_progress(r, now_s() - start_s);
		fputc('\n', stderr);
	}
	return true;
}

static size_t columns_of(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 115;
}

static bool print_summary(const struct run *r, double seconds)
{
	bool to_err = r->o->alerts_path != NULL && strcmp(r->o->alerts_path, "-") == 0;
	FILE *to = to_err ? stderr : stdout;
	struct buf b;
	bool ok;

	buf_init(&b, 16 << 20);
	summary_print(&b, r, seconds, isatty(fileno(to)), columns_of(fileno(to)), stop_signal != 0);
	ok = b.err == ERR_OK && fwrite(b.p, 1, b.n, to) == b.n && fflush(to) == 0;
	buf_release(&b);
	if (!ok)
		perror("duanka: the summary");
	return ok;
}

int cmd_detect(int argc, char **argv)
{
	static struct detect d;
	static struct run r;
	double start_s = now_s();
	bool ok;

	if (!parse(&d, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (d.help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	if (d.explain)
		d.o.see = explain_live;
	d.o.see_ctx = &d.o.lang;
	if (!run_open(&r, &d.o))
		return EXIT_COULD_NOT_RUN;
	catch_signals(r.merge);
	ok = go_on(&d, &r, start_s);
	ok &= run_close(&r);
	ok &= print_summary(&r, now_s() - start_s);
	CHECK(!ok || r.counts.read == r.accepted + summary_quarantined(&r) + r.counts.skipped);
	atomic_store(&stop_merge, NULL);
	if (!ok)
		argc = EXIT_COULD_NOT_RUN;
	else if (stop_signal != 0)
		argc = 128 + stop_signal;
	else
		argc = summary_quarantined(&r) > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
	run_release(&r);
	return argc;
}
