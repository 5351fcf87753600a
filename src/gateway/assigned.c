/* assigned.c - see assigned.h. */
#include "gateway/assigned.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"

enum {
	PATH_BYTES = 4096
};

struct assigned {
	char folder[PATH_BYTES];
	pthread_mutex_t lock;
	struct segment segment; /* map NULL: none yet */
	struct desk_code digest;
	uint32_t *by_phone; /* its rows */
};

enum err assigned_new(struct assigned **out, const char *folder)
{
	struct assigned *a = mem_alloc(sizeof(*a));
	size_t n = strlen(folder);

	*out = NULL;
	if (a == NULL)
		return ERR_MEMORY;
	if (n >= sizeof(a->folder)) {
		mem_free(a);
		return ERR_CAP;
	}
	memcpy(a->folder, folder, n + 1);
	CHECK(pthread_mutex_init(&a->lock, NULL) == 0);
	*out = a;
	return ERR_OK;
}

static void forget(struct assigned *a)
{
	segment_close(&a->segment);
	mem_free(a->by_phone);
	a->by_phone = NULL;
}

void assigned_free(struct assigned *a)
{
	if (a == NULL)
		return;
	forget(a);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
}

static void path_of(const struct assigned *a, const struct desk_object *campaign, char out[PATH_BYTES + 64])
{
	snprintf(out, PATH_BYTES + 64, "%s/CA-%" PRIu64 ".segment", a->folder, campaign->id);
}

enum err assigned_look(const struct assigned *a, const struct desk_object *campaign, struct segment *out)
{
	char path[PATH_BYTES + 64];

	path_of(a, campaign, path);
	return segment_look(out, path, campaign->id);
}

enum err assigned_segment(const struct assigned *a, const struct desk_object *campaign, struct segment *out)
{
	char path[PATH_BYTES + 64];

	path_of(a, campaign, path);
	return segment_open(out, path, campaign);
}

static void row_at(const struct segment *s, uint32_t row, struct member *out)
{
	member_take(s->row + (uint64_t)row * MEMBER_BYTES, out);
}

static int order(struct token x, struct token y)
{
	int k = (x.w[0] > y.w[0]) - (x.w[0] < y.w[0]);

	return k ? k : (x.w[1] > y.w[1]) - (x.w[1] < y.w[1]);
}

static int by_phone(const void *x, const void *y, void *ctx)
{
	struct member m, n;

	row_at(ctx, *(const uint32_t *)x, &m);
	row_at(ctx, *(const uint32_t *)y, &n);
	return order(m.phone, n.phone);
}

/* The campaign's segment becomes the one at hand. */
static enum err fetch(struct assigned *a, const struct desk_object *campaign)
{
	const struct desk_code *digest = &campaign->value[CAMPAIGN_F_DIGEST].code;
	enum err e;

	if (a->segment.map != NULL && a->segment.campaign == campaign->id && desk_has(campaign, CAMPAIGN_F_DIGEST) &&
	    a->digest.n == digest->n && memcmp(a->digest.p, digest->p, digest->n) == 0)
		return ERR_OK;
	forget(a);
	e = assigned_segment(a, campaign, &a->segment);
	if (e != ERR_OK)
		return e;
	a->by_phone = mem_alloc_array(a->segment.rows + 1, sizeof(*a->by_phone));
	if (a->by_phone == NULL) {
		forget(a);
		return ERR_MEMORY;
	}
	for (uint32_t i = 0; i < a->segment.rows; i++)
		a->by_phone[i] = i;
	qsort_r(a->by_phone, a->segment.rows, sizeof(*a->by_phone), by_phone, &a->segment);
	a->digest = *digest;
	return ERR_OK;
}

static enum assigned_place find(const struct assigned *a, struct token phone)
{
	uint64_t low = 0, high = a->segment.rows;
	struct member m;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		row_at(&a->segment, a->by_phone[middle], &m);
		if (order(m.phone, phone) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == a->segment.rows)
		return ASSIGNED_OUTSIDE;
	row_at(&a->segment, a->by_phone[low], &m);
	if (!token_eq(m.phone, phone))
		return ASSIGNED_OUTSIDE;
	return m.held ? ASSIGNED_HELD : ASSIGNED_IN;
}

enum err assigned_find(struct assigned *a, const struct desk_object *campaign, struct token phone,
                       enum assigned_place *out)
{
	enum err e;

	CHECK(pthread_mutex_lock(&a->lock) == 0);
	e = fetch(a, campaign);
	if (e == ERR_OK)
		*out = find(a, phone);
	CHECK(pthread_mutex_unlock(&a->lock) == 0);
	return e;
}
