/* http_page_member.c - residents register, log in and out, see what is theirs, object to a ban, and leave.
 *
 * Sessions of members have a cookie and a file of their own (DATA/members.sqlite): nobody is at the desk by being on the board. Whatever is wrong about a login is told in one and the same way. That a
 * login is taken is told when somebody registers, as it must; logins are shown nowhere else, and trying costs as much as filing a report. */
#include <sodium.h>
#include "desk/appeal.h"
#include "desk/measure.h"
#include "desk/member.h"
#include "gateway/http_page_post.h"

enum {
	OWN_MAX = 50
};

static const struct page_field login_field = { "login", "登录名", "Login",         "text", "username",
	                                           NULL,    NULL,     LOGIN_BYTES_MAX, true };
static const struct page_field password_field = {
	"password", "口令", "Password", "password", "current-password", NULL, NULL, PASSWORD_BYTES_MAX, true
};
static const struct page_field new_password_field = { "password",
	                                                  "口令",
	                                                  "Password",
	                                                  "password",
	                                                  "new-password",
	                                                  "至少 12 个字符，不要与其他网站相同。",
	                                                  "12 characters or more, and not one that you use elsewhere.",
	                                                  PASSWORD_BYTES_MAX,
	                                                  true };
static const struct page_field name_field = { "name",
	                                          "昵称",
	                                          "Name",
	                                          "text",
	                                          "nickname",
	                                          "公开显示在您的发言旁，请勿使用真实姓名。",
	                                          "Shown beside what you write; not your real name.",
	                                          PAGE_NAME_MAX / 3,
	                                          true };
static const struct page_field new_login_field = { "login",
	                                               "登录名",
	                                               "Login",
	                                               "text",
	                                               "username",
	                                               "4 至 32 个字母、数字、点、横线或下划线，不公开。",
	                                               "4 to 32 letters, digits, points, dashes or underscores; not shown.",
	                                               32,
	                                               true };

static void give_cookie(struct request *r, const char *token)
{
	snprintf(r->set_cookie, sizeof(r->set_cookie), MEMBER_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
	         token, token[0] == 0 ? 0LL : (long long)(SESSION_US / US_PER_SECOND),
	         r->h->o.tls_key != NULL ? "; Secure" : "");
}

/* A new session for the member, whatever came along; one that came along ends. */
static bool begin_session(struct page *p, uint64_t member)
{
	struct credentials *c = p->r->h->o.members;
	char token[SESSION_CHARS + 1];

	if (credentials_session_begin(c, member, 0, p->r->h->o.now_us(), token) != ERR_OK)
		return false;
	if (p->token[0] != 0 && credentials_session_end(c, text_z(p->token)) != ERR_OK)
		p->token[0] = 0; /* it ends by its time */
	give_cookie(p->r, token);
	sodium_memzero(token, sizeof(token));
	return true;
}

/* ---- registering ---- */

static void show_register(struct page *p, unsigned status)
{
	page_begin(p, status, text_z(SAY("注册", "Register")));
	page_words(
		p, "注册后可以发表主题和回复。不需要邮箱；口令遗忘后无法找回，只能重新注册。",
		"Members write topics and replies. No e-mail is needed; a password that is forgotten can't be found again, only "
		"registered anew.");
	PAGE_FORM(p, "/register");
	page_field(p, &new_login_field);
	page_field(p, &name_field);
	page_field(p, &new_password_field);
	page_form_end(p, "注册", "Register");
	page_end(p);
}

static bool login_ok(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", t.p[i], 65) == NULL)
			return false;
	return t.n >= 4 && t.n <= 32;
}

/* False: p->wrong says what is. */
static bool registration_ok(struct page *p, struct text login, struct text name, struct text password)
{
	if (!login_ok(login))
		page_wrong(p, "login", "登录名须为 4 至 32 个字母、数字、点、横线或下划线。",
		           "A login is 4 to 32 letters, digits, points, dashes or underscores.");
	else if (!post_name_ok(name))
		page_wrong(p, "name", "昵称须为 2 至 60 字节，不含号码，也不能像单位名称。",
		           "A name has 2 to 60 bytes, no number, and is not like that of an office.");
	else if (password.n < PASSWORD_BYTES_MIN || password.n > PASSWORD_BYTES_MAX || text_eq(password, login))
		page_wrong(p, "password", "口令须为 12 至 128 字节，且不同于登录名。",
		           "A password has 12 to 128 bytes and is not the login.");
	else
		return true;
	return false;
}

static bool login_free(struct page *p, struct text login, unsigned *status)
{
	uint64_t holder;
	enum err e = credentials_holder(p->r->h->o.members, login, &holder);

	if (e == ERR_ABSENT)
		return true;
	*status = e == ERR_OK ? 409 : 503;
	page_wrong(p, "login", e == ERR_OK ? "这个登录名不可用，请换一个。" : "系统繁忙，请稍后再试。",
	           e == ERR_OK ? "This login can't be had; take another one." : "The service is busy; try again later.");
	return false;
}

/* The password of a member who was made a moment ago. If that fails the member leaves again. */
static bool set_password(struct page *p, struct public_asking *a, uint64_t member, struct text login,
                         struct text password)
{
	struct credentials *c = p->r->h->o.members;
	char code[INVITATION_CHARS + 1], seed[TOTP_SEED_CHARS + 1];
	struct credentials_found f = { .verdict = CREDENTIALS_WRONG };
	struct public_filing leave;
	enum err e = credentials_invite(c, member, login, 0, p->r->h->o.now_us(), code);

	if (e == ERR_OK)
		e = credentials_accept(c, login, text_z(code), password, page_place(p->r), p->r->h->o.now_us(), seed, &f);
	sodium_memzero(code, sizeof(code));
	sodium_memzero(seed, sizeof(seed)); /* nobody uses an authenticator here */
	if (e == ERR_OK && f.verdict == CREDENTIALS_GOOD)
		return true;
	public_begin(&leave, DESK_MEMBER, MEMBER_DO_LEAVE, member);
	if (post_do(a, &leave, NULL, NULL) != PUBLIC_DONE)
		p->wrong = NULL; /* then there is a member who never writes */
	page_wrong(p, NULL, "注册未完成，请稍后再试。", "The registration could not be finished; try again later.");
	return false;
}

static bool make_member(struct page *p, struct public_asking *a, struct text name, unsigned *status, uint64_t *made)
{
	struct public_filing f;

	public_begin(&f, DESK_MEMBER, MEMBER_DO_REGISTER, 0);
	public_give_text(&f, MEMBER_F_NAME, name);
	return page_done(p, a, post_do(a, &f, made, NULL), status);
}

static void run_register(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct text login, name, password;
	unsigned status = 422;
	uint64_t member;
	bool ok;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_JOINS))
		return;
	a = page_asking(p);
	login = form_text(&p->form, "login");
	name = form_text(&p->form, "name");
	password = page_typed(&p->form, "password");
	ok = registration_ok(p, login, name, password) && login_free(p, login, &status) &&
	     make_member(p, &a, name, &status, &member);
	if (ok && !set_password(p, &a, member, login, password)) {
		ok = false;
		status = 503;
	}
	if (!ok)
		show_register(p, status);
	else if (begin_session(p, member))
		PAGE_GO(p, "/me");
	else
		PAGE_GO(p, "/login");
	page_wipe_body(r);
}

static void run_registering(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_register(p, 200);
}

/* ---- in and out ---- */

static void show_login(struct page *p, unsigned status)
{
	page_begin(p, status, text_z(SAY("登录", "Log in")));
	PAGE_FORM(p, "/login");
	page_field(p, &login_field);
	page_field(p, &password_field);
	page_form_end(p, "登录", "Log in");
	HTML(p->b, "<p>");
	PAGE_LINK(p, text_z(SAY("还没有账号？注册", "No account yet? Register")), "/register");
	HTML(p->b, "</p>\n");
	page_end(p);
}

static void run_logging_in(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_login(p, 200);
}

/* Left for good: the login is nobody's any more. */
static bool left(struct request *r, uint64_t member)
{
	struct desk_object m;

	return registry_load(r->h->o.registry, member, &m) != ERR_OK || m.kind != DESK_MEMBER || m.state == MEMBER_LEFT;
}

static void run_login(struct request *r)
{
	struct page here, *p = &here;
	struct credentials_found f = { .verdict = CREDENTIALS_WRONG };
	unsigned status = 422;
	enum err e;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	e = credentials_check_password(r->h->o.members, form_text(&p->form, "login"), page_typed(&p->form, "password"),
	                               page_place(r), r->h->o.now_us(), &f);
	page_wipe_body(r);
	p->form.n = 0; /* and what was in it */
	if (e == ERR_OK && f.verdict == CREDENTIALS_GOOD && !left(r, f.user) && begin_session(p, f.user)) {
		PAGE_GO(p, "/me");
		return;
	}
	if (e != ERR_OK) {
		status = 503;
		page_wrong(p, NULL, "系统繁忙，请稍后再试。", "The service is busy; try again later.");
	} else { /* locked reads like wrong: who guesses doesn't learn which logins there are */
		page_wrong(p, NULL, "登录名或口令错误；多次错误后须等待一段时间。",
		           "Login or password is wrong; after several wrong ones there is a time to wait.");
	}
	show_login(p, status);
}

static void run_logout(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	if (!page_form(p))
		return;
	if (p->member != 0 && credentials_session_end(r->h->o.members, text_z(p->token)) != ERR_OK) {
		answer_problem(r, 503, "credentials", "", "");
		return;
	}
	give_cookie(r, "");
	PAGE_GO(p, "/board");
}

/* ---- one's own page ---- */

static const char *state_words(const struct page *p, const struct board_post *x)
{
	const struct desk_state *s = &desk_machine(x->kind)->state[x->state];

	return SAY(s->zh, s->name);
}

static void put_own(struct page *p)
{
	const struct board_post *own[OWN_MAX];
	uint32_t n = board_own(p->r->h->board, p->member, own, OWN_MAX);
	char z[32];

	HTML(p->b, "<section aria-labelledby=\"own\"><h2 id=\"own\">");
	page_z(p->b, SAY("我的发言", "What I wrote"));
	HTML(p->b, "</h2>\n");
	if (n == 0)
		page_words(p, "还没有发言。", "Nothing yet.");
	HTML(p->b, "<ul class=\"own\">\n");
	for (uint32_t i = 0; i < n; i++) {
		const struct board_post *topic =
			own[i]->kind == DESK_TOPIC ? own[i] : board_topic(p->r->h->board, own[i]->topic);
		const char *ground =
			own[i]->ground != 0 && own[i]->ground < board_grounds.n
				? SAY(board_grounds.choice[own[i]->ground].zh, board_grounds.choice[own[i]->ground].name)
				: "";

		HTML(p->b, "<li>");
		page_z(p->b, own[i]->kind == DESK_TOPIC ? SAY("主题：", "Topic: ") : SAY("回复：", "Reply to: "));
		if (topic != NULL && board_shown(p->r->h->board, topic))
			PAGE_LINK(p, text_z(topic->title), "/board/%", page_id(topic, z));
		else
			page_z(p->b,
			       own[i]->kind == DESK_TOPIC ? own[i]->title : SAY("（主题未公开）", "(a topic that is not shown)"));
		HTML(p->b, " <span class=\"mark\">");
		page_z(p->b, state_words(p, own[i]));
		HTML(p->b, "</span> ");
		if (!board_shown(p->r->h->board, own[i]))
			page_z(p->b, ground);
		p->wrong = NULL;
		PAGE_FORM(p, "/own/%/withdraw", page_id(own[i], z));
		page_form_end(p, "撤回", "Take back");
		HTML(p->b, "</li>\n");
	}
	HTML(p->b, "</ul></section>\n");
}

static void put_row(struct page *p, const char *zh, const char *en, struct text value)
{
	HTML(p->b, "<dt>");
	page_z(p->b, SAY(zh, en));
	HTML(p->b, "</dt><dd>");
	page_text(p->b, value);
	HTML(p->b, "</dd>\n");
}

/* The ban that is in force: basis, reason, end, and how to object. */
static bool put_ban(struct page *p, const struct desk_object *m)
{
	static const struct page_field text = { "text", "申诉理由", "Why you object", "textarea", NULL, NULL, NULL,
		                                    2000,   true };
	struct public_asking a = page_asking(p);
	const struct desk_choice *basis = &desk_bases.choice[desk_i(m, MEMBER_F_BASIS) % DESK_BASES];
	struct desk_object measure;
	struct buf reason;
	bool ok;

	buf_init(&reason, TEXT_BYTES_MAX);
	ok = registry_load(p->r->h->o.registry, desk_id(m, MEMBER_F_MEASURE), &measure) == ERR_OK &&
	     public_act(&a, "view", &measure, "fields", TEXT("measure,basis,reason,start,end")) == PUBLIC_DONE &&
	     public_read(&a, m, MEMBER_F_REASON, &reason) == PUBLIC_DONE;
	if (ok) {
		HTML(p->b, "<section class=\"ban\" aria-labelledby=\"ban\"><h2 id=\"ban\">");
		page_z(p->b, SAY("您已被禁言", "You are banned for a while"));
		HTML(p->b, "</h2>\n<dl>\n");
		put_row(p, "依据", "Basis",
		        text_z(SAY(basis->zh == NULL ? "" : basis->zh, basis->name == NULL ? "" : basis->name)));
		put_row(p, "理由", "Reason", buf_view(&reason));
		HTML(p->b, "<dt>");
		page_z(p->b, SAY("至", "Until"));
		HTML(p->b, "</dt><dd>");
		page_moment(p, desk_i(m, MEMBER_F_UNTIL));
		HTML(p->b, "</dd></dl>\n");
		if (desk_i(&measure, MEASURE_F_APPEAL) == APPEAL_STATE_OPEN) {
			page_words(p, "您的申诉正在办理。", "Your objection is being looked at.");
		} else {
			page_words(p, "如有异议，请在此申诉；由作出决定以外的人办理。",
			           "If you disagree, object here; somebody else than who banned you decides.");
			PAGE_FILES_FORM(p, "/me/appeal");
			page_field(p, &text);
			page_papers(p);
			page_form_end(p, "提交申诉", "Object");
		}
		HTML(p->b, "</section>\n");
	}
	if (reason.p != NULL)
		sodium_memzero(reason.p, reason.n);
	buf_release(&reason);
	return ok;
}

static void put_doors(struct page *p)
{
	HTML(p->b, "<section class=\"doors\" aria-labelledby=\"doors\"><h2 id=\"doors\">");
	page_z(p->b, SAY("账号", "Account"));
	HTML(p->b, "</h2>\n<p>");
	PAGE_LINK(p, text_z(SAY("更改昵称", "Change the name")), "/me/name");
	HTML(p->b, " · ");
	PAGE_LINK(p, text_z(SAY("更改口令", "Change the password")), "/me/password");
	HTML(p->b, "</p>\n");
	PAGE_FORM(p, "/logout");
	page_form_end(p, "退出登录", "Log out");
	PAGE_FORM(p, "/me/leave");
	page_words(p, "注销后不能再登录；已公开的发言可先撤回。",
	           "Who leaves can't log in again; take back first what should not stay.");
	page_form_end(p, "注销账号", "Leave for good");
	HTML(p->b, "</section>\n");
}

static void show_me(struct page *p, unsigned status, const char *receipt)
{
	const char *sent = request_query(p->r, "sent");
	const struct board_post *own;
	struct desk_object m;

	if (registry_load(p->r->h->o.registry, p->member, &m) != ERR_OK || !page_board(p)) {
		answer_problem(p->r, 503, "registry", "", "");
		return;
	}
	own = board_find(p->r->h->board, DESK_MEMBER, p->member);
	page_begin(p, status, text_z(own == NULL ? "" : own->title));
	if (sent != NULL) {
		HTML(p->b, "<p class=\"done\" role=\"status\">");
		page_z(p->b, strcmp(sent, "name") == 0 ? SAY("昵称已更改。", "The name is changed.")
		             : strcmp(sent, "password") == 0
		                 ? SAY("口令已更改，其他设备上的登录已退出。",
		                       "The password is changed, and you are logged out everywhere else.")
		                 : SAY("已提交，审核后显示。", "Sent; it is shown when a moderator has seen it."));
		HTML(p->b, "</p>\n");
	}
	if (receipt != NULL) {
		HTML(p->b, "<p class=\"done\" role=\"status\">");
		page_z(p->b, SAY("申诉已提交，回执号（只显示一次）：", "Your objection is filed. Its receipt, shown once: "));
		HTML(p->b, "<strong>");
		page_z(p->b, receipt);
		HTML(p->b, "</strong></p>\n");
	}
	board_leave(p->r->h->board, p->r->h->o.now_us());
	if (m.state == MEMBER_BANNED && !put_ban(p, &m)) {
		answer_problem(p->r, 503, "registry", "", "");
		return;
	}
	if (!page_board(p))
		return;
	put_own(p);
	board_leave(p->r->h->board, p->r->h->o.now_us());
	put_doors(p);
	page_end(p);
}

static void run_me(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	if (page_needs_member(p))
		show_me(p, 200, NULL);
}

/* No code or digits prove whose ban it is: the session does. */
static void run_appeal(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_appeal in = { .n_papers = 0 };
	struct public_receipt x = { .id = 0 };
	struct desk_object m;
	unsigned status = 422;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !page_admit_cost(p, PUBLIC_FILES))
		return;
	a = page_asking(p);
	if (registry_load(r->h->o.registry, p->member, &m) != ERR_OK || m.state != MEMBER_BANNED) {
		answer_problem(r, 404, "absent", "", "");
		return;
	}
	in.text = form_text(&p->form, "text");
	page_take_papers(p, &in);
	if (page_done(p, &a, public_file_own_appeal(&a, desk_id(&m, MEMBER_F_MEASURE), &in, &x), &status))
		status = 200;
	if (status == 200)
		p->form.n = 0;
	show_me(p, status, status == 200 ? x.receipt : NULL);
	sodium_memzero(&x, sizeof(x));
}

static void run_leave(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_filing f;
	unsigned status = 409;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p))
		return;
	a = page_asking(p);
	public_begin(&f, DESK_MEMBER, MEMBER_DO_LEAVE, p->member);
	if (!page_done(p, &a, post_do(&a, &f, NULL, NULL), &status) ||
	    credentials_sessions_end(r->h->o.members, p->member) != ERR_OK) {
		answer_problem(r, 503, "registry", "", "");
		return;
	}
	give_cookie(r, "");
	PAGE_GO(p, "/board");
}

const struct route http_page_member_routes[] = {
	PAGE_ROUTE("GET", "/register", run_registering),
	PAGE_ROUTE("POST", "/register", run_register),
	PAGE_ROUTE("GET", "/login", run_logging_in),
	PAGE_ROUTE("POST", "/login", run_login),
	PAGE_ROUTE("POST", "/logout", run_logout),
	PAGE_ROUTE("GET", "/new", page_run_new),
	PAGE_ROUTE("POST", "/new", page_run_post),
	PAGE_ROUTE("POST", "/board/*/reply", page_run_reply),
	PAGE_ROUTE("POST", "/board/*/withdraw", page_run_withdraw),
	PAGE_ROUTE("POST", "/own/*/withdraw", page_run_withdraw),
	PAGE_ROUTE("GET", "/me", run_me),
	PAGE_ROUTE("POST", "/me/appeal", run_appeal),
	PAGE_ROUTE("POST", "/me/leave", run_leave),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
