/* test_segmenting.c - who is in a segment, against the plain reading of the rule; the lot; rosters and segments as files, whole, damaged, and with writes that fail. */
#include "tests/test.h"
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "desk/publication.h"
#include "gateway/assigned.h"
#include "gateway/segmenting.h"

static char folder[] = "/tmp/duanka-segment-XXXXXX", roster[64], segment[64];
static const struct hash_key key = { { 3 } };
#define NOW ((int64_t)1772323200 * US_PER_SECOND)
#define TODAY ((uint16_t)((NOW + 8 * US_PER_HOUR) / US_PER_DAY))

static struct recipient anybody(struct rng *r, uint64_t i)
{
	struct recipient x = { .person = { { i * 1000003, rng_next(r) } }, .phone = { { rng_next(r), i } } };

	x.birth_year = (uint16_t)(rng_chance(r, 900000) ? rng_between(r, 1930, 2010) : 0);
	x.district = (uint16_t)(rng_below(r, 11) + 200);
	x.opened_day = (uint16_t)(rng_chance(r, 900000) ? TODAY - rng_below(r, 200) : 0);
	x.contacted_day = (uint16_t)(rng_chance(r, 500000) ? TODAY - rng_below(r, 60) : 0);
	for (uint32_t k = 0; k < RECIPIENT_TEXTS; k++)
		x.texted_day[k] = (uint16_t)(rng_chance(r, 300000) ? TODAY - rng_below(r, 60) : 0);
	x.lists = (uint8_t)rng_below(r, 8);
	x.flags = (uint8_t)(rng_chance(r, 900000) * RECIPIENT_MOBILE + rng_chance(r, 50000) * RECIPIENT_REFUSED +
	                    rng_chance(r, 50000) * RECIPIENT_WARNED);
	return x;
}

/* The rule once more, as it stands in the documentation. */
static bool naive(const struct desk_object *c, const struct recipient *x, int year)
{
	uint32_t texts = 0;
	int64_t audience = desk_i(c, CAMPAIGN_F_AUDIENCE);
	bool in = audience == AUDIENCE_EVERYBODY ||
	          (audience == AUDIENCE_ELDERLY && x->birth_year && year - x->birth_year >= 60) ||
	          (audience == AUDIENCE_STUDENTS && x->lists & 1) || (audience == AUDIENCE_FINANCE && x->lists & 2) ||
	          (audience == AUDIENCE_PARENTS && x->lists & 4) ||
	          (audience == AUDIENCE_NEW_PHONE && x->opened_day && TODAY - x->opened_day < 90) ||
	          (audience == AUDIENCE_CONTACTED && x->contacted_day && TODAY - x->contacted_day < 30);

	for (uint32_t i = 0; i < RECIPIENT_TEXTS; i++)
		texts += x->texted_day[i] && TODAY - x->texted_day[i] < 30;
	return in && (!desk_i(c, CAMPAIGN_F_DISTRICT) || desk_i(c, CAMPAIGN_F_DISTRICT) == x->district) && x->flags & 1 &&
	       !(x->flags & 2) && !(desk_i(c, CAMPAIGN_F_WARNED) && x->flags & 4) &&
	       texts < desk_i(c, CAMPAIGN_F_TEXTS_MAX);
}

static void set(struct desk_object *o, uint32_t f, int64_t v)
{
	o->value[f].i = v;
	o->has |= (uint64_t)1 << f;
}

static void campaign(struct desk_object *o, int64_t audience, int64_t district, int64_t hold_out)
{
	memset(o, 0, sizeof(*o));
	o->kind = DESK_CAMPAIGN;
	o->id = 77 << 16;
	campaign_usual(o);
	set(o, CAMPAIGN_F_MANNER, CAMPAIGN_DRIP);
	set(o, CAMPAIGN_F_AUDIENCE, audience);
	set(o, CAMPAIGN_F_DISTRICT, district);
	set(o, CAMPAIGN_F_HOLD_OUT, hold_out);
	set(o, CAMPAIGN_F_TEXTS_MAX, 2);
	set(o, CAMPAIGN_F_SEED, 9);
}

static void write_roster(const struct recipient *x, uint64_t n)
{
	struct roster_writer w;

	assert_int_equal(roster_begin(&w, roster, n, 5, TODAY), ERR_OK);
	for (uint64_t i = 0; i < n; i++)
		assert_int_equal(roster_row(&w, &x[i]), ERR_OK);
	assert_int_equal(roster_end(&w), ERR_OK);
}

static void note(struct desk_object *o, const struct segment_made *m)
{
	char letters[2 * CAMPAIGN_DIGEST_BYTES + 1];

	campaign_digest_print(m->digest, letters);
	memset(&o->value[CAMPAIGN_F_DIGEST], 0, sizeof(o->value[0]));
	o->value[CAMPAIGN_F_DIGEST].code.n = 64;
	memcpy(o->value[CAMPAIGN_F_DIGEST].code.p, letters, 64);
	o->has |= (uint64_t)1 << CAMPAIGN_F_DIGEST;
	set(o, CAMPAIGN_F_SIZE, (int64_t)m->rows);
	set(o, CAMPAIGN_F_HELD, (int64_t)m->held);
}

static void rows_survive(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(6));
	for (uint64_t i = 0; i < 1000; i++) {
		struct recipient x = anybody(&r, i), y;
		struct member m = { .person = x.person,
			                .phone = x.phone,
			                .district = x.district,
			                .wave = (uint8_t)i,
			                .held = i & 1 },
					  k;
		unsigned char row[RECIPIENT_BYTES], short_row[MEMBER_BYTES];

		recipient_put(&x, row);
		recipient_take(row, &y);
		assert_memory_equal(&x, &y, sizeof(x));
		member_put(&m, short_row);
		member_take(short_row, &k);
		assert_true(token_eq(k.person, m.person) && token_eq(k.phone, m.phone) && k.district == m.district &&
		            k.wave == m.wave && k.held == m.held);
	}
}

static void segments_are_what_the_rule_says(void **state)
{
	enum {
		N = 5000
	};
	struct recipient *x = mem_alloc_array(N, sizeof(*x));
	struct desk_object o;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(7));
	for (uint64_t i = 0; i < N; i++)
		x[i] = anybody(&r, i);
	write_roster(x, N);
	for (int64_t audience = AUDIENCE_EVERYBODY; audience < CAMPAIGN_AUDIENCES; audience++)
		for (int64_t district = 0; district < 202; district += 201) {
			struct segment_made made;
			struct segment s;
			struct segment_lot lot;
			uint64_t at = 0, held = 0, why = 0;

			campaign(&o, audience, district, 300);
			assert_int_equal(segment_make(&o, &key, NOW, roster, segment, &made), ERR_OK);
			note(&o, &made);
			assert_int_equal(segment_open(&s, segment, &o), ERR_OK);
			segment_lot_init(&lot, &key, o.id, 9, 300);
			for (uint64_t i = 0; i < N; i++) {
				struct member m;

				if (!naive(&o, &x[i], 2026))
					continue;
				member_take(s.row + at++ * MEMBER_BYTES, &m);
				assert_true(token_eq(m.person, x[i].person) && token_eq(m.phone, x[i].phone));
				assert_int_equal(m.held, segment_held(&lot, x[i].person));
				held += m.held;
			}
			for (uint32_t i = 0; i < SEGMENT_WHY_COUNT; i++)
				why += made.why[i];
			assert_true(at == s.rows && held == s.held && made.rows == at && made.held == held && made.seen == N &&
			            why == N);
			segment_close(&s);
		}
	mem_free(x);
}

/* The lot takes about its share, another seed or campaign or key takes others, and one campaign's lot says nothing of another's. */
static void the_lot_is_fair_and_nobodys(void **state)
{
	struct segment_lot a, other_seed, other_campaign, other_key;
	uint64_t n = 100000, held = 0, both[3] = { 0, 0, 0 };
	struct hash_key k2 = { { 4 } };

	(void)state;
	segment_lot_init(&a, &key, 1, 1, 200);
	segment_lot_init(&other_seed, &key, 1, 2, 200);
	segment_lot_init(&other_campaign, &key, 2, 1, 200);
	segment_lot_init(&other_key, &k2, 1, 1, 200);
	for (uint64_t i = 0; i < n; i++) {
		struct token t = { { i, 0 } };

		held += segment_held(&a, t);
		both[0] += segment_held(&a, t) && segment_held(&other_seed, t);
		both[1] += segment_held(&a, t) && segment_held(&other_campaign, t);
		both[2] += segment_held(&a, t) && segment_held(&other_key, t);
	}
	assert_in_range(held, 19000, 21000);
	for (uint32_t i = 0; i < 3; i++)
		assert_in_range(both[i], 3600, 4400);
}

static void districts_are_dealt_evenly(void **state)
{
	uint16_t district[40];
	uint32_t start[40], again[40], n[5];

	(void)state;
	for (uint16_t i = 0; i < 40; i++)
		district[i] = (uint16_t)(1 + i * 7);
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct segment_lot lot;

		segment_lot_init(&lot, &key, 5, seed, 200);
		segment_deal(&lot, district, 40, 200, 4, start);
		segment_deal(&lot, district, 40, 200, 4, again);
		assert_memory_equal(start, again, sizeof(start));
		memset(n, 0, sizeof(n));
		for (uint32_t i = 0; i < 40; i++)
			n[start[i]]++;
		for (uint32_t i = 0; i < 5; i++)
			assert_int_equal(n[i], 8);
		segment_deal(&lot, district, 2, 10, 1, start); /* both arms are there, however small the share */
		assert_true(start[0] != start[1]);
		segment_deal(&lot, district, 2, 900, 1, start);
		assert_true(start[0] != start[1]);
	}
}

static void a_flood_is_a_row_a_district(void **state)
{
	struct recipient x[600];
	struct desk_object o;
	struct segment_made made;
	struct segment s;
	struct rng r;
	uint64_t people = 0;

	(void)state;
	rng_seed(&r, test_seed(8));
	for (uint64_t i = 0; i < 600; i++)
		x[i] = anybody(&r, i);
	x[0].district = 0; /* nobody knows where */
	write_roster(x, 600);
	campaign(&o, AUDIENCE_EVERYBODY, 0, 500);
	set(&o, CAMPAIGN_F_MANNER, CAMPAIGN_FLOOD);
	assert_int_equal(segment_make(&o, &key, NOW, roster, segment, &made), ERR_OK);
	note(&o, &made);
	assert_int_equal(segment_open(&s, segment, &o), ERR_OK);
	assert_true(s.rows == 11 && s.held == 6);
	for (uint64_t i = 0; i < s.rows; i++) {
		struct member m;

		member_take(s.row + i * MEMBER_BYTES, &m);
		assert_true(m.district == 200 + i && m.person.w[1] == m.district && m.wave == m.held);
		people += m.phone.w[1];
	}
	assert_true(people == 599 && made.people == 599);
	segment_close(&s);
}

static enum err pass_over(void *ctx, const struct recipient *r)
{
	(void)ctx;
	(void)r;
	return ERR_OK;
}

/* A head with another number held out than the rows have, and a row twice, as somebody could write who wants a small group to look large. */
static void claims_of_a_head_are_counted(uint64_t id)
{
	struct segment s;
	struct buf whole;

	assert_int_equal(segment_look(&s, segment, id), ERR_OK);
	assert_true(s.rows > 2 && s.held > 0);
	segment_close(&s);
	buf_init(&whole, 1 << 20);
	assert_int_equal(file_read_all(segment, 1 << 20, &whole), ERR_OK);
	whole.p[24]--;
	assert_int_equal(file_write_all(segment, buf_view(&whole)), ERR_OK);
	assert_int_equal(segment_look(&s, segment, id), ERR_FORMAT);
	whole.p[24]++;
	memcpy(whole.p + SEGMENT_HEAD_BYTES + MEMBER_BYTES, whole.p + SEGMENT_HEAD_BYTES, 16); /* the first person again */
	assert_int_equal(file_write_all(segment, buf_view(&whole)), ERR_OK);
	assert_int_equal(segment_look(&s, segment, id), ERR_FORMAT);
	buf_release(&whole);
}

static void damage_is_noticed(void **state)
{
	struct recipient x[40];
	struct desk_object o;
	struct segment_made made;
	struct roster_head head;
	struct segment s;
	struct stat st;
	struct buf whole;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(9));
	for (uint64_t i = 0; i < 40; i++) {
		x[i] = anybody(&r, i);
		x[i].flags = RECIPIENT_MOBILE;
	}
	write_roster(x, 40);
	campaign(&o, AUDIENCE_EVERYBODY, 0, 300);
	set(&o, CAMPAIGN_F_TEXTS_MAX, 3);
	assert_int_equal(segment_make(&o, &key, NOW, roster, segment, &made), ERR_OK);
	note(&o, &made);
	assert_int_equal(stat(segment, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
	for (int which = 0; which < 2; which++) {
		const char *path = which ? segment : roster;

		buf_init(&whole, 1 << 20);
		assert_int_equal(file_read_all(path, 1 << 20, &whole), ERR_OK);
		for (size_t i = 0; i < whole.n; i += 7) {
			whole.p[i] ^= 16;
			assert_int_equal(file_write_all(path, buf_view(&whole)), ERR_OK);
			assert_int_equal(which ? segment_open(&s, path, &o) : roster_read(path, &head, pass_over, NULL),
			                 ERR_FORMAT);
			whole.p[i] ^= 16;
		}
		for (size_t n = 0; n < whole.n; n += 13) {
			assert_int_equal(file_write_all(path, text_of(whole.p, n)), ERR_OK);
			assert_int_equal(which ? segment_open(&s, path, &o) : roster_read(path, &head, pass_over, NULL),
			                 ERR_FORMAT);
		}
		assert_int_equal(file_write_all(path, buf_view(&whole)), ERR_OK);
		buf_release(&whole);
	}
	/* Other numbers than the file has, whoever claims them. */
	set(&o, CAMPAIGN_F_SIZE, 5000);
	assert_int_equal(segment_open(&s, segment, &o), ERR_FORMAT);
	note(&o, &made);
	set(&o, CAMPAIGN_F_HELD, (int64_t)made.held + 1);
	assert_int_equal(segment_open(&s, segment, &o), ERR_FORMAT);
	note(&o, &made);
	assert_int_equal(segment_open(&s, segment, &o), ERR_OK);
	segment_close(&s);
	claims_of_a_head_are_counted(o.id);
	o.id++; /* another campaign's */
	assert_int_equal(segment_open(&s, segment, &o), ERR_FORMAT);
	assert_int_equal(segment_make(&o, &key, NOW, "/nonexistent/roster", segment, &made), ERR_ABSENT);
}

/* Whatever fails, the segment that was there is there. */
static void failures_leave_what_was(void **state)
{
	struct recipient x[200];
	struct desk_object o;
	struct segment_made first, made;
	struct segment s;
	struct rng r;
	uint64_t tries = 0;
	enum err e;

	(void)state;
	rng_seed(&r, test_seed(10));
	for (uint64_t i = 0; i < 200; i++)
		x[i] = anybody(&r, i);
	write_roster(x, 200);
	campaign(&o, AUDIENCE_EVERYBODY, 0, 300);
	assert_int_equal(segment_make(&o, &key, NOW, roster, segment, &first), ERR_OK);
	note(&o, &first);
	for (uint64_t n = 1; n < 100; n++) {
		mem_fail_at(n % 2 ? (n + 1) / 2 : 0);
		file_fail_at(n % 2 ? 0 : n / 2);
		e = segment_make(&o, &key, NOW, roster, segment, &made);
		mem_fail_at(0);
		file_fail_at(0);
		tries += e != ERR_OK;
		assert_int_equal(segment_open(&s, segment, &o), ERR_OK);
		segment_close(&s);
	}
	assert_true(tries >= 4);
}

/* By phone, each row is where the lot put it, and whoever has none is outside; another digest, a missing file and too little memory are told. */
static void phones_are_found_where_the_lot_put_them(void **state)
{
	struct recipient x[300];
	struct desk_object o;
	struct segment_made made;
	struct assigned *a = NULL;
	enum assigned_place place;
	uint64_t seen[3] = { 0 };
	char path[96];
	struct rng r;
	struct segment s;
	struct member m;

	(void)state;
	rng_seed(&r, test_seed(12));
	for (uint64_t i = 0; i < 300; i++) {
		x[i] = anybody(&r, i);
		x[i].flags = i % 3 ? RECIPIENT_MOBILE : 0;
	}
	write_roster(x, 300);
	campaign(&o, AUDIENCE_EVERYBODY, 0, 300);
	set(&o, CAMPAIGN_F_TEXTS_MAX, 3);
	snprintf(path, sizeof(path), "%s/CA-%llu.segment", folder, (unsigned long long)o.id);
	assert_int_equal(assigned_new(&a, folder), ERR_OK);
	assert_int_equal(assigned_find(a, &o, x[1].phone, &place), ERR_ABSENT);
	assert_int_equal(segment_make(&o, &key, NOW, roster, path, &made), ERR_OK);
	note(&o, &made);
	mem_fail_at(1);
	assert_int_equal(assigned_find(a, &o, x[1].phone, &place), ERR_MEMORY);
	mem_fail_at(0);
	for (uint64_t i = 0; i < 300; i++) {
		assert_int_equal(assigned_find(a, &o, x[i].phone, &place), ERR_OK);
		assert_true(i % 3 || place == ASSIGNED_OUTSIDE);
		seen[place]++;
	}
	assert_true(seen[ASSIGNED_HELD] == made.held && seen[ASSIGNED_IN] == made.rows - made.held && made.held > 0);
	assert_int_equal(assigned_segment(a, &o, &s), ERR_OK);
	for (uint64_t i = 0; i < s.rows; i++) {
		member_take(s.row + i * MEMBER_BYTES, &m);
		assert_int_equal(assigned_find(a, &o, m.phone, &place), ERR_OK);
		assert_int_equal(place, m.held ? ASSIGNED_HELD : ASSIGNED_IN);
	}
	segment_close(&s);
	o.value[CAMPAIGN_F_DIGEST].code.p[0] ^= 1; /* segmented anew meanwhile */
	assert_int_equal(assigned_find(a, &o, m.phone, &place), ERR_FORMAT);
	assigned_free(a);
	assert_int_equal(unlink(path), 0);
}

static int make_folder(void **state)
{
	(void)state;
	umask(077);
	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(roster, sizeof(roster), "%s/roster", folder);
	snprintf(segment, sizeof(segment), "%s/segment", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(roster);
	unlink(segment);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_survive),
		cmocka_unit_test(segments_are_what_the_rule_says),
		cmocka_unit_test(the_lot_is_fair_and_nobodys),
		cmocka_unit_test(districts_are_dealt_evenly),
		cmocka_unit_test(a_flood_is_a_row_a_district),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(phones_are_found_where_the_lot_put_them),
		cmocka_unit_test(failures_leave_what_was),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
