/* http_page_post.c - members post topics with pictures, reply, and take back what is theirs; see http_page_post.h.
 *
 * Whether something is shown at once is the desk's to say (desk/member.h); here it is only looked at what a text holds (post_signs.h). Numbers are masked before anything is kept: the public board has no use for
 * them, so nobody has to be trusted with them. */
#include "gateway/http_page_post.h"
#include "desk/member.h"
#include "desk/reply.h"
#include "desk/topic.h"
#include "gateway/post_signs.h"

/* ---- texts ---- */

bool post_clean(struct text t, struct buf *out, int64_t *holds)
{
	struct buf lines;

	buf_init(&lines, TEXT_BYTES_MAX);
	page_seen(&lines, t); /* and no \r */
	if (lines.err == ERR_OK && lines.n > 0) {
		*holds |= (post_number_in(buf_view(&lines)) ? BOARD_HOLDS_NUMBER : 0) |
		          (post_link_in(buf_view(&lines)) ? BOARD_HOLDS_LINK : 0);
		post_mask(buf_view(&lines), out);
	}
	out->err = out->err == ERR_OK ? lines.err : out->err;
	buf_release(&lines);
	return out->err == ERR_OK;
}

/* As it is read: neither a blank nor a sign within a word, nor other writing, makes another name of it. */
static bool of_office(struct text name)
{
	static const char *const office[] = { "96110", "110",   "公安",  "警",     "反诈",   "反詐",   "法院",
		                                  "檢察",  "检察",  "银行",  "銀行",   "管理员", "管理員", "客服",
		                                  "官方",  "admin", "moder", "police", "bank",   "office", "duanka" };
	struct buf read;
	bool of;

	buf_init(&read, 16 * PAGE_NAME_MAX);
	post_read(name, &read);
	of = read.err != ERR_OK;
	for (size_t i = 0; i < ARRAY_LEN(office); i++)
		of = of || text_contains(buf_view(&read), text_z(office[i]));
	buf_release(&read);
	return of;
}

bool post_name_ok(struct text t)
{
	if (t.n < PAGE_NAME_MIN || t.n > PAGE_NAME_MAX || post_number_in(t) || !page_all_seen(t))
		return false;
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < ' ')
			return false;
	return !of_office(t);
}

/* ---- commands ---- */

enum public_verdict post_do(struct public_asking *a, struct public_filing *f, uint64_t *made, uint8_t *state)
{
	enum public_verdict v = public_do(a, f);

	if (made != NULL)
		*made = f->order.outcome.object;
	if (state != NULL)
		*state = f->order.outcome.state;
	public_release(f);
	return v;
}

/* ---- topics ---- */

static const struct page_field title_field = { "title", "标题", "Title", "text", NULL, NULL, NULL, PAGE_TITLE_MAX / 3,
	                                           true };
static const struct page_field body_field = {
	"body",
	"正文",
	"Text",
	"textarea",
	NULL,
	"号码会自动打码，请勿写出自己或他人的身份证号、卡号、住址。",
	"Numbers are masked. Don't write anybody's identity or card number or address.",
	PAGE_BODY_MAX / 3,
	true
};
static const struct page_field picture_field[TOPIC_PICTURES] = {
	{ "picture_1", "图片一", "Picture 1", "file", NULL, "JPEG 或 PNG；拍摄地点等附加信息会被清除。",
	  "JPEG or PNG; where it was taken and the like is removed.", 0, false },
	{ "picture_2", "图片二", "Picture 2", "file", NULL, NULL, NULL, 0, false },
	{ "picture_3", "图片三", "Picture 3", "file", NULL, NULL, NULL, 0, false },
	{ "picture_4", "图片四", "Picture 4", "file", NULL, NULL, NULL, 0, false },
};

static void show_new(struct page *p, unsigned status)
{
	page_begin(p, status, text_z(SAY("发表主题", "New topic")));
	page_words(p, "新用户的发言经审核后显示。", "What new members write is shown when a moderator has seen it.");
	PAGE_FILES_FORM(p, "/new");
	page_field(p, &title_field);
	page_field(p, &body_field);
	for (uint32_t i = 0; i < TOPIC_PICTURES; i++)
		page_field(p, &picture_field[i]);
	page_form_end(p, "发表", "Post");
	page_end(p);
}

void page_run_new(struct request *r)
{
	struct page here, *p = &here;

	page_enter(p, r);
	if (page_needs_member(p))
		show_new(p, 200);
}

struct pictures {
	uint32_t n;
	unsigned char id[TOPIC_PICTURES][FILES_ID_BYTES];
};

/* Keeps those that came. False: p->wrong says why not, and none is kept. */
static bool keep_pictures(struct page *p, struct public_asking *a, struct pictures *k, unsigned *status)
{
	k->n = 0;
	for (uint32_t i = 0; i < TOPIC_PICTURES; i++) {
		struct text t = form_file(&p->form, picture_field[i].name);
		enum picture_type type;
		enum public_verdict v = t.n == 0 ? PUBLIC_DONE : public_keep_file(a, t, false, k->id[k->n], &type);

		if (v == PUBLIC_DONE) {
			k->n += t.n > 0;
			continue;
		}
		public_drop_files(a, k->id, k->n);
		*status = v == PUBLIC_INPUT ? 422 : 503;
		page_wrong(p, picture_field[i].name,
		           v == PUBLIC_INPUT ? "图片须为完整的 JPEG 或 PNG，不超过 8 MiB。" : "图片暂时无法保存，请稍后再试。",
		           v == PUBLIC_INPUT ? "A picture is a whole JPEG or PNG of at most 8 MiB."
		                             : "Pictures can't be kept now; try again later.");
		return false;
	}
	return true;
}

/* The length that people may write; what the field's maxlength says in characters, in bytes of UTF-8. */
static bool take_text(struct page *p, const char *name, size_t most, struct buf *out, int64_t *holds, unsigned *status)
{
	struct text t = form_text(&p->form, name);

	*status = 422;
	if (t.n == 0 || t.n > most) {
		page_wrong(p, name, "请填写内容，并且不要过长。", "Write something, and not too much.");
		return false;
	}
	if (post_clean(t, out, holds) && out->n > 0)
		return true;
	if (out->err == ERR_OK) {
		page_wrong(p, name, "请填写内容，并且不要过长。", "Write something, and not too much.");
		return false;
	}
	*status = 503;
	page_wrong(p, name, "系统繁忙，请稍后再试。", "The service is busy; try again later.");
	return false;
}

static bool post_topic(struct page *p, struct text title, struct text body, int64_t holds, unsigned *status,
                       uint8_t *state, uint64_t *made)
{
	struct public_asking a = page_asking(p);
	struct public_filing f;
	struct pictures k;
	enum public_verdict v;

	if (!keep_pictures(p, &a, &k, status))
		return false;
	public_begin(&f, DESK_TOPIC, TOPIC_DO_POST, 0);
	desk_give_id(&f.order.command, TOPIC_F_MEMBER, p->member);
	desk_give_i(&f.order.command, TOPIC_F_HOLDS, holds);
	for (uint32_t i = 0; i < k.n; i++)
		desk_give_ref(&f.order.command, TOPIC_F_PICTURE_1 + i, k.id[i]);
	public_give_text(&f, TOPIC_F_TITLE, title);
	public_give_text(&f, TOPIC_F_BODY, body);
	v = post_do(&a, &f, made, state);
	if (page_done(p, &a, v, status))
		return true;
	if (v != PUBLIC_FAILED) /* then it may be journaled; what nobody refers to is swept */
		public_drop_files(&a, k.id, k.n);
	return false;
}

static void one_line(struct buf *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == '\t')
			b->p[i] = ' ';
}

void page_run_post(struct request *r)
{
	struct page here, *p = &here;
	struct buf title, body;
	int64_t holds = 0;
	uint8_t state = 0;
	uint64_t made = 0;
	unsigned status = 422;
	char z[40];
	bool ok;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !page_admit_cost(p, PUBLIC_FILES))
		return;
	buf_init(&title, TEXT_BYTES_MAX);
	buf_init(&body, TEXT_BYTES_MAX);
	ok = take_text(p, "title", PAGE_TITLE_MAX, &title, &holds, &status) &&
	     take_text(p, "body", PAGE_BODY_MAX, &body, &holds, &status);
	if (ok) {
		one_line(&title);
		ok = post_topic(p, buf_view(&title), buf_view(&body), holds, &status, &state, &made);
	}
	if (!ok) {
		show_new(p, status);
	} else if (state == TOPIC_SHOWN) {
		snprintf(z, sizeof(z), "%s-%llu", desk_topic.letters, (unsigned long long)made);
		PAGE_GO(p, "/board/%", text_z(z));
	} else {
		PAGE_GO(p, "/me?sent=waiting");
	}
	buf_release(&title);
	buf_release(&body);
}

/* ---- replies ---- */

/* Whether the topic is shown; what is not reads like what is not there. False: the answer is set. */
static bool topic_there(struct page *p, uint64_t id)
{
	bool there;

	if (!page_board(p))
		return false;
	there = board_topic(p->r->h->board, id) != NULL;
	board_leave(p->r->h->board, p->r->h->o.now_us());
	if (!there)
		answer_problem(p->r, 404, "absent", "", "");
	return there;
}

static void show_reply(struct page *p, unsigned status)
{
	static const struct page_field body = {
		"body", "我要回复", "Your reply", "textarea", NULL, NULL, NULL, 2000, true
	};

	page_begin(p, status, text_z(SAY("回复", "Reply")));
	PAGE_FORM(p, "/board/%/reply", p->r->arg[0]);
	page_field(p, &body);
	page_form_end(p, "发表回复", "Reply");
	page_end(p);
}

void page_run_reply(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_filing f;
	struct buf body;
	uint64_t topic = page_id_of(r->arg[0], DESK_TOPIC);
	int64_t holds = 0;
	unsigned status = 422;
	uint8_t state = 0;
	bool ok;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !topic_there(p, topic) || !page_admit_cost(p, PUBLIC_FILES))
		return;
	buf_init(&body, TEXT_BYTES_MAX);
	ok = take_text(p, "body", PAGE_BODY_MAX, &body, &holds, &status);
	if (ok) {
		a = page_asking(p);
		public_begin(&f, DESK_REPLY, REPLY_DO_REPLY, 0);
		desk_give_id(&f.order.command, REPLY_F_TOPIC, topic);
		desk_give_id(&f.order.command, REPLY_F_MEMBER, p->member);
		desk_give_i(&f.order.command, REPLY_F_HOLDS, holds);
		public_give_text(&f, REPLY_F_BODY, buf_view(&body));
		ok = page_done(p, &a, post_do(&a, &f, NULL, &state), &status);
	}
	if (!ok)
		show_reply(p, status);
	else if (state == REPLY_SHOWN)
		PAGE_GO(p, "/board/%?sent=shown", r->arg[0]);
	else
		PAGE_GO(p, "/board/%?sent=waiting", r->arg[0]);
	buf_release(&body);
}

/* ---- taking back ---- */

void page_run_withdraw(struct request *r)
{
	struct page here, *p = &here;
	struct public_asking a;
	struct public_filing f;
	const struct board_post *post = NULL;
	uint64_t topic = page_id_of(r->arg[0], DESK_TOPIC), reply = page_id_of(r->arg[0], DESK_REPLY);
	unsigned status = 404;

	page_enter(p, r);
	if (!page_needs_member(p) || !page_form(p) || !page_board(p))
		return;
	if (topic + reply != 0)
		post = board_find(r->h->board, topic != 0 ? DESK_TOPIC : DESK_REPLY, topic + reply);
	if (post != NULL && post->member != p->member)
		post = NULL;
	board_leave(r->h->board, r->h->o.now_us());
	if (post != NULL) {
		a = page_asking(p);
		public_begin(&f, topic != 0 ? DESK_TOPIC : DESK_REPLY,
		             topic != 0 ? (uint32_t)TOPIC_DO_WITHDRAW : (uint32_t)REPLY_DO_WITHDRAW, topic + reply);
		desk_give_id(&f.order.command, topic != 0 ? (uint32_t)TOPIC_F_MEMBER : (uint32_t)REPLY_F_MEMBER, p->member);
		if (page_done(p, &a, post_do(&a, &f, NULL, NULL), &status)) {
			PAGE_GO(p, "/me");
			return;
		}
	}
	answer_problem(r, status, "absent", "", "");
}
