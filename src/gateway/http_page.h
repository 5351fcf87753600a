/* http_page.h - what the public pages share; the files are
 *
 *   http_page.c         who asks, the frame of a page, forms, problems
 *   http_page_board.c   lists, topics, print view, pictures, members
 *   http_page_post.c    what members write: topics, replies, taking them back
 *   http_page_tell.c    readers point at a post
 *   http_page_member.c  registering, logging in, one's own page, objecting to a ban
 *   http_page_account.c another name, another password
 *   http_page_public.c  check, report, 96110: public.h as pages
 *   http_page_appeal.c  restrictions, objections with papers, what became of reports and objections
 *   http_page_style.c   the style sheet
 *
 * Pages need no script and allow none (Content-Security-Policy). A form carries a token that follows from two cookies: one that each visitor gets, and the session's if there is one; a page of another
 * site knows neither. After each form that changed something comes a redirect (303), so that loading a page anew files nothing twice. Words are Chinese under /zh and English under /en. */
#ifndef DUANKA_GATEWAY_HTTP_PAGE_H
#define DUANKA_GATEWAY_HTTP_PAGE_H
#include "gateway/board.h"
#include "gateway/form.h"
#include "gateway/http_int.h"
#include "gateway/page.h"
#include "gateway/public.h"

#define MEMBER_COOKIE "duanka_member"
#define FORM_COOKIE "duanka_form"

enum {
	PAGE_NAME_MAX = 60, /* bytes of a member's name */
	PAGE_NAME_MIN = 2,
	PAGE_TITLE_MAX = 240,
	PAGE_BODY_MAX = 8000,
	PAGE_UPLOAD_BYTES = 12 << 20
};

struct page {
	struct request *r;
	struct buf *b;
	bool zh;
	struct text lang; /* "zh", "en" */
	uint64_t member;  /* who is logged in; 0: nobody */
	char token[SESSION_CHARS + 1];
	char csrf[TOKEN_HEX + 1];
	struct form form;  /* after page_form */
	const char *wrong; /* what to say above a form; NULL: nothing */
	const char *field; /* of it; NULL: none */
};

#define SAY(zh_words, en_words) (p->zh ? (zh_words) : (en_words))

/* Both languages of a path: for the tables of routes. */
#define PAGE_ROUTE(method, path, run)           \
	{ method, "/zh" path, 0, ROUTE_PAGE, run }, \
	{                                           \
		method, "/en" path, 0, ROUTE_PAGE, run  \
	}

/* Who asks, in which language. A visitor without a cookie for forms is given one. */
void page_enter(struct page *p, struct request *r);
/* The body as a form whose token is right. False: the answer is set. */
bool page_form(struct page *p);
/* Somebody has to be logged in. False: the answer leads to where one logs in. */
bool page_needs_member(struct page *p);
/* From <!doctype> to <main> and its heading. title: anybody's text. */
void page_begin(struct page *p, unsigned status, struct text title);
void page_end(struct page *p);
/* 303 to a path under the language: PAGE_GO(p, "/board/%", id). */
#define PAGE_GO(p, form, ...)                                                  \
	page_go((p), "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	        sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text))
void page_go(struct page *p, const char *form, const struct text *value, size_t n);
/* <a href="/zh...">words</a>; form as above. */
#define PAGE_LINK(p, words, form, ...)                                                          \
	page_link((p), (words), NULL, "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	          sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text))
#define PAGE_LINK_REL(p, words, rel, form, ...)                                                  \
	page_link((p), (words), (rel), "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	          sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text))
void page_link(struct page *p, struct text words, const char *rel, const char *form, const struct text *value,
               size_t n);
void page_moment(struct page *p, int64_t us);                    /* <time> */
void page_words(struct page *p, const char *zh, const char *en); /* <p> */

/* ---- forms ---- */

/* <form method="post" action="/zh...">, its token, and what was wrong with it the last time. */
#define PAGE_FORM(p, form, ...)                                                        \
	page_form_begin((p), "" form "", (const struct text[]){ TEXT(""), ##__VA_ARGS__ }, \
	                sizeof((const struct text[]){ TEXT(""), ##__VA_ARGS__ }) / sizeof(struct text), false)
#define PAGE_FILES_FORM(p, form) page_form_begin((p), "" form "", (const struct text[]){ TEXT("") }, 1, true)
void page_hidden(struct page *p, const char *name, struct text value);
void page_form_begin(struct page *p, const char *form, const struct text *value, size_t n, bool files);
void page_form_end(struct page *p, const char *zh, const char *en); /* the button, and </form> */
struct page_field {
	const char *name, *zh, *en;
	const char *type;         /* of <input>; "textarea" */
	const char *autocomplete; /* NULL: off */
	const char *hint_zh, *hint_en;
	uint32_t max;
	bool needed;
};
/* The value of a password as it was typed: blanks at its ends are part of it. */
struct text page_typed(const struct form *f, const char *name);
void page_wipe_body(struct request *r);
/* Where the request comes from, for credentials.h. */
struct token page_place(struct request *r);
/* With its label, what was typed before (not into passwords), and its hint. */
void page_field(struct page *p, const struct page_field *f);
void page_wrong(struct page *p, const char *field, const char *zh, const char *en);

/* ---- public.h ---- */

struct public_asking page_asking(struct page *p);
/* False: p->wrong says why not; *status is for the page that shows the form again. */
bool page_done(struct page *p, const struct public_asking *a, enum public_verdict v, unsigned *status);
/* What was filed, and its receipt: on the answer to the form alone. */
void page_receipt(struct page *p, const struct public_receipt *x);
/* <input type=file> for papers, as many as an objection may have. */
void page_papers(struct page *p);
/* Those that came with the form. */
void page_take_papers(const struct page *p, struct public_appeal *in);
/* The address may do this so often. False: the answer is set. */
bool page_admit_cost(struct page *p, enum public_cost cost);

/* ---- the board ---- */

/* The board is up to date, and this page's until board_leave. False: the answer is set. */
bool page_board(struct page *p);
struct text page_id(const struct board_post *post, char z[32]); /* "TO-65536" */
/* The id of this kind in a path; 0: it is none. */
uint64_t page_id_of(struct text t, uint32_t kind);

/* http_page_style.c */
extern const char page_style[];

#endif
