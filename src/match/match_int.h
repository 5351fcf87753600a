/* match_int.h - shared by match.c, match_point.c and match_state.c: points and what is kept. */
#ifndef DUANKA_MATCH_MATCH_INT_H
#define DUANKA_MATCH_MATCH_INT_H
#include "match/match.h"

struct match_state {
	unsigned char secret[MATCH_SECRET_BYTES]; /* zero: the answerer's */
	struct match_terms terms;                 /* its texts point into text */
	char text[2][MATCH_TEXT_MAX];
	enum match_step step;                   /* that was sent */
	unsigned char hash[MATCH_HASH_BYTES];   /* of the message sent */
	unsigned char digest[MATCH_HASH_BYTES]; /* of the list */
	uint32_t n;                             /* items of the list */
	uint32_t *order;                        /* item of each own point, as sent */
	uint32_t n_points;
	unsigned char *points; /* the offerer's: its own as sent; the answerer's: the offer's, raised to both secrets */
};
/* Empty, in guarded memory; NULL: none is left. */
struct match_state *match_state_new(void);
void match_state_take_terms(struct match_state *s, const struct match_terms *t);

/* One point of many: out (32 bytes) from item number i. False: the point that came is none. */
struct match_task {
	void *context;
	bool (*one)(void *context, uint32_t i, unsigned char *out);
	uint32_t n;
	unsigned char *out;
};
/* Does them all, in any order. done counts on over several tasks of total points. ERR_FORMAT: one was false; ERR_STOPPED. */
enum err match_tasks(const struct match_task *t, const struct match_work *w, uint64_t *done, uint64_t total) MUST_CHECK;

/* H(item)·secret. The terms give session and kind. */
void match_point_blind(const struct match_terms *t, const struct match_item *item, const unsigned char *secret,
                       unsigned char *out);
/* p·secret. False: p is not canonical, no point, or the identity. */
bool match_point_raise(const unsigned char *p, const unsigned char *secret, unsigned char *out);
bool match_point_valid(const unsigned char *p);

/* Puts n points in the order of their bytes; order (may be NULL) gets where each stood. False: no memory. */
bool match_points_sort(unsigned char *points, uint32_t n, uint32_t *order);
bool match_points_ascend(const unsigned char *points, uint32_t n); /* strictly */
bool match_points_have(const unsigned char *sorted, uint32_t n, const unsigned char *p);
bool match_points_meet(const unsigned char *a, uint32_t n_a, const unsigned char *b, uint32_t n_b); /* both sorted */

/* Little-endian numbers. */
static inline void match_put(unsigned char *p, uint64_t v, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> (8 * i));
}
static inline uint64_t match_get(const unsigned char *p, uint32_t bytes)
{
	uint64_t v = 0;

	for (uint32_t i = bytes; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

#endif
