/* names.c - see names.h. */
#include "gateway/names.h"
#include <pthread.h>
#include "base/clock.h"
#include "base/mem.h"
#include "journal/journal.h"
#include "shard/shard.h"

enum {
	FOLD_BYTES = 2 << 20, /* of packed payloads in one transaction: about 70,000 entries, half a second */
	FOLD_PAYLOADS = 4096,
	NOTE_EVERY = 1 << 20 /* positions, if there is nothing to fold */
};

struct names {
	struct dictionary *d;
	struct disk *disk;
	int64_t (*now_us)(void);
	int32_t grain_days;
	struct dictionary_entry entry[SHARD_ITEMS_MAX * SCHEMA_IDENTS_MAX]; /* of the packing thread */
	pthread_mutex_t lock;                                               /* of all that follows */
	struct journal_reader *reader;                                      /* stays where it is between calls */
	struct buf payloads;
	size_t end_at[FOLD_PAYLOADS]; /* where each ends in payloads */
	struct text packed[FOLD_PAYLOADS];
	uint32_t n_payloads;
	_Atomic uint64_t folded, unopened, failures;
};

enum err names_new(struct names **out, struct dictionary *d, struct disk *disk, int64_t (*now_us)(void),
                   int32_t grain_days)
{
	struct names *n = mem_alloc(sizeof(*n));

	if (n == NULL)
		return ERR_MEMORY;
	n->d = d;
	n->disk = disk;
	n->now_us = now_us;
	n->grain_days = grain_days;
	buf_init(&n->payloads, FOLD_BYTES + DICTIONARY_PACKED_MAX);
	CHECK(pthread_mutex_init(&n->lock, NULL) == 0);
	*out = n;
	return ERR_OK;
}

void names_free(struct names *n)
{
	if (n == NULL)
		return;
	journal_reader_close(n->reader);
	buf_release(&n->payloads);
	pthread_mutex_destroy(&n->lock);
	mem_free(n);
}

/* The first day of the days that count as one. */
static int32_t today(const struct names *n)
{
	int32_t day = (int32_t)(n->now_us() / US_PER_DAY);

	return day - day % n->grain_days;
}

/* ---- into the journal ---- */

enum err names_pack(void *ctx, const struct schema *schema, struct event *const *event, uint32_t n, struct buf *out)
{
	struct names *names = ctx;
	size_t k = 0;

	CHECK(n <= SHARD_ITEMS_MAX);
	for (uint32_t i = 0; i < n; i++) {
		const struct schema_event *t = &schema->event[event[i]->type];

		for (uint32_t f = 0; f < t->n_fields; f++) {
			const struct schema_field *field = &t->field[f];
			const struct ident *id = &event[i]->ident[field->slot];

			if (field->type.dim != DIM_ENTITY || event[i]->value[f] == VALUE_MISSING || id->plain.n == 0)
				continue;
			names->entry[k++] =
				(struct dictionary_entry){ .token = id->token, .kind = field->type.entity, .plain = id->plain };
		}
	}
	return k == 0 ? ERR_OK : dictionary_pack(names->d, names->entry, k, today(names), out);
}

_Static_assert(SHARD_LIST_CHANGES_MAX <= SHARD_ITEMS_MAX * SCHEMA_IDENTS_MAX, "a change of a list fits");

enum err names_pack_listed(void *ctx, uint8_t kind, const struct shard_entry *entry, uint32_t n, struct buf *out)
{
	struct names *names = ctx;
	size_t k = 0;

	CHECK(n <= SHARD_LIST_CHANGES_MAX);
	for (uint32_t i = 0; i < n; i++) {
		const struct ident *id = entry[i].ident;

		if (id != NULL && id->plain.n > 0 && entry[i].until_us != 0)
			names->entry[k++] = (struct dictionary_entry){ .token = id->token, .kind = kind, .plain = id->plain };
	}
	return k == 0 ? ERR_OK : dictionary_pack(names->d, names->entry, k, today(names), out);
}

void names_forget(struct names *n, struct token t, uint8_t kind)
{
	dictionary_forget(n->d, t, kind, today(n));
}

/* ---- out of it ---- */

static enum err fold(struct names *n, uint64_t next)
{
	struct dictionary_folded f;
	size_t at = 0;
	enum err e;

	for (uint32_t i = 0; i < n->n_payloads; at = n->end_at[i++])
		n->packed[i] = text_of(n->payloads.p + at, n->end_at[i] - at);
	e = dictionary_fold(n->d, n->packed, n->n_payloads, next, &f);
	if (e != ERR_OK)
		return e;
	n->unopened += f.unopened;
	n->folded = next;
	n->n_payloads = 0;
	buf_clear(&n->payloads);
	return ERR_OK;
}

static enum err open_reader(struct names *n)
{
	enum err e = journal_reader_open(&n->reader, n->disk, n->folded, UINT64_MAX);

	if (e == ERR_ABSENT) /* what was to come next has aged out of the journal */
		e = journal_reader_open(&n->reader, n->disk, 0, UINT64_MAX);
	return e;
}

/* ERR_ABSENT at `end`. */
static enum err take_next(struct names *n)
{
	struct record r;
	enum err e = journal_read(n->reader, &r, NULL);

	if (e != ERR_OK || r.kind != RECORD_NAMES || r.position < n->folded)
		return e;
	buf_text(&n->payloads, r.payload);
	n->end_at[n->n_payloads++] = n->payloads.n;
	if (n->payloads.err != ERR_OK)
		return n->payloads.err;
	return n->payloads.n >= FOLD_BYTES || n->n_payloads == FOLD_PAYLOADS ? fold(n, r.position + 1) : ERR_OK;
}

static enum err catch_up(struct names *n, uint64_t end, const atomic_bool *stop)
{
	enum err e = ERR_OK;

	if (end <= n->folded)
		return ERR_OK;
	if (n->reader == NULL)
		e = open_reader(n);
	if (e == ERR_OK)
		journal_reader_end(n->reader, end);
	while (e == ERR_OK)
		e = stop != NULL && *stop ? ERR_STOPPED : take_next(n);
	if (e == ERR_ABSENT && (n->n_payloads > 0 || end - dictionary_position(n->d) >= NOTE_EVERY))
		e = fold(n, end);
	if (e == ERR_OK || e == ERR_ABSENT) {
		n->folded = end;
		return ERR_OK;
	}
	/* Begin again at what is folded. */
	n->failures += e != ERR_STOPPED;
	journal_reader_close(n->reader);
	n->reader = NULL;
	n->n_payloads = 0;
	buf_clear(&n->payloads);
	return e;
}

enum err names_begin(struct names *n, uint64_t next, bool *ahead)
{
	uint64_t position = dictionary_position(n->d);
	enum err e = ERR_OK;

	pthread_mutex_lock(&n->lock);
	*ahead = position > next;
	n->folded = position;
	if (position == 0 || *ahead)
		e = fold(n, next);
	pthread_mutex_unlock(&n->lock);
	return e;
}

enum err names_catch_up(struct names *n, uint64_t end, const atomic_bool *stop)
{
	enum err e;

	pthread_mutex_lock(&n->lock);
	e = catch_up(n, end, stop);
	pthread_mutex_unlock(&n->lock);
	return e;
}

enum err names_reveal(struct names *n, uint64_t end, struct token t, uint8_t kind, char *plain, size_t *len)
{
	enum err e = dictionary_reveal(n->d, t, kind, plain, len);

	if (e != ERR_ABSENT)
		return e;
	e = names_catch_up(n, end, NULL);
	return e == ERR_OK ? dictionary_reveal(n->d, t, kind, plain, len) : e;
}

/* ---- out of the world ---- */

/* The lock keeps others from folding what comes behind the deed before the erasure: it would be erased with the rest, and nobody would
 * pack it again that day. */
enum err names_erase(struct names *n, struct token t, uint8_t kind, enum err (*act)(void *ctx, uint64_t *position),
                     void *ctx)
{
	uint64_t position = 0;
	uint32_t number;
	enum err e;

	pthread_mutex_lock(&n->lock);
	e = dictionary_turn(n->d, &number);
	if (e == ERR_OK)
		e = act(ctx, &position);
	if (e == ERR_OK)
		e = catch_up(n, position + 1, NULL);
	if (e == ERR_OK) {
		e = dictionary_erase(n->d, t, kind, number);
		if (e == ERR_ABSENT && dictionary_retire(n->d, number) != ERR_OK)
			e = ERR_IO;
	}
	pthread_mutex_unlock(&n->lock);
	return e;
}

enum err names_turn(struct names *n, enum err (*fence)(void *ctx, uint64_t *position), void *ctx)
{
	uint64_t position = 0;
	uint32_t number;
	enum err e;

	pthread_mutex_lock(&n->lock);
	e = dictionary_turn(n->d, &number);
	if (e == ERR_OK || e == ERR_CAP) /* with as many as there may be, the newest stays and the others go */
		e = fence(ctx, &position);
	if (e == ERR_OK)
		e = catch_up(n, position + 1, NULL);
	if (e == ERR_OK)
		e = dictionary_retire(n->d, number);
	pthread_mutex_unlock(&n->lock);
	return e;
}

void names_counts(const struct names *n, struct names_counts *out)
{
	*out = (struct names_counts){ n->folded, n->unopened, n->failures };
}
