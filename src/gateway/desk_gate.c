/* desk_gate.c - see desk_gate.h. Whoever calls waits on a condition of its own for the writer, then for the projector. */
#include "gateway/desk_gate.h"
#include <pthread.h>
#include <sodium/crypto_generichash.h>
#include "base/mem.h"

struct desk_gate {
	struct writer *writer;
	struct projector *projector;
	int64_t (*now_us)(void);
};

struct errand { /* one call */
	struct ask ask;
	struct shard_item *item;
	struct buf bytes; /* of all commands */
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool done;
	enum err err;
};

enum err desk_gate_new(struct desk_gate **out, struct writer *w, struct projector *p, int64_t (*now_us)(void))
{
	struct desk_gate *g = mem_alloc(sizeof(*g));

	if (g == NULL)
		return ERR_MEMORY;
	*g = (struct desk_gate){ w, p, now_us };
	*out = g;
	return ERR_OK;
}

void desk_gate_free(struct desk_gate *g)
{
	mem_free(g);
}

/* Keys of organisations, and of events, never meet. */
static void own_key(uint16_t organisation, const unsigned char *key, unsigned char *out)
{
	unsigned char all[8 + 2 + RECORD_KEY_BYTES] = "command";

	all[8] = (unsigned char)organisation;
	all[9] = (unsigned char)(organisation >> 8);
	memcpy(all + 10, key, RECORD_KEY_BYTES);
	CHECK(crypto_generichash(out, RECORD_KEY_BYTES, all, sizeof(all), NULL, 0) == 0);
}

static enum err pack(struct desk_gate *g, struct errand *e, const struct desk_order *order, uint32_t n)
{
	int64_t now_us = g->now_us();
	size_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct desk_command *c = &order[i].command;
		struct shard_item *it = &e->item[i];

		CHECK((c->roles >> ROLE_SYSTEM & 1) == 0);
		desk_command_put(&e->bytes, c);
		*it = (struct shard_item){ .organisation = c->organisation, .time_us = now_us, .keyed = order[i].keyed };
		it->command.n = e->bytes.n - at;
		at = e->bytes.n;
		if (it->keyed)
			own_key(c->organisation, order[i].key, it->key);
	}
	if (e->bytes.err != ERR_OK)
		return e->bytes.err;
	at = 0;
	for (uint32_t i = 0; i < n; i++) { /* the buffer does not move any more */
		e->item[i].command.p = e->bytes.p + at;
		at += e->item[i].command.n;
	}
	return ERR_OK;
}

static void told(void *ctx, enum err err)
{
	struct errand *e = ctx;

	pthread_mutex_lock(&e->lock);
	e->err = err;
	e->done = true;
	pthread_cond_signal(&e->told);
	pthread_mutex_unlock(&e->lock);
}

static enum err journal(struct desk_gate *g, struct errand *e, uint32_t lane, uint32_t n)
{
	e->ask = (struct ask){ .item = e->item, .n = n, .lane = lane, .done = told, .ctx = e };
	if (!writer_submit(g->writer, &e->ask)) {
		struct writer_counts c;

		writer_counts(g->writer, &c);
		return c.dead ? ERR_STOPPED : ERR_CAP;
	}
	pthread_mutex_lock(&e->lock);
	while (!e->done)
		pthread_cond_wait(&e->told, &e->lock);
	pthread_mutex_unlock(&e->lock);
	return e->err;
}

static enum err hear(struct desk_gate *g, const struct errand *e, struct desk_order *order, uint32_t n)
{
	enum err err = ERR_OK;

	for (uint32_t i = 0; i < n && err == ERR_OK; i++) {
		order[i].position = e->item[i].answer.position;
		order[i].repeated = e->item[i].answer.repeated;
		err = projector_wait(g->projector, order[i].position, &order[i].outcome);
	}
	return err;
}

enum err desk_gate_do(struct desk_gate *g, uint32_t lane, struct desk_order *order, uint32_t n)
{
	struct projector_counts c;
	struct errand e = { .item = NULL };
	enum err err;

	CHECK(n <= DESK_GATE_MAX);
	projector_counts(g->projector, &c);
	if (c.failing)
		return ERR_STOPPED;
	if (c.next > c.position + DESK_GATE_BEHIND_MAX)
		return ERR_CAP;
	if (n == 0)
		return ERR_OK;
	buf_init(&e.bytes, (size_t)n * DESK_COMMAND_BYTES_MAX);
	e.item = mem_alloc_array(n, sizeof(*e.item));
	CHECK(pthread_mutex_init(&e.lock, NULL) == 0 && pthread_cond_init(&e.told, NULL) == 0);
	err = e.item == NULL ? ERR_MEMORY : pack(g, &e, order, n);
	if (err == ERR_OK)
		err = journal(g, &e, lane, n);
	if (err == ERR_OK)
		err = hear(g, &e, order, n);
	pthread_cond_destroy(&e.told);
	pthread_mutex_destroy(&e.lock);
	mem_free(e.item);
	buf_release(&e.bytes);
	return err;
}
