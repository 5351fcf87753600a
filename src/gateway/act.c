/* act.c - see act.h. */
#include "gateway/act.h"
#include <inttypes.h>

void act_begin(struct buf *b, const char *act, const struct caller *who, struct text why)
{
	char name[sizeof(who->tenant) + sizeof(who->key_id) + 1];
	size_t n = strlen(who->tenant), k = strlen(who->key_id);

	memcpy(name, who->tenant, n);
	name[n] = '/';
	memcpy(name + n + 1, who->key_id, k);
	buf_init(b, ACT_BYTES_MAX);
	buf_z(b, "{\"act\":");
	buf_json(b, text_z(act));
	act_text(b, "who", text_of(name, n + 1 + k));
	if (why.n > 0)
		act_text(b, "why", why);
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

enum err act_end(struct buf *b)
{
	buf_char(b, '}');
	return b->err;
}

enum err act_note(struct buf *b, struct shard *s, int64_t now_us, const struct caller *who)
{
	enum err e = act_end(b);

	if (e == ERR_OK)
		e = shard_note(s, RECORD_ACT, now_us, who->organisation, buf_view(b));
	buf_release(b);
	return e;
}
