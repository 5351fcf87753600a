/* dossier.h - all that the desk ever did about a person, a card, an account: measures first, then everything else, each with its history. For the audit, from a file or over HTTP. Tokens only. */
#ifndef DUANKA_GATEWAY_DOSSIER_H
#define DUANKA_GATEWAY_DOSSIER_H
#include "gateway/desk_show.h"

struct dossier_query {
	struct token token;
	uint8_t entity;                 /* enum desk_entity_kind; 0: any, since a token is of one kind */
	const struct desk_asker *asker; /* only what is in reach; NULL: everything */
	uint64_t most;                  /* objects in all */
};
struct dossier_counts {
	uint64_t measures, in_force, objects; /* in_force: of the measures; objects: all others */
	bool more;                            /* there are more than were wanted */
};
/* One after the other, measures first. visit's errors end it. */
enum err dossier_walk(struct registry *r, const struct dossier_query *q,
                      enum err (*visit)(void *ctx, const struct desk_machine *m, const struct desk_object *o),
                      void *ctx, struct dossier_counts *n) MUST_CHECK;
/* "measures":[{"object":..,"history":[..]}],"objects":[..] */
enum err dossier_put(struct buf *b, const struct desk_shower *s, const struct dossier_query *q,
                     struct dossier_counts *n) MUST_CHECK;

#endif
