/* playlist.c - see playlist.h. */
#include "outreach/playlist.h"
#include "base/clock.h"

/* Monday is 0. The first of January 1970 was a Thursday. */
static void local(int64_t us, uint32_t *weekday, uint32_t *hour)
{
	int64_t at = us + 8 * US_PER_HOUR, day = at / US_PER_DAY - (at % US_PER_DAY < 0);

	*weekday = (uint32_t)(((day + 3) % 7 + 7) % 7);
	*hour = (uint32_t)((at - day * US_PER_DAY) / US_PER_HOUR);
}

static bool at_this_hour(const struct playlist_slot *s, uint32_t weekday, uint32_t hour)
{
	uint32_t from = s->from_hour, to = s->to_hour == 0 ? 24 : s->to_hour;
	bool over_midnight = from >= to && s->from_hour != s->to_hour;

	if (s->from_hour == s->to_hour)
		from = 0, to = 24;
	if (over_midnight && hour < to) /* the night belongs to the day on which it began */
		weekday = (weekday + 6) % 7;
	if (s->weekdays != 0 && (s->weekdays >> weekday & 1) == 0)
		return false;
	return over_midnight ? hour >= from || hour < to : hour >= from && hour < to;
}

bool playlist_fits(const struct playlist_slot *s, const struct playlist_screen *screen)
{
	return (s->screen == 0 || s->screen == screen->id) && (s->outlet == 0 || s->outlet == screen->outlet) &&
	       (s->organisation == 0 || s->organisation == screen->organisation) &&
	       (s->district == 0 || s->district == screen->district);
}

bool playlist_shows(const struct playlist_slot *s, const struct playlist_screen *screen, int64_t now_us)
{
	uint32_t weekday, hour;

	if (!playlist_fits(s, screen))
		return false;
	if (now_us < s->starts_us || (s->until_us != 0 && now_us >= s->until_us))
		return false;
	local(now_us, &weekday, &hour);
	return s->emergency || at_this_hour(s, weekday, hour);
}

static bool before(const struct playlist_slot *a, const struct playlist_slot *b)
{
	return a->priority != b->priority ? a->priority > b->priority : a->id < b->id;
}

uint32_t playlist_make(const struct playlist_slot *slot, uint32_t n, const struct playlist_screen *screen,
                       int64_t now_us, uint32_t out[PLAYLIST_MAX], bool *emergency)
{
	uint32_t count = 0;

	*emergency = false;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = count;

		if (!playlist_shows(&slot[i], screen, now_us) || (*emergency && !slot[i].emergency))
			continue;
		if (slot[i].emergency && !*emergency) {
			*emergency = true;
			at = count = 0;
		}
		while (at > 0 && before(&slot[i], &slot[out[at - 1]]))
			at--;
		if (at == PLAYLIST_MAX)
			continue;
		count += count < PLAYLIST_MAX;
		for (uint32_t k = count - 1; k > at; k--)
			out[k] = out[k - 1];
		out[at] = i;
	}
	return count;
}
