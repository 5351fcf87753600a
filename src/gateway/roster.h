/* roster.h - everybody who could be in a campaign, as one file of small rows: DIRECTORY/campaigns/roster. Derived from journal, registry and members' lists, and may be deleted.
 *
 *   head (64 bytes): "DKROST01", u64 rows, u64 position of the journal up to which it goes, u64 day it was made for, zeros
 *   rows (RECIPIENT_BYTES each), by person, ascending, each person once
 *   32 bytes BLAKE2b-256 of all that
 * Making it reads the whole journal once; choosing from it is one pass over a file in order, so that millions take seconds and as little memory as one row. Tokens only, mode 0600. */
#ifndef DUANKA_GATEWAY_ROSTER_H
#define DUANKA_GATEWAY_ROSTER_H
#include "base/disk.h"
#include "base/file.h"
#include "outreach/segment.h"
#include "store/registry.h"

enum {
	ROSTER_HEAD_BYTES = 64,
	ROSTER_DIGEST_BYTES = 32,
	ROSTER_PEOPLE_MAX = 1 << 26,
	ROSTER_LISTED_MAX = 1 << 22
};

/* A member's list: lines "TOKEN" or "TOKEN,yes" (consents) or "TOKEN,no", of persons or phones; empty lines and # lines are passed over. */
struct roster_list {
	uint8_t bit;       /* enum recipient_list; 0: of those who refuse texts, where TOKEN alone is enough */
	struct text bytes; /* borrowed */
};
struct roster_options {
	struct disk *journal;
	struct registry *registry; /* contacts, warnings, texts */
	const struct roster_list *list;
	uint32_t n_lists;
	int64_t now_us;
};
struct roster_made {
	uint64_t rows, position, listed, unknown; /* listed: that a list named; unknown: named, and not in the journal */
};
/* ERR_FORMAT: the journal is damaged, or a line of a list is wrong; why has one line. ERR_CAP: more people than ROSTER_PEOPLE_MAX. The file at path is replaced as a whole. */
enum err roster_make(const struct roster_options *o, const char *path, struct roster_made *out,
                     struct buf *why) MUST_CHECK;

/* Writing one row by row, for whoever has the rows: head, rows ascending, end. */
struct roster_writer {
	struct outfile file;
	unsigned char state[512]; /* of the digest */
	uint64_t rows, n;
};
enum err roster_begin(struct roster_writer *w, const char *path, uint64_t rows, uint64_t position,
                      uint16_t day) MUST_CHECK;
enum err roster_row(struct roster_writer *w, const struct recipient *r) MUST_CHECK;
enum err roster_end(struct roster_writer *w) MUST_CHECK; /* CHECKs that all rows came */

/* Reading: visit is called for each row, in order. ERR_FORMAT: damaged, or not ascending; what was visited is then not to be believed. */
struct roster_head {
	uint64_t rows, position;
	uint16_t day;
};
enum err roster_read(const char *path, struct roster_head *head,
                     enum err (*visit)(void *ctx, const struct recipient *r), void *ctx) MUST_CHECK;

#endif
