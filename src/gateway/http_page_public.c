/* http_page_public.c - check, report and 96110 as pages: the functions of public.h, with the same equal answers.
 *
 * What is asked goes in the body of a form, never in an address, so that no log or history of a browser has it. A receipt is shown on the answer to the form itself and nowhere else: an address
 * that shows it would have to hold it. */
#include <sodium.h>
#include "desk/script.h"
#include "gateway/http_page.h"

/* Spoken lines of a script's part as a list. */
static void put_lines(struct page *p, uint32_t scam, uint32_t part)
{
	const struct script_line *l;

	HTML(p->b, "<ul>\n");
	for (uint32_t i = 0; (l = script_line(scam, part, i)) != NULL; i++) {
		HTML(p->b, "<li>");
		page_z(p->b, SAY(l->zh, l->en));
		HTML(p->b, "</li>\n");
	}
	HTML(p->b, "</ul>\n");
}

/* ---- is it known? ---- */

static void show_check(struct page *p, unsigned status, const struct public_known *known)
{
	static const struct page_field fields[] = {
		{ "phone", "电话号码", "Phone number", "tel", NULL, NULL, NULL, 40, false },
		{ "account", "银行账号", "Bank account", "text", NULL, NULL, NULL, 40, false },
		{ "link", "网址", "Link", "text", NULL, NULL, NULL, 500, false },
		{ "message", "收到的消息", "A message that you got", "textarea", NULL, NULL, NULL, 2000, false },
	};

	page_begin(p, status, text_z(SAY("查一查", "Check")));
	if (known != NULL) {
		HTML(p->b, "<div class=\"answer\" role=\"status\"><p><strong>");
		page_z(p->b,
		       known->listed
		           ? SAY("这是已公布的涉诈信息：不要联系、不要转账、不要点开。",
		                 "This is on a published list of what fraud uses: don't answer, don't pay, don't open it.")
		           : SAY("公开名单中没有，但这不表示安全。有疑问请拨打 96110。",
		                 "It is on no published list; that does not make it safe. In doubt call 96110."));
		HTML(p->b, "</strong></p>\n");
		if (known->scam != SCRIPT_UNKNOWN) {
			HTML(p->b, "<p>");
			page_z(p->b, SAY("内容像这类诈骗：", "It reads like this type of fraud: "));
			page_z(p->b, SAY(script_zh(known->scam), script_name(known->scam)));
			HTML(p->b, "</p>\n");
		}
		put_lines(p, known->scam, SCRIPT_NOW);
		HTML(p->b, "</div>\n");
	}
	page_words(p, "填写其中一项。只对照已公布的名单；查询内容不会保存。",
	           "Fill in one of them. It is looked for on published lists only, and not kept.");
	PAGE_FORM(p, "/check");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		page_field(p, &fields[i]);
	page_form_end(p, "查询", "Check");
	page_end(p);
}

static void run_checking(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_check(p, 200, NULL);
}

static void run_check(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_check in;
	struct public_known known;
	unsigned status = 200;

	page_enter(p, r);
	if (!page_form(p))
		return;
	a = page_asking(p);
	in = (struct public_check){ form_text(&p->form, "phone"), form_text(&p->form, "account"),
		                        form_text(&p->form, "link"), form_text(&p->form, "message") };
	if (page_done(p, &a, public_check(&a, &in, &known), &status))
		show_check(p, 200, &known);
	else
		show_check(p, status, NULL);
}

/* ---- reports ---- */

static void show_report(struct page *p, unsigned status)
{
	static const struct page_field fields[] = {
		{ "phone", "对方电话", "Their phone", "tel", NULL, NULL, NULL, 40, false },
		{ "account", "对方账号", "Their account", "text", NULL, NULL, NULL, 40, false },
		{ "link", "网址", "Link", "text", NULL, NULL, NULL, 500, false },
		{ "text", "经过", "What happened", "textarea", NULL, NULL, NULL, PUBLIC_TEXT_MAX / 3, false },
		{ "paid", "如已转账：时间", "If you paid: when", "datetime-local", NULL, NULL, NULL, 30, false },
		{ "amount", "如已转账：金额（元）", "If you paid: how much (yuan)", "text", NULL, NULL, NULL, 20, false },
		{ "contact", "您的联系方式", "How to reach you", "text", NULL, "加密保存，只用于核实与反馈。",
		  "Kept encrypted, to check and to answer.", PUBLIC_CONTACT_MAX / 3, false },
	};

	page_begin(p, status, text_z(SAY("我要举报", "Report")));
	page_words(p, "已经转账请先拨打 110。号码、账号、网址、经过至少填写一项。",
	           "If you have paid call 110 first. Fill in at least one of number, account, link and what happened.");
	PAGE_FORM(p, "/report");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		page_field(p, &fields[i]);
	page_form_end(p, "提交举报", "Report");
	HTML(p->b, "<p>");
	PAGE_LINK(p, text_z(SAY("查询举报进展", "What became of a report")), "/status");
	HTML(p->b, "</p>\n");
	page_end(p);
}

static void run_reporting(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_report(p, 200);
}

static void run_report(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_report in = { .what = TEXT("") };
	struct public_receipt x = { .id = 0 };
	unsigned status = 422;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_FILES))
		return;
	a = page_asking(p);
	in.phone = form_text(&p->form, "phone");
	in.account = form_text(&p->form, "account");
	in.link = form_text(&p->form, "link");
	in.text = form_text(&p->form, "text");
	in.contact = form_text(&p->form, "contact");
	in.paid = form_text(&p->form, "paid");
	in.amount = form_text(&p->form, "amount");
	in.when = TEXT("");
	if (page_done(p, &a, public_file_report(&a, &in, &x), &status)) {
		page_begin(p, 201, text_z(SAY("举报已受理", "Your report is filed")));
		page_receipt(p, &x);
		put_lines(p, SCRIPT_UNKNOWN, in.paid.n > 0 ? SCRIPT_PAID : SCRIPT_NOW);
		page_end(p);
	} else {
		show_report(p, status);
	}
	sodium_memzero(&x, sizeof(x));
}

/* ---- is this call real? ---- */

static void show_96110(struct page *p, unsigned status, const bool *genuine)
{
	static const struct page_field code = { "code",
		                                    "来电人报出的六位核验码",
		                                    "The six digits that the caller reads out",
		                                    "text",
		                                    NULL,
		                                    NULL,
		                                    NULL,
		                                    PUBLIC_CALL_DIGITS,
		                                    true };
	static const struct page_field digits = { "digits",
		                                      "您接听的号码末四位",
		                                      "The last four digits of the number you were called on",
		                                      "text",
		                                      NULL,
		                                      NULL,
		                                      NULL,
		                                      PUBLIC_DIGITS,
		                                      true };

	page_begin(p, status, text_z(SAY("核实 96110 来电", "Is it really 96110?")));
	if (genuine != NULL) {
		HTML(p->b, "<div class=\"answer\" role=\"status\"><p><strong>");
		page_z(p->b, *genuine ? SAY("是反诈中心正在给您打电话。", "It is the anti-fraud centre that is calling you.")
		                      : SAY("不能确认：请挂断，自己拨打 96110。",
		                            "This can't be confirmed: hang up and dial 96110 yourself."));
		HTML(p->b, "</strong></p></div>\n");
	}
	put_lines(p, SCRIPT_UNKNOWN, SCRIPT_CHECK);
	page_words(p, "也可以请来电人报出六位核验码，在这里核验；核验码只在几分钟内有效。",
	           "Or ask the caller for a code of six digits and check it here; a code is good for minutes.");
	PAGE_FORM(p, "/96110");
	page_field(p, &code);
	page_field(p, &digits);
	page_form_end(p, "核验", "Check");
	page_end(p);
}

static void run_96110(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_96110(p, 200, NULL);
}

static void run_verify(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	enum public_verdict v;
	unsigned status = 200;
	bool genuine;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	a = page_asking(p);
	v = public_verify_call(&a, form_text(&p->form, "code"), form_text(&p->form, "digits"));
	genuine = v == PUBLIC_DONE;
	if (v == PUBLIC_DONE || v == PUBLIC_NO)
		show_96110(p, 200, &genuine);
	else if (!page_done(p, &a, v, &status))
		show_96110(p, status, NULL);
}

const struct route http_page_public_routes[] = {
	PAGE_ROUTE("GET", "/check", run_checking),   PAGE_ROUTE("POST", "/check", run_check),
	PAGE_ROUTE("GET", "/report", run_reporting), PAGE_ROUTE("POST", "/report", run_report),
	PAGE_ROUTE("GET", "/96110", run_96110),      PAGE_ROUTE("POST", "/96110", run_verify),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
