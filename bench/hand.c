/* hand.c - what somebody would write by hand for the eight features of bench/policy/calls.dk: a fixed struct a phone, arrays of
 * calls in order of time, one walk a phone and event for exact windows and distinct counts, and prefetching over a batch as the
 * engine has it. No late events, no filters to choose, no policy to change: the yardstick for what generality costs. */
#include "base/clock.h"
#include "base/mem.h"
#include "bench/bench.h"

enum {
	FIRST_ROOM = 4,
	SEEN_MAX = 4096
};

struct call {
	int64_t time_us;
	uint32_t peer, talk_s;
};

struct calls {
	struct call *call;
	uint32_t first, n, room;
};

struct phone {
	struct token token;
	struct calls out, in;
};

struct hand {
	struct phone *phone;
	uint32_t *index; /* open addressing by token */
	uint64_t mask;
	uint32_t n_phones;
	uint32_t seen[SEEN_MAX];
};

struct hand *hand_new(uint64_t phones)
{
	struct hand *h = mem_alloc(sizeof(*h));
	uint64_t cap = 1;

	CHECK(h != NULL);
	while (cap < 2 * phones)
		cap *= 2;
	h->mask = cap - 1;
	h->phone = mem_area((phones + 1) * sizeof(*h->phone));
	h->index = mem_area(cap * sizeof(*h->index));
	CHECK(h->phone != NULL && h->index != NULL);
	return h;
}

static struct phone *find(struct hand *h, struct token t)
{
	uint64_t i = t.w[0] & h->mask;

	for (; h->index[i] != 0; i = (i + 1) & h->mask)
		if (token_eq(h->phone[h->index[i]].token, t))
			return &h->phone[h->index[i]];
	h->index[i] = ++h->n_phones;
	h->phone[h->n_phones].token = t;
	return &h->phone[h->n_phones];
}

static void add(struct calls *c, struct call x)
{
	while (c->n > 0 && c->call[c->first].time_us <= x.time_us - US_PER_DAY) {
		c->first++;
		c->n--;
	}
	if (c->first + c->n == c->room) {
		if (c->first > c->room / 4) {
			memmove(c->call, c->call + c->first, c->n * sizeof(*c->call));
		} else {
			struct call *more = mem_alloc_array(c->n * 3 / 2 + FIRST_ROOM, sizeof(*more));

			CHECK(more != NULL);
			memcpy(more, c->call + c->first, c->n * sizeof(*more));
			mem_free(c->call);
			c->call = more;
			c->room = c->n * 3 / 2 + FIRST_ROOM;
		}
		c->first = 0;
	}
	c->call[c->first + c->n++] = x;
}

static bool seen(struct hand *h, uint32_t n, uint32_t peer)
{
	for (uint32_t i = 0; i < n; i++)
		if (h->seen[i] == peer)
			return true;
	return false;
}

static void walk_out(struct hand *h, const struct calls *c, int64_t now_us, int64_t *f)
{
	uint32_t different = 0;

	memset(f, 0, 6 * sizeof(*f));
	for (uint32_t i = c->n; i-- > 0;) {
		const struct call *x = &c->call[c->first + i];
		bool hour = x->time_us > now_us - US_PER_HOUR;

		if (x->time_us <= now_us - US_PER_DAY)
			break;
		f[0] += hour;
		f[1]++;
		if (!seen(h, different, x->peer) && different < SEEN_MAX) {
			h->seen[different++] = x->peer;
			f[2] += hour;
		}
		f[4] += x->talk_s;
		f[5] += x->talk_s < 10;
	}
	f[3] = different;
	f[4] *= US_PER_SECOND;
}

static void walk_in(struct hand *h, const struct calls *c, int64_t now_us, int64_t *f)
{
	uint32_t different = 0;

	f[0] = 0;
	for (uint32_t i = c->n; i-- > 0 && c->call[c->first + i].time_us > now_us - US_PER_DAY;) {
		f[0]++;
		if (!seen(h, different, c->call[c->first + i].peer) && different < SEEN_MAX)
			h->seen[different++] = c->call[c->first + i].peer;
	}
	f[1] = different;
}

void hand_apply(struct hand *h, const struct traffic *t, uint32_t n, int64_t (*out)[HAND_FEATURES])
{
	struct phone *a[ENGINE_BATCH_MAX], *b[ENGINE_BATCH_MAX];

	for (uint32_t i = 0; i < n; i++) {
		__builtin_prefetch(&h->index[t[i].token[t[i].caller].w[0] & h->mask]);
		__builtin_prefetch(&h->index[t[i].token[t[i].callee].w[0] & h->mask]);
	}
	for (uint32_t i = 0; i < n; i++) {
		__builtin_prefetch(&h->phone[h->index[t[i].token[t[i].caller].w[0] & h->mask]]);
		__builtin_prefetch(&h->phone[h->index[t[i].token[t[i].callee].w[0] & h->mask]]);
	}
	for (uint32_t i = 0; i < n; i++) {
		a[i] = find(h, t[i].token[t[i].caller]);
		b[i] = find(h, t[i].token[t[i].callee]);
		__builtin_prefetch(a[i]->out.call + a[i]->out.first);
		__builtin_prefetch(b[i]->in.call + b[i]->in.first);
	}
	for (uint32_t i = 0; i < n; i++) {
		add(&a[i]->out, (struct call){ t[i].time_us, t[i].callee, (uint32_t)(t[i].talk_us / US_PER_SECOND) });
		add(&b[i]->in, (struct call){ t[i].time_us, t[i].caller, 0 });
		walk_out(h, &a[i]->out, t[i].time_us, out[i]);
		walk_in(h, &b[i]->in, t[i].time_us, out[i] + 6);
	}
}

void hand_free(struct hand *h)
{
	for (uint32_t i = 1; i <= h->n_phones; i++) {
		mem_free(h->phone[i].out.call);
		mem_free(h->phone[i].in.call);
	}
	mem_free(h);
}
