/* histories_audit.c - at the end of a life: the journal is whole, holds what was acknowledged once, a replay tells the same alerts, and an engine that
 * read everything from the beginning is byte for byte the one that lived, with the same lists and the same past policies; an entity's records, by whatever indexes are there, are those in
 * the journal. */
#include "tests/test.h"
#include "base/mem.h"
#include "journal/contacts.h"
#include "tests/sim/histories.h"

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
		history_fails(h, "the audit complains of a journal that recovered");
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
			history_fails(h, "an event is in the journal twice");
		seen[i] = record.position;
	}
	assert_int_equal(e, ERR_ABSENT);
	journal_reader_close(r);
	for (uint32_t i = 0; i < EVENTS; i++)
		if (h->made[i].acknowledged && seen[i] != h->made[i].answer.position)
			history_fails(h, "an acknowledged event is lost or stands elsewhere");
	mem_free(seen);
}

/* Alerts as told in life, each once, against a replay of the journal as it is now. */
static void audit_alerts(struct history *h)
{
	struct history again = { .seed = h->seed, .line = mem_alloc_array(ALERTS_MAX, sizeof(char *)) };
	struct shard_replay r = { .disk = &h->disk,
		                      .key = &history_key,
		                      .read_zone = history_no_zone,
		                      .engine = h->o.engine,
		                      .lateness_us = h->o.lateness_us,
		                      .evidence_max = h->o.evidence_max,
		                      .end = UINT64_MAX,
		                      .alert = history_hear,
		                      .ctx = &again };
	struct buf why;

	assert_non_null(again.line);
	buf_init(&why, 1 << 16);
	assert_int_equal(shard_replay(&r, &why), ERR_OK);
	h->n_lines = unique(h->line, h->n_lines);
	again.n_lines = unique(again.line, again.n_lines);
	if (again.n_lines != h->n_lines)
		history_fails(h, "a replay tells other alerts than life did");
	for (uint32_t i = 0; i < again.n_lines; i++) {
		if (strcmp(again.line[i], h->line[i]) != 0) {
			print_message("%s%s", h->line[i], again.line[i]);
			history_fails(h, "an alert differs in a replay");
		}
		mem_free(again.line[i]);
	}
	mem_free(again.line);
	buf_release(&why);
}

/* ---- state ---- */

static enum err save(void *ctx, void *p, size_t n)
{
	struct buf *b = ctx;

	buf_add(b, p, n);
	return b->err;
}

static void state_of(struct shard *s, struct buf *out)
{
	struct engine_stream stream = { .ctx = out, .io = save };

	buf_init(out, 256 << 20);
	/* Saving changes nothing; that it takes an engine that might be loaded is its business. */
	assert_int_equal(engine_state((struct engine *)(uintptr_t)shard_engine(s), &stream), ERR_OK);
}

static void same_versions(const struct history *h, struct shard *a, struct shard *b)
{
	uint32_t n, m;
	const struct shard_version *x = shard_versions(a, &n), *y = shard_versions(b, &m);

	if (n != m)
		history_fails(h, "a replay knows of other policies");
	for (uint32_t i = 0; i < n; i++)
		if (x[i].position != y[i].position || x[i].time_us != y[i].time_us || x[i].act_n != y[i].act_n ||
		    memcmp(x[i].digest, y[i].digest, sizeof(x[i].digest)) != 0 ||
		    (x[i].act_n > 0 && memcmp(x[i].act, y[i].act, x[i].act_n) != 0))
			history_fails(h, "a policy of the past differs in a replay");
}

static void forget(void *ctx, const char *name)
{
	struct history *h = ctx;
	char path[DISK_NAME_MAX];

	snprintf(path, sizeof(path), "snapshot/%s", name);
	assert_int_equal(h->disk.remove(h->disk.ctx, path), ERR_OK);
}

static void unheard(void *ctx, uint64_t position, struct text line)
{
	(void)ctx;
	(void)position;
	(void)line;
}

static void audit_state(struct history *h)
{
	struct shard_options o = h->o;
	struct shard_found found;
	struct shard *again;
	struct buf lived, replayed, why;

	buf_init(&why, 1 << 16);
	state_of(h->shard, &lived);
	assert_int_equal(h->disk.list(h->disk.ctx, "snapshot", forget, h), ERR_OK);
	o.alert = unheard;
	assert_int_equal(shard_open(&again, &o, &found, &why), ERR_OK);
	assert_int_equal(found.snapshot, 0);
	state_of(again, &replayed);
	if (lived.n != replayed.n || memcmp(lived.p, replayed.p, lived.n) != 0)
		history_fails(h, "an engine that read the whole journal differs from the one that lived");
	same_versions(h, h->shard, again);
	shard_close(again);
	buf_release(&lived);
	buf_release(&replayed);
	buf_release(&why);
}

static int list_in_force(const struct policy *p, const char *name)
{
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (text_eq(p->list[i].name, text_z(name)))
			return (int)i;
	return -1;
}

static void audit_lists(struct history *h)
{
	const struct policy *p = shard_policy_in_force(h->shard);

	for (uint32_t l = 0; l < LISTS; l++) {
		int list = list_in_force(p, history_lists[l]);

		for (uint32_t i = 0; list >= 0 && i < LISTED; i++) {
			const struct listed *e = &h->listed[l][i];
			int64_t until_us = 0;

			engine_list_until(shard_engine(h->shard), (uint32_t)list, e->ident.token, e->fingerprint, &until_us);
			if (until_us != e->until_us)
				history_fails(h, "a list does not hold what was acknowledged");
		}
	}
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
		history_fails(h, "an index does not fit, or contacts can't be read");
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
			history_fails(h, "a record of an entity is not found, or another is");
	}
	if (found.n > 0)
		history_fails(h, "a record is found that is not there");
	journal_reader_close(r);
	written_free(w);
}

void history_audit(struct history *h)
{
	audit_chain(h);
	audit_keys(h);
	for (uint32_t i = 0; i < 6; i++)
		audit_contacts(h, i);
	audit_alerts(h);
	audit_lists(h);
	audit_state(h);
}
