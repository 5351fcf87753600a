/* test_credentials.c - codes against RFC 6238, locks, invitations, sessions; each allocation and each write made to fail once; nothing in plain on the disk.
 *
 * The same calls over HTTP are in tests/gateway/test_desk_session.c. */
#include "tests/test.h"
#include <sodium.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "store/credentials.h"
#include "tests/sim/sqlite_faults.h"

#define NOW ((int64_t)1772409600 * US_PER_SECOND)
#define LOGIN TEXT("li.lei")
#define SECRET TEXT("correct horse battery")
#define OTHER TEXT("another horse entirely")
#define HERE at(0)

static struct dictionary *d;
static struct credentials *c;
static char path[64], code[INVITATION_CHARS + 1], seed_chars[TOTP_SEED_CHARS + 1];
static unsigned char seed[TOTP_SEED_BYTES];
static struct credentials_found found;
static struct token place; /* from where check() asks */

static struct token at(uint64_t n)
{
	return (struct token){ { n, 7 } };
}

static void open_all(void)
{
	static const unsigned char master[DICTIONARY_MASTER_BYTES] = "master";
	struct buf why;

	buf_init(&why, 4096);
	if (d == NULL)
		assert_int_equal(dictionary_open(&d, ":memory:", master, &why), ERR_OK);
	if (credentials_open(&c, path, d, &why) != ERR_OK)
		fail_msg("%s", why.p);
	credentials_cost(c, 1, 8192);
	buf_release(&why);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/duanka-credentials-XXXXXX");
	close(mkstemp(path));
	open_all();
	place = HERE;
	return 0;
}

static int take_down(void **state)
{
	char beside[80];

	(void)state;
	credentials_close(c);
	dictionary_close(d);
	d = NULL;
	unlink(path);
	snprintf(beside, sizeof(beside), "%s-wal", path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", path);
	unlink(beside);
	return 0;
}

static void unbase32(const char *z, unsigned char *out)
{
	uint32_t bits = 0, n = 0;

	for (; *z != 0; z++) {
		bits = bits << 5 | (uint32_t)(*z >= 'A' ? *z - 'A' : *z - '2' + 26);
		n += 5;
		if (n >= 8) {
			n -= 8;
			*out++ = (unsigned char)(bits >> n);
		}
	}
}

static void accept_invitation(void)
{
	assert_int_equal(credentials_invite(c, 70000, LOGIN, 0, NOW, code), ERR_OK);
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), SECRET, HERE, NOW, seed_chars, &found), ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_GOOD);
	assert_int_equal(found.user, 70000);
	unbase32(seed_chars, seed);
}

static enum credentials_verdict check(struct text secret, int64_t now_us, int64_t code_us)
{
	char z[TOTP_DIGITS + 1];

	snprintf(z, sizeof(z), "%06u", totp_code(seed, sizeof(seed), (uint64_t)(code_us / US_PER_SECOND / TOTP_STEP_S)));
	assert_int_equal(credentials_check(c, LOGIN, secret, text_z(z), place, now_us, &found), ERR_OK);
	return found.verdict;
}

/* RFC 6238, appendix B, the last six digits of the SHA-1 column. */
static void test_rfc(void **state)
{
	static const struct {
		int64_t s;
		uint32_t code;
	} want[] = { { 59, 287082 },       { 1111111109, 81804 },  { 1111111111, 50471 },
		         { 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 } };
	const unsigned char *key = (const unsigned char *)"12345678901234567890";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		char z[8];

		assert_int_equal(totp_code(key, 20, (uint64_t)want[i].s / 30), want[i].code);
		snprintf(z, sizeof(z), "%06u", want[i].code);
		for (int64_t off = -2; off <= 2; off++)
			assert_int_equal(totp_step(key, 20, text_z(z), (want[i].s / 30 + off) * 30 * US_PER_SECOND) != 0,
			                 off >= -1 && off <= 1);
	}
	assert_int_equal(totp_step(key, 20, TEXT("28708"), 59 * US_PER_SECOND), 0);
	assert_int_equal(totp_step(key, 20, TEXT("2870822"), 59 * US_PER_SECOND), 0);
}

static void test_invitations(void **state)
{
	char other[INVITATION_CHARS + 1];

	(void)state;
	assert_int_equal(credentials_invite(c, 70000, LOGIN, 0, NOW, code), ERR_OK);
	assert_int_equal(credentials_invite(c, 70001, LOGIN, 0, NOW, other), ERR_RANGE);
	assert_int_equal(credentials_invite(c, 70001, TEXT(""), 0, NOW, other), ERR_RANGE);
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), SECRET, HERE, NOW + INVITATION_US, seed_chars, &found),
	                 ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_WRONG); /* too late */
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), LOGIN, HERE, NOW, seed_chars, &found), ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_WEAK);
	assert_int_equal(credentials_invite(c, 70000, LOGIN, 0, NOW, other), ERR_OK);
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), SECRET, HERE, NOW, seed_chars, &found), ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_WRONG); /* a newer one was given */
	accept_invitation();
	assert_int_equal(check(SECRET, NOW, NOW), CREDENTIALS_GOOD);
	/* a reset: the password in force goes on until the code is used */
	assert_int_equal(credentials_invite(c, 70000, LOGIN, 0, NOW, code), ERR_OK);
	assert_int_equal(check(SECRET, NOW + 30 * US_PER_SECOND, NOW + 30 * US_PER_SECOND), CREDENTIALS_GOOD);
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), OTHER, HERE, NOW, seed_chars, &found), ERR_OK);
	assert_int_equal(check(OTHER, NOW + 60 * US_PER_SECOND, NOW + 60 * US_PER_SECOND),
	                 CREDENTIALS_WRONG); /* old seed */
	unbase32(seed_chars, seed);
	assert_int_equal(check(SECRET, NOW + 60 * US_PER_SECOND, NOW + 60 * US_PER_SECOND), CREDENTIALS_WRONG);
	assert_int_equal(check(OTHER, NOW + 60 * US_PER_SECOND, NOW + 60 * US_PER_SECOND), CREDENTIALS_GOOD);
}

/* From the fifth wrong attempt on each one locks the place for twice as long, an hour at most; while it is locked nothing is counted. */
static void test_locks(void **state)
{
	int64_t now = NOW, lock = LOGIN_LOCK_US;

	(void)state;
	accept_invitation();
	for (int i = 0; i < LOGIN_FREE - 1; i++)
		assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG);
		assert_int_equal(check(SECRET, now, now), CREDENTIALS_LOCKED);
		assert_int_equal(found.until_us, now + lock);
		assert_int_equal(check(SECRET, now + lock - 1, now), CREDENTIALS_LOCKED);
		now += lock;
		lock = 2 * lock > LOGIN_LOCK_MAX_US ? LOGIN_LOCK_MAX_US : 2 * lock;
	}
	assert_int_equal(check(SECRET, now, now), CREDENTIALS_GOOD);
	assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG); /* counted anew */
	assert_int_equal(check(SECRET, now + 30 * US_PER_SECOND, now + 30 * US_PER_SECOND), CREDENTIALS_GOOD);
}

/* Whoever guesses keeps the owner out at one place only, and many of them only at strange ones. */
static void test_places(void **state)
{
	int64_t now = NOW + 100 * US_PER_SECOND, step = 31 * US_PER_SECOND;

	(void)state;
	accept_invitation(); /* so that HERE is known */
	place = at(1);
	for (int i = 0; i < LOGIN_FREE; i++)
		assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG);
	assert_int_equal(check(SECRET, now, now), CREDENTIALS_LOCKED);
	place = at(2); /* another one where the owner has never been */
	assert_int_equal(check(SECRET, now, now), CREDENTIALS_GOOD);
	place = at(1); /* that the owner came in elsewhere does not help who guesses */
	assert_int_equal(check(OTHER, now, now), CREDENTIALS_LOCKED);
	for (int i = 0; i < LOGIN_FREE_STRANGE; i++) { /* each from a place of its own */
		place = at((uint64_t)(100 + i));
		assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG);
		assert_int_equal(found.until_us > 0, i == LOGIN_FREE_STRANGE - 1);
		assert_int_equal(found.telling, i == 0 || i == LOGIN_FREE_STRANGE - 1);
	}
	place = at(3);
	assert_int_equal(check(SECRET, now, now), CREDENTIALS_LOCKED);
	assert_int_equal(found.until_us, now + LOGIN_LOCK_US);
	now += step;
	for (int i = 0; i < 2; i++) { /* where the owner has been */
		place = at((uint64_t)(2 * i));
		assert_int_equal(check(SECRET, now + i * step, now + i * step), CREDENTIALS_GOOD);
	}
	place = at(2); /* for a while */
	now += 2 * step;
	for (int i = 0; i < LOGIN_FREE_STRANGE; i++) {
		place = at((uint64_t)(200 + i));
		assert_int_equal(check(OTHER, now + PLACE_KNOWN_US, now), CREDENTIALS_WRONG);
	}
	place = HERE;
	assert_int_equal(check(SECRET, now + PLACE_KNOWN_US, now + PLACE_KNOWN_US), CREDENTIALS_LOCKED);
	/* and a new invitation opens everything: its code is no guess */
	assert_int_equal(credentials_invite(c, 70000, LOGIN, 0, now + PLACE_KNOWN_US, code), ERR_OK);
	for (int i = 0; i < LOGIN_FREE_STRANGE; i++) {
		place = at((uint64_t)(300 + i));
		assert_int_equal(check(OTHER, now + PLACE_KNOWN_US, now), CREDENTIALS_WRONG);
	}
	assert_int_equal(
		credentials_accept(c, LOGIN, text_z(code), SECRET, at(4), now + PLACE_KNOWN_US, seed_chars, &found), ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_GOOD);
}

/* However many places guess, so many rows there are; and those that are known stay. */
static void test_places_kept(void **state)
{
	int64_t now = NOW;

	(void)state;
	accept_invitation();
	for (uint64_t i = 0; i < 3 * PLACES_PER_USER; i++) {
		place = at(1000 + i);
		now += LOGIN_LOCK_MAX_US;
		assert_int_equal(check(OTHER, now, now), CREDENTIALS_WRONG);
	}
	place = HERE;
	assert_int_equal(check(SECRET, now, now), CREDENTIALS_GOOD);
}

/* Whoever left gives the login up, and nothing else goes with it. */
static void test_login_moves(void **state)
{
	char token[SESSION_CHARS + 1];
	struct credentials_session s;
	uint64_t user;

	(void)state;
	assert_int_equal(credentials_holder(c, LOGIN, &user), ERR_ABSENT);
	assert_int_equal(credentials_holder(c, TEXT(""), &user), ERR_ABSENT);
	accept_invitation();
	assert_int_equal(credentials_session_begin(c, 70000, 13, NOW, token), ERR_OK);
	assert_int_equal(credentials_holder(c, LOGIN, &user), ERR_OK);
	assert_int_equal(user, 70000);
	assert_int_equal(credentials_invite(c, 70001, LOGIN, 0, NOW, code), ERR_RANGE);
	assert_int_equal(credentials_invite(c, 70001, LOGIN, 70002, NOW, code), ERR_RANGE); /* not the one who has it */
	assert_int_equal(credentials_invite(c, 70001, LOGIN, 70001, NOW, code), ERR_RANGE);
	assert_int_equal(check(SECRET, NOW, NOW), CREDENTIALS_GOOD);
	assert_int_equal(credentials_invite(c, 70001, LOGIN, 70000, NOW, code), ERR_OK);
	assert_int_equal(credentials_holder(c, LOGIN, &user), ERR_OK);
	assert_int_equal(user, 70001);
	assert_false(credentials_session(c, text_z(token), NOW, &s));
	assert_int_equal(check(SECRET, NOW + US_PER_MINUTE, NOW + US_PER_MINUTE), CREDENTIALS_WRONG);
	assert_int_equal(found.user, 70001); /* it is counted as the new holder's */
	assert_int_equal(credentials_accept(c, LOGIN, text_z(code), OTHER, HERE, NOW, seed_chars, &found), ERR_OK);
	assert_int_equal(found.verdict, CREDENTIALS_GOOD);
	assert_int_equal(found.user, 70001);
	unbase32(seed_chars, seed);
	assert_int_equal(check(OTHER, NOW, NOW), CREDENTIALS_GOOD);
	assert_int_equal(found.user, 70001);
}

static void test_sessions(void **state)
{
	char token[SESSIONS_PER_USER + 1][SESSION_CHARS + 1], csrf[2][SESSION_CSRF_CHARS + 1];
	struct credentials_session s;

	(void)state;
	for (int i = 0; i <= SESSIONS_PER_USER; i++)
		assert_int_equal(credentials_session_begin(c, 70000, 13, NOW + i, token[i]), ERR_OK);
	assert_false(credentials_session(c, text_z(token[0]), NOW + 20, &s)); /* the oldest had to go */
	assert_true(credentials_session(c, text_z(token[1]), NOW + 20, &s));
	assert_int_equal(s.user, 70000);
	assert_int_equal(s.organisation, 13);
	assert_int_equal(s.until_us, NOW + 1 + SESSION_US);
	credentials_csrf(text_z(token[1]), csrf[0]);
	credentials_csrf(text_z(token[2]), csrf[1]);
	assert_string_not_equal(csrf[0], csrf[1]);
	assert_int_equal(credentials_session_end(c, text_z(token[1])), ERR_OK);
	assert_int_equal(credentials_session_end(c, text_z(token[1])), ERR_ABSENT);
	assert_false(credentials_session(c, text_z(token[1]), NOW + 20, &s));
	/* a new start knows those that are left, and when they were used */
	assert_true(credentials_session(c, text_z(token[2]), NOW + SESSION_IDLE_US - 1, &s));
	credentials_close(c);
	open_all();
	assert_true(credentials_session(c, text_z(token[2]), NOW + SESSION_IDLE_US + 5, &s));
	assert_false(credentials_session(c, text_z(token[3]), NOW + SESSION_IDLE_US + 5, &s));
	assert_int_equal(credentials_sessions_end(c, 70000), ERR_OK);
	assert_false(credentials_session(c, text_z(token[2]), NOW, &s));
	assert_false(credentials_session(c, TEXT("ds_"), NOW, &s));
	for (uint64_t user = 1; user <= SESSIONS_MAX; user++)
		assert_int_equal(credentials_session_begin(c, 70000 + user, 0, NOW, token[0]), ERR_OK);
	assert_int_equal(credentials_session_begin(c, 1, 0, NOW, token[0]), ERR_CAP);
	assert_int_equal(credentials_session_begin(c, 1, 0, NOW + SESSION_IDLE_US, token[0]), ERR_OK); /* those are over */
}

/* Of a row of guesses the first is news, and each that locks; of guesses at nobody, one within LOGIN_LOCK_MAX_US. */
static void test_telling(void **state)
{
	int64_t now = NOW;

	(void)state;
	accept_invitation();
	for (int i = 0; i < LOGIN_FREE + 2; i++) {
		assert_int_equal(credentials_check(c, LOGIN, OTHER, TEXT("000000"), HERE, now, &found), ERR_OK);
		assert_int_equal(found.verdict, CREDENTIALS_WRONG);
		assert_int_equal(found.user, 70000);
		assert_int_equal(found.telling, i == 0 || i >= LOGIN_FREE - 1);
		assert_int_equal(found.until_us > now, i >= LOGIN_FREE - 1);
		now = found.until_us > now ? found.until_us : now;
	}
	for (int i = 0; i < 6; i++) {
		assert_int_equal(credentials_check(c, TEXT("nobody"), OTHER, TEXT("000000"), HERE, now, &found), ERR_OK);
		assert_int_equal(found.user, 0);
		assert_int_equal(found.telling, i % 3 == 0);
		now += LOGIN_LOCK_MAX_US / 3 + 1;
	}
}

static void test_nothing_in_plain(void **state)
{
	char token[SESSION_CHARS + 1];
	struct buf b;

	(void)state;
	accept_invitation();
	assert_int_equal(credentials_session_begin(c, 70000, 13, NOW, token), ERR_OK);
	credentials_close(c);
	buf_init(&b, 1 << 24);
	assert_int_equal(file_read_all(path, 1 << 24, &b), ERR_OK);
	assert_null(memmem(b.p, b.n, SECRET.p, SECRET.n));
	assert_null(memmem(b.p, b.n, token, SESSION_CHARS));
	assert_null(memmem(b.p, b.n, code, INVITATION_CHARS));
	assert_null(memmem(b.p, b.n, seed_chars, TOTP_SEED_CHARS));
	assert_null(memmem(b.p, b.n, seed, sizeof(seed)));
	assert_non_null(memmem(b.p, b.n, "$argon2id$", 10));
	buf_release(&b);
	open_all();
}

/* One round of everything; the first failure ends it. */
static enum err round_of_all(void)
{
	char token[SESSION_CHARS + 1], z[TOTP_DIGITS + 1];
	enum err e = credentials_invite(c, 70000, LOGIN, 0, NOW, code);

	if (e == ERR_OK)
		e = credentials_accept(c, LOGIN, text_z(code), SECRET, HERE, NOW, seed_chars, &found);
	if (e == ERR_OK) {
		unbase32(seed_chars, seed);
		snprintf(z, sizeof(z), "%06u", totp_code(seed, sizeof(seed), (uint64_t)(NOW / US_PER_SECOND / TOTP_STEP_S)));
		e = credentials_check(c, LOGIN, SECRET, text_z(z), HERE, NOW, &found);
	}
	if (e == ERR_OK)
		e = credentials_session_begin(c, 70000, 13, NOW, token);
	if (e == ERR_OK)
		e = credentials_change(c, 70000, SECRET, OTHER, token, HERE, NOW, &found);
	if (e == ERR_OK)
		e = credentials_session_end(c, text_z(token));
	for (uint64_t i = 0; e == ERR_OK && i < 2; i++) /* whoever of the two has it */
		e = credentials_invite(c, 70001 + i, TEXT("han.mei"), 70002 - i, NOW, code);
	return e;
}

static void test_failures(void **state)
{
	uint64_t failed = 0;
	enum err e = ERR_IO;

	(void)state;
	for (uint64_t n = 1; e != ERR_OK; n++) {
		assert_true(n < 1000);
		sqlite_fail_at(n);
		e = round_of_all();
		failed += e != ERR_OK;
		if (sqlite_count() < n)
			assert_int_equal(e, ERR_OK);
	}
	sqlite_fail_at(0);
	assert_true(failed >= 5);
	for (uint64_t n = 1, e_count = 0; e_count < 1; n++) {
		mem_fail_at(n);
		e = round_of_all();
		e_count += mem_count() < n;
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
	}
	assert_int_equal(round_of_all(), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc),
		cmocka_unit_test_setup_teardown(test_invitations, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_locks, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_places, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_places_kept, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_login_moves, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_sessions, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_telling, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_nothing_in_plain, set_up, take_down),
		cmocka_unit_test_setup_teardown(test_failures, set_up, take_down),
	};

	sqlite_faults_install();
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
