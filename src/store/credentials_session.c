/* credentials_session.c - sessions: a table in memory that each request is looked up in, and rows so that a new start need not send everybody to log in again.
 *
 * When a session was used last is written when the service stops; after a crash it counts as used when it began. */
#include "store/credentials_int.h"

static bool hash_of(struct text token, unsigned char out[SESSION_HASH_BYTES])
{
	return token.n == SESSION_CHARS && memcmp(token.p, "ds_", 3) == 0 &&
	       crypto_generichash(out, SESSION_HASH_BYTES, (const unsigned char *)token.p, token.n, NULL, 0) == 0;
}

static bool over(const struct session *s, int64_t now_us)
{
	return now_us - s->used_us >= SESSION_IDLE_US || now_us - s->made_us >= SESSION_US;
}

/* With the lock. All are compared, so that how long it takes tells nothing. */
static struct session *find(struct credentials *c, const unsigned char hash[SESSION_HASH_BYTES])
{
	struct session *found = NULL;

	for (uint32_t i = 0; i < SESSIONS_MAX; i++)
		if (c->session[i].user != 0 && sodium_memcmp(c->session[i].hash, hash, SESSION_HASH_BYTES) == 0)
			found = &c->session[i];
	return found;
}

enum err sessions_load(struct credentials *c)
{
	sqlite3_stmt *q = c->store.statement[C_SESSIONS];
	uint32_t n = 0;
	enum err e;

	while ((e = store_step(q)) == ERR_OK) {
		struct session *s = &c->session[n];

		if (sqlite3_column_bytes(q, 0) != SESSION_HASH_BYTES || n == SESSIONS_MAX)
			continue;
		memcpy(s->hash, sqlite3_column_blob(q, 0), SESSION_HASH_BYTES);
		s->user = (uint64_t)sqlite3_column_int64(q, 1);
		s->organisation = (uint16_t)sqlite3_column_int(q, 2);
		s->made_us = sqlite3_column_int64(q, 3);
		s->used_us = sqlite3_column_int64(q, 4);
		n += s->user != 0;
	}
	sqlite3_reset(q);
	return e == ERR_ABSENT ? ERR_OK : e;
}

void sessions_save(struct credentials *c)
{
	sqlite3_stmt *q = c->store.statement[C_SESSION_USED];
	enum err e = store_run(&c->store, "BEGIN IMMEDIATE");

	for (uint32_t i = 0; e == ERR_OK && i < SESSIONS_MAX; i++) {
		if (c->session[i].user == 0)
			continue;
		sqlite3_bind_blob(q, 1, c->session[i].hash, SESSION_HASH_BYTES, SQLITE_STATIC);
		sqlite3_bind_int64(q, 2, c->session[i].used_us);
		e = store_do(q);
	}
	if (store_end(&c->store, e) != ERR_OK)
		return; /* then they count as used when they began */
}

static enum err end_row(struct credentials *c, const unsigned char hash[SESSION_HASH_BYTES])
{
	sqlite3_stmt *q = c->store.statement[C_SESSION_END];

	sqlite3_bind_blob(q, 1, hash, SESSION_HASH_BYTES, SQLITE_STATIC);
	return store_do(q);
}

/* The place for a new one: a free one, or that of the user's oldest when there are enough of that user's. Those that are over go. With the locks. */
static struct session *place(struct credentials *c, uint64_t user, int64_t now_us,
                             unsigned char ended[SESSION_HASH_BYTES], bool *ends)
{
	struct session *unused = NULL, *oldest = NULL;
	uint32_t n = 0;

	*ends = false;
	for (uint32_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &c->session[i];

		if (s->user != 0 && !over(s, now_us) && s->user == user) {
			n++;
			oldest = oldest == NULL || s->used_us < oldest->used_us ? s : oldest;
		} else if (unused == NULL && (s->user == 0 || over(s, now_us))) {
			unused = s;
		}
	}
	if (n >= SESSIONS_PER_USER)
		unused = oldest;
	if (unused != NULL && unused->user != 0) {
		memcpy(ended, unused->hash, SESSION_HASH_BYTES);
		*ends = true;
	}
	return unused;
}

/* The row of a new one instead of that of an ended one (NULL: none), durably. */
static enum err put_rows(struct credentials *c, const struct session *s, const unsigned char *ended)
{
	sqlite3_stmt *q = c->store.statement[C_SESSION_ADD];
	enum err e = store_run(&c->store, "BEGIN IMMEDIATE");

	if (e != ERR_OK)
		return e;
	if (ended != NULL)
		e = end_row(c, ended);
	if (e == ERR_OK) {
		sqlite3_bind_blob(q, 1, s->hash, SESSION_HASH_BYTES, SQLITE_STATIC);
		sqlite3_bind_int64(q, 2, (int64_t)s->user);
		sqlite3_bind_int(q, 3, s->organisation);
		sqlite3_bind_int64(q, 4, s->made_us);
		e = store_do(q);
	}
	return store_end(&c->store, e);
}

static void set(struct credentials *c, struct session *at, const struct session *s)
{
	pthread_mutex_lock(&c->sessions_lock);
	*at = *s;
	pthread_mutex_unlock(&c->sessions_lock);
}

enum err credentials_session_begin(struct credentials *c, uint64_t user, uint16_t organisation, int64_t now_us,
                                   char token[SESSION_CHARS + 1])
{
	unsigned char random[32], ended[SESSION_HASH_BYTES];
	struct session s = { .user = user, .organisation = organisation, .made_us = now_us, .used_us = now_us }, *at;
	bool ends;
	enum err e;

	randombytes_buf(random, sizeof(random));
	memcpy(token, "ds_", 3);
	sodium_bin2base64(token + 3, SESSION_CHARS - 3 + 1, random, sizeof(random),
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(random, sizeof(random));
	CHECK(user != 0 && hash_of(text_z(token), s.hash));
	pthread_mutex_lock(&c->store.lock); /* nobody else begins or ends one meanwhile */
	pthread_mutex_lock(&c->sessions_lock);
	at = place(c, user, now_us, ended, &ends);
	pthread_mutex_unlock(&c->sessions_lock);
	e = at == NULL ? ERR_CAP : put_rows(c, &s, ends ? ended : NULL);
	if (e == ERR_OK)
		set(c, at, &s);
	pthread_mutex_unlock(&c->store.lock);
	if (e != ERR_OK)
		sodium_memzero(token, SESSION_CHARS);
	return e;
}

static bool look(struct credentials *c, struct text token, bool use, int64_t now_us, struct credentials_session *out)
{
	unsigned char hash[SESSION_HASH_BYTES];
	struct session *s;
	bool good = false;

	if (!hash_of(token, hash))
		return false;
	pthread_mutex_lock(&c->sessions_lock);
	s = find(c, hash);
	if (s != NULL && !over(s, now_us)) {
		good = true;
		if (use && now_us > s->used_us)
			s->used_us = now_us;
		*out = (struct credentials_session){ s->user, s->organisation, s->made_us + SESSION_US };
	}
	pthread_mutex_unlock(&c->sessions_lock);
	return good;
}

bool credentials_session(struct credentials *c, struct text token, int64_t now_us, struct credentials_session *out)
{
	return look(c, token, true, now_us, out);
}

bool credentials_session_lasts(struct credentials *c, struct text token, int64_t now_us,
                               struct credentials_session *out)
{
	return look(c, token, false, now_us, out);
}

enum err credentials_session_end(struct credentials *c, struct text token)
{
	unsigned char hash[SESSION_HASH_BYTES];
	struct session *s;
	enum err e;

	if (!hash_of(token, hash))
		return ERR_ABSENT;
	pthread_mutex_lock(&c->store.lock);
	pthread_mutex_lock(&c->sessions_lock);
	s = find(c, hash);
	pthread_mutex_unlock(&c->sessions_lock);
	e = s == NULL ? ERR_ABSENT : end_row(c, hash);
	if (e == ERR_OK)
		set(c, s, &(struct session){ .user = 0 });
	pthread_mutex_unlock(&c->store.lock);
	return e;
}

enum err sessions_end(struct credentials *c, uint64_t user, const char *keep)
{
	sqlite3_stmt *q = c->store.statement[C_SESSIONS_END];
	unsigned char spared[SESSION_HASH_BYTES] = { 0 };
	enum err e;

	if (keep != NULL && !hash_of(text_z(keep), spared))
		return ERR_FORMAT;
	sqlite3_bind_int64(q, 1, (int64_t)user);
	sqlite3_bind_blob(q, 2, spared, SESSION_HASH_BYTES, SQLITE_STATIC);
	e = store_do(q);
	if (e != ERR_OK)
		return e;
	pthread_mutex_lock(&c->sessions_lock);
	for (uint32_t i = 0; i < SESSIONS_MAX; i++)
		if (c->session[i].user == user && memcmp(c->session[i].hash, spared, SESSION_HASH_BYTES) != 0)
			c->session[i] = (struct session){ .user = 0 };
	pthread_mutex_unlock(&c->sessions_lock);
	return ERR_OK;
}

enum err credentials_sessions_end(struct credentials *c, uint64_t user)
{
	enum err e;

	pthread_mutex_lock(&c->store.lock);
	e = sessions_end(c, user, NULL);
	pthread_mutex_unlock(&c->store.lock);
	return e;
}

void credentials_csrf(struct text token, char out[SESSION_CSRF_CHARS + 1])
{
	static const unsigned char what[16] = "duanka csrf 1";
	unsigned char mac[16];

	crypto_generichash(mac, sizeof(mac), (const unsigned char *)token.p, token.n, what, sizeof(what));
	sodium_bin2base64(out, SESSION_CSRF_CHARS + 1, mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
