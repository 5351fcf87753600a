/* http_page_appeal.c - a restriction by the code of its notice, the objection to it with papers, what became of a report or an objection, and what may follow: a person decides, once more, taken back.
 *
 * The functions of public.h, with the same equal answers. A receipt is typed by its owner and goes on in hidden fields of the answer, never in an address. */
#include <sodium.h>
#include "desk/appeal.h"
#include "desk/clue.h"
#include "desk/discipline.h"
#include "desk/measure.h"
#include "gateway/http_page.h"

static void wipe(struct buf *b)
{
	if (b->p != NULL)
		sodium_memzero(b->p, b->cap);
	buf_release(b);
}

static void put_row(struct page *p, const char *zh, const char *en, struct text value)
{
	HTML(p->b, "<dt>");
	page_z(p->b, SAY(zh, en));
	HTML(p->b, "</dt><dd>");
	page_paragraphs(p->b, value.n > 0 ? value : text_z(SAY("无", "none")));
	HTML(p->b, "</dd>\n");
}

static void put_time_row(struct page *p, const char *zh, const char *en, int64_t us)
{
	if (us == 0)
		return;
	HTML(p->b, "<dt>");
	page_z(p->b, SAY(zh, en));
	HTML(p->b, "</dt><dd>");
	page_moment(p, us);
	HTML(p->b, "</dd>\n");
}

void page_receipt(struct page *p, const struct public_receipt *x)
{
	HTML(p->b, "<div class=\"answer\" role=\"status\"><p>");
	page_z(p->b, SAY("回执号（只显示一次，请保存，凭它查询进展）：",
	                 "Your receipt. It is shown once, and you need it to ask what became of this: "));
	HTML(p->b, "</p><p><strong>");
	page_z(p->b, x->receipt);
	HTML(p->b, "</strong></p></div>\n");
}

/* ---- papers ---- */

static const struct page_field paper_field[] = {
	{ "paper_1", "材料一", "Paper 1", "file", NULL,
	  "身份证明、截图等照片（JPEG、PNG）或 PDF，每份不超过 8 MiB，合计不超过 12 MiB；仅办理人可查看。",
	  "Pictures (JPEG, PNG) or PDF, at most 8 MiB each and 12 MiB together. Only who decides sees them.", 0, false },
	{ "paper_2", "材料二", "Paper 2", "file", NULL, NULL, NULL, 0, false },
	{ "paper_3", "材料三", "Paper 3", "file", NULL, NULL, NULL, 0, false },
	{ "paper_4", "材料四", "Paper 4", "file", NULL, NULL, NULL, 0, false },
};

void page_papers(struct page *p)
{
	uint32_t n = (uint32_t)p->r->in_force->config.public_papers;

	for (uint32_t i = 0; i < n && i < ARRAY_LEN(paper_field); i++)
		page_field(p, &paper_field[i]);
}

void page_take_papers(const struct page *p, struct public_appeal *in)
{
	for (uint32_t i = 0; i < ARRAY_LEN(paper_field); i++) {
		struct text t = form_file(&p->form, paper_field[i].name);

		if (t.n > 0)
			in->paper[in->n_papers++] = (struct public_paper){ .bytes = t };
	}
}

/* ---- what became of it ---- */

/* What whoever has the receipt of an objection may do next. The table says from which states. */
static const struct door {
	const char *name, *zh, *en, *why_zh, *why_en;
	uint8_t step;
	enum public_step does;
} doors[] = {
	{ "person", "要求人工办理", "A person has to decide", "自动作出的决定，可以要求由工作人员重新办理。",
	  "What a machine decided, or would decide, goes to a person.", APPEAL_DO_REFER, PUBLIC_TO_PERSON },
	{ "again", "申请复核", "Ask for reconsideration", "对不成立的决定可申请复核一次，由另一人办理。",
	  "A denial is looked at once more, by somebody else.", APPEAL_DO_RECONSIDER, PUBLIC_AGAIN },
	{ "withdraw", "撤回申诉", "Withdraw the objection", "撤回后措施继续有效，可以再次申诉。",
	  "The measure then goes on; you may object again.", APPEAL_DO_WITHDRAW, PUBLIC_WITHDRAW },
};

static bool open_door(const struct desk_object *o, const struct door *d)
{
	if (o->kind != DESK_APPEAL || (desk_appeal.step[d->step].from >> o->state & 1) == 0)
		return false;
	if (d->does != PUBLIC_TO_PERSON)
		return true;
	return o->state == APPEAL_DENIED ? desk_i(o, APPEAL_F_AUTOMATIC) != 0 : desk_i(o, APPEAL_F_BY_PERSON) == 0;
}

static void put_doors(struct page *p, const struct desk_object *o, struct text receipt)
{
	for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
		if (!open_door(o, &doors[i]))
			continue;
		HTML(p->b, "<section class=\"doors\">");
		page_words(p, doors[i].why_zh, doors[i].why_en);
		PAGE_FORM(p, "/status/%", text_z(doors[i].name));
		page_hidden(p, "receipt", receipt);
		page_form_end(p, doors[i].zh, doors[i].en);
		HTML(p->b, "</section>\n");
	}
}

/* words: NULL or empty: there are none. taken: a step was, just now. */
static void show_status(struct page *p, unsigned status, const struct desk_object *o, const struct buf *words,
                        struct text receipt, bool taken)
{
	static const struct page_field field = { "receipt", "回执号", "Receipt", "text", NULL, NULL, NULL, 80, true };

	page_begin(p, status, text_z(SAY("查询进展", "What became of it")));
	if (taken) {
		HTML(p->b, "<p class=\"done\" role=\"status\">");
		page_z(p->b, SAY("已受理。", "It is done."));
		HTML(p->b, "</p>\n");
	}
	if (o != NULL) {
		HTML(p->b, "<div class=\"answer\" role=\"status\"><dl>\n");
		put_row(p, "状态", "State", text_z(public_state_words(o, p->zh)));
		put_time_row(p, "收到", "Received", o->made_us);
		put_time_row(p, "更新", "Changed", o->changed_us);
		if (words != NULL)
			put_row(p, o->kind == DESK_CLUE ? "反馈" : "决定", o->kind == DESK_CLUE ? "Answer" : "Decision",
			        buf_view(words));
		HTML(p->b, "</dl></div>\n");
		put_doors(p, o, receipt);
	}
	PAGE_FORM(p, "/status");
	page_field(p, &field);
	page_form_end(p, "查询", "Ask");
	page_end(p);
}

static void run_asking(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_status(p, 200, NULL, NULL, TEXT(""), false);
}

/* Receipts of reports and of objections: the letter in front says which. */
static void run_status(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct desk_object o;
	struct buf words;
	struct text receipt;
	unsigned status = 404;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	a = page_asking(p);
	receipt = form_text(&p->form, "receipt");
	buf_init(&words, TEXT_BYTES_MAX);
	if (page_done(p, &a,
	              public_status(&a, receipt.n > 0 && (receipt.p[0] | 32) == 'p' ? DESK_APPEAL : DESK_CLUE, receipt, &o,
	                            &words),
	              &status)) {
		p->form.n = 0;
		show_status(p, 200, &o, &words, receipt, false);
	} else {
		show_status(p, status, NULL, NULL, TEXT(""), false);
	}
	wipe(&words);
}

static void run_step(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct desk_object o;
	struct text receipt;
	unsigned status = 404;
	size_t i = 0;

	page_enter(p, r);
	while (i < ARRAY_LEN(doors) && !text_eq(r->arg[0], text_z(doors[i].name)))
		i++;
	if (i == ARRAY_LEN(doors)) {
		answer_problem(r, 404, "unknown", "", "");
		return;
	}
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	a = page_asking(p);
	receipt = form_text(&p->form, "receipt");
	if (page_done(p, &a, public_appeal_step(&a, receipt, doors[i].does, &o), &status)) {
		p->form.n = 0;
		show_status(p, 200, &o, NULL, receipt, true);
	} else {
		show_status(p, status, NULL, NULL, TEXT(""), false);
	}
}

/* ---- measures ---- */

static const struct page_field code_field = {
	"code", "告知书查询码", "Code of the notice", "text", NULL, NULL, NULL, 60, true
};
static const struct page_field digits_field = { "digits",
	                                            "接收告知的号码末四位",
	                                            "Last four digits of the number that the notice went to",
	                                            "text",
	                                            NULL,
	                                            NULL,
	                                            NULL,
	                                            4,
	                                            true };

static struct text choice(const struct page *p, const struct desk_choices *c, int64_t v)
{
	return v > 0 && v < c->n && c->choice[v].name != NULL ? text_z(SAY(c->choice[v].zh, c->choice[v].name)) : TEXT("");
}

static void put_measure(struct page *p, const struct desk_object *o, const struct buf *reason)
{
	bool ledger = o->kind == DESK_MEASURE;
	bool in_force = ledger ? o->state == MEASURE_IN_FORCE : o->state == DISCIPLINE_ACTIVE;

	HTML(p->b, "<div class=\"answer\" role=\"status\"><dl>\n");
	put_row(p, "措施", "Measure",
	        choice(p, &desk_measures, ledger ? desk_i(o, MEASURE_F_MEASURE) : (int64_t)MEASURE_OF_DISCIPLINE));
	put_row(p, "现在", "Now", text_z(in_force ? SAY("生效中", "in force") : SAY("未生效或已终止", "not in force")));
	put_row(p, "依据", "Basis",
	        choice(p, &desk_bases, desk_i(o, ledger ? (uint32_t)MEASURE_F_BASIS : (uint32_t)DISCIPLINE_F_BASIS)));
	put_row(p, "理由", "Reason", buf_view(reason));
	put_time_row(p, "起", "From", desk_i(o, ledger ? (uint32_t)MEASURE_F_START : (uint32_t)DISCIPLINE_F_START));
	put_time_row(p, "止", "To", desk_i(o, ledger ? (uint32_t)MEASURE_F_END : (uint32_t)DISCIPLINE_F_END));
	put_row(p, "救济渠道", "Remedy", choice(p, &desk_remedies, ledger ? desk_i(o, MEASURE_F_REMEDY) : 4));
	HTML(p->b, "</dl></div>\n");
}

static void show_appeal_form(struct page *p)
{
	static const struct page_field text = { "text", "申诉理由", "Why you object",    "textarea", NULL,
		                                    NULL,   NULL,       PUBLIC_TEXT_MAX / 3, true };
	static const struct page_field contact = { "contact", "联系方式", "How to reach you",     "text", NULL,
		                                       NULL,      NULL,       PUBLIC_CONTACT_MAX / 3, false };

	HTML(p->b, "<section aria-labelledby=\"appeal\"><h2 id=\"appeal\">");
	page_z(p->b, SAY("提出申诉", "Object"));
	HTML(p->b, "</h2>\n");
	PAGE_FILES_FORM(p, "/appeal");
	page_field(p, &code_field);
	page_field(p, &digits_field);
	page_field(p, &text);
	page_field(p, &contact);
	page_papers(p);
	HTML(p->b,
	     "<div class=\"field\"><label for=\"by_person\"><input type=\"checkbox\" id=\"by_person\" name=\"by_person\" "
	     "value=\"1\"");
	if (form_text(&p->form, "by_person").n > 0)
		HTML(p->b, " checked");
	HTML(p->b, ">");
	page_z(p->b, SAY("要求人工办理", "A person has to decide"));
	HTML(p->b, "</label></div>\n");
	page_form_end(p, "提交申诉", "Object");
	HTML(p->b, "</section>\n");
}

static void show_restriction(struct page *p, unsigned status, const struct desk_object *o, const struct buf *reason)
{
	page_begin(p, status, text_z(SAY("我的限制与申诉", "My restriction, and objecting")));
	if (o != NULL) {
		put_measure(p, o, reason);
		show_appeal_form(p);
		page_end(p);
		return;
	}
	page_words(p, "凭告知短信或告知书上的查询码和接收号码末四位查询；内容只告知本人。",
	           "With the code of your notice and the last four digits of the number that it went to.");
	PAGE_FORM(p, "/restriction");
	page_field(p, &code_field);
	page_field(p, &digits_field);
	page_form_end(p, "查询", "Show");
	HTML(p->b, "<p>");
	PAGE_LINK(p, text_z(SAY("查询申诉进展", "What became of an objection")), "/status");
	HTML(p->b, "</p>\n");
	page_end(p);
}

static void run_restricted(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	show_restriction(p, 200, NULL, NULL);
}

static void run_restriction(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct desk_object o;
	struct buf reason;
	unsigned status = 404;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES))
		return;
	a = page_asking(p);
	buf_init(&reason, TEXT_BYTES_MAX);
	if (page_done(p, &a, public_measure(&a, form_text(&p->form, "code"), form_text(&p->form, "digits"), &o, &reason),
	              &status))
		show_restriction(p, 200, &o, &reason);
	else
		show_restriction(p, status, NULL, NULL);
	wipe(&reason);
}

static void run_appeal(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_appeal in = { .n_papers = 0 };
	struct public_receipt x = { .id = 0 };
	unsigned status = 422;

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_PROVES)) /* PUBLIC_FILES before the body came */
		return;
	a = page_asking(p);
	in.code = form_text(&p->form, "code");
	in.digits = form_text(&p->form, "digits");
	in.text = form_text(&p->form, "text");
	in.contact = form_text(&p->form, "contact");
	in.by_person = form_text(&p->form, "by_person").n > 0;
	page_take_papers(p, &in);
	if (page_done(p, &a, public_file_appeal(&a, &in, &x), &status)) {
		page_begin(p, 201, text_z(SAY("申诉已提交", "Your objection is filed")));
		page_receipt(p, &x);
		if (x.papers_kept < in.n_papers)
			page_words(p, "部分材料未能保存，请当面提交。",
			           "Not all papers could be kept; bring the others in person.");
		page_words(p, "经核实有误的，措施立即解除。", "If you are right the measure ends at once.");
		HTML(p->b, "<p>");
		PAGE_LINK(p, text_z(SAY("查询申诉进展", "What became of an objection")), "/status");
		HTML(p->b, "</p>\n");
		page_end(p);
	} else {
		page_begin(p, status, text_z(SAY("我的限制与申诉", "My restriction, and objecting")));
		show_appeal_form(p);
		page_end(p);
	}
	sodium_memzero(&x, sizeof(x));
}

const struct route http_page_appeal_routes[] = {
	PAGE_ROUTE("GET", "/status", run_asking),
	PAGE_ROUTE("POST", "/status", run_status),
	PAGE_ROUTE("POST", "/status/*", run_step),
	PAGE_ROUTE("GET", "/restriction", run_restricted),
	PAGE_ROUTE("POST", "/restriction", run_restriction),
	PAGE_ROUTE("POST", "/appeal", run_appeal),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
