/* http_page_tell.c - a reader points at a topic or reply: a moderator shall look at it.
 *
 * Anybody may, logged in or not. What becomes of it is not told, nor whether somebody did so before or a moderator has looked: the answer is always the same. At the desk it sets the time limit by which a moderator looks,
 * so the post is in the list of what waits (desk/topic.h). It costs its sender as much as filing a report. */
#include "desk/member.h"
#include "desk/reply.h"
#include "desk/topic.h"
#include "gateway/http_page_post.h"

/* What the public is shown of this id. NULL: nothing; the answer is set, and the board is left. */
static const struct board_post *asked_post(struct page *p)
{
	uint64_t topic = page_id_of(p->r->arg[0], DESK_TOPIC), reply = page_id_of(p->r->arg[0], DESK_REPLY);
	const struct board_post *post = NULL;

	if (topic + reply != 0)
		post = board_find(p->r->h->board, topic != 0 ? DESK_TOPIC : DESK_REPLY, topic + reply);
	if (post != NULL && board_shown(p->r->h->board, post))
		return post;
	board_leave(p->r->h->board, p->r->h->o.now_us());
	answer_problem(p->r, 404, "absent", "", "");
	return NULL;
}

/* "personal-data": words of a table, for people. */
static void put_ground(struct page *p, const struct desk_choice *c)
{
	char z[40];

	snprintf(z, sizeof(z), "%s", c->name);
	for (char *q = z; *q != 0; q++)
		if (*q == '-')
			*q = ' ';
	page_z(p->b, SAY(c->zh, z));
}

static void put_grounds(struct page *p)
{
	struct text before = form_text(&p->form, "as");

	HTML(p->b, "<fieldset class=\"field\"><legend>");
	page_z(p->b, SAY("这条发言", "What it is"));
	HTML(p->b, "</legend>\n");
	for (uint32_t i = 1; i < board_grounds.n; i++) {
		const struct desk_choice *c = &board_grounds.choice[i];

		HTML(p->b, "<label class=\"choice\"><input type=\"radio\" name=\"as\" required");
		page_attr(p->b, "value", text_z(c->name));
		if (text_eq(before, text_z(c->name)))
			HTML(p->b, " checked");
		HTML(p->b, ">");
		put_ground(p, c);
		HTML(p->b, "</label>\n");
	}
	HTML(p->b, "</fieldset>\n");
}

/* The board is entered. */
static void show_tell(struct page *p, unsigned status, const struct board_post *post)
{
	struct text t;
	char z[32];

	page_begin(p, status, text_z(SAY("举报这条发言", "Report this post")));
	HTML(p->b, "<blockquote>\n");
	if (post->kind == DESK_TOPIC) {
		HTML(p->b, "<p><strong>");
		page_z(p->b, post->title);
		HTML(p->b, "</strong></p>\n");
	}
	if (board_text(p->r->h->board, post, &t))
		page_paragraphs(p->b, t);
	else
		p->b->err = ERR_IO;
	HTML(p->b, "</blockquote>\n");
	page_words(p, "由版主审看；处理结果不单独告知。涉及诈骗线索请用“我要举报”。",
	           "A moderator looks at it; what becomes of it is not told. For clues about fraud use Report above.");
	PAGE_FORM(p, "/board/%/tell", page_id(post, z));
	put_grounds(p);
	page_form_end(p, "举报", "Report this post");
	page_end(p);
}

static void run_telling(struct request *r)
{
	struct page here, *p = &here;
	const struct board_post *post;

	page_enter(p, r);
	if (!page_board(p) || (post = asked_post(p)) == NULL)
		return;
	show_tell(p, 200, post);
	board_leave(r->h->board, r->h->o.now_us());
}

static enum public_verdict point(struct public_asking *a, uint32_t kind, uint64_t id, uint32_t as)
{
	bool topic = kind == DESK_TOPIC;
	struct public_filing f;

	public_begin(&f, topic ? DESK_TOPIC : DESK_REPLY, topic ? (uint32_t)TOPIC_DO_POINT : (uint32_t)REPLY_DO_POINT, id);
	desk_give_i(&f.order.command, topic ? (uint32_t)TOPIC_F_POINTED_AS : (uint32_t)REPLY_F_POINTED_AS, as);
	return post_do(a, &f, NULL, NULL);
}

static void run_tell(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	const struct board_post *post;
	enum public_verdict v;
	uint32_t kind, as;
	uint64_t id, topic;
	char z[40];

	page_enter(p, r);
	if (!page_form(p) || !page_admit_cost(p, PUBLIC_FILES) || !page_board(p) || (post = asked_post(p)) == NULL)
		return;
	as = desk_choice_find(&board_grounds, form_text(&p->form, "as"));
	if (as == 0) {
		page_wrong(p, NULL, "请选择一项。", "Choose one.");
		show_tell(p, 422, post);
	}
	kind = post->kind;
	id = post->id;
	topic = kind == DESK_TOPIC ? id : post->topic;
	board_leave(r->h->board, r->h->o.now_us());
	if (as == 0)
		return;
	a = page_asking(p);
	v = point(&a, kind, id, as);
	if (v != PUBLIC_DONE && v != PUBLIC_REFUSED) { /* refused: it was hidden meanwhile, and what follows is the same */
		answer_problem(r, 503, "registry", "", "");
		return;
	}
	snprintf(z, sizeof(z), "%s-%llu", desk_topic.letters, (unsigned long long)topic);
	PAGE_GO(p, "/board/%?sent=told", text_z(z));
}

const struct route http_page_tell_routes[] = {
	PAGE_ROUTE("GET", "/board/*/tell", run_telling),
	PAGE_ROUTE("POST", "/board/*/tell", run_tell),
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
