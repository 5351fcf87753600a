/* editions.h - the policies that were in force, as the shard remembers them, and their texts out of the journal; for workers' threads. */
#ifndef DUANKA_GATEWAY_EDITIONS_H
#define DUANKA_GATEWAY_EDITIONS_H
#include "gateway/http_int.h"

struct editions { /* a copy, made on the writer's thread */
	struct shard_version *version;
	uint32_t n; /* the last one is in force */
	enum err e;
};
/* False: the answer is set, and there is nothing to release. */
bool editions_take(struct request *r, struct editions *l);
void editions_release(struct editions *l);
/* The one of this name: a position or "current". NULL: the answer is set. */
const struct shard_version *editions_named(struct request *r, const struct editions *l, struct text name);
/* Its files, pointing into payload; file holds POLICY_FILES_MAX. False: the answer is set. */
bool editions_files(struct request *r, const struct shard_version *v, struct buf *payload, struct policy_file *file,
                    uint16_t *n);

#endif
