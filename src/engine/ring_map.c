/* ring_map.c - growable blocks behind busy rings: maps of values, deques of sequence numbers.
 *
 * The map is open addressing with linear probing and backward-shift deletion, at most 5/8 full. A slot is (value, seq) in 8
 * bytes while values fit 32 bits, else in 16; sequence number 0 marks an empty slot. */
#include "base/hash.h"
#include "engine/ring_int.h"

enum {
	MAP_FIRST_LOG2 = 6,
	DEQUE_FIRST_LOG2 = 4,
	LOG2_MAX = 26
};

struct slot {
	uint64_t value;
	uint32_t seq;
};

static struct slot slot_read(const uint8_t *base, const struct ring_map *m, uint32_t i)
{
	struct slot s = { 0 };
	uint32_t narrow;

	if (m->wide) {
		memcpy(&s.value, base + 16 * (size_t)i, 8);
		memcpy(&s.seq, base + 16 * (size_t)i + 8, 4);
	} else {
		memcpy(&narrow, base + 8 * (size_t)i, 4);
		memcpy(&s.seq, base + 8 * (size_t)i + 4, 4);
		s.value = narrow;
	}
	return s;
}

static void slot_write(uint8_t *base, const struct ring_map *m, uint32_t i, struct slot s)
{
	uint32_t narrow = (uint32_t)s.value;

	if (m->wide) {
		memcpy(base + 16 * (size_t)i, &s.value, 8);
		memcpy(base + 16 * (size_t)i + 8, &s.seq, 4);
	} else {
		memcpy(base + 8 * (size_t)i, &narrow, 4);
		memcpy(base + 8 * (size_t)i + 4, &s.seq, 4);
	}
}

static size_t map_bytes(const struct ring_map *m)
{
	return (size_t)(m->wide ? 16 : 8) << m->cap_log2;
}

static uint32_t home(const struct ring_map *m, uint64_t value)
{
	return (uint32_t)(hash_mix(value) >> (64 - m->cap_log2));
}

/* Values of narrow slots are compared as their low 32 bits, which tell them apart. */
static uint64_t key_of(const struct ring_map *m, int64_t value)
{
	return m->wide ? (uint64_t)value : (uint32_t)value;
}

static uint32_t find(const uint8_t *base, const struct ring_map *m, uint64_t value, struct slot *s)
{
	uint32_t mask = (1u << m->cap_log2) - 1, i = home(m, value);

	for (;; i = (i + 1) & mask) {
		*s = slot_read(base, m, i);
		if (s->seq == 0 || s->value == value)
			return i;
	}
}

static bool map_grow(struct slab *s, struct ring_map *m)
{
	struct ring_map big = *m;
	struct slot old, there;
	size_t got;
	uint8_t *to, *from;

	big.cap_log2 = m->block == 0 ? MAP_FIRST_LOG2 : m->cap_log2 + 1;
	if (big.cap_log2 > LOG2_MAX)
		return false;
	big.block = slab_alloc(s, map_bytes(&big), &got);
	if (big.block == 0)
		return false;
	to = slab_at(s, big.block);
	memset(to, 0, map_bytes(&big));
	if (m->block != 0) {
		from = slab_at(s, m->block);
		for (uint32_t i = 0; i < 1u << m->cap_log2; i++) {
			old = slot_read(from, m, i);
			if (old.seq != 0)
				slot_write(to, &big, find(to, &big, old.value, &there), old);
		}
		slab_free(s, m->block, map_bytes(m));
	}
	*m = big;
	return true;
}

bool ring_map_put(struct slab *s, struct ring_map *m, int64_t value, uint32_t seq, uint32_t *before)
{
	struct slot there;
	uint32_t i;
	uint8_t *base;

	if ((m->block == 0 || 8 * (uint64_t)(m->n + 1) > 5ULL << m->cap_log2) && !map_grow(s, m))
		return false;
	base = slab_at(s, m->block);
	i = find(base, m, key_of(m, value), &there);
	*before = there.seq;
	m->n += there.seq == 0;
	slot_write(base, m, i, (struct slot){ key_of(m, value), seq });
	return true;
}

uint32_t ring_map_get(const struct slab *s, const struct ring_map *m, int64_t value)
{
	struct slot there;

	if (m->block == 0)
		return 0;
	find(slab_at(s, m->block), m, key_of(m, value), &there);
	return there.seq;
}

void ring_map_drop(struct slab *s, struct ring_map *m, int64_t value)
{
	uint32_t mask = (1u << m->cap_log2) - 1, hole, i;
	uint8_t *base = slab_at(s, m->block);
	struct slot there;

	hole = find(base, m, key_of(m, value), &there);
	if (there.seq == 0)
		return;
	m->n--;
	for (i = (hole + 1) & mask;; i = (i + 1) & mask) { /* whoever can move nearer to its home does */
		there = slot_read(base, m, i);
		if (there.seq == 0)
			break;
		if (((i - home(m, there.value)) & mask) >= ((i - hole) & mask)) {
			slot_write(base, m, hole, there);
			hole = i;
		}
	}
	slot_write(base, m, hole, (struct slot){ 0 });
}

void ring_map_free(struct slab *s, struct ring_map *m)
{
	if (m->block != 0)
		slab_free(s, m->block, map_bytes(m));
	*m = (struct ring_map){ .wide = m->wide };
}

uint32_t *ring_deque_at(const struct slab *s, const struct ring_deque *d, uint32_t i)
{
	return (uint32_t *)slab_at(s, d->block) + ((d->head + i) & ((1u << d->cap_log2) - 1));
}

bool ring_deque_push(struct slab *s, struct ring_deque *d, uint32_t seq)
{
	if (d->block == 0 || d->n == 1u << d->cap_log2) {
		struct ring_deque big = { .cap_log2 = d->block == 0 ? DEQUE_FIRST_LOG2 : d->cap_log2 + 1, .n = d->n };
		size_t got;

		if (big.cap_log2 > LOG2_MAX)
			return false;
		big.block = slab_alloc(s, (size_t)4 << big.cap_log2, &got);
		if (big.block == 0)
			return false;
		for (uint32_t i = 0; i < d->n; i++)
			*ring_deque_at(s, &big, i) = *ring_deque_at(s, d, i);
		ring_deque_free(s, d);
		*d = big;
	}
	*ring_deque_at(s, d, d->n++) = seq;
	return true;
}

void ring_deque_free(struct slab *s, struct ring_deque *d)
{
	if (d->block != 0)
		slab_free(s, d->block, (size_t)4 << d->cap_log2);
	*d = (struct ring_deque){ 0 };
}
