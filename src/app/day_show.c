#include "app/day_show.h"
void day_show(struct buf *b, const struct day_report *r, enum lang l)
{
	(void)l;
	buf_printf(b, "alerts %llu\n", (unsigned long long)r->alerts);
	const uint64_t *p = (const uint64_t *)r;
	for (size_t i = 0; i < sizeof(*r) / 8; i++)
		buf_printf(b, "%lld ", (long long)p[i]);
	buf_z(b, "\n");
}
void day_json(struct buf *b, const struct day_report *r)
{
	day_show(b, r, LANG_EN);
}
void day_show_habits(struct buf *b)
{
	buf_z(b, "");
}
