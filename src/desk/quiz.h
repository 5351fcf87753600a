/* quiz.h - which questions an attempt has (抽题), and in which order their choices are shown: both follow from the attempt's seed and from what the bank held, so that whoever has the
 * seed can work them out again, and nobody else can.
 *
 * Classes of fraud take turns: no course draws three questions about loans while one about false police is left out. A person never gets the same draw twice in a row. */
#ifndef DUANKA_DESK_QUIZ_H
#define DUANKA_DESK_QUIZ_H
#include "desk/incident.h"

enum {
	QUIZ_QUESTIONS_MAX = 20, /* of one attempt */
	QUIZ_CHOICES_MAX = 6,    /* of one question */
	QUIZ_CLASS_MAX = 64      /* questions of a class that are drawn from: the newest */
};

struct quiz_pool {
	uint32_t n[DESK_SCAMS];
	uint64_t id[DESK_SCAMS][QUIZ_CLASS_MAX]; /* no id twice */
};
uint32_t quiz_pool_size(const struct quiz_pool *p);

/* n <= QUIZ_QUESTIONS_MAX questions of the pool, which has as many: CHECKed. before: the ids of the person's draw before this one. Where the pool has more than n questions, the new draw has
 * other ones; where it has just n, another order if there are two. */
void quiz_draw(const struct quiz_pool *p, uint64_t seed, uint32_t n, const uint64_t *before, uint32_t n_before,
               uint64_t out[QUIZ_QUESTIONS_MAX]);
/* order[k]: number, from 0, of the choice that is shown as the k-th of the n <= QUIZ_CHOICES_MAX at this place of the attempt. */
void quiz_order(uint64_t seed, uint32_t place, uint32_t n, uint8_t order[QUIZ_CHOICES_MAX]);
/* Whether that many of so many is at least a share: exactly, without division. */
bool quiz_reaches(int64_t got, int64_t of, int64_t percent);

#endif
