/* test_sql.c - the printed SQL runs in SQLite over a broad policy, and gives values worked out by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sqlite3.h>
#include <cmocka.h>
#include "event/event.h"
#include "policy/builtins.h"
#include "policy/sql.h"

static const char schema[] =
	"entity phone { holder: person, opened: time }, account { holder: person, phone: phone }, person\n"
	"event call { caller: phone, callee: phone, talk: duration, note: text? }\n"
	"event transfer { payer: account, payee: account, amount: money, channel: text? }\n"
	"event open_card { phone: phone, person: person } sets phone.holder = person, phone.opened = time\n"
	"event bind { person: person, phone: phone?, account: account? } sets phone.holder = person, account.holder = person, "
	"account.phone = phone\n"
	"list \"known\" of phone from \"known.csv\"\n";

struct fixture {
	struct policy p;
	sqlite3 *db;
};

static void template_sql(sqlite3_context *c, int n, sqlite3_value **v)
{
	char out[EVENT_TEXT_MAX];
	(void)n;
	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	struct text t = text_of((const char *)sqlite3_value_text(v[0]), (size_t)sqlite3_value_bytes(v[0]));
	sqlite3_result_text(c, out, (int)builtin_template(t, out), SQLITE_TRANSIENT);
}

static void run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s in: %s", why, sql);
}

static struct fixture *load(const char *rest)
{
	struct fixture *x = calloc(1, sizeof(*x));
	size_t n = sizeof(schema) + strlen(rest);
	char *all = malloc(n);
	snprintf(all, n, "%s%s", schema, rest);
	struct policy_file file = { TEXT("t.dk"), text_z(all) };
	struct buf b;
	buf_init(&b, 1 << 22);
	if (policy_load(&x->p, &file, 1, NULL, NULL, &b) != ERR_OK)
		fail_msg("%s", b.p);
	free(all);
	buf_clear(&b);
	policy_sql_schema(&b, &x->p);
	assert_int_equal(sqlite3_open(":memory:", &x->db), SQLITE_OK);
	sqlite3_create_function(x->db, "template", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, template_sql, NULL, NULL);
	run_sql(x->db, b.p);
	buf_release(&b);
	return x;
}

static void unload(struct fixture *x)
{
	assert_int_equal(sqlite3_close(x->db), SQLITE_OK);
	policy_release(&x->p);
	free(x);
}

/* The feature's values over all its events, in order of position, as "1 2 null". */
static void expect_values(struct fixture *x, const char *feature, const char *values)
{
	for (uint32_t i = 0; i < x->p.n_features; i++) {
		const struct feature *ft = &x->p.feature[i];
		if (!text_eq(ft->name, text_z(feature)))
			continue;
		struct buf b, got;
		buf_init(&b, 1 << 20);
		buf_init(&got, 1 << 16);
		buf_z(&b, "SELECT ");
		policy_sql_expr(&b, &x->p, ft->event, ft->expr, "e");
		buf_printf(&b, " FROM \"%.*s\" AS e ORDER BY e.pos", (int)x->p.schema.event[ft->event].name.n,
		           x->p.schema.event[ft->event].name.p);
		sqlite3_stmt *st;
		if (sqlite3_prepare_v2(x->db, b.p, -1, &st, NULL) != SQLITE_OK)
			fail_msg("%s: %s in %s", feature, sqlite3_errmsg(x->db), b.p);
		int rc;
		while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
			const char *v = (const char *)sqlite3_column_text(st, 0);
			buf_printf(&got, "%s%s", got.n ? " " : "", v ? v : "null");
		}
		assert_int_equal(rc, SQLITE_DONE);
		sqlite3_finalize(st);
		if (strcmp(got.p, values) != 0)
			fail_msg("%s is %s, not %s, by %s", feature, got.p, values, b.p);
		buf_release(&b);
		buf_release(&got);
		return;
	}
	fail_msg("no feature %s", feature);
}

#define H "3600000000"

static void test_windows(void **state)
{
	(void)state;
	struct fixture *x = load(
		"feature n on call = count(call by caller over 1h)\n"
		"feature n_before on call = count(call by caller over 1h excluding this)\n"
		"feature n_callee on call = count(by caller = callee over 1h)\n"
		"feature s on call = sum(talk by caller over 1h) / 1s\n"
		"feature a on call = avg(talk by caller over 1h) / 1s\n"
		"feature d on call = distinct(callee by caller over 1h)\n"
		"feature f on call = first(callee by caller over 1h)\n"
		"feature l on call = last(talk by caller over 1h excluding this)\n"
		"feature lo on call = min(talk by caller over 1h where talk > 0s)\n"
		"feature sd on call = round(1000 * stddev(talk by caller over 1h) / 1s)\n"
		"feature g on call = gap_avg(call by caller over 2h) / 1min\n"
		"feature gsd on call = round(gap_stddev(by caller over 2h) / 1s)\n"
		"feature sh on call = share(talk >= 5s by caller over 1h)\n"
		"feature nested on call = count(call by caller over 2h where count(call by caller over 1h) >= 2)\n"
		"feature pre on transfer = preceded by call(callee.holder = payer.holder, talk >= 5s) within 2h\n"
		"feature first on transfer = first_time(payer -> payee over 90d)\n"
		"feature seen on transfer = max(amount by payer over 1d excluding this) is known and not (amount between 1 yuan and 2 yuan)\n");
	run_sql(
		x->db,
		"INSERT INTO call VALUES (1, 1000000, 'A', 'B', 5000000, NULL), (2, 61000000, 'A', 'C', 8000000, NULL),"
		"(3, 1000000 + " H
		", 'A', 'B', 0, NULL), (4, 30000000, 'A', 'D', 2000000, NULL), (6, 61000000, 'C', 'A', 7, 'x');"
		"INSERT INTO open_card VALUES (5, 5, 'B', 'bob');"
		"INSERT INTO bind VALUES (7, 50, 'bob', NULL, 'acc'), (8, 40, 'eve', 'B', 'acc');"
		"INSERT INTO transfer VALUES (9, 1000000, 'acc', 'acd', 150, NULL), (10, 6000000, 'acc', 'acd', 300, 'app'),"
		"(11, 2 * " H " + 61000001, 'acc', 'ace', 500, NULL);"
		"INSERT INTO bind VALUES (22, 60, 'bob', 'B', NULL);"
		"INSERT INTO call VALUES (23, 75000000, 'Z', 'B', 6000000, NULL);"
		"INSERT INTO transfer VALUES (24, 80000000, 'acc', 'zz', 1, NULL);");
	/* position 4 is late: it sees 1 and itself, and 3 saw only 2 because 1 lies exactly an hour before */
	expect_values(x, "n", "1 2 2 2 1 1");
	expect_values(x, "n_before", "0 1 1 1 0 0");
	expect_values(x, "n_callee", "0 0 0 0 3 0");
	expect_values(x, "s", "5.0 13.0 8.0 7.0 7.0e-06 6.0");
	expect_values(x, "a", "5.0 6.5 4.0 3.5 7.0e-06 6.0");
	expect_values(x, "d", "1 2 2 2 1 1");
	expect_values(x, "f", "B B C B A B");
	expect_values(x, "l", "null 5000000 8000000 5000000 null null");
	expect_values(x, "lo", "5000000 5000000 8000000 2000000 7 6000000");
	expect_values(x, "sd", "0 1500 4000 1500 0 0");
	expect_values(x, "g", "null 1.0 30.0 0.483333333333333 null null");
	expect_values(x, "gsd", "null 0 1740 0 null null");
	expect_values(x, "sh", "1.0 1.0 0.5 0.5 0.0 1.0");
	expect_values(x, "nested", "0 1 2 1 0 0");
	/* acc is bob's by the newest binding (time 50), and only call 23 reached B when B was bob's: position 22 says so, at time 60 */
	expect_values(x, "pre", "0 0 0 1");
	expect_values(x, "first", "1 0 1 1");
	expect_values(x, "seen", "0 1 1 1");
	unload(x);
}

static void test_attributes(void **state)
{
	(void)state;
	struct fixture *x = load("feature h on call = caller.holder\n"
	                         "feature age on call = age(caller)\n"
	                         "feature k on call = caller.kind\n"
	                         "feature y on call = caller.holder.birth_year\n"
	                         "feature li on call = caller in list \"known\"\n"
	                         "feature r on call = risk(caller)\n"
	                         "feature e on call = caller.region else \"?\"\n"
	                         "feature m on call = note is missing\n"
	                         "feature c on call = contains(note, \"a'b\")\n"
	                         "feature st on call = starts_with(note, \"贷款\")\n"
	                         "feature len on call = length(note)\n"
	                         "feature t on call = template(note)\n"
	                         "feature hour on call = hour(time)\n"
	                         "feature utc on call = hour(time, \"UTC\")\n"
	                         "feature wd on call = weekday(time)\n"
	                         "feature ck on call = clock(time) / 1min\n"
	                         "feature night on call = clock between 22:00 and 06:00\n"
	                         "feature in3 on call = note in (\"x\", \"y\", \"z\")\n"
	                         "feature mx on call = greatest(talk, 5s)\n"
	                         "feature ab on call = abs(-talk)\n"
	                         "feature three on call = note = \"x\" or talk > 1s\n");
	run_sql(
		x->db,
		"INSERT INTO open_card VALUES (1, 100, 'A', 'ann'), (2, 200, 'A', 'bob');"
		"INSERT INTO bind VALUES (4, 150, 'cat', 'A', NULL), (6, 300, 'dan', 'A', NULL);"
		"INSERT INTO call VALUES (3, 250, 'A', 'B', 9000000, '贷款a''b'), (5, 250, 'A', 'B', 1, 'x'), (7, 57600000250, 'A', 'B', 2, NULL),"
		"(8, 250, NULL, 'B', 1, 'Ａb12 http://x.cn/1 ，您');"
		"INSERT INTO ident VALUES ('phone', 'A', 'mobile', NULL, NULL, NULL, NULL), ('person', 'bob', NULL, NULL, NULL, NULL, 1990);"
		"INSERT INTO list VALUES ('known', 'A', 1000);"
		"INSERT INTO alert VALUES (5, 250, 'phone', 'A', 'r', 60), (3, 250, 'account', 'A', 'r', 90);");
	expect_values(x, "h", "bob bob dan null");
	expect_values(x, "age", "50 50 57600000050 null");
	expect_values(x, "k", "mobile mobile mobile null");
	expect_values(x, "y", "1990 1990 null null");
	expect_values(x, "li", "1 1 0 null");
	expect_values(x, "r", "0 0 60 0");
	expect_values(x, "e", "? ? ? ?");
	expect_values(x, "m", "0 0 1 0");
	expect_values(x, "c", "1 0 null 0");
	expect_values(x, "st", "1 0 null 0");
	expect_values(x, "len", "5 1 null 21");
	expect_values(x, "t", "贷款ab x null ab您");
	expect_values(x, "hour", "8 8 0 8");
	expect_values(x, "utc", "0 0 16 0");
	expect_values(x, "wd", "4 4 5 4");
	expect_values(x, "ck", "480.000004166667 480.000004166667 4.16666666666667e-06 480.000004166667");
	expect_values(x, "night", "0 0 1 0");
	expect_values(x, "in3", "0 1 null 0");
	expect_values(x, "mx", "9000000 5000000 5000000 5000000");
	expect_values(x, "ab", "9000000 1 2 1");
	expect_values(x, "three", "1 1 null 0");
	unload(x);
}

/* Every statement of a broad policy is valid. */
static void test_all_statements(void **state)
{
	(void)state;
	struct fixture *x = load(
		"let n = count(call by caller over 1h where callee.holder = caller.holder and risk(callee) > 3)\n"
		"rule r on call about caller when n > 3 and gap_stddev(by caller over 1d) > 5s or stddev(talk by callee = caller over 90d\n"
		"  where n > 2 excluding this) > 1s\n"
		"then alert red, propose warn(caller.holder) basis \"x\" because \"{n} and {max(talk by caller, callee over 3d)}\"\n"
		"exempt x on call about caller until 2027-01-01 when count(by caller over 5d) > 1000 from all\n");
	struct buf b;
	buf_init(&b, 1 << 20);
	policy_sql_all(&b, &x->p);
	assert_int_equal(b.err, ERR_OK);
	run_sql(x->db, b.p);
	assert_non_null(strstr(b.p, "-- t.dk:7:9 count(call by caller over 1h"));
	assert_non_null(strstr(b.p, "max("));
	buf_release(&b);
	unload(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_all_statements),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
