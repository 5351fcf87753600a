/* cmd_training.c - duanka training: the bank of questions into a running service, and how far outlets have come.
 *
 * It asks the service by a key or session with the scope desk and the role trainer. What one trainer imports another one approves. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/training_cmd.h"
#include "base/check.h"
#include "desk/machine.h"

static const char help_text[] =
	"duanka training check FILE              read a file of questions and tell what is wrong / 检查题库文件\n"
	"duanka training import FILE --url URL   propose its questions / 导入题目（待审核）\n"
	"duanka training approve --url URL       put proposed questions in use, by another trainer / 审核通过（四眼）\n"
	"duanka training list --url URL          courses / 列出课程\n"
	"duanka training report --course ID [--outlet CODE] --url URL   who has passed, by outlet / 网点培训完成情况\n\n"
	"Training of staff and volunteers / 员工与志愿者培训.\n"
	"  --url URL            http://127.0.0.1:8460; the environment variable DUANKA_API_KEY has a key with the scope desk and the role\n"
	"                       trainer, or the token of a trainer's session / 密钥或会话令牌\n"
	"  --course ID          CR-65536, as list tells it / 课程编号\n"
	"  --outlet CODE        only this outlet / 只看该网点\n"
	"  --ca FILE            PEM: who signed the service's certificate\n"
	"  --certificate FILE, --certificate-key FILE   PEM: the client certificate that goes with the key\n\n"
	"Exit status: 0 done; 2 some questions were wrong or refused; 1 not done.\n";

enum {
	T_URL = 16,
	T_CA,
	T_CERTIFICATE,
	T_CERTIFICATE_KEY,
	T_COURSE,
	T_OUTLET,
	T_HELP
};

bool training_wrong(const char *what)
{
	fprintf(stderr, "duanka training: %s; see --help\n", what);
	return false;
}

const char *training_string(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));

	return z == NULL ? "" : z;
}

json_t *training_get(const struct training_asked *k, const char *path)
{
	struct buf answer;
	json_t *j = NULL;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (client_ask(&k->client, "training", &(struct client_request){ .path = path }, &answer)) {
		j = answer.n == 0 ? NULL : json_loadb(answer.p, answer.n, 0, NULL);
		if (j == NULL)
			fprintf(stderr, "duanka training: %s: the answer is not understood\n", k->client.url);
	}
	buf_release(&answer);
	return j;
}

bool training_each(const struct training_asked *k, const char *path, bool (*each)(void *ctx, const json_t *object),
                   void *ctx)
{
	char page[512];
	bool more = true, ok = true;

	snprintf(page, sizeof(page), "%s", path);
	while (more && ok) {
		json_t *j = training_get(k, page), *objects = json_object_get(j, "objects");

		if (j == NULL)
			return false;
		for (size_t i = 0; ok && i < json_array_size(objects); i++)
			ok = each(ctx, json_array_get(objects, i));
		more = json_is_string(json_object_get(j, "cursor"));
		snprintf(page, sizeof(page), "%s&cursor=%.128s", path, training_string(j, "cursor"));
		json_decref(j);
	}
	return ok;
}

bool training_send(const struct training_asked *k, const struct buf *lines, const char *header,
                   void (*told)(void *ctx, uint32_t line, const json_t *answer), void *ctx)
{
	struct client_request r = { .path = "/v1/commands", .body = lines->p, .header = header, .body_bytes = lines->n };
	struct buf answer;
	bool ok;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	ok = lines->err == ERR_OK ? client_ask(&k->client, "training", &r, &answer) : training_wrong("this is too long");
	for (size_t at = 0; ok && at < answer.n;) {
		const char *nl = memchr(answer.p + at, '\n', answer.n - at);
		size_t n = nl == NULL ? answer.n - at : (size_t)(nl - answer.p) - at;
		json_t *j = json_loadb(answer.p + at, n, 0, NULL);
		json_int_t line = json_integer_value(json_object_get(j, "line"));

		at += n + (nl != NULL);
		if (line >= 1 && line <= TRAINING_BATCH)
			told(ctx, (uint32_t)line - 1, j);
		json_decref(j);
	}
	buf_release(&answer);
	return ok;
}

/* ---- approve ---- */

struct approval {
	const struct training_asked *k;
	struct buf lines;
	uint32_t n;
	uint64_t approved, refused;
};

static void tell_approval(void *ctx, uint32_t line, const json_t *answer)
{
	struct approval *a = ctx;

	(void)line;
	if (json_object_get(answer, "refused") == NULL && json_object_get(answer, "wrong") == NULL) {
		a->approved++;
		return;
	}
	if (a->refused++ == 0)
		fprintf(stderr, "duanka training: not approved: %s\n", training_string(answer, "message_en"));
}

static bool send_approvals(struct approval *a)
{
	bool ok = a->n == 0 || training_send(a->k, &a->lines, NULL, tell_approval, a);

	buf_clear(&a->lines);
	a->n = 0;
	return ok;
}

static bool approve_one(void *ctx, const json_t *q)
{
	struct approval *a = ctx;

	buf_printf(&a->lines, "{\"object\":\"%s\",\"step\":\"approve\",\"version\":%" JSON_INTEGER_FORMAT "}\n",
	           training_string(q, "id"), json_integer_value(json_object_get(q, "version")));
	return ++a->n < TRAINING_BATCH || send_approvals(a);
}

static int approve(const struct training_asked *k)
{
	struct approval a = { .k = k };
	bool ok;

	buf_init(&a.lines, 1 << 20);
	ok = training_each(k, "/v1/questions?state=proposed&limit=200", approve_one, &a) && send_approvals(&a);
	buf_release(&a.lines);
	if (!ok)
		return EXIT_COULD_NOT_RUN;
	printf("%" PRIu64 " approved, %" PRIu64 " not / 通过 %" PRIu64 "，未通过 %" PRIu64 "\n", a.approved, a.refused,
	       a.approved, a.refused);
	return a.refused > 0 ? EXIT_SOME_QUARANTINED : EXIT_ACCEPTED;
}

/* ---- list, report ---- */

static bool print_course(void *ctx, const json_t *c)
{
	const json_t *f = json_object_get(c, "fields");

	(void)ctx;
	printf("%-12s %-10s %2" JSON_INTEGER_FORMAT " questions, pass %3" JSON_INTEGER_FORMAT
	       " %%, good for %2" JSON_INTEGER_FORMAT " months  %s\n",
	       training_string(c, "id"), training_string(json_object_get(c, "state"), "name"),
	       json_integer_value(json_object_get(f, "questions")), json_integer_value(json_object_get(f, "pass")),
	       json_integer_value(json_object_get(f, "months")), training_string(f, "title"));
	return true;
}

static void print_outlet(const json_t *o)
{
	const json_t *outlet = json_object_get(o, "outlet"), *people = json_object_get(o, "people"), *p;
	const char *shown = training_string(outlet, "shown");
	size_t i;

	printf("%-24s %3" JSON_INTEGER_FORMAT " of %3" JSON_INTEGER_FORMAT " passed  %s%s%s\n",
	       shown[0] != 0 ? shown : training_string(outlet, "token"), json_integer_value(json_object_get(o, "passed")),
	       json_integer_value(json_object_get(o, "staff")),
	       json_is_true(json_object_get(o, "complete")) ? "complete / 已达标" : "not complete / 未达标",
	       training_string(o, "next_expiry")[0] != 0 ? "  first pass ends " : "", training_string(o, "next_expiry"));
	json_array_foreach(people, i, p)
	{
		const char *until = training_string(p, "passed_until");

		printf("  %-14s %s\n", training_string(p, "user"), until[0] != 0 ? until : "no pass / 未合格");
	}
}

static int report(const struct training_asked *k)
{
	char path[512];
	json_t *j, *outlets, *o;
	size_t i;

	if (k->course == NULL || strspn(k->course, "CR-0123456789") != strlen(k->course)) {
		training_wrong("--course takes the id of a course: CR-65536");
		return EXIT_COULD_NOT_RUN;
	}
	if (k->outlet != NULL && !desk_code_ok(text_z(k->outlet))) {
		training_wrong("--outlet takes the code of an outlet");
		return EXIT_COULD_NOT_RUN;
	}
	snprintf(path, sizeof(path), "/v1/courses/%.32s/completion%s%.64s", k->course,
	         k->outlet == NULL ? "" : "?outlet=outlet:", k->outlet == NULL ? "" : k->outlet);
	j = training_get(k, path);
	if (j == NULL)
		return EXIT_COULD_NOT_RUN;
	outlets = json_object_get(j, "outlets");
	json_array_foreach(outlets, i, o) print_outlet(o);
	printf("%" JSON_INTEGER_FORMAT " of %zu outlets complete / 达标网点\n",
	       json_integer_value(json_object_get(j, "complete")), json_array_size(outlets));
	json_decref(j);
	return EXIT_ACCEPTED;
}

static int run(const struct training_asked *k)
{
	const char *verb = k->n > 0 ? k->operand[0] : "";
	bool file = strcmp(verb, "check") == 0 || strcmp(verb, "import") == 0;

	if (k->n != (file ? 2u : 1u))
		training_wrong(file ? "name one file" : "say check, import, approve, list or report");
	else if (strcmp(verb, "check") == 0)
		return training_check(k->operand[1]);
	else if (k->client.url == NULL)
		training_wrong("--url is missing");
	else if (strcmp(verb, "import") == 0)
		return training_import(k, k->operand[1]);
	else if (strcmp(verb, "approve") == 0)
		return approve(k);
	else if (strcmp(verb, "list") == 0)
		return training_each(k, "/v1/courses?limit=200", print_course, NULL) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
	else if (strcmp(verb, "report") == 0)
		return report(k);
	else
		training_wrong("say check, import, approve, list or report");
	return EXIT_COULD_NOT_RUN;
}

int cmd_training(int argc, char **argv)
{
	static const struct args_option table[] = { { "--url", 0, true, T_URL },
		                                        { "--ca", 0, true, T_CA },
		                                        { "--certificate", 0, true, T_CERTIFICATE },
		                                        { "--certificate-key", 0, true, T_CERTIFICATE_KEY },
		                                        { "--course", 0, true, T_COURSE },
		                                        { "--outlet", 0, true, T_OUTLET },
		                                        { "--help", 'h', false, T_HELP } };
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "training" };
	struct training_asked k = { .n = 0 };
	const char *v;
	int number;

	while ((number = args_next(&a, table, ARRAY_LEN(table), &v)) != ARGS_END) {
		switch (number) {
		case T_URL: k.client.url = v; break;
		case T_CA: k.client.ca = v; break;
		case T_CERTIFICATE: k.client.certificate = v; break;
		case T_CERTIFICATE_KEY: k.client.key = v; break;
		case T_COURSE: k.course = v; break;
		case T_OUTLET: k.outlet = v; break;
		case T_HELP: fputs(help_text, stdout); return EXIT_ACCEPTED;
		case ARGS_OPERAND:
			if (k.n == ARRAY_LEN(k.operand)) {
				training_wrong("there is an operand too many");
				return EXIT_COULD_NOT_RUN;
			}
			k.operand[k.n++] = v;
			break;
		default: return EXIT_COULD_NOT_RUN;
		}
	}
	return run(&k);
}
