/* written.c - see written.h. */
#include "journal/written.h"
#include "base/mem.h"

void written_free(struct written *w)
{
	if (w == NULL)
		return;
	recast_free(w->recast);
	buf_release(&w->payload);
	mem_free(w);
}

enum err written_follow(struct written **w, struct text payload)
{
	struct written *next;
	enum err e;

	if (*w != NULL && text_eq(payload, buf_view(&(*w)->payload)))
		return ERR_OK;
	next = mem_alloc(sizeof(*next));
	if (next == NULL)
		return ERR_MEMORY;
	buf_init(&next->payload, RECORD_PAYLOAD_MAX);
	buf_text(&next->payload, payload);
	e = next->payload.err;
	if (e == ERR_OK)
		e = record_schema_take(buf_view(&next->payload), &next->schema);
	if (e == ERR_OK)
		e = recast_new(&next->recast, buf_view(&next->payload), &next->schema, NULL);
	if (e != ERR_OK) {
		written_free(next);
		return e;
	}
	written_free(*w);
	*w = next;
	return ERR_OK;
}
