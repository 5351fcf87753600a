/* test_desk_matrix.c - each role, each step of each machine, over HTTP: let in exactly as the tables say, on what is in the role's reach and on what is not.
 *
 * For every role there is a key with that role alone. For every kind and state there is an object that belongs to the key's organisation, district and user, and one that
 * belongs to others; they are put into the registry as they stand. A role that may not take a step is told so whatever the object; one that may finds its own
 * objects, and others' only if it reaches everything. */
#include "tests/test.h"
#include "tests/gateway/served.h"

enum {
	ORGANISATION = 13,
	DISTRICT = 7,
	BOTH = DESK_ROLES /* the key behind the roles': an auditor who reaches everything, and a bank's desk */
};

static const struct tenant tenants[] = { { .name = "here", .number = ORGANISATION } };
static struct served_options options = { .tenants = tenants, .n_tenants = 1, .desk = true };
static struct served s;
static struct heard h;
static uint64_t asked, let_in;

static uint64_t id_of(uint32_t role, uint32_t kind, uint32_t state, bool own)
{
	return (uint64_t)1 << DESK_ID_SHIFT | (((uint64_t)role * DESK_KINDS + kind) * DESK_STATES_MAX + state) * 2 | own;
}

static void put_object(const struct desk_world *w, uint32_t role, uint32_t kind, uint32_t state, bool own)
{
	struct desk_object o = { .kind = (uint8_t)kind,
		                     .state = (uint8_t)state,
		                     .id = id_of(role, kind, state, own),
		                     .version = 3,
		                     .organisation = own ? ORGANISATION : 99,
		                     .district = own ? DISTRICT : 98,
		                     .made_by = own ? role : 60000,
		                     .proposer = 60001,
		                     .subject = { DESK_PHONE, { { id_of(role, kind, state, own), 1 } } },
		                     .made_us = served_clock,
		                     .changed_us = served_clock };
	struct desk_trace t = { .position = 1, .time_us = served_clock, .step = 1, .user = 1, .roles = 1u << ROLE_INTAKE };

	assert_int_equal(w->save(w->ctx, &o, &t), ERR_OK);
}

/* While the projector has nothing to do. */
static void put_objects(void)
{
	const struct desk_world *w;
	uint64_t position;
	int64_t now_us;

	assert_int_equal(registry_place(s.registry, &position, &now_us), ERR_OK);
	assert_int_equal(registry_begin(s.registry), ERR_OK);
	w = registry_world(s.registry);
	for (uint32_t role = 1; role <= BOTH; role++)
		for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind))
			for (uint32_t state = 1; state < desk_machine(kind)->n_states; state++) {
				put_object(w, role, kind, state, true);
				put_object(w, role, kind, state, false);
			}
	assert_int_equal(registry_commit(s.registry, position, now_us), ERR_OK);
}

static int set_up(void **state)
{
	struct writer_counts c;
	struct projector_counts p;

	(void)state;
	for (uint32_t role = 1; role < DESK_ROLES; role++) /* user numbers are those of roles */
		options.key[role - 1] = (struct served_key){ "here", SCOPE_DESK, 1u << role, DISTRICT };
	options.key[BOTH - 1] =
		(struct served_key){ "here", SCOPE_DESK, 1u << ROLE_AUDITOR | 1u << ROLE_BANK_DESK, DISTRICT };
	served_start(&s, &options);
	heard_init(&h);
	writer_counts(s.writer, &c);
	do
		projector_counts(s.projector, &p);
	while (p.position + 1 < c.next);
	put_objects();
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	heard_release(&h);
	served_stop(&s);
	return 0;
}

static void take(uint32_t key, const struct desk_machine *m, const struct desk_step *t, uint64_t id)
{
	struct buf path;

	buf_init(&path, 256);
	buf_printf(&path, "/v1/%s/", m->route);
	desk_id_print(&path, m->kind, id);
	buf_printf(&path, "/%s", t->name);
	served_ask(&s, path.p, s.key[key - 1], "If-Match: \"2\"\r\n", "{}", &h); /* the objects have version 3 */
	buf_release(&path);
	asked++;
}

/* Whether a client has to give something: what the service draws or counts is none of that. */
static bool needs(const struct desk_machine *m, const struct desk_step *t)
{
	bool any = false;

	for (uint32_t f = 1; f < m->n_fields; f++)
		any |= (t->needed >> f & 1) && desk_field_given(&m->field[f]);
	return any;
}

static void expect(uint32_t role, const struct desk_machine *m, const struct desk_step *t, bool own)
{
	uint32_t state = (uint32_t)__builtin_ctz(t->from & ~1u);
	bool reach = own || desk_scope_of(m, role) == DESK_SCOPE_ALL;
	reach = reach || (m->shared >> state &
	                  1); /* read; whose it is the interpreter looks at, behind the fields and the version */
	int right = !desk_may(t, 1u << role) ? 403 : !reach ? 404 : needs(m, t) ? 422 : 412;

	take(role, m, t, id_of(role, m->kind, state, own));
	if (h.status != right)
		fail_msg("%s %s %s %s object: %d instead of %d: %s", desk_roles[role].name, m->route, t->name,
		         own ? "own" : "other's", h.status, right, h.body.p);
	if (right == 403)
		heard_says(&h, "urn:duanka:problem:desk-role");
	let_in += right == 422 || right == 412;
}

static void test_steps(void **state)
{
	(void)state;
	for (uint32_t role = 1; role < DESK_ROLES; role++)
		for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
			const struct desk_machine *m = desk_machine(kind);

			for (uint32_t i = 1; i < m->n_steps; i++)
				if (m->step[i].name != NULL && (m->step[i].flags & DESK_NO_PATH) == 0 && (m->step[i].from & ~1u) != 0) {
					expect(role, m, &m->step[i], true);
					expect(role, m, &m->step[i], false);
				}
		}
	assert_true(asked > 4000 && let_in > 400);
}

/* What only follows from other steps has no path. */
static void test_internal(void **state)
{
	(void)state;
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);

		for (uint32_t i = 1; i < m->n_steps; i++)
			if (m->step[i].name != NULL && (m->step[i].flags & DESK_NO_PATH)) {
				take(ROLE_ADMIN, m, &m->step[i], id_of(ROLE_ADMIN, kind, 1, true));
				heard_status(&h, 404);
				heard_says(&h, "urn:duanka:problem:unknown");
			}
	}
}

static void test_makes(void **state)
{
	char path[64], body[128];

	(void)state;
	for (uint32_t role = 1; role < DESK_ROLES; role++)
		for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
			const struct desk_machine *m = desk_machine(kind);

			snprintf(path, sizeof(path), "/v1/%s", m->route);
			for (uint32_t i = 1; i < m->n_steps; i++) {
				const struct desk_step *t = &m->step[i];

				if (t->name == NULL || (t->from & 1) == 0 || (t->flags & DESK_BY_SERVICE))
					continue;
				snprintf(body, sizeof(body), "{\"step\":\"%s\"}", t->name);
				served_ask(&s, path, s.key[role - 1], "", body, &h);
				if (desk_may(t, 1u << role) ? h.status == 403 || h.status == 404
				                            : h.status != 403 && h.status != 405) /* 405: nobody makes measures */
					fail_msg("%s makes %s by %s: %d: %s", desk_roles[role].name, m->name, t->name, h.status, h.body.p);
			}
		}
}

/* Lists and single objects show what is in reach and nothing else. */
static void test_reads(void **state)
{
	struct buf path;

	(void)state;
	buf_init(&path, 256);
	for (uint32_t role = 1; role < DESK_ROLES; role++)
		for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
			const struct desk_machine *m = desk_machine(kind);
			bool all = desk_scope_of(m, role) == DESK_SCOPE_ALL;

			bool first = all || (m->shared >> 1 & 1); /* the state of those that are asked for one by one */

			for (int own = 0; own < 2; own++) {
				buf_clear(&path);
				buf_printf(&path, "/v1/%s/", m->route);
				desk_id_print(&path, kind, id_of(role, kind, 1, own));
				served_ask(&s, path.p, s.key[role - 1], "", NULL, &h);
				heard_status(&h, own || first ? 200 : 404);
				buf_z(&path, "/history");
				served_ask(&s, path.p, s.key[role - 1], "", NULL, &h);
				heard_status(&h, own || first ? 200 : 404);
			}
			buf_clear(&path);
			buf_printf(&path, "/v1/%s?limit=1000", m->route);
			served_ask(&s, path.p, s.key[role - 1], "", NULL, &h);
			heard_status(&h, 200);
			if (!all && m->shared == 0)
				heard_hides(&h, "\"organisation\":99");
			else
				heard_says(&h, "\"organisation\":99");
			heard_says(&h, "\"organisation\":13");
		}
	buf_release(&path);
}

/* Who reads everything by one role does not step everything by another. */
static void test_both(void **state)
{
	const struct desk_machine *m = desk_machine(DESK_STOP);
	uint32_t n = 0;

	(void)state;
	for (uint32_t i = 1; i < m->n_steps; i++) {
		const struct desk_step *t = &m->step[i];
		char path[128];
		struct buf b;

		if (t->name == NULL || !desk_may(t, 1u << ROLE_BANK_DESK) || t->needed != 0 || (t->from & ~1u) == 0)
			continue;
		buf_init(&b, 128);
		desk_id_print(&b, m->kind, id_of(BOTH, m->kind, (uint32_t)__builtin_ctz(t->from & ~1u), false));
		snprintf(path, sizeof(path), "/v1/%s/%s", m->route, b.p);
		served_ask(&s, path, s.key[BOTH - 1], "", NULL, &h);
		heard_status(&h, 200);
		snprintf(path, sizeof(path), "/v1/%s/%s/%s", m->route, b.p, t->name);
		served_ask(&s, path, s.key[BOTH - 1], "If-Match: *\r\n", "", &h);
		heard_status(&h, 403);
		heard_says(&h, "urn:duanka:problem:desk-not-yours");
		buf_release(&b);
		n++;
	}
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps), cmocka_unit_test(test_internal), cmocka_unit_test(test_makes),
		cmocka_unit_test(test_reads), cmocka_unit_test(test_both),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
