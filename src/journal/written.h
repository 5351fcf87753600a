/* written.h - the schema that a journal's events were written under, with what reads them under it: no policy is needed, and nothing
 * is recast. For people's tools and for indexes; the engine reads events under its own schema (record.h). */
#ifndef DUANKA_JOURNAL_WRITTEN_H
#define DUANKA_JOURNAL_WRITTEN_H
#include "journal/record.h"

struct written {
	struct buf payload;    /* of the SCHEMA record; names of the schema point into it */
	struct schema schema;  /* every field optional: the record does not say which were required */
	struct recast *recast; /* from and to this schema; texts get no fingerprints */
};

/* *w becomes what this SCHEMA payload says; *w may be NULL before. The same payload again costs a comparison. On failure *w is as it
 * was; ERR_FORMAT: the payload is damaged. */
enum err written_follow(struct written **w, struct text payload) MUST_CHECK;
void written_free(struct written *w);

#endif
