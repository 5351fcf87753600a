/* desk_notice.c - see desk_notice.h. */
#include "gateway/desk_notice.h"
#include <inttypes.h>
#include "gateway/desk_show.h"
#include "gateway/wire_command.h"

const char *const desk_notice_names[] = { "owed", "sent", "given" };
const char *const desk_notice_zh[] = { "待告知", "已发出", "已告知" };

static enum desk_notice_state state_of(enum delivery_state s)
{
	switch (s) {
	case DELIVERY_SENT:
	case DELIVERY_RECEIPTED: return DESK_NOTICE_SENT;
	case DELIVERY_DONE: return DESK_NOTICE_GIVEN;
	default: return DESK_NOTICE_OWED;
	}
}

enum err desk_notice_of(struct delivery *d, const struct desk_object *o, struct desk_notice *out)
{
	struct delivery_row row;
	enum err e;

	if (o->kind != DESK_MEASURE)
		return ERR_RANGE;
	e = delivery_of_object(d, o->id, DESK_MESSAGE_NOTICE, &row);
	if (e == ERR_OK) {
		*out = (struct desk_notice){ state_of(row.state), row.id, row.changed_us, row.made_us };
	} else if (e == ERR_ABSENT) { /* messages are taken over in order, and go when they have been done for long */
		bool taken = delivery_taken(d) >= o->id;

		*out = (struct desk_notice){ taken ? DESK_NOTICE_GIVEN : DESK_NOTICE_OWED, 0, 0, o->made_us };
		e = ERR_OK;
	}
	return e;
}

void desk_put_notice(struct buf *b, struct delivery *d, const struct desk_object *o, int64_t now_us)
{
	struct desk_notice n;
	char id[24];
	enum err e = desk_notice_of(d, o, &n);

	if (e == ERR_RANGE)
		return;
	if (e != ERR_OK) {
		b->err = e;
		return;
	}
	buf_printf(b, ",\"notice\":{\"state\":\"%s\",\"zh\":\"%s\",\"message\":", desk_notice_names[n.state],
	           desk_notice_zh[n.state]);
	command_id_print(id, n.message);
	buf_printf(b, n.message == 0 ? "null" : "\"%s\"", id);
	buf_z(b, ",\"since\":");
	desk_put_time(b, n.since_us);
	buf_printf(b, ",\"late\":%s}",
	           n.state == DESK_NOTICE_OWED && now_us - n.owed_us > DESK_NOTICE_OWED_US ? "true" : "false");
}

void desk_notice_metrics(struct buf *b, struct delivery *d, int64_t now_us)
{
	struct delivery_owed o;

	if (delivery_owed(d, DESK_MESSAGE_NOTICE, now_us - DESK_NOTICE_OWED_US, &o) != ERR_OK)
		return; /* no figure is better than a wrong one */
	buf_printf(b,
	           "# HELP duanka_notices_owed Notices to people that wait, are dead letters or lie unread at the seats.\n"
	           "# TYPE duanka_notices_owed gauge\nduanka_notices_owed %" PRIu64 "\n"
	           "# HELP duanka_notices_late Those owed for more than a day: an alarm if it is not 0.\n"
	           "# TYPE duanka_notices_late gauge\nduanka_notices_late %" PRIu64 "\n"
	           "# HELP duanka_notices_owed_seconds For how long the oldest has been owed.\n"
	           "# TYPE duanka_notices_owed_seconds gauge\nduanka_notices_owed_seconds %" PRId64 "\n",
	           o.n, o.late, o.n == 0 || now_us < o.oldest_us ? 0 : (now_us - o.oldest_us) / US_PER_SECOND);
}
