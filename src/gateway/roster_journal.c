/* roster_journal.c - a pass over the journal: who holds which phone, since when, born when, living where. What is said last counts. */
#include <stdio.h>
#include <stdlib.h>
#include "base/mem.h"
#include "gateway/district.h"
#include "gateway/roster_int.h"
#include "journal/journal.h"
#include "journal/written.h"

enum {
	OUTLETS_MAX = 1 << 16
};

struct fact { /* an opening or a binding of a phone */
	struct recipient r;
	uint64_t position;
};
struct outlet {
	struct token token;
	uint16_t district;
};
struct pass {
	struct fact *fact;
	uint64_t n, cap;
	struct outlet *outlet; /* ascending */
	uint32_t n_outlets;
	struct written *written;
	struct event event;
};

static int order(struct token a, struct token b)
{
	return a.w[0] != b.w[0] ? (a.w[0] < b.w[0] ? -1 : 1) : (a.w[1] > b.w[1]) - (a.w[1] < b.w[1]);
}

/* ---- outlets, whose district a card opened there has as long as nobody says where its holder lives ---- */

static uint32_t outlet_at(const struct pass *p, struct token t)
{
	uint32_t low = 0, high = p->n_outlets;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		bool below = order(p->outlet[middle].token, t) < 0;

		*(below ? &low : &high) = below ? middle + 1 : middle;
	}
	return low;
}

static void outlet_put(struct pass *p, struct token t, uint16_t district)
{
	uint32_t at = outlet_at(p, t);

	if (at < p->n_outlets && token_eq(p->outlet[at].token, t)) {
		p->outlet[at].district = district;
	} else if (p->n_outlets < OUTLETS_MAX) {
		memmove(p->outlet + at + 1, p->outlet + at, (p->n_outlets - at) * sizeof(*p->outlet));
		p->outlet[at] = (struct outlet){ t, district };
		p->n_outlets++;
	}
}

static uint16_t outlet_district(const struct pass *p, struct token t)
{
	uint32_t at = outlet_at(p, t);

	return at < p->n_outlets && token_eq(p->outlet[at].token, t) ? p->outlet[at].district : 0;
}

/* ---- events ---- */

struct told {
	const struct ident *phone, *person, *outlet;
	uint16_t district;
	uint32_t n; /* phones */
};

static void hear(const struct pass *p, const struct schema_event *t, struct told *out)
{
	const struct schema *s = &p->written->schema;

	*out = (struct told){ .phone = NULL };
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct schema_field *f = &t->field[i];

		if (p->event.value[i] == VALUE_MISSING)
			continue;
		if (f->type.dim == DIM_TEXT && text_eq(f->name, TEXT("district")))
			out->district = district_number(p->event.str[f->slot]);
		if (f->type.dim != DIM_ENTITY)
			continue;
		if (text_eq(s->entity[f->type.entity].name, TEXT("phone"))) {
			out->phone = &p->event.ident[f->slot];
			out->n++;
		} else if (text_eq(s->entity[f->type.entity].name, TEXT("person"))) {
			out->person = &p->event.ident[f->slot];
		} else if (text_eq(s->entity[f->type.entity].name, TEXT("outlet"))) {
			out->outlet = &p->event.ident[f->slot];
		}
	}
}

static bool textable(uint8_t kind)
{
	return kind == NUMBER_MOBILE || kind == NUMBER_OPAQUE;
}

static enum err add(struct pass *p, const struct told *t, bool opening)
{
	struct fact *f;

	if (p->n == p->cap) {
		uint64_t cap = p->cap ? 2 * p->cap : 4096;
		void *more = cap > 2ULL * ROSTER_PEOPLE_MAX ? NULL : mem_resize(p->fact, cap * sizeof(*p->fact));

		if (more == NULL)
			return cap > 2ULL * ROSTER_PEOPLE_MAX ? ERR_CAP : ERR_MEMORY;
		p->fact = more;
		p->cap = cap;
	}
	f = &p->fact[p->n++];
	*f = (struct fact){ .position = p->event.position };
	f->r.phone = t->phone->token;
	f->r.person = t->person ? t->person->token : t->phone->token;
	f->r.birth_year = t->person ? t->person->attrs.birth_year : 0;
	f->r.district = t->district ? t->district : t->outlet ? outlet_district(p, t->outlet->token) : 0;
	f->r.opened_day = opening ? roster_day(p->event.time) : 0;
	f->r.flags = textable(t->phone->attrs.kind) ? RECIPIENT_MOBILE : 0;
	return ERR_OK;
}

static enum err see(struct pass *p, const struct record *r)
{
	const struct schema *s = p->written == NULL ? NULL : &p->written->schema;
	int type = record_event_type(r);
	const struct schema_event *e = s == NULL || type < 0 || (uint32_t)type >= s->n_events ? NULL : &s->event[type];
	bool opening, place;
	struct told t;

	if (e == NULL)
		return ERR_OK;
	opening = text_eq(e->name, TEXT("open_card"));
	place = text_eq(e->name, TEXT("place"));
	if ((!opening && !place && !text_eq(e->name, TEXT("bind"))) ||
	    record_event_take(p->written->recast, r, &p->event, NULL) != ERR_OK)
		return ERR_OK;
	p->event.position = r->position;
	hear(p, e, &t);
	if (place && t.outlet)
		outlet_put(p, t.outlet->token, t.district);
	return !place && t.n == 1 ? add(p, &t, opening) : ERR_OK;
}

static enum err read_all(struct pass *p, struct disk *journal, uint64_t *position, struct buf *why)
{
	struct journal_reader *reader = NULL;
	struct record r;
	enum err e = journal_reader_open(&reader, journal, 0, UINT64_MAX);

	while (e == ERR_OK) {
		e = journal_read(reader, &r, why);
		if (e != ERR_OK)
			break;
		if (r.kind == RECORD_SCHEMA)
			e = written_follow(&p->written, r.payload);
		else if (r.kind == RECORD_EVENT)
			e = see(p, &r);
		if (r.position > *position)
			*position = r.position;
	}
	journal_reader_close(reader);
	return e == ERR_ABSENT ? ERR_OK : e;
}

/* ---- folding: what was said last of a phone, then the phone that became the person's last ---- */

static int by_phone(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int o = order(x->r.phone, y->r.phone);

	return o ? o : (x->position > y->position) - (x->position < y->position);
}

static int by_person(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int o = order(x->r.person, y->r.person);

	return o ? o : (x->position > y->position) - (x->position < y->position);
}

/* `to` was said before `from`, of the same phone or the same person. What the later one does not say stays; of another holder nothing does. */
static void over(struct fact *to, const struct fact *from)
{
	struct fact was = *to;
	bool same = token_eq(was.r.person, from->r.person);

	*to = *from;
	if (to->r.opened_day == 0 && token_eq(was.r.phone, from->r.phone))
		to->r.opened_day = was.r.opened_day;
	if (same && to->r.birth_year == 0)
		to->r.birth_year = was.r.birth_year;
	if (same && to->r.district == 0)
		to->r.district = was.r.district;
}

static void fold(struct pass *p, int (*compare)(const void *, const void *), bool persons)
{
	uint64_t n = 0;

	if (p->n == 0)
		return;
	qsort(p->fact, p->n, sizeof(*p->fact), compare);
	for (uint64_t i = 1; i < p->n; i++) {
		struct recipient *a = &p->fact[n].r, *b = &p->fact[i].r;

		if (persons ? token_eq(a->person, b->person) : token_eq(a->phone, b->phone))
			over(&p->fact[n], &p->fact[i]);
		else
			p->fact[++n] = p->fact[i];
	}
	p->n = n + 1;
}

/* ---- the whole ---- */

static enum err write_rows(const struct crowd *c, const char *path, uint64_t position, uint16_t day)
{
	struct roster_writer *w = mem_alloc(sizeof(*w));
	char made[4200];
	enum err e, end;

	if (w == NULL)
		return ERR_MEMORY;
	if ((size_t)snprintf(made, sizeof(made), "%s.new", path) >= sizeof(made)) {
		mem_free(w);
		return ERR_CAP;
	}
	e = roster_begin(w, made, c->n, position, day);
	for (uint64_t i = 0; i < c->n && e == ERR_OK; i++)
		e = roster_row(w, &c->row[i]);
	end = e == ERR_OK ? roster_end(w) : outfile_close(&w->file);
	e = e == ERR_OK ? end : e;
	if (e == ERR_OK && rename(made, path) != 0)
		e = ERR_IO;
	if (e != ERR_OK)
		(void)remove(made);
	mem_free(w);
	return e;
}

static enum err gather(struct pass *p, const struct roster_options *o, const char *path, struct roster_made *out,
                       struct buf *why)
{
	struct crowd c = { .n = 0 };
	enum err e = read_all(p, o->journal, &out->position, why);

	if (e != ERR_OK)
		return e;
	fold(p, by_phone, false);
	fold(p, by_person, true);
	if (p->n > ROSTER_PEOPLE_MAX)
		return ERR_CAP;
	c.row = mem_alloc_array(p->n + 1, sizeof(*c.row));
	c.n = out->rows = p->n;
	e = c.row == NULL ? ERR_MEMORY : ERR_OK;
	for (uint64_t i = 0; e == ERR_OK && i < p->n; i++)
		c.row[i] = p->fact[i].r;
	if (e == ERR_OK)
		e = roster_know(&c, o, out, why);
	if (e == ERR_OK)
		e = write_rows(&c, path, out->position, roster_day(o->now_us));
	mem_free(c.row);
	mem_free(c.by_phone);
	return e;
}

enum err roster_make(const struct roster_options *o, const char *path, struct roster_made *out, struct buf *why)
{
	struct pass *p = mem_alloc(sizeof(*p));
	enum err e = ERR_MEMORY;

	*out = (struct roster_made){ .rows = 0 };
	if (p == NULL)
		return e;
	p->outlet = mem_alloc_array(OUTLETS_MAX, sizeof(*p->outlet));
	if (p->outlet != NULL)
		e = gather(p, o, path, out, why);
	written_free(p->written);
	mem_free(p->outlet);
	mem_free(p->fact);
	mem_free(p);
	return e;
}
