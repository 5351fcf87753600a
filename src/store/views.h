/* views.h - how often things were looked at: one count for each, of public topics. DIRECTORY/views.sqlite.
 *
 * Counts are of no weight: whoever counts adds them up in memory and folds them in here now and then, so a view costs neither a record nor a write, and a crash loses the last few. Any thread may
 * call. */
#ifndef DUANKA_STORE_VIEWS_H
#define DUANKA_STORE_VIEWS_H
#include "base/buf.h"

struct views;
struct view_count {
	uint64_t id, n;
};
enum err views_open(struct views **out, const char *path, struct buf *why) MUST_CHECK;
void views_close(struct views *v); /* NULL is fine */
/* Adds each n to the count of its id; all or none. */
enum err views_add(struct views *v, const struct view_count *count, size_t n) MUST_CHECK;
/* 0 if nobody has looked. */
enum err views_of(struct views *v, uint64_t id, uint64_t *n) MUST_CHECK;

#endif
