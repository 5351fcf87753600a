/* test_contacts.c - an entity's records by index, by scan and by half of each are those that a look at every record finds; whatever
 * happens to the indexes. */
#include "tests/test.h"
#include "base/mem.h"
#include "journal/contacts_int.h"
#include "tests/sim/disk_virtual.h"
#include "tests/unit/contacts_world.h"

enum {
	NAMES = 500
};

struct names {
	uint32_t n;
	char name[NAMES][64];
};

static void see_name(void *ctx, const char *name)
{
	struct names *l = ctx;

	assert_true(l->n < NAMES);
	snprintf(l->name[l->n++], sizeof(l->name[0]), "journal/%s", name);
}

/* Files of this ending, or of any (""). */
static struct names names(struct disk *d, const char *ending)
{
	struct names all = { .n = 0 }, l = { .n = 0 };

	assert_int_equal(d->list(d->ctx, "journal", see_name, &all), ERR_OK);
	for (uint32_t i = 0; i < all.n; i++)
		if (strcmp(all.name[i] + strlen(all.name[i]) - strlen(ending), ending) == 0)
			memcpy(l.name[l.n++], all.name[i], sizeof(l.name[0]));
	return l;
}

static uint32_t index_all(struct disk *d)
{
	uint32_t made;

	assert_int_equal(contacts_index_all(d, NULL, &made, NULL), ERR_OK);
	return made;
}

static void check(struct world *w, const struct contacts_query *q, struct contacts_stats *stats, const char *when)
{
	enum err e;
	const char *wrong = world_check(w, q, stats, &e);

	if (e != ERR_OK || wrong != NULL)
		fail_msg("%s: %s", when, wrong != NULL ? wrong : err_name(e));
}

static struct contacts_query query_all(const struct world *w, int token)
{
	return (struct contacts_query){ .token = w->pool[token],
		                            .kind = CONTACTS_ANY_KIND,
		                            .from_us = INT64_MIN,
		                            .to_us = INT64_MAX,
		                            .end = UINT64_MAX,
		                            .most = UINT64_MAX };
}

static void copy_file(struct disk *d, const char *from, const char *to)
{
	uint64_t n;
	size_t got;
	char *p;
	int fd;

	assert_int_equal(d->open(d->ctx, from, DISK_READ, &fd), ERR_OK);
	assert_int_equal(d->size(d->ctx, fd, &n), ERR_OK);
	p = malloc(n + 1);
	assert_int_equal(d->read_at(d->ctx, fd, 0, p, n, &got), ERR_OK);
	d->close(d->ctx, fd);
	assert_int_equal(d->open(d->ctx, to, DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(d->truncate(d->ctx, fd, 0), ERR_OK);
	assert_int_equal(d->write_at(d->ctx, fd, 0, p, got), ERR_OK);
	d->close(d->ctx, fd);
	free(p);
}

/* ---- what is found ---- */

static void test_finds_what_a_look_at_everything_finds(void **state)
{
	uint64_t seed = test_seed(1), indexed = 0, scanned = 0, records = 0, n = test_cases(40);

	(void)state;
	for (uint64_t i = 0; i < n; i++) {
		struct disk_virtual *v = disk_virtual_new(seed + i);
		struct disk d = disk_virtual_disk(v);
		struct world w;

		world_begin(&w, seed + i, &d, i % 8 == 0 ? 150000 : 3000 + 500 * (i % 7));
		for (int round = 0; round < 3; round++) {
			struct names idx;

			world_grow(&w, i % 8 == 0 ? 3000 : 200);
			if (round > 0)
				index_all(&d);
			idx = names(&d, ".idx");
			if (round == 2 && idx.n > 1) /* some with, some without */
				assert_int_equal(d.remove(d.ctx, idx.name[rng_below(&w.rng, idx.n)]), ERR_OK);
			for (int k = 0; k < 20; k++) {
				struct contacts_query q;
				struct contacts_stats stats;

				world_query(&w, &q);
				check(&w, &q, &stats, "random query");
				assert_int_equal(stats.unfit, 0);
				indexed += stats.indexed;
				scanned += stats.scanned;
				records += stats.records;
			}
		}
		world_end(&w);
		disk_virtual_free(v);
	}
	print_message("%llu journals; %llu segments by index, %llu by scan, %llu records\n", (unsigned long long)n,
	              (unsigned long long)indexed, (unsigned long long)scanned, (unsigned long long)records);
	assert_true(indexed > 100 && scanned > 100);
}

/* Page by page, each query ending where the one before left off, is the same as all at once. */
static void test_pages(void **state)
{
	struct disk_virtual *v = disk_virtual_new(2);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats all, page;
	struct contacts_query q;
	uint64_t pages = 0, n = 0;
	struct world w;

	(void)state;
	world_begin(&w, 2, &d, 4000);
	world_grow(&w, 600);
	index_all(&d);
	q = query_all(&w, 0);
	check(&w, &q, &all, "all");
	q.most = 7;
	do {
		check(&w, &q, &page, "a page");
		n += page.records;
		q.end = page.last;
		pages++;
	} while (page.more);
	assert_int_equal(n, all.records);
	assert_true(pages > 10);
	world_end(&w);
	disk_virtual_free(v);
}

static bool stop_at_third(void *ctx, const struct record *r, const struct written *w)
{
	(void)r;
	(void)w;
	return ++*(int *)ctx < 3;
}

static void test_visit_stops(void **state)
{
	struct disk_virtual *v = disk_virtual_new(3);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct world w;
	int n = 0;

	(void)state;
	world_begin(&w, 3, &d, 4000);
	world_grow(&w, 300);
	q = query_all(&w, 0);
	assert_int_equal(contacts_find(&d, &q, &stats, stop_at_third, &n, NULL), ERR_OK);
	assert_int_equal(n, 3);
	assert_int_equal(stats.records, 3);
	assert_false(stats.more);
	world_end(&w);
	disk_virtual_free(v);
}

/* A segment that no event of the time asked for is in is known by its index's head. */
static void test_time_passes_segments_over(void **state)
{
	struct disk_virtual *v = disk_virtual_new(4);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct names idx;
	struct world w;

	(void)state;
	world_begin(&w, 4, &d, 4000);
	world_grow(&w, 600);
	index_all(&d);
	idx = names(&d, ".idx");
	for (uint32_t i = 0; i + 1 < idx.n; i++) /* damage in the bucket would be seen if it were read */
		assert_true(disk_virtual_flip(v, idx.name[i], disk_virtual_bytes(v, idx.name[i]) - 20, 3));
	q = query_all(&w, 0);
	q.from_us = w.now_us + 100;
	check(&w, &q, &stats, "after everything");
	assert_int_equal(stats.indexed, idx.n);
	world_end(&w);
	disk_virtual_free(v);
}

/* ---- what is wrong with indexes ---- */

static void test_every_flipped_bit_of_an_index(void **state)
{
	struct disk_virtual *v = disk_virtual_new(5);
	struct disk d = disk_virtual_disk(v);
	uint64_t flips = 0, seen = 0, step = 100 / test_cases(100), bytes;
	struct contacts_stats stats;
	struct contacts_query q;
	struct names idx;
	struct world w;

	(void)state;
	world_begin(&w, 5, &d, 2500);
	world_grow(&w, 70);
	assert_true(index_all(&d) > 1);
	idx = names(&d, ".idx");
	bytes = disk_virtual_bytes(v, idx.name[0]);
	for (uint64_t bit = 0; bit < 8 * bytes; bit += step) {
		bool noticed = false;

		assert_true(disk_virtual_flip(v, idx.name[0], bit / 8, bit % 8));
		for (int t = 0; t < 3; t++) {
			q = query_all(&w, t == 0 ? 0 : t == 1 ? WORLD_POOL - 1 : (int)(bit % WORLD_POOL));
			check(&w, &q, &stats, "a flipped bit");
			noticed |= stats.unfit > 0;
		}
		assert_true(disk_virtual_flip(v, idx.name[0], bit / 8, bit % 8));
		flips++;
		seen += noticed;
	}
	q = query_all(&w, 0);
	check(&w, &q, &stats, "all bits as they were");
	assert_int_equal(stats.unfit, 0);
	print_message("%llu flipped bits, %llu of them seen\n", (unsigned long long)flips, (unsigned long long)seen);
	assert_true(seen + 8 * 8 * 4 > flips); /* the end of the last bucket is of use only where schemas changed */
	world_end(&w);
	disk_virtual_free(v);
}

static void test_an_index_cut_short_is_scanned_around(void **state)
{
	struct disk_virtual *v = disk_virtual_new(6);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct names idx;
	struct world w;
	uint64_t bytes, of, unfit = 0;
	int fd;

	(void)state;
	world_begin(&w, 6, &d, 2500);
	world_grow(&w, 70);
	index_all(&d);
	idx = names(&d, ".idx");
	bytes = disk_virtual_bytes(v, idx.name[0]);
	assert_int_equal(d.open(d.ctx, idx.name[0], DISK_WRITE, &fd), ERR_OK);
	of = bytes;
	while (bytes-- > 0) {
		assert_int_equal(d.truncate(d.ctx, fd, bytes), ERR_OK);
		q = query_all(&w, 0);
		check(&w, &q, &stats, "cut short");
		unfit += stats.unfit;
	}
	assert_true(unfit + 16 > of); /* the last bucket, of schemas, is not read where none changed */
	world_end(&w);
	disk_virtual_free(v);
}

/* The index of another journal with the same positions, as after a copy was put back, is not believed, and made anew. */
static void test_an_index_of_another_journal(void **state)
{
	struct disk_virtual *v[2] = { disk_virtual_new(7), disk_virtual_new(8) };
	struct disk d[2] = { disk_virtual_disk(v[0]), disk_virtual_disk(v[1]) };
	struct contacts_stats stats;
	struct contacts_query q;
	struct names idx;
	struct world w[2];
	size_t got;
	char bytes[65536];
	int fd;

	(void)state;
	for (int i = 0; i < 2; i++) {
		world_begin(&w[i], 7 + (uint64_t)i, &d[i], 3000);
		world_grow(&w[i], 200);
		index_all(&d[i]);
	}
	idx = names(&d[0], ".idx");
	assert_int_equal(d[1].open(d[1].ctx, idx.name[0], DISK_READ, &fd), ERR_OK); /* both begin at 1 */
	assert_int_equal(d[1].read_at(d[1].ctx, fd, 0, bytes, sizeof(bytes), &got), ERR_OK);
	assert_int_equal(d[0].open(d[0].ctx, idx.name[0], DISK_WRITE, &fd), ERR_OK);
	assert_int_equal(d[0].truncate(d[0].ctx, fd, 0), ERR_OK);
	assert_int_equal(d[0].write_at(d[0].ctx, fd, 0, bytes, got), ERR_OK);
	q = query_all(&w[0], 0);
	check(&w[0], &q, &stats, "another journal's index");
	assert_int_equal(stats.unfit, 1);
	assert_int_equal(stats.unfit_first, 1);
	assert_int_equal(index_all(&d[0]), 1);
	check(&w[0], &q, &stats, "made anew");
	assert_int_equal(stats.unfit, 0);
	for (int i = 0; i < 2; i++) {
		world_end(&w[i]);
		disk_virtual_free(v[i]);
	}
}

/* ---- what is wrong with segments ---- */

static void test_a_torn_tail_is_the_end(void **state)
{
	struct disk_virtual *v = disk_virtual_new(9);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct names seg;
	struct world w;
	uint64_t bytes;
	char junk[40] = "DKB1 half a batch";
	enum err e;
	int fd;

	(void)state;
	world_begin(&w, 9, &d, 2500);
	world_grow(&w, 70);
	index_all(&d);
	seg = names(&d, ".seg");
	bytes = disk_virtual_bytes(v, seg.name[seg.n - 1]);
	assert_int_equal(d.open(d.ctx, seg.name[seg.n - 1], DISK_WRITE, &fd), ERR_OK);
	for (size_t n = 1; n <= sizeof(junk); n++) {
		assert_int_equal(d.write_at(d.ctx, fd, bytes, junk, n), ERR_OK);
		q = query_all(&w, 0);
		check(&w, &q, &stats, "a torn tail");
	}
	copy_file(&d, seg.name[0], "journal/x"); /* whole batches behind it: that is damage */
	{
		static char batches[1 << 16];
		size_t got;
		int x;

		assert_int_equal(d.open(d.ctx, "journal/x", DISK_READ, &x), ERR_OK);
		assert_int_equal(d.read_at(d.ctx, x, JOURNAL_SEGMENT_HEAD_BYTES, batches, sizeof(batches), &got), ERR_OK);
		assert_int_equal(d.write_at(d.ctx, fd, bytes + sizeof(junk), batches, got), ERR_OK);
	}
	world_check(&w, &q, &stats, &e);
	assert_int_equal(e, ERR_FORMAT);
	world_end(&w);
	disk_virtual_free(v);
}

static void test_a_damaged_segment_is_told(void **state)
{
	struct disk_virtual *v = disk_virtual_new(10);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct names seg;
	struct world w;
	struct buf why;
	uint32_t made;
	int n = -1000000;

	(void)state;
	buf_init(&why, 4096);
	world_begin(&w, 10, &d, 2500);
	world_grow(&w, 200);
	index_all(&d);
	seg = names(&d, ".seg");
	assert_true(disk_virtual_flip(v, seg.name[1], disk_virtual_bytes(v, seg.name[1]) / 2, 1));
	q = query_all(&w, 0);
	assert_int_equal(contacts_find(&d, &q, &stats, stop_at_third, &n, &why), ERR_FORMAT);
	assert_non_null(strstr(why.p, seg.name[1]));
	assert_int_equal(stats.unfit, 0); /* it was not the index */
	for (uint32_t i = 0; i < 3; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s.idx", (int)strlen(seg.name[i]) - 4, seg.name[i]);
		assert_int_equal(d.remove(d.ctx, name), ERR_OK);
	}
	buf_clear(&why);
	assert_int_equal(contacts_index_all(&d, NULL, &made, &why), ERR_FORMAT);
	assert_int_equal(made, 2); /* the others */
	assert_non_null(strstr(why.p, seg.name[1]));
	assert_int_equal(d.remove(d.ctx, seg.name[1]), ERR_OK);
	buf_clear(&why);
	assert_int_equal(contacts_find(&d, &q, &stats, stop_at_third, &n, &why), ERR_FORMAT);
	assert_non_null(strstr(why.p, "missing"));
	world_end(&w);
	buf_release(&why);
	disk_virtual_free(v);
}

/* ---- upkeep ---- */

static void test_expiry_and_leftovers(void **state)
{
	struct disk_virtual *v = disk_virtual_new(11);
	struct disk d = disk_virtual_disk(v);
	struct contacts_stats stats;
	struct contacts_query q;
	struct names idx, seg;
	struct world w;
	uint32_t removed;

	(void)state;
	world_begin(&w, 11, &d, 2500);
	world_grow(&w, 300);
	index_all(&d);
	idx = names(&d, ".idx");
	seg = names(&d, ".seg");
	assert_int_equal(seg.n, idx.n + 1);
	assert_int_equal(journal_expire(w.journal, 6, journal_next(w.journal) / 2, &removed), ERR_OK);
	assert_true(removed > 2 && removed < idx.n);
	assert_int_equal(names(&d, ".seg").n, seg.n - removed);
	assert_int_equal(names(&d, ".idx").n, idx.n - removed);
	/* what a crash, or an indexer that met an expiry, may leave */
	copy_file(&d, names(&d, ".idx").name[0], idx.name[0]);
	copy_file(&d, names(&d, ".idx").name[0], "journal/00000000000000000001.idx-new");
	copy_file(&d, names(&d, ".idx").name[0], "journal/09999999999999999999.idx");
	q = query_all(&w, 0);
	while (w.n > 0 && w.record[0].position < strtoull(names(&d, ".seg").name[0] + 8, NULL, 10)) {
		mem_free(w.record[0].payload);
		memmove(w.record, w.record + 1, --w.n * sizeof(*w.record));
	}
	check(&w, &q, &stats, "after an expiry");
	assert_int_equal(index_all(&d), 0);
	assert_int_equal(names(&d, ".idx").n, idx.n - removed);
	assert_int_equal(names(&d, "-new").n, 0);
	check(&w, &q, &stats, "after leftovers went");
	assert_int_equal(stats.unfit, 0);
	world_end(&w);
	disk_virtual_free(v);
}

static void test_stop(void **state)
{
	struct disk_virtual *v = disk_virtual_new(12);
	struct disk d = disk_virtual_disk(v);
	atomic_bool stop = true;
	struct world w;
	uint32_t made = 7;

	(void)state;
	world_begin(&w, 12, &d, 2500);
	world_grow(&w, 100);
	assert_int_equal(contacts_index_all(&d, &stop, &made, NULL), ERR_STOPPED);
	assert_int_equal(made, 0);
	assert_int_equal(contacts_index(&d, 1, &stop, NULL), ERR_STOPPED);
	assert_int_equal(names(&d, ".idx").n + names(&d, "-new").n, 0);
	assert_int_equal(contacts_index(&d, 2, NULL, NULL), ERR_ABSENT);
	assert_int_equal(
		contacts_index(&d, strtoull(names(&d, ".seg").name[names(&d, ".seg").n - 1] + 8, NULL, 10), NULL, NULL),
		ERR_ABSENT);
	assert_int_equal(contacts_index(&d, 1, NULL, NULL), ERR_OK);
	world_end(&w);
	disk_virtual_free(v);
}

/* Little memory makes the same bytes, in more rounds. */
static void test_ranges(void **state)
{
	struct disk_virtual *v = disk_virtual_new(13);
	struct disk d = disk_virtual_disk(v);
	struct segment_head after;
	struct names seg;
	struct world w;
	int fd;

	(void)state;
	world_begin(&w, 13, &d, 400000);
	world_grow(&w, 8000);
	seg = names(&d, ".seg");
	assert_true(seg.n > 1);
	assert_int_equal(d.open(d.ctx, seg.name[1], DISK_READ, &fd), ERR_OK);
	assert_int_equal(segment_head_read(&d, fd, &after), ERR_OK);
	assert_int_equal(index_make(&d, 1, &after, 1 << 20, NULL, NULL), ERR_OK);
	copy_file(&d, "journal/00000000000000000001.idx", "journal/x");
	for (uint64_t places = 1; places < 100000; places *= 50) {
		char a[65536], b[65536];
		size_t n = 0, m = 0;
		int x;

		assert_int_equal(index_make(&d, 1, &after, places, NULL, NULL), ERR_OK);
		assert_int_equal(d.open(d.ctx, "journal/x", DISK_READ, &x), ERR_OK);
		assert_int_equal(d.open(d.ctx, "journal/00000000000000000001.idx", DISK_READ, &fd), ERR_OK);
		for (uint64_t at = 0; at == 0 || n == sizeof(a); at += n) {
			assert_int_equal(d.read_at(d.ctx, x, at, a, sizeof(a), &n), ERR_OK);
			assert_int_equal(d.read_at(d.ctx, fd, at, b, sizeof(b), &m), ERR_OK);
			assert_int_equal(n, m);
			assert_memory_equal(a, b, n);
		}
	}
	world_end(&w);
	disk_virtual_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_what_a_look_at_everything_finds),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_visit_stops),
		cmocka_unit_test(test_time_passes_segments_over),
		cmocka_unit_test(test_every_flipped_bit_of_an_index),
		cmocka_unit_test(test_an_index_cut_short_is_scanned_around),
		cmocka_unit_test(test_an_index_of_another_journal),
		cmocka_unit_test(test_a_torn_tail_is_the_end),
		cmocka_unit_test(test_a_damaged_segment_is_told),
		cmocka_unit_test(test_expiry_and_leftovers),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
