/* recovery.c - a data directory as a service leaves it: N events in its journal, a snapshot some events before the end. bench/recovery.sh starts a
 * service on it. The events are bench/traffic.c's, under the shipped policy.
 *
 * recovery DIRECTORY POLICY N BEHIND [PHONES] */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include "app/serve_load.h"
#include "base/clock.h"
#include "bench/bench.h"
#include "shard/shard.h"

enum {
	PHONES = 1000000,
	STEP_US = 1000 /* a thousand calls a second */
};

static struct shard_item item[SHARD_ITEMS_MAX];
static struct event event[SHARD_ITEMS_MAX];

static bool apply(struct shard *s, struct traffic *t, uint32_t type, uint64_t n)
{
	while (n > 0) {
		uint32_t k = n < SHARD_ITEMS_MAX ? (uint32_t)n : SHARD_ITEMS_MAX;

		for (uint32_t i = 0; i < k; i++) {
			traffic_next(t);
			traffic_event(t, type, &event[i]);
			item[i] = (struct shard_item){ .event = &event[i] };
		}
		if (shard_apply(s, item, k) != ERR_OK)
			return false;
		n -= k;
	}
	return true;
}

static int make(const char *dir, const char *policy_dir, uint64_t n, uint64_t behind, uint64_t phones)
{
	struct shard_options o = { .read_zone = load_zone,
		                       .lateness_us = 10 * US_PER_MINUTE,
		                       .now_us = serve_now_us(),
		                       .repeats_max = 1 << 20,
		                       .snapshots_kept = 2,
		                       .evidence_max = 20 };
	struct shard_found found;
	struct hash_key key;
	struct traffic t;
	struct disk d;
	struct shard *s;
	struct buf policy, why;
	int call;
	bool ok;

	buf_init(&policy, RECORD_PAYLOAD_MAX);
	buf_init(&why, 1 << 20);
	if (sodium_init() < 0 || !serve_disk(dir, true, &d) || !serve_key(dir, NULL, true, &key) ||
	    !serve_policy(policy_dir, NULL, &key, o.lateness_us, &policy))
		return 1;
	o.disk = &d;
	o.key = &key;
	o.policy = buf_view(&policy);
	engine_options_default(&o.engine);
	if (shard_open(&s, &o, &found, &why) != ERR_OK) {
		fprintf(stderr, "recovery: %s\n", why.n > 0 ? why.p : "out of memory");
		return 1;
	}
	call = schema_event_find(&shard_policy_in_force(s)->schema, TEXT("call"));
	ok = call >= 0 && traffic_init(&t, &key, 0, phones, STEP_US) && apply(s, &t, (uint32_t)call, n - behind) &&
	     shard_snapshot(s) == ERR_OK && apply(s, &t, (uint32_t)call, behind);
	traffic_release(&t);
	shard_close(s);
	disk_real_close(&d);
	buf_release(&policy);
	buf_release(&why);
	if (!ok)
		fprintf(stderr, "recovery: the journal could not be made\n");
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, behind = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;

	if (n == 0 || behind > n) {
		fprintf(stderr, "recovery DIRECTORY POLICY N BEHIND [PHONES]\n");
		return 1;
	}
	return make(argv[1], argv[2], n, behind, argc > 5 ? strtoull(argv[5], NULL, 10) : PHONES);
}
