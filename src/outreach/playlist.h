/* playlist.h - what a screen shows at a moment: from all slots that are on, those that are for this screen, now, in order.
 *
 * If any emergency slot is for it, only those count. Otherwise the highest priority comes first; every slot that is for it is shown, those of equal priority in order of their numbers. The same slots,
 * screen and moment give the same list. Pure: local time is UTC+8. */
#ifndef DUANKA_OUTREACH_PLAYLIST_H
#define DUANKA_OUTREACH_PLAYLIST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLAYLIST_MAX = 100 /* items; what comes behind is left out */
};

struct playlist_slot { /* 0: not named, any; from_hour == to_hour: all day */
	uint64_t id, material;
	uint64_t screen, outlet;
	uint16_t organisation, district;
	int64_t starts_us, until_us;
	uint8_t weekdays; /* bits, 1 Monday .. 64 Sunday; 0: all */
	uint8_t from_hour, to_hour;
	uint16_t seconds;
	uint8_t priority;
	bool emergency;
};

struct playlist_screen {
	uint64_t id, outlet;
	uint16_t organisation, district;
};

/* Whether the slot is for the screen, whenever. */
bool playlist_fits(const struct playlist_slot *s, const struct playlist_screen *screen);
/* Whether the slot is for the screen at that moment. */
bool playlist_shows(const struct playlist_slot *s, const struct playlist_screen *screen, int64_t now_us);
/* The slots in order, as indexes into slot; returns how many. *emergency: they replace all others. */
uint32_t playlist_make(const struct playlist_slot *slot, uint32_t n, const struct playlist_screen *screen,
                       int64_t now_us, uint32_t out[PLAYLIST_MAX], bool *emergency);

#endif
