/* month.h - the joint report of a month (月报) as a sheet: figures with what they were a month and a year before, with drawings; by type, by district, by organisation; what became of joint work.
 *
 * Every number follows from the registry. A part for which the registry has nothing is left out, and a line says so: nobody is to take silence for nothing having happened. */
#ifndef DUANKA_GATEWAY_MONTH_H
#define DUANKA_GATEWAY_MONTH_H
#include "gateway/figures.h"
#include "sheet/paper.h"

struct month {
	int64_t from_us; /* the first of a month, local midnight */
	bool of_organisation, of_district;
	uint16_t organisation, district;
	bool zh;
};
/* "2026-03" or a day in it. ERR_FORMAT. */
enum err month_parse(struct text t, int64_t *from_us) MUST_CHECK;
/* Appends to p, which is empty. What the registry failed with. */
enum err month_write(struct registry *r, const struct month *m, struct paper *p) MUST_CHECK;

#endif
