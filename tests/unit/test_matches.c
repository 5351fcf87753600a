/* test_matches.c - sessions of private matching at the service: from proposal to end, with each write and each allocation made to fail once and the service started anew
 * behind it; expiry, resumed uploads, the daily cap, four eyes, and that nobody waits for another session's message. */
#include "tests/test.h"
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "gateway/matches.h"
#include "tests/unit/match_run.h"

enum {
	PER_DAY = 4,
	PIECE = 5000
};

static struct world {
	char folder[64];
	struct disk disk;
	struct matches *m;
	char id[MATCH_ID_CHARS + 1];
	uint32_t noted; /* acts */
	enum err refuse;
	struct run run; /* what both sides compute at home */
} w;
static int64_t now_us;

static int64_t now(void)
{
	return now_us;
}

static enum err note(void *ctx, const struct match_session *s)
{
	(void)ctx;
	assert_non_null(s);
	w.noted += w.refuse == ERR_OK;
	return w.refuse;
}

static void open_again(void)
{
	struct buf b;

	matches_close(w.m);
	buf_init(&b, 256);
	assert_int_equal(matches_open(&w.m, &w.disk, now, &b), ERR_OK);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void start(void)
{
	memset(&w, 0, sizeof(w));
	now_us = 1772000000 * US_PER_SECOND;
	snprintf(w.folder, sizeof(w.folder), "/tmp/matches.XXXXXX");
	assert_non_null(mkdtemp(w.folder));
	assert_int_equal(disk_real_open(&w.disk, w.folder), ERR_OK);
	open_again();
	begin(&w.run);
	numbers(&w.run.a.list, 0, 120, 1);
	numbers(&w.run.b.list, 60, 120, 1);
}

static void remove_file(void *ctx, const char *name)
{
	char path[128];

	(void)ctx;
	snprintf(path, sizeof(path), "%s/matches/%s", w.folder, name);
	assert_int_equal(unlink(path), 0);
}

static void stop(void)
{
	char path[128];

	assert_int_equal(w.disk.list(w.disk.ctx, "matches", remove_file, NULL), ERR_OK);
	matches_close(w.m);
	disk_real_close(&w.disk);
	end(&w.run);
	snprintf(path, sizeof(path), "%s/matches", w.folder);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(w.folder), 0);
}

static struct match_session terms_of(const char *from, const char *with)
{
	struct match_session s = { .size = 200, .made_us = now_us, .until_us = now_us + US_PER_DAY };

	snprintf(s.side[0], sizeof(s.side[0]), "%s", from);
	snprintf(s.side[1], sizeof(s.side[1]), "%s", with);
	snprintf(s.person[0], sizeof(s.person[0]), "%s/u1", from);
	s.terms = terms;
	return s;
}

static enum err propose(const char *from, const char *with)
{
	struct match_session s = terms_of(from, with);

	return matches_propose(w.m, &s, PER_DAY, note, NULL, w.id, &why);
}

static enum err consent(const char *who, const char *person, bool two)
{
	return matches_consent(w.m, text_z(w.id), who, person, two, now_us, note, NULL, &why);
}

static struct match_session seen(const char *who)
{
	struct match_session s;

	assert_int_equal(matches_get(w.m, text_z(w.id), who, now_us, &s), ERR_OK);
	return s;
}

static enum err put_at(const char *who, enum match_step step, uint64_t at, struct text piece, uint64_t *have)
{
	static const struct match_limits limits = { MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };

	return matches_put(w.m, text_z(w.id), who, step, at, piece, &limits, now_us, note, NULL, have, &why);
}

static enum match_phase phase(void)
{
	return seen("bank").phase;
}

/* The rest of a message from where the service has it, in pieces; an empty one if it has all and the session has not gone on. */
static enum err put_rest(const char *who, enum match_step step, const struct buf *message)
{
	uint64_t at = seen(who).bytes[step - 1];
	enum err e = ERR_OK;

	while (e == ERR_OK && phase() == (enum match_phase)(MATCH_AGREED + step - 1)) {
		size_t n = message->n - at < PIECE ? message->n - at : PIECE;

		e = put_at(who, step, at, text_of(message->p + at, n), &at);
	}
	return e;
}

/* A message as the other side gets it, read. */
static enum err fetch(const char *who, enum match_step step, const struct buf *sent)
{
	struct buf b;
	enum err e;

	buf_init(&b, MATCH_MESSAGE_BYTES_MAX + 1);
	e = matches_fetch(w.m, text_z(w.id), who, step, 0, now_us, note, NULL, &b, &why);
	if (e == ERR_OK)
		assert_true(text_eq(buf_view(&b), buf_view(sent)));
	buf_release(&b);
	return e;
}

/* What the sides compute, by the terms of the session. */
static void compute(enum match_step step)
{
	struct match_session s = seen("bank");

	if (step == MATCH_OFFER) {
		w.run.terms = s.terms;
		assert_int_equal(do_offer(&w.run), ERR_OK);
	} else if (step == MATCH_ANSWER) {
		assert_int_equal(do_answer(&w.run), ERR_OK);
	} else {
		assert_int_equal(do_finish(&w.run), ERR_OK);
	}
}

static void agree(void)
{
	assert_int_equal(propose("bank", "operator"), ERR_OK);
	assert_int_equal(consent("operator", "operator/u2", false), ERR_OK);
	assert_int_equal(phase(), MATCH_AGREED);
}

static uint32_t files;
static void count_file(void *ctx, const char *name)
{
	(void)ctx;
	files++;
	assert_non_null(strstr(name, ".json"));
}

static void only_records(uint32_t n)
{
	files = 0;
	assert_int_equal(w.disk.list(w.disk.ctx, "matches", count_file, NULL), ERR_OK);
	assert_int_equal(files, n);
}

/* ---- faults ---- */

struct fault {
	void (*at)(uint64_t nth);
	uint64_t (*count)(void);
	uint64_t left; /* operations until it happens; 0: it has */
	bool restart;  /* behind it */
};

/* Calls with the fault armed; once more without it if it happened and the call failed. */
static void through(struct fault *f, enum err (*call)(void))
{
	uint64_t n;
	enum err e;

	f->at(f->left);
	e = call();
	n = f->count();
	f->at(0);
	if (f->left == 0 || n < f->left) {
		assert_int_equal(e, ERR_OK);
		f->left -= f->left > n ? n : 0;
		return;
	}
	f->left = 0;
	assert_true(e == ERR_OK || e == ERR_IO || e == ERR_MEMORY);
	if (f->restart)
		open_again();
	if (e != ERR_OK)
		assert_int_equal(call(), ERR_OK);
}

static enum err call_propose(void)
{
	return propose("bank", "operator");
}

static enum err call_consent(void)
{
	return phase() == MATCH_AGREED ? ERR_OK : consent("operator", "operator/u2", false);
}

#define CALL(name, what)       \
	static enum err name(void) \
	{                          \
		return what;           \
	}
CALL(call_offer, put_rest("bank", MATCH_OFFER, &w.run.offer))
CALL(call_fetch_offer, fetch("operator", MATCH_OFFER, &w.run.offer))
CALL(call_answer, put_rest("operator", MATCH_ANSWER, &w.run.answer))
CALL(call_fetch_answer, fetch("bank", MATCH_ANSWER, &w.run.answer))
CALL(call_finish, put_rest("bank", MATCH_FINISH, &w.run.finish))

static enum err call_end(void)
{
	return phase() == MATCH_ENDED ? ERR_OK : matches_end(w.m, text_z(w.id), "bank", now_us, note, NULL, &why);
}

static void life(struct fault *f)
{
	through(f, call_propose);
	through(f, call_consent);
	compute(MATCH_OFFER);
	through(f, call_offer);
	through(f, call_fetch_offer);
	compute(MATCH_ANSWER);
	through(f, call_answer);
	through(f, call_fetch_answer);
	compute(MATCH_FINISH);
	assert_int_equal(w.run.a.found.n, 60);
	through(f, call_finish);
	assert_int_equal(phase(), MATCH_FINISHED);
	open_again();
	assert_int_equal(phase(), MATCH_FINISHED);
	assert_int_equal(seen("operator").items[0], 120);
	assert_int_equal(seen("operator").items[1], 120);
	through(f, call_end);
	open_again();
	assert_int_equal(phase(), MATCH_ENDED);
	assert_int_equal(seen("operator").bytes[0], 0);
}

static void each_fails(void (*at)(uint64_t), uint64_t (*count)(void), uint64_t least)
{
	bool happened = true;

	for (uint64_t nth = 1; happened; nth++) {
		struct fault f = { at, count, nth, nth % 2 == 0 };

		start();
		life(&f);
		happened = f.left == 0;
		assert_true(happened || nth > least);
		stop();
	}
}

static void each_write_fails(void **state)
{
	(void)state;
	each_fails(file_fail_at, file_count, 40);
}

static void each_allocation_fails(void **state)
{
	int64_t live = mem_live();

	(void)state;
	each_fails(mem_fail_at, mem_count, 20);
	assert_int_equal(mem_live(), live);
}

/* What the journal does not take has not happened. */
static void nothing_without_its_act(void **state)
{
	(void)state;
	start();
	w.refuse = ERR_STOPPED;
	assert_int_equal(propose("bank", "operator"), ERR_STOPPED);
	only_records(0);
	w.refuse = ERR_OK;
	assert_int_equal(propose("bank", "operator"), ERR_OK);
	w.refuse = ERR_STOPPED;
	assert_int_equal(consent("operator", "operator/u2", false), ERR_STOPPED);
	assert_int_equal(call_end(), ERR_STOPPED);
	assert_int_equal(phase(), MATCH_PROPOSED);
	w.refuse = ERR_OK;
	assert_int_equal(consent("operator", "operator/u2", false), ERR_OK);
	compute(MATCH_OFFER);
	w.refuse = ERR_STOPPED;
	assert_int_equal(call_offer(), ERR_STOPPED);
	assert_int_equal(phase(), MATCH_AGREED);
	assert_int_equal(seen("bank").bytes[0], w.run.offer.n);
	w.refuse = ERR_OK;
	assert_int_equal(call_offer(), ERR_OK); /* an empty piece does */
	assert_int_equal(phase(), MATCH_OFFERED);
	w.refuse = ERR_STOPPED;
	assert_int_equal(call_fetch_offer(), ERR_STOPPED);
	stop();
}

/* ---- time ---- */

static void expiry(void **state)
{
	struct match_session s;

	(void)state;
	start();
	agree();
	compute(MATCH_OFFER);
	assert_int_equal(call_offer(), ERR_OK);
	now_us += US_PER_DAY - 1;
	assert_int_equal(phase(), MATCH_OFFERED);
	now_us += 1;
	assert_int_equal(phase(), MATCH_ENDED);
	only_records(1);
	assert_int_equal(call_fetch_offer(), ERR_RANGE);
	assert_int_equal(put_at("operator", MATCH_ANSWER, 0, TEXT("x"), &(uint64_t){ 0 }), ERR_RANGE);
	now_us += MATCHES_KEEP_US - 1;
	open_again();
	assert_int_equal(phase(), MATCH_ENDED);
	now_us += 1;
	assert_int_equal(matches_get(w.m, text_z(w.id), "bank", now_us, &s), ERR_ABSENT);
	only_records(0);
	stop();
}

/* By the duty, and however a removal fails: it is tried again. */
static void expiry_fails_and_is_done_again(void **state)
{
	atomic_bool never = false;
	struct buf b;

	(void)state;
	start();
	agree();
	compute(MATCH_OFFER);
	assert_int_equal(call_offer(), ERR_OK);
	now_us += US_PER_DAY;
	for (uint64_t nth = 1;; nth++) {
		struct tender_duty d = matches_tending(w.m);
		enum err e;

		buf_init(&b, 256);
		file_fail_at(nth);
		e = d.run(d.ctx, &never, &b);
		file_fail_at(0);
		assert_int_equal(e == ERR_OK, b.n == 0);
		buf_release(&b);
		if (e == ERR_OK)
			break;
		assert_true(nth < 20);
	}
	assert_int_equal(phase(), MATCH_ENDED);
	only_records(1);
	stop();
}

static void daily_cap(void **state)
{
	(void)state;
	start();
	for (int i = 0; i < PER_DAY; i++) {
		assert_int_equal(i % 2 == 0 ? propose("bank", "operator") : propose("operator", "bank"), ERR_OK);
		assert_int_equal(call_end(), ERR_OK); /* an ended one counts, too */
		now_us += US_PER_HOUR;
	}
	assert_int_equal(propose("operator", "bank"), ERR_CAP);
	assert_non_null(strstr(why, "within a day"));
	assert_int_equal(propose("bank", "other"), ERR_OK); /* another pair */
	open_again();
	now_us += (24 - PER_DAY) * US_PER_HOUR - 1;
	assert_int_equal(propose("bank", "operator"), ERR_CAP);
	now_us += 1; /* a day behind the first */
	assert_int_equal(propose("bank", "operator"), ERR_OK);
	assert_int_equal(propose("bank", "operator"), ERR_CAP);
	stop();
}

static void room(void **state)
{
	char with[32];

	(void)state;
	start();
	for (int i = 0; i < MATCHES_OPEN_MAX; i++) {
		snprintf(with, sizeof(with), "operator-%d", i);
		assert_int_equal(propose("bank", with), ERR_OK);
	}
	assert_int_equal(propose("bank", "another"), ERR_CAP);
	assert_non_null(strstr(why, "too many"));
	assert_int_equal(call_end(), ERR_OK);
	assert_int_equal(propose("bank", "another"), ERR_OK);
	stop();
}

/* ---- messages ---- */

static void upload_goes_on(void **state)
{
	uint64_t have = 0;

	(void)state;
	start();
	agree();
	compute(MATCH_OFFER);
	assert_int_equal(put_at("bank", MATCH_OFFER, 0, text_of(w.run.offer.p, 70), &have), ERR_OK);
	assert_int_equal(have, 70);
	assert_int_equal(put_at("bank", MATCH_OFFER, 0, text_of(w.run.offer.p, 70), &have), ERR_LATE);
	assert_int_equal(have, 70);
	assert_int_equal(put_at("bank", MATCH_OFFER, 71, text_of(w.run.offer.p, 70), &have), ERR_LATE);
	assert_int_equal(put_at("operator", MATCH_OFFER, 70, TEXT("x"), &have), ERR_RANGE);
	assert_int_equal(put_at("bank", MATCH_FINISH, 0, TEXT("x"), &have), ERR_RANGE);
	open_again();
	assert_int_equal(seen("bank").bytes[0], 70);
	assert_int_equal(call_offer(), ERR_OK);
	assert_int_equal(phase(), MATCH_OFFERED);
	assert_int_equal(put_at("bank", MATCH_OFFER, 0, TEXT("x"), &have), ERR_RANGE); /* it is there */
	assert_int_equal(call_fetch_offer(), ERR_OK);
	stop();
}

/* Whole and wrong: it goes, and the right one can come. */
static void wrong_message_goes(void **state)
{
	uint64_t have = 0;

	(void)state;
	start();
	agree();
	compute(MATCH_OFFER);
	w.run.offer.p[300] = (char)(w.run.offer.p[300] ^ 1);
	assert_int_equal(call_offer(), ERR_FORMAT);
	assert_int_equal(seen("bank").bytes[0], 0);
	only_records(1);
	w.run.offer.p[300] = (char)(w.run.offer.p[300] ^ 1);
	assert_int_equal(put_at("bank", MATCH_OFFER, 0, text_of(w.run.offer.p, w.run.offer.n), &have), ERR_OK);
	assert_int_equal(phase(), MATCH_OFFERED);
	stop();
}

/* ---- four eyes ---- */

static void two_on_either_side(void **state)
{
	struct match_session s;

	(void)state;
	start();
	s = terms_of("bank", "operator");
	s.two[0] = true;
	assert_int_equal(matches_propose(w.m, &s, PER_DAY, note, NULL, w.id, &why), ERR_OK);
	assert_int_equal(consent("bank", "bank/u1", true), ERR_RANGE); /* who proposed */
	assert_non_null(strstr(why, "second person"));
	assert_int_equal(consent("operator", "operator/u7", true), ERR_OK);
	assert_int_equal(consent("operator", "operator/u7", true), ERR_RANGE);
	open_again();
	assert_int_equal(consent("bank", "bank/u2", false), ERR_OK); /* what was said first holds */
	assert_int_equal(consent("bank", "bank/u3", true), ERR_RANGE);
	assert_int_equal(phase(), MATCH_PROPOSED);
	assert_int_equal(put_at("bank", MATCH_OFFER, 0, TEXT("x"), &(uint64_t){ 0 }), ERR_RANGE);
	assert_int_equal(consent("operator", "operator/u8", true), ERR_OK);
	open_again();
	s = seen("operator");
	assert_int_equal(s.phase, MATCH_AGREED);
	assert_string_equal(s.person[0], "bank/u1");
	assert_string_equal(s.second[0], "bank/u2");
	assert_string_equal(s.person[1], "operator/u7");
	assert_string_equal(s.second[1], "operator/u8");
	assert_int_equal(consent("operator", "operator/u9", true), ERR_RANGE);
	assert_int_equal(consent("other", "other/u1", false), ERR_ABSENT);
	stop();
}

/* ---- nobody waits ---- */

static uint32_t met;
static void count_session(void *ctx, const struct match_session *s)
{
	(void)ctx;
	met += s->phase == MATCH_AGREED;
}

/* While a message is looked at and its act journaled: others look, list, propose, and end theirs. With a lock held it would stand still here. */
static enum err busy_note(void *ctx, const struct match_session *s)
{
	char own[MATCH_ID_CHARS + 1];

	(void)ctx;
	assert_int_equal(s->phase, MATCH_OFFERED);
	assert_int_equal(phase(), MATCH_AGREED); /* not yet */
	met = 0;
	matches_each(w.m, "operator", now_us, count_session, NULL);
	assert_int_equal(met, 1);
	memcpy(own, w.id, sizeof(own));
	assert_int_equal(propose("other", "operator"), ERR_OK);
	assert_int_equal(consent("operator", "operator/u2", false), ERR_OK);
	assert_int_equal(matches_end(w.m, text_z(w.id), "bank", now_us, note, NULL, &why), ERR_ABSENT); /* not theirs */
	assert_int_equal(matches_end(w.m, text_z(w.id), "other", now_us, note, NULL, &why), ERR_OK);
	now_us += 2 * US_PER_DAY; /* over by time, but somebody works on it: it is left alone */
	memcpy(w.id, own, sizeof(own));
	assert_int_equal(phase(), MATCH_AGREED);
	now_us -= 2 * US_PER_DAY;
	return ERR_OK;
}

static void others_do_not_wait(void **state)
{
	static const struct match_limits limits = { MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, MATCH_RATIO_MOST };
	uint64_t have = 0;

	(void)state;
	start();
	agree();
	compute(MATCH_OFFER);
	assert_int_equal(matches_put(w.m, text_z(w.id), "bank", MATCH_OFFER, 0, buf_view(&w.run.offer), &limits, now_us,
	                             busy_note, NULL, &have, &why),
	                 ERR_OK);
	assert_int_equal(phase(), MATCH_OFFERED);
	stop();
}

static void damaged_record(void **state)
{
	char path[128];
	struct buf b;

	(void)state;
	start();
	agree();
	matches_close(w.m);
	w.m = NULL;
	snprintf(path, sizeof(path), "%s/matches/%s.json", w.folder, w.id);
	assert_int_equal(file_write_all(path, TEXT("{\"id\":1}")), ERR_OK);
	buf_init(&b, 256);
	assert_int_equal(matches_open(&w.m, &w.disk, now, &b), ERR_FORMAT);
	assert_null(w.m);
	assert_non_null(strstr(b.p, w.id));
	assert_non_null(strstr(b.p, "remove it"));
	buf_release(&b);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_write_fails),
		cmocka_unit_test(each_allocation_fails),
		cmocka_unit_test(nothing_without_its_act),
		cmocka_unit_test(expiry),
		cmocka_unit_test(expiry_fails_and_is_done_again),
		cmocka_unit_test(daily_cap),
		cmocka_unit_test(room),
		cmocka_unit_test(upload_goes_on),
		cmocka_unit_test(wrong_message_goes),
		cmocka_unit_test(two_on_either_side),
		cmocka_unit_test(others_do_not_wait),
		cmocka_unit_test(damaged_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
