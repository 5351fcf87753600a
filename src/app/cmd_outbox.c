/* cmd_outbox.c - duanka outbox: the messages of the desk and how each fares, one of them in full, and dead letters sent again. All of it asks a running service. */
#include <jansson.h>
#include <stdio.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "base/buf.h"

static const char help[] =
	"duanka outbox list [--state STATE] [--kind KIND] [--object ID] [--limit N] [--url URL]\n"
	"duanka outbox show ID [--url URL]\n"
	"duanka outbox resend ID --reason TEXT [--url URL]\n\n"
	"Messages of the desk to institutions, people and seats, and how each fares / 工作台消息的投递情况.\n"
	"STATE is waiting, sent, receipted, done, dead or seat; dead letters are what has been given up.\n"
	"show prints all that is known of one / 查看单条消息详情.\n"
	"resend has one sent again at once, for leaders and admins; the reason stands in the journal.\n\n"
	"--url is http://127.0.0.1:8460 unless named; $DUANKA_API_KEY has a key with the scope desk, or the token of a session\n"
	"(POST /v1/login) / 密钥或会话令牌.\n"
	"--ca FILE, --certificate FILE and --certificate-key FILE go with TLS.\n";

enum {
	O_STATE = 16,
	O_KIND,
	O_OBJECT,
	O_LIMIT,
	O_REASON,
	O_URL,
	O_CA,
	O_CERT,
	O_KEY,
	O_HELP
};

static const struct args_option options[] = {
	{ "--state", 0, true, O_STATE },   { "--kind", 0, true, O_KIND },        { "--object", 0, true, O_OBJECT },
	{ "--limit", 'n', true, O_LIMIT }, { "--reason", 0, true, O_REASON },    { "--url", 'u', true, O_URL },
	{ "--ca", 0, true, O_CA },         { "--certificate", 0, true, O_CERT }, { "--certificate-key", 0, true, O_KEY },
	{ "--help", 'h', false, O_HELP },
};

struct asked {
	const char *value[O_HELP + 1], *operand[2];
	uint32_t n;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka outbox: %s; see --help\n", what);
	return false;
}

/* Letters, digits and - only: nothing has to be escaped in an address. */
static bool plain(const char *z)
{
	for (; *z != 0; z++)
		if (!((*z >= '0' && *z <= '9') || (*z >= 'A' && *z <= 'Z') || (*z >= 'a' && *z <= 'z') || *z == '-'))
			return false;
	return true;
}

static bool address(const struct asked *a, char *path, size_t cap)
{
	static const char *const names[] = {
		[O_STATE] = "state", [O_KIND] = "kind", [O_OBJECT] = "object", [O_LIMIT] = "limit"
	};
	int n = snprintf(path, cap, "/v1/desk/messages");
	char between = '?';

	for (int i = O_STATE; i <= O_LIMIT; i++) {
		if (a->value[i] == NULL)
			continue;
		if (!plain(a->value[i]) || strlen(a->value[i]) > 64)
			return wrong("a filter is a word of letters, digits and -");
		n += snprintf(path + n, cap - (size_t)n, "%c%s=%s", between, names[i], a->value[i]);
		between = '&';
	}
	return true;
}

static const char *text(const json_t *m, const char *name)
{
	const char *z = json_string_value(json_object_get(m, name));

	return z == NULL ? "" : z;
}

static void show(const json_t *m)
{
	printf("%-20s %-10s %-20s to %-6s %-14s %3d sent  %s%s%s\n", text(m, "id"), text(m, "state"), text(m, "kind"),
	       text(m, "receiver"), text(m, "object"), (int)json_integer_value(json_object_get(m, "attempts")),
	       text(m, "time"), text(m, "why")[0] == 0 ? "" : "  ", text(m, "why"));
}

static bool list(const struct client *c, const struct asked *a)
{
	char path[512];
	struct buf out;
	json_t *j = NULL, *messages;
	bool ok;

	buf_init(&out, 16 << 20);
	ok = address(a, path, sizeof(path)) && client_ask(c, "outbox", &(struct client_request){ .path = path }, &out);
	if (ok) {
		j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
		messages = json_object_get(j, "messages");
		ok = json_is_array(messages) || wrong("the answer is not a list; is this a duanka service?");
		for (size_t i = 0; ok && i < json_array_size(messages); i++)
			show(json_array_get(messages, i));
		if (ok && json_is_string(json_object_get(j, "before")))
			printf("more before %s\n", text(j, "before"));
	}
	json_decref(j);
	buf_release(&out);
	return ok;
}

static bool one_address(const struct asked *a, const char *step, char *path, size_t cap)
{
	if (a->n < 2 || !plain(a->operand[1]) || strlen(a->operand[1]) > 32)
		return wrong("show and resend take the id of a message, as X-65536");
	snprintf(path, cap, "/v1/desk/messages/%s%s", a->operand[1], step);
	return true;
}

/* Each member on a line of its own, in the service's order; what is null or empty says nothing. */
static void show_all(json_t *m)
{
	const char *name;
	json_t *v;

	json_object_foreach(m, name, v)
	{
		if (json_is_integer(v))
			printf("%-13s %" JSON_INTEGER_FORMAT "\n", name, json_integer_value(v));
		else if (json_string_length(v) > 0)
			printf("%-13s %s\n", name, json_string_value(v));
	}
}

static bool one(const struct client *c, const struct asked *a)
{
	char path[128];
	struct buf out;
	json_t *j = NULL;
	bool ok;

	buf_init(&out, 1 << 20);
	ok = one_address(a, "", path, sizeof(path)) &&
	     client_ask(c, "outbox", &(struct client_request){ .path = path }, &out);
	if (ok) {
		j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
		ok = json_is_object(j) || wrong("the answer is no message; is this a duanka service?");
	}
	if (ok)
		show_all(j);
	json_decref(j);
	buf_release(&out);
	return ok;
}

static bool resend(const struct client *c, const struct asked *a)
{
	char path[128];
	struct buf body, out;
	json_t *j = NULL;
	bool ok;

	if (!one_address(a, "/resend", path, sizeof(path)))
		return false;
	if (a->value[O_REASON] == NULL || a->value[O_REASON][0] == 0)
		return wrong("resend needs --reason: who looks at the journal later will ask");
	buf_init(&body, 4096);
	buf_init(&out, 1 << 20);
	buf_z(&body, "{\"reason\":");
	buf_json(&body, text_z(a->value[O_REASON]));
	buf_z(&body, "}");
	ok = body.err == ERR_OK ? client_ask(c, "outbox", &(struct client_request){ .path = path, .body = body.p }, &out)
	                        : wrong("the reason is too long");
	if (ok) {
		j = json_loadb(out.p, out.n, 0, NULL);
		show(j);
	}
	json_decref(j);
	buf_release(&body);
	buf_release(&out);
	return ok;
}

int cmd_outbox(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "outbox" };
	struct asked k = { .n = 0 };
	struct client c;
	const char *v;
	int number;
	bool ok;

	while ((number = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == O_HELP) {
			fputs(help, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG || (number == ARGS_OPERAND && k.n == ARRAY_LEN(k.operand)))
			return EXIT_COULD_NOT_RUN;
		if (number == ARGS_OPERAND)
			k.operand[k.n++] = v;
		else
			k.value[number] = v;
	}
	c = (struct client){ .url = k.value[O_URL] == NULL ? "http://127.0.0.1:8460" : k.value[O_URL],
		                 .ca = k.value[O_CA],
		                 .certificate = k.value[O_CERT],
		                 .key = k.value[O_KEY] };
	if (k.n > 0 && strcmp(k.operand[0], "list") == 0 && k.n == 1)
		ok = list(&c, &k);
	else if (k.n > 0 && strcmp(k.operand[0], "show") == 0)
		ok = one(&c, &k);
	else if (k.n > 0 && strcmp(k.operand[0], "resend") == 0)
		ok = resend(&c, &k);
	else
		ok = wrong("say list, show ID or resend ID");
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
