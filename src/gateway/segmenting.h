/* segmenting.h - a campaign's segment, out of the roster: DIRECTORY/campaigns/CA-N.segment, in one pass.
 *
 *   head (64 bytes): "DKSEGM01", u64 id of the campaign, u64 rows, u64 held out, u64 position of the journal that the roster goes up to, zeros
 *   rows (MEMBER_BYTES each), in the roster's order; of a flood a row a district, in order of their numbers
 * Its digest (BLAKE2b-256 of the whole file) goes into the journal with the step that says how large it is, so that a file that is not the one approved is noticed. The service counts all that in the file itself
 * (http_campaigns.c): whoever made it claims nothing. Tokens only, mode 0600. */
#ifndef DUANKA_GATEWAY_SEGMENTING_H
#define DUANKA_GATEWAY_SEGMENTING_H
#include "desk/desk.h"
#include "gateway/roster.h"

enum {
	SEGMENT_HEAD_BYTES = 64,
	SEGMENT_ROWS_MAX = ROSTER_PEOPLE_MAX,
	SEGMENT_DISTRICTS_MAX = 512
};

struct segment_made {
	uint64_t rows, held, seen; /* seen: people in the roster */
	uint64_t position;
	uint64_t why[SEGMENT_WHY_COUNT];
	uint64_t people; /* of a flood: in its districts */
	unsigned char digest[CAMPAIGN_DIGEST_BYTES];
};
/* campaign: as planned. now_us: what "lately" and ages are counted from. key: the installation's, for the lot. ERR_ABSENT: there is no roster; ERR_FORMAT: it is damaged; ERR_CAP: more than
 * SEGMENT_DISTRICTS_MAX districts. The file at path is replaced as a whole, or is as it was. */
enum err segment_make(const struct desk_object *campaign, const struct hash_key *key, int64_t now_us,
                      const char *roster, const char *path, struct segment_made *out) MUST_CHECK;

/* One that was made, in memory. */
struct segment {
	uint64_t campaign, rows, held, position;
	const unsigned char *row; /* rows x MEMBER_BYTES */
	unsigned char digest[CAMPAIGN_DIGEST_BYTES];
	void *map;
	size_t map_bytes;
};
/* The file at path: each row is looked at. ERR_ABSENT; ERR_FORMAT: not one, not of this campaign, or its head says other numbers than its rows. */
enum err segment_look(struct segment *out, const char *path, uint64_t campaign) MUST_CHECK;
/* The same, and ERR_FORMAT: another one than the one whose size, number held out and digest stand in the campaign. */
enum err segment_open(struct segment *out, const char *path, const struct desk_object *campaign) MUST_CHECK;
void segment_close(struct segment *s);

#endif
