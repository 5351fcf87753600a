/* refusals.c - see refusals.h. */
#include "gateway/refusals.h"
#include "gateway/desk_show.h"

struct looking {
	struct text name;
	struct token phone;
	int64_t now_us;
	bool known, listed;
};

/* On the writer's thread. */
static void look(void *ctx, struct shard *s)
{
	struct looking *l = ctx;
	const struct policy *p = &shard_edition(s)->policy;
	uint8_t phones = desk_entity_kind(&p->schema, DESK_PHONE);

	for (uint32_t i = 0; i < p->n_lists; i++) {
		const struct list *list = &p->list[i];
		int64_t until_us = 0;

		if (!text_eq(list->name, l->name) || list->type.dim != DIM_ENTITY || list->type.entity != phones)
			continue;
		l->known = true;
		l->listed = engine_list_until(shard_engine(s), i, l->phone, 0, &until_us) && until_us > l->now_us;
	}
}

enum err refusals_ask(struct writer *w, const struct config *c, struct token phone, int64_t now_us, enum refusal *out)
{
	struct looking l = { .name = text_z(c->outbox_refusals), .phone = phone, .now_us = now_us };

	*out = REFUSAL_NONE;
	if (l.name.n == 0)
		return ERR_OK;
	if (!writer_do(w, look, &l))
		return ERR_STOPPED;
	*out = !l.known ? REFUSAL_UNKNOWN : l.listed ? REFUSAL_LISTED : REFUSAL_NONE;
	return ERR_OK;
}
