/* matches_int.h - shared by matches.c (the sessions) and matches_disk.c (their files). */
#ifndef DUANKA_GATEWAY_MATCHES_INT_H
#define DUANKA_GATEWAY_MATCHES_INT_H
#include "gateway/matches.h"

enum {
	MATCH_NAME_BYTES = 64
};

/* The record of a session, replaced as a whole. */
enum err match_store(struct disk *d, const struct match_session *s) MUST_CHECK;
/* ERR_FORMAT: not such a record. */
enum err match_load(struct disk *d, const char *name, struct match_session *out) MUST_CHECK;
/* Its messages; what is not there is fine. */
enum err match_remove_messages(struct disk *d, const struct match_session *s) MUST_CHECK;
enum err match_remove_message(struct disk *d, const struct match_session *s, enum match_step step) MUST_CHECK;
enum err match_remove(struct disk *d, const struct match_session *s) MUST_CHECK; /* the record */
enum err match_append(struct disk *d, const struct match_session *s, enum match_step step, uint64_t at,
                      struct text piece) MUST_CHECK;
/* n bytes from `from` on, appended to out. */
enum err match_read_file(struct disk *d, const struct match_session *s, enum match_step step, uint64_t from, uint64_t n,
                         struct buf *out) MUST_CHECK;
enum err match_file_bytes(struct disk *d, const struct match_session *s, enum match_step step,
                          uint64_t *out) MUST_CHECK;

#endif
