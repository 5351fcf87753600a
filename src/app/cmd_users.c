/* cmd_users.c - duanka users: users of the desk of a running service, for the first administrators and whoever has no page at hand.
 *
 * It asks the service by a key with the scope desk and the role admin (duanka keys add --scopes desk --roles admin), so that what it does is journaled like anybody's doing. Two such keys are needed: what
 * one asks for the other approves. */
#include <inttypes.h>
#include <jansson.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/client.h"
#include "app/commands.h"
#include "desk/machine.h"
#include "gateway/tenants.h"

static const char help_text[] =
	"duanka users add LOGIN --url URL --roles LIST [--organisation N] [--district N] [--outlet CODE] [--until TIME]\n"
	"duanka users approve ID --url URL       a new user, roles asked for, or one who was locked: by another administrator\n"
	"duanka users roles ID --url URL --roles LIST\n"
	"duanka users reset ID --url URL         prints a one-time code to set a password with, good for three days\n"
	"duanka users lock ID --url URL          takes one; where the only administrator can find no second one, two keys begin again by it\n"
	"duanka users leave ID --url URL         for good; the login may then be somebody else's\n"
	"duanka users list --url URL\n\n"
	"Users of the desk / 处置台用户：登记、审批（四眼）、变更角色、一次性邀请码、锁定、离职、列表.\n"
	"  --url URL            http://127.0.0.1:8460; the environment variable DUANKA_API_KEY has a key with the scope desk and the role admin,\n"
	"                       or the token of an administrator's session / 密钥或会话令牌\n"
	"  --roles LIST         roles of doc/desk-permissions.md with commas between / 角色\n"
	"  --organisation N     where the user works: the number of a [tenant.X] in the settings / 单位编号，见配置中的 [tenant.X]\n"
	"  --district N         the district: the last four digits of its code, 202 for 370202 / 辖区：行政区划代码后四位\n"
	"  --outlet CODE        a clerk's outlet, as QD-B11-202-01 / 所在网点\n"
	"  --until TIME         when access ends by itself / 有效期至\n"
	"  --ca FILE            PEM: who signed the service's certificate\n"
	"  --certificate FILE, --certificate-key FILE   PEM: the client certificate that goes with the key\n\n"
	"Exit status: 0 done; 1 not.\n";

enum {
	U_URL = 16,
	U_CA,
	U_CERTIFICATE,
	U_CERTIFICATE_KEY,
	U_ROLES,
	U_ORGANISATION,
	U_DISTRICT,
	U_OUTLET,
	U_UNTIL,
	U_HELP
};

struct asked {
	struct client client;
	const char *roles, *outlet, *until, *operand[2];
	int64_t organisation, district;
	uint32_t n;
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka users: %s; see --help\n", what);
	return false;
}

/* The answer as JSON; NULL: told why not. */
static json_t *ask(const struct asked *k, const char *path, const char *body, const char *header)
{
	struct buf answer;
	json_t *j = NULL;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (client_ask(&k->client, "users", &(struct client_request){ path, body, header }, &answer)) {
		j = answer.n == 0 ? NULL : json_loadb(answer.p, answer.n, 0, NULL);
		if (j == NULL)
			fprintf(stderr, "duanka users: %s: the answer is not understood\n", k->client.url);
	}
	if (answer.p != NULL)
		sodium_memzero(answer.p, answer.n);
	buf_release(&answer);
	return j;
}

static json_t *step(const struct asked *k, const char *name, const char *body)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/users/%.32s/%s", k->operand[1], name);
	return ask(k, path, body, "If-Match: *");
}

static const char *text_of_member(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

static void print_user(const json_t *u)
{
	const json_t *fields = json_object_get(u, "fields");
	json_int_t roles = json_integer_value(json_object_get(fields, "roles"));
	json_int_t asked = json_integer_value(json_object_get(fields, "new_roles"));
	const char *comma = "";

	printf("%-14s %-20s %-8s %5" JSON_INTEGER_FORMAT " %5" JSON_INTEGER_FORMAT "  ", text_of_member(u, "id"),
	       text_of_member(fields, "login"), text_of_member(json_object_get(u, "state"), "name"),
	       json_integer_value(json_object_get(u, "organisation")), json_integer_value(json_object_get(u, "district")));
	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if (roles >> r & 1) {
			printf("%s%s", comma, desk_roles[r].name);
			comma = ",";
		}
	comma = "  asks for ";
	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if (asked >> r & 1) {
			printf("%s%s", comma, desk_roles[r].name);
			comma = ",";
		}
	printf("\n");
}

/* The object in the answer to a step, shown. */
static bool tell(json_t *j)
{
	const char *warning = text_of_member(json_object_get(j, "warning"), "message_en");
	bool ok = j != NULL;

	if (ok)
		print_user(json_object_get(j, "object"));
	if (warning[0] != 0)
		fprintf(stderr, "duanka users: warning: %s; see duanka-users(1)\n", warning);
	json_decref(j);
	return ok;
}

static bool add(const struct asked *k)
{
	uint32_t roles;
	struct buf body;
	bool ok;

	if (k->roles == NULL || !roles_parse(text_z(k->roles), &roles))
		return wrong("--roles takes roles of doc/desk-permissions.md with commas between");
	buf_init(&body, 4096);
	buf_z(&body, "{\"login\":");
	buf_json(&body, text_z(k->operand[1]));
	buf_printf(&body, ",\"roles\":%" PRIu32, roles);
	if (k->organisation > 0)
		buf_printf(&body, ",\"organisation\":%" PRId64, k->organisation);
	if (k->district > 0)
		buf_printf(&body, ",\"district\":%" PRId64, k->district);
	if (k->outlet != NULL) {
		buf_z(&body, ",\"outlet\":");
		buf_json(&body, text_z(k->outlet));
	}
	if (k->until != NULL) {
		buf_z(&body, ",\"until\":");
		buf_json(&body, text_z(k->until));
	}
	buf_char(&body, '}');
	ok = body.err == ERR_OK ? tell(ask(k, "/v1/users", body.p, NULL)) : wrong("what is asked is too long");
	buf_release(&body);
	return ok;
}

static bool ask_roles(const struct asked *k)
{
	char body[64];
	uint32_t roles;

	if (k->roles == NULL || !roles_parse(text_z(k->roles), &roles))
		return wrong("--roles takes roles of doc/desk-permissions.md with commas between");
	snprintf(body, sizeof(body), "{\"new_roles\":%" PRIu32 "}", roles);
	return tell(step(k, "ask-roles", body));
}

static bool approve(const struct asked *k)
{
	char path[64];
	const char *state, *name = "give-roles";
	json_t *u;

	snprintf(path, sizeof(path), "/v1/users/%.32s", k->operand[1]);
	u = ask(k, path, NULL, NULL);
	if (u == NULL)
		return false;
	state = text_of_member(json_object_get(u, "state"), "name");
	if (strcmp(state, "invited") == 0)
		name = "activate";
	else if (strcmp(state, "locked") == 0)
		name = "unlock";
	json_decref(u);
	return tell(step(k, name, ""));
}

static bool lock(const struct asked *k)
{
	return tell(step(k, "lock", ""));
}

static bool leave(const struct asked *k)
{
	return tell(step(k, "leave", ""));
}

static bool reset(const struct asked *k)
{
	json_t *j = step(k, "invitation", "");

	if (j != NULL)
		printf("%s\n", text_of_member(j, "code"));
	json_decref(j);
	return j != NULL;
}

static bool list(const struct asked *k)
{
	char path[256] = "/v1/users?limit=200";
	bool more = true;

	while (more) {
		json_t *j = ask(k, path, NULL, NULL), *objects = json_object_get(j, "objects");

		if (j == NULL)
			return false;
		for (size_t i = 0; i < json_array_size(objects); i++)
			print_user(json_array_get(objects, i));
		more = json_is_string(json_object_get(j, "cursor"));
		snprintf(path, sizeof(path), "/v1/users?limit=200&cursor=%.128s", text_of_member(j, "cursor"));
		json_decref(j);
	}
	return true;
}

static bool run(const struct asked *k)
{
	static const struct {
		const char *name;
		uint32_t operands;
		bool (*run)(const struct asked *k);
	} verbs[] = { { "add", 2, add },   { "approve", 2, approve }, { "roles", 2, ask_roles }, { "reset", 2, reset },
		          { "lock", 2, lock }, { "leave", 2, leave },     { "list", 1, list } };

	if (k->client.url == NULL)
		return wrong("--url is missing");
	for (size_t i = 0; k->n > 0 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(k->operand[0], verbs[i].name) == 0)
			return k->n == verbs[i].operands ? verbs[i].run(k) : wrong("name one login, or the id of one user");
	return wrong("say add, approve, roles, reset, lock, leave or list");
}

static bool read_asked(int argc, char **argv, struct asked *k, bool *help)
{
	static const struct args_option table[] = { { "--url", 0, true, U_URL },
		                                        { "--ca", 0, true, U_CA },
		                                        { "--certificate", 0, true, U_CERTIFICATE },
		                                        { "--certificate-key", 0, true, U_CERTIFICATE_KEY },
		                                        { "--roles", 0, true, U_ROLES },
		                                        { "--organisation", 0, true, U_ORGANISATION },
		                                        { "--district", 0, true, U_DISTRICT },
		                                        { "--outlet", 0, true, U_OUTLET },
		                                        { "--until", 0, true, U_UNTIL },
		                                        { "--help", 'h', false, U_HELP } };
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "users" };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		switch (number) {
		case U_URL: k->client.url = v; break;
		case U_CA: k->client.ca = v; break;
		case U_CERTIFICATE: k->client.certificate = v; break;
		case U_CERTIFICATE_KEY: k->client.key = v; break;
		case U_ROLES: k->roles = v; break;
		case U_OUTLET: k->outlet = v; break;
		case U_UNTIL: k->until = v; break;
		case U_ORGANISATION:
			if (!args_number(&a, "--organisation", v, 1, UINT16_MAX, &k->organisation))
				return false;
			break;
		case U_DISTRICT:
			if (!args_number(&a, "--district", v, 1, UINT16_MAX, &k->district))
				return false;
			break;
		case U_HELP: *help = true; return true;
		case ARGS_OPERAND:
			if (k->n == ARRAY_LEN(k->operand))
				return wrong("there is an operand too many");
			k->operand[k->n++] = v;
			break;
		default: return false;
		}
	}
	return true;
}

int cmd_users(int argc, char **argv)
{
	struct asked k = { .n = 0 };
	bool help = false;

	if (!read_asked(argc, argv, &k, &help))
		return EXIT_COULD_NOT_RUN;
	if (help) {
		fputs(help_text, stdout);
		return EXIT_ACCEPTED;
	}
	return run(&k) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
