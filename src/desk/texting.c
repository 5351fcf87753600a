/* texting.c - when a text may go to somebody's phone: by day only, and so many a day to a number. One piece for warnings of light grades and for publicity.
 *
 * Publicity gives way to warnings: it counts whatever the number has had today, and a warning counts other warnings only. Else a leaflet in the morning would keep a warning from whoever a scam is talking to. */
#include "desk/desk_int.h"
#include "desk/publication.h"
#include "desk/warning.h"

int64_t turn_text_hour(const struct desk_turn *t, int64_t at)
{
	int64_t day = desk_day(at), from = turn_limit(t, LIMIT_WARNING_SMS_FROM) * US_PER_HOUR;

	if (at - day < from)
		return day + from;
	return at - day < turn_limit(t, LIMIT_WARNING_SMS_TO) * US_PER_HOUR ? at : day + US_PER_DAY + from;
}

/* Texts that this object sent on the day. */
static int64_t sent_by(const struct desk_object *o, int64_t day)
{
	bool warning = o->kind == DESK_WARNING;
	uint32_t when = warning ? WARNING_F_SMS : PUBLICATION_F_OUT;

	if (!desk_has(o, when) || desk_day(desk_i(o, when)) != day)
		return 0;
	return warning ? desk_i(o, WARNING_F_SMS_TODAY) : 1;
}

static int64_t sent_on(struct desk_turn *t, uint32_t kind, struct desk_entity phone, int64_t day)
{
	uint64_t id = UINT64_MAX;
	int64_t sent = 0;

	for (uint32_t i = 0; i < DESK_ABOUT_MAX; i++) {
		const struct desk_object *o;

		id = turn_about(t, kind, phone, id);
		o = turn_peek(t, id);
		if (!o)
			break;
		sent += sent_by(o, day);
	}
	return sent;
}

bool turn_texted(struct desk_turn *t, struct desk_entity phone, int64_t at)
{
	int64_t day = desk_day(at), sent = sent_on(t, DESK_WARNING, phone, day);

	if (t->o->kind != DESK_WARNING)
		sent += sent_on(t, DESK_PUBLICATION, phone, day);
	return sent >= turn_limit(t, LIMIT_WARNING_SMS_DAY);
}
