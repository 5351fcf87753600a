/* test_source.c - files to events: order, formats, damage, memory. Files are made in a temporary folder. */
#include "tests/test.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include "base/file.h"
#include "base/mem.h"
#include "base/rng.h"
#include "event/quarantine.h"
#include "event/source.h"
#include "tests/unit/schema_default.h"

static char folder[] = "/tmp/duanka-source-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[8][128];
	static int next;
	char *p = path[next++ % 8];
	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static void put(const char *name, const char *p, size_t n)
{
	FILE *f = fopen(path_of(name), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

struct run {
	struct source_counts counts;
	struct buf log; /* one line an item */
	uint64_t bad_by_reason[BAD_REASONS];
	uint64_t events;
	bool end_early;
};

static struct schema schema;

static void note(struct run *r, const struct source_item *item)
{
	if (item->event) {
		const struct event *e = item->event;
		r->events++;
		buf_printf(&r->log, "%u %lld %u:%llu@%llu %016llx %.*s|%.*s\n", e->type, (long long)e->time, e->source,
		           (unsigned long long)e->line, (unsigned long long)e->offset,
		           (unsigned long long)e->ident[0].token.w[0], (int)e->ident[1].plain.n, e->ident[1].plain.p,
		           (int)e->raw.n, e->raw.p);
	} else {
		r->bad_by_reason[item->bad->reason]++;
		r->end_early = r->end_early || item->bad->ends_source;
		quarantine_line(&r->log, item->bad);
	}
}

static enum err run(struct run *r, const struct source_spec *spec, size_t n, uint32_t decoders, uint32_t batch)
{
	struct source_options o = { .schema = &schema,
		                        .key = &test_key,
		                        .decoders = decoders,
		                        .batch_events = batch,
		                        .lateness_us = 600 * US_PER_SECOND };
	struct source_merge *m;
	size_t failed;
	*r = (struct run){ 0 };
	buf_init(&r->log, (size_t)64 << 20);
	enum err e = source_merge_open(&m, &o, spec, n, &failed);
	if (e != ERR_OK)
		return e;
	struct source_items items;
	while ((e = source_merge_next(m, &items)) == ERR_OK && items.n)
		for (size_t i = 0; i < items.n; i++)
			note(r, &items.item[i]);
	source_merge_counts(m, &r->counts);
	source_merge_close(m);
	return e;
}

static enum err run_text(struct run *r, const char *z, size_t n)
{
	put("one.csv", z, n);
	struct source_spec spec = { path_of("one.csv"), NULL };
	return run(r, &spec, 1, 1, 0);
}

#define HEAD "time,caller,callee,talk\n"
#define CALL(t) "2026-03-01T" t "Z,13800138000,13912345678,5\n"

static void test_bad_records(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		size_t n;
		enum bad_reason reason;
	} c[] = {
#define LINE(z) z, sizeof(z) - 1
		{ LINE("2026-03-01T08:00:00Z,13800138000,110\n"), BAD_COLUMNS },
		{ LINE("2026-03-01T08:00:00Z,13800138000,110,5,6\n"), BAD_COLUMNS },
		{ LINE("2026-03-01T08:00:00Z,138\0,110,5\n"), BAD_NUL },
		{ LINE("2026-03-01T08:00:00Z,138\xff,110,5\n"), BAD_ENCODING },
		{ LINE("2026-03-01T08:00:00Z,\"138,110,5\n"), BAD_QUOTE },
		{ LINE("2026-03-01T08:00:00Z,\"138\"0,110,5\n"), BAD_QUOTE },
		{ LINE("2026-02-30T08:00:00Z,13800138000,110,5\n"), BAD_TIME },
		{ LINE("soon,13800138000,110,5\n"), BAD_TIME },
		{ LINE("1926-03-01T08:00:00Z,13800138000,110,5\n"), BAD_TIME_RANGE },
		{ LINE("2026-03-01T08:00:00Z,13800138000,110,-5\n"), BAD_NEGATIVE },
		{ LINE("2026-03-01T08:00:00Z,13800138000,110,99999999999\n"), BAD_RANGE },
		{ LINE("2026-03-01T08:00:00Z,13800138000,110,five\n"), BAD_NUMBER },
		{ LINE("2026-03-01T08:00:00Z,Mallory,110,5\n"), BAD_IDENT },
		{ LINE("2026-03-01T08:00:00Z,,110,5\n"), BAD_MISSING },
		{ LINE(",13800138000,110,5\n"), BAD_MISSING },
		{ LINE("2027-03-01T08:00:00Z,13800138000,110,5\n"), BAD_TIME_JUMP },
	};
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		struct run r;
		struct buf b;
		buf_init(&b, 1 << 16);
		buf_z(&b, "\xef\xbb\xbf" HEAD CALL("08:00:00") "\n");
		buf_add(&b, c[i].line, c[i].n);
		buf_z(&b, CALL("08:00:01") "2026-03-01T08:00:02Z,13800138000,13912345678,5");
		assert_int_equal(run_text(&r, b.p, b.n), ERR_OK);
		if (r.bad_by_reason[c[i].reason] != 1 || r.counts.accepted != 3 || r.counts.read != 4 || r.counts.bad != 1)
			fail_msg("%s: %.*s", c[i].line, (int)r.log.n, r.log.p);
		assert_non_null(strstr(r.log.p, "\"line\":4,\"offset\":75,"));
		buf_release(&b);
		buf_release(&r.log);
	}
}

static void test_ndjson(void **state)
{
	(void)state;
	struct run r;
	static const char z[] =
		"{\"time\":\"2026-03-01T08:00:00Z\",\"payer\":\"a\",\"payee\":\"b\",\"amount\":12.30}\r\n"
		"{\"time\":1772352000000001,\"payer\":\"a\",\"payee\":\"b\",\"amount\":\"12\",\"channel\":null}\n"
		"{\"event\":\"sms\",\"time\":\"2026-03-01T08:00:01Z\",\"sender\":13800138000,\"receiver\":\"110\",\"body\":\"\\u4f60\\n\",\"x\":1}\n"
		"{\"time\":\"2026-03-01T08:00:02Z\",\"payer\":\"a\",\"payee\":\"b\",\"amount\":12.345}\n"
		"{\"time\":\"2026-03-01T08:00:02Z\",\"payer\":\"a\",\"payee\":\"b\",\"amount\":1e3}\n"
		"{\"event\":\"war\",\"time\":\"2026-03-01T08:00:02Z\"}\n"
		"{\"event\":\"sms\",\"time\":\"2026-03-01T08:00:02Z\",\"event\":\"sms\"}\n"
		"  \n"
		"{\"event\":\"transfer\",\"time\":\"2026-03-01T08:00:02Z\",\"payer\":\"a\",\"payee\":\"b\",\"amount\":99999999999999}\n"
		"not json\n";
	assert_int_equal(run_text(&r, z, sizeof z - 1), ERR_OK);
	assert_int_equal(r.counts.read, 9);
	assert_int_equal(r.counts.accepted, 3);
	assert_int_equal(r.counts.unknown_keys, 1);
	assert_int_equal(r.bad_by_reason[BAD_AMOUNT], 2);
	assert_int_equal(r.bad_by_reason[BAD_EVENT_TYPE], 1);
	assert_int_equal(r.bad_by_reason[BAD_JSON], 2);
	assert_int_equal(r.bad_by_reason[BAD_RANGE], 1);
	buf_release(&r.log);
}

#define ASTERISK                                                                                                       \
	"\"\",\"13800138000\",\"110\",\"d\",\"\"\"B\"\" <1>\",\"a\",\"b\",\"Dial\",\"x,30\",\"2026-03-01 08:00:00\",\"\"," \
	"\"2026-03-01 08:01:05\",65,60,\"ANSWERED\",\"DOCUMENTATION\",\"1\",\"\"\n"

static void test_recognised(void **state)
{
	(void)state;
	static const char *const file[] = {
		ASTERISK,
		"INVITE|a|b|c|200|OK|1772323200|13800138000|02088886666|10.0.0.1|sip:x|\n",
		"\"B\",\"13800138000\",\"110\",\"d\",\"2026-03-01 08:00:00\",\"\",\"2026-03-01 08:01:00\",\"60\",\"55\",\"OK\",\"u\",\"v\",\"\"\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		struct run r;
		assert_int_equal(run_text(&r, file[i], strlen(file[i])), ERR_OK);
		assert_int_equal(r.counts.accepted, 1);
		assert_non_null(strstr(r.log.p, "0 1772323200000000 "));
		buf_release(&r.log);
	}
	struct run r;
	assert_int_equal(run_text(&r, "a,b,c\n1,2,3\n", 12), ERR_OK);
	assert_int_equal(r.bad_by_reason[BAD_HEADER], 1);
	assert_true(r.end_early);
	buf_release(&r.log);
	assert_int_equal(run_text(&r, "", 0), ERR_OK);
	assert_int_equal(r.counts.read, 0);
	buf_release(&r.log);
}

/* Keys as columns; a key that nothing uses is counted, or refused when the mapping is strict. */
static void test_mapped_ndjson(void **state)
{
	(void)state;
	static const char z[] = "{\"ts\":1772323200,\"from\":\"a\",\"to\":\"b\",\"fen\":1234,\"x\":0}\n"
							"{\"ts\":1772323201,\"from\":\"a\",\"fen\":1234,\"to\":null}\n";
	for (int strict = 0; strict < 2; strict++) {
		struct arena a;
		struct mapping *m;
		struct mapping_error error;
		struct run r;
		arena_init(&a, 1 << 22);
		struct text map =
			strict
				? TEXT(
					  "format ndjson\nstrict yes\nevent transfer\ntime = ts as epoch s\npayer = from\npayee = to\namount = fen in fen\n")
				: TEXT(
					  "format ndjson\nevent transfer\ntime = ts as epoch s\npayer = from\npayee = to\namount = fen in fen\n");
		assert_int_equal(mapping_parse(map, TEXT("j.map"), &schema, NULL, &a, &m, &error), ERR_OK);
		put("one.csv", z, sizeof z - 1);
		struct source_spec spec = { path_of("one.csv"), m };
		assert_int_equal(run(&r, &spec, 1, 1, 0), ERR_OK);
		assert_int_equal(r.counts.read, 2);
		assert_int_equal(r.counts.accepted, !strict);
		assert_int_equal(r.counts.unknown_keys, 1);
		assert_int_equal(r.bad_by_reason[BAD_MISSING], 1);
		assert_int_equal(r.bad_by_reason[BAD_UNKNOWN_FIELD], strict);
		buf_release(&r.log);
		arena_release(&a);
	}
}

/* A header that is no line at all ends the source; its rest is not taken for records. */
static void test_long_header(void **state)
{
	(void)state;
	struct run r;
	struct buf b;
	buf_init(&b, 1 << 22);
	buf_z(&b, "time,caller,callee,talk");
	for (int i = 0; i < 10000; i++)
		buf_z(&b, "          ");
	buf_z(&b, "\n" CALL("08:00:00"));
	assert_int_equal(run_text(&r, b.p, b.n), ERR_OK);
	assert_int_equal(r.bad_by_reason[BAD_HEADER], 1);
	assert_int_equal(r.counts.read, 1);
	buf_release(&b);
	buf_release(&r.log);
}

static void test_long_line(void **state)
{
	(void)state;
	struct run r;
	struct buf b;
	buf_init(&b, 1 << 22);
	buf_z(&b, HEAD CALL("08:00:00"));
	for (int i = 0; i < 100000; i++)
		buf_z(&b, "long,long,");
	buf_z(&b, "\n" CALL("08:00:01"));
	assert_int_equal(run_text(&r, b.p, b.n), ERR_OK);
	assert_int_equal(r.bad_by_reason[BAD_TOO_LONG], 1);
	assert_int_equal(r.counts.accepted, 2);
	assert_int_equal(r.counts.read, 3);
	assert_true(r.log.n < 6000);
	buf_release(&b);
	buf_release(&r.log);
}

static void random_file(struct rng *r, const char *name, int64_t start, int lines)
{
	struct buf b;
	buf_init(&b, 1 << 22);
	buf_z(&b, HEAD);
	int64_t t = start;
	for (int i = 0; i < lines; i++) {
		t += rng_between(r, -2, 5) * US_PER_SECOND;
		int64_t shown = rng_chance(r, 5000) ? t + 400 * US_PER_DAY : t;
		if (rng_chance(r, 30000)) {
			buf_z(&b, "rubbish\n");
		} else {
			buf_int(&b, shown);
			buf_printf(&b, ",138%08d,139%08d,%d\n", (int)rng_below(r, 1000), (int)rng_below(r, 1000),
			           (int)rng_below(r, 100));
		}
	}
	put(name, b.p, b.n);
	buf_release(&b);
}

/* The same items in the same order, whatever the decoders, the batches and the order of the names. */
static void test_order(void **state)
{
	(void)state;
	struct rng r;
	rng_seed(&r, test_seed(15));
	for (uint64_t k = 0, cases = test_cases(20); k < cases; k++) {
		enum {
			FILES = 5
		};
		struct source_spec spec[FILES];
		char name[8];
		for (int i = 0; i < FILES; i++) {
			snprintf(name, sizeof name, "f%d.csv", i);
			random_file(&r, name, 1772323200 * US_PER_SECOND + i, 100 + (int)rng_below(&r, 900));
			spec[i] = (struct source_spec){ path_of(name), NULL };
		}
		struct run first, other;
		assert_int_equal(run(&first, spec, FILES, 1, 0), ERR_OK);
		assert_int_equal(first.counts.read, first.counts.accepted + first.counts.bad);
		for (uint32_t v = 0; v < 3; v++) {
			struct source_spec t = spec[0];
			memmove(spec, spec + 1, (FILES - 1) * sizeof *spec);
			spec[FILES - 1] = t;
			assert_int_equal(run(&other, spec, FILES, 1 + v, 1 + (uint32_t)rng_below(&r, 300)), ERR_OK);
			assert_int_equal(other.log.n, first.log.n);
			assert_memory_equal(other.log.p, first.log.p, first.log.n);
			buf_release(&other.log);
		}
		buf_release(&first.log);
	}
}

static void make_calls(struct buf *b, int n)
{
	buf_init(b, 1 << 24);
	buf_z(b, HEAD);
	for (int i = 0; i < n; i++)
		buf_printf(b, "%lld,138%08d,13912345678,5\n", 1772323200000000LL + i * 1000LL, i);
}

static size_t gzip(const struct buf *b, char *out, size_t cap)
{
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)b->p;
	z.avail_in = (uInt)b->n;
	z.next_out = (unsigned char *)out;
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size_t n = cap - z.avail_out;
	deflateEnd(&z);
	return n;
}

static void test_compressed(void **state)
{
	(void)state;
	struct buf b;
	make_calls(&b, 20000);
	size_t cap = 1 << 22;
	char *out = malloc(cap);
	for (int zstd = 0; zstd < 2; zstd++) {
		size_t n = zstd ? ZSTD_compress(out, cap, b.p, b.n, 1) : gzip(&b, out, cap);
		struct run r;
		assert_int_equal(run_text(&r, out, n), ERR_OK);
		assert_int_equal(r.counts.accepted, 20000);
		buf_release(&r.log);
		for (size_t cut = 1; cut < 4; cut++) {
			assert_int_equal(run_text(&r, out, n * cut / 4), ERR_OK);
			assert_int_equal(r.bad_by_reason[BAD_TRUNCATED], 1);
			assert_true(r.end_early && r.counts.accepted < 20000 && r.counts.accepted > 0);
			assert_int_equal(r.counts.read, r.counts.accepted + r.counts.bad);
			buf_release(&r.log);
		}
		/* two members in one file: the second's header line is one bad record */
		memcpy(out + n, out, n);
		assert_int_equal(run_text(&r, out, 2 * n), ERR_OK);
		assert_int_equal(r.counts.read, 40001);
		assert_int_equal(r.bad_by_reason[BAD_TRUNCATED], 0);
		buf_release(&r.log);
		out[n / 2] = (char)(out[n / 2] ^ 0x55);
		assert_int_equal(run_text(&r, out, n), ERR_OK);
		assert_int_equal(r.counts.read, r.counts.accepted + r.counts.bad + r.counts.skipped);
		buf_release(&r.log);
	}
	free(out);
	buf_release(&b);
}

static void test_gb18030(void **state)
{
	(void)state;
	struct arena a;
	struct mapping *m;
	struct mapping_error error;
	arena_init(&a, 1 << 22);
	assert_int_equal(
		mapping_parse(TEXT("encoding gb18030\nevent sms\ntime = 时间 as iso\nsender = a\nreceiver = b\nbody = 内容\n"),
	                  TEXT("gb.map"), &schema, NULL, &a, &m, &error),
		ERR_OK);
	static const char z[] = "\xca\xb1\xbc\xe4,a,b,\xc4\xda\xc8\xdd\n" /* 时间,a,b,内容 */
							"2026-03-01T08:00:00Z,110,13800138000,\xc4\xe3\xba\xc3\n"
							"2026-03-01T08:00:01Z,110,13800138000,\xff\xff\n"
							"2026-03-01T08:00:02Z,110,13800138000,\"a,\xc4\xe3\"\n";
	put("gb.csv", z, sizeof z - 1);
	struct source_spec spec = { path_of("gb.csv"), m };
	struct run r;
	assert_int_equal(run(&r, &spec, 1, 1, 0), ERR_OK);
	assert_int_equal(r.counts.accepted, 2);
	assert_int_equal(r.bad_by_reason[BAD_ENCODING], 1);
	assert_non_null(strstr(r.log.p, "raw_base64"));
	buf_release(&r.log);
	arena_release(&a);
}

static void *feed(void *p)
{
	int fd = *(int *)p;
	static const char z[] = HEAD CALL("08:00:00") CALL("08:00:01") CALL("08:00:02") "2026-03-01T08";
	assert_int_equal(write(fd, z, sizeof z - 1), sizeof z - 1);
	return NULL;
}

/* An endless pipe hands on what it has, and a stop ends the wait. */
static void test_pipe(void **state)
{
	(void)state;
	int fd[2];
	pthread_t t;
	const char *path = path_of("pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	fd[0] = open(path, O_RDWR); /* keeps the pipe open */
	assert_true(fd[0] >= 0);
	struct source_options o = { .schema = &schema, .key = &test_key, .decoders = 1, .lateness_us = US_PER_MINUTE };
	struct source_spec spec = { path, NULL };
	struct source_merge *m;
	size_t failed, n = 0;
	struct source_items items;
	assert_int_equal(source_merge_open(&m, &o, &spec, 1, &failed), ERR_OK);
	assert_int_equal(pthread_create(&t, NULL, feed, &fd[0]), 0);
	while (n < 3) {
		assert_int_equal(source_merge_next(m, &items), ERR_OK);
		n += items.n;
	}
	source_merge_stop(m);
	assert_int_equal(source_merge_next(m, &items), ERR_STOPPED);
	source_merge_close(m);
	pthread_join(t, NULL);
	close(fd[0]);
}

static void test_open_failures(void **state)
{
	(void)state;
	put("one.csv", HEAD, sizeof HEAD - 1);
	struct source_spec spec[] = { { path_of("one.csv"), NULL }, { path_of("absent.csv"), NULL } };
	struct source_options o = { .schema = &schema, .key = &test_key };
	struct source_merge *m;
	size_t failed;
	assert_int_equal(source_merge_open(&m, &o, spec, 2, &failed), ERR_ABSENT);
	assert_int_equal(failed, 1);
	spec[0].path = folder;
	assert_int_equal(source_merge_open(&m, &o, spec, 1, &failed), ERR_IO);
}

/* Every allocation fails once: no crash, no leak, and in the end it works. */
static void test_no_memory(void **state)
{
	(void)state;
	struct buf b;
	make_calls(&b, 300);
	size_t cap = 1 << 20;
	char *out = malloc(cap);
	size_t n = gzip(&b, out, cap);
	put("a.gz", out, n);
	put("b.csv", CALL("08:00:00"), sizeof CALL("08:00:00") - 1); /* no header: all mappings are tried */
	free(out);
	buf_release(&b);
	struct source_spec spec[] = { { path_of("a.gz"), NULL }, { path_of("b.csv"), NULL } };
	struct source_options o = { .schema = &schema, .key = &test_key, .decoders = 2, .lateness_us = US_PER_MINUTE };
	for (uint64_t nth = 1;; nth++) {
		struct source_merge *m;
		struct source_items items;
		size_t failed;
		uint64_t seen = 0;
		mem_fail_at(nth);
		enum err e = source_merge_open(&m, &o, spec, 2, &failed);
		if (e == ERR_OK) {
			while ((e = source_merge_next(m, &items)) == ERR_OK && items.n)
				seen += items.n;
			source_merge_close(m);
		}
		bool reached = mem_count() >= nth;
		mem_fail_at(0);
		assert_true(e == ERR_OK || e == ERR_MEMORY);
		if (e == ERR_OK)
			assert_int_equal(seen, 301);
		if (!reached) {
			assert_int_equal(e, ERR_OK);
			assert_true(nth > 20);
			break;
		}
	}
}

/* The public files, where DUANKA_DATA says they are: every record of theirs is taken. */
static void test_public_files(void **state)
{
	(void)state;
	static const struct {
		const char *map, *file;
		uint64_t records;
	} c[] = { { "s_ffsd", "s_ffsd/transfers.csv", 77881 },
		      { "amlsim", "amlsim_export_v2/transactions.csv", 10333 },
		      { "collegemsg", "collegemsg/CollegeMsg.txt", 59835 } };
	const char *data = getenv("DUANKA_DATA"), *root = getenv("SOURCE_DIR");
	if (!data)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		char map[512], file[512];
		struct buf b;
		struct arena a;
		struct mapping *m;
		struct mapping_error error;
		struct run r;
		snprintf(map, sizeof map, "%s/mappings/examples/%s.map", root ? root : ".", c[i].map);
		snprintf(file, sizeof file, "%s/%s", data, c[i].file);
		buf_init(&b, MAPPING_BYTES_MAX);
		arena_init(&a, 1 << 22);
		assert_int_equal(file_read_all(map, MAPPING_BYTES_MAX, &b), ERR_OK);
		assert_int_equal(mapping_parse(buf_view(&b), text_z(map), &schema, &source_zone_loader, &a, &m, &error),
		                 ERR_OK);
		struct source_spec spec = { file, m };
		assert_int_equal(run(&r, &spec, 1, 1, 0), ERR_OK);
		assert_int_equal(r.counts.read, c[i].records);
		assert_int_equal(r.counts.accepted, c[i].records);
		buf_release(&r.log);
		arena_release(&a);
		buf_release(&b);
	}
}

static int set_up(void **state)
{
	(void)state;
	schema = schema_default();
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	static const char *const name[] = { "one.csv", "f0.csv", "f1.csv", "f2.csv", "f3.csv",
		                                "f4.csv",  "gb.csv", "pipe",   "a.gz",   "b.csv" };
	for (size_t i = 0; i < ARRAY_LEN(name); i++)
		unlink(path_of(name[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_records),   cmocka_unit_test(test_ndjson),        cmocka_unit_test(test_recognised),
		cmocka_unit_test(test_mapped_ndjson), cmocka_unit_test(test_long_header),   cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_order),         cmocka_unit_test(test_compressed),    cmocka_unit_test(test_gb18030),
		cmocka_unit_test(test_pipe),          cmocka_unit_test(test_open_failures), cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_public_files),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
