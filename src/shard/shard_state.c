/* shard_state.c - writes a shard's whole state as a snapshot (snapshot.c): the policy in force, the engine, idempotency keys, policies before. In steps, so
 * that a forked child writes while decisions go on. */
#include "shard/shard_int.h"

enum err shard_snapshot_begin(struct shard *s)
{
	return s->dead ? ERR_STOPPED : snapshot_create(&s->snapshot, s->o.disk, s->o.key, journal_next(s->journal) - 1);
}

enum err shard_snapshot_write(struct shard *s)
{
	uint64_t position = journal_next(s->journal) - 1;
	struct buf *payload = &s->g->edition->payload;
	uint32_t n = (uint32_t)payload->n;
	struct snapshot_file *f = &s->snapshot;
	struct engine_stream stream = { .ctx = f, .io = snapshot_write };
	enum err e = snapshot_start(f, position);

	if (e == ERR_OK)
		e = snapshot_write(f, &n, sizeof(n));
	if (e == ERR_OK)
		e = snapshot_write(f, payload->p, n);
	if (e == ERR_OK)
		e = snapshot_write(f, &s->g->plan_digest, sizeof(s->g->plan_digest));
	if (e == ERR_OK)
		e = engine_state(s->g->engine, &stream);
	if (e == ERR_OK)
		e = repeats_state(s->repeats, &stream, false);
	if (e == ERR_OK)
		e = versions_state(&s->versions, &stream);
	return e == ERR_OK ? snapshot_finish(f, position, s->o.snapshots_kept) : e;
}

void shard_snapshot_end(struct shard *s)
{
	snapshot_close(&s->snapshot);
}

enum err shard_snapshot(struct shard *s)
{
	enum err e = shard_snapshot_begin(s);

	if (e != ERR_OK)
		return e;
	e = shard_snapshot_write(s);
	shard_snapshot_end(s);
	return e;
}

enum err shard_snapshot_bytes(const struct shard *s, uint64_t position, uint64_t *bytes)
{
	return snapshot_bytes(s->o.disk, position, bytes);
}
