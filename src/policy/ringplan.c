/* ringplan.c - offsets, groups and orders of a ring plan; see ringplan.h. */
#include "policy/ringplan.h"

/* Bytes of incremental state an acc needs; ring_big.c lays its structs over them. */
static uint32_t acc_bytes(const struct ring_acc *a)
{
	switch ((enum ring_func)a->func) {
	case RING_AVG: return 32;
	case RING_STDDEV:
	case RING_GAP_STDDEV: return 48;
	case RING_GAP_AVG: return 16;
	default: return 16;
	}
}

static uint32_t group_for(struct ring_plan *p, const struct ring_acc *a)
{
	uint32_t g = 0;

	while (g < p->n_groups && (p->group[g].filter != a->filter || p->group[g].col != a->col))
		g++;
	if (g == p->n_groups)
		p->group[p->n_groups++] = (struct ring_group){ .filter = a->filter, .col = a->col };
	p->group[g].sums |= a->func == RING_SUM || a->func == RING_AVG || a->func == RING_STDDEV;
	p->group[g].extremes |= a->func == RING_MIN || a->func == RING_MAX;
	p->group[g].distinct |= a->func == RING_DISTINCT;
	p->group[g].gaps |= a->func >= RING_GAP_AVG;
	return g;
}

static uint32_t map_for(struct ring_plan *p, uint32_t acc)
{
	const struct ring_acc *a = &p->acc[acc];

	for (uint32_t i = 0; i < acc; i++)
		if (p->acc[i].func == RING_DISTINCT && p->group_of[i] == p->group_of[acc]) {
			if (p->map_window[p->map_of[i]] < a->window)
				p->map_window[p->map_of[i]] = a->window;
			return p->map_of[i];
		}
	p->map_col[p->n_maps] = a->col;
	p->map_window[p->n_maps] = a->window;
	return p->n_maps++;
}

static void order_accs(struct ring_plan *p)
{
	uint32_t n = 0;

	for (uint32_t w = 0; w < p->n_windows; w++) {
		p->window_accs[w] = n;
		for (uint32_t i = 0; i < p->n_accs; i++)
			if (p->acc[i].window == w)
				p->acc_by_window[n++] = (uint8_t)i;
	}
	p->window_accs[p->n_windows] = n;
}

static union value empty_answer(const struct ring_acc *a)
{
	switch ((enum ring_func)a->func) {
	case RING_COUNT:
	case RING_SUM:
	case RING_DISTINCT: return (union value){ .i = 0 };
	case RING_AVG:
	case RING_STDDEV:
	case RING_GAP_AVG:
	case RING_GAP_STDDEV: return (union value){ .r = __builtin_nan("") };
	default: return (union value){ .i = VALUE_MISSING };
	}
}

enum err ring_plan_finish(struct ring_plan *p)
{
	uint32_t off;

	if (p->n_cols > RING_COLS_MAX || p->n_filters > RING_FILTERS_MAX || p->n_windows == 0 ||
	    p->n_windows > RING_WINDOWS_MAX || p->n_accs > RING_ACCS_MAX || p->cap == 0 || p->cap > RING_EVENTS_MAX)
		return ERR_RANGE;
	p->keep_us = p->window_us[p->n_windows - 1] + p->lateness_us;
	p->time_bytes = p->keep_us < (int64_t)1 << 39 ? 5 : 6;
	p->mask_bytes = p->n_filters == 0 ? 0 : p->n_filters <= 8 ? 1 : p->n_filters <= 16 ? 2 : 4;
	off = p->time_bytes + p->mask_bytes;
	for (uint32_t i = 0; i < p->n_cols; i++) {
		p->col[i].off = (uint16_t)off;
		off += p->col[i].width;
	}
	p->tuple_bytes = (uint16_t)off;
	p->n_groups = p->n_maps = 0;
	off = 32 + 8 * p->n_windows; /* ring_big.c: its head, then a tail for each window */
	off = (off + 15) & ~15u;
	for (uint32_t i = 0; i < p->n_accs; i++) {
		p->group_of[i] = (uint8_t)group_for(p, &p->acc[i]);
		if (p->acc[i].func == RING_DISTINCT)
			p->map_of[i] = (uint8_t)map_for(p, i);
		p->empty[i] = empty_answer(&p->acc[i]);
		p->acc_off[i] = off;
		off += acc_bytes(&p->acc[i]);
	}
	p->map_off = off;
	p->big_bytes = off + 16 * p->n_maps;
	order_accs(p);
	return ERR_OK;
}
