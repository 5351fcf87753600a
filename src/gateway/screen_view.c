/* screen_view.c - see screen_view.h. */
#include "gateway/screen_view.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/mem.h"
#include "desk/material.h"
#include "desk/screen.h"
#include "desk/slot.h"
#include "gateway/page.h"

enum {
	ITEM_BYTES_MAX = 192 << 10
};

static int by_screen(const void *a, const void *b)
{
	uint64_t x = ((const struct known_screen *)a)->where.id, y = ((const struct known_screen *)b)->where.id;

	return (x > y) - (x < y);
}

struct known_screen *screen_view_screen(const struct screen_view *v, uint64_t id)
{
	struct known_screen key = { .where = { .id = id } };

	return v->n_screens == 0 ? NULL : bsearch(&key, v->screen, v->n_screens, sizeof(*v->screen), by_screen);
}

static int by_material(const void *a, const void *b)
{
	uint64_t x = ((const struct known_material *)a)->id, y = ((const struct known_material *)b)->id;

	return (x > y) - (x < y);
}

struct known_material *screen_view_material(const struct screen_view *v, uint64_t id)
{
	struct known_material key = { .id = id };

	return v->n_materials == 0 ? NULL : bsearch(&key, v->material, v->n_materials, sizeof(*v->material), by_material);
}

void screen_view_release(struct screen_view *v)
{
	for (uint32_t i = 0; i < v->n_materials; i++)
		buf_release(&v->material[i].item);
	mem_free(v->material);
	mem_free(v->slot);
	mem_free(v->screen);
	*v = (struct screen_view){ .n_screens = 0 };
}

/* Room for one more of at most `most`. ERR_CAP: there are so many. */
static enum err grow(void **p, uint32_t n, uint32_t *cap, uint32_t most, size_t size)
{
	uint32_t next = *cap == 0 ? 64 : 2 * *cap;
	void *bigger;

	if (n < *cap)
		return ERR_OK;
	if (n >= most)
		return ERR_CAP;
	next = next > most ? most : next;
	bigger = mem_resize(*p, next * size);
	if (bigger == NULL)
		return ERR_MEMORY;
	*p = bigger;
	*cap = next;
	return ERR_OK;
}

struct making {
	struct registry *registry;
	struct texts *texts;
	struct screen_view v;
	uint32_t replace; /* behind it no slot can make room for an emergency */
	enum err e;
};

/* ---- screens ---- */

void screen_place_of(const struct desk_object *o, struct playlist_screen *out)
{
	*out = (struct playlist_screen){ o->id, desk_id(o, SCREEN_F_OUTLET), o->organisation, o->district };
}

static enum err see_screen(struct making *m, const struct desk_object *o)
{
	struct screen_view *v = &m->v;
	struct known_screen *k;
	enum err e = grow((void **)&v->screen, v->n_screens, &v->cap_screens, SCREENS_MAX, sizeof(*v->screen));

	if (e == ERR_CAP) {
		v->screens_left_out++;
		return ERR_OK;
	}
	if (e != ERR_OK)
		return e;
	k = &v->screen[v->n_screens++];
	*k = (struct known_screen){ .turn = desk_i(o, SCREEN_F_TURN),
		                        .language = (uint8_t)(desk_has(o, SCREEN_F_LANGUAGE) ? desk_i(o, SCREEN_F_LANGUAGE)
		                                                                             : SCREEN_ZH) };
	screen_place_of(o, &k->where);
	return ERR_OK;
}

/* ---- slots: the last first ---- */

void screen_slot_of(const struct desk_object *o, struct playlist_slot *out)
{
	*out = (struct playlist_slot){
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
}

/* When all places are taken: an emergency takes that of the oldest slot that is none. */
static struct playlist_slot *place_of_another(struct making *m, bool emergency)
{
	struct screen_view *v = &m->v;

	v->slots_left_out++;
	if (!emergency)
		return NULL;
	while (m->replace > 0 && v->slot[m->replace - 1].emergency)
		m->replace--;
	return m->replace == 0 ? NULL : &v->slot[--m->replace];
}

static enum err see_slot(struct making *m, const struct desk_object *o)
{
	struct screen_view *v = &m->v;
	struct playlist_slot *at = NULL;
	enum err e = grow((void **)&v->slot, v->n_slots, &v->cap_slots, SCREEN_SLOTS_MAX, sizeof(*v->slot));

	if (e == ERR_OK) {
		at = &v->slot[v->n_slots++];
		m->replace = v->n_slots;
	} else if (e == ERR_CAP) {
		at = place_of_another(m, desk_i(o, SLOT_F_EMERGENCY) != 0);
	} else {
		return e;
	}
	if (at != NULL)
		screen_slot_of(o, at);
	return ERR_OK;
}

static bool see_one(void *ctx, const struct registry_hit *h)
{
	struct making *m = ctx;

	m->e = h->object->kind == DESK_SCREEN ? see_screen(m, h->object) : see_slot(m, h->object);
	return m->e == ERR_OK;
}

static enum err see_all(struct making *m, uint8_t kind, uint32_t state, enum registry_order order)
{
	struct registry_query q = { .kind = kind, .states = 1u << state, .order = order };
	enum err e = registry_each(m->registry, &q, see_one, m);

	return e == ERR_OK ? m->e : e;
}

/* ---- materials ---- */

/* A text that can't be read is not shown: the others are. */
static enum err put_text(struct making *m, struct buf *b, const char *name, const struct desk_object *o, uint32_t field)
{
	struct buf plain;
	enum err e;

	if (!desk_has(o, field))
		return ERR_OK;
	buf_init(&plain, TEXT_BYTES_MAX);
	e = texts_read(m->texts, o->value[field].ref, &plain);
	if (e == ERR_OK)
		page_member(b, name, buf_view(&plain));
	buf_release(&plain);
	return e == ERR_MEMORY ? e : ERR_OK;
}

static enum err describe(struct making *m, struct known_material *k, const struct desk_object *o)
{
	static const struct {
		const char *name;
		uint32_t field;
	} text[] = { { "title", MATERIAL_F_TITLE },
		         { "summary", MATERIAL_F_SUMMARY },
		         { "title_en", MATERIAL_F_TITLE_EN },
		         { "summary_en", MATERIAL_F_SUMMARY_EN } };
	enum err e = ERR_OK;

	buf_init(&k->item, ITEM_BYTES_MAX);
	buf_z(&k->item, "\"material\":\"");
	desk_id_print(&k->item, DESK_MATERIAL, o->id);
	buf_printf(&k->item, "\",\"edition\":%" PRId64, k->edition);
	for (size_t i = 0; i < ARRAY_LEN(text) && e == ERR_OK; i++)
		e = put_text(m, &k->item, text[i].name, o, text[i].field);
	return e == ERR_OK ? k->item.err : e;
}

/* The materials that slots name, once each; what is not approved any more is not there. */
static enum err see_materials(struct making *m)
{
	struct screen_view *v = &m->v;
	enum err e = ERR_OK;

	for (uint32_t i = 0; i < v->n_slots && e == ERR_OK; i++) {
		struct known_material *k;
		struct desk_object o;
		bool known = false;

		for (uint32_t j = 0; j < i && !known; j++)
			known = v->slot[j].material == v->slot[i].material;
		if (known)
			continue;
		e = registry_load(m->registry, v->slot[i].material, &o);
		if (e == ERR_ABSENT || (e == ERR_OK && (o.kind != DESK_MATERIAL || o.state != MATERIAL_APPROVED))) {
			e = ERR_OK;
			continue;
		}
		if (e == ERR_OK)
			e = grow((void **)&v->material, v->n_materials, &v->cap_materials, SCREEN_SLOTS_MAX, sizeof(*v->material));
		if (e != ERR_OK)
			break;
		k = &v->material[v->n_materials++];
		*k = (struct known_material){ .id = o.id,
			                          .edition = desk_i(&o, MATERIAL_F_EDITION),
			                          .picture = desk_has(&o, MATERIAL_F_PICTURE) };
		memcpy(k->ref, o.value[MATERIAL_F_PICTURE].ref, sizeof(k->ref));
		e = describe(m, k, &o);
		if (e == ERR_CAP) { /* too long for a screen */
			buf_release(&v->material[--v->n_materials].item);
			v->slots_left_out++;
			e = ERR_OK;
		}
	}
	if (v->n_materials > 0)
		qsort(v->material, v->n_materials, sizeof(*v->material), by_material);
	return e;
}

enum err screen_view_make(struct screen_view *v, struct registry *r, struct texts *texts)
{
	struct making m = { .registry = r, .texts = texts };
	enum err e = see_all(&m, DESK_SCREEN, SCREEN_ACTIVE, REGISTRY_BY_ID);

	if (e == ERR_OK)
		e = see_all(&m, DESK_SLOT, SLOT_ON, REGISTRY_BY_CHANGE);
	if (e == ERR_OK)
		e = see_materials(&m);
	if (e != ERR_OK)
		screen_view_release(&m.v);
	*v = m.v;
	return e;
}
