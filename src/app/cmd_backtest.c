/* cmd_backtest.c - duanka backtest: two policies over the same files, one after the other, and what differs.
 *
 * Each policy gets a run of its own (its schema may differ from the other's), over the same files in the same merged order. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/run.h"
#include "app/sheet.h"
#include "app/truth_file.h"
#include "base/clock.h"
#include "base/mem.h"
#include "score/score.h"
#include "show/backtest.h"

static const char help[] =
	"Usage: duanka backtest --policy A --against B [options] FILE...\n"
	"\n"
	"Runs two policies over the same files and tells what B would change: alerts gained, lost and changed, by rule, with\n"
	"examples; with --truth also the score of each. An alert of A and one of B are the same if source, line, rule and entity\n"
	"are; it has changed if severity, score, mode or measures differ. Identifiers are masked.\n"
	"\n"
	"  -p, --policy DIR        policy A, as it is\n"
	"      --against DIR       policy B, as it might be\n"
	"      --as FORMAT         how to read the files after it, as in duanka detect\n"
	"      --lists DIR         lists of your own, as in duanka detect\n"
	"      --truth FILE        truth.csv of a simulated city: score both\n"
	"      --show N            examples of each change, 0 to 1000 (default 5)\n"
	"  -o, --output FILE       every gained, lost and changed alert as NDJSON\n"
	"      --quarantine FILE   bad records with their reasons (default: not written, only counted)\n"
	"      --lateness TIME     how late an event may come (default 10min)\n"
	"      --key FILE          the token key (default: $DUANKA_KEY_FILE, else your own)\n"
	"      --state-max SIZE    memory for windows (default 4GiB)\n"
	"      --progress, --no-progress   show progress (default: when standard error is a terminal)\n"
	"      --lang en|zh        language of the report (default: from LANG)\n"
	"\n"
	"Exit status: 0 all records accepted, 2 some quarantined, 1 could not run, 130 or 143 interrupted.\n";

enum {
	O_POLICY = 16,
	O_AGAINST,
	O_AS,
	O_LISTS,
	O_TRUTH,
	O_SHOW,
	O_OUTPUT,
	O_QUARANTINE,
	O_LATENESS,
	O_KEY,
	O_STATE,
	O_PROGRESS,
	O_NO_PROGRESS,
	O_LANG,
	O_HELP,
	SIDES = 2,
	REPORT_MAX = 64 << 20
};

static const struct args_option options[] = {
	{ "--policy", 'p', true, O_POLICY },
	{ "--against", 0, true, O_AGAINST },
	{ "--as", 0, true, O_AS },
	{ "--lists", 0, true, O_LISTS },
	{ "--truth", 0, true, O_TRUTH },
	{ "--show", 0, true, O_SHOW },
	{ "--output", 'o', true, O_OUTPUT },
	{ "--quarantine", 0, true, O_QUARANTINE },
	{ "--lateness", 0, true, O_LATENESS },
	{ "--key", 0, true, O_KEY },
	{ "--state-max", 0, true, O_STATE },
	{ "--progress", 0, false, O_PROGRESS },
	{ "--no-progress", 0, false, O_NO_PROGRESS },
	{ "--lang", 0, true, O_LANG },
	{ "--help", 'h', false, O_HELP },
};

struct backtest_command {
	struct run_options o; /* of A; B's differs in the policy */
	const char *against, *truth_path, *output_path, *format;
	int64_t show;
	bool progress, help;
	struct backtest_side side[SIDES];
	struct truth *truth[SIDES];
	struct score *score[SIDES];
	struct score_figures *figures[SIDES];
	struct run *run; /* the one that is running */
	int at;          /* its side */
	uint64_t suspects[SIDES], read, bad;
	uint64_t bad_truth;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka backtest: %s\n", what);
	return false;
}

static bool operand(struct backtest_command *c, const char *path)
{
	if (c->o.n_paths == RUN_SOURCES_MAX)
		return wrong("too many files at one time");
	c->o.format[c->o.n_paths] = c->format;
	c->o.path[c->o.n_paths++] = path;
	return true;
}

static bool option(struct backtest_command *c, const struct args *a, int which, const char *value)
{
	switch (which) {
	case O_POLICY: c->o.policy_dir = value; return true;
	case O_AGAINST: c->against = value; return true;
	case O_AS: c->format = strcmp(value, "auto") == 0 ? NULL : value; return true;
	case O_LISTS: c->o.lists_dir = value; return true;
	case O_TRUTH: c->truth_path = value; return true;
	case O_SHOW: return args_number(a, "--show", value, 0, 1000, &c->show);
	case O_OUTPUT: c->output_path = value; return true;
	case O_QUARANTINE: c->o.quarantine_path = value; return true;
	case O_LATENESS: return args_duration(a, "--lateness", value, &c->o.lateness_us);
	case O_KEY: c->o.key_path = value; return true;
	case O_STATE: return args_bytes(a, "--state-max", value, &c->o.state_bytes_max);
	case O_PROGRESS: c->progress = true; return true;
	case O_NO_PROGRESS: c->progress = false; return true;
	case O_LANG: return lang_parse(value, &c->o.lang) || wrong("--lang is en or zh");
	case O_HELP: c->help = true; return true;
	default: return operand(c, value);
	}
}

static bool parse(struct backtest_command *c, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "backtest" };
	const char *value;
	int which;

	c->o.lateness_us = 10 * US_PER_MINUTE;
	c->o.lang = lang_of_environment();
	c->show = 5;
	c->progress = isatty(STDERR_FILENO);
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END && !c->help)
		if (which == ARGS_WRONG || !option(c, &a, which, value))
			return false;
	if (c->help)
		return true;
	if (c->o.policy_dir == NULL || c->against == NULL)
		return wrong(c->o.policy_dir == NULL ? "--policy DIR is missing; see --help"
		                                     : "--against DIR is missing; see --help");
	for (uint32_t i = 0; i < c->o.n_paths; i++)
		if (strcmp(c->o.path[i], "-") == 0)
			return wrong("standard input cannot be read twice; save it to a file first");
	return c->o.n_paths > 0 || wrong("a file to read is missing; see --help");
}

/* ---- interruption ---- */

static _Atomic(struct source_merge *) stop_merge;
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	struct source_merge *m = atomic_load(&stop_merge);

	stop_signal = number;
	if (m != NULL)
		source_merge_stop(m);
}

/* ---- one side ---- */

static bool has_measure(const struct rule *r, enum measure m)
{
	for (uint32_t i = 0; i < r->n_measures; i++)
		if (r->measure[i].measure == m)
			return true;
	return false;
}

static enum err score_note(struct score *score, const struct alert *a, const struct shower *s, const char *where)
{
	const struct rule *r = &s->policy->rule[a->rule];
	struct entity_view v;
	struct score_alert x = { .time_us = a->event->time,
		                     .position = a->event->position,
		                     .kind = a->about.kind,
		                     .rule = r->name,
		                     .shadow = a->mode != RULE_LIVE,
		                     .points = r->score,
		                     .source = text_z(where),
		                     .line = a->event->line };

	engine_entity(a->engine, a->about, &v);
	x.token = v.token;
	x.warns = has_measure(r, MEASURE_WARN);
	x.delays = has_measure(r, MEASURE_DELAY) && text_eq(s->policy->schema.event[a->event->type].name, TEXT("transfer"));
	CHECK(score_severity_parse(text_z(policy_severity_name(r->severity)), &x.severity));
	return score_alert(score, &x);
}

static void see(void *ctx, const struct alert *a, const struct shower *s)
{
	struct backtest_command *c = ctx;
	struct backtest_side *side = &c->side[c->at];
	const char *where = source_merge_path(c->run->merge, a->event->source);

	backtest_note(side, &c->run->key, s, a, where, a->event->line);
	if (c->score[c->at] != NULL && side->err == ERR_OK)
		side->err = score_note(c->score[c->at], a, s, where);
}

static bool open_truth(struct backtest_command *c)
{
	struct score_options o;
	struct truth_kinds kinds;

	if (c->truth_path == NULL)
		return true;
	truth_kinds_of_schema(&kinds, &c->run->loaded.policy.schema);
	uint64_t bad = 0;
	if (!truth_file_read("backtest", c->truth_path, &kinds, &c->run->key, &c->truth[c->at], &bad))
		return false;
	c->bad_truth = bad;
	score_options_default(&o);
	enum err e = score_new(&c->score[c->at], c->truth[c->at], &o);
	return e == ERR_OK || truth_file_say("backtest", c->truth_path, e);
}

static void show_progress(const struct backtest_command *c)
{
	uint64_t done, total;

	source_merge_progress(c->run->merge, &done, &total);
	fprintf(stderr, "\r%c %3.0f%%  %llu  %llu %s\033[K", "AB"[c->at], total ? 100 * (double)done / (double)total : 0,
	        (unsigned long long)c->run->counts.read, (unsigned long long)c->run->n_alerts,
	        word(c->o.lang, WORD_ALERTS));
	fflush(stderr);
}

static bool go_on(struct backtest_command *c)
{
	bool more = true;

	for (uint64_t k = 0; more; k++) {
		if (!run_step(c->run, &more))
			return false;
		if (c->progress && k % 64 == 0)
			show_progress(c);
		if (c->side[c->at].err != ERR_OK)
			return wrong(c->side[c->at].err == ERR_IO ? strerror(errno) : err_name(c->side[c->at].err));
	}
	if (c->progress) {
		show_progress(c);
		fputc('\n', stderr);
	}
	return true;
}

static bool run_side(struct backtest_command *c, struct run *r, struct run_options *o)
{
	enum err e = backtest_open(&c->side[c->at]);

	if (e != ERR_OK)
		return wrong(strerror(errno));
	if (!run_open(r, o))
		return false;
	c->run = r;
	bool ok = open_truth(c);
	atomic_store(&stop_merge, r->merge);
	ok = ok && go_on(c);
	atomic_store(&stop_merge, NULL);
	ok &= run_close(r);
	c->suspects[c->at] = r->n_suspects;
	c->read = r->counts.read;
	c->bad = r->counts.read - r->accepted - r->counts.skipped;
	if (ok && c->score[c->at] != NULL) {
		e = score_finish(c->score[c->at], &c->figures[c->at]);
		ok = e == ERR_OK || wrong(err_name(e));
	}
	run_release(r);
	return ok;
}

/* ---- the report ---- */

static const char *say(const struct backtest_command *c, const char *en, const char *zh)
{
	return c->o.lang == LANG_ZH ? zh : en;
}

static uint64_t alerts_of(const struct backtest_side *s, const char *rule)
{
	uint64_t n = 0;

	for (uint32_t k = 0; k < s->n_rules; k++)
		if (strcmp(s->rule[k], rule) == 0)
			for (uint64_t i = 0; i < s->n; i++)
				n += s->p[i].rule == k;
	return n;
}

static const char *rule_name(const struct backtest_command *c, const struct backtest_pair *p)
{
	return p->a ? c->side[0].rule[p->a->rule] : c->side[1].rule[p->b->rule];
}

static void rule_row(const struct backtest_command *c, struct sheet *s, const char *name,
                     const struct backtest_pair *pair, uint64_t n)
{
	uint64_t change[4] = { 0 }, a = alerts_of(&c->side[0], name), b = alerts_of(&c->side[1], name);

	for (uint64_t i = 0; i < n; i++)
		if (strcmp(rule_name(c, &pair[i]), name) == 0)
			change[pair[i].change]++;
	sheet_cell(s, name);
	sheet_printf(s, "%llu", (unsigned long long)a);
	sheet_printf(s, "%llu", (unsigned long long)b);
	sheet_printf(s, "%llu", (unsigned long long)(a - change[BACKTEST_LOST] - change[BACKTEST_CHANGED]));
	sheet_printf(s, "%llu", (unsigned long long)change[BACKTEST_CHANGED]);
	sheet_printf(s, "%llu", (unsigned long long)change[BACKTEST_GAINED]);
	sheet_printf(s, "%llu", (unsigned long long)change[BACKTEST_LOST]);
}

static int name_cmp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool show_rules(const struct backtest_command *c, struct buf *b, const struct backtest_pair *pair, uint64_t n)
{
	const struct sheet_column column[] = { { say(c, "rule", "规则"), 28, true },
		                                   { "A", 9, false },
		                                   { "B", 9, false },
		                                   { say(c, "same", "相同"), 9, false },
		                                   { say(c, "changed", "改变"), 9, false },
		                                   { say(c, "gained", "新增"), 9, false },
		                                   { say(c, "lost", "消失"), 9, false } };
	uint32_t all = c->side[0].n_rules + c->side[1].n_rules, at = 0;
	const char **name = mem_alloc_array(all + 1U, sizeof(*name));
	struct sheet s;

	if (name == NULL)
		return false;
	for (int k = 0; k < SIDES; k++)
		for (uint32_t i = 0; i < c->side[k].n_rules; i++)
			name[at++] = c->side[k].rule[i];
	if (all)
		qsort(name, all, sizeof(*name), name_cmp);
	sheet_begin(&s, b, false, column, ARRAY_LEN(column));
	for (uint32_t i = 0; i < all; i++)
		if (i == 0 || strcmp(name[i], name[i - 1]) != 0)
			rule_row(c, &s, name[i], pair, n);
	mem_free(name);
	return true;
}

static void rate_cells(struct sheet *s, const struct score_rate *r, uint64_t wrongly, double permillion)
{
	if (r->all == 0)
		sheet_cell(s, "-");
	else
		sheet_printf(s, "%llu/%llu %.1f%%", (unsigned long long)r->hit, (unsigned long long)r->all, 100 * r->value);
	sheet_printf(s, "%llu (%.1f)", (unsigned long long)wrongly, permillion);
}

static void score_row(const struct backtest_command *c, struct sheet *s, const char *title, size_t rate, size_t wrongly,
                      size_t permillion)
{
	sheet_cell(s, title);
	for (int k = 0; k < SIDES; k++) {
		const char *t = (const char *)&c->figures[k]->targets;
		rate_cells(s, (const struct score_rate *)(t + rate), *(const uint64_t *)(t + wrongly),
		           *(const double *)(t + permillion));
	}
}

static void show_scores(const struct backtest_command *c, struct buf *b)
{
	const struct sheet_column column[] = { { say(c, "target", "目标"), 52, true },
		                                   { say(c, "A found", "A 发现"), 14, false },
		                                   { say(c, "false (/M)", "误报(每百万)"), 14, false },
		                                   { say(c, "B found", "B 发现"), 14, false },
		                                   { say(c, "false (/M)", "误报(每百万)"), 14, false } };
	struct sheet s;
	typedef struct score_targets targets;

	if (c->figures[0] == NULL || c->figures[1] == NULL)
		return;
	buf_printf(b, "\n%s\n", say(c, "Scores against the truth (live rules)", "对照真值评分（正式规则）"));
	sheet_begin(&s, b, false, column, ARRAY_LEN(column));
	score_row(c, &s,
	          say(c, "SIM boxes and bursts: within 30 min of first call", "卡池与爆量卡：首次呼叫后30分钟内发现"),
	          offsetof(targets, cards), offsetof(targets, cards_false), offsetof(targets, cards_false_permillion));
	score_row(c, &s, say(c, "level-1 mules: before the second outgoing transfer", "一级账户：第二笔转出之前发现"),
	          offsetof(targets, mules), offsetof(targets, mules_false), offsetof(targets, mules_false_permillion));
	score_row(c, &s, say(c, "coached transfers: held before any money left", "受骗转账：资金转出之前劝阻或延迟"),
	          offsetof(targets, coached), offsetof(targets, coached_false),
	          offsetof(targets, coached_false_permillion));
}

static enum err put_change(struct backtest_command *c, const struct backtest_pair *p, struct buf *b)
{
	static const char *const names[] = { "same", "changed", "gained", "lost" };
	enum err e = ERR_OK;

	buf_printf(b, "{\"change\":\"%s\"", names[p->change]);
	if (p->a) {
		buf_z(b, ",\"a\":");
		e = backtest_text(&c->side[0], p->a, b);
	}
	if (p->b && e == ERR_OK) {
		buf_z(b, ",\"b\":");
		e = backtest_text(&c->side[1], p->b, b);
	}
	buf_z(b, "}\n");
	return e ? e : b->err;
}

/* The because text out of a kept alert: the shortest way to an example that people read. */
static void put_example(struct backtest_command *c, const struct backtest_pair *p, struct buf *b)
{
	struct buf t;
	const char *want = c->o.lang == LANG_ZH ? "\"zh\":\"" : "\"en\":\"", *from, *shown;
	const struct backtest_record *r = p->b ? p->b : p->a;

	buf_init(&t, 1 << 20);
	if (backtest_text(&c->side[p->b ? 1 : 0], r, &t) == ERR_OK && t.p != NULL) {
		from = strstr(t.p, want);
		shown = strstr(t.p, "\"shown\":\"");
		buf_printf(b, "    %s", rule_name(c, p));
		if (shown)
			buf_printf(b, " %.*s", (int)strcspn(shown + 9, "\""), shown + 9);
		if (from)
			buf_printf(b, ": %.*s", (int)strcspn(from + 6, "\""), from + 6);
		buf_char(b, '\n');
	}
	buf_release(&t);
}

static void show_examples(struct backtest_command *c, struct buf *b, const struct backtest_pair *pair, uint64_t n,
                          const uint64_t counts[4])
{
	const char *const titles[] = { "", say(c, "Changed", "改变"), say(c, "Gained: only B", "新增：仅 B"),
		                           say(c, "Lost: only A", "消失：仅 A") };

	for (int change = BACKTEST_CHANGED; change <= BACKTEST_LOST; change++) {
		int64_t shown = 0;
		if (counts[change] == 0 || c->show == 0)
			continue;
		buf_printf(b, "\n%s (%llu)\n", titles[change], (unsigned long long)counts[change]);
		for (uint64_t i = 0; i < n && shown < c->show; i++)
			if ((int)pair[i].change == change && ++shown)
				put_example(c, &pair[i], b);
	}
}

static bool write_changes(struct backtest_command *c, const struct backtest_pair *pair, uint64_t n)
{
	struct outfile o;
	struct buf b;
	enum err e;

	if (c->output_path == NULL)
		return true;
	buf_init(&b, REPORT_MAX);
	e = outfile_open(&o, c->output_path);
	buf_z(&b, "{\"duanka\":\"backtest/1\",\"a\":");
	buf_json(&b, text_z(c->o.policy_dir));
	buf_z(&b, ",\"b\":");
	buf_json(&b, text_z(c->against));
	buf_z(&b, "}\n");
	for (uint64_t i = 0; i <= n && e == ERR_OK; i++) {
		e = outfile_text(&o, buf_view(&b));
		buf_clear(&b);
		if (i < n && e == ERR_OK)
			e = put_change(c, &pair[i], &b);
	}
	enum err closed = outfile_close(&o);
	e = e ? e : closed;
	buf_release(&b);
	return e == ERR_OK || truth_file_say_errno("backtest", c->output_path);
}

static bool report(struct backtest_command *c)
{
	struct backtest_pair *pair;
	uint64_t n, counts[4];
	struct buf b;
	enum err e = backtest_compare(&c->side[0], &c->side[1], &pair, &n, counts);

	if (e != ERR_OK)
		return wrong(err_name(e));
	buf_init(&b, REPORT_MAX);
	buf_printf(&b, "A %s\nB %s\n", c->o.policy_dir, c->against);
	buf_printf(&b, "%llu %s; A %llu %s, %llu %s; B %llu, %llu\n", (unsigned long long)c->read,
	           say(c, "records", "条记录"), (unsigned long long)c->side[0].n, say(c, "alerts", "条预警"),
	           (unsigned long long)c->suspects[0], say(c, "entities", "个对象"), (unsigned long long)c->side[1].n,
	           (unsigned long long)c->suspects[1]);
	buf_printf(&b, "%s %llu, %s %llu, %s %llu, %s %llu\n\n", say(c, "same", "相同"), (unsigned long long)counts[0],
	           say(c, "changed", "改变"), (unsigned long long)counts[1], say(c, "gained", "新增"),
	           (unsigned long long)counts[2], say(c, "lost", "消失"), (unsigned long long)counts[3]);
	bool ok = show_rules(c, &b, pair, n);
	show_scores(c, &b);
	show_examples(c, &b, pair, n, counts);
	ok =
		write_changes(c, pair, n) && ok && b.err == ERR_OK && fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
	buf_release(&b);
	mem_free(pair);
	return ok;
}

static bool both(struct backtest_command *c)
{
	struct run_options o[SIDES] = { c->o, c->o };
	struct run *r = mem_alloc(sizeof(*r));
	bool ok = r != NULL;

	o[1].policy_dir = c->against;
	o[1].quarantine_path = NULL; /* the same records; once is enough */
	for (c->at = 0; c->at < SIDES && ok && !stop_signal; c->at++) {
		o[c->at].see = see;
		o[c->at].see_ctx = c;
		ok = run_side(c, r, &o[c->at]);
	}
	mem_free(r);
	return ok;
}

int cmd_backtest(int argc, char **argv)
{
	struct backtest_command *c = mem_alloc(sizeof(*c));
	struct sigaction sa = { .sa_handler = on_signal };
	int status = EXIT_COULD_NOT_RUN;

	if (c == NULL || !parse(c, argc, argv)) {
		mem_free(c);
		return EXIT_COULD_NOT_RUN;
	}
	if (c->help) {
		fputs(help, stdout);
		mem_free(c);
		return EXIT_ACCEPTED;
	}
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (both(c)) {
		if (stop_signal)
			wrong("interrupted: two unequal halves cannot be compared");
		else if (report(c))
			status = c->bad > 0 || c->bad_truth > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
		status = stop_signal ? 128 + stop_signal : status;
	}
	for (int k = 0; k < SIDES; k++) {
		score_figures_free(c->figures[k]);
		score_free(c->score[k]);
		truth_free(c->truth[k]);
		backtest_release(&c->side[k]);
	}
	mem_free(c);
	return status;
}
