/* credentials.h - how users of the desk prove who they are: passwords, one-time codes of an authenticator, invitations, sessions.
 *
 * DIRECTORY/credentials.sqlite, by the id of the DESK_USER object. It does not follow from the journal and no copy of the registry holds it. A password is an
 * argon2id hash, an authenticator's seed is sealed by the dictionary's keys, invitations and sessions are there as hashes of random bytes.
 * Who may do what is not decided here: roles stand in the registry.
 *
 * Guessing: from LOGIN_FREE wrong attempts at a login from one place on, each one locks the login there for a time that doubles, LOGIN_LOCK_US to LOGIN_LOCK_MAX_US. Whoever guesses from one
 * place keeps nobody out elsewhere. Who has many places is held up by a count over all strange ones, LOGIN_FREE_STRANGE, and times of the same length; a place is no stranger to a login that
 * came in from there within PLACE_KNOWN_US, and is not asked for that count. While a login is locked nothing is tried and nothing counted. An unknown login takes as long as a
 * known one; that it is never locked is what tells them apart. A code of the authenticator counts once.
 * A place is whatever the caller tells addresses apart by (a keyed hash); behind one proxy all of them are one place. Of each login PLACES_PER_USER are kept: known ones first, then those used last.
 *
 * The user's id is for ever, a login is not: it may be given to somebody else when its holder has left, and with it nothing of what was the holder's.
 * Time comes from the caller. Any thread may call; credentials_session waits for no disk, all others may. */
#ifndef DUANKA_STORE_CREDENTIALS_H
#define DUANKA_STORE_CREDENTIALS_H
#include "base/clock.h"
#include "base/hash.h"
#include "store/dictionary.h"

enum {
	LOGIN_BYTES_MAX = 64,
	PASSWORD_BYTES_MIN = 12,
	PASSWORD_BYTES_MAX = 128,
	LOGIN_FREE = 5,          /* wrong attempts from one place before the first lock */
	LOGIN_FREE_STRANGE = 50, /* from all places from which the login has not come in lately */
	PLACES_PER_USER = 64,
	TOTP_SEED_BYTES = 20,
	TOTP_SEED_CHARS = 32, /* base32 */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	INVITATION_CHARS = 32, /* hexadecimal digits */
	SESSION_CHARS = 3 + 43,
	SESSION_CSRF_CHARS = 22,
	SESSIONS_MAX = 4096,
	SESSIONS_PER_USER = 8 /* a new one ends the oldest */
};
#define LOGIN_LOCK_US (30 * US_PER_SECOND)
#define LOGIN_LOCK_MAX_US US_PER_HOUR
#define PLACE_KNOWN_US (90 * US_PER_DAY)
#define INVITATION_US (3 * US_PER_DAY)
#define SESSION_IDLE_US (30 * US_PER_MINUTE)
#define SESSION_US (12 * US_PER_HOUR)

struct credentials;
/* d is borrowed and must outlive it. ERR_FORMAT: not such a file; why has one line. */
enum err credentials_open(struct credentials **out, const char *path, struct dictionary *d, struct buf *why) MUST_CHECK;
void credentials_close(struct credentials *c); /* NULL is fine */
/* Of hashes made from now on: argon2id's passes and bytes. For tests; the usual ones are 3 passes over 64 MiB, two at a time at most. */
void credentials_cost(struct credentials *c, uint64_t passes, size_t bytes);

/* ---- invitations ---- */

/* A one-time code by which the user sets a password, and gets a new seed, within INVITATION_US; one given before is void. The password in force stays until then.
 * left: a user who has left for good and whose login it may be; 0: none. The login is then this user's, and password, authenticator and sessions of the one who left are gone.
 * ERR_RANGE: the login is another user's, or not usable. */
enum err credentials_invite(struct credentials *c, uint64_t user, struct text login, uint64_t left, int64_t now_us,
                            char code[INVITATION_CHARS + 1]) MUST_CHECK;
/* Whose login it is. ERR_ABSENT: nobody's. */
enum err credentials_holder(struct credentials *c, struct text login, uint64_t *user) MUST_CHECK;

enum credentials_verdict {
	CREDENTIALS_GOOD,
	CREDENTIALS_WRONG,  /* login, password or code: not told which */
	CREDENTIALS_LOCKED, /* until found.until_us */
	CREDENTIALS_WEAK    /* the new password: too short, too long, not UTF-8, or the login */
};
struct credentials_found {
	enum credentials_verdict verdict;
	uint64_t user;    /* GOOD, and WRONG: of a known login; 0: of none */
	int64_t until_us; /* LOCKED, and WRONG: that this attempt began; 0: none */
	bool
		telling; /* WRONG: worth a record: the first in a row of a login, one that begins a lock, and of unknown logins one within LOGIN_LOCK_MAX_US */
};
/* Sets the password; seed: of the authenticator, shown once. All sessions of the user end. place: from where. ERR_CAP: too many hashes at a time, try again.
 * A code is too long to be guessed, so only the count of the place holds anybody up here: whoever was invited gets in, however many others try. */
enum err credentials_accept(struct credentials *c, struct text login, struct text code, struct text password,
                            struct token place, int64_t now_us, char seed[TOTP_SEED_CHARS + 1],
                            struct credentials_found *out) MUST_CHECK;

/* ---- passwords ---- */

enum err credentials_check(struct credentials *c, struct text login, struct text password, struct text totp,
                           struct token place, int64_t now_us, struct credentials_found *out) MUST_CHECK;
/* The same without a code: of residents, who have no authenticator, in a file of their own; of users of the desk only where desk.second_factor is false. The steps of codes stay as they are. */
enum err credentials_check_password(struct credentials *c, struct text login, struct text password, struct token place,
                                    int64_t now_us, struct credentials_found *out) MUST_CHECK;
/* The old password proves it; all sessions of the user but `keep` (may be NULL) end. */
enum err credentials_change(struct credentials *c, uint64_t user, struct text old, struct text password,
                            const char *keep, struct token place, int64_t now_us,
                            struct credentials_found *out) MUST_CHECK;

/* ---- sessions ---- */

/* A new one: token is shown once ("ds_" and 43 characters). ERR_CAP: there are too many. */
enum err credentials_session_begin(struct credentials *c, uint64_t user, uint16_t organisation, int64_t now_us,
                                   char token[SESSION_CHARS + 1]) MUST_CHECK;
struct credentials_session {
	uint64_t user;
	uint16_t organisation; /* as of its beginning */
	int64_t until_us;      /* however busy */
};
/* Whose it is, and that it was used now. False: unknown, idle for too long, over. */
bool credentials_session(struct credentials *c, struct text token, int64_t now_us, struct credentials_session *out);
/* The same of what goes on by itself, like a stream: it is no use of the session. */
bool credentials_session_lasts(struct credentials *c, struct text token, int64_t now_us,
                               struct credentials_session *out);
enum err credentials_session_end(struct credentials *c, struct text token) MUST_CHECK; /* ERR_ABSENT */
/* All of a user's. */
enum err credentials_sessions_end(struct credentials *c, uint64_t user) MUST_CHECK;
/* What a page that was given the session's cookie proves itself by: follows from the token, and the token not from it. */
void credentials_csrf(struct text token, char out[SESSION_CSRF_CHARS + 1]);

/* ---- RFC 6238, SHA-1, six digits, 30 seconds ---- */

uint32_t totp_code(const unsigned char *seed, size_t n, uint64_t step);
/* The step of a code within one step of now, 0 if there is none. */
uint64_t totp_step(const unsigned char *seed, size_t n, struct text code, int64_t now_us);

#endif
