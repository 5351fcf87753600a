/* ringplan.c - offsets and sizes of a ring plan; see ringplan.h. */
#include "policy/ringplan.h"
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
	return ERR_OK;
}
