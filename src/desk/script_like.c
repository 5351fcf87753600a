/* script_like.c - which type of scam a message reads like, by the words of the scripts; see script.h.
 *
 * A pair of neighbouring Chinese characters speaks for the types whose own lines have it, the more the fewer they are: 6 for one type alone, 3 each for two, 2 each for three, nothing for more. The type
 * with the most points wins, if it has LIKE_LEAST of them and half as many again as the next. That is a guess by vocabulary, not a judgement: it says which advice to read first. */
#include "desk/script_int.h"

enum {
	LIKE_CHARACTERS_MAX = 1000, /* of the message that are looked at */
	LIKE_LEAST = 18,
	WEIGHT = 6,
	SHARED_MAX = 3,
	HAN_BYTES = 3 /* U+4E00..U+9FFF in UTF-8 */
};

static bool han(const char *p)
{
	unsigned char a = (unsigned char)p[0], b = (unsigned char)p[1];

	return (a == 0xe4 && b >= 0xb8) || (a >= 0xe5 && a <= 0xe9);
}

static const uint8_t parts[] = { SCRIPT_ASK, SCRIPT_SPELL, SCRIPT_NOW, SCRIPT_PAID };

static bool says(const struct script *s, struct text pair)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (uint32_t k = 0; k < SCRIPT_LINES_MAX; k++) {
			const struct script_line *l = &s->line[parts[i]][k];

			/* a question that speaks for another type has that one's words */
			if (l->zh != NULL && l->if_yes == 0 && text_contains(text_z(l->zh), pair))
				return true;
		}
	return false;
}

static void weigh(struct text pair, uint32_t points[DESK_SCAMS])
{
	uint32_t with = 0, n = 0;

	for (uint32_t s = 1; s < SCAM_OTHER; s++)
		if (says(&script_of_scam[s], pair)) {
			with |= 1u << s;
			n++;
		}
	for (uint32_t s = 1; n <= SHARED_MAX && s < SCAM_OTHER; s++)
		points[s] += with >> s & 1 ? WEIGHT / n : 0;
}

uint32_t script_like(struct text t)
{
	uint32_t points[DESK_SCAMS] = { 0 }, best = 0, next = 0, characters = 0;

	for (size_t i = 0; i + 2 * HAN_BYTES <= t.n && characters < LIKE_CHARACTERS_MAX; characters++) {
		struct text pair = text_of(t.p + i, 2 * HAN_BYTES);

		if (!han(t.p + i)) {
			i++;
			continue;
		}
		if (han(t.p + i + HAN_BYTES) && !text_contains(text_of(t.p, i), pair)) /* once, however often it is said */
			weigh(pair, points);
		i += HAN_BYTES;
	}
	for (uint32_t s = 1; s < SCAM_OTHER; s++) {
		if (points[s] > points[best]) {
			next = best;
			best = s;
		} else if (points[s] > points[next]) {
			next = s;
		}
	}
	return points[best] >= LIKE_LEAST && 2 * points[best] >= 3 * points[next] ? best : SCRIPT_UNKNOWN;
}
