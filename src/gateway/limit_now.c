/* limit_now.c - see limit_now.h. */
#include "gateway/limit_now.h"
#include "desk/threshold.h"

static bool take_value(void *ctx, const struct registry_hit *h)
{
	if (h->object->state == THRESHOLD_IN_FORCE)
		*(int64_t *)ctx = desk_i(h->object, THRESHOLD_F_VALUE);
	return true;
}

enum err limit_now(struct registry *r, uint32_t limit, int64_t *out)
{
	struct registry_query q = { .kind = DESK_LIMIT,
		                        .states = 1u << THRESHOLD_IN_FORCE,
		                        .entity = { .kind = DESK_NUMBER, .token = { { 0, limit } } } };
	struct desk_limits usual;

	desk_limits_usual(&usual);
	*out = usual.value[limit];
	return registry_list(r, &q, 1, take_value, out);
}
