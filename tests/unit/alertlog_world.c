/* alertlog_world.c - see alertlog_world.h. */
#include "tests/test.h"
#include "tests/unit/alertlog_world.h"
#include <inttypes.h>

/* ---- the truth ---- */

uint32_t world_alerts_at(uint64_t position)
{
	return (uint32_t)(position * 2654435761U >> 7) % 4; /* 0 to 3 */
}

void world_line(struct buf *b, uint64_t position, uint32_t i)
{
	buf_clear(b);
	buf_printf(b, "{\"id\":\"%" PRIu64 ".rule%u\",\"rest\":\"%.*s\"}\n", position, i, (int)(position * 7 % 90),
	           "------------------------------------------------------------------------------------------");
}

uint64_t world_number_of(uint64_t position)
{
	uint64_t n = 0;

	for (uint64_t p = 1; p < position; p++)
		n += world_alerts_at(p);
	return n;
}

static void tell(struct world *w, uint64_t from, uint64_t to)
{
	struct buf b;

	buf_init(&b, 1024);
	for (uint64_t p = from; p <= to; p++)
		for (uint32_t i = 0; i < world_alerts_at(p); i++) {
			world_line(&b, p, i);
			alertlog_hear(w->log, p, buf_view(&b));
		}
	buf_release(&b);
}

/* ---- a start, and what must hold then ---- */

enum err world_start(struct world *w)
{
	struct buf why;
	enum err e;

	w->log = NULL;
	buf_init(&why, 4096);
	e = alertlog_open(&w->log, &w->disk, w->segment_bytes, &why);
	if (e == ERR_OK) { /* as shard_open does */
		bool all = (alertlog_lacks(w->log) && w->kept_from <= 1) || w->snapshot == 0;

		tell(w, all ? 1 : w->snapshot + 1, w->position);
		e = alertlog_flush(w->log);
	}
	if (e != ERR_OK) {
		alertlog_close(w->log);
		w->log = NULL;
	}
	buf_release(&why);
	return e;
}

void world_stop(struct world *w)
{
	alertlog_close(w->log);
	w->log = NULL;
}

void world_check(struct world *w)
{
	uint64_t number = 0, first = alertlog_first(w->log), expect = 0, position, found;
	struct buf want, got;

	buf_init(&want, 1024);
	buf_init(&got, 1024);
	assert_int_equal(alertlog_count(w->log), world_number_of(w->position + 1));
	assert_int_equal(first, w->kept_from <= 1 ? 0 : world_number_of(w->kept_from));
	for (uint64_t p = 1; p <= w->position; p++) {
		assert_int_equal(alertlog_find(w->log, p, &found), ERR_OK);
		if (expect >= first && (expect < w->lost_from || expect > w->lost_to))
			assert_int_equal(found, expect);
		for (uint32_t i = 0; i < world_alerts_at(p); i++, expect++) {
			if (expect < first || (expect >= w->lost_from && expect < w->lost_to))
				continue;
			assert_int_equal(alertlog_read(w->log, &number, &got, &position), ERR_OK);
			assert_int_equal(number++, expect);
			assert_int_equal(position, p);
			world_line(&want, p, i);
			assert_text(buf_view(&got), want.p);
		}
	}
	found = number;
	assert_int_equal(alertlog_read(w->log, &number, &got, &position), ERR_ABSENT);
	assert_int_equal(number, found);
	buf_release(&want);
	buf_release(&got);
}

/* What the journal keeps: names are all that is looked at. */
void world_keep_from(struct world *w, uint64_t position)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "journal/%020" PRIu64 ".seg", position);
	assert_int_equal(w->disk.make_folder(w->disk.ctx, "journal"), ERR_OK);
	assert_int_equal(w->disk.open(w->disk.ctx, name, DISK_WRITE, &fd), ERR_OK);
	w->disk.close(w->disk.ctx, fd);
	if (w->kept_from != 0 && w->kept_from != position) {
		snprintf(name, sizeof(name), "journal/%020" PRIu64 ".seg", w->kept_from);
		assert_int_equal(w->disk.remove(w->disk.ctx, name), ERR_OK);
	}
	assert_int_equal(w->disk.sync_folder(w->disk.ctx, "journal"), ERR_OK);
	w->kept_from = position;
}

/* A group of events; on failure the service is dead. */
enum err world_go_on(struct world *w, uint64_t n)
{
	uint64_t from = w->position + 1;

	w->position += n;
	tell(w, from, w->position);
	return alertlog_flush(w->log);
}

enum err world_snapshot(struct world *w)
{
	enum err e = alertlog_sync(w->log);

	if (e == ERR_OK)
		w->snapshot = w->position;
	return e;
}

struct disk_virtual *world_make(struct world *w, uint64_t seed)
{
	struct disk_virtual *v = disk_virtual_new(seed);

	*w = (struct world){
		.disk = disk_virtual_disk(v), .segment_bytes = 2000, .lost_from = UINT64_MAX, .lost_to = UINT64_MAX
	};
	rng_seed(&w->rng, seed);
	world_keep_from(w, 1);
	assert_int_equal(world_start(w), ERR_OK);
	return v;
}

static void see_name(void *ctx, const char *name)
{
	struct world_names *k = ctx;

	assert_true(k->n < ARRAY_LEN(k->name));
	snprintf(k->name[k->n++], sizeof(k->name[0]), "alerts/%s", name);
}

uint32_t world_list(struct world *w, struct world_names *k)
{
	k->n = 0;
	assert_int_equal(w->disk.list(w->disk.ctx, "alerts", see_name, k), ERR_OK);
	return k->n;
}
