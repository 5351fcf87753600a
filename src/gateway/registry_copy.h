/* registry_copy.h - a copy of the registry, kept when the journal lets go of the records that it was made from: a rebuild then begins there.
 *
 * DIRECTORY/registry-POSITION.sqlite, one of them: everything up to POSITION is in it, and the journal keeps at least what follows. It is made when segments of the journal
 * are old enough to go and no copy is new enough; until it is there they stay. */
#ifndef DUANKA_GATEWAY_REGISTRY_COPY_H
#define DUANKA_GATEWAY_REGISTRY_COPY_H
#include "gateway/tender.h"
#include "store/registry.h"

enum {
	REGISTRY_COPY_NAME_BYTES = 48
};

/* The newest copy in a data directory; position 0: there is none. */
enum err registry_copy_find(struct disk *data, uint64_t *position) MUST_CHECK;
void registry_copy_name(uint64_t position, char name[REGISTRY_COPY_NAME_BYTES]);

struct registry_copies;
/* All borrowed; data and directory are the same place. */
enum err registry_copies_new(struct registry_copies **out, struct registry *r, struct disk *data,
                             const char *directory) MUST_CHECK;
void registry_copies_free(struct registry_copies *c); /* NULL is fine */
/* For writer_options.kept: what lies before may go. */
uint64_t registry_copies_kept(struct registry_copies *c, uint64_t stays);
/* Makes a copy if one is wanted. */
struct tender_duty registry_copies_duty(struct registry_copies *c);

#endif
