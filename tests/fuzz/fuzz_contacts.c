/* fuzz_contacts.c - bytes that claim to be the index of a segment. Whatever they are: no read outside, places that ascend inside the segment or
 * none; nothing handed out that does not name the token, and nothing twice. Bytes whose checksums do not fit change nothing at all: the same
 * records are found as without an index.
 *
 * Input: u8 which token is asked for; u8 bit 0 = mend the checksums, and make the head belong to the segment (a forger's index, which may leave
 * things out), bit 1 = look into the journal too, which is slow; the index. */
#include <endian.h>
#include <xxhash.h>
#include "base/check.h"
#include "base/mem.h"
#include "journal/contacts_int.h"
#include "tests/sim/disk_virtual.h"
#include "tests/unit/contacts_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define INDEX "journal/00000000000000000001.idx"

struct stage {
	struct disk disk;
	struct world w;
	struct index_head head; /* of the true index */
	int fd;                 /* of the index, as it is written anew each time */
};

static void prepare(struct stage *s)
{
	unsigned char head[INDEX_HEAD_BYTES];
	size_t got;

	s->disk = disk_virtual_disk(disk_virtual_new(1));
	world_begin(&s->w, 1, &s->disk, 70000);
	world_grow(&s->w, 500);
	CHECK(contacts_index(&s->disk, 1, NULL, NULL) == ERR_OK);
	CHECK(s->disk.open(s->disk.ctx, INDEX, DISK_WRITE, &s->fd) == ERR_OK);
	CHECK(s->disk.read_at(s->disk.ctx, s->fd, 0, head, sizeof(head), &got) == ERR_OK && got == sizeof(head));
	CHECK(index_head_take(head, &s->head));
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

/* What a forger would do: a head of this very segment, and each bucket's checksum as it has to be. */
static void mend(const struct stage *s, unsigned char *p, size_t n)
{
	struct index_head h = s->head;

	if (n < INDEX_HEAD_BYTES)
		return;
	h.events = get64(p + 32);
	h.least_us = (int64_t)get64(p + 40);
	h.greatest_us = (int64_t)get64(p + 48);
	h.schemas = get64(p + 56);
	index_head_put(p, &h);
	for (uint64_t b = 0; b <= index_buckets(&h) && INDEX_HEAD_BYTES + 8 * b + 16 <= n; b++) {
		uint64_t from = get64(p + INDEX_HEAD_BYTES + 8 * b), to = get64(p + INDEX_HEAD_BYTES + 8 * b + 8), sum;

		if (from < INDEX_HEAD_BYTES + 8 * (index_buckets(&h) + 2) || to > n || from > to || to - from < 8)
			continue;
		sum = htole64(index_bucket_checksum(&h, b, text_of((const char *)p + from + 8, to - from - 8)));
		memcpy(p + from, &sum, sizeof(sum));
	}
}

struct seen {
	const struct world *w;
	const struct contacts_query *q;
	uint64_t last;
};

static bool see(void *ctx, const struct record *r, const struct written *w)
{
	struct seen *s = ctx;
	struct token token[SCHEMA_IDENTS_MAX];
	uint8_t kind[SCHEMA_IDENTS_MAX];
	uint32_t n;
	bool named = false;

	CHECK(record_event_tokens(w->recast, r, kind, token, &n) == ERR_OK);
	for (uint32_t i = 0; i < n; i++)
		named |= token_eq(token[i], s->q->token);
	CHECK(named && r->position < s->last);
	s->last = r->position;
	return true;
}

/* The reader alone. */
static void look_up(struct stage *s, struct token t, bool forged)
{
	struct segment_head after = { .first = s->head.next };
	struct places places = { .n = 0 };
	struct index_head h;
	struct buf scratch;
	bool fits, absent;
	int fd;

	memcpy(after.chain, s->head.chain, sizeof(after.chain));
	CHECK(index_open(&s->disk, 1, &after, &h, &fd, &fits, &absent) == ERR_OK && !absent);
	CHECK(fits || !forged);
	if (!fits)
		return;
	buf_init(&scratch, INDEX_BUCKET_MAX);
	for (uint64_t b = 0; b <= index_buckets(&h); b++) {
		places.n = 0;
		if (index_find(&s->disk, fd, &h, b, b < index_buckets(&h) ? t.w[0] : 0, &scratch, &places) != ERR_OK)
			continue;
		for (size_t i = 0; i < places.n; i++)
			CHECK(place_batch(places.at[i]) >= JOURNAL_SEGMENT_HEAD_BYTES && place_batch(places.at[i]) <= h.bytes &&
			      (i == 0 || places.at[i - 1] < places.at[i]));
	}
	s->disk.close(s->disk.ctx, fd);
	places_release(&places);
	buf_release(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct stage s;
	struct contacts_query q = {
		.kind = CONTACTS_ANY_KIND, .from_us = INT64_MIN, .to_us = INT64_MAX, .end = UINT64_MAX, .most = UINT64_MAX
	};
	struct seen seen = { .w = &s.w, .q = &q, .last = UINT64_MAX };
	struct contacts_stats stats;
	unsigned char *copy;

	if (s.w.journal == NULL)
		prepare(&s);
	if (n < 2 || n > 1 << 20)
		return 0;
	q.token = s.w.pool[p[0] % WORLD_POOL];
	copy = mem_alloc(n - 2);
	CHECK(copy != NULL);
	memcpy(copy, p + 2, n - 2);
	if ((p[1] & 1) != 0)
		mend(&s, copy, n - 2);
	CHECK(s.disk.truncate(s.disk.ctx, s.fd, 0) == ERR_OK);
	CHECK(s.disk.write_at(s.disk.ctx, s.fd, 0, copy, n - 2) == ERR_OK);
	mem_free(copy);
	look_up(&s, q.token, (p[1] & 1) != 0 && n - 2 >= INDEX_HEAD_BYTES);
	if ((p[1] & 2) == 0)
		return 0;
	if ((p[1] & 1) != 0) {
		CHECK(contacts_find(&s.disk, &q, &stats, see, &seen, NULL) == ERR_OK);
	} else {
		enum err e;

		CHECK(world_check(&s.w, &q, &stats, &e) == NULL && e == ERR_OK);
	}
	return 0;
}
