/* http_page_account.c - a member takes another name, or another password; see http_page_member.c for the rest of their account.
 *
 * Under a new name somebody is a new member: what they write next waits for a moderator, who so sees the name (desk/member.h). A new password ends all sessions but the one that changed it. */
#include "desk/member.h"
#include "gateway/http_page_post.h"

static const struct page_field name_field = {
	"name",
	"新昵称",
	"New name",
	"text",
	"nickname",
	"公开显示在您的发言旁，请勿使用真实姓名。更改后的发言须重新经过审核，直到再次成为可信用户。",
	"Shown beside what you write; not your real name. What you write after that waits for a moderator until you are trusted again.",
	PAGE_NAME_MAX / 3,
	true
};
static const struct page_field old_field = { "old", "现在的口令", "Your password now", "password", "current-password",
	                                         NULL,  NULL,         PASSWORD_BYTES_MAX,  true };
static const struct page_field new_field = { "password",
	                                         "新口令",
	                                         "New password",
	                                         "password",
	                                         "new-password",
	                                         "至少 12 个字符，不要与其他网站相同。",
	                                         "12 characters or more, and not one that you use elsewhere.",
	                                         PASSWORD_BYTES_MAX,
	                                         true };

/* ---- the name ---- */

static void show_name(struct page *p, unsigned status)
{
	page_begin(p, status, text_z(SAY("更改昵称", "Change the name")));
	PAGE_FORM(p, "/me/name");
	page_field(p, &name_field);
	page_form_end(p, "更改", "Change");
	page_end(p);
}

static void run_naming(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	if (page_needs_member(p))
		show_name(p, 200);
}

static void run_name(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_filing f;
	struct text name;
	unsigned status = 422;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !page_admit_cost(p, PUBLIC_FILES))
		return;
	a = page_asking(p);
	name = form_text(&p->form, "name");
	if (!post_name_ok(name)) {
		page_wrong(p, "name", "昵称须为 2 至 60 字节，不含号码，也不能像单位名称。",
		           "A name has 2 to 60 bytes, no number, and is not like that of an office.");
		show_name(p, status);
		return;
	}
	public_begin(&f, DESK_MEMBER, MEMBER_DO_RENAME, p->member);
	public_give_text(&f, MEMBER_F_NAME, name);
	if (page_done(p, &a, post_do(&a, &f, NULL, NULL), &status))
		PAGE_GO(p, "/me?sent=name");
	else
		show_name(p, status);
}

/* ---- the password ---- */

static void show_password(struct page *p, unsigned status)
{
	page_begin(p, status, text_z(SAY("更改口令", "Change the password")));
	page_words(p, "更改后，其他设备上的登录全部退出。", "Everywhere else you are logged out.");
	PAGE_FORM(p, "/me/password");
	page_field(p, &old_field);
	page_field(p, &new_field);
	page_form_end(p, "更改", "Change");
	page_end(p);
}

static void run_passwording(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	if (page_needs_member(p))
		show_password(p, 200);
}

/* False: p->wrong says why not. Locked reads like wrong, as where one logs in. */
static bool change_password(struct page *p, struct text old, struct text password, unsigned *status)
{
	struct credentials_found f = { .verdict = CREDENTIALS_WRONG };
	enum err e = credentials_change(p->r->h->o.members, p->member, old, password, p->token, page_place(p->r),
	                                p->r->h->o.now_us(), &f);

	*status = e == ERR_OK ? 422 : 503;
	if (e != ERR_OK)
		page_wrong(p, NULL, "系统繁忙，请稍后再试。", "The service is busy; try again later.");
	else if (f.verdict == CREDENTIALS_WEAK)
		page_wrong(p, "password", "口令须为 12 至 128 字节，且不同于登录名。",
		           "A password has 12 to 128 bytes and is not the login.");
	else if (f.verdict != CREDENTIALS_GOOD)
		page_wrong(p, "old", "现在的口令不对；多次错误后须等待一段时间。",
		           "The password is not the one you have now; after several wrong ones there is a time to wait.");
	return e == ERR_OK && f.verdict == CREDENTIALS_GOOD;
}

static void run_password(struct request *r)
{
	struct page here, *p = &here;
	unsigned status;
	bool ok;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	ok = change_password(p, page_typed(&p->form, "old"), page_typed(&p->form, "password"), &status);
	page_wipe_body(r);
	p->form.n = 0; /* and what was in it */
	if (ok)
		PAGE_GO(p, "/me?sent=password");
	else
		show_password(p, status);
}

const struct route http_page_account_routes[] = {
	PAGE_ROUTE("GET", "/me/name", run_naming),
	PAGE_ROUTE("POST", "/me/name", run_name),
	PAGE_ROUTE("GET", "/me/password", run_passwording),
	PAGE_ROUTE("POST", "/me/password", run_password),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
