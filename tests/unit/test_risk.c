/* test_risk.c - the risk of outlets: the beta distribution against values of another method, counts against SQLite, and what must hold whatever is fed: order does not matter, more involved is never better, a unit's
 * estimate lies between its own share and the mean, one unlucky card is no reason to be in the top group. A city in which one outlet sells to mules. */
#include "tests/test.h"
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "outreach/beta.h"
#include "outreach/risk.h"

/* ---- beta ---- */

static void beta_agrees_with_numerical_integration(void **state)
{
	/* computed in 40 digits: the hypergeometric series where a + b < 10000, else the density integrated */
	static const struct {
		double a, b, x, p;
	} known[] = {
		{ 0.5, 0.5, 0.3, 0.36901011956554538 },         { 2, 2000, 0.001, 0.59440022380750097 },
		{ 2, 2019, 0.000176, 0.050025348420857874 },    { 1, 1, 0.25, 0.25 },
		{ 1.5, 3000.25, 0.0005, 0.60856756252520904 },  { 21, 9981, 0.0018, 0.26927975313567539 },
		{ 30.5, 4e6, 7e-6, 0.3428085383592215 },        { 1000, 2000, 0.34, 0.78121509116064273 },
		{ 5e4, 5e4, 0.501, 0.73645506170295855 },       { 3, 7, 0.9, 0.999997002 },
		{ 120, 30, 0.85, 0.94545137060356798 },         { 1.0005, 1e8, 1e-8, 0.63190470002474881 },
		{ 400, 99999600, 4.2e-6, 0.84144257769383054 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		double p = beta_below(known[i].a, known[i].b, known[i].x);

		if (fabs(p - known[i].p) > 1e-10)
			fail_msg("Beta(%g, %g) below %g: %.17g, and it is %.17g", known[i].a, known[i].b, known[i].x, p,
			         known[i].p);
	}
}

/* Of whole numbers the distribution is a sum of binomials. */
static double by_binomials(int a, int b, double x)
{
	double sum = 0, term = pow(1 - x, a + b - 1);

	for (int j = 0; j <= a + b - 1; j++) {
		sum += j >= a ? term : 0;
		term *= (double)(a + b - 1 - j) / (j + 1) * x / (1 - x);
	}
	return sum;
}

static void beta_has_its_closed_forms(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(71));
	for (int i = 0; i < 500; i++) {
		double x = (double)(1 + rng_below(&r, 998)) / 1000, a = 0.1 + (double)rng_below(&r, 5000) / 7,
			   b = 0.1 + (double)rng_below(&r, 500000) / 7;
		int m = 1 + (int)rng_below(&r, 25), n = 1 + (int)rng_below(&r, 25);

		assert_true(fabs(beta_below(1, b, x) - -expm1(b * log1p(-x))) < 1e-12);
		assert_true(fabs(beta_below(a, 1, x) - exp(a * log(x))) < 1e-12);
		assert_true(fabs(beta_below(a, b, x) + beta_below(b, a, 1 - x) - 1) < 1e-9);
		assert_true(fabs(beta_below(m, n, x) - by_binomials(m, n, x)) < 1e-11);
		assert_true(fabs(beta_below(0.5, 0.5, x) - 2 / acos(-1) * asin(sqrt(x))) < 1e-12);
	}
	assert_true(beta_below(2, 3, -1) == 0 && beta_below(2, 3, 0) == 0 && beta_below(2, 3, 1) == 1 &&
	            beta_below(2, 3, NAN) == 0);
}

static void quantiles_are_where_the_share_below_is(void **state)
{
	static const double ps[] = { 1e-9, 0.001, 0.05, 0.3, 0.5, 0.95, 0.999999 };
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(72));
	for (int i = 0; i < 600; i++) {
		double a = i % 2 ? 1 + (double)rng_below(&r, 4000) : 0.01 + (double)rng_below(&r, 1000) / 200;
		double b = 1 + (double)rng_below(&r, i % 3 ? 1000 : 10000000), last = 0;

		for (size_t k = 0; k < ARRAY_LEN(ps); k++) {
			double x = beta_quantile(a, b, ps[k]);

			assert_true(x >= last && x <= 1);
			if (x > 1e-300 && x < 1 && fabs(beta_below(a, b, x) - ps[k]) > 1e-9)
				fail_msg("quantile %g of Beta(%g, %g): %g", ps[k], a, b, x);
			last = x;
		}
	}
	assert_true(beta_quantile(3, 4, 0) == 0 && beta_quantile(3, 4, 1) == 1);
	assert_true(fabs(beta_quantile(1, 2000, 0.05) - -expm1(log(0.95) / 2000)) < 1e-15);
}

/* ---- a drawn city ---- */

enum {
	OPENINGS = 1500
};
static struct drawn {
	struct desk_opening o;
	int64_t found_us; /* 0: not */
} drawn[OPENINGS];
static int64_t month_us;

static struct token name(uint64_t n)
{
	return (struct token){ { n ? hash_mix(n) : 0, n } };
}

static void set_month(void)
{
	assert_int_equal(clock_parse(TEXT("2026-03-01T00:00:00"), &clock_shanghai, &month_us), ERR_OK);
}

static void draw(struct rng *r)
{
	int64_t from_us = desk_months_after(month_us, -14), span_us = desk_months_after(month_us, 2) - from_us;

	for (uint32_t i = 0; i < OPENINGS; i++) {
		int64_t at_us = i % 4 ? from_us + (int64_t)rng_below(r, (uint64_t)span_us)
		                      : month_us + (int64_t)rng_below(r, 40) * (US_PER_HOUR / 4); /* ties, and batches */

		drawn[i].o =
			(struct desk_opening){ .position = i + 1,
			                       .time_us = at_us,
			                       .thing = { rng_below(r, 2) ? DESK_PHONE : DESK_BANK_ACCOUNT, name(1000000 + i) },
			                       .outlet = name(rng_below(r, 12)),
			                       .agent = name(100 * rng_below(r, 6)),
			                       .clerk = name(1000 * rng_below(r, 20)),
			                       .person = name(20000 + rng_below(r, 300)),
			                       .organisation = (uint16_t)rng_below(r, 3),
			                       .remote = rng_below(r, 5) == 0 };
		drawn[i].found_us = rng_below(r, 6) ? 0 : at_us + (int64_t)rng_below(r, 200) * US_PER_DAY;
	}
}

static struct risk *fed(struct rng *shuffle)
{
	static uint32_t order[OPENINGS];
	struct risk *k = NULL;

	for (uint32_t i = 0; i < OPENINGS; i++)
		order[i] = i;
	for (uint32_t i = OPENINGS - 1; shuffle && i > 0; i--) {
		uint32_t j = (uint32_t)rng_below(shuffle, i + 1), was = order[i];

		order[i] = order[j];
		order[j] = was;
	}
	assert_int_equal(risk_new(&k, month_us), ERR_OK);
	for (uint32_t i = 0; i < OPENINGS; i++)
		assert_int_equal(risk_open(k, &drawn[order[i]].o), ERR_OK);
	for (uint32_t i = 0; i < OPENINGS; i++)
		if (drawn[order[i]].found_us)
			assert_int_equal(risk_find(k, &drawn[order[i]].o, drawn[order[i]].found_us), ERR_OK);
	assert_int_equal(risk_settle(k), ERR_OK);
	return k;
}

static void order_does_not_matter(void **state)
{
	const struct risk_unit *x, *y;
	struct risk *one, *two;
	struct rng r;
	uint32_t n, m;

	(void)state;
	rng_seed(&r, test_seed(73));
	set_month();
	for (int i = 0; i < 5; i++) {
		draw(&r);
		one = fed(NULL);
		two = fed(&r);
		x = risk_units(one, &n);
		y = risk_units(two, &m);
		assert_int_equal(n, m);
		assert_true(n > 50);
		assert_memory_equal(x, y, n * sizeof(*x));
		risk_free(one);
		risk_free(two);
	}
}

/* ---- the same counts by SQLite ---- */

static sqlite3 *db;

static void run(const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static void into_sqlite(void)
{
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run("CREATE TABLE o(i INTEGER PRIMARY KEY, time, kind, outlet, agent, clerk, org, person, remote, found)");
	for (uint32_t i = 0; i < OPENINGS; i++) {
		const struct desk_opening *o = &drawn[i].o;
		char sql[400];

		snprintf(sql, sizeof(sql), "INSERT INTO o VALUES(%u,%lld,%d,%lld,%lld,%lld,%d,%lld,%d,%lld)", i,
		         (long long)o->time_us, o->thing.kind, (long long)o->outlet.w[1], (long long)o->agent.w[1],
		         (long long)o->clerk.w[1], o->organisation, (long long)o->person.w[1], o->remote,
		         (long long)drawn[i].found_us);
		run(sql);
	}
	run("CREATE INDEX op ON o(person, time); CREATE INDEX oa ON o(agent, time); CREATE INDEX oc ON o(clerk, time)");
	/* A batch: some window of an hour that begins with an opening of the same key has so many. */
	run("CREATE TABLE batch AS SELECT DISTINCT x.i FROM o x, (SELECT 'p' AS w, o.* FROM o UNION ALL SELECT 'a', o.* FROM o WHERE agent <> 0 UNION ALL SELECT 'c', o.* FROM o WHERE clerk <> 0) f "
	    "WHERE CASE f.w WHEN 'p' THEN x.person = f.person WHEN 'a' THEN x.agent = f.agent ELSE x.clerk = f.clerk END "
	    "AND x.time BETWEEN f.time AND f.time + 3600000000 AND strftime('%Y-%m', x.time / 1000000 + 28800, 'unixepoch') = '2026-03' "
	    "AND strftime('%Y-%m', f.time / 1000000 + 28800, 'unixepoch') = '2026-03' AND "
	    "(SELECT count(*) FROM o y WHERE CASE f.w WHEN 'p' THEN y.person = f.person WHEN 'a' THEN y.agent = f.agent ELSE y.clerk = f.clerk END "
	    " AND y.time BETWEEN f.time AND f.time + 3600000000 AND strftime('%Y-%m', y.time / 1000000 + 28800, 'unixepoch') = '2026-03') >= CASE f.w WHEN 'p' THEN 3 ELSE 20 END");
}

static void same_counts(const struct risk_unit *u)
{
	static const char *const column[RISK_LEVELS] = { "outlet", "agent", "clerk", "0" };
	static const char *const what =
		"sum(om BETWEEN '2025-04' AND '2026-03'), sum(om BETWEEN '2025-03' AND '2026-02'),"
		"sum(om BETWEEN '2025-04' AND '2026-03' AND fm = '2026-03'), sum(om BETWEEN '2025-03' AND '2026-02' AND fm = '2026-02'),"
		"sum(fm = '2026-03'), sum(fm = '2026-02'), sum(fm = '2025-03'), sum(fm = '2026-03' AND found - time <= 30 * 86400000000),"
		"sum(om = '2026-03'), sum(om = '2026-03' AND (h >= 22 OR h < 6)), sum(om = '2026-03' AND i IN batch), sum(om = '2026-03' AND remote)";
	const uint64_t have[] = { u->opened[0], u->opened[1], u->involved[0], u->involved[1], u->found[0], u->found[1],
		                      u->found[2],  u->early,     u->month,       u->night,       u->batch,    u->remote };
	sqlite3_stmt *q = NULL;
	char sql[2000];

	snprintf(
		sql, sizeof(sql),
		"SELECT %s FROM (SELECT *, strftime('%%Y-%%m', time / 1000000 + 28800, 'unixepoch') AS om,"
		" CASE found WHEN 0 THEN '' ELSE strftime('%%Y-%%m', found / 1000000 + 28800, 'unixepoch') END AS fm,"
		" CAST(strftime('%%H', time / 1000000 + 28800, 'unixepoch') AS INTEGER) AS h FROM o WHERE kind = %d AND org = %d AND %s = %lld)",
		what, u->thing, u->organisation, column[u->level], (long long)u->token.w[1]);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	for (size_t i = 0; i < ARRAY_LEN(have); i++)
		if ((uint64_t)sqlite3_column_int64(q, (int)i) != have[i])
			fail_msg("%s %llu of %u: count %zu is %llu, and SQLite has %lld", risk_level_names[u->level],
			         (unsigned long long)u->token.w[1], u->organisation, i, (unsigned long long)have[i],
			         (long long)sqlite3_column_int64(q, (int)i));
	sqlite3_finalize(q);
}

static void counts_are_sqlites(void **state)
{
	const struct risk_unit *u;
	struct risk *k;
	struct rng r;
	uint64_t batches = 0, singles = 0;
	uint32_t n;

	(void)state;
	rng_seed(&r, test_seed(74));
	set_month();
	draw(&r);
	into_sqlite();
	k = fed(NULL);
	u = risk_units(k, &n);
	for (uint32_t i = 0; i < n; i++) {
		same_counts(&u[i]);
		batches += u[i].batch;
		singles += u[i].month - u[i].batch;
	}
	assert_true(batches > 0 && singles > 0);
	risk_free(k);
	sqlite3_close(db);
}

/* ---- what must hold ---- */

static void estimates_shrink_and_ranks_follow_the_lower_limit(void **state)
{
	const struct risk_unit *u;
	struct risk *k;
	struct rng r;
	uint32_t n;

	(void)state;
	rng_seed(&r, test_seed(75));
	set_month();
	for (int i = 0; i < 5; i++) {
		draw(&r);
		k = fed(NULL);
		u = risk_units(k, &n);
		for (uint32_t j = 0; j < n; j++) {
			const struct risk_prior *p = risk_prior(k, (enum risk_level)u[j].level, u[j].thing, RISK_NOW);
			double mean = p->a / (p->a + p->b), own = (double)u[j].involved[0] / (double)u[j].opened[0];

			if (u[j].opened[0] == 0) {
				assert_int_equal(u[j].rank[0], 0);
				continue;
			}
			assert_true(p->a >= 1 - 1e-9);
			assert_true(u[j].estimate >= fmin(mean, own) - 1e-12 && u[j].estimate <= fmax(mean, own) + 1e-12);
			assert_true(u[j].lower < u[j].estimate && u[j].estimate < u[j].upper);
			if (j > 0 && u[j - 1].level == u[j].level && u[j - 1].thing == u[j].thing) {
				assert_true(u[j - 1].lower >= u[j].lower);
				assert_int_equal(u[j].rank[0], u[j - 1].rank[0] + 1);
			}
			assert_true(!u[j].top[0] || u[j].lower > mean);
		}
		risk_free(k);
	}
}

static void more_involved_is_never_better(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 100000; n = n * 3 + 1)
		for (uint64_t worth = 1; worth < 100000; worth *= 100) {
			double a = 1, b = 10 + (double)worth, last = -1;

			for (uint64_t k = 0; k <= n && k < 20; k++) {
				double lower = beta_quantile(a + (double)k, b + (double)(n - k), RISK_LIMIT);

				assert_true(lower > last);
				assert_true(lower >
				            beta_quantile(a + (double)k, b + (double)(n + 1 - k), RISK_LIMIT)); /* more sold: better */
				last = lower;
			}
		}
}

/* One involved of however few never lies above the mean by its lower limit: the prior is worth at least one. */
static void one_unlucky_card_is_no_shame(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(76));
	for (int i = 0; i < 300; i++) {
		struct risk_sums s = { .units = 1 + rng_below(&r, 1000) };
		struct risk_prior p;
		double mean;
		uint64_t n;

		for (uint64_t u = 0; u < s.units; u++) {
			uint64_t o = 1 + rng_below(&r, 1 + ((uint64_t)1 << rng_below(&r, 14))),
					 k = rng_below(&r, 3) ? 0 : rng_below(&r, o < 9 ? o : 9);

			s.n += o;
			s.k += k;
			s.nn += (unsigned __int128)o * (o - 1);
			s.kk += k == 0 ? 0 : (unsigned __int128)k * (k - 1);
		}
		p = risk_fit(&s);
		mean = p.a / (p.a + p.b);
		assert_true(p.a >= 1 - 1e-9 && p.b > 0 && mean > 0 && mean < 1);
		n = 1 + rng_below(&r, 50);
		if (beta_quantile(p.a + 1, p.b + (double)n - 1, RISK_LIMIT) >= mean)
			fail_msg("prior %g %g: one of %llu is above the mean", p.a, p.b, (unsigned long long)n);
	}
}

/* The moments find a prior that units were drawn from. */
static void the_prior_is_found_again(void **state)
{
	struct risk_sums s = { 0 };
	struct risk_prior p;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(77));
	for (int i = 0; i < 1500; i++) {
		double u = (double)(1 + rng_below(&r, 1000000)) / 1000001, share = beta_quantile(2, 198, u);
		uint64_t n = 500 + rng_below(&r, 1000), k = 0;

		for (uint64_t j = 0; j < n; j++)
			k += (double)rng_below(&r, 1000000000) < share * 1e9;
		s.units++;
		s.n += n;
		s.k += k;
		s.nn += (unsigned __int128)n * (n - 1);
		s.kk += k == 0 ? 0 : (unsigned __int128)k * (k - 1);
	}
	p = risk_fit(&s);
	assert_true(fabs(p.a / (p.a + p.b) - 0.01) < 0.001);
	assert_true(p.a > 1.5 && p.a < 2.7);
}

static void nothing_opened_is_no_estimate(void **state)
{
	struct risk_prior p = risk_fit(&(struct risk_sums){ 0 });
	struct risk *k = NULL;
	uint32_t n = 7;

	(void)state;
	assert_true(p.a == 0 && p.b == 0);
	set_month();
	assert_int_equal(risk_new(&k, month_us), ERR_OK);
	assert_int_equal(risk_settle(k), ERR_OK);
	risk_units(k, &n);
	assert_int_equal(n, 0);
	risk_free(k);
	assert_true(risk_fit(&(struct risk_sums){ .units = 1, .n = 1, .k = 1 }).b > 0);
}

/* ---- findings ---- */

static void a_thing_is_found_once_an_opening(void **state)
{
	struct desk_entity x = { DESK_PHONE, name(5) }, y = { DESK_PHONE, name(6) };
	struct risk_finding f[] = { { x, 300, 1, 0 },
		                        { y, 100, 2, 0 },
		                        { x, 100, 3, 0 },
		                        { x, 200, 4, 0 },
		                        { { DESK_BANK_ACCOUNT, name(5) }, 150, 5, 0 } };
	uint32_t first = 0;

	(void)state;
	risk_findings_sort(f, ARRAY_LEN(f));
	for (size_t i = 0; i < ARRAY_LEN(f); i++) { /* x was opened at 50, and again at 250 */
		bool is_x = f[i].thing.kind == DESK_PHONE && token_eq(f[i].thing.token, x.token);

		if (risk_finding_first(f, i, is_x && f[i].found_us >= 250 ? 250 : 50)) {
			first |= 1u << f[i].object;
			assert_true(f[i].object != 4);
		}
		assert_false(risk_finding_first(f, i, f[i].found_us + 1)); /* before it was opened */
	}
	assert_int_equal(first, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5);
}

/* ---- the city: 400 outlets, one sells to mules, a tiny one has one unlucky card ---- */

static struct risk *city(struct rng *r, int64_t of_us)
{
	int64_t from_us = desk_months_after(month_us, -12), days = (desk_months_after(month_us, 1) - from_us) / US_PER_DAY;
	struct risk *k = NULL;
	uint64_t position = 0;

	assert_int_equal(risk_new(&k, of_us), ERR_OK);
	for (uint64_t outlet = 1; outlet <= 400; outlet++) {
		uint64_t size = outlet == 2 ? 12 : outlet == 1 ? 900 : 200 + hash_mix(outlet) % 2000;

		for (uint64_t i = 0; i < size; i++) {
			position++;
			struct desk_opening o = { .position = position,
				                      .time_us = from_us + (int64_t)rng_below(r, (uint64_t)days) * US_PER_DAY +
				                                 (9 + (int64_t)rng_below(r, 9)) * US_PER_HOUR - 8 * US_PER_HOUR,
				                      .thing = { DESK_PHONE, name(9000000 + position) },
				                      .outlet = name(outlet),
				                      .organisation = 1 };
			bool mule = rng_below(r, 10000) < (outlet == 1 ? 1500u : 30u);

			if (outlet == 2 && i == 0) { /* sold in autumn, found this month */
				o.time_us = from_us + 200 * US_PER_DAY;
				assert_int_equal(risk_open(k, &o), ERR_OK);
				assert_int_equal(risk_find(k, &o, month_us + 3 * US_PER_DAY), ERR_OK);
				continue;
			}
			assert_int_equal(risk_open(k, &o), ERR_OK);
			if (outlet != 2 && mule)
				assert_int_equal(risk_find(k, &o, o.time_us + (int64_t)rng_below(r, 120) * US_PER_DAY), ERR_OK);
		}
	}
	assert_int_equal(risk_settle(k), ERR_OK);
	return k;
}

static void who_sells_to_mules_is_found_and_bad_luck_is_not(void **state)
{
	const struct risk_unit *u;
	struct risk *k;
	struct rng r;
	uint32_t n, talks = 0;

	(void)state;
	rng_seed(&r, test_seed(78));
	set_month();
	k = city(&r, month_us);
	u = risk_units(k, &n);
	assert_true(token_eq(u[0].token, name(1)) && u[0].rank[0] == 1 && u[0].level == RISK_OUTLET);
	assert_true(risk_talk(&u[0]));
	for (uint32_t i = 0; i < n; i++) {
		talks += u[i].level == RISK_OUTLET && risk_talk(&u[i]);
		if (u[i].level != RISK_OUTLET || u[i].token.w[1] != 2)
			continue;
		assert_int_equal(u[i].involved[0], 1);
		assert_true(u[i].opened[0] > 0 &&
		            u[i].opened[0] <= 12); /* more than 800 of 10,000, as a plain quotient has it */
		assert_false(u[i].top[0]);
		assert_true(u[i].estimate * 10000 < 60);
	}
	assert_true(talks <= 3);
	risk_free(k);
}

/* ---- no memory ---- */

static void without_memory_it_says_so(void **state)
{
	struct rng r;
	bool done = false;

	(void)state;
	rng_seed(&r, test_seed(79));
	set_month();
	draw(&r);
	for (uint64_t nth = 1; !done; nth++) {
		struct risk *k = NULL;
		int64_t before = mem_live();
		enum err e;

		mem_fail_at(nth);
		e = risk_new(&k, month_us);
		for (uint32_t i = 0; e == ERR_OK && i < OPENINGS; i++)
			e = risk_open(k, &drawn[i].o);
		if (e == ERR_OK)
			e = risk_settle(k);
		done = e == ERR_OK;
		assert_true(done || e == ERR_MEMORY);
		mem_fail_at(0);
		risk_free(k);
		assert_int_equal(mem_live(), before);
		assert_true(nth < 100);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beta_agrees_with_numerical_integration),
		cmocka_unit_test(beta_has_its_closed_forms),
		cmocka_unit_test(quantiles_are_where_the_share_below_is),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(counts_are_sqlites),
		cmocka_unit_test(estimates_shrink_and_ranks_follow_the_lower_limit),
		cmocka_unit_test(more_involved_is_never_better),
		cmocka_unit_test(one_unlucky_card_is_no_shame),
		cmocka_unit_test(the_prior_is_found_again),
		cmocka_unit_test(nothing_opened_is_no_estimate),
		cmocka_unit_test(a_thing_is_found_once_an_opening),
		cmocka_unit_test(who_sells_to_mules_is_found_and_bad_luck_is_not),
		cmocka_unit_test(without_memory_it_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
