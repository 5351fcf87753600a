/* credentials.c - logins: invitations, passwords, authenticators, locks; see credentials.h.
 *
 * A hash takes a tenth of a second and 64 MiB, so it is made without any lock, and of two at a time. What it is compared with is read before, and what comes of it is written behind it by one
 * conditional statement: of two who use the same code of an authenticator at once, one gets in. */
#include "store/credentials.h"
#include "base/mem.h"
#include "store/credentials_int.h"

enum {
	HASHES_AT_A_TIME = 2,
	USUAL_PASSES = 3
};
#define USUAL_BYTES ((size_t)64 << 20)

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS credential(user INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, hash TEXT, seed BLOB,"
	" seed_day INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,"
	" locked_us INTEGER NOT NULL DEFAULT 0, code BLOB, code_until_us INTEGER NOT NULL DEFAULT 0) STRICT;"
	"INSERT OR IGNORE INTO credential(user, login) VALUES(0, '');" /* nobody: what fails for want of a login is written there */
	/* failures and locked_us of a credential are those of all strange places */
	"CREATE TABLE IF NOT EXISTS place(user INTEGER NOT NULL, place BLOB NOT NULL, failures INTEGER NOT NULL DEFAULT 0,"
	" locked_us INTEGER NOT NULL DEFAULT 0, used_us INTEGER NOT NULL, known_us INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(user, place)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS session(hash BLOB PRIMARY KEY, user INTEGER NOT NULL, organisation INTEGER NOT NULL,"
	" made_us INTEGER NOT NULL, used_us INTEGER NOT NULL) STRICT;"
	"CREATE INDEX IF NOT EXISTS session_user ON session(user)";

#define COLUMNS                                                                                \
	"c.user, login, hash, seed, seed_day, step, c.failures, c.locked_us, code, code_until_us," \
	" coalesce(p.failures, 0), coalesce(p.locked_us, 0), coalesce(p.known_us, 0)"              \
	" FROM credential AS c LEFT JOIN place AS p ON p.user = c.user AND p.place = ?2"
static const char *const sql[C_STATEMENTS] = {
	[C_BY_LOGIN] = "SELECT " COLUMNS " WHERE login = ?1",
	[C_BY_USER] = "SELECT " COLUMNS " WHERE c.user = ?1",
	[C_INVITE] =
		"INSERT INTO credential(user, login, code, code_until_us) VALUES(?1, ?2, ?3, ?4)"
		" ON CONFLICT(user) DO UPDATE SET login = ?2, code = ?3, code_until_us = ?4, failures = 0, locked_us = 0",
	[C_ACCEPT] = "UPDATE credential SET hash = ?2, seed = coalesce(?3, seed), seed_day = ?4, code = NULL, failures = 0,"
				 " locked_us = 0, step = CASE WHEN ?3 IS NULL THEN step ELSE 0 END WHERE user = ?1 AND code IS ?5",
	[C_FAILED] = "UPDATE credential SET failures = failures + 1, locked_us = max(locked_us, ?2) WHERE user = ?1",
	[C_FAILED_HERE] =
		"INSERT INTO place(user, place, failures, locked_us, used_us) VALUES(?1, ?2, 1, ?3, ?4) ON CONFLICT DO UPDATE SET"
		" failures = failures + 1, locked_us = max(locked_us, ?3), used_us = ?4",
	[C_FORGET_PLACES] = "DELETE FROM place WHERE user = ?1 AND place NOT IN (SELECT place FROM place WHERE user = ?1"
						" ORDER BY known_us DESC, used_us DESC, place LIMIT ?2)",
	[C_KNOWN_HERE] =
		"INSERT INTO place(user, place, used_us, known_us) VALUES(?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET"
		" failures = 0, locked_us = 0, used_us = ?3, known_us = ?3",
	[C_REMOVE] = "DELETE FROM credential WHERE user = ?1 AND login = ?2",
	[C_REMOVE_PLACES] = "DELETE FROM place WHERE user = ?1",
	[C_LOGGED_IN] =
		"UPDATE credential SET failures = 0, locked_us = 0, step = max(step, ?2) WHERE user = ?1 AND (?2 = 0 OR step < ?2)"
		" AND hash = ?3",
	[C_RESEAL] = "UPDATE credential SET seed = ?2, seed_day = ?3 WHERE user = ?1",
	[C_SESSION_ADD] = "INSERT INTO session(hash, user, organisation, made_us, used_us) VALUES(?1, ?2, ?3, ?4, ?4)",
	[C_SESSION_END] = "DELETE FROM session WHERE hash = ?1",
	[C_SESSION_USED] = "UPDATE session SET used_us = ?2 WHERE hash = ?1",
	[C_SESSIONS_END] = "DELETE FROM session WHERE user = ?1 AND hash <> ?2",
	[C_SESSIONS] = "SELECT hash, user, organisation, made_us, used_us FROM session",
};
_Static_assert((int)C_STATEMENTS <= (int)STORE_STATEMENTS_MAX, "statements");

/* ---- opening ---- */

enum err credentials_open(struct credentials **out, const char *path, struct dictionary *d, struct buf *why)
{
	struct credentials *c = mem_alloc(sizeof(*c));
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	c->dictionary = d;
	c->passes = USUAL_PASSES;
	c->bytes = USUAL_BYTES;
	CHECK(pthread_mutex_init(&c->sessions_lock, NULL) == 0);
	e = store_open(&c->store, path, schema, sql, C_STATEMENTS, why);
	if (e == ERR_OK)
		e = sessions_load(c);
	if (e == ERR_OK) {
		*out = c;
		return ERR_OK;
	}
	store_close(&c->store);
	pthread_mutex_destroy(&c->sessions_lock);
	mem_free(c);
	return e;
}

void credentials_close(struct credentials *c)
{
	if (c == NULL)
		return;
	sessions_save(c);
	store_close(&c->store);
	pthread_mutex_destroy(&c->sessions_lock);
	sodium_memzero(c, sizeof(*c));
	mem_free(c);
}

void credentials_cost(struct credentials *c, uint64_t passes, size_t bytes)
{
	c->passes = passes;
	c->bytes = bytes;
}

/* ---- hashing ---- */

static bool hashing_begin(struct credentials *c)
{
	if (atomic_fetch_add(&c->hashing, 1) < HASHES_AT_A_TIME)
		return true;
	atomic_fetch_sub(&c->hashing, 1);
	return false;
}

static enum err hash_password(struct credentials *c, struct text password, char out[crypto_pwhash_STRBYTES])
{
	int k;

	if (!hashing_begin(c))
		return ERR_CAP;
	k = crypto_pwhash_str_alg(out, password.p, password.n, c->passes, c->bytes, crypto_pwhash_ALG_ARGON2ID13);
	atomic_fetch_sub(&c->hashing, 1);
	return k == 0 ? ERR_OK : ERR_MEMORY;
}

/* Whether it is the row's; against one that nobody has if there is none. */
static enum err verify(struct credentials *c, const struct row *r, struct text password, bool *right)
{
	bool real = r->there && r->hash[0] != 0;

	*right = false;
	if (!hashing_begin(c))
		return ERR_CAP;
	if (real) {
		*right = crypto_pwhash_str_verify(r->hash, password.p, password.n) == 0;
	} else {
		unsigned char out[32], salt[crypto_pwhash_SALTBYTES] = { 0 };

		if (crypto_pwhash(out, sizeof(out), password.p, password.n, salt, c->passes, c->bytes,
		                  crypto_pwhash_ALG_ARGON2ID13) != 0)
			*right = false;
	}
	atomic_fetch_sub(&c->hashing, 1);
	return ERR_OK;
}

static bool weak(struct text password, const char *login)
{
	return password.n < PASSWORD_BYTES_MIN || password.n > PASSWORD_BYTES_MAX || !text_utf8_valid(password) ||
	       memchr(password.p, 0, password.n) != NULL || text_eq(password, text_z(login));
}

/* ---- seeds ---- */

static struct text seed_context(char z[40], uint64_t user)
{
	int n = snprintf(z, 40, "totp:%llu", (unsigned long long)user);

	return text_of(z, (size_t)n);
}

static void base32(const unsigned char *p, size_t n, char *out)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (size_t i = 0; i < n * 8; i += 5) {
		uint32_t two = (uint32_t)p[i / 8] << 8 | (i / 8 + 1 < n ? p[i / 8 + 1] : 0);

		*out++ = digit[two >> (11 - i % 8) & 31];
	}
	*out = 0;
}

static enum err seal_seed(struct credentials *c, uint64_t user, struct text seed, int64_t now_us, struct buf *sealed)
{
	char z[40];

	buf_init(sealed, SEALED_MAX);
	return dictionary_seal(c->dictionary, seed_context(z, user), seed, (int32_t)(now_us / US_PER_DAY), sealed);
}

/* The dictionary lets its older keys go one day: whoever logs in takes the seed along to the newest. */
static enum err reseal(struct credentials *c, const struct row *r, struct text seed, int64_t now_us)
{
	sqlite3_stmt *q = c->store.statement[C_RESEAL];
	struct buf sealed;
	enum err e;

	if (r->seed_day >= now_us / US_PER_DAY)
		return ERR_OK;
	e = seal_seed(c, r->user, seed, now_us, &sealed);
	if (e == ERR_OK) {
		pthread_mutex_lock(&c->store.lock);
		sqlite3_bind_int64(q, 1, (int64_t)r->user);
		sqlite3_bind_blob(q, 2, sealed.p, (int)sealed.n, SQLITE_STATIC);
		sqlite3_bind_int64(q, 3, now_us / US_PER_DAY);
		e = store_do(q);
		pthread_mutex_unlock(&c->store.lock);
	}
	buf_release(&sealed);
	return e;
}

/* ---- invitations ---- */

static void code_hash(struct text code, unsigned char out[SESSION_HASH_BYTES])
{
	crypto_generichash(out, SESSION_HASH_BYTES, (const unsigned char *)code.p, code.n, NULL, 0);
}

enum err credentials_holder(struct credentials *c, struct text login, uint64_t *user)
{
	struct row r;
	enum err e = row_by_login(c, login, (struct token){ { 0 } }, &r);

	if (e == ERR_OK && (!r.there || r.user == 0))
		e = ERR_ABSENT;
	*user = e == ERR_OK ? r.user : 0;
	sodium_memzero(&r, sizeof(r));
	return e;
}

/* Whoever left, if the login is that one's. With the lock, in a transaction. */
static enum err remove_left(struct credentials *c, uint64_t left, struct text login)
{
	sqlite3_stmt *q = c->store.statement[C_REMOVE], *places = c->store.statement[C_REMOVE_PLACES];
	enum err e;

	sqlite3_bind_int64(q, 1, (sqlite3_int64)left);
	sqlite3_bind_text(q, 2, login.p, (int)login.n, SQLITE_STATIC);
	e = store_do(q);
	if (e != ERR_OK || sqlite3_changes(c->store.db) == 0)
		return e;
	sqlite3_bind_int64(places, 1, (sqlite3_int64)left);
	e = store_do(places);
	return e == ERR_OK ? sessions_end(c, left, NULL) : e;
}

static enum err put_invitation(struct credentials *c, uint64_t user, struct text login, uint64_t left,
                               const unsigned char hash[SESSION_HASH_BYTES], int64_t until_us)
{
	sqlite3_stmt *q = c->store.statement[C_INVITE];
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	e = store_run(&c->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		if (left != 0)
			e = remove_left(c, left, login);
		if (e == ERR_OK) {
			sqlite3_bind_int64(q, 1, (sqlite3_int64)user);
			sqlite3_bind_text(q, 2, login.p, (int)login.n, SQLITE_STATIC);
			sqlite3_bind_blob(q, 3, hash, SESSION_HASH_BYTES, SQLITE_STATIC);
			sqlite3_bind_int64(q, 4, until_us);
			e = store_do(q);
		}
		e = store_end(&c->store, e);
	}
	pthread_mutex_unlock(&c->store.lock);
	return e;
}

enum err credentials_invite(struct credentials *c, uint64_t user, struct text login, uint64_t left, int64_t now_us,
                            char code[INVITATION_CHARS + 1])
{
	unsigned char random[INVITATION_CHARS / 2], hash[SESSION_HASH_BYTES];
	uint64_t holder;
	enum err e;

	if (user == 0 || user == left || login.n == 0 || login.n > LOGIN_BYTES_MAX || !text_utf8_valid(login))
		return ERR_RANGE;
	e = credentials_holder(c, login, &holder);
	if (e != ERR_OK && e != ERR_ABSENT)
		return e;
	if (holder != 0 && holder != user && holder != left)
		return ERR_RANGE;
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(code, INVITATION_CHARS + 1, random, sizeof(random));
	sodium_memzero(random, sizeof(random));
	code_hash(text_of(code, INVITATION_CHARS), hash);
	return put_invitation(c, user, login, left, hash, now_us + INVITATION_US);
}

/* A new password, and a new seed if there is one; only if the invitation (NULL: none) is still the same. */
static enum err put_password(struct credentials *c, const struct row *r, const char *hash, const struct buf *seed,
                             const char *keep, int64_t now_us)
{
	sqlite3_stmt *q = c->store.statement[C_ACCEPT];
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	e = store_run(&c->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, (int64_t)r->user);
		sqlite3_bind_text(q, 2, hash, -1, SQLITE_STATIC);
		if (seed != NULL)
			sqlite3_bind_blob(q, 3, seed->p, (int)seed->n, SQLITE_STATIC);
		sqlite3_bind_int64(q, 4, seed != NULL ? now_us / US_PER_DAY : r->seed_day);
		if (r->has_code)
			sqlite3_bind_blob(q, 5, r->code, sizeof(r->code), SQLITE_STATIC);
		e = store_do(q);
		if (e == ERR_OK && sqlite3_changes(c->store.db) == 0)
			e = ERR_ABSENT;
		if (e == ERR_OK)
			e = row_known_here(c, r, now_us);
		if (e == ERR_OK)
			e = sessions_end(c, r->user, keep);
		e = store_end(&c->store, e);
	}
	pthread_mutex_unlock(&c->store.lock);
	return e;
}

static enum err accept(struct credentials *c, const struct row *r, struct text password, int64_t now_us,
                       char seed[TOTP_SEED_CHARS + 1], struct credentials_found *out)
{
	char hash[crypto_pwhash_STRBYTES];
	unsigned char raw[TOTP_SEED_BYTES];
	struct buf sealed;
	enum err e = hash_password(c, password, hash);

	if (e != ERR_OK)
		return e;
	randombytes_buf(raw, sizeof(raw));
	e = seal_seed(c, r->user, text_of((char *)raw, sizeof(raw)), now_us, &sealed);
	if (e == ERR_OK)
		e = put_password(c, r, hash, &sealed, NULL, now_us);
	buf_release(&sealed);
	if (e == ERR_OK) {
		base32(raw, sizeof(raw), seed);
		*out = (struct credentials_found){ .verdict = CREDENTIALS_GOOD, .user = r->user };
	} else if (e == ERR_ABSENT) { /* somebody else used it */
		*out = (struct credentials_found){ .verdict = CREDENTIALS_WRONG };
		e = ERR_OK;
	}
	sodium_memzero(raw, sizeof(raw));
	sodium_memzero(hash, sizeof(hash));
	return e;
}

enum err credentials_accept(struct credentials *c, struct text login, struct text code, struct text password,
                            struct token place, int64_t now_us, char seed[TOTP_SEED_CHARS + 1],
                            struct credentials_found *out)
{
	unsigned char hash[SESSION_HASH_BYTES];
	struct row r;
	enum err e = row_by_login(c, login, place, &r);
	bool right;

	if (e != ERR_OK || row_locked(&r, false, now_us, out))
		return e;
	code_hash(code, hash);
	right = r.there && r.has_code && now_us < r.code_until_us && sodium_memcmp(hash, r.code, sizeof(hash)) == 0;
	if (!right)
		return row_failed(c, &r, now_us, out);
	if (weak(password, r.login)) {
		*out = (struct credentials_found){ .verdict = CREDENTIALS_WEAK };
		return ERR_OK;
	}
	return accept(c, &r, password, now_us, seed, out);
}

/* ---- passwords ---- */

/* The authenticator's step that the code is of. 0: wrong, or used already. */
static enum err check_code(struct credentials *c, const struct row *r, struct text totp, int64_t now_us, uint64_t *step)
{
	struct buf seed;
	char z[40];
	enum err e;

	*step = 0;
	buf_init(&seed, TOTP_SEED_BYTES);
	e = dictionary_unseal(c->dictionary, seed_context(z, r->user), text_of(r->seed, r->seed_n), &seed);
	if (e == ERR_OK) {
		*step = totp_step((const unsigned char *)seed.p, seed.n, totp, now_us);
		if ((int64_t)*step <= r->step)
			*step = 0;
		if (*step != 0)
			e = reseal(c, r, buf_view(&seed), now_us);
	}
	if (seed.p != NULL)
		sodium_memzero(seed.p, seed.n);
	buf_release(&seed);
	return e;
}

/* GOOD, unless somebody used the code a moment ago, or the password is another one since. step: the code's; 0: none was asked for. */
static enum err log_in(struct credentials *c, const struct row *r, uint64_t step, int64_t now_us,
                       struct credentials_found *out)
{
	sqlite3_stmt *q = c->store.statement[C_LOGGED_IN];
	bool good = false;
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	e = store_run(&c->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		sqlite3_bind_int64(q, 1, (int64_t)r->user);
		sqlite3_bind_int64(q, 2, (int64_t)step);
		sqlite3_bind_text(q, 3, r->hash, -1, SQLITE_STATIC);
		e = store_do(q);
		good = e == ERR_OK && sqlite3_changes(c->store.db) > 0;
		if (good)
			e = row_known_here(c, r, now_us);
		e = store_end(&c->store, e);
	}
	pthread_mutex_unlock(&c->store.lock);
	*out = (struct credentials_found){ .verdict = good ? CREDENTIALS_GOOD : CREDENTIALS_WRONG, .user = r->user };
	return e;
}

enum err credentials_check(struct credentials *c, struct text login, struct text password, struct text totp,
                           struct token place, int64_t now_us, struct credentials_found *out)
{
	struct row r;
	enum err e = row_by_login(c, login, place, &r);
	uint64_t step = 0;
	bool right = false;

	if (e != ERR_OK || row_locked(&r, true, now_us, out))
		return e;
	e = verify(c, &r, password, &right);
	if (e == ERR_OK && right)
		e = check_code(c, &r, totp, now_us, &step);
	if (e == ERR_OK)
		e = step != 0 ? log_in(c, &r, step, now_us, out) : row_failed(c, &r, now_us, out);
	sodium_memzero(&r, sizeof(r));
	return e;
}

enum err credentials_check_password(struct credentials *c, struct text login, struct text password, struct token place,
                                    int64_t now_us, struct credentials_found *out)
{
	struct row r;
	enum err e = row_by_login(c, login, place, &r);
	bool right = false;

	if (e != ERR_OK || row_locked(&r, true, now_us, out))
		return e;
	e = verify(c, &r, password, &right);
	if (e == ERR_OK)
		e = right ? log_in(c, &r, 0, now_us, out) : row_failed(c, &r, now_us, out);
	sodium_memzero(&r, sizeof(r));
	return e;
}

enum err credentials_change(struct credentials *c, uint64_t user, struct text old, struct text password,
                            const char *keep, struct token place, int64_t now_us, struct credentials_found *out)
{
	char hash[crypto_pwhash_STRBYTES];
	struct row r;
	enum err e = row_by_user(c, user, place, &r);
	bool right = false;

	if (e != ERR_OK || row_locked(&r, true, now_us, out))
		return e;
	e = verify(c, &r, old, &right);
	if (e != ERR_OK)
		return e;
	if (!right)
		return row_failed(c, &r, now_us, out);
	*out = (struct credentials_found){ .verdict = CREDENTIALS_WEAK };
	if (weak(password, r.login) || text_eq(old, password))
		return ERR_OK;
	e = hash_password(c, password, hash);
	if (e == ERR_OK)
		e = put_password(c, &r, hash, NULL, keep, now_us);
	if (e == ERR_OK)
		*out = (struct credentials_found){ .verdict = CREDENTIALS_GOOD, .user = user };
	sodium_memzero(hash, sizeof(hash));
	return e;
}
