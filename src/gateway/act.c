/* act.c - see act.h. */
#include "gateway/act.h"
#include <inttypes.h>
#include "desk/machine.h"
#include "gateway/desk_show.h"

void caller_name(const struct caller *who, char *name)
{
	size_t n = strlen(who->tenant), k = strlen(who->key_id);

	memcpy(name, who->tenant, n);
	name[n] = '/';
	memcpy(name + n + 1, who->key_id, k + 1);
}

bool act_number_in(struct text why)
{
	uint32_t digits = 0;

	for (size_t i = 0; i < why.n && digits <= DESK_DIGITS_MAX; i++)
		digits = why.p[i] >= '0' && why.p[i] <= '9' ? digits + 1 : 0;
	return digits > DESK_DIGITS_MAX;
}

void act_begin(struct buf *b, const char *act, const struct caller *who, struct text why)
{
	char name[CALLER_NAME_MAX + 1];

	caller_name(who, name);
	buf_init(b, ACT_BYTES_MAX);
	buf_z(b, "{\"act\":");
	buf_json(b, text_z(act));
	act_text(b, "who", text_z(name));
	if (why.n > 0)
		act_text(b, "why", why);
	if (who->user != 0) {
		buf_z(b, ",\"user\":");
		desk_put_user(b, who->user);
	}
}

void act_text(struct buf *b, const char *name, struct text value)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, value);
}

void act_number(struct buf *b, const char *name, int64_t value)
{
	buf_printf(b, ",\"%s\":%" PRId64, name, value);
}

void act_end(struct buf *b, int64_t now_us, const struct caller *who, struct shard_act *out)
{
	buf_char(b, '}');
	*out = (struct shard_act){ .time_us = now_us, .organisation = who->organisation, .payload = buf_view(b) };
}

enum err act_note(struct buf *b, struct shard *s, int64_t now_us, const struct caller *who)
{
	struct shard_act a;
	enum err e;

	act_end(b, now_us, who, &a);
	e = b->err != ERR_OK ? b->err : shard_note(s, RECORD_ACT, a.time_us, a.organisation, a.payload);
	buf_release(b);
	return e;
}
