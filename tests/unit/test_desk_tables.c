/* test_desk_tables.c - the tables as they stand: every role x step x state gives the answer that the table says; the permission matrix and the golden text are what
 * the tables say; commands survive their encoding and nothing else does. */
#include "tests/test.h"
#include "tests/unit/desk_draw.h"
#include "tests/unit/desk_world.h"
#include "desk/card.h"
#include "desk/stop.h"
#include "desk/user.h"

static struct bench b;

static void read_all(const char *name, struct buf *out)
{
	char path[512], chunk[4096];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".", name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return;
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
}

/* DUANKA_WRITE_GOLDEN=1 writes the file anew. */
static void same_as(const char *name, void (*print)(struct buf *))
{
	struct buf is, want;
	char path[512];

	buf_init(&is, 1 << 20);
	buf_init(&want, 1 << 20);
	print(&is);
	assert_int_equal(is.err, ERR_OK);
	if (getenv("DUANKA_WRITE_GOLDEN")) {
		snprintf(path, sizeof(path), "%s/%s", getenv("SOURCE_DIR"), name);
		FILE *f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(is.p, 1, is.n, f), is.n);
		assert_int_equal(fclose(f), 0);
	}
	read_all(name, &want);
	if (!text_eq(buf_view(&is), buf_view(&want)))
		print_message("%s is not what the tables say; after a look, write it anew with DUANKA_WRITE_GOLDEN=1\n", name);
	assert_true(text_eq(buf_view(&is), buf_view(&want)));
	buf_release(&is);
	buf_release(&want);
}

static void golden(void **state)
{
	(void)state;
	same_as("tests/golden/desk-machines.txt", desk_machines_print);
	same_as("doc/desk-permissions.md", desk_matrix_print);
}

/* An object in the state, with the fields that it was made with, as if steps had led there. */
static uint64_t put_object(const struct desk_machine *m, uint32_t state_of_it)
{
	struct desk_object o = { .kind = m->kind,
		                     .state = (uint8_t)state_of_it,
		                     .version = 3,
		                     .id = 1 << DESK_ID_SHIFT,
		                     .organisation = BANK_ORG,
		                     .district = 3,
		                     .made_us = T0,
		                     .changed_us = T0 };

	for (uint32_t i = 0; i < 4 && m->in_head.subject[i]; i++) {
		uint32_t f = m->in_head.subject[i];

		bool thing = m->field[f].type == DESK_OBJECT;

		if (thing)
			o.value[f].id = i + 1;
		else
			o.value[f].token = token_n(i + 1);
		o.has |= (uint64_t)1 << f;
		if (i == 0)
			o.subject = thing ? desk_thing(1) : (struct desk_entity){ m->field[f].entity, token_n(1) };
	}
	b.world.object[0] = o;
	b.world.n = state_of_it ? 1 : 0;
	return state_of_it ? o.id : 0;
}

/* What the table says to a role, before any rule is asked. */
static enum desk_refusal by_table(const struct desk_step *s, uint32_t state_of_it, uint32_t role)
{
	if ((s->from >> state_of_it & 1) == 0)
		return DESK_REFUSED_STATE;
	if (s->flags & (DESK_INTERNAL | DESK_BY_TIMER))
		return DESK_REFUSED_INTERNAL;
	return s->roles >> role & 1 ? DESK_OK : DESK_REFUSED_ROLE;
}

static void ask(struct rng *r, const struct desk_machine *m, uint32_t number, uint32_t state_of_it, uint32_t role)
{
	const struct desk_step *s = &m->step[number];
	uint64_t id = put_object(m, state_of_it);
	struct desk_command *c = say(&b, (enum desk_kind)m->kind, number, id, (enum desk_role)role);
	enum desk_refusal expected = by_table(s, state_of_it, role), no;
	bool subject = false;

	for (uint32_t f = 1; f < m->n_fields; f++) {
		for (uint32_t i = 0; i < 4; i++)
			subject = subject || m->in_head.subject[i] == f;
		if (s->needed >> f & 1)
			draw_field(r, c, f, T0, false);
		if ((c->given >> f & 1) && state_of_it && m->field[f].type == DESK_ENTITY)
			c->value[f].token = the(&b, id)->value[f].token.w[1] ? the(&b, id)->value[f].token : c->value[f].token;
		if ((c->given >> f & 1) && (m->in_head.organisation == f))
			c->value[f].i = BANK_ORG;
		if ((c->given >> f & 1) && (m->in_head.district == f))
			c->value[f].i = 3;
	}
	no = hear(&b);
	if (expected != DESK_OK) {
		assert_int_equal(no, expected);
		assert_int_equal(b.world.n_traces, 0);
		return;
	}
	/* The door is open; what a rule says behind it is its own affair, but it is none of these. */
	assert_true(no != DESK_REFUSED_ROLE ||
	            (s->rule &&
	             (m->kind == DESK_WARNING || m->kind == DESK_OUTLET || m->kind == DESK_CLUE || m->kind == DESK_TOPIC ||
	              m->kind == DESK_REPLY || m->kind == DESK_SCREEN))); /* whose it is, a rule asks */
	assert_int_not_equal(no, DESK_REFUSED_INTERNAL);
	assert_int_not_equal(no, DESK_REFUSED_FIELD_EXTRA);
	assert_int_not_equal(no, DESK_REFUSED_KIND);
	assert_int_not_equal(no, DESK_REFUSED_STEP);
	assert_true(no != DESK_REFUSED_SCOPE || desk_scope_of(m, role) == DESK_SCOPE_OWN || m->kind == DESK_USER ||
	            m->kind == DESK_ATTEMPT); /* one's own, whatever the role reaches */
	assert_true(desk_may(s, 1u << role));
}

static void each_role_step_and_state(void **state)
{
	struct rng r;
	uint32_t asked = 0;

	(void)state;
	rng_seed(&r, test_seed(11));
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);

		for (uint32_t number = 1; number < m->n_steps; number++) {
			for (uint32_t s = 0; s < m->n_states; s++) {
				for (uint32_t role = 1; role < DESK_ROLES; role++, asked++) {
					bench_clear(&b, T0);
					b.position = 1;
					ask(&r, m, number, s, role);
				}
			}
		}
	}
	print_message("%u combinations\n", asked);
}

/* Organisation and district: the same command from the neighbours is refused, but for steps that take all objects. */
static void scope_is_kept(void **state)
{
	(void)state;
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);

		for (uint32_t number = 1; number < m->n_steps; number++) {
			const struct desk_step *s = &m->step[number];

			for (uint32_t role = 1; role < DESK_ROLES; role++) {
				uint32_t from = (uint32_t)__builtin_ctz(s->from & ~1u ? s->from & ~1u : 1u);

				if (!desk_may(s, 1u << role) || desk_scope_of(m, role) == DESK_SCOPE_ALL || from == 0)
					continue;
				bench_clear(&b, T0);
				b.position = 1;
				struct desk_command *c =
					say(&b, (enum desk_kind)kind, number, put_object(m, from), (enum desk_role)role);
				c->organisation = 8;
				c->district = 4;
				assert_int_equal(hear(&b) == DESK_REFUSED_SCOPE, (s->flags & DESK_OF_ALL) == 0);
			}
		}
	}
}

static void all_states_can_be_reached_and_left(void **state)
{
	(void)state;
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);
		uint32_t reached = 1, before = 0;

		while (reached != before) {
			before = reached;
			for (uint32_t i = 1; i < m->n_steps; i++)
				if (m->step[i].from & reached)
					reached |= m->step[i].to;
		}
		assert_int_equal(reached, (1u << m->n_states) - 1);
		for (uint32_t s = 1; s < m->n_states; s++) {
			uint32_t ways = 0;

			for (uint32_t i = 1; i < m->n_steps; i++)
				ways += (m->step[i].from >> s & 1) && (m->step[i].to & ~(1u << s));
			assert_int_equal(ways == 0, m->state[s].final);
		}
		for (uint32_t i = 0; i < m->n_timers; i++)
			assert_true(m->step[m->timer[i].step].flags & DESK_BY_TIMER);
	}
}

static void names_are_unique_and_found(void **state)
{
	(void)state;
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);
		struct buf id;
		uint32_t k;
		uint64_t n;

		assert_int_equal(desk_kind_find(text_z(m->name)), kind);
		assert_int_equal(desk_kind_find(text_z(m->route)), kind);
		for (uint32_t i = 1; i < m->n_fields; i++)
			assert_true(!m->field[i].name || desk_field_find(m, text_z(m->field[i].name)) == i);
		for (uint32_t i = 1; i < m->n_steps; i++)
			assert_int_equal(desk_step_find(m, text_z(m->step[i].name)), i);
		for (uint32_t i = 1; i < m->n_states; i++)
			assert_int_equal(desk_state_find(m, text_z(m->state[i].name)), i);
		buf_init(&id, 64);
		desk_id_print(&id, kind, 8192);
		assert_int_equal(desk_id_parse(buf_view(&id), &k, &n), ERR_OK);
		assert_int_equal(k, kind);
		assert_int_equal(n, 8192);
		buf_release(&id);
	}
	for (uint32_t i = 0; i < DESK_ROLES; i++)
		assert_int_equal(desk_role_find(text_z(desk_roles[i].name)), i);
	for (uint32_t i = 1; i < DESK_LIMITS; i++) {
		const struct desk_limit_info *l = &desk_limit_infos[i];

		if (!l->name)
			continue; /* not used */
		assert_int_equal(desk_limit_find(text_z(l->name)), i);
		assert_true(l->least <= l->usual && l->usual <= l->most && l->source && l->en && l->zh);
	}
	assert_int_equal(desk_kind_find(TEXT("nothing")), 0);
	uint32_t k;
	uint64_t n;
	assert_int_equal(desk_id_parse(TEXT("W-"), &k, &n), ERR_FORMAT);
	assert_int_equal(desk_id_parse(TEXT("W-0"), &k, &n), ERR_FORMAT);
	assert_int_equal(desk_id_parse(TEXT("W--1"), &k, &n), ERR_FORMAT);
	assert_int_equal(desk_id_parse(TEXT("Z-1"), &k, &n), ERR_FORMAT);
	assert_int_equal(desk_id_parse(TEXT("W-99999999999999999999"), &k, &n), ERR_FORMAT);
}

/* Commands as bytes. */

static void draw_command(struct rng *r, struct desk_command *c)
{
	uint32_t kind = draw_kind(r);
	const struct desk_machine *m = desk_machine(kind);

	desk_command_init(c, (enum desk_kind)kind, draw_step(r, m), rng_next(r));
	c->version = (uint32_t)rng_next(r);
	c->user = rng_next(r);
	c->roles = (uint32_t)rng_next(r);
	c->organisation = (uint16_t)rng_next(r);
	c->district = (uint16_t)rng_next(r);
	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].name && rng_chance(r, 400000))
			draw_field(r, c, f, T0, true);
}

static void commands_survive_their_encoding(void **state)
{
	static struct desk_command c, again;
	struct buf bytes, second;
	struct rng r;

	(void)state;
	rng_seed(&r, test_seed(12));
	buf_init(&bytes, DESK_COMMAND_BYTES_MAX);
	buf_init(&second, DESK_COMMAND_BYTES_MAX);
	for (uint64_t n = test_cases(20000); n > 0; n--) {
		const char *why;

		draw_command(&r, &c);
		buf_clear(&bytes);
		desk_command_put(&bytes, &c);
		assert_int_equal(bytes.err, ERR_OK);
		assert_int_equal(desk_command_take(buf_view(&bytes), &again, &why), ERR_OK);
		assert_memory_equal(&c, &again, sizeof(c));
		/* A byte less, a byte more. */
		assert_int_equal(desk_command_take(text_of(bytes.p, rng_below(&r, bytes.n)), &again, &why), ERR_FORMAT);
		assert_non_null(why);
		buf_char(&bytes, 0);
		assert_int_equal(desk_command_take(buf_view(&bytes), &again, NULL), ERR_FORMAT);
		/* A changed bit: refused, or another command with exactly these bytes. */
		bytes.n--;
		bytes.p[rng_below(&r, bytes.n)] ^= (char)(1 << rng_below(&r, 8));
		if (desk_command_take(buf_view(&bytes), &again, NULL) == ERR_OK) {
			buf_clear(&second);
			desk_command_put(&second, &again);
			assert_true(text_eq(buf_view(&second), buf_view(&bytes)));
		}
	}
	buf_release(&bytes);
	buf_release(&second);
}

/* The largest command of each kind: every field at its longest. */
static void the_largest_command_fits(void **state)
{
	static struct desk_command c;
	struct buf bytes;
	char letters[DESK_CODE_MAX];

	(void)state;
	memset(letters, 'x', sizeof(letters));
	buf_init(&bytes, DESK_COMMAND_BYTES_MAX);
	for (uint32_t kind = desk_kind_after(0); kind != 0; kind = desk_kind_after(kind)) {
		const struct desk_machine *m = desk_machine(kind);

		desk_command_init(&c, (enum desk_kind)kind, 1, 1);
		for (uint32_t f = 1; f < m->n_fields; f++) {
			struct rng r;
			uint64_t far[DESK_POSITIONS_MAX];

			for (uint64_t i = 0; i < DESK_POSITIONS_MAX; i++)
				far[i] = (i + 1) << 60;
			if (!m->field[f].name)
				continue; /* not used */
			rng_seed(&r, f);
			draw_field(&r, &c, f, T0, true);
			if (m->field[f].type == DESK_CODE)
				desk_give_code(&c, f, text_of(letters, sizeof(letters)));
			if (m->field[f].type == DESK_POSITIONS)
				desk_give_positions(&c, f, far, DESK_POSITIONS_MAX);
		}
		buf_clear(&bytes);
		desk_command_put(&bytes, &c);
		assert_int_equal(bytes.err, ERR_OK);
	}
	buf_release(&bytes);
}

/* These bytes are in journals: if they change, old journals are read wrongly. */
static void the_format_does_not_change(void **state)
{
	/* version, kind, step | object | version | user | roles | organisation, district | fields 1, 2, 5, 7, 8 | account | bank | case_no | reason | evidence */
	static const char want[] = "010501"
							   "0200000000000000"
							   "03000000"
							   "0400000000000000"
							   "08000000"
							   "0700"
							   "0300"
							   "a601000000000000"
							   "01000000000000000200000000000000"
							   "d804"
							   "03412d31"
							   "09000000000000000000000000000000"
							   "0205c801";
	static struct desk_command c;
	unsigned char ref[DESK_REF_BYTES] = { 9 };
	uint64_t at[] = { 5, 205 };
	struct buf bytes;

	(void)state;
	desk_command_init(&c, DESK_STOP, STOP_DO_DRAFT, 2);
	c.version = 3;
	c.user = 4;
	c.roles = 1 << ROLE_STOP_SEAT;
	c.organisation = 7;
	c.district = 3;
	desk_give_token(&c, STOP_F_ACCOUNT, (struct token){ { 1, 2 } });
	desk_give_i(&c, STOP_F_BANK, 300);
	desk_give_code(&c, STOP_F_CASE_NO, TEXT("A-1"));
	desk_give_ref(&c, STOP_F_REASON, ref);
	desk_give_positions(&c, STOP_F_EVIDENCE, at, 2);
	buf_init(&bytes, DESK_COMMAND_BYTES_MAX);
	desk_command_put(&bytes, &c);
	assert_int_equal(bytes.n * 2, sizeof(want) - 1);
	for (size_t i = 0; i < bytes.n; i++) {
		char two[3];

		snprintf(two, sizeof(two), "%02x", (unsigned char)bytes.p[i]);
		assert_memory_equal(two, want + 2 * i, 2);
	}
	buf_release(&bytes);
}

static void codes_hold_no_numbers(void **state)
{
	(void)state;
	assert_true(desk_code_ok(TEXT("A-123456_b.c")));
	assert_false(desk_code_ok(TEXT("A1234567")));
	assert_false(desk_code_ok(TEXT("13800001234")));
	assert_false(desk_code_ok(TEXT("")));
	assert_false(desk_code_ok(TEXT("a b")));
	assert_false(desk_code_ok(TEXT("\xe5\xbc\xa0")));
}

static void months_and_days(void **state)
{
	static const struct {
		int32_t y, m, d, months, y2, m2, d2;
	} cases[] = { { 2026, 1, 31, 1, 2026, 2, 28 },  { 2024, 1, 31, 1, 2024, 2, 29 },  { 2026, 8, 31, 6, 2027, 2, 28 },
		          { 2026, 12, 15, 1, 2027, 1, 15 }, { 2024, 2, 29, 24, 2026, 2, 28 }, { 2026, 3, 1, 60, 2031, 3, 1 } };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct civil a = { .year = cases[i].y, .month = cases[i].m, .day = cases[i].d, .hour = 23, .minute = 59 };
		struct civil z = { .year = cases[i].y2, .month = cases[i].m2, .day = cases[i].d2, .hour = 23, .minute = 59 };
		int64_t from, to, day;

		assert_int_equal(clock_from_civil(&a, 8 * 3600, &from), ERR_OK);
		assert_int_equal(clock_from_civil(&z, 8 * 3600, &to), ERR_OK);
		assert_int_equal(desk_months_after(from, cases[i].months), to);
		a.hour = a.minute = 0;
		assert_int_equal(clock_from_civil(&a, 8 * 3600, &day), ERR_OK);
		assert_int_equal(desk_day(from), day);
		assert_int_equal(desk_day(day), day);
		assert_int_equal(desk_day(day - 1), day - US_PER_DAY);
	}
}

static int setup(void **state)
{
	(void)state;
	bench_init(&b, T0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bench_release(&b);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(each_role_step_and_state),
		cmocka_unit_test(scope_is_kept),
		cmocka_unit_test(all_states_can_be_reached_and_left),
		cmocka_unit_test(names_are_unique_and_found),
		cmocka_unit_test(commands_survive_their_encoding),
		cmocka_unit_test(the_largest_command_fits),
		cmocka_unit_test(the_format_does_not_change),
		cmocka_unit_test(codes_hold_no_numbers),
		cmocka_unit_test(months_and_days),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
