/* http_page.c - see http_page.h. */
#include "gateway/http_page.h"
#include <sodium.h>
#include "base/clock.h"
#include "desk/desk.h"

enum {
	NAME_SPACE_FORM = 0x464f524d, /* keeps tokens of forms apart from others */
	FORM_COOKIE_HEX = 32
};

/* ---- who asks ---- */

static bool english_first(const struct request *r)
{
	const char *z = request_header(r, "Accept-Language");

	while (z != NULL && *z != 0) {
		z += strspn(z, ", ");
		if (strncmp(z, "zh", 2) == 0 || strncmp(z, "en", 2) == 0)
			return *z == 'e';
		z += strcspn(z, ",");
	}
	return false;
}

static const char *form_cookie(const struct request *r)
{
	const char *z = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, FORM_COOKIE);

	return z != NULL && strlen(z) == FORM_COOKIE_HEX && strspn(z, "0123456789abcdef") == FORM_COOKIE_HEX ? z : NULL;
}

static void form_token(struct page *p, const char *cookie)
{
	char both[FORM_COOKIE_HEX + 1 + SESSION_CHARS + 1];
	int n = snprintf(both, sizeof(both), "%s\n%s", cookie, p->token);

	token_show(hash_token(p->r->h->o.key, NAME_SPACE_FORM, text_of(both, (size_t)n)), p->csrf);
	sodium_memzero(both, sizeof(both));
}

void page_enter(struct page *p, struct request *r)
{
	const char *z = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, MEMBER_COOKIE),
			   *cookie = form_cookie(r);
	unsigned char random[FORM_COOKIE_HEX / 2];
	char fresh[FORM_COOKIE_HEX + 1];
	struct credentials_session s;

	*p = (struct page){ .r = r, .b = &r->out };
	p->zh = strncmp(r->url, "/en", 3) != 0 && (strncmp(r->url, "/zh", 3) == 0 || !english_first(r));
	p->lang = p->zh ? TEXT("zh") : TEXT("en");
	if (r->h->o.members != NULL && z != NULL && strlen(z) == SESSION_CHARS &&
	    credentials_session(r->h->o.members, text_z(z), r->h->o.now_us(), &s)) {
		memcpy(p->token, z, SESSION_CHARS);
		p->member = s.user;
	}
	if (cookie == NULL) {
		randombytes_buf(random, sizeof(random));
		sodium_bin2hex(fresh, sizeof(fresh), random, sizeof(random));
		snprintf(r->set_cookie, sizeof(r->set_cookie), FORM_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax%s", fresh,
		         r->h->o.tls_key != NULL ? "; Secure" : "");
	}
	form_token(p, cookie != NULL ? cookie : fresh);
}

bool page_needs_member(struct page *p)
{
	if (p->member == 0)
		PAGE_GO(p, "/login");
	return p->member != 0;
}

/* ---- the way in ---- */

/* An objection comes with papers, from people who are not logged in: so it costs its sender before the body comes, and the body may be large. */
static bool brings_papers(const struct request *r)
{
	return strcmp(r->route->method, "POST") == 0 && strcmp(r->route->path + 3, "/appeal") == 0;
}

static enum public_cost cost_of(const struct request *r)
{
	return strcmp(r->route->method, "GET") == 0 ? PUBLIC_READS : brings_papers(r) ? PUBLIC_FILES : PUBLIC_ASKS;
}

static const struct sockaddr *address_of(struct request *r)
{
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return from == NULL ? NULL : from->client_addr;
}

static bool admit(struct request *r, enum public_cost cost)
{
	int64_t wait_us;

	if (public_admit(r->h->public_desk, &r->in_force->config, cost, address_of(r), &wait_us))
		return true;
	r->retry_after_s = (wait_us + US_PER_SECOND - 1) / US_PER_SECOND;
	answer_problem(r, 429, "rate", "", "");
	return false;
}

bool page_admit_cost(struct page *p, enum public_cost cost)
{
	return admit(p->r, cost);
}

/* Large bodies are for those who are logged in, and for papers. */
static size_t body_most(struct request *r)
{
	const char *type = request_header(r, "Content-Type");
	struct page p;

	if (type == NULL || strncmp(type, "multipart/", 10) != 0)
		return r->in_force->config.public_body;
	if (brings_papers(r))
		return PAGE_UPLOAD_BYTES;
	page_enter(&p, r);
	return p.member != 0 ? PAGE_UPLOAD_BYTES : r->in_force->config.public_body;
}

bool http_page_admit(struct request *r)
{
	size_t most;

	if (!r->in_force->config.public_enabled || r->h->public_desk == NULL || r->h->o.members == NULL) {
		if (strcmp(r->url, "/") == 0 && r->h->o.console != NULL)
			http_console_begin(r);
		else
			answer_problem(r, 404, "unknown", "", "");
		return false;
	}
	most = body_most(r);
	if (r->body.max > most)
		r->body.max = most;
	return admit(r, cost_of(r));
}

void http_page_run(struct request *r)
{
	int64_t begun_us = deadlines_now_us();

	r->route->run(r);
	r->h->counts.pages++;
	r->h->counts.page_us += (uint64_t)(deadlines_now_us() - begun_us);
}

bool http_page_meant(const struct request *r)
{
	return r->route != NULL ? r->route->kind == ROUTE_PAGE
	                        : strncmp(r->url, "/zh/", 4) == 0 || strncmp(r->url, "/en/", 4) == 0;
}

void http_page_headers(struct MHD_Response *m)
{
	MHD_add_response_header(
		m, "Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
		"base-uri 'none'");
	MHD_add_response_header(m, "X-Frame-Options", "DENY");
	MHD_add_response_header(m, "Referrer-Policy", "same-origin");
	MHD_add_response_header(m, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(m, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(m, "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
}

/* ---- the frame ---- */

void page_link(struct page *p, struct text words, const char *rel, const char *form, const struct text *value, size_t n)
{
	struct buf path;

	buf_init(&path, 8192);
	page_path(&path, form, value, n);
	HTML(p->b, "<a href=\"/");
	page_text(p->b, p->lang);
	page_text(p->b, buf_view(&path));
	HTML(p->b, "\"");
	if (rel != NULL)
		page_attr(p->b, "rel", text_z(rel));
	HTML(p->b, ">");
	page_text(p->b, words);
	HTML(p->b, "</a>");
	p->b->err = path.err != ERR_OK ? path.err : p->b->err;
	buf_release(&path);
}

void page_go(struct page *p, const char *form, const struct text *value, size_t n)
{
	struct buf path;

	buf_init(&path, sizeof(p->r->location) - 4);
	page_path(&path, form, value, n);
	snprintf(p->r->location, sizeof(p->r->location), "/%.2s%s", p->lang.p, path.err == ERR_OK ? path.p : "/board");
	buf_release(&path);
	p->r->type = "text/html; charset=utf-8";
	p->r->status = 303;
}

/* The same page in the other language: each part of its path encoded anew. */
static void put_other_language(struct page *p)
{
	const char *z = p->r->url[0] == '/' && p->r->url[1] != 0 ? p->r->url + 3 : "";

	buf_printf(p->b, "<a lang=\"%s\" hreflang=\"%s\" href=\"/%s", p->zh ? "en" : "zh-CN", p->zh ? "en" : "zh-CN",
	           p->zh ? "en" : "zh");
	if (*z != '/')
		HTML(p->b, "/board");
	while (*z == '/') {
		size_t n = strcspn(++z, "/");

		PAGE_PATH(p->b, "/%", text_of(z, n));
		z += n;
	}
	buf_printf(p->b, "\">%s</a>", p->zh ? "English" : "中文");
}

static void put_account(struct page *p)
{
	if (p->member == 0) {
		PAGE_LINK(p, text_z(SAY("登录", "Log in")), "/login");
		PAGE_LINK(p, text_z(SAY("注册", "Register")), "/register");
		return;
	}
	PAGE_LINK(p, text_z(SAY("我的", "Mine")), "/me");
}

void page_begin(struct page *p, unsigned status, struct text title)
{
	struct buf *b = p->b;

	p->r->status = status;
	p->r->type = "text/html; charset=utf-8";
	buf_clear(b);
	buf_printf(b, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
	           p->zh ? "zh-CN" : "en");
	page_text(b, title);
	HTML(b, " - ");
	page_z(b, SAY("反诈公众服务", "Anti-fraud service"));
	HTML(
		b,
		"</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"stylesheet\" href=\"/public.css\">\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#main\">");
	page_z(b, SAY("跳到正文", "Skip to the content"));
	HTML(b, "</a>\n<header class=\"top\">\n<p class=\"site\">");
	PAGE_LINK(p, text_z(SAY("反诈公众服务", "Anti-fraud service")), "/board");
	HTML(b, "</p>\n<nav class=\"account\"");
	page_attr(b, "aria-label", text_z(SAY("语言与账号", "Language and account")));
	HTML(b, ">");
	put_other_language(p);
	put_account(p);
	HTML(b, "</nav>\n<nav class=\"places\"");
	page_attr(b, "aria-label", text_z(SAY("主导航", "Main")));
	HTML(b, ">");
	PAGE_LINK(p, text_z(SAY("交流版块", "Board")), "/board");
	PAGE_LINK(p, text_z(SAY("查一查", "Check")), "/check");
	PAGE_LINK(p, text_z(SAY("我要举报", "Report")), "/report");
	PAGE_LINK(p, text_z(SAY("我的限制与申诉", "My restriction")), "/restriction");
	PAGE_LINK(p, text_z(SAY("核实 96110 来电", "Is it really 96110?")), "/96110");
	HTML(b, "</nav>\n</header>\n<main id=\"main\">\n<h1>");
	page_text(b, title);
	HTML(b, "</h1>\n");
}

void page_end(struct page *p)
{
	HTML(p->b, "</main>\n<footer>\n<p>");
	page_z(p->b, SAY("已经转账？立即拨打 110。接到 96110 来电请接听；有疑问请拨打 96110。",
	                 "Already paid? Call 110 at once. If 96110 calls, answer; in doubt call 96110 yourself."));
	HTML(p->b, "</p>\n</footer>\n</body>\n</html>\n");
}

void page_moment(struct page *p, int64_t us)
{
	struct buf z;

	buf_init(&z, 128);
	clock_format_short(&z, us, &clock_shanghai);
	if (z.err == ERR_OK && z.n >= 16) {
		HTML(p->b, "<time datetime=\"");
		page_text(p->b, text_of(z.p, 10));
		HTML(p->b, "T");
		page_text(p->b, text_of(z.p + 11, 5));
		HTML(p->b, "+08:00\">");
		page_text(p->b, text_of(z.p, 16));
		HTML(p->b, "</time>");
	}
	buf_release(&z);
}

void page_words(struct page *p, const char *zh, const char *en)
{
	HTML(p->b, "<p>");
	page_z(p->b, SAY(zh, en));
	HTML(p->b, "</p>\n");
}

/* ---- problems ---- */

void http_page_problem(struct request *r, unsigned status, const char *title, const char *detail)
{
	static const struct {
		unsigned status;
		const char *zh, *en, *more_zh, *more_en;
	} says[] = {
		{ 400, "请求有误", "The request is wrong", "请返回上一页重新填写。", "Go back and try again." },
		{ 403, "表单已过期", "The form is out of date", "请返回上一页，刷新后重新提交。",
		  "Go back, load the page anew, and send it again." },
		{ 404, "没有这个页面", "There is no such page", "它可能不存在，或不对外公开。",
		  "It may not exist, or not be public." },
		{ 405, "没有这个页面", "There is no such page", "请从首页进入。", "Begin at the board." },
		{ 413, "内容过大", "This is too large", "请减少文字或缩小图片。", "Send less text or smaller pictures." },
		{ 429, "操作过于频繁", "Too many requests", "请稍后再试；紧急情况请拨打 110 或 96110。",
		  "Try again later; if it is urgent call 110 or 96110." },
		{ 503, "系统繁忙", "The service is busy", "请稍后再试；紧急情况请拨打 110。",
		  "Try again later; if it is urgent call 110." },
		{ 0, "系统暂时不可用", "The service can't answer now", "请稍后再试。", "Try again later." },
	};
	struct page here, *p = &here;
	size_t i = 0;

	(void)title; /* for programs; people are told in their language */
	(void)detail;
	page_enter(p, r);
	while (says[i].status != 0 && says[i].status != status)
		i++;
	page_begin(p, status, text_z(SAY(says[i].zh, says[i].en)));
	page_words(p, says[i].more_zh, says[i].more_en);
	page_end(p);
}

/* ---- forms ---- */

bool page_form(struct page *p)
{
	const char *type = request_header(p->r, "Content-Type"), *site = request_header(p->r, "Sec-Fetch-Site"), *why;
	struct text token;

	if (!form_parse(text_z(type == NULL ? "" : type), p->r->body.p, p->r->body.n, &p->form, &why)) {
		answer_problem(p->r, 400, "form", "The form can't be read", why);
		return false;
	}
	token = form_text(&p->form, "csrf");
	if (form_cookie(p->r) == NULL || token.n != TOKEN_HEX || sodium_memcmp(token.p, p->csrf, TOKEN_HEX) != 0 ||
	    (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)) {
		answer_problem(p->r, 403, "csrf", "", "");
		return false;
	}
	return true;
}

void page_wrong(struct page *p, const char *field, const char *zh, const char *en)
{
	p->field = field;
	p->wrong = SAY(zh, en);
}

void page_form_begin(struct page *p, const char *form, const struct text *value, size_t n, bool files)
{
	struct buf path;

	if (p->wrong != NULL) {
		HTML(p->b, "<p class=\"wrong\" role=\"alert\" id=\"wrong\">");
		page_z(p->b, p->wrong);
		HTML(p->b, "</p>\n");
	}
	buf_init(&path, 8192);
	page_path(&path, form, value, n);
	HTML(p->b, "<form method=\"post\" action=\"/");
	page_text(p->b, p->lang);
	page_text(p->b, buf_view(&path));
	HTML(p->b, "\"");
	buf_release(&path);
	if (files)
		HTML(p->b, " enctype=\"multipart/form-data\"");
	HTML(p->b, ">\n<input type=\"hidden\" name=\"csrf\"");
	page_attr(p->b, "value", text_z(p->csrf));
	HTML(p->b, ">\n");
}

void page_hidden(struct page *p, const char *name, struct text value)
{
	HTML(p->b, "<input type=\"hidden\"");
	page_attr(p->b, "name", text_z(name));
	page_attr(p->b, "value", value);
	HTML(p->b, ">\n");
}

struct text page_typed(const struct form *f, const char *name)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (!f->field[i].file && strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return TEXT("");
}

void page_wipe_body(struct request *r)
{
	if (r->body.p != NULL)
		sodium_memzero(r->body.p, r->body.n);
}

struct token page_place(struct request *r)
{
	return guesses_place(r->h->guesses, address_of(r));
}

void page_form_end(struct page *p, const char *zh, const char *en)
{
	HTML(p->b, "<p><button type=\"submit\">");
	page_z(p->b, SAY(zh, en));
	HTML(p->b, "</button></p>\n</form>\n");
}

void page_field(struct page *p, const struct page_field *f)
{
	bool area = strcmp(f->type, "textarea") == 0, bad = p->field != NULL && strcmp(p->field, f->name) == 0;
	bool secret = strcmp(f->type, "password") == 0, file = strcmp(f->type, "file") == 0;
	struct text before = secret ? TEXT("") : form_text(&p->form, f->name);
	char max[16];

	HTML(p->b, "<div class=\"field\"><label");
	page_attr(p->b, "for", text_z(f->name));
	HTML(p->b, ">");
	page_z(p->b, SAY(f->zh, f->en));
	if (!f->needed)
		page_z(p->b, SAY("（选填）", " (optional)"));
	HTML(p->b, "</label>");
	if (f->hint_zh != NULL) {
		buf_printf(p->b, "<p class=\"hint\" id=\"hint-%s\">", f->name);
		page_z(p->b, SAY(f->hint_zh, f->hint_en));
		HTML(p->b, "</p>");
	}
	buf_z(p->b, area ? "<textarea rows=\"8\"" : "<input");
	if (!area)
		page_attr(p->b, "type", text_z(f->type));
	page_attr(p->b, "id", text_z(f->name));
	page_attr(p->b, "name", text_z(f->name));
	page_attr(p->b, "autocomplete", text_z(f->autocomplete == NULL ? "off" : f->autocomplete));
	snprintf(max, sizeof(max), "%u", f->max);
	if (!file)
		page_attr(p->b, "maxlength", text_z(max));
	else
		HTML(p->b, " accept=\"image/jpeg,image/png\"");
	if (f->needed)
		HTML(p->b, " required");
	if (f->hint_zh != NULL)
		buf_printf(p->b, " aria-describedby=\"hint-%s\"", f->name);
	if (bad)
		HTML(p->b, " aria-invalid=\"true\" aria-errormessage=\"wrong\"");
	if (!area && !file)
		page_attr(p->b, "value", before);
	HTML(p->b, ">");
	if (area) {
		HTML(p->b, "\n");
		page_text(p->b, before);
		HTML(p->b, "</textarea>");
	}
	HTML(p->b, "</div>\n");
}

/* ---- public.h ---- */

struct public_asking page_asking(struct page *p)
{
	return (struct public_asking){ .desk = p->r->h->public_desk,
		                           .config = &p->r->in_force->config,
		                           .policy = request_policy(p->r),
		                           .lane = p->r->slot };
}

bool page_done(struct page *p, const struct public_asking *a, enum public_verdict v, unsigned *status)
{
	switch (v) {
	case PUBLIC_DONE: return true;
	case PUBLIC_NO:
		*status = 404;
		page_wrong(p, NULL, "没有相符的信息，请核对后再试，或拨打 96110。",
		           "Nothing fits what was given; check it and try again, or call 96110.");
		break;
	case PUBLIC_INPUT:
		*status = 422;
		page_wrong(p, a->field, a->why_zh, a->why_en);
		break;
	case PUBLIC_REFUSED:
		*status = 409;
		page_wrong(p, NULL, desk_refusals[a->refused].zh, desk_refusals[a->refused].en);
		break;
	case PUBLIC_FULL:
	case PUBLIC_FAILED:
		*status = 503;
		page_wrong(p, NULL, "系统繁忙，本次未受理，请稍后再试；紧急情况请拨打 110。",
		           "The service is busy and nothing of this was taken; try again later, if it is urgent call 110.");
		break;
	}
	return false;
}

/* ---- the board ---- */

bool page_board(struct page *p)
{
	enum err e = board_enter(p->r->h->board);

	if (e != ERR_OK)
		answer_problem(p->r, 503, "registry", "", "");
	return e == ERR_OK;
}

struct text page_id(const struct board_post *post, char z[32])
{
	int n = snprintf(z, 32, "%s-%llu", desk_machine(post->kind)->letters, (unsigned long long)post->id);

	return text_of(z, (size_t)n);
}

uint64_t page_id_of(struct text t, uint32_t kind)
{
	uint32_t k;
	uint64_t id;

	return desk_id_parse(t, &k, &id) == ERR_OK && k == kind ? id : 0;
}

/* ---- where to begin ---- */

static void run_front(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	PAGE_GO(p, "/board");
}

static void run_style(struct request *r)
{
	buf_z(&r->out, page_style);
	r->type = "text/css; charset=utf-8";
	r->may_keep = true;
	r->status = 200;
}

const struct route http_page_routes[] = {
	{ "GET", "/", 0, ROUTE_PAGE, run_front },
	{ "GET", "/public.css", 0, ROUTE_PAGE, run_style },
	PAGE_ROUTE("GET", "", run_front),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
