/* screens.h - what all screens show, kept in memory: screens, slots that are on, and their materials, read again when the registry has changed one of them.
 *
 * What there is too much of is left out as screen_view.h says, and told in the metrics; when no view can be made, the one before stays, and that is told there, too.
 *
 * A poll reads no disk: it finds the screen of its address, makes the playlist of the moment (outreach/playlist.h) and notes that the screen was heard of. An address is a number, a turn and a keyed hash of
 * both (128 bits): nothing is stored, and a new turn makes the old address void. One thread reads the registry, when the projector has committed, and writes down now and then who was heard of. */
#ifndef DUANKA_GATEWAY_SCREENS_H
#define DUANKA_GATEWAY_SCREENS_H
#include "gateway/projector.h"
#include "gateway/screen_view.h"
#include "store/plays.h"

enum {
	SCREEN_ADDRESS_MAX = 80, /* bytes, with the NUL */
	SCREEN_POLL_S = 5,       /* how often a screen asks */
	SCREEN_SILENT_S = 120    /* not heard of for so long */
};

struct screens_options { /* all borrowed */
	struct registry *registry;
	struct texts *texts;
	struct plays *plays;
	struct projector *projector;
	const struct hash_key *key;
	int64_t (*now_us)(void);
};
struct screens;
enum err screens_start(struct screens **out, const struct screens_options *o) MUST_CHECK;
void screens_stop(struct screens *s); /* NULL is fine; nobody may be inside */

void screen_address(const struct hash_key *key, uint64_t id, int64_t turn, char out[SCREEN_ADDRESS_MAX]);
/* The active screen of this address. False: there is none; whatever is wrong with it, it takes as long. */
bool screens_find(struct screens *s, struct text address, uint64_t *id);
/* Its playlist as JSON, appended; and that it was heard of. False: no such screen any more. */
bool screens_playlist(struct screens *s, uint64_t id, struct text address, struct buf *out);
/* The picture of a material that some slot shows: its reference. False: none. */
bool screens_picture(struct screens *s, uint64_t material, int64_t edition, unsigned char ref[TEXT_REF_BYTES]);
/* When the screen was last heard of; 0: never. */
int64_t screens_seen(struct screens *s, uint64_t id);
struct screens_counts {
	uint64_t screens, slots, screens_left_out, slots_left_out; /* of the view that is in place */
	uint64_t failures;                                         /* times that no other could be made */
	bool failing;                                              /* the last time */
};
void screens_count(struct screens *s, struct screens_counts *out);
/* Waits until everything committed before the call is in: for tests, and for who wants to see what they did. */
void screens_settle(struct screens *s);

#endif
