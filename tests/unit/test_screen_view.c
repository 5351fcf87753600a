/* test_screen_view.c - what screens show when there is more of it than there is room: emergencies and the newest slots stay, what is left out is counted, and without memory there is no view rather than a part of one. */
#include "tests/test.h"
#include <unistd.h>
#include "base/mem.h"
#include "desk/material.h"
#include "desk/screen.h"
#include "desk/slot.h"
#include "gateway/screen_view.h"

static char folder[] = "/tmp/duanka-screens-XXXXXX";
static struct registry *registry;
static struct texts *texts;
static uint64_t position;

static uint64_t save(struct desk_object *o, uint8_t kind, uint8_t state)
{
	const struct desk_world *w = registry_world(registry);
	struct desk_trace t = { .position = position + 1, .time_us = (int64_t)position + 1, .step = 1 };

	position++;

	o->kind = kind;
	o->state = state;
	o->version = 1;
	o->id = position << DESK_ID_SHIFT;
	o->made_us = o->changed_us = (int64_t)position;
	assert_int_equal(w->save(w->ctx, o, &t), ERR_OK);
	return o->id;
}

static uint64_t slot(uint64_t material, bool emergency)
{
	struct desk_object o = { .has = (uint64_t)1 << SLOT_F_MATERIAL | (uint64_t)emergency << SLOT_F_EMERGENCY };

	o.value[SLOT_F_MATERIAL].id = material;
	o.value[SLOT_F_EMERGENCY].i = emergency;
	return save(&o, DESK_SLOT, SLOT_ON);
}

static bool has(const struct screen_view *v, uint64_t id)
{
	for (uint32_t i = 0; i < v->n_slots; i++)
		if (v->slot[i].id == id)
			return true;
	return false;
}

static void the_newest_and_emergencies_stay(void **state)
{
	struct desk_object o = { 0 };
	struct screen_view v;
	uint64_t material, first, second, third, last = 0, urgent;

	(void)state;
	assert_int_equal(registry_begin(registry), ERR_OK);
	material = save(&o, DESK_MATERIAL, MATERIAL_APPROVED);
	o = (struct desk_object){ .organisation = 11, .district = 202 };
	save(&o, DESK_SCREEN, SCREEN_ACTIVE);
	urgent = slot(material, true); /* the oldest of all */
	first = slot(material, false);
	second = slot(material, false);
	third = slot(material, false);
	for (uint32_t i = 4; i < SCREEN_SLOTS_MAX; i++)
		last = slot(material, false);
	assert_int_equal(registry_commit(registry, position, (int64_t)position), ERR_OK);
	assert_int_equal(screen_view_make(&v, registry, texts), ERR_OK); /* all fit */
	assert_int_equal(v.n_slots, SCREEN_SLOTS_MAX);
	assert_int_equal(v.slots_left_out, 0);
	assert_true(has(&v, urgent) && has(&v, first) && has(&v, last));
	assert_non_null(screen_view_material(&v, material));
	assert_int_equal(screen_view_screen(&v, o.id)->where.district, 202);
	screen_view_release(&v);

	assert_int_equal(registry_begin(registry), ERR_OK);
	last = slot(material, false);
	second = slot(material, true); /* and an emergency: the newest of all */
	assert_int_equal(registry_commit(registry, position, (int64_t)position), ERR_OK);
	assert_int_equal(screen_view_make(&v, registry, texts), ERR_OK);
	assert_int_equal(v.n_slots, SCREEN_SLOTS_MAX);
	assert_int_equal(v.slots_left_out, 2);
	assert_true(has(&v, urgent) && has(&v, second) && has(&v, last) && has(&v, third));
	assert_false(has(&v, first));
	screen_view_release(&v);
}

/* Each allocation fails once: there is a whole view or none. */
static void without_memory_there_is_none(void **state)
{
	struct screen_view v;
	enum err e = ERR_MEMORY;
	uint64_t before;

	(void)state;
	before = mem_live();
	for (uint64_t n = 1; e != ERR_OK; n++) {
		mem_fail_at(n);
		e = screen_view_make(&v, registry, texts);
		mem_fail_at(0);
		assert_true(e == ERR_OK ? v.n_slots == SCREEN_SLOTS_MAX && v.n_screens == 1 && v.n_materials == 1
		                        : e == ERR_MEMORY && v.n_slots == 0 && v.n_screens == 0 && v.slot == NULL);
		screen_view_release(&v);
		assert_int_equal(mem_live(), before);
		assert_true(n < 1000);
	}
}

static int set_up(void **state)
{
	char path[64];
	struct buf why;

	(void)state;
	buf_init(&why, 4096);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/registry.sqlite", folder);
	assert_int_equal(registry_open(&registry, path, &why), ERR_OK);
	buf_release(&why);
	return 0;
}

static int take_down(void **state)
{
	static const char *const file[] = { "registry.sqlite", "registry.sqlite-wal", "registry.sqlite-shm" };
	char path[64];

	(void)state;
	registry_close(registry);
	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, file[i]);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_and_emergencies_stay),
		cmocka_unit_test(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
