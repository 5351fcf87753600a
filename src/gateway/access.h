/* access.h - who saw whose data, when and why: from the acts in the journal.
 *
 * Acts are what everything is recorded by that shows a plain identifier or what was done about a person: view,
 * reveal, token, erase, contacts, explain, audit-person; query, by which a bank is asked; and by which lists are
 * compared with another organisation's: match-propose, match-consent, match-put, match-get, match-end. There is no
 * index of them (that of sealed segments has the accounts and phones of events): the journal is read. */
#ifndef DUANKA_GATEWAY_ACCESS_H
#define DUANKA_GATEWAY_ACCESS_H
#include <jansson.h>
#include "base/clock.h"
#include "journal/journal.h"

struct access_query {
	const char *person;        /* token; NULL: anybody's data */
	const char *user;          /* as acts show it: U-65536, key-3, or ORGANISATION/KEY; NULL: anybody */
	const char *object;        /* of the desk: W-65536; NULL: any, and none */
	int64_t from_us, until_us; /* when it happened */
	uint16_t organisation;     /* of who did it; 0: any */
};
#define ACCESS_ALWAYS_US (INT64_MIN + US_PER_DAY) /* from_us: from the beginning; until_us is INT64_MAX then */

/* Whether the payload of an ACT record is one that is asked for. Times and organisations are not looked at. */
bool access_is(const struct access_query *q, const json_t *act);
/* The act as an object, with "time", "position" and "organisation". Changes act. */
void access_put(struct buf *b, const struct record *r, json_t *act);

enum {
	ACCESS_PAGE_MAX = 500,
	ACCESS_RECORDS_MAX = 1000000 /* looked at for one page, but always the rest of a segment */
};
/* The newest at most `most` <= ACCESS_PAGE_MAX acts before position *before (UINT64_MAX: from the end), newest
 * first, as JSON objects with commas between. *before: where to go on; 0: nothing is left. *n: how many; there may
 * be more even if there are none here. ERR_FORMAT: the journal is damaged; why says where. Reads beside the writer. */
enum err access_page(struct disk *d, const struct access_query *q, uint32_t most, uint64_t *before, struct buf *out,
                     uint32_t *n, struct buf *why) MUST_CHECK;

#endif
