/* day_record.c - the journal of the day, as the service has it: events and commands are records, and the desk hears of nothing that does not stand there. What is
 * kept of a day can therefore be audited and rebuilt like anybody's journal. The days before are read for who holds what; their alerts are not told. */
#include "base/clock.h"
#include "base/mem.h"
#include "day/day_int.h"
#include "event/ident.h"
#include "gateway/labels.h"

enum {
	COMMIT_EVERY = 4096, /* records */
	LINES_MAX = 64 << 20
};

/* The policy's own number of each kind that the desk knows. */
static void kinds(struct day *d, const struct schema *s)
{
	static const char *const name[DESK_ENTITY_KINDS] = { [DESK_PERSON] = "person",
		                                                 [DESK_PHONE] = "phone",
		                                                 [DESK_BANK_ACCOUNT] = "account",
		                                                 [DESK_DEVICE] = "device",
		                                                 [DESK_CELL] = "cell" };

	for (uint32_t k = 1; k < DESK_ENTITY_KINDS; k++) {
		int at = name[k] ? schema_entity_find(s, text_z(name[k])) : -1;

		d->entity_kind[k] = (uint8_t)(at < 0 ? SCHEMA_ENTITIES_MAX : at);
	}
}

void record_alert(void *day, uint64_t position, struct text line)
{
	struct day *d = day;
	struct told t = { position, d->lines.n, line.n };
	struct alert_line l;

	if (!d->opened || !alert_line_read(line, &l))
		return; /* nobody was there yet */
	d->r->alerts += l.live;
	d->r->shadow += !l.live;
	if (l.live)
		d->r->alerts_grade[l.grade]++;
	buf_text(&d->lines, line);
	day_fail(d, d->lines.err);
	(void)day_add(d, d->told, t);
}

static enum err settle(void *ctx, uint64_t position, const struct desk_outcome *o)
{
	struct day *d = ctx;

	d->outcome = *o;
	return registry_settle(d->registry, position, o);
}

/* Whose cards and accounts are whose: every carrier and every bank of the tables belongs to one of the day's houses. */
static void institutions(struct buf *b)
{
	buf_z(b, "{\"act\":\"institutions\",\"who\":\"duanka\",\"why\":\"\",\"carriers\":{");
	for (uint32_t i = 1; i < ident_carrier_count(); i++) {
		buf_z(b, i > 1 ? "," : "");
		buf_json(b, text_z(ident_carrier_name(i)));
		buf_printf(b, ":%u", house_of_carrier(i));
	}
	buf_z(b, "},\"banks\":{");
	for (uint32_t i = 1; i < ident_bank_count(); i++) {
		buf_z(b, i > 1 ? "," : "");
		buf_json(b, text_z(ident_bank_name(i)));
		buf_printf(b, ":%u", house_of_bank(i));
	}
	buf_z(b, "}}");
}

enum err record_open(struct day *d)
{
	struct shard_options so = { .disk = d->o->disk,
		                        .key = d->o->key,
		                        .read_zone = d->o->read_zone,
		                        .lateness_us = 10 * US_PER_MINUTE,
		                        .now_us = d->from_us,
		                        .snapshots_kept = 1,
		                        .policy = d->o->policy,
		                        .alert = record_alert,
		                        .ctx = d };
	struct shard_found found;
	enum err e;

	engine_options_default(&so.engine);
	memcpy(so.journal_id, &d->salt, sizeof(d->salt));
	buf_init(&d->lines, LINES_MAX);
	e = shard_open(&d->shard, &so, &found, d->why);
	if (e == ERR_OK)
		e = registry_open(&d->registry, d->o->registry_path, d->why);
	if (e != ERR_OK)
		return e;
	d->inner = registry_world(d->registry);
	d->decoder = (struct decoder){ &shard_policy_in_force(d->shard)->schema, d->o->key, TIME_US_MAX };
	kinds(d, d->decoder.schema);
	return ERR_OK;
}

enum err record_begin(struct day *d)
{
	struct projection_options po = { .world = &d->world, .settle = settle, .ctx = d, .registry = d->registry };
	struct buf act;
	enum err e;

	day_flush(d);
	buf_init(&act, INSTITUTIONS_BYTES_MAX);
	d->projection = mem_alloc(sizeof(*d->projection));
	e = d->projection == NULL ? ERR_MEMORY : journal_reader_open(&d->reader, d->o->disk, 1, shard_next(d->shard));
	if (e == ERR_OK)
		e = registry_begin(d->registry);
	d->begun = e == ERR_OK;
	if (e == ERR_OK) {
		projection_init(d->projection, &po, 0);
		e = projection_start(d->projection);
	}
	institutions(&act);
	if (e == ERR_OK)
		e = act.err != ERR_OK ? act.err : record_note(d, RECORD_ACT, buf_view(&act));
	if (e == ERR_OK)
		e = record_note(d, RECORD_TICK, TEXT(""));
	buf_release(&act);
	return e;
}

enum err record_note(struct day *d, enum record_kind kind, struct text payload)
{
	enum err e = d->err != ERR_OK ? d->err : shard_note(d->shard, kind, d->now_us, 0, payload);

	return e == ERR_OK ? record_pump(d) : e;
}

static enum err take(struct day *d, const struct record *r)
{
	bool touched = false;
	enum err e = projection_record(d->projection, r, &touched);

	while (e == ERR_OK && r->kind == RECORD_EVENT && d->n_told < d->told.n &&
	       d->told.p[d->n_told].position == r->position) {
		const struct told *t = &d->told.p[d->n_told++];

		if (!d->o->idle)
			e = projection_alert(d->projection, text_of(d->lines.p + t->at, t->n), &touched);
	}
	d->position = r->position ? r->position : d->position;
	return e;
}

/* Institutions and labels as they are, as whoever goes on with this registry expects them. */
static enum err write_note(struct day *d)
{
	struct buf note;
	enum err e;

	if (!d->projection->news)
		return ERR_OK;
	buf_init(&note, REGISTRY_NOTE_MAX);
	buf_printf(&note, "%llu\n", (unsigned long long)d->projection->labels);
	institutions(&note);
	e = note.err != ERR_OK ? note.err : registry_note(d->registry, buf_view(&note));
	d->projection->news = e != ERR_OK;
	buf_release(&note);
	return e;
}

static enum err commit(struct day *d)
{
	enum err noted = write_note(d), e;

	if (noted != ERR_OK)
		return noted;
	e = registry_commit(d->registry, d->position, d->projection->desk.now_us);

	d->begun = false;
	d->committed = d->position;
	return e;
}

enum err record_pump(struct day *d)
{
	struct record r;
	enum err e = ERR_OK;

	if (d->reader == NULL)
		return d->err;
	journal_reader_end(d->reader, shard_next(d->shard));
	while (e == ERR_OK && d->err == ERR_OK) {
		e = journal_read(d->reader, &r, d->why);
		if (e == ERR_OK)
			e = take(d, &r);
		else if (e == ERR_ABSENT)
			break;
	}
	if (d->n_told == d->told.n) {
		d->n_told = d->told.n = 0;
		buf_clear(&d->lines);
	}
	if (e == ERR_ABSENT && d->position - d->committed >= COMMIT_EVERY) {
		e = commit(d);
		if (e == ERR_OK)
			e = registry_begin(d->registry);
		d->begun = e == ERR_OK;
	}
	return e == ERR_ABSENT || e == ERR_OK ? d->err : e;
}

enum err record_label(struct day *d, const struct desk_message *m, const struct desk_object *o)
{
	struct label label = label_of(m, o);
	struct shard_item item = { .keyed = true };
	struct event event;
	enum err e;

	if (!label_event(d->shard, d->o->key, &label, &event))
		return ERR_OK;
	item.event = &event;
	label_key(m->id, item.key);
	e = shard_apply(d->shard, &item, 1);
	return e == ERR_OK ? record_pump(d) : e;
}

enum err record_settle(struct day *d)
{
	enum err e = commit(d);

	if (e == ERR_OK)
		e = registry_begin(d->registry);
	d->begun = e == ERR_OK;
	return e;
}

enum err record_close(struct day *d)
{
	enum err e = ERR_OK;

	if (d->begun && d->err == ERR_OK)
		e = commit(d);
	else if (d->begun)
		registry_rollback(d->registry);
	registry_close(d->registry);
	journal_reader_close(d->reader);
	if (d->projection)
		projection_release(d->projection);
	mem_free(d->projection);
	shard_close(d->shard);
	buf_release(&d->lines);
	mem_free(d->told.p);
	return e;
}
