/* scene_usual.c - what holds where a scenario file says nothing: usual values, and the file that is built in. */
#include "sim/scene_builtin.h"
#include "sim/scene_int.h"

void scene_fill(struct scene_block *b)
{
	static const struct {
		uint8_t key;
		int64_t lo, hi;
	} usual[] = {
		{ KEY_UNTIL_DAY, 100000, 100000 },
		{ KEY_ACTIVE, 9, 18 },
		{ KEY_TALK, 10, 90 },
		{ KEY_ANSWERED, 400, 500 },
		{ KEY_BACK, 20, 50 },
		{ KEY_DEVICES, 1, 1 },
		{ KEY_CELLS, 1, 1 },
		{ KEY_AGE, 5 * 86400, 60 * 86400 },
		{ KEY_CALLS, 40, 60 },
		{ KEY_SPLIT, 1, 2 },
		{ KEY_KEEP, 0, 30 },
		{ KEY_CASHOUT, 300, 3600 },
		{ KEY_BATCH, 1, 1 },
		{ KEY_SESSION, 86400, 86400 },
		{ KEY_CLERKS, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (!b->given[usual[i].key])
			for (int d = 0; d < DIFFICULTIES; d++)
				b->key[usual[i].key].d[d] = (struct range){ usual[i].lo, usual[i].hi };
	uint32_t typed = 0, leaves = 0;
	for (int i = 0; i < TYPOLOGIES; i++)
		typed += b->typology[i];
	for (int i = 0; i < WAYS; i++)
		leaves += b->way[i];
	b->typology[TYPOLOGY_PASS] += typed == 0;
	b->way[WAY_ATM] += leaves == 0;
}

struct text scene_default(void)
{
	return text_of(scene_builtin[0].text, scene_builtin[0].n);
}
