/* judge_rules.c - alerts against SQL: the conditions, subjects and exemptions are SQLite's; what makes a decision of them (sums
 * of live scores about one entity, `every`) is done here once more, in the plainest way. */
#include <inttypes.h>
#include "base/mem.h"
#include "tests/oracle/judge_int.h"

struct fact { /* of a rule or an exemption at one position */
	bool holds;
	char about[WORLD_PLAIN_BYTES]; /* "" = not known */
};

struct facts {
	struct fact at[EVENTS_MAX + 1];
};

static void read_facts(struct judging *j, uint32_t event, const struct expr *when, const struct expr *about,
                       struct facts *out)
{
	struct text table = j->policy->schema.event[event].name;
	sqlite3_stmt *st;
	struct buf b;

	buf_init(&b, 4 << 20);
	buf_z(&b, "SELECT e.pos, ");
	policy_sql_expr(&b, j->policy, event, when, "e");
	buf_z(&b, ", ");
	policy_sql_expr(&b, j->policy, event, about, "e");
	buf_printf(&b, " FROM \"%.*s\" AS e", (int)table.n, table.p);
	st = judge_prepare(j, b.p);
	while (sqlite3_step(st) == SQLITE_ROW) {
		struct fact *f = &out->at[sqlite3_column_int64(st, 0)];

		f->holds = sqlite3_column_int(st, 1) == 1;
		if (sqlite3_column_type(st, 2) != SQLITE_NULL)
			snprintf(f->about, sizeof(f->about), "%s", (const char *)sqlite3_column_text(st, 2));
	}
	sqlite3_finalize(st);
	buf_release(&b);
}

static bool exempted(const struct judging *j, const struct facts *exempt, uint32_t rule, uint64_t pos,
                     const char *about)
{
	const struct rule *r = &j->policy->rule[rule];

	for (uint32_t i = 0; i < j->policy->n_exempts; i++) {
		const struct exempt *x = &j->policy->exempt[i];
		const struct fact *f = &exempt[i].at[pos];

		if (x->event == r->event && x->about->type.entity == r->about->type.entity && f->holds &&
		    strcmp(f->about, about) == 0 && j->at[pos]->time_us < x->until_us)
			return true;
	}
	return false;
}

struct hit {
	uint32_t rule;
	const char *about;
	bool silent;
};

static int64_t decision(const struct judging *j, const struct hit *hit, uint32_t n, const struct hit *h)
{
	int64_t score = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct rule *r = &j->policy->rule[hit[i].rule];

		if (r->mode == RULE_LIVE && strcmp(hit[i].about, h->about) == 0 &&
		    r->about->type.entity == j->policy->rule[h->rule].about->type.entity)
			score += r->score;
	}
	return score;
}

static bool told_lately(const struct judging *j, const struct hit *h, uint64_t pos, uint32_t n_told)
{
	int64_t t = j->at[pos]->time_us, every_us = j->policy->rule[h->rule].every_us;

	for (uint32_t i = 0; i < n_told; i++) {
		const struct got_alert *a = &j->out->alert[i];

		if (every_us > 0 && a->position < pos && a->rule == h->rule && strcmp(a->about, h->about) == 0 &&
		    a->time_us > t - every_us && a->time_us <= t)
			return true;
	}
	return false;
}

static bool expect(struct judging *j, uint64_t pos, const struct hit *h, int64_t score, uint32_t *told)
{
	const struct got_alert *a = *told < j->out->n_alerts ? &j->out->alert[*told] : NULL;

	++*told;
	if (a != NULL && a->position == pos && a->rule == h->rule && strcmp(a->about, h->about) == 0 && a->score == score &&
	    a->mode == j->policy->rule[h->rule].mode)
		return true;
	buf_printf(j->why, "alert %u should be rule %u at position %" PRIu64 " about %s, score %" PRId64 "; ", *told - 1,
	           h->rule, pos, h->about, score);
	if (a == NULL)
		buf_z(j->why, "there is none\n");
	else
		buf_printf(j->why, "it is rule %u at %" PRIu64 " about %s, score %" PRId64 "\n", a->rule, a->position, a->about,
		           a->score);
	return false;
}

static bool walk(struct judging *j, const struct facts *rule, const struct facts *exempt)
{
	struct hit hit[8];
	uint32_t told = 0;

	for (uint64_t pos = 1; pos <= j->out->accepted; pos++) {
		uint32_t n = 0;

		for (uint32_t i = 0; i < j->policy->n_rules && n < 8; i++) {
			const struct fact *f = &rule[i].at[pos];

			if (!f->holds || f->about[0] == 0)
				continue;
			if (exempted(j, exempt, i, pos, f->about))
				judge_see(j, SEEN_EXEMPTED);
			else
				hit[n++] = (struct hit){ .rule = i, .about = f->about };
		}
		for (uint32_t i = 0; i < n; i++)
			hit[i].silent = told_lately(j, &hit[i], pos, told);
		for (uint32_t i = 0; i < n; i++) {
			if (hit[i].silent)
				judge_see(j, SEEN_SUPPRESSED);
			else if (!expect(j, pos, &hit[i], decision(j, hit, n, &hit[i]), &told))
				return false;
		}
	}
	if (told == j->out->n_alerts)
		return true;
	buf_printf(j->why, "%u alerts more than the rules say; the first at position %" PRIu64 " of rule %u\n",
	           j->out->n_alerts - told, j->out->alert[told].position, j->out->alert[told].rule);
	return false;
}

bool judge_rules(struct judging *j)
{
	uint32_t n = j->policy->n_rules, m = j->policy->n_exempts;
	struct facts *rule, *exempt;
	bool ok;

	if (n == 0)
		return true;
	rule = mem_alloc_array(n + 1, sizeof(*rule));
	exempt = mem_alloc_array(m + 1, sizeof(*exempt));
	for (uint32_t i = 0; i < n; i++)
		read_facts(j, j->policy->rule[i].event, j->policy->rule[i].when, j->policy->rule[i].about, &rule[i]);
	for (uint32_t i = 0; i < m; i++)
		read_facts(j, j->policy->exempt[i].event, j->policy->exempt[i].when, j->policy->exempt[i].about, &exempt[i]);
	ok = walk(j, rule, exempt);
	mem_free(rule);
	mem_free(exempt);
	return ok;
}
