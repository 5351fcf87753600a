/* http_page_board.c - the board as anybody reads it: lists, topics, print view, pictures, members. What is shown is board.h's to say. */
#include "desk/topic.h"
#include "gateway/http_page.h"

static uint32_t asked_page(struct request *r)
{
	const char *z = request_query(r, "page");
	uint64_t n;

	return z != NULL && query_number(z, 100000, &n) && n > 0 ? (uint32_t)n - 1 : 0;
}

static struct text number_text(uint64_t n, char z[24])
{
	return text_of(z, (size_t)snprintf(z, 24, "%llu", (unsigned long long)n));
}

/* ---- who wrote it ---- */

/* What the settings call the organisation; nobody at the desk writes a name of their own. One that is not in them has none. */
static struct text organisation_name(const struct page *p, uint16_t number)
{
	const struct config *c = &p->r->in_force->config;
	const struct tenant *t = number != 0 ? tenant_numbered(c->tenant, c->n_tenants, number) : NULL;

	return t == NULL ? TEXT("") : text_z(tenant_title(t));
}

static void put_name(struct page *p, const struct board_post *post, bool link)
{
	const struct board_post *m = post->member != 0 ? board_find(p->r->h->board, DESK_MEMBER, post->member) : NULL;
	struct text organisation = organisation_name(p, post->organisation);
	char z[32];

	if (post->member != 0) {
		HTML(p->b, "<bdi>");
		if (m != NULL && link)
			PAGE_LINK(p, text_z(m->title), "/members/%", page_id(m, z));
		else
			page_z(p->b, board_author(p->r->h->board, post));
		HTML(p->b, "</bdi>");
		return;
	}
	if (organisation.n > 0) {
		HTML(p->b, "<bdi>");
		page_text(p->b, organisation);
		HTML(p->b, "</bdi> ");
	}
	HTML(p->b, "<span class=\"mark official\">");
	page_z(p->b, SAY("成员单位", "Member of the alliance"));
	HTML(p->b, "</span>");
}

/* ---- lists ---- */

static void put_topic_row(struct page *p, const struct board_post *t)
{
	const struct board_post *unused[BOARD_REPLIES];
	uint32_t replies;
	char z[32];

	board_replies(p->r->h->board, t, UINT32_MAX, unused, &replies);
	HTML(p->b, "<li><h2>");
	if (t->pinned) {
		HTML(p->b, "<span class=\"mark\">");
		page_z(p->b, SAY("置顶", "Pinned"));
		HTML(p->b, "</span> ");
	}
	PAGE_LINK(p, text_z(t->title), "/board/%", page_id(t, z));
	HTML(p->b, "</h2><p class=\"facts\">");
	put_name(p, t, false);
	HTML(p->b, " · ");
	page_moment(p, t->made_us);
	HTML(p->b, " · ");
	page_z(p->b, SAY("回复\u00a0", "replies\u00a0"));
	page_int(p->b, replies);
	HTML(p->b, " · ");
	page_z(p->b, SAY("浏览\u00a0", "views\u00a0"));
	page_int(p->b, (int64_t)t->views);
	HTML(p->b, "</p></li>\n");
}

/* Links to the pages beside this one. query: words looked for, may be empty. */
static void put_pages(struct page *p, uint32_t page, uint32_t pages, struct text query, const char *of, struct text id)
{
	char before[24], after[24];

	if (pages < 2)
		return;
	HTML(p->b, "<nav class=\"pages\"");
	page_attr(p->b, "aria-label", text_z(SAY("分页", "Pages")));
	HTML(p->b, ">");
	if (page > 0) {
		if (of == NULL)
			PAGE_LINK_REL(p, text_z(SAY("上一页", "Previous page")), "prev", "/board?q=%&page=%", query,
			              number_text(page, before));
		else if (strcmp(of, "board") == 0)
			PAGE_LINK_REL(p, text_z(SAY("上一页", "Previous page")), "prev", "/board/%?page=%", id,
			              number_text(page, before));
		else
			PAGE_LINK_REL(p, text_z(SAY("上一页", "Previous page")), "prev", "/members/%?page=%", id,
			              number_text(page, before));
	}
	buf_printf(p->b, "<span>%u / %u</span>", page + 1, pages);
	if (page + 1 < pages) {
		if (of == NULL)
			PAGE_LINK_REL(p, text_z(SAY("下一页", "Next page")), "next", "/board?q=%&page=%", query,
			              number_text(page + 2, after));
		else if (strcmp(of, "board") == 0)
			PAGE_LINK_REL(p, text_z(SAY("下一页", "Next page")), "next", "/board/%?page=%", id,
			              number_text(page + 2, after));
		else
			PAGE_LINK_REL(p, text_z(SAY("下一页", "Next page")), "next", "/members/%?page=%", id,
			              number_text(page + 2, after));
	}
	HTML(p->b, "</nav>\n");
}

static void put_search(struct page *p, struct text words)
{
	HTML(p->b, "<form class=\"search\" method=\"get\" role=\"search\"");
	if (p->zh)
		PAGE_URL(p->b, "action", "/zh/board");
	else
		PAGE_URL(p->b, "action", "/en/board");
	HTML(p->b, "><label for=\"q\">");
	page_z(p->b, SAY("按标题搜索", "Search titles"));
	HTML(p->b, "</label><input type=\"search\" id=\"q\" name=\"q\" maxlength=\"60\"");
	page_attr(p->b, "value", words);
	HTML(p->b, "><button type=\"submit\">");
	page_z(p->b, SAY("搜索", "Search"));
	HTML(p->b, "</button></form>\n");
}

/* words: at most what a title can hold. */
static struct text asked_words(struct request *r)
{
	const char *z = request_query(r, "q");

	return z == NULL || strlen(z) > PAGE_TITLE_MAX || !text_utf8_valid(text_z(z)) ? TEXT("") : text_z(z);
}

static void put_list(struct page *p, const struct board_asked *q, const char *of, struct text id)
{
	const struct board_post *topic[BOARD_PAGE];
	uint32_t total, n = board_list(p->r->h->board, q, topic, &total);

	if (n == 0)
		page_words(p, "没有主题。", "No topics.");
	else
		HTML(p->b, "<ul class=\"topics\">\n");
	for (uint32_t i = 0; i < n; i++)
		put_topic_row(p, topic[i]);
	if (n > 0)
		HTML(p->b, "</ul>\n");
	put_pages(p, q->page, (total + BOARD_PAGE - 1) / BOARD_PAGE, q->words, of, id);
}

static void run_list(struct request *r)
{
	struct page here, *p = &here;
	struct board_asked q = { .words = asked_words(r), .page = asked_page(r) };

	page_enter(p, r);
	if (!page_board(p))
		return;
	page_begin(p, 200, text_z(SAY("反诈交流版块", "Anti-fraud board")));
	put_search(p, q.words);
	HTML(p->b, "<p class=\"act\">");
	PAGE_LINK(p, text_z(SAY("发表主题", "New topic")), "/new");
	HTML(p->b, "</p>\n");
	put_list(p, &q, NULL, TEXT(""));
	page_end(p);
	board_leave(r->h->board, r->h->o.now_us());
}

/* ---- one topic ---- */

static void put_author(struct page *p, const struct board_post *post)
{
	HTML(p->b, "<p class=\"facts\">");
	put_name(p, post, true);
	HTML(p->b, " · ");
	page_moment(p, post->made_us);
}

/* Where readers point at a post that is not theirs. */
static void put_tell(struct page *p, const struct board_post *post)
{
	char z[32];

	if (p->member != 0 && p->member == post->member)
		return;
	HTML(p->b, "<span class=\"go\"> · ");
	PAGE_LINK_REL(p,
	              text_z(post->kind == DESK_TOPIC ? SAY("举报此主题", "Report this topic")
	                                              : SAY("举报此回复", "Report this reply")),
	              "nofollow", "/board/%/tell", page_id(post, z));
	HTML(p->b, "</span>");
}

static void put_body(struct page *p, const struct board_post *post)
{
	struct text t;

	if (!board_text(p->r->h->board, post, &t))
		p->b->err = ERR_IO; /* then the answer says that it can't be read now */
	if (t.n == 0)
		page_words(p, "（内容已删除）", "(erased)");
	page_paragraphs(p->b, t);
}

static void put_pictures(struct page *p, const struct board_post *topic)
{
	char z[32], n[24];

	for (uint32_t i = 0; i < TOPIC_PICTURES; i++) {
		if ((topic->pictures >> i & 1) == 0)
			continue;
		HTML(p->b, "<figure><img loading=\"lazy\"");
		PAGE_URL(p->b, "src", "/%/board/%/pictures/%", p->lang, page_id(topic, z), number_text(i + 1, n));
		page_attr(p->b, "alt", text_z(SAY("作者上传的图片", "A picture by the author")));
		HTML(p->b, "></figure>\n");
	}
}

static void put_replies(struct page *p, const struct board_post *topic, uint32_t page)
{
	const struct board_post *reply[BOARD_REPLIES];
	uint32_t total, n = board_replies(p->r->h->board, topic, page, reply, &total);
	char z[32];

	HTML(p->b, "<section aria-labelledby=\"replies\"><h2 id=\"replies\">");
	page_z(p->b, SAY("回复", "Replies"));
	buf_printf(p->b, " (%u)</h2>\n<ol class=\"replies\"", total);
	if (page > 0)
		buf_printf(p->b, " start=\"%u\"", page * BOARD_REPLIES + 1);
	HTML(p->b, ">\n");
	for (uint32_t i = 0; i < n; i++) {
		HTML(p->b, "<li");
		page_attr(p->b, "id", page_id(reply[i], z));
		HTML(p->b, ">");
		put_author(p, reply[i]);
		put_tell(p, reply[i]);
		HTML(p->b, "</p>\n");
		put_body(p, reply[i]);
		HTML(p->b, "</li>\n");
	}
	HTML(p->b, "</ol>\n");
	put_pages(p, page, (total + BOARD_REPLIES - 1) / BOARD_REPLIES, TEXT(""), "board", page_id(topic, z));
	HTML(p->b, "</section>\n");
}

static void put_beside(struct page *p, const struct board_post *topic)
{
	const struct board_post *before = board_beside(p->r->h->board, topic, false),
							*after = board_beside(p->r->h->board, topic, true);
	char z[32];

	HTML(p->b, "<nav class=\"beside\"");
	page_attr(p->b, "aria-label", text_z(SAY("相邻主题", "Topics beside this one")));
	HTML(p->b, ">");
	if (before != NULL) {
		HTML(p->b, "<span>");
		page_z(p->b, SAY("上一主题：", "Previous topic: "));
		PAGE_LINK_REL(p, text_z(before->title), "prev", "/board/%", page_id(before, z));
		HTML(p->b, "</span>");
	}
	if (after != NULL) {
		HTML(p->b, "<span>");
		page_z(p->b, SAY("下一主题：", "Next topic: "));
		PAGE_LINK_REL(p, text_z(after->title), "next", "/board/%", page_id(after, z));
		HTML(p->b, "</span>");
	}
	HTML(p->b, "</nav>\n");
}

static void put_reply_form(struct page *p, const struct board_post *topic)
{
	static const struct page_field body = {
		"body",
		"我要回复",
		"Your reply",
		"textarea",
		NULL,
		"号码会自动打码；含链接或号码的回复经审核后显示。",
		"Numbers are masked; what holds links or numbers is shown when a moderator has seen it.",
		2000,
		true
	};
	char z[32];

	if (topic->locked) {
		page_words(p, "该主题已锁定，不再接受回复。", "This topic is locked; nobody replies any more.");
		return;
	}
	if (p->member == 0) {
		HTML(p->b, "<p class=\"go\">");
		PAGE_LINK(p, text_z(SAY("登录后可以回复", "Log in to reply")), "/login");
		HTML(p->b, "</p>\n");
		return;
	}
	PAGE_FORM(p, "/board/%/reply", page_id(topic, z));
	page_field(p, &body);
	page_form_end(p, "发表回复", "Reply");
}

static void put_withdraw(struct page *p, const struct board_post *topic)
{
	char z[32];

	if (p->member == 0 || p->member != topic->member)
		return;
	PAGE_FORM(p, "/board/%/withdraw", page_id(topic, z));
	page_form_end(p, "撤回这个主题", "Take this topic back");
}

/* The topic that the path names. NULL: the answer is set, and the board is left. */
static const struct board_post *asked_topic(struct page *p)
{
	const struct board_post *t = board_topic(p->r->h->board, page_id_of(p->r->arg[0], DESK_TOPIC));

	if (t != NULL)
		return t;
	board_leave(p->r->h->board, p->r->h->o.now_us());
	answer_problem(p->r, 404, "absent", "", "");
	return NULL;
}

static void put_topic(struct page *p, const struct board_post *t, bool print)
{
	char z[32];

	page_begin(p, 200, text_z(t->title));
	HTML(p->b, "<article>\n");
	put_author(p, t);
	HTML(p->b, " · ");
	page_z(p->b, SAY("浏览\u00a0", "views\u00a0"));
	page_int(p->b, (int64_t)t->views);
	if (!print) {
		HTML(p->b, "<span class=\"go\"> · ");
		PAGE_LINK(p, text_z(SAY("打印版", "Print view")), "/board/%/print", page_id(t, z));
		HTML(p->b, "</span>");
		put_tell(p, t);
	}
	HTML(p->b, "</p>\n");
	put_body(p, t);
	put_pictures(p, t);
	HTML(p->b, "</article>\n");
}

static void run_topic(struct request *r)
{
	struct page here, *p = &here;
	const struct board_post *t;
	const char *sent = request_query(r, "sent");

	page_enter(p, r);
	if (!page_board(p) || (t = asked_topic(p)) == NULL)
		return;
	if (asked_page(r) == 0 && sent == NULL &&
	    MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Range") == NULL)
		board_viewed(r->h->board, t);
	put_topic(p, t, false);
	if (sent != NULL) {
		HTML(p->b, "<p class=\"done\" role=\"status\">");
		page_z(p->b, strcmp(sent, "waiting") == 0
		                 ? SAY("已提交，审核后显示。", "Sent; it is shown when a moderator has seen it.")
		             : strcmp(sent, "told") == 0 ? SAY("谢谢，版主会审看。", "Thank you; a moderator looks at it.")
		                                         : SAY("已发表。", "Your reply is shown."));
		HTML(p->b, "</p>\n");
	}
	put_withdraw(p, t);
	put_replies(p, t, asked_page(r));
	put_reply_form(p, t);
	put_beside(p, t);
	page_end(p);
	board_leave(r->h->board, r->h->o.now_us());
}

/* All replies, nothing to click on. */
static void run_print(struct request *r)
{
	struct page here, *p = &here;
	const struct board_post *t, *reply[BOARD_REPLIES];
	uint32_t n, total;

	page_enter(p, r);
	if (!page_board(p) || (t = asked_topic(p)) == NULL)
		return;
	put_topic(p, t, true);
	HTML(p->b, "<ol class=\"replies\">\n");
	for (uint32_t page = 0; page < 20 && (n = board_replies(r->h->board, t, page, reply, &total)) > 0; page++)
		for (uint32_t i = 0; i < n; i++) {
			HTML(p->b, "<li>");
			put_author(p, reply[i]);
			HTML(p->b, "</p>\n");
			put_body(p, reply[i]);
			HTML(p->b, "</li>\n");
		}
	HTML(p->b, "</ol>\n");
	page_end(p);
	board_leave(r->h->board, r->h->o.now_us());
}

static void run_picture(struct request *r)
{
	struct page here, *p = &here;
	enum picture_type type;
	struct desk_object o;
	uint64_t n = 0, id;
	enum err e;

	page_enter(p, r);
	if (!page_board(p) || asked_topic(p) == NULL)
		return;
	board_leave(r->h->board, r->h->o.now_us());
	id = page_id_of(r->arg[0], DESK_TOPIC);
	e = r->arg[1].n == 1 && r->arg[1].p[0] >= '1' && r->arg[1].p[0] <= '0' + TOPIC_PICTURES ? ERR_OK : ERR_ABSENT;
	if (e == ERR_OK) {
		n = TOPIC_F_PICTURE_1 + (uint64_t)(r->arg[1].p[0] - '1');
		e = registry_load(r->h->o.registry, id, &o);
	}
	if (e == ERR_OK)
		e = desk_has(&o, (uint32_t)n) ? files_read(r->h->o.files, o.value[n].ref, &type, &r->out) : ERR_ABSENT;
	if (e == ERR_OK && type != PICTURE_JPEG && type != PICTURE_PNG)
		e = ERR_ABSENT; /* papers are not for the public */
	if (e != ERR_OK) {
		answer_problem(r, e == ERR_ABSENT ? 404 : 503, "file", "", "");
		return;
	}
	r->type = picture_media[type];
	r->status = 200;
}

/* ---- members ---- */

/* A member is there for the public once something of theirs is shown: until then they are like nobody. */
static void run_member(struct request *r)
{
	struct board_asked q = { .member = page_id_of(r->arg[0], DESK_MEMBER), .page = asked_page(r) };
	struct page here, *p = &here;
	const struct board_post *m, *unused[BOARD_PAGE];
	uint32_t total = 0;

	page_enter(p, r);
	if (!page_board(p))
		return;
	m = q.member != 0 ? board_find(r->h->board, DESK_MEMBER, q.member) : NULL;
	if (m != NULL)
		board_list(r->h->board, &(struct board_asked){ .member = q.member }, unused, &total);
	if (m == NULL || total + board_replied(r->h->board, q.member) == 0) {
		board_leave(r->h->board, r->h->o.now_us());
		answer_problem(r, 404, "absent", "", "");
		return;
	}
	page_begin(p, 200, text_z(m->title));
	HTML(p->b, "<p class=\"facts\">");
	page_z(p->b, SAY("注册于 ", "Member since "));
	page_moment(p, m->made_us);
	buf_printf(p->b, " · %s%u · %s%u</p>\n", SAY("主题 ", "topics "), total, SAY("回复 ", "replies "),
	           board_replied(r->h->board, q.member));
	put_list(p, &q, "members", r->arg[0]);
	page_end(p);
	board_leave(r->h->board, r->h->o.now_us());
}

const struct route http_page_board_routes[] = {
	PAGE_ROUTE("GET", "/board", run_list),          PAGE_ROUTE("GET", "/board/*", run_topic),
	PAGE_ROUTE("GET", "/board/*/print", run_print), PAGE_ROUTE("GET", "/board/*/pictures/*", run_picture),
	PAGE_ROUTE("GET", "/members/*", run_member),    { NULL, NULL, 0, ROUTE_QUICK, NULL },
};
