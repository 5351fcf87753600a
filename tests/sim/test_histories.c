/* test_histories.c - whole lives of a shard on a simulated disk: events come in groups, some again, with snapshots, changes of lists and of the policy (at once, or filled in the background) in between;
 * the power goes, the disk fills up, a sync fails; then recovery. An auditor keeps what was acknowledged and demands of the last
 * journal: all of that is in it, once; every answer was the one that an undisturbed shard gives to the same events; alerts told,
 * before or after a crash, are byte for byte those of a replay; an entity's records, by whatever indexes are there, are those in the journal.
 *
 * SEED=n runs history n alone; COUNT=n runs n of them (make sim). */
#include "tests/test.h"
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "journal/contacts.h"
#include "tests/sim/histories.h"

const struct hash_key history_key = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

/* Lists: known in all, words in the first two, watched in the last two. Events are always read by the first schema, which the others extend. */
const char *const history_lists[LISTS] = { "known", "words", "watched" };
const char *const history_policies[POLICIES] = {
	"entity phone { holder: person }, person, account\n"
	"event call { caller: phone, callee: phone, talk: duration? }\n"
	"event sms { sender: phone, receiver: phone, body: text }\n"
	"event transfer { payer: account, payee: account, amount: money }\n"
	"list \"known\" of phone from \"known.csv\" list \"words\" of text from \"words.csv\"\n"
	"rule often on call about caller when count(call by caller over 1h) >= 3 and distinct(callee by caller over 1d) >= 2\n"
	"  then alert red, score 5 because \"{count(call by caller over 1h)} calls\"\n"
	"rule mass on sms about sender when count(sms by sender over 1h where length(body) > 2) >= 2\n"
	"  then alert blue, score 3 because \"{length(body)}\"\n"
	"rule listed on call about caller when caller in list \"known\" then alert blue, score 1 because \"known\"\n"
	"rule word on sms about sender when body in list \"words\" then alert blue, score 2 because \"word\"\n"
	"rule drain on transfer about payer when sum(amount by payer over 1d) > 5000 yuan\n"
	"  then alert purple, score 9 because \"{sum(amount by payer over 1d)}\"\n",
	"entity phone { holder: person }, person, account\n"
	"event call { caller: phone, callee: phone, talk: duration? }\n"
	"event sms { sender: phone, receiver: phone, body: text }\n"
	"event transfer { payer: account, payee: account, amount: money, channel: text? }\n"
	"list \"words\" of text from \"words.csv\" list \"known\" of phone from \"known.csv\"\n"
	"list \"watched\" of account from \"watched.csv\"\n"
	"rule often on call about caller when count(call by caller over 2h where caller in list \"known\") >= 2\n"
	"  then alert red, score 7 because \"{count(call by caller over 2h)}\"\n"
	"rule drain on transfer about payee when sum(amount by payee over 1d) > 4000 yuan and risk(payee) < 50\n"
	"  and payee in list \"watched\" then alert purple, score 9 because \"{sum(amount by payee over 1d)}\"\n",
	"entity phone { holder: person }, person, account\n"
	"event call { caller: phone, callee: phone, talk: duration? }\n"
	"event sms { sender: phone, receiver: phone, body: text }\n"
	"event transfer { payer: account, payee: account, amount: money, channel: text? }\n"
	"list \"known\" of phone from \"known.csv\" list \"watched\" of account from \"watched.csv\"\n"
	"rule listed shadow on call about callee when caller in list \"known\" and count(call by callee over 1d) >= 2\n"
	"  then alert yellow, score 4 because \"known\"\n"
	"rule untold on transfer about payer when channel is missing and amount > 1500 yuan then alert blue because \"{amount}\"\n"
	"rule told on transfer about payer when length(channel) >= 0 then alert blue because \"never: events are read by the first schema\"\n",
};

enum err history_no_zone(void *ctx, struct arena *a, struct text name, struct text *out)
{
	(void)ctx;
	(void)a;
	(void)name;
	(void)out;
	return ERR_ABSENT;
}

void history_hear(void *ctx, uint64_t position, struct text line)
{
	struct history *h = ctx;

	(void)position;
	assert_false(text_contains(line, TEXT("\"rule\":\"told\"")));
	assert_true(h->n_lines < ALERTS_MAX);
	h->line[h->n_lines++] = mem_copy_text(line.p, line.n);
}

void history_fails(const struct history *h, const char *what)
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
	struct event_builder b = { .schema = h->schema, .key = &history_key, .bytes = m->bytes, .cap = sizeof(m->bytes) };
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
			history_fails(h, "the journal did not open after a crash");
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
		history_fails(h, "the shard never came up");
}

void history_crash(struct history *h)
{
	h->crashes++;
	history_abort(h);
	shard_close(h->shard);
	disk_virtual_crash(h->v);
	start(h);
	history_lists_settle(h);
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
			history_fails(h, "a repeated event got another answer");
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
		if (what >= 16 && what < 48)
			history_change(h);
		if (what >= 48 && what < 62)
			history_change_lists(h);
		if (what == 9 && shard_note(h->shard, RECORD_TICK, h->o.now_us, 0, TEXT("")) != ERR_OK)
			history_crash(h);
		if (what >= 10 && what < 16)
			history_crash(h);
		if (what >= 62 && what < 68 && contacts_index_all(&h->disk, NULL, NULL, NULL) != ERR_OK)
			h->refusals++;
		if (send_group(h, at, n))
			at += n;
		else
			history_crash(h);
	}
	history_abort(h);
	disk_virtual_faults(h->v, 0);
	history_crash(h);
}

static struct schema *schema_of(struct policy *p)
{
	struct policy_file f = { TEXT("p.dk"), text_z(history_policies[0]) };
	struct buf errors;

	buf_init(&errors, 1 << 16);
	assert_int_equal(policy_load(p, &f, 1, history_no_zone, NULL, &errors), ERR_OK);
	buf_release(&errors);
	return &p->schema;
}

static void run_history(uint64_t seed, uint64_t totals[7])
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
	for (size_t i = 0; i < POLICIES; i++) {
		struct policy_file f = { TEXT("p.dk"), text_z(history_policies[i]) };

		buf_init(&h.policy[i], 1 << 16);
		edition_put_files(&h.policy[i], &f, 1);
	}
	for (uint32_t i = 0; i < EVENTS; i++)
		make_event(&h, &h.made[i], i);
	h.o = (struct shard_options){ .disk = &h.disk,
		                          .key = &history_key,
		                          .read_zone = history_no_zone,
		                          .lateness_us = 600 * US_PER_SECOND,
		                          .now_us = 1772409600 * US_PER_SECOND,
		                          .engine = { .state_bytes_max = 4 << 20, .entities_max = 4096 },
		                          .segment_bytes_max = 2000 + rng_below(&h.rng, 20000),
		                          .repeats_max = 1024,
		                          .snapshots_kept = 2,
		                          .evidence_max = 3,
		                          .policy = buf_view(&h.policy[0]),
		                          .alert = history_hear,
		                          .ctx = &h };
	disk_virtual_faults(h.v, rng_chance(&h.rng, 600000) ? (uint32_t)rng_below(&h.rng, 30000) : 0);
	history_lists_make(&h);
	live(&h);
	history_audit(&h);
	totals[0] += h.crashes;
	totals[1] += h.refusals;
	totals[2] += h.repeats;
	totals[3] += h.changes;
	totals[4] += h.background;
	totals[5] += h.aborts;
	totals[6] += h.entries;
	shard_close(h.shard);
	for (uint32_t i = 0; i < EVENTS; i++)
		mem_free(h.made[i].alerts);
	for (uint32_t i = 0; i < h.n_lines; i++)
		mem_free(h.line[i]);
	for (size_t i = 0; i < POLICIES; i++)
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
	uint64_t totals[7] = { 0 };

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		run_history(first + i, totals);
	print_message(
		"histories %llu to %llu: %llu crashes, %llu refused openings and snapshots, %llu repeated events, %llu policy changes at once, %llu in the background, %llu abandoned, "
		"%llu list entries\n",
		(unsigned long long)first, (unsigned long long)(first + n - 1), (unsigned long long)totals[0],
		(unsigned long long)totals[1], (unsigned long long)totals[2], (unsigned long long)totals[3],
		(unsigned long long)totals[4], (unsigned long long)totals[5], (unsigned long long)totals[6]);
	assert_true(n < 50 ||
	            (totals[0] > 0 && totals[2] > 0 && totals[3] > 0 && totals[4] > 0 && totals[5] > 0 && totals[6] > 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_histories) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
