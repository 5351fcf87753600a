/* day_run.c - the course of the day: an agenda of what seats, institutions and citizens will do, the time limits of the desk, and between them the events of the city.
 *
 * Everything has its time in microseconds; what is at the same time happens in the order in which it was planned. Nothing reads a clock. */
#include "base/clock.h"
#include "base/mem.h"
#include "day/day_int.h"

enum {
	TELL_EVERY = 4096,
	TOLD_MAX = 5, /* refusals that are told of */
	WHO_MAX = 1 << 26
};
#define TICK_US (5 * US_PER_SECOND)

void day_fail(struct day *d, enum err e)
{
	d->err = d->err != ERR_OK ? d->err : e;
}

void day_defaults(struct day_options *o)
{
	memset(o, 0, sizeof(*o));
	city_defaults(&o->city);
	o->city.people = 20000;
	o->city.days = 1;
	o->city.crime_percent = 5000;
	for (int k = 0; k < DAY_HABITS_COUNT; k++)
		o->habit[k] = day_habits[k].usual;
	for (int k = 0; k < DAY_GROUPS_COUNT; k++) {
		o->by_day[k] = day_groups[k].by_day;
		o->by_night[k] = day_groups[k].by_night;
	}
}

/* ---- dice ---- */

uint64_t day_dice(const struct day *d, uint32_t purpose, uint64_t a, uint64_t b)
{
	uint64_t h = hash_mix(d->salt ^ (purpose + 1) * 0xd1342543de82ef95ULL);

	h = hash_mix(h + a * 0x9e3779b97f4a7c15ULL);
	return hash_mix(h + b * 0x2545f4914f6cdd1dULL);
}

bool day_chance(const struct day *d, enum day_habit permille, uint64_t a, uint64_t b)
{
	return day_dice(d, permille, a, b) % 1000 < (uint64_t)d->o->habit[permille];
}

int64_t day_span(const struct day *d, enum day_habit seconds, uint64_t a, uint64_t b)
{
	int64_t usual = d->o->habit[seconds] * US_PER_SECOND;

	return usual / 2 + (int64_t)(day_dice(d, seconds, a, b) % (uint64_t)(usual + 1));
}

int32_t day_second(const struct day *d, int64_t us)
{
	return (int32_t)((us - d->from_us) / US_PER_SECOND);
}

/* ---- the agenda: a binary heap by (time, order of planning) ---- */

static bool before(const struct agenda_item *x, const struct agenda_item *y)
{
	return x->at_us != y->at_us ? x->at_us < y->at_us : x->seq < y->seq;
}

void day_later(struct day *d, int64_t at_us, enum agenda_kind kind, uint64_t a)
{
	struct agenda_item t = { at_us > d->now_us ? at_us : d->now_us, d->seq++, kind, a }, *h;
	size_t i = d->agenda.n;

	if (!day_add(d, d->agenda, t))
		return;
	h = d->agenda.p;
	for (; i > 0 && before(&t, &h[(i - 1) / 2]); i = (i - 1) / 2)
		h[i] = h[(i - 1) / 2];
	h[i] = t;
}

static struct agenda_item agenda_pop(struct day *d)
{
	struct agenda_item *h = d->agenda.p, first = h[0], last = h[--d->agenda.n];
	size_t i = 0, n = d->agenda.n;

	for (size_t k = 1; k < n; k = 2 * i + 1) {
		k += k + 1 < n && before(&h[k + 1], &h[k]);
		if (!before(&h[k], &last))
			break;
		h[i] = h[k];
		i = k;
	}
	if (n)
		h[i] = last;
	return first;
}

/* ---- the desk ---- */

struct desk_command day_command(uint32_t kind, uint32_t step, uint64_t object, const struct seat *by)
{
	static const uint32_t roles[DAY_GROUPS_COUNT] = {
		[GROUP_INTAKE] = 1U << ROLE_INTAKE,         [GROUP_STOP] = 1U << ROLE_STOP_SEAT,
		[GROUP_DISSUASION] = 1U << ROLE_DISSUASION, [GROUP_LEADER] = 1U << ROLE_LEADER,
		[GROUP_QUALITY] = 1U << ROLE_QUALITY,       [GROUP_APPEALS] = 1U << ROLE_APPEALS,
		[GROUP_STATION] = 1U << ROLE_STATION,       [GROUP_OPERATOR] = 1U << ROLE_OPERATOR_DESK,
		[GROUP_BANK] = 1U << ROLE_BANK_DESK
	};
	struct desk_command c;

	desk_command_init(&c, (enum desk_kind)kind, step, object);
	c.user = USER_SEAT + (uint64_t)by->user;
	c.roles = roles[by->group];
	c.organisation = by->organisation;
	c.district = by->district;
	return c;
}

struct desk_command day_command_by(uint32_t kind, uint32_t step, uint64_t object, uint64_t user, enum desk_role role,
                                   const struct desk_object *of)
{
	struct desk_command c;

	desk_command_init(&c, (enum desk_kind)kind, step, object);
	c.user = user;
	c.roles = 1U << role;
	c.organisation = of ? of->organisation : 0;
	c.district = of ? of->district : 0;
	return c;
}

void day_ref(struct day *d, struct desk_command *c, uint32_t field)
{
	unsigned char ref[DESK_REF_BYTES] = { 1 };

	d->refs++;
	memcpy(ref + 8, &d->refs, sizeof(d->refs));
	desk_give_ref(c, field, ref);
}

static void after(struct day *d, enum err e)
{
	day_fail(d, e);
	while (d->err == ERR_OK && d->n_heard < d->memory.message.n)
		message_heard(d, d->n_heard++);
}

enum desk_refusal day_do(struct day *d, const struct desk_command *c)
{
	enum desk_refusal no;
	struct buf b;

	if (d->err != ERR_OK)
		return DESK_REFUSED_ABSENT;
	d->outcome = (struct desk_outcome){ .refusal = DESK_REFUSED_ABSENT };
	buf_init(&b, DESK_COMMAND_BYTES_MAX);
	desk_command_put(&b, c);
	after(d, b.err != ERR_OK ? b.err : record_note(d, RECORD_COMMAND, buf_view(&b)));
	buf_release(&b);
	no = d->outcome.refusal;
	d->r->commands++;
	if (no == DESK_REFUSED_STATE || no == DESK_REFUSED_VERSION || no == DESK_REFUSED_SAME ||
	    no == DESK_REFUSED_OTHER_OPEN)
		d->r->overtaken++;
	else if (no != DESK_OK && d->r->refused++ < TOLD_MAX)
		buf_printf(d->why, "refused: %s %s: %s, field %u\n", desk_machine(c->kind)->name,
		           desk_machine(c->kind)->step[c->step].name, desk_refusals[no].en, d->outcome.field);
	return no;
}

static void tick(struct day *d)
{
	d->ticked_us = d->now_us;
	after(d, record_note(d, RECORD_TICK, TEXT("")));
}

/* ---- events ---- */

void day_flush(struct day *d)
{
	struct shard_item item[SHARD_ITEMS_MAX];
	uint32_t n = d->n_pending;
	enum err e = d->err;

	if (n == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		item[i] = (struct shard_item){ .event = &d->pending[i].taken.event };
	if (e == ERR_OK)
		e = shard_apply(d->shard, item, n);
	d->n_pending = 0;
	for (uint32_t i = 0; i < n; i++)
		mem_free(d->pending[i].taken.scratch);
	after(d, e == ERR_OK ? record_pump(d) : e);
	seats_dispatch(d);
}

/* ---- time ---- */

static void do_todo(struct day *d, const struct agenda_item *t)
{
	switch (t->kind) {
	case AGENDA_SEAT: seat_done(d, &d->seat.p[t->a]); break;
	case AGENDA_GROUP: d->woken |= 1U << t->a; break;
	case AGENDA_MESSAGE: message_done(d, t->a); break;
	case AGENDA_REPORT: {
		struct call_in c = { (uint32_t)t->a, d->now_us };
		if (day_add(d, d->calling, c))
			d->woken |= 1U << GROUP_INTAKE;
		break;
	}
	case AGENDA_VERIFY: people_verify(d, t->a); break;
	case AGENDA_OBJECT: people_object(d, t->a); break;
	case AGENDA_AI: ai_call(d, t->a); break;
	case AGENDA_AI_HEARD: ai_heard(d, t->a); break;
	}
}

static void progress(struct day *d)
{
	int64_t done = d->now_us > d->from_us ? (d->now_us - d->from_us) * 1000 / (d->o->city.days * US_PER_DAY) : 0;

	if (d->telling++ % TELL_EVERY == 0 && d->o->progress)
		d->stopped = !d->o->progress(d->o->progress_ctx, (uint32_t)done, d->r->events, d->r->alerts);
}

void day_run_until(struct day *d, int64_t at_us)
{
	int64_t due_us, next_us;

	progress(d);
	if (!d->opened)
		day_fail(d, record_begin(d));
	d->opened = true;
	while (d->err == ERR_OK && !d->stopped) {
		bool due = world_due(d, &due_us), todo = d->agenda.n > 0 && (!due || d->agenda.p[0].at_us < due_us);

		if (!due && !todo)
			break;
		next_us = todo ? d->agenda.p[0].at_us : due_us;
		if (next_us > at_us)
			break;
		city_hang_up(d, day_second(d, next_us));
		day_flush(d);
		due = world_due(d, &due_us);
		if ((d->agenda.n > 0 && d->agenda.p[0].at_us < next_us) || (due && due_us < next_us))
			continue; /* an alert has brought something nearer */
		d->now_us = next_us > d->now_us ? next_us : d->now_us;
		if (todo) {
			struct agenda_item t = agenda_pop(d);
			do_todo(d, &t);
		} else {
			tick(d);
		}
		seats_dispatch(d);
	}
	city_hang_up(d, day_second(d, at_us));
	if (at_us > d->now_us)
		d->now_us = at_us;
	if (d->now_us - d->ticked_us >= TICK_US && d->err == ERR_OK &&
	    !d->stopped) { /* news of time, before the events of this second */
		day_flush(d);
		tick(d);
	}
}

/* ---- opening and closing ---- */

/* One list of those that the city told. A policy without it has no use for it. */
static enum err enter_list(struct day *d, struct buf *b)
{
	struct shard_entry entry[256];
	struct ident ident[256];
	char bytes[256][EVENT_IDENT_MAX];
	struct text name, rest = buf_view(b);
	uint32_t n = 0, kind;
	enum err e = ERR_OK;

	if (b->n == 0)
		return ERR_OK;
	name = text_of(rest.p, (size_t)((const char *)memchr(rest.p, '\n', rest.n) - rest.p));
	kind = d->entity_kind[text_eq(name, TEXT("known-callers")) ? DESK_PHONE : DESK_BANK_ACCOUNT];
	for (rest = text_of(rest.p + name.n + 1, rest.n - name.n - 1); rest.n > 0 && e == ERR_OK;) {
		struct text one = text_of(rest.p, (size_t)((const char *)memchr(rest.p, '\n', rest.n) - rest.p));
		const char *why;

		rest = text_of(rest.p + one.n + 1, rest.n - one.n - 1);
		e = ident_make(d->o->key, d->decoder.schema->entity[kind].form, kind, IDENT_STRICT, one, bytes[n], &ident[n],
		               &why);
		entry[n] = (struct shard_entry){ .ident = &ident[n], .until_us = TIME_US_MAX };
		if (e == ERR_OK && (++n == ARRAY_LEN(entry) || rest.n == 0)) {
			e = shard_lists(d->shard, name, entry, n, &(struct shard_act){ .time_us = d->from_us });
			n = 0;
		}
	}
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err begin(struct day *d, struct city_watcher *w)
{
	struct city_options co = d->o->city;
	struct who nobody = { .kind = DESK_ENTITY_NONE };
	struct cs none = { .victim = NONE };
	enum err e;

	d->salt = hash_mix(co.seed + 0x632be59bd9b4e019ULL);
	d->from_us = (co.start_day * 24 - 8) * US_PER_HOUR;
	d->until_us = d->from_us + co.days * US_PER_DAY;
	d->now_us = d->from_us - (co.history_days + 800) * US_PER_DAY;
	d->r->from_us = d->from_us;
	for (size_t k = 0; k < ARRAY_LEN(d->listed); k++)
		buf_init(&d->listed[k], (size_t)64 << 20);
	map_init(&d->by_token, d->salt, WHO_MAX);
	map_init(&d->by_number, d->salt, WHO_MAX);
	map_init(&d->by_crime, d->salt, WHO_MAX);
	map_init(&d->line_of, d->salt, WHO_MAX);
	world_init(d);
	d->pending = mem_alloc_array(SHARD_ITEMS_MAX, sizeof(*d->pending));
	if (!d->pending || !day_add(d, d->who, nobody) || !day_add(d, d->cs, none))
		return ERR_MEMORY;
	e = record_open(d);
	*w = day_watcher;
	w->ctx = d;
	co.watcher = w;
	co.dir = NULL;
	co.pace = NULL;
	if (e == ERR_OK)
		e = city_open(&d->city, &co, d->o->scene);
	for (size_t k = 0; k < ARRAY_LEN(d->listed) && e == ERR_OK; k++)
		e = enter_list(d, &d->listed[k]);
	if (e == ERR_OK)
		seats_init(d);
	return e != ERR_OK ? e : d->err;
}

static enum err play(struct day *d)
{
	struct city_counts counts;
	bool more = true;

	while (more && d->err == ERR_OK && !d->stopped) {
		enum err e = city_step(d->city, &more);

		day_fail(d, e);
	}
	day_flush(d);
	if (!d->stopped)
		day_run_until(d, d->until_us);
	d->r->whole = !d->stopped;
	d->r->until_us = d->stopped ? d->now_us : d->until_us;
	city_counts(d->city, &counts);
	d->r->crimes = counts.crimes;
	if (d->err == ERR_OK && !d->opened)
		day_fail(d, record_begin(d));
	return d->err != ERR_OK ? d->err : figures(d);
}

static enum err end(struct day *d)
{
	enum err e = city_close(d->city), recorded = record_close(d);

	world_release(d);
	for (size_t k = 0; k < ARRAY_LEN(d->listed); k++)
		buf_release(&d->listed[k]);
	for (size_t k = 0; k < DAY_GROUPS_COUNT; k++)
		mem_free(d->waited[k].p);
	mem_free(d->pending);
	mem_free(d->who.p);
	mem_free(d->cs.p);
	city_release(d);
	mem_free(d->agenda.p);
	mem_free(d->line.p);
	mem_free(d->seat.p);
	mem_free(d->calling.p);
	map_release(&d->by_token);
	map_release(&d->by_number);
	map_release(&d->by_crime);
	map_release(&d->line_of);
	return e != ERR_OK ? e : recorded;
}

enum err day_run(const struct day_options *o, struct day_report *out, struct buf *why)
{
	struct city_watcher watcher;
	struct day *d;
	enum err e, closed;

	memset(out, 0, sizeof(*out));
	if (o->city.people < CITY_PEOPLE_MIN || o->city.people > DAY_PEOPLE_MAX || o->city.days < 1 ||
	    o->city.days > DAY_DAYS_MAX)
		return ERR_RANGE;
	d = mem_alloc(sizeof(*d));
	if (d == NULL)
		return ERR_MEMORY;
	d->o = o;
	d->r = out;
	d->why = why;
	out->people = (uint64_t)o->city.people;
	out->days = o->city.days;
	out->seed = o->city.seed;
	out->crime_percent = o->city.crime_percent;
	e = begin(d, &watcher);
	if (e == ERR_OK)
		e = play(d);
	closed = end(d);
	mem_free(d);
	return e != ERR_OK ? e : closed;
}
