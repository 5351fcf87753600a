/* limit_now.h - a limit of the desk as it is in force, for whoever stands outside the desk's machines: from the registry, or the usual value. */
#ifndef DUANKA_GATEWAY_LIMIT_NOW_H
#define DUANKA_GATEWAY_LIMIT_NOW_H
#include "store/registry.h"

/* limit: LIMIT_X. Errors as of registry_list. */
enum err limit_now(struct registry *r, uint32_t limit, int64_t *out) MUST_CHECK;

#endif
