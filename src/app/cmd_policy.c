/* cmd_policy.c - duanka policy check | explain | sql | test: a policy directory looked at from four sides. */
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/load.h"
#include "show/policy_test.h"
#include "base/clock.h"
#include "desk/incident.h"
#include "gateway/projection.h"
#include "policy/sql.h"
#include "show/cost.h"

static const char help[] =
	"Usage: duanka policy check DIR     errors as file:line:col with cause and remedy; else rules and what they cost\n"
	"       duanka policy explain DIR   the compiled plan: state layout, shared rings, bytecode\n"
	"       duanka policy sql DIR       the SQL meaning of every aggregate (SQLite)\n"
	"       duanka policy test DIR      runs the tests written beside the rules\n"
	"\n"
	"      --key FILE       the token key (default: $DUANKA_KEY_FILE, else one of your own, made at first use)\n"
	"      --lateness TIME  as in duanka detect (default 10min)\n"
	"\n"
	"Exit status: 0 right, 1 errors, failed tests or no such directory.\n";

enum {
	O_KEY = 16,
	O_LATENESS,
	O_HELP
};

static const struct args_option options[] = {
	{ "--key", 0, true, O_KEY },
	{ "--lateness", 0, true, O_LATENESS },
	{ "--help", 'h', false, O_HELP },
};

struct policy_command {
	const char *verb, *dir, *key_path;
	int64_t lateness_us;
	bool help;
};

static bool parse(struct policy_command *c, int argc, char **argv)
{
	struct args a = { argc, argv, 1, "policy" };
	const char *value;
	int which;

	c->lateness_us = 10 * US_PER_MINUTE;
	while ((which = args_next(&a, options, ARRAY_LEN(options), &value)) != ARGS_END) {
		if (which == ARGS_WRONG || (which == O_LATENESS && !args_duration(&a, "--lateness", value, &c->lateness_us)))
			return false;
		if (which == ARGS_OPERAND && c->verb == NULL)
			c->verb = value;
		else if (which == ARGS_OPERAND)
			c->dir = value;
		if (which == O_KEY)
			c->key_path = value;
		c->help |= which == O_HELP;
	}
	if (!c->help && (c->verb == NULL || c->dir == NULL)) {
		fprintf(stderr, "duanka policy: %s is missing; see duanka policy --help\n",
		        c->verb ? "the policy directory" : "check, explain, sql or test");
		return false;
	}
	return true;
}

static bool print(struct buf *b)
{
	bool ok = b->err == ERR_OK && (b->n == 0 || fwrite(b->p, 1, b->n, stdout) == b->n) && fflush(stdout) == 0;

	if (!ok)
		perror("duanka policy: standard output");
	return ok;
}

/* Classes of fraud that the desk does not know: a policy only carries their names. */
static bool scams_known(const struct policy *p, struct buf *errors)
{
	for (uint32_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rule[i];

		if (r->scam.n == 0 || scam_named(r->scam) != 0)
			continue;
		buf_text(errors, p->file[r->scam_span.file].path);
		buf_printf(errors, ":%u:%u: error: the desk has no class of fraud %.*s; its classes are", r->scam_span.line,
		           r->scam_span.col, (int)r->scam.n, r->scam.p);
		for (uint32_t k = 1; k < desk_scams.n; k++)
			buf_printf(errors, "%s %s", k > 1 ? "," : "", desk_scams.choice[k].name);
		buf_char(errors, '\n');
	}
	return errors->n == 0 && errors->err == ERR_OK;
}

static bool check(const struct loaded *l, struct buf *b)
{
	bool ok = scams_known(&l->policy, b);

	if (ok)
		cost_text(b, l->plan);
	else if (b->n > 0)
		fwrite(b->p, 1, b->n, stderr);
	if (!ok)
		buf_clear(b);
	return ok;
}

static int run(const struct policy_command *c, const struct hash_key *key, struct loaded *l)
{
	const struct policy_tests tests = { &l->policy, l->plan, key };
	struct buf b;
	bool ok = true;

	buf_init(&b, 256 << 20);
	if (strcmp(c->verb, "check") == 0)
		ok = check(l, &b);
	else if (strcmp(c->verb, "explain") == 0)
		plan_print(&b, l->plan);
	else if (strcmp(c->verb, "sql") == 0)
		policy_sql_all(&b, &l->policy);
	else
		ok = policy_test_run(&b, &tests);
	ok &= print(&b);
	buf_release(&b);
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}

int cmd_policy(int argc, char **argv)
{
	static struct loaded l;
	struct policy_command c = { 0 };
	struct hash_key key;
	int status;

	if (!parse(&c, argc, argv))
		return EXIT_COULD_NOT_RUN;
	if (c.help) {
		fputs(help, stdout);
		return EXIT_ACCEPTED;
	}
	if (strcmp(c.verb, "check") != 0 && strcmp(c.verb, "explain") != 0 && strcmp(c.verb, "sql") != 0 &&
	    strcmp(c.verb, "test") != 0) {
		fprintf(stderr, "duanka policy: there is no verb %s; there are check, explain, sql and test\n", c.verb);
		return EXIT_COULD_NOT_RUN;
	}
	if (!load_key(c.key_path, &key) || !load_policy(c.dir, &key, c.lateness_us, &l))
		return EXIT_COULD_NOT_RUN;
	status = run(&c, &key, &l);
	load_release(&l);
	return status;
}
