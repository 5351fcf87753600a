/* screen_view.h - what all screens show, as the registry has it: screens, slots that are on, and their materials. Made whole or not at all.
 *
 * Every part has a maximum. Emergencies are kept before all other slots, and among equals the slots that were approved last; of screens those that were there first, because they hang on a wall already. What had to
 * be left out is counted. */
#ifndef DUANKA_GATEWAY_SCREEN_VIEW_H
#define DUANKA_GATEWAY_SCREEN_VIEW_H
#include <stdatomic.h>
#include "outreach/playlist.h"
#include "store/registry.h"
#include "store/texts.h"

enum {
	SCREENS_MAX = 65536,
	SCREEN_SLOTS_MAX = 4096 /* on at a time */
};

struct known_screen {
	struct playlist_screen where;
	int64_t turn;
	uint8_t language;
	_Atomic int64_t seen_us; /* these two are those of whoever keeps the view */
	int64_t noted_us;
};

struct known_material {
	uint64_t id;
	int64_t edition;
	bool picture;
	unsigned char ref[TEXT_REF_BYTES];
	struct buf item; /* its members as JSON */
};

struct screen_view { /* owns what it points to */
	uint32_t n_screens, n_slots, n_materials, cap_screens, cap_slots, cap_materials;
	struct known_screen *screen; /* by id */
	struct playlist_slot *slot;
	struct known_material *material;           /* by id; of slots that are in the view */
	uint64_t screens_left_out, slots_left_out; /* there was no room for so many */
};

/* ERR_MEMORY, or what the registry or the texts failed with: v is empty then. */
enum err screen_view_make(struct screen_view *v, struct registry *r, struct texts *texts) MUST_CHECK;
void screen_view_release(struct screen_view *v);
struct known_screen *screen_view_screen(const struct screen_view *v, uint64_t id);     /* NULL: none */
struct known_material *screen_view_material(const struct screen_view *v, uint64_t id); /* NULL: none */
/* Which screens and at which hours a slot is for. */
void screen_slot_of(const struct desk_object *o, struct playlist_slot *out);
void screen_place_of(const struct desk_object *o, struct playlist_screen *out);

#endif
