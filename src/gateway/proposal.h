/* proposal.h - a policy that somebody sends in: its files taken out of the request, compiled, ready for a job that puts it in force or tries it out. */
#ifndef DUANKA_GATEWAY_PROPOSAL_H
#define DUANKA_GATEWAY_PROPOSAL_H
#include <jansson.h>
#include "engine/engine.h"
#include "policy/plan.h"
#include "shard/fill.h"

enum {
	PROPOSAL_PATH_MAX = 255
};

struct proposal {
	struct buf
		payload; /* as shard_draft takes it: *.dk files in the order of their paths, then the entries of lists whose *.csv files came along */
	struct edition *edition;
	struct plan *plan;
	struct buf errors; /* lines, as policy_load has them */
	char fault[512];   /* of the request as such */
};

/* files: [{"path","text"},...]. ERR_FORMAT: errors; ERR_RANGE: fault says what is wrong with the request; ERR_MEMORY, ERR_CAP. Release in any case. */
enum err proposal_of_json(struct proposal *p, const json_t *files, const struct fill_options *o) MUST_CHECK;
/* The same from files in memory: all *.dk. */
enum err proposal_of_files(struct proposal *p, struct policy_file *file, uint32_t n,
                           const struct fill_options *o) MUST_CHECK;
void proposal_release(struct proposal *p);
/* Hexadecimal, with a NUL. */
void proposal_digest(const struct proposal *p, char hex[2 * EDITION_DIGEST_BYTES + 1]);

#endif
