/* cmd_policy.c - duanka policy check | explain | sql | test: a policy directory looked at from four sides. */
#include <stdio.h>
#include <string.h>
#include "app/args.h"
#include "app/commands.h"
#include "show/lang.h"
#include "app/policy_test.h"
#include "base/clock.h"
#include "policy/plandata.h"
#include "policy/sql.h"

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

/* What one rule's aggregates keep: the tuples of the rings it reads, which other rules may share. */
static void rule_cost(const struct plan *p, uint32_t rule, uint32_t *aggs, uint32_t *rings, uint32_t *tuple_bytes)
{
	bool seen[PLAN_RINGS_MAX] = { false };

	*aggs = p->rule[rule].n_aggs;
	*rings = *tuple_bytes = 0;
	for (uint32_t i = 0; i < p->rule[rule].n_aggs; i++) {
		uint32_t view, acc;

		if (!plan_find(p, p->policy->rule[rule].event, p->rule[rule].agg[i], &view, &acc) || seen[p->view[view].ring])
			continue;
		seen[p->view[view].ring] = true;
		*tuple_bytes += p->ring[p->view[view].ring].rp.tuple_bytes;
		(*rings)++;
	}
}

static void print_check(struct buf *b, const struct loaded *l)
{
	static const char *const modes[] = { "live", "shadow", "off" };
	const struct policy *po = &l->policy;
	const struct plan *p = l->plan;
	uint32_t accs = 0;

	buf_printf(b, "%-24s %-7s %-7s %10s %6s %12s\n", "rule", "mode", "grade", "aggregates", "rings", "bytes/event");
	for (uint32_t i = 0; i < po->n_rules; i++) {
		const struct rule *r = &po->rule[i];
		uint32_t aggs, rings, bytes;

		rule_cost(p, i, &aggs, &rings, &bytes);
		buf_printf(b, "%.*s", (int)r->name.n, r->name.p);
		for (size_t w = lang_width(r->name); w < 24; w++)
			buf_char(b, ' ');
		buf_printf(b, " %-7s %-7s %10u %6u %12u\n", modes[r->mode], policy_severity_name(r->severity), aggs, rings,
		           bytes);
	}
	for (uint32_t i = 0; i < p->n_rings; i++) {
		accs += p->ring[i].alerts ? 0 : p->ring[i].rp.n_accs;
	}
	buf_printf(b, "\n%u rules, %u exemptions, %u lists, %u features, %u tests; %u aggregates in %u shared rings\n",
	           po->n_rules, po->n_exempts, po->n_lists, po->n_features, po->n_tests, accs, p->n_rings);
	for (uint32_t i = 0; i < p->n_spaces; i++) {
		const struct plan_space *s = &p->space[i];

		if (s->entity && s->n_rings > 0)
			buf_printf(b, "%.*s: %u bytes when idle\n", (int)po->schema.entity[i].name.n, po->schema.entity[i].name.p,
			           s->row_bytes);
	}
}

static int run(const struct policy_command *c, const struct hash_key *key, struct loaded *l)
{
	struct buf b;
	bool ok = true;

	buf_init(&b, 256 << 20);
	if (strcmp(c->verb, "check") == 0)
		print_check(&b, l);
	else if (strcmp(c->verb, "explain") == 0)
		plan_print(&b, l->plan);
	else if (strcmp(c->verb, "sql") == 0)
		policy_sql_all(&b, &l->policy);
	else
		ok = policy_test_run(&b, l, key);
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
