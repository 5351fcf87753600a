/* test_histories.c - whole lives of a shard on a simulated disk: events come in groups, some again, snapshots and policy changes in between;
 * segments are indexed, the power goes, the disk fills up, a sync fails; then recovery. An auditor keeps what was acknowledged and demands of the last
 * journal: all of that is in it, once; every answer was the one that an undisturbed shard gives to the same events; alerts told,
 * before or after a crash, are byte for byte those of a replay; an entity's records, by whatever indexes are there, are those in the journal.
 *
 * SEED=n runs history n alone; COUNT=n runs n of them (make sim). */
#include "tests/test.h"
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "event/event_build.h"
#include "journal/contacts.h"
#include "shard/shard.h"
#include "tests/sim/disk_virtual.h"

enum {
	EVENTS = 400,
	GROUP = 24,
	ALERTS_MAX = 1 << 14,
	BYTES_PER_EVENT = EVENT_BUILD_BYTES + 64
};

static const struct hash_key key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static const char *const policies[] = {
	"entity phone { holder: person }, person, account\n"
	"event call { caller: phone, callee: phone, talk: duration? }\n"
	"event sms { sender: phone, receiver: phone, body: text }\n"
	"event transfer { payer: account, payee: account, amount: money }\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 and distinct(callee by caller over 1d) >= 2\n"
	"  then alert red, score 5 because \"{count(call by caller over 1h)} calls\"\n"
	"rule mass on sms about sender when count(sms by sender over 1h where length(body) > 2) >= 2\n"
	"  then alert blue, score 3 because \"{length(body)}\"\n"
	"rule drain on transfer about payer when sum(amount by payer over 1d) > 5000 yuan\n"
	"  then alert purple, score 9 because \"{sum(amount by payer over 1d)}\"\n",
	"entity phone { holder: person }, person, account\n"
	"event call { caller: phone, callee: phone, talk: duration? }\n"
	"event sms { sender: phone, receiver: phone, body: text }\n"
	"event transfer { payer: account, payee: account, amount: money, channel: text? }\n"
	"rule often on call about caller when count(call by caller over 2h) >= 5 then alert red, score 7 because \"{count(call by caller over 2h)}\"\n"
	"rule drain on transfer about payee when sum(amount by payee over 1d) > 4000 yuan and risk(payee) < 50\n"
	"  then alert purple, score 9 because \"{sum(amount by payee over 1d)}\"\n",
};

struct made { /* one event of a history, and what came of it */
	struct event event;
	char bytes[BYTES_PER_EVENT];
	unsigned char key[RECORD_KEY_BYTES];
	bool acknowledged;
	struct shard_answer answer;
	char *alerts;
};

struct history {
	uint64_t seed;
	struct rng rng;
	struct disk_virtual *v;
	struct disk disk;
	struct shard *shard;
	struct shard_options o;
	struct buf policy[ARRAY_LEN(policies)];
	struct schema *schema;
	struct made *made;
	uint32_t policy_in_force;
	char **line; /* alerts told, as they came */
	uint32_t n_lines;
	uint64_t crashes, refusals, repeats, changes;
};

static enum err no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

static void hear(void *ctx, uint64_t position, struct text line)
{
	struct history *h = ctx;

	(void)position;
	assert_true(h->n_lines < ALERTS_MAX);
	h->line[h->n_lines++] = mem_copy_text(line.p, line.n);
}

static void fail_history(const struct history *h, const char *what)
{
	print_message("history SEED=%llu: %s\n", (unsigned long long)h->seed, what);
	fail();
}

/* ---- events ---- */

static void pair(struct event_pair *p, const char *name, char *value, size_t cap, const char *format, uint64_t a)
{
	snprintf(value, cap, format, (unsigned long long)a);
	*p = (struct event_pair){ text_z(name), text_z(value) };
}

static void make_event(struct history *h, struct made *m, uint32_t i)
{
	static const char *const type[] = { "call", "sms", "transfer" };
	static const char *const field[][3] = { { "caller", "callee", "talk" },
		                                    { "sender", "receiver", "body" },
		                                    { "payer", "payee", "amount" } };
	uint64_t t = rng_below(&h->rng, 3), id;
	char value[5][64];
	struct event_pair p[5];
	struct event_builder b = { .schema = h->schema, .key = &key, .bytes = m->bytes, .cap = sizeof(m->bytes) };
	struct text wrong = { "", 0 };
	int64_t us = 1772409600 * US_PER_SECOND + (int64_t)i * 20 * US_PER_SECOND;

	if (rng_chance(&h->rng, 50000))
		us -= rng_between(&h->rng, 0, 2 * US_PER_HOUR); /* some of them too late */
	p[0] = (struct event_pair){ TEXT("event"), text_z(type[t]) };
	pair(&p[1], "time", value[1], sizeof(value[1]), "%llu", (uint64_t)us);
	id = rng_below(&h->rng, 6);
	pair(&p[2], field[t][0], value[2], sizeof(value[2]), t == 2 ? "62220000000000%02llu" : "138000000%02llu", id);
	id = rng_below(&h->rng, 9);
	pair(&p[3], field[t][1], value[3], sizeof(value[3]), t == 2 ? "62220000000001%02llu" : "139000000%02llu", id);
	id = rng_below(&h->rng, 2000);
	pair(&p[4], field[t][2], value[4], sizeof(value[4]), "%llu", id);
	assert_int_equal(event_build(&b, p, 5, &m->event, &wrong), BAD_NONE);
	if (t == 1) { /* texts must live as long as the event */
		size_t n = m->event.str[0].n;

		memcpy(m->bytes + sizeof(m->bytes) - 64, m->event.str[0].p, n);
		m->event.str[0].p = m->bytes + sizeof(m->bytes) - 64;
	}
	memset(m->key, 0, sizeof(m->key));
	memcpy(m->key, &i, sizeof(i));
	m->key[15] = 1;
}

/* ---- life ---- */

static void start(struct history *h)
{
	struct shard_found found;
	struct buf why;
	enum err e = ERR_IO;

	buf_init(&why, 1 << 16);
	for (int tries = 0; e != ERR_OK && tries < 50; tries++) {
		buf_clear(&why);
		e = shard_open(&h->shard, &h->o, &found, &why);
		if (e == ERR_FORMAT || e == ERR_MEMORY || e == ERR_ABSENT) {
			print_message("%s\n", why.p ? why.p : err_name(e));
			fail_history(h, "the journal did not open after a crash");
		}
		if (e != ERR_OK) {
			h->refusals++;
			disk_virtual_crash(h->v);
			if (tries > 20)
				disk_virtual_faults(h->v, 0);
		}
	}
	buf_release(&why);
	if (e != ERR_OK)
		fail_history(h, "the shard never came up");
}

static void crash(struct history *h)
{
	h->crashes++;
	shard_close(h->shard);
	disk_virtual_crash(h->v);
	start(h);
}

static bool equal_answers(const struct shard_answer *a, const struct shard_answer *b, const char *b_alerts)
{
	return a->outcome == b->outcome && a->position == b->position && a->severity == b->severity &&
	       a->score == b->score && a->n_alerts == b->n_alerts && a->alerts.n == b->alerts.n &&
	       (a->alerts.n == 0 || memcmp(a->alerts.p, b_alerts, a->alerts.n) == 0);
}

static void acknowledge(struct history *h, struct made *m, const struct shard_answer *a)
{
	if (m->acknowledged) {
		h->repeats++;
		if (!a->repeated || !equal_answers(a, &m->answer, m->alerts)) {
			print_message("position %llu, was %llu; outcome %d, was %d; score %lld, was %lld; %s\nwas %s\n",
			              (unsigned long long)a->position, (unsigned long long)m->answer.position, a->outcome,
			              m->answer.outcome, (long long)a->score, (long long)m->answer.score,
			              a->alerts.n > 0 ? a->alerts.p : "none", m->alerts);
			fail_history(h, "a repeated event got another answer");
		}
		return;
	}
	m->acknowledged = true;
	m->answer = *a;
	m->alerts = mem_copy_text(a->alerts.p, a->alerts.n);
}

/* One group: from `from` on, with some older ones again. False: the shard died; the group must be sent again. */
static bool send_group(struct history *h, uint32_t from, uint32_t n)
{
	struct shard_item item[2 * GROUP];
	uint32_t who[2 * GROUP], k = 0;
	enum err e;

	for (uint32_t i = 0; i < n; i++) {
		if (from > 0 && rng_chance(&h->rng, 100000))
			who[k++] = (uint32_t)rng_below(&h->rng, from);
		who[k++] = from + i;
	}
	for (uint32_t i = 0; i < k; i++) {
		item[i] = (struct shard_item){ .event = &h->made[who[i]].event, .keyed = true };
		memcpy(item[i].key, h->made[who[i]].key, RECORD_KEY_BYTES);
	}
	e = shard_apply(h->shard, item, k);
	for (uint32_t i = 0; e == ERR_OK && i < k; i++)
		acknowledge(h, &h->made[who[i]], &item[i].answer);
	return e == ERR_OK;
}

static void change_policy(struct history *h)
{
	struct buf why;
	uint32_t next = 1 - h->policy_in_force;
	enum err e;

	buf_init(&why, 1 << 16);
	e = shard_policy(h->shard, buf_view(&h->policy[next]), h->o.now_us, &why);
	if (e == ERR_FORMAT)
		fail_history(h, why.p ? why.p : "policy");
	if (e == ERR_OK) {
		h->policy_in_force = next;
		h->changes++;
	}
	buf_release(&why);
	if (e != ERR_OK)
		crash(h);
	h->policy_in_force =
		shard_policy_in_force(h->shard)->n_rules == 3 ? 0 : 1; /* a change may have come through with the crash */
}

static void live(struct history *h)
{
	uint32_t at = 0;

	start(h);
	while (at < EVENTS) {
		uint32_t n = 1 + (uint32_t)rng_below(&h->rng, GROUP - 1);
		uint64_t what = rng_below(&h->rng, 100);

		n = n < EVENTS - at ? n : EVENTS - at;
		if (what < 8 && shard_snapshot(h->shard) != ERR_OK)
			h->refusals++;
		if (what == 8)
			change_policy(h);
		if (what == 9 && shard_note(h->shard, RECORD_TICK, h->o.now_us, 0, TEXT("")) != ERR_OK)
			crash(h);
		if (what >= 10 && what < 16)
			crash(h);
		if (what >= 16 && what < 22 && contacts_index_all(&h->disk, NULL, NULL, NULL) != ERR_OK)
			h->refusals++;
		if (send_group(h, at, n))
			at += n;
		else
			crash(h);
	}
	disk_virtual_faults(h->v, 0);
	crash(h);
}

/* ---- audit ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void see_bad(void *ctx, const char *line)
{
	(void)ctx;
	print_message("%s\n", line);
}

static uint32_t unique(char **line, uint32_t n)
{
	uint32_t k = 0;

	qsort(line, n, sizeof(*line), by_text);
	for (uint32_t i = 0; i < n; i++) {
		if (k > 0 && strcmp(line[k - 1], line[i]) == 0)
			mem_free(line[i]);
		else
			line[k++] = line[i];
	}
	return k;
}

static void audit_chain(struct history *h)
{
	unsigned char head[JOURNAL_CHAIN_BYTES];
	struct journal_audit audit;

	shard_chain(h->shard, head);
	assert_int_equal(journal_verify(&h->disk, head, &audit, see_bad, NULL), ERR_OK);
	if (audit.wrong > 0 || !audit.head_seen || audit.last + 1 != shard_next(h->shard))
		fail_history(h, "the audit complains of a journal that recovered");
}

/* Every key of an acknowledged event is in the journal once, at the position that was answered. */
static void audit_keys(struct history *h)
{
	struct journal_reader *r;
	struct record record;
	uint64_t *seen = mem_alloc_array(EVENTS, sizeof(*seen));
	enum err e;

	assert_non_null(seen);
	assert_int_equal(journal_reader_open(&r, &h->disk, 0, UINT64_MAX), ERR_OK);
	while ((e = journal_read(r, &record, NULL)) == ERR_OK) {
		uint32_t i;

		if (record.kind != RECORD_EVENT)
			continue;
		memcpy(&i, record.payload.p, sizeof(i));
		assert_true(i < EVENTS);
		if (seen[i] != 0)
			fail_history(h, "an event is in the journal twice");
		seen[i] = record.position;
	}
	assert_int_equal(e, ERR_ABSENT);
	journal_reader_close(r);
	for (uint32_t i = 0; i < EVENTS; i++)
		if (h->made[i].acknowledged && seen[i] != h->made[i].answer.position)
			fail_history(h, "an acknowledged event is lost or stands elsewhere");
	mem_free(seen);
}

struct contacts_heard {
	uint64_t position[EVENTS];
	uint32_t n;
};

static bool hear_record(void *ctx, const struct record *r, const struct written *w)
{
	struct contacts_heard *c = ctx;

	(void)w;
	assert_true(c->n < EVENTS);
	c->position[c->n++] = r->position;
	return true;
}

/* Whoever is in the first field of an event: what is found of it, newest first, is what a look at every record finds. */
static void audit_contacts(struct history *h, uint32_t event)
{
	static struct contacts_heard found;
	struct contacts_query q = { .token = h->made[event].event.ident[0].token,
		                        .kind = CONTACTS_ANY_KIND,
		                        .from_us = INT64_MIN,
		                        .to_us = INT64_MAX,
		                        .end = UINT64_MAX,
		                        .most = UINT64_MAX };
	struct contacts_stats stats;
	struct journal_reader *r;
	struct written *w = NULL;
	struct record record;
	enum err e;

	found.n = 0;
	if (contacts_find(&h->disk, &q, &stats, hear_record, &found, NULL) != ERR_OK || stats.unfit > 0)
		fail_history(h, "an index does not fit, or contacts can't be read");
	assert_int_equal(journal_reader_open(&r, &h->disk, 0, UINT64_MAX), ERR_OK);
	while ((e = journal_read(r, &record, NULL)) == ERR_OK) {
		struct token token[SCHEMA_IDENTS_MAX];
		uint8_t kind[SCHEMA_IDENTS_MAX];
		uint32_t n;
		bool named = false;

		if (record.kind == RECORD_SCHEMA)
			assert_int_equal(written_follow(&w, record.payload), ERR_OK);
		if (record.kind != RECORD_EVENT)
			continue;
		assert_int_equal(record_event_tokens(w->recast, &record, kind, token, &n), ERR_OK);
		for (uint32_t i = 0; i < n; i++)
			named |= token_eq(token[i], q.token);
		if (named && (found.n == 0 || found.position[--found.n] != record.position))
			fail_history(h, "a record of an entity is not found, or another is");
	}
	if (found.n > 0)
		fail_history(h, "a record is found that is not there");
	journal_reader_close(r);
	written_free(w);
}

/* Alerts as told in life, each once, against a replay of the journal as it is now. */
static void audit_alerts(struct history *h)
{
	struct history again = { .seed = h->seed, .line = mem_alloc_array(ALERTS_MAX, sizeof(char *)) };
	struct shard_replay r = { .disk = &h->disk,
		                      .key = &key,
		                      .read_zone = no_zone,
		                      .engine = h->o.engine,
		                      .lateness_us = h->o.lateness_us,
		                      .evidence_max = h->o.evidence_max,
		                      .end = UINT64_MAX,
		                      .alert = hear,
		                      .ctx = &again };
	struct buf why;

	assert_non_null(again.line);
	buf_init(&why, 1 << 16);
	assert_int_equal(shard_replay(&r, &why), ERR_OK);
	h->n_lines = unique(h->line, h->n_lines);
	again.n_lines = unique(again.line, again.n_lines);
	if (again.n_lines != h->n_lines)
		fail_history(h, "a replay tells other alerts than life did");
	for (uint32_t i = 0; i < again.n_lines; i++) {
		if (strcmp(again.line[i], h->line[i]) != 0) {
			print_message("%s%s", h->line[i], again.line[i]);
			fail_history(h, "an alert differs in a replay");
		}
		mem_free(again.line[i]);
	}
	mem_free(again.line);
	buf_release(&why);
}

static struct schema *schema_of(struct policy *p)
{
	struct policy_file f = { TEXT("p.dk"), text_z(policies[0]) };
	struct buf errors;

	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(p, &f, 1, no_zone, NULL, &errors), ERR_OK);
	buf_release(&errors);
	return &p->schema;
}

static void run_history(uint64_t seed, uint64_t totals[4])
{
	static struct policy policy;
	struct history h = { .seed = seed };

	rng_seed(&h.rng, seed);
	h.v = disk_virtual_new(seed ^ 0x9e3779b9);
	h.disk = disk_virtual_disk(h.v);
	h.schema = schema_of(&policy);
	h.made = mem_alloc_array(EVENTS, sizeof(*h.made));
	h.line = mem_alloc_array(ALERTS_MAX, sizeof(*h.line));
	assert_true(h.made != NULL && h.line != NULL);
	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		struct policy_file f = { TEXT("p.dk"), text_z(policies[i]) };

		buf_init(&h.policy[i], 1 << 16);
		shard_policy_put(&h.policy[i], &f, 1);
	}
	for (uint32_t i = 0; i < EVENTS; i++)
		make_event(&h, &h.made[i], i);
	h.o = (struct shard_options){ .disk = &h.disk,
		                          .key = &key,
		                          .read_zone = no_zone,
		                          .lateness_us = 600 * US_PER_SECOND,
		                          .now_us = 1772409600 * US_PER_SECOND,
		                          .engine = { .state_bytes_max = 4 << 20, .entities_max = 4096 },
		                          .segment_bytes_max = 2000 + rng_below(&h.rng, 20000),
		                          .repeats_max = 1024,
		                          .snapshots_kept = 2,
		                          .evidence_max = 3,
		                          .policy = buf_view(&h.policy[0]),
		                          .alert = hear,
		                          .ctx = &h };
	disk_virtual_faults(h.v, rng_chance(&h.rng, 600000) ? (uint32_t)rng_below(&h.rng, 30000) : 0);
	live(&h);
	audit_chain(&h);
	audit_keys(&h);
	for (uint32_t i = 0; i < 6; i++)
		audit_contacts(&h, i);
	audit_alerts(&h);
	totals[0] += h.crashes;
	totals[1] += h.refusals;
	totals[2] += h.repeats;
	totals[3] += h.changes;
	shard_close(h.shard);
	for (uint32_t i = 0; i < EVENTS; i++)
		mem_free(h.made[i].alerts);
	for (uint32_t i = 0; i < h.n_lines; i++)
		mem_free(h.line[i]);
	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		buf_release(&h.policy[i]);
	mem_free(h.made);
	mem_free(h.line);
	disk_virtual_free(h.v);
	policy_release(&policy);
}

static void test_histories(void **state)
{
	const char *seed = getenv("SEED"), *count = getenv("COUNT");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : 1, n = count  ? strtoull(count, NULL, 10)
	                                                          : seed ? 1
	                                                                 : (uint64_t)test_cases(300);
	uint64_t totals[4] = { 0 };

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		run_history(first + i, totals);
	print_message(
		"histories %llu to %llu: %llu crashes, %llu refused openings and snapshots, %llu repeated events, %llu policy changes\n",
		(unsigned long long)first, (unsigned long long)(first + n - 1), (unsigned long long)totals[0],
		(unsigned long long)totals[1], (unsigned long long)totals[2], (unsigned long long)totals[3]);
	assert_true(n < 50 || (totals[0] > 0 && totals[2] > 0 && totals[3] > 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_histories) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
