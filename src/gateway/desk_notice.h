/* desk_notice.h - whether the person knows: a measure is imposed with its notice, but that the notice came is another matter (反电信网络诈骗法 Art 32).
 *
 * The ledger holds that a notice is to be given and by what channel; whether it was follows from how its message fares (store/delivery.h): owed while it waits, is a dead letter or lies unread at the seats; sent when
 * somebody took it over; given when that was confirmed, or when a person at the seats has seen to it. It does not follow from the journal, so it is shown beside the fields and never among them. */
#ifndef DUANKA_GATEWAY_DESK_NOTICE_H
#define DUANKA_GATEWAY_DESK_NOTICE_H
#include "base/clock.h"
#include "desk/desk.h"
#include "store/delivery.h"

#define DESK_NOTICE_OWED_US US_PER_DAY /* owed for longer: late, and an alarm */

enum desk_notice_state {
	DESK_NOTICE_OWED,
	DESK_NOTICE_SENT,
	DESK_NOTICE_GIVEN
};
struct desk_notice {
	enum desk_notice_state state;
	uint64_t message; /* 0: not taken over yet, or long done */
	int64_t since_us; /* of the state; 0: not known any more */
	int64_t owed_us;  /* OWED: since when */
};
/* Of the newest notice about a measure or a listing. ERR_RANGE: an object of this kind has none. */
enum err desk_notice_of(struct delivery *d, const struct desk_object *o, struct desk_notice *out) MUST_CHECK;
extern const char *const desk_notice_names[], *const desk_notice_zh[];
/* ,"notice":{...}; nothing for what has none. */
void desk_put_notice(struct buf *b, struct delivery *d, const struct desk_object *o, int64_t now_us);
/* Metrics: how many are owed, how many of them late, since when the oldest. */
void desk_notice_metrics(struct buf *b, struct delivery *d, int64_t now_us);

#endif
