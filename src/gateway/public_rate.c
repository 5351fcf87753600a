/* public_rate.c - how often the public may ask: by address and for all; see public.h.
 *
 * A bucket of n in a period is one time: when it would be full again. Each request moves that time by period / n, and may come if it then lies no further ahead than the period. Addresses are kept as
 * keyed hashes in sets of ways; a full set forgets whoever has the most left. */
#include <netinet/in.h>
#include "base/clock.h"
#include "gateway/public_int.h"

enum {
	NAME_SPACE_PUBLIC = 0x50554241, /* keeps addresses apart from tokens */
	NET_V4 = 3,                     /* bytes of what one provider gives to one customer, at the most */
	NET_V6 = 6,
	WAYS = 8
};

static bool take(int64_t *full_us, uint64_t n, int64_t period_us, int64_t now_us, int64_t *wait_us)
{
	int64_t cost = period_us / (int64_t)n, at = *full_us > now_us ? *full_us : now_us;

	if (at - now_us > period_us) /* the clock went back */
		at = now_us;
	if (at + cost - now_us > period_us) {
		*wait_us = at + cost - now_us - period_us;
		return false;
	}
	*full_us = at + cost;
	return true;
}

/* Its first bytes. */
static struct token address(const struct public_desk *p, const struct sockaddr *from, size_t v4, size_t v6)
{
	struct text bytes = TEXT("");

	if (from != NULL && from->sa_family == AF_INET)
		bytes = text_of((const char *)&((const struct sockaddr_in *)(const void *)from)->sin_addr, v4);
	if (from != NULL && from->sa_family == AF_INET6)
		bytes = text_of((const char *)&((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, v6);
	return hash_token(p->o.key, NAME_SPACE_PUBLIC, bytes);
}

static int64_t latest(const struct public_rate *r)
{
	int64_t most = 0;

	for (int i = 0; i < PUBLIC_COSTS; i++)
		most = r->next_us[i] > most ? r->next_us[i] : most;
	return most;
}

/* n: a multiple of WAYS. */
static struct public_rate *rate_of(struct public_rate *entry, size_t n, struct token from)
{
	struct public_rate *set = &entry[from.w[0] % (n / WAYS) * WAYS], *to = set;

	for (uint32_t i = 0; i < WAYS; i++) {
		if (token_eq(set[i].from, from))
			return &set[i];
		if (latest(&set[i]) < latest(to))
			to = &set[i];
	}
	*to = (struct public_rate){ .from = from };
	return to;
}

/* All limits are looked at before any is taken from, so that what is refused costs nothing. */
bool public_admit(struct public_desk *p, const struct config *c, enum public_cost cost, const struct sockaddr *from,
                  int64_t *wait_us)
{
	const struct {
		uint64_t n;
		int64_t period_us;
	} limit[PUBLIC_COSTS] = { [PUBLIC_ASKS] = { c->public_requests, US_PER_MINUTE },
		                      [PUBLIC_FILES] = { c->public_filings, US_PER_HOUR },
		                      [PUBLIC_PROVES] = { c->public_proofs, US_PER_HOUR },
		                      [PUBLIC_JOINS] = { c->public_registrations, US_PER_HOUR },
		                      [PUBLIC_READS] = { c->public_reads, US_PER_MINUTE } };
	int64_t now_us = p->o.now_us(), all;
	enum public_cost own = cost == PUBLIC_JOINS ? PUBLIC_FILES : cost; /* of the address itself */
	struct public_rate *r, *net, next;
	int64_t joined_us;
	bool ok;

	pthread_mutex_lock(&p->rates.lock);
	r = rate_of(p->rates.entry, ARRAY_LEN(p->rates.entry), address(p, from, 4, 8));
	net = rate_of(p->rates.net, ARRAY_LEN(p->rates.net), address(p, from, NET_V4, NET_V6));
	next = *r;
	joined_us = net->next_us[PUBLIC_JOINS];
	all = p->rates.all_us;
	ok = (cost == PUBLIC_READS ||
	      take(&next.next_us[PUBLIC_ASKS], limit[PUBLIC_ASKS].n, limit[PUBLIC_ASKS].period_us, now_us, wait_us)) &&
	     (own == PUBLIC_ASKS || take(&next.next_us[own], limit[own].n, limit[own].period_us, now_us, wait_us)) &&
	     (cost != PUBLIC_JOINS || take(&joined_us, limit[cost].n, limit[cost].period_us, now_us, wait_us)) &&
	     (cost == PUBLIC_READS || take(&all, c->public_rate, US_PER_SECOND, now_us, wait_us));
	if (ok) {
		*r = next;
		net->next_us[PUBLIC_JOINS] = joined_us;
		p->rates.all_us = all;
	}
	pthread_mutex_unlock(&p->rates.lock);
	return ok;
}
