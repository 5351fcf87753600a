/* credentials_row.c - the row of a login as it stands seen from one place: read, found locked, counted when an attempt was wrong.
 *
 * Two counts with the same lock: that of the place, and that of all places which are strange to the login. A place that the login has come in from lately has only its own, so neither one
 * guesser elsewhere nor a thousand of them keep the owner out of the usual place. */
#include "store/credentials_int.h"

static bool copy_blob(sqlite3_stmt *q, int column, void *out, size_t max, size_t *n)
{
	int k = sqlite3_column_bytes(q, column);

	if (k < 0 || (size_t)k > max)
		return false;
	if (k > 0)
		memcpy(out, sqlite3_column_blob(q, column), (size_t)k);
	*n = (size_t)k;
	return true;
}

/* ERR_OK also if there is none. */
static enum err take_row(sqlite3_stmt *q, struct row *r)
{
	enum err e = store_step(q);
	size_t n = 0, k;

	memset(r, 0, sizeof(*r));
	if (e == ERR_OK) {
		r->there = true;
		r->user = (uint64_t)sqlite3_column_int64(q, 0);
		if (!copy_blob(q, 1, r->login, LOGIN_BYTES_MAX, &n) || !copy_blob(q, 2, r->hash, sizeof(r->hash) - 1, &n) ||
		    !copy_blob(q, 3, r->seed, sizeof(r->seed), &r->seed_n) || !copy_blob(q, 8, r->code, sizeof(r->code), &k))
			e = ERR_FORMAT;
		else
			r->has_code = k == sizeof(r->code);
		r->seed_day = sqlite3_column_int64(q, 4);
		r->step = sqlite3_column_int64(q, 5);
		r->failures = sqlite3_column_int64(q, 6);
		r->locked_us = sqlite3_column_int64(q, 7);
		r->code_until_us = sqlite3_column_int64(q, 9);
		r->failures_here = sqlite3_column_int64(q, 10);
		r->locked_here_us = sqlite3_column_int64(q, 11);
		r->known_us = sqlite3_column_int64(q, 12);
	}
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

enum err row_by_login(struct credentials *c, struct text login, struct token place, struct row *r)
{
	sqlite3_stmt *q = c->store.statement[C_BY_LOGIN];
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	sqlite3_bind_text(q, 1, login.p, (int)login.n, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, &place, sizeof(place), SQLITE_STATIC);
	e = take_row(q, r);
	pthread_mutex_unlock(&c->store.lock);
	memcpy(r->place, &place, sizeof(place));
	return e;
}

enum err row_by_user(struct credentials *c, uint64_t user, struct token place, struct row *r)
{
	sqlite3_stmt *q = c->store.statement[C_BY_USER];
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	sqlite3_bind_int64(q, 1, (int64_t)user);
	sqlite3_bind_blob(q, 2, &place, sizeof(place), SQLITE_STATIC);
	e = take_row(q, r);
	pthread_mutex_unlock(&c->store.lock);
	memcpy(r->place, &place, sizeof(place));
	return e;
}

/* How long the next wrong attempt locks, when so many came before it and so many are free. */
static int64_t lock_us(int64_t failures, int64_t n_free)
{
	int64_t times = failures + 1 - n_free;

	if (times < 0)
		return 0;
	return times >= 7 ? LOGIN_LOCK_MAX_US : LOGIN_LOCK_US << times;
}

/* Whoever tries many logins does not fill the journal. */
static bool nobody_telling(struct credentials *c, int64_t now_us)
{
	int64_t last = atomic_load(&c->nobody_us);

	return (last == 0 || now_us - last >= LOGIN_LOCK_MAX_US) &&
	       atomic_compare_exchange_strong(&c->nobody_us, &last, now_us);
}

static bool strange(const struct row *r, int64_t now_us)
{
	return r->known_us == 0 || now_us - r->known_us >= PLACE_KNOWN_US;
}

/* One more at the place, and over all strange ones if it is one. With the lock, in a transaction. */
static enum err count_failure(struct credentials *c, const struct row *r, int64_t here_us, int64_t strange_us,
                              int64_t now_us)
{
	sqlite3_stmt *here = c->store.statement[C_FAILED_HERE], *all = c->store.statement[C_FAILED],
				 *forget = c->store.statement[C_FORGET_PLACES];
	sqlite3_int64 user = r->there ? (sqlite3_int64)r->user : 0;
	enum err e = ERR_OK;

	if (strange(r, now_us)) {
		sqlite3_bind_int64(all, 1, user);
		sqlite3_bind_int64(all, 2, strange_us);
		e = store_do(all);
	}
	if (e == ERR_OK) {
		sqlite3_bind_int64(here, 1, user);
		sqlite3_bind_blob(here, 2, r->place, sizeof(r->place), SQLITE_STATIC);
		sqlite3_bind_int64(here, 3, here_us);
		sqlite3_bind_int64(here, 4, now_us);
		e = store_do(here);
	}
	if (e == ERR_OK) {
		sqlite3_bind_int64(forget, 1, user);
		sqlite3_bind_int64(forget, 2, PLACES_PER_USER);
		e = store_do(forget);
	}
	return e;
}

/* The verdict is WRONG, and it is counted; as nobody's if there is no such login, so that a write is waited for in any case. */
enum err row_failed(struct credentials *c, const struct row *r, int64_t now_us, struct credentials_found *out)
{
	int64_t here_us = lock_us(r->failures_here, LOGIN_FREE), strange_us = 0, us;
	enum err e;

	if (strange(r, now_us))
		strange_us = lock_us(r->failures, LOGIN_FREE_STRANGE);
	us = here_us > strange_us ? here_us : strange_us;
	*out = (struct credentials_found){ .verdict = CREDENTIALS_WRONG,
		                               .user = r->there ? r->user : 0,
		                               .until_us = us == 0 ? 0 : now_us + us };
	/* of a row of guesses from many places only the first is the first */
	out->telling = out->user == 0 ? nobody_telling(c, now_us)
	                              : us > 0 || (r->failures_here == 0 && (r->failures == 0 || !strange(r, now_us)));
	pthread_mutex_lock(&c->store.lock);
	e = store_run(&c->store, "BEGIN IMMEDIATE");
	if (e == ERR_OK)
		e = store_end(&c->store, count_failure(c, r, here_us == 0 ? 0 : now_us + here_us,
		                                       strange_us == 0 ? 0 : now_us + strange_us, now_us));
	pthread_mutex_unlock(&c->store.lock);
	return e;
}

/* There; and anywhere but at places that are known, if strange ones count. */
bool row_locked(const struct row *r, bool strange_ones, int64_t now_us, struct credentials_found *out)
{
	int64_t until_us = r->locked_here_us;

	if (strange_ones && strange(r, now_us) && r->locked_us > until_us)
		until_us = r->locked_us;
	if (!r->there || r->user == 0 || now_us >= until_us)
		return false;
	*out = (struct credentials_found){ .verdict = CREDENTIALS_LOCKED, .until_us = until_us };
	return true;
}

/* Whoever proved to be the user did so from here. With the lock, in a transaction. */
enum err row_known_here(struct credentials *c, const struct row *r, int64_t now_us)
{
	sqlite3_stmt *q = c->store.statement[C_KNOWN_HERE];

	sqlite3_bind_int64(q, 1, (sqlite3_int64)r->user);
	sqlite3_bind_blob(q, 2, r->place, sizeof(r->place), SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, now_us);
	return store_do(q);
}
