/* cmd_score.c - duanka score: options, reading of both files, output. What the figures mean is score/score.h's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/load.h"
#include "app/score_show.h"
#include "base/clock.h"
#include "base/file.h"
#include "score/alert_read.h"
#include "score/lines.h"
#include "score/score_json.h"

static const char help[] =
	"Usage: duanka score [options] ALERTS.ndjson TRUTH.csv\n"
	"\n"
	"Compares the alerts that duanka detect wrote with the truth that duanka simulate city wrote: who was found and when, who was\n"
	"accused wrongly, what money was still there; by rule, by scenario and for three targets. Shares come with their 95 %\n"
	"interval (Wilson). Of an alert that warns, the victim must be right; of any other one, the suspect. Only alerts that\n"
	"accuse from yellow on count for the targets of cards and mules: blue is information.\n"
	"\n"
	"      --base-rate N        project precision to N suspects per million of each kind\n"
	"      --from TIME          score alerts from then on (default: the city's first midnight)\n"
	"      --until TIME         ... and before then\n"
	"      --rule NAME          score this rule only\n"
	"      --min-severity S     ... and alerts of blue, yellow, red or purple and above\n"
	"      --key FILE           the token key of the alerts (default: $DUANKA_KEY_FILE, else your own)\n"
	"  -f, --format FORMAT      text, json or markdown (default: text)\n"
	"      --curve FILE.svg     write precision against recall, over thresholds of the summed scores of an entity's rules\n"
	"      --lang en|zh         language of the tables (default: from LANG)\n"
	"\n"
	"Exit status: 0 scored, 2 some lines were bad and left out, 1 could not run.\n";

enum {
	O_BASE = 16,
	O_FROM,
	O_UNTIL,
	O_RULE,
	O_SEVERITY,
	O_KEY,
	O_FORMAT,
	O_CURVE,
	O_LANG,
	O_HELP,
	OUTPUT_BYTES_MAX = 256 << 20,
	COMPLAINTS_MAX = 20, /* lines told of each file; the others are counted */
};

static const struct args_option options[] = {
	{ "--base-rate", 0, true, O_BASE },
	{ "--from", 0, true, O_FROM },
	{ "--until", 0, true, O_UNTIL },
	{ "--rule", 0, true, O_RULE },
	{ "--key", 0, true, O_KEY },
	{ "--format", 'f', true, O_FORMAT },
	{ "--min-severity", 0, true, O_SEVERITY },
	{ "--curve", 0, true, O_CURVE },
	{ "--lang", 0, true, O_LANG },
	{ "--help", 'h', false, O_HELP },
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MARKDOWN
};

struct score_command {
	struct score_options o;
	const char *path[2], *key_path, *curve_path;
	uint32_t n_paths;
	enum format format;
	enum lang lang;
	bool help;
	uint64_t bad; /* lines left out, of both files */
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka score: %s\n", what);
	return false;
}

static bool option_time(const char *name, const char *z, int64_t *out)
{
	if (clock_parse(text_z(z), &clock_shanghai, out) == ERR_OK && *out > TIME_US_MIN && *out < TIME_US_MAX)
		return true;
	fprintf(stderr, "duanka score: %s is a time such as 2026-03-02T08:00:00+08:00\n", name);
	return false;
}

static bool option_format(struct score_command *c, const char *z)
{
	static const char *const names[] = { "text", "json", "markdown" };

	for (int i = 0; i < 3; i++)
		if (strcmp(z, names[i]) == 0) {
			c->format = (enum format)i;
			return true;
		}
	return wrong("--format is text, json or markdown");
}

static bool option(struct score_command *c, const struct args *a, int which, const char *value)
{
	int64_t n = 0;

	switch (which) {
	case O_FROM: return option_time("--from", value, &c->o.from_us);
	case O_UNTIL: return option_time("--until", value, &c->o.until_us);
	case O_RULE: c->o.rule = text_z(value); return true;
	case O_KEY: c->key_path = value; return true;
	case O_CURVE: c->curve_path = value; return true;
	case O_FORMAT: return option_format(c, value);
	case O_HELP: c->help = true; return true;
	case O_LANG: return lang_parse(value, &c->lang) || wrong("--lang is en or zh");
	case O_SEVERITY:
		return score_severity_parse(text_z(value), &c->o.least) ||
		       wrong("--min-severity is none, blue, yellow, red or purple");
	case O_BASE:
		if (!args_number(a, "--base-rate", value, 1, 999999, &n))
			return false;
		c->o.base_rate_permillion = (uint64_t)n;
		return true;
	default:
		if (c->n_paths == 2)
			return wrong("one file of alerts and one of truth, no more; see --help");
		c->path[c->n_paths++] = value;
		return true;
	}
}

static bool parse(struct score_command *c, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "score" };
	const char *value;
	int which;

	score_options_default(&c->o);
	c->lang = lang_of_environment();
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !c->help)
		if (which == ARGS_WRONG || !option(c, &a, which, value))
			return false;
	if (!c->help && c->n_paths < 2)
		return wrong(c->n_paths == 0 ? "the alerts and the truth are missing; see --help"
		                             : "the truth is missing; see --help");
	if (c->o.from_us >= c->o.until_us)
		return wrong("--from is not before --until");
	return true;
}

/* ---- reading ---- */

static bool say_errno(const char *path)
{
	fprintf(stderr, "duanka score: %s: %s\n", path, strerror(errno));
	return false;
}

static bool say_err(const char *path, enum err e)
{
	fprintf(stderr, "duanka score: %s: %s\n", path,
	        e == ERR_CAP ? "more rows, rules or entities than can be held" : "no memory left");
	return false;
}

struct complaints {
	const char *path;
	uint64_t n;
};

static void complain(void *ctx, uint64_t line, const char *what)
{
	struct complaints *c = ctx;

	if (c->n++ < COMPLAINTS_MAX)
		fprintf(stderr, "%s:%llu: %s\n", c->path, (unsigned long long)line, what);
}

static void close_complaints(struct score_command *o, const struct complaints *c)
{
	if (c->n > COMPLAINTS_MAX)
		fprintf(stderr, "%s: %llu more bad lines\n", c->path, (unsigned long long)(c->n - COMPLAINTS_MAX));
	o->bad += c->n;
}

static bool open_file(struct lines *l, const char *path, size_t line_max)
{
	return lines_open(l, path, line_max) == ERR_OK || say_errno(path);
}

/* False after a message when the file can't be read on. *more is false at its end. */
static bool next(struct lines *l, const char *path, struct text *line, bool *more, bool *too_long)
{
	enum err e = lines_next(l, line);

	*more = e == ERR_OK || e == ERR_CAP;
	*too_long = e == ERR_CAP;
	errno = l->err_no;
	return *more || e == ERR_ABSENT || (e == ERR_IO ? say_errno(path) : say_err(path, e));
}

static bool read_truth(struct score_command *c, const struct truth_kinds *kinds, const struct hash_key *key,
                       struct truth **out)
{
	struct complaints told = { .path = c->path[1] };
	struct truth_sink sink = { &told, complain };
	bool more = true, too_long, ok;
	struct text line;
	struct lines l;
	enum err e;

	*out = NULL;
	if (!open_file(&l, c->path[1], TRUTH_LINE_MAX))
		return false;
	e = truth_new(out, kinds, key, &sink);
	for (ok = true; ok && more && e == ERR_OK;) {
		ok = next(&l, c->path[1], &line, &more, &too_long);
		if (ok && more) /* a line that is too long is told by the truth */
			e = truth_line(*out, line);
	}
	lines_close(&l);
	if (ok && e == ERR_OK)
		e = truth_finish(*out);
	close_complaints(c, &told);
	if (ok && e != ERR_OK && e != ERR_FORMAT)
		say_err(c->path[1], e);
	return ok && e == ERR_OK;
}

static bool one_alert(struct alert_reader *r, struct score *s, struct text line, bool too_long, uint64_t number,
                      struct complaints *told, enum err *e)
{
	const char *why = "the line is too long";
	struct score_alert a;

	*e = too_long ? ERR_FORMAT : alert_reader_alert(r, line, &a, &why);
	if (*e == ERR_OK)
		*e = score_alert(s, &a);
	if (*e != ERR_FORMAT)
		return *e == ERR_OK;
	complain(told, number, why);
	return true;
}

static bool read_alerts(struct score_command *c, struct lines *l, struct alert_reader *r, struct score *s)
{
	struct complaints told = { .path = c->path[0] };
	bool more = true, too_long, ok = true;
	enum err e = ERR_OK;
	struct text line;

	while (ok && more) {
		ok = next(l, c->path[0], &line, &more, &too_long);
		if (ok && more && (too_long || line.n > 0) && !one_alert(r, s, line, too_long, l->line, &told, &e))
			ok = say_err(c->path[0], e);
	}
	close_complaints(c, &told);
	return ok;
}

static bool read_header(const struct score_command *c, struct lines *l, struct alert_reader *r)
{
	const char *why = "empty; its first line is {\"duanka\":\"alerts/1\",...}, as duanka detect -o writes it";
	bool more, too_long;
	struct text line;

	if (!next(l, c->path[0], &line, &more, &too_long))
		return false;
	if (too_long)
		why = "not an alerts file: its first line is too long";
	if (more && !too_long && alert_reader_header(r, line, &why) == ERR_OK)
		return true;
	fprintf(stderr, "%s:1: %s\n", c->path[0], why);
	return false;
}

/* ---- output ---- */

static bool write_curve(const struct score_command *c, const struct score_figures *f)
{
	struct curve_words w;
	struct buf b;
	enum err e;

	if (c->curve_path == NULL)
		return true;
	score_show_curve_words(c->lang, &w);
	buf_init(&b, OUTPUT_BYTES_MAX);
	curve_svg(&b, f, &w);
	e = b.err == ERR_OK ? file_write_all(c->curve_path, buf_view(&b)) : b.err;
	buf_release(&b);
	return e == ERR_OK || (e == ERR_IO ? say_errno(c->curve_path) : say_err(c->curve_path, e));
}

static bool print(const struct score_command *c, const struct score_figures *f)
{
	struct buf b;
	bool ok;

	buf_init(&b, OUTPUT_BYTES_MAX);
	if (c->format == FORMAT_JSON)
		score_json(&b, f);
	else
		score_show(&b, f, c->lang, c->format == FORMAT_MARKDOWN);
	ok = b.err == ERR_OK ? fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0 : say_err("the output", b.err);
	if (!ok && b.err == ERR_OK)
		say_errno("standard output");
	buf_release(&b);
	return ok;
}

/* What looks like a mistake of the caller, said once. */
static void doubt(const struct score_command *c, const struct score_figures *f)
{
	if (f->alerts == 0)
		fprintf(stderr, "duanka score: no alert was scored, %llu were passed over by time, rule or severity\n",
		        (unsigned long long)f->alerts_outside);
	else if (f->alerts_labelled == 0)
		fprintf(stderr, "duanka score: no alert is about anybody in %s; were they made with another key? See --key\n",
		        c->path[1]);
}

static bool finish(const struct score_command *c, struct score *s)
{
	struct score_figures *f;
	enum err e = score_finish(s, &f);
	bool ok;

	if (e != ERR_OK)
		return say_err(c->path[0], e);
	doubt(c, f);
	ok = write_curve(c, f) && print(c, f);
	score_figures_free(f);
	return ok;
}

static bool run(struct score_command *c, const struct hash_key *key)
{
	struct alert_reader r;
	struct truth *t = NULL;
	struct score *s = NULL;
	struct lines l;
	enum err e;
	bool ok;

	if (!open_file(&l, c->path[0], ALERT_READ_LINE_MAX))
		return false;
	alert_reader_init(&r);
	ok = read_header(c, &l, &r) && read_truth(c, &r.kinds, key, &t);
	if (ok) {
		e = score_new(&s, t, &c->o);
		ok = (e == ERR_OK || say_err(c->path[1], e)) && read_alerts(c, &l, &r, s) && finish(c, s);
	}
	score_free(s);
	truth_free(t);
	alert_reader_release(&r);
	lines_close(&l);
	return ok;
}

int cmd_score(int argc, char **argv)
{
	struct score_command c = { 0 };
	struct hash_key key;

	if (!parse(&c, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (c.help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	if (!load_key(c.key_path, &key) || !run(&c, &key))
		return EXIT_COULD_NOT_RUN;
	return c.bad > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
}
