/* http_session.c - people log in: sessions, passwords, invitations; see store/credentials.h.
 *
 * Whoever logs in gets a new session, whatever came along; one that came along ends. A browser keeps it as a cookie that no script can read and that other sites' pages do not
 * send; a program sends it as a bearer token. What the user may do is looked up in the registry with every request.
 * Logging in, passwords and invitations are acts in the journal, without the secrets: done ones, and refused ones as far as they are news (found.telling in store/credentials.h). */
#include <inttypes.h>
#include <sodium/utils.h>
#include "desk/user.h"
#include "gateway/http_desk_int.h"
#include "gateway/session_scopes.h"

static bool there_is(struct request *r)
{
	if (r->h->o.credentials != NULL && r->h->o.registry != NULL)
		return true;
	answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
	return false;
}

/* Logins are locked for a place, not for everybody: this one. */
static struct token place_of(struct request *r)
{
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return guesses_place(r->h->guesses, from == NULL ? NULL : from->client_addr);
}

/* ---- what comes of it ---- */

static void answer_verdict(struct request *r, enum err e, const struct credentials_found *f)
{
	int64_t wait_us = f->until_us - r->h->o.now_us();

	if (e == ERR_CAP)
		answer_problem(r, 503, "overload", "Too many log in at this moment", "try again after a second");
	else if (e != ERR_OK)
		answer_problem(r, 503, "credentials", "The credentials can't be used now", err_name(e));
	else if (f->verdict == CREDENTIALS_WRONG)
		http_refuse(r, "login", "Login, password or code is wrong 用户名、口令或动态码错误",
		            "a code of the authenticator counts once; wait for the next one");
	else if (f->verdict == CREDENTIALS_WEAK)
		answer_problem(r, 422, "password", "The password is not good enough 口令强度不足",
		               "12 to 128 bytes of UTF-8, not the login and not the one before");
	else if (f->verdict == CREDENTIALS_LOCKED) {
		r->retry_after_s = wait_us <= 0 ? 1 : (wait_us + US_PER_SECOND - 1) / US_PER_SECOND;
		answer_problem(
			r, 429, "locked", "The login is locked here for a while 账号在此处已临时锁定",
			"too many attempts were wrong; Retry-After says for how long; from a place where it was used before it may be open");
	}
}

static void wipe_body(struct request *r)
{
	if (r->body.p != NULL)
		sodium_memzero(r->body.p, r->body.n);
	if (r->lines.p != NULL)
		sodium_memzero(r->lines.p, r->lines.n);
}

static void set_cookie(struct request *r, const char *token)
{
	snprintf(r->set_cookie, sizeof(r->set_cookie), "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%" PRId64 "%s",
	         SESSION_COOKIE, token, token[0] == 0 ? 0 : (int64_t)(SESSION_US / US_PER_SECOND),
	         r->h->o.tls_key != NULL ? "; Secure" : "");
}

static bool journal(struct request *r, const char *act, uint64_t user, uint64_t about)
{
	struct buf b, id;
	uint64_t position;

	desk_act_begin(&b, act, r, user, TEXT(""));
	if (about != 0) {
		buf_init(&id, 64);
		desk_id_print(&id, DESK_USER, about);
		act_text(&b, "about", buf_view(&id));
		buf_release(&id);
	}
	return http_act(r, &b, NULL, NULL, &position);
}

/* A failure that is worth it, and the lock that it began. False: the answer is set. */
static bool journal_failure(struct request *r, const char *act, enum err e, const struct credentials_found *f)
{
	if (e != ERR_OK || !f->telling)
		return true;
	return journal(r, act, f->user, 0) && (f->until_us == 0 || journal(r, "login-locked", f->user, 0));
}

/* What came of it: done, or refused. While the login is locked nothing is tried. */
static bool journal_change(struct request *r, uint64_t user, enum err e, const struct credentials_found *f)
{
	if (e != ERR_OK || f->verdict == CREDENTIALS_LOCKED)
		return true;
	return journal(r, f->verdict == CREDENTIALS_GOOD ? "password" : "password-refused", user, 0) &&
	       (f->verdict != CREDENTIALS_WRONG || f->until_us == 0 || journal(r, "login-locked", user, 0));
}

static void put_asker(struct request *r, const struct desk_asker *a)
{
	desk_put_user(&r->out, a->user);
	buf_z(&r->out, ",\"roles\":");
	desk_put_roles(&r->out, a->roles);
	buf_printf(&r->out, ",\"organisation\":%u,\"district\":%u", a->organisation, a->district);
}

static void put_scopes(struct request *r, const char *name, uint32_t bits)
{
	const char *comma = "";

	buf_printf(&r->out, ",\"%s\":[", name);
	for (uint32_t bit = 1; bit <= SCOPES; bit <<= 1)
		if ((bits & bit) != 0) {
			buf_printf(&r->out, "%s\"%s\"", comma, scope_name(bit));
			comma = ",";
		}
	buf_char(&r->out, ']');
}

/* Of a key: none is known. False: the answer is set. */
static bool put_login(struct request *r)
{
	struct desk_object u;
	enum err e = r->session.user == 0 ? ERR_ABSENT : registry_load(r->h->o.registry, r->session.user, &u);

	buf_z(&r->out, ",\"login\":");
	if (e == ERR_OK && desk_has(&u, USER_F_LOGIN))
		buf_json(&r->out, text_of(u.value[USER_F_LOGIN].code.p, u.value[USER_F_LOGIN].code.n));
	else
		buf_z(&r->out, "null");
	if (e != ERR_OK && e != ERR_ABSENT)
		desk_answer_store(r, e);
	return e == ERR_OK || e == ERR_ABSENT;
}

static void put_session(struct request *r, struct text token, int64_t until_us)
{
	char csrf[SESSION_CSRF_CHARS + 1];

	credentials_csrf(token, csrf);
	buf_printf(&r->out, ",\"csrf\":\"%s\",\"until\":", csrf);
	desk_put_time(&r->out, until_us);
}

/* ---- in and out ---- */

/* False: the answer is set. */
static bool load_user(struct request *r, uint64_t user, struct desk_object *out)
{
	enum err e = registry_load(r->h->o.registry, user, out);

	if (e == ERR_OK && out->kind == DESK_USER && out->state == USER_ACTIVE)
		return true;
	if (e != ERR_OK && e != ERR_ABSENT)
		desk_answer_store(r, e);
	else
		answer_problem(r, 403, "desk-user", "The desk does not know who asks", "this user is not active");
	return false;
}

static void end_session_before(struct request *r)
{
	const char *z = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, SESSION_COOKIE);

	if (z != NULL && credentials_session_end(r->h->o.credentials, text_z(z)) == ERR_OK)
		http_wake_streams(r->h); /* else there was none, or it ends by its time */
}

static void begin_session(struct request *r, uint64_t user)
{
	char token[SESSION_CHARS + 1];
	struct desk_object u;
	struct desk_asker a;
	enum err e;

	if (!load_user(r, user, &u) || !journal(r, "login", user, 0))
		return;
	e = credentials_session_begin(r->h->o.credentials, user, u.organisation, r->h->o.now_us(), token);
	if (e != ERR_OK) {
		answer_problem(r, 503, "credentials", "No session can begin now", err_name(e));
		return;
	}
	end_session_before(r);
	a = (struct desk_asker){ user, (uint32_t)desk_i(&u, USER_F_ROLES), u.organisation, u.district };
	set_cookie(r, token);
	buf_printf(&r->out, "{\"token\":\"%s\",\"user\":", token);
	put_asker(r, &a);
	put_session(r, text_z(token), r->h->o.now_us() + SESSION_US);
	buf_z(&r->out, "}\n");
	r->status = 200;
	sodium_memzero(token, sizeof(token));
}

/* A page of another site that logs somebody in under its own name would read what they then write. Browsers say whose page asks. */
static bool from_here(struct request *r)
{
	const char *site = request_header(r, "Sec-Fetch-Site");

	if (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0)
		return true;
	answer_problem(r, 403, "csrf", "The request does not come from the desk's own page", "log in there");
	return false;
}

static void run_login(struct request *r)
{
	struct body_member m[] = { { .name = "login", .max = LOGIN_BYTES_MAX, .needed = true },
		                       { .name = "password", .max = PASSWORD_BYTES_MAX, .needed = true },
		                       { .name = "totp", .max = TOTP_DIGITS, .needed = r->in_force->config.second_factor } };
	struct credentials *c = r->h->o.credentials;
	struct credentials_found f;
	enum err e;

	if (!there_is(r) || !from_here(r))
		return;
	if (request_body(r, m, ARRAY_LEN(m))) {
		e = m[2].needed ? credentials_check(c, m[0].value, m[1].value, m[2].value, place_of(r), r->h->o.now_us(), &f)
		                : credentials_check_password(c, m[0].value, m[1].value, place_of(r), r->h->o.now_us(), &f);
		if (e == ERR_OK && f.verdict == CREDENTIALS_GOOD)
			begin_session(r, f.user);
		else if (journal_failure(r, "login-refused", e, &f))
			answer_verdict(r, e, &f);
	}
	wipe_body(r);
}

/* False: the answer is set. */
static bool needs_session(struct request *r)
{
	if (!there_is(r))
		return false;
	if (r->session.user != 0)
		return true;
	answer_problem(r, 403, "session", "This is for sessions", "a key has neither session nor password");
	return false;
}

static void run_logout(struct request *r)
{
	enum err e;

	if (!needs_session(r))
		return;
	e = credentials_session_end(r->h->o.credentials, r->session_token);
	if (e != ERR_OK && e != ERR_ABSENT) {
		answer_problem(r, 503, "credentials", "The session can't be ended now", err_name(e));
		return;
	}
	http_wake_streams(r->h); /* a stream by this session ends */
	set_cookie(r, "");
	buf_z(&r->out, "{}\n");
	r->status = 200;
}

static void run_me(struct request *r)
{
	struct session_scopes s = { .may = r->who.scopes };
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	if (r->session.user != 0)
		s = session_scopes(a.roles);
	buf_z(&r->out, "{\"user\":");
	put_asker(r, &a);
	if (!put_login(r))
		return;
	put_scopes(r, "scopes", s.may | s.reads);
	put_scopes(r, "read_only", s.reads);
	if (r->session.user != 0)
		put_session(r, r->session_token, r->session.until_us);
	buf_z(&r->out, "}\n");
	r->status = 200;
}

/* ---- passwords ---- */

static void run_password(struct request *r)
{
	struct body_member m[] = { { .name = "old", .max = PASSWORD_BYTES_MAX, .needed = true },
		                       { .name = "password", .max = PASSWORD_BYTES_MAX, .needed = true } };
	char token[SESSION_CHARS + 1] = "";
	struct credentials_found f;
	struct desk_asker a;
	enum err e;

	if (!needs_session(r) || !desk_asker(r, &a))
		return;
	memcpy(token, r->session_token.p, SESSION_CHARS);
	if (request_body(r, m, ARRAY_LEN(m))) {
		e = credentials_change(r->h->o.credentials, a.user, m[0].value, m[1].value, token, place_of(r),
		                       r->h->o.now_us(), &f);
		if (journal_change(r, a.user, e, &f)) {
			if (e == ERR_OK && f.verdict == CREDENTIALS_GOOD) {
				http_wake_streams(r->h);
				buf_z(&r->out, "{}\n");
				r->status = 200;
			} else {
				answer_verdict(r, e, &f);
			}
		}
	}
	sodium_memzero(token, sizeof(token));
	wipe_body(r);
}

/* Who may give this user a code. One administrator gives it to somebody whose roles another one asked for: nobody alone makes a user and logs in as that. False: the answer is set. */
static bool may_invite(struct request *r, const struct desk_asker *a, const struct desk_object *u)
{
	enum desk_refusal no = DESK_OK;
	bool must;
	enum err e;

	if (u->state == USER_LEFT || u->state == USER_LOCKED)
		no = DESK_REFUSED_STATE;
	else if (u->proposer == a->user || u->id == a->user)
		no = DESK_REFUSED_FOUR_EYES;
	if (no == DESK_OK) {
		e = desk_person_must(r, a, 1u << ROLE_ADMIN, u->id, &must);
		if (e != ERR_OK) {
			desk_answer_store(r, e);
			return false;
		}
		no = must ? DESK_REFUSED_LOG_IN : DESK_OK;
	}
	if (no != DESK_OK)
		desk_answer_refusal(r, no, &desk_user, 0, NULL);
	return no == DESK_OK;
}

/* A login that its holder has no more use for, having left for good, may be this user's: *left is the holder, 0: there is none. False: somebody has it; the answer is set. */
static bool login_is_free(struct request *r, uint64_t user, struct text login, uint64_t *left)
{
	enum err e = credentials_holder(r->h->o.credentials, login, left);
	struct desk_object u;

	if (e == ERR_ABSENT || (e == ERR_OK && *left == user)) {
		*left = 0;
		return true;
	}
	if (e != ERR_OK) {
		answer_problem(r, 503, "credentials", "The credentials can't be read now", err_name(e));
		return false;
	}
	e = registry_load(r->h->o.registry, *left, &u);
	if (e == ERR_OK && u.kind == DESK_USER && u.state == USER_LEFT)
		return true;
	if (e != ERR_OK && e != ERR_ABSENT)
		desk_answer_store(r, e);
	else
		answer_problem(r, 409, "login", "The login is another user's 登录名已被占用",
		               "give this user another one, or let the other leave first");
	return false;
}

static void answer_code(struct request *r, const char *code)
{
	buf_printf(&r->out, "{\"code\":\"%s\",\"until\":", code);
	desk_put_time(&r->out, r->h->o.now_us() + INVITATION_US);
	buf_z(&r->out, "}\n");
	r->status = 200;
}

static void run_invite(struct request *r)
{
	char code[INVITATION_CHARS + 1];
	struct text login;
	struct desk_asker a;
	struct desk_object u;
	uint64_t left;
	enum err e;

	if (!there_is(r) || !desk_asker(r, &a))
		return;
	if ((a.roles & 1u << ROLE_ADMIN) == 0) {
		desk_answer_refusal(r, DESK_REFUSED_ROLE, &desk_user, 0, NULL);
		return;
	}
	if (!desk_asked_object(r, &a, &desk_user, r->arg[0], &u) || !may_invite(r, &a, &u))
		return;
	login = text_of(u.value[USER_F_LOGIN].code.p, u.value[USER_F_LOGIN].code.n);
	if (!login_is_free(r, u.id, login, &left) || !journal(r, "invite", a.user, u.id) ||
	    (left != 0 && !journal(r, "login-moved", a.user, left)))
		return;
	e = credentials_invite(r->h->o.credentials, u.id, login, left, r->h->o.now_us(), code);
	if (e == ERR_RANGE) /* somebody else's since a moment ago */
		answer_problem(r, 409, "login", "The login is another user's 登录名已被占用", "give this user another one");
	else if (e != ERR_OK)
		answer_problem(r, 503, "credentials", "The credentials can't be written now", err_name(e));
	else
		answer_code(r, code);
	sodium_memzero(code, sizeof(code));
}

static void put_seed(struct request *r, const char *seed, struct text login)
{
	struct buf uri;

	buf_init(&uri, 1024);
	buf_z(&uri, "otpauth://totp/duanka:");
	for (size_t i = 0; i < login.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", login.p[i]) != NULL)
			buf_char(&uri, login.p[i]);
		else
			buf_printf(&uri, "%%%02X", (unsigned char)login.p[i]);
	buf_printf(&uri, "?secret=%s&issuer=duanka&algorithm=SHA1&digits=%d&period=%d", seed, TOTP_DIGITS, TOTP_STEP_S);
	buf_printf(&r->out, "{\"totp_seed\":\"%s\",\"totp_uri\":", seed);
	buf_json(&r->out, buf_view(&uri));
	buf_z(&r->out, "}\n");
	if (uri.p != NULL)
		sodium_memzero(uri.p, uri.n);
	buf_release(&uri);
}

static void run_accept(struct request *r)
{
	struct body_member m[] = { { .name = "login", .max = LOGIN_BYTES_MAX, .needed = true },
		                       { .name = "code", .max = INVITATION_CHARS, .needed = true },
		                       { .name = "password", .max = PASSWORD_BYTES_MAX, .needed = true } };
	char seed[TOTP_SEED_CHARS + 1];
	struct credentials_found f;
	enum err e;

	if (!there_is(r))
		return;
	if (request_body(r, m, ARRAY_LEN(m))) {
		e = credentials_accept(r->h->o.credentials, m[0].value, m[1].value, m[2].value, place_of(r), r->h->o.now_us(),
		                       seed, &f);
		if (e != ERR_OK || f.verdict != CREDENTIALS_GOOD) {
			if (journal_failure(r, "invitation-refused", e, &f))
				answer_verdict(r, e, &f);
		} else if (journal(r, "accept-invitation", f.user, 0)) {
			http_wake_streams(r->h);
			put_seed(r, seed, m[0].value);
			r->status = 200;
		}
		sodium_memzero(seed, sizeof(seed));
	}
	wipe_body(r);
}

const struct route http_session_routes[] = {
	{ "POST", "/v1/login", 0, ROUTE_SLOW, run_login },
	{ "POST", "/v1/logout", SCOPE_DESK, ROUTE_SLOW, run_logout },
	{ "GET", "/v1/me", SCOPE_DESK, ROUTE_SLOW, run_me },
	{ "POST", "/v1/password", SCOPE_DESK, ROUTE_SLOW, run_password },
	{ "POST", "/v1/users/*/invitation", SCOPE_DESK, ROUTE_SLOW, run_invite },
	{ "POST", "/v1/invitations", 0, ROUTE_SLOW, run_accept },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
