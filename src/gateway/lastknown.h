/* lastknown.h - the last live decision about each entity, in memory: what an asker is told whose answer is not there in time, if its
 * organisation wishes that.
 *
 * It is fed with the lines of the file of alerts, at start with those that are there already; it is derived, and only ever a guess. Room for
 * LASTKNOWN_ENTRIES entities in sets of 8 by token; a set that is full forgets the entity whose alert is the oldest. What else it does not
 * know: alerts in shadow, entities that no alert was about, and alerts more than 30 days before the event that asks (as risk()). Any thread. */
#ifndef DUANKA_GATEWAY_LASTKNOWN_H
#define DUANKA_GATEWAY_LASTKNOWN_H
#include "show/alert_json.h"

enum {
	LASTKNOWN_WAYS = 8,
	LASTKNOWN_SETS = 1 << 15,
	LASTKNOWN_ENTRIES = LASTKNOWN_WAYS * LASTKNOWN_SETS /* 12 MiB, where touched */
};

struct lastknown;
enum err lastknown_new(struct lastknown **out) MUST_CHECK;
void lastknown_free(struct lastknown *l); /* NULL is fine */
/* A line of the file of alerts; anything else, and alerts in shadow, are passed over. */
void lastknown_note(struct lastknown *l, struct text line);
/* The newest decision about one of these, no older than 30 days at time_us; of two the one with the higher position, of one event's the graver. False: there is none. */
bool lastknown_find(struct lastknown *l, const struct token *about, uint32_t n, int64_t time_us,
                    struct alert_head *out);

#endif
