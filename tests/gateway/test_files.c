/* test_files.c - pictures over HTTP: who reaches them, who may put one where, which types come in and what is cut off, sizes, names, and that files which nobody refers to go after a day while others stay. */
#include "tests/test.h"
#include <unistd.h>
#include "base/clock.h"
#include "gateway/sweeping.h"
#include "tests/gateway/served.h"

#define R(role) (1u << ROLE_##role)

enum {
	LEADER,
	LEADER_2,
	BANK,
	OTHER_BANK,
	NO_DESK
};

static const struct tenant tenants[] = {
	{ .name = "police", .number = 13, .n_sees = 1, .sees = { "*:*.*" } },
	{ .name = "bank", .number = 11, .n_sees = 1, .sees = { "self:*.*" } },
	{ .name = "bank-2", .number = 12, .n_sees = 1, .sees = { "self:*.*" } },
};
static const struct served_options options = {
	.policy = "entity phone, person, account\nevent call { caller: phone, callee: phone, talk: duration? }\n"
			  "rule often on call about caller when count(call by caller over 1h) >= 3 then alert red because \"x\"\n",
	.tenants = tenants,
	.n_tenants = ARRAY_LEN(tenants),
	.desk = true,
	.key = { { "police", SCOPE_DESK, R(LEADER), 0 },
	         { "police", SCOPE_DESK, R(LEADER) | R(INSPECTOR), 0 },
	         { "bank", SCOPE_DESK, R(CHANNEL), 0 },
	         { "bank-2", SCOPE_DESK, R(CHANNEL), 0 },
	         { "bank", SCOPE_DECIDE, 0, 0 } },
};

static struct served s;
static struct heard h;
static struct buf picture;
static char supply[32];

static void u16(uint32_t v)
{
	buf_char(&picture, (char)(v >> 8));
	buf_char(&picture, (char)v);
}

static void segment(uint32_t marker, const char *body, size_t n)
{
	u16(0xff00 | marker);
	u16((uint32_t)n + 2);
	buf_add(&picture, body, n);
}

/* A JPEG with a comment, a script and a ZIP behind its end. */
static void make_jpeg(void)
{
	buf_clear(&picture);
	u16(0xffd8);
	segment(0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\0\0", 14);
	segment(0xfe, "taken at home", 13);
	segment(0xc0, "\x08\x01\x2c\x02\x58\x01\x01\x11\0", 9);
	segment(0xda, "\x01\x01\0\0\x3f\0", 6);
	buf_add(&picture, "abc\xff\0def", 8);
	u16(0xffd9);
	buf_z(&picture, "<script>alert(1)</script>PK\3\4");
}

static void send_bytes(int who, const char *path, const char *headers, struct text body)
{
	int fd = served_connect(&s);

	served_send(fd, "POST", path, s.key[who], headers, body);
	served_hear(fd, &h);
	close(fd);
}

static void get(int who, const char *path)
{
	served_ask(&s, path, s.key[who], "", NULL, &h);
}

static void post(int who, const char *path, const char *body)
{
	served_ask(&s, path, s.key[who], "If-Match: *\r\n", body, &h);
}

static void upload(int who, char id[40])
{
	make_jpeg();
	send_bytes(who, "/v1/files", "", buf_view(&picture));
	heard_status(&h, 201);
	snprintf(id, 40, "%s", heard_member(&h, "file"));
	assert_int_equal(strlen(id), 32);
}

static void place(const char *file)
{
	char path[128], body[128];

	snprintf(path, sizeof(path), "/v1/supplies/%s/place", supply);
	snprintf(body, sizeof(body), "{\"pieces\":1,\"photo\":\"%s\"}", file);
	post(BANK, path, body);
}

static int set_up(void **state)
{
	char path[128];

	(void)state;
	served_start(&s, &options);
	heard_init(&h);
	buf_init(&picture, 16 << 20);
	post(LEADER, "/v1/kits", "{\"type\":\"bank-outlet\",\"paper_sign\":8}");
	heard_status(&h, 201);
	snprintf(path, sizeof(path), "/v1/kits/%s/approve", heard_member(&h, "object.id"));
	post(LEADER_2, path, "{}");
	heard_status(&h, 200);
	post(BANK, "/v1/outlets",
	     "{\"outlet\":\"B11-1\",\"type\":\"bank-outlet\",\"name\":\"一号\",\"address\":\"一号路\"}");
	heard_status(&h, 201);
	heard_says(&h, "\"name\":\"一号\"");
	snprintf(path, sizeof(path), "/v1/supplies?entity=object:%s", heard_member(&h, "object.id"));
	get(BANK, path);
	heard_status(&h, 200);
	snprintf(supply, sizeof(supply), "%s", heard_member(&h, "objects.0.id"));
	snprintf(path, sizeof(path), "/v1/supplies/%s/order", supply);
	post(BANK, path, "{\"pieces\":8}");
	heard_status(&h, 200);
	snprintf(path, sizeof(path), "/v1/supplies/%s/receive", supply);
	post(BANK, path, "{\"pieces\":8}");
	heard_status(&h, 200);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	buf_release(&picture);
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void test_reach(void **state)
{
	char id[40], path[128];

	(void)state;
	upload(BANK, id);
	snprintf(path, sizeof(path), "/v1/supplies/%s/files/photo", supply);
	get(BANK, path);
	heard_status(&h, 404); /* nothing is there yet */
	place(id);
	heard_status(&h, 200);
	get(BANK, path);
	heard_status(&h, 200);
	assert_non_null(strstr(h.head.p, "Content-Type: image/jpeg\r\n"));
	assert_non_null(strstr(h.head.p, "X-Content-Type-Options: nosniff\r\n"));
	assert_true(h.body.n > 4 && h.body.n < picture.n && memcmp(h.body.p, "\xff\xd8\xff", 3) == 0);
	for (size_t i = 0; i + 2 <= h.body.n; i++) /* neither the comment nor what hung behind */
		assert_true(memcmp(h.body.p + i, "PK", 2) != 0 && memcmp(h.body.p + i, "<s", 2) != 0 &&
		            memcmp(h.body.p + i, "ho", 2) != 0);
	get(LEADER, path);
	heard_status(&h, 200);
	get(OTHER_BANK, path);
	heard_status(&h, 404);
	get(NO_DESK, path);
	heard_status(&h, 403);
	served_ask(&s, path, NULL, "", NULL, &h);
	heard_status(&h, 401);
	/* By its id nobody reads it. */
	snprintf(path, sizeof(path), "/v1/files/%s", id);
	get(BANK, path);
	assert_true(h.status == 404 || h.status == 405);
}

/* An id is its uploader's, for one object; what is refused may be sent again, and an object may keep what it has. */
static void test_whose(void **state)
{
	char id[40], theirs[40], path[128], body[200], first[32];

	(void)state;
	upload(BANK, id);
	upload(OTHER_BANK, theirs);
	place(theirs);
	heard_status(&h, 422);
	heard_says(&h, "\"field\":\"photo\"");
	snprintf(body, sizeof(body),
	         "{\"step\":\"raise\",\"sort\":\"service\",\"title\":\"t\",\"text\":\"x\",\"paper\":\"%s\"}", id);
	post(LEADER, "/v1/matters", body); /* somebody else's */
	heard_status(&h, 422);
	heard_says(&h, "\"field\":\"paper\"");
	/* What was refused for another reason leaves the file free. */
	snprintf(path, sizeof(path), "/v1/supplies/%s/place", supply);
	snprintf(body, sizeof(body), "{\"pieces\":1000000,\"photo\":\"%s\"}", id);
	post(BANK, path, body);
	assert_true(h.status >= 400);
	place(id);
	heard_status(&h, 200);
	place(id); /* it keeps it */
	heard_status(&h, 200);
	/* Two objects of one uploader: with a key the same command again is the same use, anything else is not. */
	upload(LEADER, id);
	snprintf(body, sizeof(body), "{\"sort\":\"service\",\"title\":\"t\",\"text\":\"x\",\"paper\":\"%s\"}", id);
	for (int again = 0; again < 2; again++) {
		served_ask(&s, "/v1/matters", s.key[LEADER], "Idempotency-Key: 8c2a1b7e-4f0d-4a55-9a39-0d9e5a7b1c11\r\n", body,
		           &h);
		heard_status(&h, 201);
		if (again == 0)
			snprintf(first, sizeof(first), "%s", heard_member(&h, "object.id"));
		assert_string_equal(heard_member(&h, "object.id"), first);
	}
	post(LEADER, "/v1/matters", body);
	heard_status(&h, 422);
	heard_says(&h, "\"field\":\"paper\"");
	/* In a batch, too. */
	upload(BANK, id);
	snprintf(body, sizeof(body), "{\"object\":\"%s\",\"step\":\"place\",\"fields\":{\"pieces\":1,\"photo\":\"%s\"}}\n",
	         supply, id);
	snprintf(body + strlen(body), sizeof(body) - strlen(body), "{\"kind\":\"asset\"}\n");
	post(BANK, "/v1/commands", body);
	heard_status(&h, 200);
	heard_says(&h, "\"accepted\":1");
}

static void test_names(void **state)
{
	static const char *const fields[] = { "note", "nothing", "..%2f..%2fkeys", "photo%00", "photo/..", "" };
	static const char *const ids[] = {
		"00000000000000000000000000000001", "../../../keys", "", "photo", "ABCDEF00000000000000000000000000",
		"0000000000000000000000000000000g"
	};
	char path[160];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		snprintf(path, sizeof(path), "/v1/supplies/%s/files/%s", supply, fields[i]);
		get(BANK, path);
		assert_true(h.status == 404 || h.status == 400);
	}
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		place(ids[i]);
		heard_status(&h, 422);
		heard_says(&h, "\"field\":\"photo\"");
	}
}

static void refused(struct text body, const char *headers, int status)
{
	send_bytes(BANK, "/v1/files", headers, body);
	heard_status(&h, status);
}

/* The bytes say what it is; names and headers say nothing. */
static void test_types(void **state)
{
	static const char pdf[] = "%PDF-1.4\n1 0 obj<</OpenAction<</S/Java#53cript/JS(app.alert(1))>>>>endobj\n%%EOF\n";
	uint64_t before = files_bytes(s.files);

	(void)state;
	refused(TEXT("<html><script>alert(1)</script>"), "Content-Type: image/jpeg\r\n", 422);
	refused(TEXT("<svg xmlns='http://www.w3.org/2000/svg'/>"), "Content-Type: image/svg+xml\r\n", 422);
	refused(TEXT("GIF89a\1\0\1\0"), "", 422);
	refused(TEXT("PK\3\4"), "Content-Type: image/png\r\n", 422);
	refused(text_of(pdf, sizeof(pdf) - 1), "Content-Type: application/pdf\r\n", 422);
	refused(TEXT(""), "", 422);
	make_jpeg();
	for (size_t n = 1; n < 40; n++)
		refused(text_of(picture.p, n), "", 422); /* cut off */
	assert_int_equal(files_bytes(s.files), before);
	heard_says(&h, "urn:duanka:problem:file");
}

static void test_sizes(void **state)
{
	static char zeros[PICTURE_BYTES_MAX];
	uint64_t before = files_bytes(s.files);

	(void)state;
	make_jpeg();
	picture.n -= strlen("<script>alert(1)</script>PK\3\4");
	buf_add(&picture, zeros, sizeof(zeros) - picture.n);
	refused(buf_view(&picture), "", 201); /* what hangs behind is not kept, but it may come in */
	buf_char(&picture, 0);
	refused(buf_view(&picture), "", 422);
	assert_true(files_bytes(s.files) - before < 4096);
}

static bool count_one(void *ctx, const unsigned char id[FILES_ID_BYTES])
{
	(void)id;
	++*(uint32_t *)ctx;
	return true;
}

static uint32_t files_there(void)
{
	uint32_t n = 0;

	assert_int_equal(files_old(s.files, INT64_MAX, count_one, &n), ERR_OK);
	return n;
}

static uint64_t sweep(void)
{
	struct sweeping sweeping = { .files = s.files, .registry = s.registry };
	struct tender_duty duty = sweeping_duty(&sweeping);
	atomic_bool stop = false;
	struct buf why;

	buf_init(&why, 4096);
	assert_int_equal(duty.run(duty.ctx, &stop, &why), ERR_OK);
	buf_release(&why);
	return sweeping.swept;
}

/* The desk's clock goes on with the next record. */
static void days_later(int64_t days)
{
	char path[128];

	served_clock += days * US_PER_DAY;
	snprintf(path, sizeof(path), "/v1/supplies/%s/order", supply);
	post(BANK, path, "{\"pieces\":1}");
	heard_status(&h, 200);
}

static void test_nobody_refers_to_it(void **state)
{
	char kept[40], left[40], again[40];
	uint32_t before;

	(void)state;
	days_later(3);
	sweep(); /* what other tests left */
	before = files_there();
	assert_int_equal(before, 2); /* the picture of the supply, the paper of the matter */
	upload(BANK, kept);
	upload(BANK, left);
	upload(BANK, again);
	place(kept);
	heard_status(&h, 200);
	assert_int_equal(sweep(), 1); /* the picture that it had before */
	assert_int_equal(files_there(), before + 2);
	served_clock += 2 * US_PER_DAY; /* the clock on the wall alone: the desk has not come so far */
	assert_int_equal(sweep(), 0);
	place(again);
	heard_status(&h, 200);        /* the supply's picture now */
	assert_int_equal(sweep(), 2); /* kept and left */
	place(left);
	heard_status(&h, 422);
	place(kept);
	heard_status(&h, 422);
	days_later(30);
	sweep();
	assert_int_equal(files_there(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reach), cmocka_unit_test(test_whose), cmocka_unit_test(test_names),
		cmocka_unit_test(test_types), cmocka_unit_test(test_sizes), cmocka_unit_test(test_nobody_refers_to_it),
	};
	return cmocka_run_group_tests(tests, set_up, take_down);
}
