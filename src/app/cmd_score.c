/* cmd_score.c - duanka score: options, reading of both files, output. What the figures mean is score/score.h's. */
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/load.h"
#include "app/score_show.h"
#include "app/truth_file.h"
#include "base/clock.h"
#include "base/file.h"
#include "score/alert_read.h"
#include "score/score_json.h"

static const char help[] =
	"Usage: duanka score [options] ALERTS.ndjson TRUTH.csv\n"
	"\n"
	"Compares the alerts that duanka detect wrote with the truth that duanka simulate city wrote: who was found and when,\n"
	"who was accused wrongly, what money was still there; by rule, by scenario and for three targets. Shares come with\n"
	"their 95 % interval (Wilson). Of an alert that warns, the victim must be right; of any other one, the suspect. Only\n"
	"alerts that accuse from yellow on count for the targets of cards and mules: blue is information.\n"
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

static bool one_alert(struct alert_reader *r, struct score *s, struct text line, uint64_t number,
                      struct truth_complaints *told, enum err *e)
{
	const char *why = "the line is too long";
	struct score_alert a;

	*e = line.p == NULL ? ERR_FORMAT : alert_reader_alert(r, line, &a, &why);
	if (*e == ERR_OK)
		*e = score_alert(s, &a);
	if (*e != ERR_FORMAT)
		return *e == ERR_OK;
	truth_file_complain(told, number, why);
	return true;
}

static bool read_alerts(struct score_command *c, struct lines *l, struct alert_reader *r, struct score *s)
{
	struct truth_complaints told = { .path = c->path[0] };
	bool more = true, ok = true;
	enum err e = ERR_OK;
	struct text line;

	while (ok && more) {
		ok = truth_file_next(l, "score", c->path[0], &line, &more);
		if (ok && more && (line.p == NULL || line.n > 0) && !one_alert(r, s, line, l->line, &told, &e))
			ok = truth_file_say("score", c->path[0], e);
	}
	truth_file_complain_end(&told);
	c->bad += told.n;
	return ok;
}

static bool read_header(const struct score_command *c, struct lines *l, struct alert_reader *r)
{
	const char *why = "empty; its first line is {\"duanka\":\"alerts/1\",...}, as duanka detect -o writes it";
	bool more;
	struct text line;

	if (!truth_file_next(l, "score", c->path[0], &line, &more))
		return false;
	if (more && line.p == NULL)
		why = "not an alerts file: its first line is too long";
	if (more && line.p != NULL && alert_reader_header(r, line, &why) == ERR_OK)
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
	return e == ERR_OK ||
	       (e == ERR_IO ? truth_file_say_errno("score", c->curve_path) : truth_file_say("score", c->curve_path, e));
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
	ok = b.err == ERR_OK ? fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0
	                     : truth_file_say("score", "the output", b.err);
	if (!ok && b.err == ERR_OK)
		truth_file_say_errno("score", "standard output");
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
		return truth_file_say("score", c->path[0], e);
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

	if (lines_open(&l, c->path[0], ALERT_READ_LINE_MAX) != ERR_OK)
		return truth_file_say_errno("score", c->path[0]);
	alert_reader_init(&r);
	ok = read_header(c, &l, &r) && truth_file_read("score", c->path[1], &r.kinds, key, &t, &c->bad);
	if (ok) {
		e = score_new(&s, t, &c->o);
		ok = (e == ERR_OK || truth_file_say("score", c->path[1], e)) && read_alerts(c, &l, &r, s) && finish(c, s);
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
