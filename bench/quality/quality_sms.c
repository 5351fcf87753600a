/* quality_sms.c - real Chinese SMS with labels: what the shipped message rules say to them. Prints Markdown. Usage:
 * quality_sms --events MODE FOLDER writes the texts as events, quality_sms FOLDER MODE=ALERTS... judges the alerts that the shipped
 * policy raised over each (real.sh does both).
 *
 * The shipped rules count copies of a text and look links up in a list; none reads the wording of one text. So the modes ask what
 * the data can answer:
 *   alone: every text from a number of its own, as if nothing else were known. Nothing but the list of links can fire.
 *   one:   all innocent texts from one number to as many receivers within ten minutes, all spam texts from another: how often do
 *          different texts look alike to template()? A number that sends thousands of texts is no ordinary one, so this is a bound.
 *   ring:  every text from a number of its own within one hour: do strangers' texts with links look like one ring's? */
#include "measures.h"
#include "sheet.h"
#include "base/mem.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	RULES_MAX = 32,
	START_S = 1767225600 /* 2026-01-01T00:00:00Z */
};

struct data {
	struct buf file;
	size_t n, all[2], links[2];
	signed char *label;
};

static bool link_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != 0 && strchr("-._~/?=&%:#+", c) != NULL);
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A run of ASCII with a dot, letters on both sides of it and at least two behind: a.cn, www.x.com/y. Empty: none. */
static struct text find_link(struct text body)
{
	for (size_t i = 0; i < body.n;) {
		size_t end = i;
		bool good = false;
		for (; end < body.n && link_byte(body.p[end]); end++)
			if (body.p[end] == '.' && end > i && end + 2 < body.n && letter(body.p[end - 1]) &&
			    letter(body.p[end + 1]) && letter(body.p[end + 2]))
				good = true;
		if (good)
			return text_of(body.p + i, end - i);
		i = end + 1;
	}
	return TEXT("");
}

static bool next_text(struct text *rest, int *label, struct text *body)
{
	struct text line;
	while (sheet_line(rest, &line)) {
		if (line.n < 3 || line.p[1] != '\t' || (line.p[0] != '0' && line.p[0] != '1'))
			continue;
		*label = line.p[0] - '0';
		*body = text_of(line.p + 2, line.n - 2);
		return true;
	}
	return false;
}

static bool load(struct data *d, const char *path)
{
	struct text rest, body;
	int label;
	if (!sheet_read_file(path, &d->file))
		return false;
	d->label = mem_alloc(d->file.n);
	if (!d->label)
		return false;
	rest = buf_view(&d->file);
	while (next_text(&rest, &label, &body)) {
		d->label[d->n++] = (signed char)label;
		d->all[label]++;
		d->links[label] += find_link(body).n > 0;
	}
	return d->n > 0;
}

/* One sender a label and all within nine minutes, or a sender a text; an hour, or a text a minute. */
static bool write_events(const struct data *d, const char *mode)
{
	struct text rest = buf_view(&d->file), body;
	struct buf out;
	int label;
	bool one = strcmp(mode, "one") == 0;
	size_t step_ms = one ? 540000 / d->n : strcmp(mode, "ring") == 0 ? 3540000 / d->n : 60000;
	buf_init(&out, (size_t)1 << 24);
	for (size_t i = 0; next_text(&rest, &label, &body); i++) {
		size_t ms = i * step_ms;
		struct text link = find_link(body);
		buf_clear(&out);
		buf_printf(&out, "{\"event\":\"sms\",\"time\":%lld,\"sender\":\"138%08zu\",\"receiver\":\"139%08zu\",\"body\":",
		           (long long)START_S * 1000000 + (long long)ms * 1000, one ? (size_t)label : i, i);
		buf_json(&out, body);
		if (link.n) {
			buf_z(&out, ",\"url\":");
			buf_json(&out, link);
		}
		buf_z(&out, "}\n");
		if (out.err != ERR_OK)
			break;
		fwrite(out.p, 1, out.n, stdout);
	}
	bool good = out.err == ERR_OK;
	buf_release(&out);
	return good;
}

struct rule {
	char name[64];
	size_t at[2];
};

static bool take_alert(const struct data *d, struct rule *rules, int *n, struct text line)
{
	json_t *alert = json_loadb(line.p, line.n, 0, NULL);
	const char *name = json_string_value(json_object_get(alert, "rule"));
	json_int_t position = json_integer_value(json_object_get(alert, "position"));
	bool good = alert != NULL;
	if (name && position >= 1 && (size_t)position <= d->n) {
		int r = 0;
		while (r < *n && strcmp(rules[r].name, name) != 0)
			r++;
		good = r < RULES_MAX;
		if (good && r == *n)
			snprintf(rules[(*n)++].name, sizeof rules[r].name, "%s", name);
		if (good)
			rules[r].at[d->label[position - 1]]++;
	}
	json_decref(alert);
	return good;
}

static void part(size_t hits, size_t n)
{
	struct measure_range r = measure_wilson(hits, n);
	printf(" %zu of %zu: %.2f %% (%.2f-%.2f) |", hits, n, n ? 100 * (double)hits / (double)n : 0, 100 * r.low,
	       100 * r.high);
}

static bool judge(const struct data *d, const char *mode, const char *path)
{
	struct rule rules[RULES_MAX] = { 0 };
	struct buf b;
	struct text rest, line;
	int n = 0;
	if (!sheet_read_file(path, &b))
		return false;
	rest = buf_view(&b);
	bool good = true;
	while (good && sheet_line(&rest, &line))
		good = line.n == 0 || take_alert(d, rules, &n, line);
	buf_release(&b);
	for (int r = 0; good && r < n; r++) {
		printf("| %s | %s |", mode, rules[r].name);
		part(rules[r].at[0], d->all[0]);
		part(rules[r].at[1], d->all[1]);
		printf("\n");
	}
	if (n == 0) {
		printf("| %s | (none fired) |", mode);
		part(0, d->all[0]);
		part(0, d->all[1]);
		printf("\n");
	}
	return good;
}

static bool judge_all(const struct data *d, int n, char **runs)
{
	bool good = true;
	printf(
		"### Shipped message rules on real texts\n\n%zu texts: %zu innocent (%zu with a link), %zu spam (%zu with a link). "
		"Every text that a rule holds for is counted (`every` is taken out of the rules for this).\n\n| run | rule | on innocent texts | on spam |\n|---|---|---|---|\n",
		d->n, d->all[0], d->links[0], d->all[1], d->links[1]);
	for (int i = 0; good && i < n; i++) {
		char mode[16];
		const char *equals = strchr(runs[i], '=');
		good = equals != NULL;
		if (good) {
			snprintf(mode, sizeof mode, "%.*s", (int)(equals - runs[i]), runs[i]);
			good = judge(d, mode, equals + 1);
		}
	}
	return good;
}

int main(int argc, char **argv)
{
	bool events = argc > 3 && strcmp(argv[1], "--events") == 0;
	char path[4096];
	if (argc < 3) {
		fprintf(stderr, "usage: quality_sms --events alone|one|ring FOLDER, or quality_sms FOLDER MODE=ALERTS...\n");
		return 1;
	}
	snprintf(path, sizeof path, "%s/spam_messages_lr/train.txt", events ? argv[3] : argv[1]);
	if (sheet_absent(path))
		return 0;
	struct data d = { 0 };
	bool good = load(&d, path) && (events ? write_events(&d, argv[2]) : judge_all(&d, argc - 2, argv + 2));
	if (!good)
		fprintf(stderr, "%s: can't be judged (not as expected, or no memory)\n", path);
	buf_release(&d.file);
	mem_free(d.label);
	return good ? 0 : 1;
}
