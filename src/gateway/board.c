/* board.c - see board.h.
 *
 * Posts stand in one array in order of their ids. A new one nearly always goes to the end, since ids ascend with the journal. The order of the list of topics is an array of indices, in which a topic that
 * changed is moved. */
#include "gateway/board.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/mem.h"
#include "desk/reply.h"
#include "desk/topic.h"
#include "gateway/board_people.h"

struct board {
	pthread_mutex_t lock;
	struct registry *registry;
	struct texts *texts;
	struct views *views;
	uint64_t position; /* everything up to here is in */
	bool filled;
	enum err err; /* of the update that goes on */
	struct board_post *post;
	uint32_t n, cap, *order, n_order; /* order: shown topics, as they are listed */
	size_t text_bytes;
	uint32_t most, staffs; /* staffs: how many posts are of organisations */
	uint64_t newest;       /* id; what is newer and has no place is beyond */
	struct board_people people;
	_Atomic uint64_t held, beyond; /* for board_counts */
	uint32_t unfolded;
	int64_t folded_us;
};

enum err board_new(struct board **out, struct registry *r, struct texts *t, struct views *v, uint32_t most)
{
	struct board *b = mem_alloc(sizeof(*b));

	if (b == NULL)
		return ERR_MEMORY;
	b->registry = r;
	b->texts = t;
	b->views = v;
	b->most = most;
	b->people.registry = r;
	b->people.texts = t;
	CHECK(pthread_mutex_init(&b->lock, NULL) == 0);
	*out = b;
	return ERR_OK;
}

static void forget_texts(struct board *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		mem_free(b->post[i].text);
		b->post[i].text = NULL;
	}
	b->text_bytes = 0;
}

static void empty(struct board *b)
{
	forget_texts(b);
	for (uint32_t i = 0; i < b->n; i++) {
		mem_free((void *)(uintptr_t)b->post[i].title);
	}
	board_people_clear(&b->people);
	b->n = b->n_order = b->staffs = 0;
	b->newest = 0;
	b->beyond = 0;
	b->filled = false;
}

/* ---- views ---- */

static void fold(struct board *b)
{
	struct view_count *c = b->views == NULL ? NULL : mem_alloc_array(b->unfolded, sizeof(*c));
	uint32_t n = 0;

	for (uint32_t i = 0; c != NULL && i < b->n && n < b->unfolded; i++)
		if (b->post[i].unfolded > 0)
			c[n++] = (struct view_count){ b->post[i].id, b->post[i].unfolded };
	if (c != NULL && views_add(b->views, c, n) == ERR_OK) {
		for (uint32_t i = 0; i < b->n; i++)
			b->post[i].unfolded = 0;
		b->unfolded = 0;
	}
	mem_free(c); /* what could not be written now is tried again */
}

void board_viewed(struct board *b, const struct board_post *topic)
{
	struct board_post *p = &b->post[topic - b->post];

	p->views++;
	p->unfolded++;
	b->unfolded++;
}

void board_free(struct board *b)
{
	if (b == NULL)
		return;
	if (b->unfolded > 0)
		fold(b);
	empty(b);
	mem_free(b->post);
	mem_free(b->order);
	pthread_mutex_destroy(&b->lock);
	mem_free(b);
}

/* ---- what is shown ---- */

static struct board_post *find(const struct board *b, uint64_t id)
{
	uint32_t from = 0, to = b->n;

	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (b->post[mid].id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from < b->n && b->post[from].id == id ? &b->post[from] : NULL;
}

bool board_shown(const struct board *b, const struct board_post *p)
{
	const struct board_post *topic;

	if (p->kind == DESK_TOPIC)
		return p->state == TOPIC_SHOWN || p->state == TOPIC_LOCKED;
	if (p->kind != DESK_REPLY || p->state != REPLY_SHOWN)
		return false;
	topic = find(b, p->topic);
	return topic != NULL && topic->kind == DESK_TOPIC && board_shown(b, topic);
}

/* ---- bringing it up to date ---- */

static bool before(const struct board_post *a, const struct board_post *c)
{
	if (a->pinned != c->pinned)
		return a->pinned;
	return a->last_us != c->last_us ? a->last_us > c->last_us : a->id > c->id;
}

static void unlist(struct board *b, uint32_t index)
{
	uint32_t i = 0;

	while (i < b->n_order && b->order[i] != index)
		i++;
	if (i == b->n_order)
		return;
	memmove(&b->order[i], &b->order[i + 1], (b->n_order - i - 1) * sizeof(b->order[0]));
	b->n_order--;
}

static void list(struct board *b, uint32_t index)
{
	uint32_t i = 0;

	while (i < b->n_order && before(&b->post[b->order[i]], &b->post[index]))
		i++;
	memmove(&b->order[i + 1], &b->order[i], (b->n_order - i) * sizeof(b->order[0]));
	b->order[i] = index;
	b->n_order++;
}

static enum err grow(struct board *b)
{
	uint32_t cap = b->cap == 0 ? 256 : b->cap * 2;
	void *p;

	if (b->n < b->cap)
		return ERR_OK;
	p = mem_resize(b->post, (size_t)cap * sizeof(b->post[0]));
	if (p == NULL)
		return ERR_MEMORY;
	b->post = p;
	p = mem_resize(b->order, (size_t)cap * sizeof(b->order[0]));
	if (p == NULL)
		return ERR_MEMORY;
	b->order = p;
	b->cap = cap;
	return ERR_OK;
}

/* By kind: where what pages need stands. */
static const struct fields {
	uint8_t member, topic, title, body, ground;
} fields[DESK_KINDS] = {
	[DESK_TOPIC] = { TOPIC_F_MEMBER, 0, TOPIC_F_TITLE, TOPIC_F_BODY, TOPIC_F_GROUND },
	[DESK_REPLY] = { REPLY_F_MEMBER, REPLY_F_TOPIC, 0, REPLY_F_BODY, REPLY_F_GROUND },
};

/* A new post, without its place in the order. NULL: b->err. */
static struct board_post *add(struct board *b, const struct desk_object *o)
{
	const struct fields *f = &fields[o->kind];
	struct board_post p = { .id = o->id, .kind = o->kind, .organisation = o->organisation, .made_us = o->made_us },
					  *topic, *at;
	uint32_t i;

	b->err = grow(b);
	if (b->err == ERR_OK && b->views != NULL && o->kind == DESK_TOPIC)
		b->err = views_of(b->views, o->id, &p.views);
	if (b->err != ERR_OK)
		return NULL;
	p.member = f->member != 0 ? desk_id(o, f->member) : 0;
	p.topic = f->topic != 0 ? desk_id(o, f->topic) : 0;
	b->staffs += p.member == 0;
	i = b->n;
	CHECK(i == 0 || b->post[i - 1].id < o->id);
	at = &b->post[b->n++];
	*at = p;
	topic = p.topic != 0 ? find(b, p.topic) : NULL;
	if (topic != NULL && topic->kind == DESK_TOPIC) {
		if (topic->last != 0)
			b->post[topic->last - 1].next = i + 1;
		else
			topic->first = i + 1;
		topic->last = i + 1;
	}
	return at;
}

static void take_topic(struct board *b, struct board_post *p, const struct desk_object *o)
{
	uint32_t index = (uint32_t)(p - b->post);

	unlist(b, index);
	p->pinned = desk_i(o, TOPIC_F_PINNED) != 0;
	p->locked = o->state == TOPIC_LOCKED;
	p->last_us = desk_i(o, TOPIC_F_LAST) > o->made_us ? desk_i(o, TOPIC_F_LAST) : o->made_us;
	p->pictures = 0;
	for (uint32_t i = 0; i < TOPIC_PICTURES; i++)
		p->pictures |= (uint8_t)(desk_has(o, TOPIC_F_PICTURE_1 + i) << i);
	if (board_shown(b, p))
		list(b, index);
}

/* Whether there is a place for one more. What its author took back is shown to nobody ever again, and needs none. */
static bool takes(struct board *b, const struct desk_object *o)
{
	bool gone = o->state == (o->kind == DESK_TOPIC ? (uint32_t)TOPIC_WITHDRAWN : (uint32_t)REPLY_WITHDRAWN), room;

	room = desk_has(o, fields[o->kind].member) ? b->n - b->staffs < b->most : b->staffs < BOARD_STAFF_MAX;
	if (!gone && !room && o->id > b->newest)
		b->beyond++;
	b->newest = o->id > b->newest ? o->id : b->newest;
	return !gone && room;
}

static void take(struct board *b, const struct desk_object *o)
{
	const struct fields *f = &fields[o->kind];
	struct board_post *p = find(b, o->id);
	const char *title;

	if (p == NULL && !takes(b, o))
		return;
	p = p == NULL ? add(b, o) : p;
	if (p == NULL)
		return;
	p->state = o->state;
	p->ground = f->ground != 0 ? (uint8_t)desk_i(o, f->ground) : 0;
	if (f->body != 0 && desk_has(o, f->body))
		memcpy(p->body, o->value[f->body].ref, sizeof(p->body));
	if (p->title == NULL ||
	    (f->title != 0 && memcmp(p->title_ref, o->value[f->title].ref, sizeof(p->title_ref)) != 0)) {
		b->err = board_open_text(b->texts, o, f->title, &title);
		if (b->err != ERR_OK)
			return;
		mem_free((void *)(uintptr_t)p->title);
		p->title = title;
		if (f->title != 0)
			memcpy(p->title_ref, o->value[f->title].ref, sizeof(p->title_ref));
	}
	if (o->kind == DESK_TOPIC)
		take_topic(b, p, o);
}

/* ---- which: all of them at the start, then those that changed. They are taken in order of their ids, so that a new one goes to the end ---- */

struct ids {
	uint64_t *id;
	uint32_t n, cap, seen;
	uint64_t last; /* position */
	enum err err;
};

static bool note(struct ids *s, uint64_t id)
{
	uint32_t cap = s->cap == 0 ? 1024 : s->cap * 2;
	void *p;

	if (s->n == s->cap) {
		p = mem_resize(s->id, (size_t)cap * sizeof(s->id[0]));
		if (p == NULL) {
			s->err = ERR_MEMORY;
			return false;
		}
		s->id = p;
		s->cap = cap;
	}
	s->id[s->n++] = id;
	return true;
}

static bool see_object(void *ctx, const struct registry_hit *h)
{
	return note(ctx, h->object->id);
}

static bool see_change(void *ctx, uint64_t position, const struct desk_object *o)
{
	struct ids *s = ctx;
	bool of_board = o->kind == DESK_MEMBER || o->kind == DESK_TOPIC || o->kind == DESK_REPLY;

	s->seen++;
	s->last = position;
	return !of_board || note(s, o->id);
}

static enum err collect_all(struct board *b, struct ids *s)
{
	enum err e = ERR_OK;

	for (uint8_t kind = DESK_TOPIC; e == ERR_OK && kind <= DESK_REPLY; kind++) {
		struct registry_query q = { .kind = kind, .order = REGISTRY_BY_ID };

		e = registry_each(b->registry, &q, see_object, s);
		e = e == ERR_OK ? s->err : e;
	}
	return e;
}

static enum err collect_changed(struct board *b, struct ids *s)
{
	enum err e;

	s->last = b->position;
	do {
		s->seen = 0;
		e = registry_changes(b->registry, s->last, 500, see_change, s);
		e = e == ERR_OK ? s->err : e;
	} while (e == ERR_OK && s->seen > 0);
	return e;
}

static int by_id(const void *a, const void *c)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)c;

	return x < y ? -1 : x > y;
}

static enum err take_all(struct board *b, struct ids *s)
{
	struct desk_object o;
	enum err e = ERR_OK;

	if (s->n > 0)
		qsort(s->id, s->n, sizeof(s->id[0]), by_id);
	for (uint32_t i = 0; e == ERR_OK && i < s->n; i++) {
		if (i > 0 && s->id[i] == s->id[i - 1])
			continue;
		e = registry_load(b->registry, s->id[i], &o);
		if (e == ERR_OK && o.kind == DESK_MEMBER) {
			board_people_changed(&b->people, o.id);
		} else if (e == ERR_OK) {
			take(b, &o);
			e = b->err;
		}
	}
	return e;
}

static enum err update(struct board *b, uint64_t position)
{
	struct ids s = { .id = NULL };
	enum err e = b->filled ? ERR_OK : collect_all(b, &s);

	if (!b->filled)
		b->position = position; /* what came while they were listed is among the changes */
	if (e == ERR_OK)
		e = collect_changed(b, &s);
	if (e == ERR_OK)
		e = take_all(b, &s);
	if (e == ERR_OK)
		b->position = b->filled && s.last > position ? s.last : position;
	else
		empty(b); /* from the beginning next time: a part of it would lie about what is hidden */
	b->filled = e == ERR_OK;
	b->held = b->n;
	mem_free(s.id);
	return e;
}

enum err board_enter(struct board *b)
{
	uint64_t position;
	int64_t now_us;
	enum err e;

	pthread_mutex_lock(&b->lock);
	b->err = ERR_OK;
	e = registry_place(b->registry, &position, &now_us);
	if (e == ERR_OK && (!b->filled || position != b->position))
		e = update(b, position);
	if (e != ERR_OK)
		pthread_mutex_unlock(&b->lock);
	return e;
}

void board_leave(struct board *b, int64_t now_us)
{
	if (b->unfolded > 0 && (now_us - b->folded_us >= BOARD_FOLD_US || now_us < b->folded_us)) {
		fold(b);
		b->folded_us = now_us;
	}
	if (b->text_bytes > BOARD_TEXT_BYTES)
		forget_texts(b);
	if (b->people.n >= BOARD_PEOPLE_MAX)
		board_people_clear(&b->people);
	pthread_mutex_unlock(&b->lock);
}

/* ---- reading ---- */

struct board_counts board_counts(const struct board *b)
{
	return (struct board_counts){ .posts = b->held, .beyond = b->beyond };
}

const struct board_post *board_find(struct board *b, uint32_t kind, uint64_t id)
{
	const struct board_post *p = kind == DESK_MEMBER ? board_people_find(&b->people, id) : find(b, id);

	return p != NULL && p->kind == kind ? p : NULL;
}

const struct board_post *board_topic(struct board *b, uint64_t id)
{
	const struct board_post *p = board_find(b, DESK_TOPIC, id);

	return p != NULL && board_shown(b, p) ? p : NULL;
}

const char *board_author(struct board *b, const struct board_post *p)
{
	const struct board_post *m = p->member != 0 ? board_find(b, DESK_MEMBER, p->member) : NULL;

	return m == NULL ? "" : m->title;
}

bool board_text(struct board *b, const struct board_post *post, struct text *out)
{
	struct board_post *p = &b->post[post - b->post];
	struct buf plain;
	enum err e;

	if (p->text == NULL) {
		buf_init(&plain, TEXT_BYTES_MAX);
		e = texts_read(b->texts, p->body, &plain);
		if (e == ERR_OK || e == ERR_ABSENT || e == ERR_FORMAT)
			p->text = mem_copy_text(plain.n > 0 ? plain.p : "", plain.n);
		p->text_n = (uint32_t)plain.n;
		b->text_bytes += plain.n + 1;
		buf_release(&plain);
	}
	*out = p->text == NULL ? TEXT("") : text_of(p->text, p->text_n);
	return p->text != NULL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool has_word(const char *z, struct text word)
{
	for (; *z != 0; z++) {
		size_t i = 0;

		while (i < word.n && lower(z[i]) == lower(word.p[i]))
			i++;
		if (i == word.n)
			return true;
	}
	return false;
}

static bool has_words(const char *z, struct text words)
{
	for (words = text_trim(words); words.n > 0; words = text_trim(words)) {
		size_t n = 0;

		while (n < words.n && words.p[n] != ' ')
			n++;
		if (!has_word(z, text_of(words.p, n)))
			return false;
		words = text_of(words.p + n, words.n - n);
	}
	return true;
}

uint32_t board_list(struct board *b, const struct board_asked *q, const struct board_post *out[BOARD_PAGE],
                    uint32_t *total)
{
	uint32_t n = 0;

	*total = 0;
	for (uint32_t i = 0; i < b->n_order; i++) {
		const struct board_post *p = &b->post[b->order[i]];

		if ((q->member != 0 && p->member != q->member) || !has_words(p->title, q->words))
			continue;
		if (*total / BOARD_PAGE == q->page)
			out[n++] = p;
		++*total;
	}
	return n;
}

uint32_t board_replies(struct board *b, const struct board_post *topic, uint32_t page,
                       const struct board_post *out[BOARD_REPLIES], uint32_t *total)
{
	uint32_t n = 0;

	*total = 0;
	for (uint32_t i = topic->first; i != 0; i = b->post[i - 1].next) {
		if (b->post[i - 1].state != REPLY_SHOWN)
			continue;
		if (*total / BOARD_REPLIES == page)
			out[n++] = &b->post[i - 1];
		++*total;
	}
	return n;
}

uint32_t board_replied(struct board *b, uint64_t member)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		n += b->post[i].kind == DESK_REPLY && b->post[i].member == member && board_shown(b, &b->post[i]);
	return n;
}

const struct board_post *board_beside(struct board *b, const struct board_post *topic, bool after)
{
	size_t i = (size_t)(topic - b->post);

	while (after ? ++i < b->n : i-- > 0)
		if (b->post[i].kind == DESK_TOPIC && board_shown(b, &b->post[i]))
			return &b->post[i];
	return NULL;
}

uint32_t board_own(struct board *b, uint64_t member, const struct board_post **out, uint32_t most)
{
	uint32_t n = 0;

	for (uint32_t i = b->n; i-- > 0 && n < most;) {
		const struct board_post *p = &b->post[i];
		bool gone = p->kind == DESK_TOPIC ? p->state == TOPIC_WITHDRAWN : p->state == REPLY_WITHDRAWN;

		if (p->member == member && !gone)
			out[n++] = p;
	}
	return n;
}
