/* screens.c - see screens.h. */
#include "gateway/screens.h"
#include <inttypes.h>
#include <pthread.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/mem.h"
#include "desk/material.h"
#include "desk/screen.h"
#include "desk/slot.h"

enum {
	NAME_SPACE_SCREEN = 0x53435245, /* keeps addresses apart from tokens */
	CHANGES_AT_ONCE = 1000,
	NOTE_S = 60, /* who was heard of is written down so often */
	NOTES_AT_ONCE = 1000
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
	struct screen_view view;
	uint64_t failures; /* times that a view could not be made: the one before stays */
	bool failing;
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
	k = screen_view_screen(&s->view, *id);
	form = form && k != NULL && (uint64_t)k->turn == turn;
	pthread_mutex_unlock(&s->lock);
	return form;
}

/* ---- the view ---- */

static void put_in_place(struct screens *s, struct screen_view *v)
{
	struct screen_view old;

	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < v->n_screens; i++) {
		struct known_screen *k = screen_view_screen(&s->view, v->screen[i].where.id);

		if (k != NULL) {
			v->screen[i].seen_us = k->seen_us;
			v->screen[i].noted_us = k->noted_us;
		}
	}
	old = s->view;
	s->view = *v;
	pthread_mutex_unlock(&s->lock);
	screen_view_release(&old);
}

static enum err make_view(struct screens *s)
{
	struct screen_view v;
	enum err e = screen_view_make(&v, s->o.registry, s->o.texts);

	if (e == ERR_OK)
		put_in_place(s, &v);
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
	s->failing = e != ERR_OK;
	if (s->failing) { /* once more, and everything */
		s->position = 0;
		s->failures++;
	}
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
	struct known_screen *k = screen_view_screen(&s->view, seen->screen);

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
		screen_view_release(&s->view);
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
	screen_view_release(&s->view);
	pthread_cond_destroy(&s->news);
	pthread_cond_destroy(&s->settled);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

/* ---- what screens ask ---- */

static void put_items(struct screens *s, const uint32_t *at, uint32_t n, struct text address, struct buf *out)
{
	const char *comma = "";

	for (uint32_t i = 0; i < n; i++) {
		const struct playlist_slot *slot = &s->view.slot[at[i]];
		struct known_material *m = screen_view_material(&s->view, slot->material);

		if (m == NULL) /* not approved any more */
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
	k = screen_view_screen(&s->view, id);
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
	m = screen_view_material(&s->view, material);
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
	k = screen_view_screen(&s->view, id);
	seen = k == NULL ? 0 : k->seen_us;
	pthread_mutex_unlock(&s->lock);
	return seen;
}

void screens_count(struct screens *s, struct screens_counts *out)
{
	pthread_mutex_lock(&s->lock);
	*out = (struct screens_counts){ .screens = s->view.n_screens,
		                            .slots = s->view.n_slots,
		                            .screens_left_out = s->view.screens_left_out,
		                            .slots_left_out = s->view.slots_left_out,
		                            .failures = s->failures,
		                            .failing = s->failing };
	pthread_mutex_unlock(&s->lock);
}
