/* drill.c - walking through drills; see drill.h. */
#include "desk/drill_int.h"
#include "desk/quiz.h"

const struct drill_move_info drill_moves[DRILL_MOVES] = {
	[DRILL_ASK] = { "ask", "问清情况", "ask what it is about", 1, false },
	[DRILL_STOP] = { "stop", "当场叫停", "stop it", 2, false },
	[DRILL_DELAY] = { "delay", "延缓转账", "delay the transfer", 2, false },
	[DRILL_KEEP] = { "keep", "守住验证码", "keep the code", 2, false },
	[DRILL_CALL] = { "call", "联系96110", "call 96110", 3, false },
	[DRILL_WEAK] = { "weak", "无济于事", "does not help", 0, false },
	[DRILL_COMPLY] = { "comply", "被牵着走", "goes along", 0, false },
	[DRILL_GIVE] = { "give", "交出钱或验证码", "gives the code or the money", 0, true },
};

const struct drill *drill_find(uint32_t number)
{
	return number > 0 && number < DRILL_NAMES ? drill_table[number] : NULL;
}

uint32_t drill_steps(const struct drill *d)
{
	uint32_t n = 0;

	while (n < DRILL_STEPS_MAX && d->step[n].zh != NULL)
		n++;
	return n;
}

uint32_t drill_choices(const struct drill_step *s)
{
	uint32_t n = 0;

	while (n < DRILL_CHOICES_MAX && s->choice[n].zh != NULL)
		n++;
	return n;
}

/* From behind, as steps only lead forward. */
int64_t drill_points(uint32_t number)
{
	const struct drill *d = drill_find(number);
	int64_t best[DRILL_STEPS_MAX + 1] = { 0 };

	if (d == NULL)
		return 0;
	for (uint32_t i = drill_steps(d); i > 0; i--)
		for (uint32_t k = 0; k < drill_choices(&d->step[i - 1]); k++) {
			const struct drill_choice *c = &d->step[i - 1].choice[k];
			int64_t points = drill_moves[c->move].points + (c->next == 0 ? 0 : best[c->next]);

			best[i] = points > best[i] && !drill_moves[c->move].fatal ? points : best[i];
		}
	return best[1];
}

uint32_t drill_next(const struct drill *d, const struct drill_result *so_far)
{
	uint32_t last = so_far->n - 1;

	return so_far->n == 0 ? 0 : d->step[so_far->step[last]].choice[so_far->choice[last]].next - 1u;
}

bool drill_grade(uint32_t number, uint64_t seed, struct text answers, struct drill_result *out)
{
	const struct drill *d = drill_find(number);
	uint8_t order[QUIZ_CHOICES_MAX];
	uint32_t at = 1;

	*out = (struct drill_result){ 0 };
	for (size_t i = 0; i < answers.n; i++) {
		uint32_t n = d == NULL || at == 0 ? 0 : drill_choices(&d->step[at - 1]), k = (uint32_t)(answers.p[i] - 'A');
		const struct drill_choice *c;

		if (k >= n)
			return false;
		quiz_order(seed, at - 1, n, order);
		c = &d->step[at - 1].choice[order[k]];
		out->step[out->n] = (uint8_t)(at - 1);
		out->choice[out->n++] = order[k];
		out->points += drill_moves[c->move].points;
		out->fatal |= drill_moves[c->move].fatal;
		at = c->next;
	}
	return d != NULL && at == 0;
}
