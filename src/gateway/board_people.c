/* board_people.c - see board_people.h. Who changed keeps the place and loses the rest, so that nothing is ever taken out of the table. */
#include "gateway/board_people.h"
#include "base/mem.h"
#include "desk/member.h"

struct board_person {
	uint64_t id;
	bool known; /* post is as the registry has it */
	struct board_post post;
};

enum err board_open_text(struct texts *t, const struct desk_object *o, uint32_t field, const char **out)
{
	struct buf plain;
	enum err e = ERR_OK;

	buf_init(&plain, TEXT_BYTES_MAX);
	if (field != 0 && desk_has(o, field))
		e = texts_read(t, o->value[field].ref, &plain);
	if (e == ERR_ABSENT || e == ERR_FORMAT)
		e = ERR_OK;
	*out = e == ERR_OK ? mem_copy_text(plain.n > 0 ? plain.p : "", plain.n) : NULL;
	if (e == ERR_OK && *out == NULL)
		e = ERR_MEMORY;
	buf_release(&plain);
	return e;
}

static void forget(struct board_person *m)
{
	mem_free((void *)(uintptr_t)m->post.title);
	m->post = (struct board_post){ .id = m->id };
	m->known = false;
}

/* Where it is, or where it would be. size > 0. */
static struct board_person **place(const struct board_people *p, uint64_t id)
{
	uint64_t at = id * 0x9e3779b97f4a7c15u >> 32;

	while (p->slot[at & (p->size - 1)] != NULL && p->slot[at & (p->size - 1)]->id != id)
		at++;
	return &p->slot[at & (p->size - 1)];
}

static bool grow(struct board_people *p)
{
	struct board_people next = *p;

	if (p->n * 2 < p->size)
		return true;
	next.size = p->size == 0 ? 64 : p->size * 2;
	next.slot = mem_alloc_array(next.size, sizeof(struct board_person *));
	if (next.slot == NULL)
		return false;
	for (uint32_t i = 0; i < p->size; i++)
		if (p->slot[i] != NULL)
			*place(&next, p->slot[i]->id) = p->slot[i];
	mem_free(p->slot);
	*p = next;
	return true;
}

static bool load(struct board_people *p, struct board_person *m)
{
	struct desk_object o;

	if (registry_load(p->registry, m->id, &o) != ERR_OK || o.kind != DESK_MEMBER ||
	    board_open_text(p->texts, &o, MEMBER_F_NAME, &m->post.title) != ERR_OK)
		return false;
	m->post.kind = o.kind;
	m->post.state = o.state;
	m->post.made_us = o.made_us;
	m->known = true;
	return true;
}

const struct board_post *board_people_find(struct board_people *p, uint64_t id)
{
	struct board_person **at, *m;

	if (id == 0 || !grow(p))
		return NULL;
	at = place(p, id);
	m = *at;
	if (m == NULL) {
		m = mem_alloc(sizeof(*m));
		if (m == NULL)
			return NULL;
		m->id = m->post.id = id;
		if (!load(p, m)) { /* whoever asks for numbers that nobody has fills nothing */
			mem_free(m);
			return NULL;
		}
		*at = m;
		p->n++;
	}
	return m->known || load(p, m) ? &m->post : NULL;
}

void board_people_changed(struct board_people *p, uint64_t id)
{
	struct board_person *m = p->size > 0 ? *place(p, id) : NULL;

	if (m != NULL)
		forget(m);
}

void board_people_clear(struct board_people *p)
{
	for (uint32_t i = 0; i < p->size; i++)
		if (p->slot[i] != NULL) {
			forget(p->slot[i]);
			mem_free(p->slot[i]);
		}
	mem_free(p->slot);
	p->slot = NULL;
	p->n = p->size = 0;
}
