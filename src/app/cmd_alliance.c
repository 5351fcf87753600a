/* cmd_alliance.c - duanka alliance: sheets of the alliance's work, asked of a running service. */
#include <stdio.h>
#include <unistd.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "base/buf.h"
#include "show/lang.h"
#include "sheet/paper.h"

static const char help[] =
	"duanka alliance minutes MEETING [--format md|html|pdf] [--lang en|zh] [--url URL]\n\n"
	"The minutes of a meeting (ME-65536) on standard output / 输出会议纪要.\n\n"
	"  -f, --format FORMAT        md (default), html or pdf / 输出格式\n"
	"      --lang en|zh           (default: from the environment)\n"
	"      --url URL              of a running service (default http://127.0.0.1:8460); $DUANKA_API_KEY has a key with the scope\n"
	"                             desk, or the token of a session / 密钥或会话令牌\n"
	"      --ca FILE, --certificate FILE, --certificate-key FILE   go with TLS\n";

enum {
	O_FORMAT = 16,
	O_LANG,
	O_URL,
	O_CA,
	O_CERT,
	O_KEY,
	O_HELP
};

static const struct args_option options[] = {
	{ "--format", 'f', true, O_FORMAT }, { "--lang", 0, true, O_LANG },        { "--url", 'u', true, O_URL },
	{ "--ca", 0, true, O_CA },           { "--certificate", 0, true, O_CERT }, { "--certificate-key", 0, true, O_KEY },
	{ "--help", 'h', false, O_HELP },
};

struct asked {
	const char *value[O_HELP + 1], *operand[2];
	uint32_t n;
	enum paper_format format;
	enum lang lang;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka alliance: %s; see --help\n", what);
	return false;
}

static bool take(struct asked *k)
{
	const char *format = k->value[O_FORMAT], *id = k->operand[1];

	if (k->n != 2 || strcmp(k->operand[0], "minutes") != 0)
		return wrong("say minutes and the id of a meeting");
	if (strncmp(id, "ME-", 3) != 0 || strlen(id) > 32 || strspn(id + 3, "0123456789") != strlen(id) - 3)
		return wrong("the id of a meeting is like ME-65536");
	while (format != NULL && k->format < PAPER_FORMATS && strcmp(format, paper_format_names[k->format]) != 0)
		k->format++;
	if (k->format == PAPER_FORMATS)
		return wrong("--format is md, html or pdf");
	if (k->format == PAPER_PDF && isatty(STDOUT_FILENO))
		return wrong("a PDF is not for a terminal: send it to a file with >");
	k->lang = lang_of_environment();
	return k->value[O_LANG] == NULL || lang_parse(k->value[O_LANG], &k->lang) || wrong("--lang is en or zh");
}

static bool minutes(const struct asked *k)
{
	struct client c = { .url = k->value[O_URL] == NULL ? "http://127.0.0.1:8460" : k->value[O_URL],
		                .ca = k->value[O_CA],
		                .certificate = k->value[O_CERT],
		                .key = k->value[O_KEY] };
	struct buf out;
	char path[128];
	bool ok;

	snprintf(path, sizeof(path), "/v1/meetings/%s/minutes.%s?lang=%s", k->operand[1], paper_format_names[k->format],
	         k->lang == LANG_ZH ? "zh" : "en");
	buf_init(&out, PAPER_OUT_MAX);
	ok = client_ask(&c, "alliance", &(struct client_request){ .path = path }, &out);
	if (ok && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)) {
		perror("duanka alliance: standard output");
		ok = false;
	}
	buf_release(&out);
	return ok;
}

int cmd_alliance(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "alliance" };
	struct asked k = { .n = 0 };
	const char *v;
	int number;

	while ((number = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == O_HELP) {
			fputs(help, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG || (number == ARGS_OPERAND && k.n == ARRAY_LEN(k.operand)))
			return EXIT_COULD_NOT_RUN;
		*(number == ARGS_OPERAND ? &k.operand[k.n++] : &k.value[number]) = v;
	}
	return take(&k) && minutes(&k) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
