/* match.c - the three steps. Each is: blind or raise points in pieces, put them in order, write the message; a failure leaves nothing behind. */
#include "match/match.h"
#include <sodium.h>
#include "base/mem.h"
#include "match/match_int.h"

struct blinding {
	const struct match_terms *terms;
	const struct match_list *list;
	const unsigned char *secret;
};

struct raising {
	const unsigned char *points, *secret;
};

static enum err fail(const char **why, enum err e, const char *what)
{
	*why = what;
	return e;
}

static enum err no_memory(const char **why)
{
	return fail(why, ERR_MEMORY, "there is no memory for it");
}

static bool blind_one(void *context, uint32_t i, unsigned char *out)
{
	const struct blinding *b = context;

	match_point_blind(b->terms, &b->list->item[i], b->secret, out);
	return true;
}

static bool raise_one(void *context, uint32_t i, unsigned char *out)
{
	const struct raising *r = context;

	return match_point_raise(r->points + (size_t)i * MATCH_POINT_BYTES, r->secret, out);
}

static enum err tasks_told(enum err e, const char **why)
{
	if (e == ERR_FORMAT)
		*why = "a point that is none of the group; the message was not made by this program";
	if (e == ERR_STOPPED)
		*why = "stopped; nothing was written, do the same again";
	return e;
}

static enum err check_list(const struct match_list *l, const struct match_limits *limits, const char **why)
{
	if (l->n < limits->least)
		return fail(why, ERR_RANGE,
		            "this list has fewer items than the limit, which would be asking for single persons");
	if (l->n > limits->most)
		return fail(why, ERR_RANGE, "this list has more items than the limit");
	return ERR_OK;
}

static enum err check_ratio(uint64_t a, uint64_t b, const struct match_limits *limits, const char **why)
{
	if (a > b * limits->ratio || b > a * limits->ratio)
		return fail(why, ERR_RANGE,
		            "one list is so much longer than the other that it would be asking for single persons");
	return ERR_OK;
}

static bool same_terms(const struct match_terms *a, const struct match_terms *b)
{
	return memcmp(a->session, b->session, MATCH_SESSION_BYTES) == 0 && a->form == b->form && a->learns == b->learns &&
	       text_eq(a->purpose, b->purpose) && text_eq(a->basis, b->basis);
}

/* s gets the own points of the list, in order, under its secret. */
static enum err blind(struct match_state *s, const struct match_list *list, const struct match_work *w,
                      unsigned char *points, uint64_t *done, uint64_t total)
{
	struct blinding b = { &s->terms, list, s->secret };
	struct match_task t = { .context = &b, .one = blind_one, .n = list->n, .out = points };
	enum err e = match_tasks(&t, w, done, total);

	if (e == ERR_OK && !match_points_sort(points, list->n, s->order))
		e = ERR_MEMORY;
	return e;
}

static enum err begin(struct match_state **out, const struct match_terms *t, const struct match_list *list,
                      enum match_step step)
{
	struct match_state *s = match_state_new();

	*out = s;
	if (s == NULL)
		return ERR_MEMORY;
	match_state_take_terms(s, t);
	s->step = step;
	memcpy(s->digest, list->digest, sizeof(s->digest));
	crypto_core_ristretto255_scalar_random(s->secret); /* never zero */
	s->order = mem_alloc_array(list->n, sizeof(*s->order));
	if (s->order == NULL)
		return ERR_MEMORY;
	s->n = list->n;
	return ERR_OK;
}

enum err match_offer(struct match_state **out, const struct match_terms *terms, const struct match_list *list,
                     const struct match_limits *limits, const struct match_work *w, struct buf *message,
                     const char **why)
{
	struct match_message m = { .step = MATCH_OFFER };
	struct match_state *s = NULL;
	uint64_t done = 0;
	enum err e = check_list(list, limits, why);

	*out = NULL;
	if (e != ERR_OK)
		return e;
	*why = "there is no memory for it";
	e = begin(&s, terms, list, MATCH_OFFER);
	if (e == ERR_OK && sodium_is_zero(s->terms.session, MATCH_SESSION_BYTES))
		randombytes_buf(s->terms.session, MATCH_SESSION_BYTES);
	if (e == ERR_OK) {
		s->points = mem_alloc_array(list->n, MATCH_POINT_BYTES);
		e = s->points == NULL ? ERR_MEMORY : ERR_OK;
	}
	if (e == ERR_OK) {
		s->n_points = list->n;
		e = tasks_told(blind(s, list, w, s->points, &done, list->n), why);
	}
	if (e == ERR_OK) {
		m.terms = s->terms;
		m.own = s->points;
		m.n_own = list->n;
		e = match_message_write(&m, message);
		memcpy(s->hash, m.hash, sizeof(s->hash));
	}
	if (e != ERR_OK) {
		match_state_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

/* The answer's points: own ones, and the offer's raised to the secret, in the offer's order. */
static enum err answer_points(struct match_state *s, const struct match_message *offer, const struct match_list *list,
                              const struct match_work *w, unsigned char *own, const char **why)
{
	struct raising r = { offer->own, s->secret };
	struct match_task t = { .context = &r, .one = raise_one, .n = offer->n_own, .out = s->points };
	uint64_t done = 0, total = (uint64_t)offer->n_own + list->n;
	enum err e = match_tasks(&t, w, &done, total);

	if (e == ERR_OK)
		e = blind(s, list, w, own, &done, total);
	return tasks_told(e, why);
}

static enum err answer(struct match_state *s, const struct match_message *offer, const struct match_list *list,
                       const struct match_work *w, struct buf *message, const char **why)
{
	struct match_message m = { .terms = s->terms, .step = MATCH_ANSWER, .n_own = list->n, .back = s->points };
	unsigned char *own = mem_alloc_array(list->n, MATCH_POINT_BYTES);
	enum err e = ERR_MEMORY;

	s->points = mem_alloc_array(offer->n_own, MATCH_POINT_BYTES);
	s->n_points = s->points == NULL ? 0 : offer->n_own;
	if (own != NULL && s->points != NULL)
		e = answer_points(s, offer, list, w, own, why);
	if (e == ERR_OK) {
		m.own = own;
		m.back = s->points;
		m.n_back = (s->terms.learns & MATCH_OFFERER) != 0 ? offer->n_own : 0;
		memcpy(m.previous, offer->hash, sizeof(m.previous));
		e = match_message_write(&m, message);
		memcpy(s->hash, m.hash, sizeof(s->hash));
	}
	mem_free(own);
	return e;
}

enum err match_answer(struct match_state **out, const struct match_message *offer, const struct match_list *list,
                      const struct match_limits *limits, const struct match_work *w, struct buf *message,
                      const char **why)
{
	struct match_state *s = NULL;
	enum err e = check_list(list, limits, why);

	*out = NULL;
	if (e == ERR_OK && offer->step != MATCH_OFFER)
		e = fail(why, ERR_FORMAT, "not an offer; an answer is made to one");
	if (e == ERR_OK)
		e = check_ratio(offer->n_own, list->n, limits, why);
	if (e != ERR_OK)
		return e;
	*why = "there is no memory for it";
	e = begin(&s, &offer->terms, list, MATCH_ANSWER);
	if (e == ERR_OK)
		e = answer(s, offer, list, w, message, why);
	if (s != NULL)
		sodium_memzero(s->secret, sizeof(s->secret)); /* nothing to come needs it */
	if (e == ERR_OK && (s->terms.learns & MATCH_ANSWERER) != 0) {
		match_points_sort(s->points, s->n_points, NULL); /* to be looked up in */
		*out = s;
		return ERR_OK;
	}
	match_state_free(s);
	return e;
}

void match_found_release(struct match_found *f)
{
	mem_free(f->hit);
	*f = (struct match_found){ 0 };
}

/* back: the list's points under both secrets, in the order in which they were sent. theirs: the other list's, sorted. */
static enum err compare(const struct match_state *s, const unsigned char *back, const unsigned char *theirs,
                        uint32_t n_theirs, struct match_found *f)
{
	*f = (struct match_found){ .learns = true, .hit = mem_alloc_array(s->n, sizeof(bool)) };
	if (f->hit == NULL)
		return ERR_MEMORY;
	for (uint32_t i = 0; i < s->n; i++) {
		if (!match_points_have(theirs, n_theirs, back + (size_t)i * MATCH_POINT_BYTES))
			continue;
		f->hit[s->order[i]] = true;
		f->n++;
	}
	return ERR_OK;
}

/* Each given back must be a point, and each another one. */
static enum err check_back(const struct match_message *m, const char **why)
{
	size_t bytes = (size_t)m->n_back * MATCH_POINT_BYTES;
	unsigned char *sorted = mem_alloc(bytes);
	enum err e = ERR_OK;

	if (sorted == NULL)
		return no_memory(why);
	if (bytes > 0)
		memcpy(sorted, m->back, bytes);
	match_points_sort(sorted, m->n_back, NULL);
	if (!match_points_ascend(sorted, m->n_back))
		e = fail(why, ERR_FORMAT, "points given back that are twice there");
	mem_free(sorted);
	for (uint32_t i = 0; e == ERR_OK && i < m->n_back; i++)
		if (!match_point_valid(m->back + (size_t)i * MATCH_POINT_BYTES))
			e = tasks_told(ERR_FORMAT, why);
	return e;
}

/* Whether the message goes on from the one that s has sent. */
static enum err check_turn(const struct match_state *s, const struct match_message *m, const struct match_list *list,
                           const char **why)
{
	if (m->step != s->step + 1)
		return fail(why, ERR_FORMAT, "a message of another step; the one that follows upon yours is needed");
	if (!same_terms(&s->terms, &m->terms))
		return fail(why, ERR_FORMAT, "a message of another session, or with other terms");
	if (memcmp(m->previous, s->hash, sizeof(s->hash)) != 0)
		return fail(why, ERR_FORMAT, "an answer to another message of this session");
	if (list->n != s->n || memcmp(list->digest, s->digest, sizeof(s->digest)) != 0)
		return fail(why, ERR_FORMAT, "another list than the one that was sent; give the same");
	if (m->n_back > 0 && m->n_back != s->n)
		return fail(why, ERR_FORMAT, "not as many points given back as were sent");
	return check_back(m, why);
}

enum err match_finish(const struct match_state *s, const struct match_message *a, const struct match_list *list,
                      const struct match_limits *limits, const struct match_work *w, struct buf *message,
                      struct match_found *found, const char **why)
{
	struct raising r = { a->own, s->secret };
	struct match_task t = { .context = &r, .one = raise_one, .n = a->n_own };
	struct match_message m = { .terms = s->terms, .step = MATCH_FINISH, .n_back = a->n_own };
	uint64_t done = 0;
	enum err e = check_turn(s, a, list, why);

	*found = (struct match_found){ 0 };
	if (e == ERR_OK)
		e = check_ratio(s->n, a->n_own, limits, why);
	if (e == ERR_OK && match_points_meet(s->points, s->n_points, a->own, a->n_own))
		e = fail(why, ERR_FORMAT, "points of your own offer; somebody sends your own message back");
	if (e != ERR_OK)
		return e;
	t.out = mem_alloc_array(a->n_own, MATCH_POINT_BYTES);
	if (t.out == NULL)
		return no_memory(why);
	e = tasks_told(match_tasks(&t, w, &done, a->n_own), why);
	if (e == ERR_OK && (s->terms.learns & MATCH_ANSWERER) != 0) {
		m.back = t.out;
		memcpy(m.previous, a->hash, sizeof(m.previous));
		e = match_message_write(&m, message);
	}
	if (e == ERR_OK && (s->terms.learns & MATCH_OFFERER) != 0) {
		match_points_sort(t.out, a->n_own, NULL);
		e = compare(s, a->back, t.out, a->n_own, found);
	}
	if (e == ERR_MEMORY)
		*why = "there is no memory for it";
	sodium_memzero(t.out, (size_t)a->n_own * MATCH_POINT_BYTES);
	mem_free(t.out);
	return e;
}

enum err match_learn(const struct match_state *s, const struct match_message *finish, const struct match_list *list,
                     struct match_found *found, const char **why)
{
	enum err e = check_turn(s, finish, list, why);

	*found = (struct match_found){ 0 };
	if (e != ERR_OK)
		return e;
	e = compare(s, finish->back, s->points, s->n_points, found);
	return e == ERR_MEMORY ? no_memory(why) : e;
}
