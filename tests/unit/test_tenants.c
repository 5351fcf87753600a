/* test_tenants.c - what an organisation may see, as a matrix of patterns and fields; token buckets against a count of what they let through. */
#include "tests/test.h"
#include "base/clock.h"
#include "base/rng.h"
#include "gateway/desk_show.h"
#include "gateway/tenants.h"

static struct tenant of(const char *name, const char *const *sees)
{
	struct tenant t = { .number = 1 };

	snprintf(t.name, sizeof(t.name), "%s", name);
	for (; *sees != NULL; sees++)
		snprintf(t.sees[t.n_sees++], sizeof(t.sees[0]), "%s", *sees);
	return t;
}

/* One row a set of patterns, one column a question; 1: sees it. */
static void test_matrix(void **state)
{
	static const struct {
		const char *organisation, *event, *field;
	} asked[] = {
		{ "bank-1", "transfer", "amount" }, /* its own */
		{ "bank-1", "call", "talk" },
		{ "bank-2", "transfer", "amount" }, /* another's */
		{ "bank-2", "transfer", "payee" },
		{ "bank-2", "call", "talk" },
		{ "", "transfer", "amount" },   /* nobody's */
		{ NULL, "transfer", "amount" }, /* anybody's */
		{ NULL, "call", "talk" },
		{ "bank-2", "transfer", "" }, /* any field of it */
		{ NULL, "call", "" },
	};
	static const struct {
		const char *sees[4];
		const char *answers;
	} rows[] = {
		{ { NULL }, "0000000000" },
		{ { "self:*.*", NULL }, "1100000000" },
		{ { "self:transfer.*", NULL }, "1000000000" },
		{ { "self:transfer.payee", NULL }, "0000000000" },
		{ { "bank-1:*.*", NULL }, "1100000000" },
		{ { "bank-2:*.*", NULL }, "0011100010" },
		{ { "bank-2:transfer.payee", NULL }, "0001000010" },
		{ { "*:transfer.amount", NULL }, "1010011010" },
		{ { "*:call.talk", NULL }, "0100100101" },
		{ { "*:*.talk", NULL }, "0100100111" },
		{ { "*:*.*", NULL }, "1111111111" },
		{ { "bank-1:*.*", "bank-2:*.*", NULL }, "1111100010" },
		{ { "self:*.*", "*:call.*", NULL }, "1100100101" },
		{ { "bank:*.*", "ban*:*.*", "bank-2:trans*.*", NULL }, "0000000000" }, /* * stands for a whole part only */
		{ { "*", "*:*", "*.*", NULL }, "0000000000" },                         /* not of the form */
		{ { ":transfer.amount", "*:.amount", "*:transfer.", NULL }, "0000000000" },
		{ { "self:transfer.amount.x", NULL }, "0000000000" },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct tenant t = of("bank-1", rows[r].sees);

		for (size_t q = 0; q < ARRAY_LEN(asked); q++)
			if (tenant_sees(&t, asked[q].organisation, text_z(asked[q].event), text_z(asked[q].field)) !=
			    (rows[r].answers[q] == '1'))
				fail_msg("row %zu, question %zu", r, q);
		assert_int_equal(tenant_sees_all(&t), strcmp(rows[r].answers, "1111111111") == 0);
	}
	assert_true(tenant_sees(NULL, NULL, TEXT("x"), TEXT("y")));
	assert_true(tenant_sees_all(NULL));
	assert_true(tenant_pattern_valid(TEXT("*:list.hospital phones")));
	assert_true(tenant_pattern_valid(TEXT("*:list.a:b.c")));
	assert_true(tenant_pattern_valid(TEXT("a:b:call.talk"))); /* an organisation with a colon in its name */
	assert_false(tenant_pattern_valid(TEXT("*:call.talk time")));
	assert_false(tenant_pattern_valid(TEXT("*:call")));
	assert_false(tenant_pattern_valid(TEXT("call.talk")));
	assert_false(tenant_pattern_valid(TEXT("")));
}

static void test_find(void **state)
{
	struct tenant t[2] = { { .name = "a", .number = 7 }, { .name = "b", .number = 9 } };

	(void)state;
	assert_ptr_equal(tenant_find(t, 2, "b"), &t[1]);
	assert_null(tenant_find(t, 2, "c"));
	assert_ptr_equal(tenant_numbered(t, 2, 7), &t[0]);
	assert_null(tenant_numbered(t, 2, 8));
	t[0].number = 0;
	assert_null(tenant_numbered(t, 2, 0)); /* 0 is nobody, whatever the settings say */
}

static void test_bucket(void **state)
{
	struct tenant t = { .rate = 10, .burst = 5 };
	struct rate r = { 0 };
	int64_t now = 0, wait;

	(void)state;
	assert_false(rate_take(&r, &t, 6, now, &wait));
	assert_int_equal(wait, INT64_MAX); /* never */
	assert_true(rate_take(&r, &t, 5, now, &wait));
	assert_false(rate_take(&r, &t, 1, now, &wait));
	assert_int_equal(wait, 100000);
	assert_false(rate_take(&r, &t, 1, now + 99999, &wait));
	assert_int_equal(wait, 1);
	assert_true(rate_take(&r, &t, 1, now + 100000, &wait));
	assert_false(rate_take(&r, &t, 3, now + 100000, &wait));
	assert_int_equal(wait, 300000);
	now = INT64_MAX / 2; /* a long sleep fills it to the burst and no more */
	assert_false(rate_take(&r, &t, 6, now, &wait));
	assert_true(rate_take(&r, &t, 5, now, &wait));
	assert_false(rate_take(&r, &t, 1, now - US_PER_DAY, &wait)); /* a clock that goes back gives nothing */
	assert_true(rate_take(&r, &t, 1, now - US_PER_DAY + 100000, &wait));
	t.burst = 0; /* as rate */
	r = (struct rate){ 0 };
	assert_true(rate_take(&r, &t, 10, 1, &wait));
	t.rate = 0; /* no limit */
	assert_true(rate_take(&r, &t, UINT32_MAX, 1, &wait));
}

/* Whatever the pattern of asking, no more comes through in any time than burst + rate * time; and who asks at the time he was told gets it. */
static void test_never_more(void **state)
{
	uint64_t seed = test_seed(11), n = test_cases(300);

	(void)state;
	for (uint64_t c = 0; c < n; c++) {
		struct rng rng;
		struct tenant t;
		struct rate r = { 0 };
		int64_t now = 1700000000 * US_PER_SECOND, start = now, wait, got = 0;

		rng_seed(&rng, seed + c);
		t = (struct tenant){ .rate = (uint32_t)rng_between(&rng, 1, 10000000) };
		t.burst = (uint32_t)rng_between(&rng, 1, t.rate);
		for (int i = 0; i < 200; i++) {
			uint32_t want = (uint32_t)rng_between(&rng, 1, t.burst);

			now += rng_between(&rng, 0, 1000);
			if (!rate_take(&r, &t, want, now, &wait)) {
				struct rate early = r;
				int64_t again;

				assert_false(rate_take(&early, &t, want, now + wait - 1, &again));
				now += wait;
				assert_true(rate_take(&r, &t, want, now, &wait));
			}
			got += want;
			assert_true((double)got <= t.burst + (double)t.rate * (double)(now - start) / 1e6 + 1e-3);
		}
	}
}

/* Two numbers below those of users are the service's own: no key has or gets one, and they are shown by name. */
static void reserved_numbers(void **state)
{
	static const char line[] =
		"{\"id\":\"00000001\",\"tenant\":\"a\",\"scopes\":[\"desk\"],\"hash\":"
		"\"0000000000000000000000000000000000000000000000000000000000000000\",\"made_us\":1,\"user\":%u,\"roles\":[\"intake\"]}";
	static const char *const shown[] = { "\"key-65532\"", "\"key-65533\"", "\"public\"", "\"outbox\"", "\"U-65536\"" };
	const unsigned char random[KEY_RANDOM_BYTES] = { 1 };
	struct key_entry as = { .tenant = "a", .scopes = SCOPE_DESK, .roles = 4 };
	char z[KEY_CHARS + 1], file[512];

	(void)state;
	for (unsigned user = 65532; user <= 65536; user++) {
		struct keys k;
		struct buf why;
		enum err e;

		buf_init(&why, 512);
		snprintf(file, sizeof(file), line, user);
		e = keys_parse(&k, text_z(file), &why);
		assert_int_equal(e, user <= 65533 ? ERR_OK : ERR_FORMAT);
		if (e != ERR_OK)
			assert_non_null(strstr(why.p, "65534 and 65535 are the public and the outbox"));
		else
			assert_int_equal(keys_make(&k, &as, random, z), user == 65532 ? ERR_OK : ERR_CAP);
		buf_clear(&why);
		desk_put_user(&why, user);
		assert_string_equal(why.p, shown[user - 65532]);
		buf_release(&why);
		keys_release(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_matrix), cmocka_unit_test(test_find),
		                                cmocka_unit_test(test_bucket), cmocka_unit_test(test_never_more),
		                                cmocka_unit_test(reserved_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
