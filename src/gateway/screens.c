/* screens.c - see screens.h. */
#include "gateway/screens.h"
#include <inttypes.h>
#include <pthread.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/material.h"
#include "desk/screen.h"
#include "desk/slot.h"
#include "gateway/page.h"

enum {
	NAME_SPACE_SCREEN = 0x53435245, /* keeps addresses apart from tokens */
	CHANGES_AT_ONCE = 1000,
	ITEM_BYTES_MAX = 192 << 10,
	NOTE_S = 60, /* who was heard of is written down so often */
	NOTES_AT_ONCE = 1000
};

struct known_screen {
	struct playlist_screen where;
	int64_t turn;
	uint8_t language;
	_Atomic int64_t seen_us;
	int64_t noted_us;
};

struct known_material {
	uint64_t id;
	int64_t edition;
	bool picture;
	unsigned char ref[TEXT_REF_BYTES];
	struct buf item; /* its members as JSON */
};

struct view { /* of the registry: made whole, then put in place */
	uint32_t n_screens, n_slots, n_materials, cap_screens, cap_slots, cap_materials;
	struct known_screen *screen; /* by id */
	struct playlist_slot *slot;
	struct known_material *material; /* by id */
};

struct screens {
	struct screens_options o;
	struct projector_listener listener;
	pthread_t thread;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t news, settled;
	bool stop, dirty;
	uint64_t wanted, done; /* turns of the thread that were asked for, and are over */
	uint64_t position;     /* of the registry, as far as changes were looked at */
	struct view view;
	int64_t noted_us;
};

/* ---- addresses ---- */

static struct token secret_of(const struct hash_key *key, uint64_t id, int64_t turn)
{
	uint64_t said[2] = { id, (uint64_t)turn };

	return hash_token(key, NAME_SPACE_SCREEN, text_of((const char *)said, sizeof(said)));
}

void screen_address(const struct hash_key *key, uint64_t id, int64_t turn, char out[SCREEN_ADDRESS_MAX])
{
	char hex[TOKEN_HEX + 1];

	token_show(secret_of(key, id, turn), hex);
	snprintf(out, SCREEN_ADDRESS_MAX, "%" PRIx64 "-%" PRIx64 "-%s", id, (uint64_t)turn, hex);
}

static bool take_hex(struct text *t, uint64_t *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < t->n && n < 16 && t->p[n] != '-'; n++) {
		const char *digit = memchr("0123456789abcdef", t->p[n], 16);

		if (digit == NULL)
			return false;
		*out = *out << 4 | (uint64_t)(strchr("0123456789abcdef", *digit) - "0123456789abcdef");
	}
	if (n == 0 || n >= t->n || t->p[n] != '-')
		return false;
	*t = text_of(t->p + n + 1, t->n - n - 1);
	return true;
}

static int by_screen(const void *a, const void *b)
{
	uint64_t x = ((const struct known_screen *)a)->where.id, y = ((const struct known_screen *)b)->where.id;

	return (x > y) - (x < y);
}

static struct known_screen *screen_of(struct view *v, uint64_t id)
{
	struct known_screen key = { .where = { .id = id } };

	return v->n_screens == 0 ? NULL : bsearch(&key, v->screen, v->n_screens, sizeof(*v->screen), by_screen);
}

bool screens_find(struct screens *s, struct text address, uint64_t *id)
{
	struct token told = { { 0, 0 } }, right;
	struct known_screen *k;
	uint64_t turn = 0;
	bool form;

	*id = 0;
	form = address.n < SCREEN_ADDRESS_MAX && take_hex(&address, id) && take_hex(&address, &turn) &&
	       token_parse(address, &told);
	right = secret_of(s->o.key, *id, (int64_t)turn);
	form = sodium_memcmp(&told, &right, sizeof(right)) == 0 && form;
	pthread_mutex_lock(&s->lock);
	k = screen_of(&s->view, *id);
	form = form && k != NULL && (uint64_t)k->turn == turn;
	pthread_mutex_unlock(&s->lock);
	return form;
}

/* ---- the view ---- */

static void release_view(struct view *v)
{
	for (uint32_t i = 0; i < v->n_materials; i++)
		buf_release(&v->material[i].item);
	mem_free(v->material);
	mem_free(v->slot);
	mem_free(v->screen);
	*v = (struct view){ .n_screens = 0 };
}

static bool grow(void **p, uint32_t n, uint32_t *cap, uint32_t most, size_t size)
{
	uint32_t next = *cap == 0 ? 64 : 2 * *cap;
	void *bigger;

	if (n < *cap)
		return true;
	next = next > most ? most : next;
	bigger = n >= most ? NULL : mem_resize(*p, next * size);
	if (bigger == NULL)
		return false;
	*p = bigger;
	*cap = next;
	return true;
}

struct making {
	struct screens *s;
	struct view v;
	uint64_t last;
	int64_t key;
	uint32_t n;
	enum err e;
};

static bool see_screen(struct making *m, const struct desk_object *o)
{
	if (!grow((void **)&m->v.screen, m->v.n_screens, &m->v.cap_screens, SCREENS_MAX, sizeof(*m->v.screen)))
		return false;
	m->v.screen[m->v.n_screens++] = (struct known_screen){
		.where = { o->id, desk_id(o, SCREEN_F_OUTLET), o->organisation, o->district },
		.turn = desk_i(o, SCREEN_F_TURN),
		.language = (uint8_t)(desk_has(o, SCREEN_F_LANGUAGE) ? desk_i(o, SCREEN_F_LANGUAGE) : SCREEN_ZH)
	};
	return true;
}

static bool see_slot(struct making *m, const struct desk_object *o)
{
	if (!grow((void **)&m->v.slot, m->v.n_slots, &m->v.cap_slots, SCREEN_SLOTS_MAX, sizeof(*m->v.slot)))
		return false;
	m->v.slot[m->v.n_slots++] = (struct playlist_slot){
		.id = o->id,
		.material = desk_id(o, SLOT_F_MATERIAL),
		.screen = desk_id(o, SLOT_F_SCREEN),
		.outlet = desk_id(o, SLOT_F_OUTLET),
		.organisation = (uint16_t)desk_i(o, SLOT_F_ORGANISATION),
		.district = (uint16_t)desk_i(o, SLOT_F_DISTRICT),
		.starts_us = desk_i(o, SLOT_F_STARTS),
		.until_us = desk_i(o, SLOT_F_UNTIL),
		.weekdays = (uint8_t)desk_i(o, SLOT_F_WEEKDAYS),
		.from_hour = (uint8_t)desk_i(o, SLOT_F_FROM_HOUR),
		.to_hour = (uint8_t)desk_i(o, SLOT_F_TO_HOUR),
		.seconds = (uint16_t)(desk_has(o, SLOT_F_SECONDS) ? desk_i(o, SLOT_F_SECONDS) : SLOT_SECONDS_USUAL),
		.priority = (uint8_t)desk_i(o, SLOT_F_PRIORITY),
		.emergency = desk_i(o, SLOT_F_EMERGENCY) != 0,
	};
	return true;
}

static bool see_one(void *ctx, const struct registry_hit *h)
{
	struct making *m = ctx;

	m->n++;
	m->last = h->object->id;
	m->key = h->key;
	return h->object->kind == DESK_SCREEN ? see_screen(m, h->object) : see_slot(m, h->object);
}

static enum err see_all(struct making *m, uint8_t kind, uint32_t state)
{
	struct registry_query q = { .kind = kind, .states = 1u << state };
	enum err e;

	do {
		m->n = 0;
		e = registry_list(m->s->o.registry, &q, REGISTRY_PAGE_MAX, see_one, m);
		q.after = true;
		q.after_id = m->last;
		q.after_key = m->key;
	} while (e == ERR_OK && m->n == REGISTRY_PAGE_MAX);
	return e;
}

static int by_material(const void *a, const void *b)
{
	uint64_t x = ((const struct known_material *)a)->id, y = ((const struct known_material *)b)->id;

	return (x > y) - (x < y);
}

static void put_text(struct screens *s, struct buf *b, const char *name, const struct desk_object *o, uint32_t field)
{
	struct buf plain;

	buf_init(&plain, TEXT_BYTES_MAX);
	if (desk_has(o, field) && texts_read(s->o.texts, o->value[field].ref, &plain) == ERR_OK)
		page_member(b, name, buf_view(&plain));
	buf_release(&plain);
}

static void describe(struct screens *s, struct known_material *k, const struct desk_object *o)
{
	buf_init(&k->item, ITEM_BYTES_MAX);
	buf_z(&k->item, "\"material\":\"");
	desk_id_print(&k->item, DESK_MATERIAL, o->id);
	buf_printf(&k->item, "\",\"edition\":%" PRId64, k->edition);
	put_text(s, &k->item, "title", o, MATERIAL_F_TITLE);
	put_text(s, &k->item, "summary", o, MATERIAL_F_SUMMARY);
	put_text(s, &k->item, "title_en", o, MATERIAL_F_TITLE_EN);
	put_text(s, &k->item, "summary_en", o, MATERIAL_F_SUMMARY_EN);
}

/* The materials that slots name, once each; what is not approved any more is not there. */
static enum err see_materials(struct making *m)
{
	for (uint32_t i = 0; i < m->v.n_slots; i++) {
		struct known_material *k;
		struct desk_object o;
		enum err e;
		bool known = false;

		for (uint32_t j = 0; j < i && !known; j++)
			known = m->v.slot[j].material == m->v.slot[i].material;
		if (known)
			continue;
		e = registry_load(m->s->o.registry, m->v.slot[i].material, &o);
		if (e != ERR_OK && e != ERR_ABSENT)
			return e;
		if (e == ERR_ABSENT || o.kind != DESK_MATERIAL || o.state != MATERIAL_APPROVED)
			continue;
		if (!grow((void **)&m->v.material, m->v.n_materials, &m->v.cap_materials, SCREEN_SLOTS_MAX,
		          sizeof(*m->v.material)))
			return ERR_MEMORY;
		k = &m->v.material[m->v.n_materials++];
		*k = (struct known_material){ .id = o.id,
			                          .edition = desk_i(&o, MATERIAL_F_EDITION),
			                          .picture = desk_has(&o, MATERIAL_F_PICTURE) };
		memcpy(k->ref, o.value[MATERIAL_F_PICTURE].ref, sizeof(k->ref));
		describe(m->s, k, &o);
	}
	if (m->v.n_materials > 0)
		qsort(m->v.material, m->v.n_materials, sizeof(*m->v.material), by_material);
	return ERR_OK;
}

static void put_in_place(struct screens *s, struct view *v)
{
	struct view old;

	if (v->n_screens > 0)
		qsort(v->screen, v->n_screens, sizeof(*v->screen), by_screen);
	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < v->n_screens; i++) {
		struct known_screen *k = screen_of(&s->view, v->screen[i].where.id);

		if (k != NULL) {
			v->screen[i].seen_us = k->seen_us;
			v->screen[i].noted_us = k->noted_us;
		}
	}
	old = s->view;
	s->view = *v;
	pthread_mutex_unlock(&s->lock);
	release_view(&old);
}

static enum err make_view(struct screens *s)
{
	struct making *m = mem_alloc(sizeof(*m));
	enum err e = m == NULL ? ERR_MEMORY : ERR_OK;

	if (e == ERR_OK) {
		m->s = s;
		e = see_all(m, DESK_SCREEN, SCREEN_ACTIVE);
		if (e == ERR_OK)
			e = see_all(m, DESK_SLOT, SLOT_ON);
		if (e == ERR_OK)
			e = see_materials(m);
		if (e == ERR_OK)
			put_in_place(s, &m->v);
		else
			release_view(&m->v);
	}
	mem_free(m);
	return e;
}

/* ---- the thread ---- */

struct looking {
	uint64_t position;
	uint32_t n;
	bool ours;
};

static bool look(void *ctx, uint64_t position, const struct desk_object *o)
{
	struct looking *l = ctx;

	l->position = position;
	l->n++;
	l->ours = l->ours || o->kind == DESK_SCREEN || o->kind == DESK_SLOT || o->kind == DESK_MATERIAL;
	return true;
}

/* Whether any of the three kinds changed since. A page that is full may have cut a record: what follows is looked at with the next. */
static enum err changed(struct screens *s, bool *ours)
{
	struct looking l = { .position = s->position };
	uint64_t position;
	int64_t now_us;
	enum err e = registry_place(s->o.registry, &position, &now_us);

	while (e == ERR_OK) {
		uint64_t from = l.position;

		l.n = 0;
		e = registry_changes(s->o.registry, from, CHANGES_AT_ONCE, look, &l);
		if (e != ERR_OK || l.n < CHANGES_AT_ONCE)
			break;
		if (l.position == from + 1 || l.ours) { /* one record changed more than a page: whatever it was */
			l.ours = true;
			break;
		}
		l.position--;
	}
	if (e == ERR_OK)
		s->position = position;
	*ours = l.ours;
	return e;
}

static void note_seen(struct screens *s)
{
	struct screen_seen seen[NOTES_AT_ONCE];
	uint32_t n = 0, from = 0;
	enum err e = ERR_OK;

	do {
		n = 0;
		pthread_mutex_lock(&s->lock);
		for (; from < s->view.n_screens && n < NOTES_AT_ONCE; from++) {
			struct known_screen *k = &s->view.screen[from];

			if (k->seen_us > k->noted_us) {
				k->noted_us = k->seen_us;
				seen[n++] = (struct screen_seen){ k->where.id, k->noted_us };
			}
		}
		pthread_mutex_unlock(&s->lock);
		e = n > 0 ? plays_seen(s->o.plays, seen, n) : ERR_OK;
	} while (e == ERR_OK && n == NOTES_AT_ONCE);
}

static void turn(struct screens *s, bool first)
{
	bool ours = first;
	int64_t now_us;
	enum err e = first ? registry_place(s->o.registry, &s->position, &now_us) : changed(s, &ours);

	if (e == ERR_OK && ours)
		e = make_view(s);
	pthread_mutex_lock(&s->lock);
	if (e != ERR_OK) /* once more, and everything */
		s->position = 0;
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *arg)
{
	struct screens *s = arg;
	bool first = true;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		uint64_t wanted = s->wanted;
		struct timespec until;
		int64_t now = s->o.now_us();

		s->dirty = false;
		pthread_mutex_unlock(&s->lock);
		turn(s, first || s->position == 0);
		first = false;
		if (now - s->noted_us >= NOTE_S * US_PER_SECOND) {
			note_seen(s);
			s->noted_us = now;
		}
		pthread_mutex_lock(&s->lock);
		s->done = wanted;
		pthread_cond_broadcast(&s->settled);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += NOTE_S;
		if (!s->stop && !s->dirty)
			pthread_cond_timedwait(&s->news, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
	note_seen(s);
	return NULL;
}

static void committed(void *ctx, uint64_t position)
{
	struct screens *s = ctx;

	(void)position;
	pthread_mutex_lock(&s->lock);
	s->dirty = true;
	s->wanted++;
	pthread_cond_signal(&s->news);
	pthread_mutex_unlock(&s->lock);
}

void screens_settle(struct screens *s)
{
	uint64_t wanted;

	pthread_mutex_lock(&s->lock);
	wanted = ++s->wanted;
	s->dirty = true;
	pthread_cond_signal(&s->news);
	while (s->done < wanted && !s->stop)
		pthread_cond_wait(&s->settled, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static bool known_before(void *ctx, const struct screen_seen *seen)
{
	struct screens *s = ctx;
	struct known_screen *k = screen_of(&s->view, seen->screen);

	if (k != NULL && k->seen_us < seen->seen_us)
		k->seen_us = k->noted_us = seen->seen_us;
	return true;
}

enum err screens_start(struct screens **out, const struct screens_options *o)
{
	struct screens *s = mem_alloc(sizeof(*s));
	enum err e;

	if (s == NULL)
		return ERR_MEMORY;
	s->o = *o;
	CHECK(pthread_mutex_init(&s->lock, NULL) == 0 && pthread_cond_init(&s->news, NULL) == 0 &&
	      pthread_cond_init(&s->settled, NULL) == 0);
	e = make_view(s);
	if (e == ERR_OK)
		e = plays_seen_list(o->plays, known_before, s);
	if (e == ERR_OK && pthread_create(&s->thread, NULL, run, s) != 0)
		e = ERR_MEMORY;
	if (e != ERR_OK) {
		release_view(&s->view);
		mem_free(s);
		return e;
	}
	s->listener = (struct projector_listener){ .committed = committed, .ctx = s };
	projector_listen(o->projector, &s->listener);
	*out = s;
	return ERR_OK;
}

void screens_stop(struct screens *s)
{
	if (s == NULL)
		return;
	projector_unlisten(s->o.projector, &s->listener);
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->news);
	pthread_cond_broadcast(&s->settled);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	release_view(&s->view);
	pthread_cond_destroy(&s->news);
	pthread_cond_destroy(&s->settled);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

/* ---- what screens ask ---- */

static struct known_material *material_of(struct view *v, uint64_t id)
{
	struct known_material key = { .id = id };

	return v->n_materials == 0 ? NULL : bsearch(&key, v->material, v->n_materials, sizeof(*v->material), by_material);
}

static void put_items(struct screens *s, const uint32_t *at, uint32_t n, struct text address, struct buf *out)
{
	const char *comma = "";

	for (uint32_t i = 0; i < n; i++) {
		const struct playlist_slot *slot = &s->view.slot[at[i]];
		struct known_material *m = material_of(&s->view, slot->material);

		if (m == NULL || m->item.err != ERR_OK)
			continue;
		buf_printf(out, "%s{\"slot\":\"", comma);
		desk_id_print(out, DESK_SLOT, slot->id);
		buf_printf(out, "\",\"seconds\":%u,", slot->seconds);
		if (slot->until_us != 0) /* a screen without network ends it by itself */
			buf_printf(out, "\"until_ms\":%" PRId64 ",", slot->until_us / 1000);
		buf_text(out, buf_view(&m->item));
		if (m->picture)
			buf_printf(out, ",\"picture\":\"/screen/%.*s/pictures/MA-%" PRIu64 "-%" PRId64 "\"", (int)address.n,
			           address.p, m->id, m->edition);
		buf_char(out, '}');
		comma = ",";
	}
}

bool screens_playlist(struct screens *s, uint64_t id, struct text address, struct buf *out)
{
	static const char *const language[] = { "zh", "zh", "en", "both" };
	int64_t now = s->o.now_us();
	uint32_t at[PLAYLIST_MAX], n;
	struct known_screen *k;
	bool emergency;

	pthread_mutex_lock(&s->lock);
	k = screen_of(&s->view, id);
	if (k != NULL) {
		k->seen_us = now;
		n = playlist_make(s->view.slot, s->view.n_slots, &k->where, now, at, &emergency);
		buf_printf(out, "{\"language\":\"%s\",\"poll_s\":%d,\"emergency\":%s,\"items\":[", language[k->language & 3],
		           SCREEN_POLL_S, emergency ? "true" : "false");
		put_items(s, at, n, address, out);
		buf_z(out, "]}\n");
	}
	pthread_mutex_unlock(&s->lock);
	return k != NULL;
}

bool screens_picture(struct screens *s, uint64_t material, int64_t edition, unsigned char ref[TEXT_REF_BYTES])
{
	struct known_material *m;
	bool found;

	pthread_mutex_lock(&s->lock);
	m = material_of(&s->view, material);
	found = m != NULL && m->picture && m->edition == edition;
	if (found)
		memcpy(ref, m->ref, TEXT_REF_BYTES);
	pthread_mutex_unlock(&s->lock);
	return found;
}

int64_t screens_seen(struct screens *s, uint64_t id)
{
	struct known_screen *k;
	int64_t seen;

	pthread_mutex_lock(&s->lock);
	k = screen_of(&s->view, id);
	seen = k == NULL ? 0 : k->seen_us;
	pthread_mutex_unlock(&s->lock);
	return seen;
}
