/* minutes.h - the minutes of a meeting of the alliance as a sheet: what it was, who was there (organisations and offices, no names), its matters with what was decided, and the text. */
#ifndef DUANKA_GATEWAY_MINUTES_H
#define DUANKA_GATEWAY_MINUTES_H
#include "gateway/desk_show.h"
#include "sheet/paper.h"

enum {
	MINUTES_MATTERS_MAX = 500 /* the oldest; that there are more is said */
};

struct minutes { /* all borrowed */
	struct registry *registry;
	struct texts *texts;
	const struct desk_asker *asker;                          /* matters out of reach are not shown */
	const char *(*organisation)(void *ctx, uint16_t number); /* NULL: it has no name */
	void *ctx;
	bool zh;
};
/* Appends to p, which is empty. What the storage failed with; texts that were erased are left out. */
enum err minutes_write(const struct minutes *m, const struct desk_object *meeting, struct paper *p) MUST_CHECK;

#endif
