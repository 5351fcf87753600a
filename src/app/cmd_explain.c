/* cmd_explain.c - duanka explain: one alert of an alerts file, for people or as JSON. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/explain.h"
#include "base/file.h"

static const char help[] =
	"Usage: duanka explain ALERT-ID FILE\n"
	"       duanka explain ALERT-ID --alerts FILE\n"
	"\n"
	"Shows one alert of an alerts file written by duanka detect: the rule as written, each value that it compared, the events\n"
	"that made up its windows, the proposed measures and their basis. The file is all it needs.\n"
	"\n"
	"      --alerts FILE   the alerts file (- is standard input)\n"
	"      --json          the record as it stands in the file\n"
	"      --lang en|zh    language (default: from LANG)\n"
	"\n"
	"Exit status: 0 shown, 1 no such alert or no such file.\n";

enum {
	O_ALERTS = 16,
	O_JSON,
	O_LANG,
	O_HELP,
	NEAR_MAX = 5
};

#define FILE_BYTES_MAX ((size_t)4 << 30)

static const struct args_option options[] = {
	{ "--alerts", 'a', true, O_ALERTS },
	{ "--json", 0, false, O_JSON },
	{ "--lang", 0, true, O_LANG },
	{ "--help", 'h', false, O_HELP },
};

struct explain {
	const char *id, *path;
	bool json, help;
	enum lang lang;
	json_t *header;
	char near[NEAR_MAX][200]; /* ids that look alike */
	uint32_t n_near;
};

static bool parse(struct explain *x, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "explain" };
	const char *value;
	int which;

	x->lang = lang_of_environment();
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END) {
		if (which == ARGS_WRONG)
			return false;
		if (which == ARGS_OPERAND && x->id == NULL)
			x->id = value;
		else if (which == ARGS_OPERAND || which == O_ALERTS)
			x->path = value;
		x->json |= which == O_JSON;
		x->help |= which == O_HELP;
		if (which == O_LANG && !lang_parse(value, &x->lang)) {
			fprintf(stderr, "duanka explain: --lang is en or zh\n");
			return false;
		}
	}
	if (!x->help && (x->id == NULL || x->path == NULL)) {
		fprintf(stderr, "duanka explain: %s is missing; see duanka explain --help\n",
		        x->id ? "an alerts file" : "an alert's id");
		return false;
	}
	return true;
}

/* Ids of the same rule, or of the same position. */
static void note_near(struct explain *x, const char *id)
{
	const char *a = strchr(x->id, '.'), *b = strchr(id, '.');
	bool same_rule = a && b && strcmp(a, b) == 0;
	bool same_position = b && strncmp(x->id, id, (size_t)(b - id)) == 0 && (x->id[b - id] == '.' || x->id[b - id] == 0);

	if ((same_rule || same_position) && x->n_near < NEAR_MAX)
		snprintf(x->near[x->n_near++], sizeof(x->near[0]), "%s", id);
}

static bool print_alert(const struct explain *x, const json_t *alert, struct text line)
{
	const json_t *rules = json_object_get(x->header, "rules");
	struct buf b;
	bool ok;

	buf_init(&b, 64 << 20);
	if (x->json)
		buf_printf(&b, "%.*s\n", (int)line.n, line.p);
	else
		explain_print(&b, alert, json_object_get(rules, json_string_value(json_object_get(alert, "rule"))), x->lang);
	ok = b.err == ERR_OK && fwrite(b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
	buf_release(&b);
	return ok;
}

static int not_found(const struct explain *x, uint64_t records)
{
	fprintf(stderr, "duanka explain: no alert %s is in %s (%llu alerts)", x->id, x->path, (unsigned long long)records);
	for (uint32_t i = 0; i < x->n_near; i++)
		fprintf(stderr, "%s %s", i ? "," : "; near it:", x->near[i]);
	fputc('\n', stderr);
	return EXIT_COULD_NOT_RUN;
}

/* One record: -1 to go on. */
static int look_at(struct explain *x, struct text line, uint64_t number, uint64_t *records)
{
	json_error_t error;
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &error);
	const char *id = json_string_value(json_object_get(o, "id"));
	int status = -1;

	if (o == NULL || (number == 1 && json_object_get(o, "duanka") == NULL)) {
		fprintf(stderr, "%s:%llu:%d: error: %s; an alerts file is what duanka detect -o writes\n", x->path,
		        (unsigned long long)number, o ? 1 : error.column, o ? "this is not its first record" : error.text);
		status = EXIT_COULD_NOT_RUN;
	} else if (id == NULL) {
		json_decref(x->header);
		x->header = json_incref(o);
	} else if (strcmp(id, x->id) == 0) {
		status = print_alert(x, o, line) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
	} else {
		(*records)++;
		note_near(x, id);
	}
	json_decref(o);
	return status;
}

static int search(struct explain *x, struct text file)
{
	uint64_t number = 0, records = 0;
	int status = -1;

	while (status < 0 && file.n > 0) {
		const char *end = memchr(file.p, '\n', file.n);
		size_t n = end ? (size_t)(end - file.p) : file.n;

		status = look_at(x, text_of(file.p, n), ++number, &records);
		file = text_of(file.p + n + (end != NULL), file.n - n - (end != NULL));
	}
	return status < 0 ? not_found(x, records) : status;
}

int cmd_explain(int argc, char **argv)
{
	struct explain x = { 0 };
	struct buf file;
	enum err e;
	int status = EXIT_COULD_NOT_RUN;

	if (!parse(&x, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (x.help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	buf_init(&file, FILE_BYTES_MAX + 1);
	e = file_read_all(strcmp(x.path, "-") == 0 ? "/dev/stdin" : x.path, FILE_BYTES_MAX, &file);
	if (e != ERR_OK)
		fprintf(stderr, "duanka explain: %s: %s\n", x.path,
		        e == ERR_CAP ? "over 4 GiB; cut the record out with grep" : strerror(errno));
	else
		status = search(&x, buf_view(&file));
	json_decref(x.header);
	buf_release(&file);
	return status;
}
