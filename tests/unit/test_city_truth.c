/* test_city_truth.c - truth.csv of small cities against the events it speaks of: each line it names exists and is what it
 * says, every crime has its suspects and victims from their first act on, and nobody innocent is named. */
#include "tests/test.h"
#include "base/mem.h"
#include "sim/numbers.h"
#include "tests/unit/city_copy.h"

static struct scene *scene;

static int make(void **state)
{
	(void)state;
	scene = copy_scene(text_z(""));
	for (uint32_t b = 0; b < scene->n_blocks;
	     b++) /* a lent card is a resident's and a suspect's: here nobody is both */
		for (int d = 0; d < DIFFICULTIES; d++)
			scene->block[b].key[KEY_LENT].d[d] = (struct range){ 0, 0 };
	return 0;
}

static int drop(void **state)
{
	(void)state;
	mem_free(scene);
	return 0;
}

enum column {
	KIND,
	IDENTIFIER,
	TIME,
	SCENARIO,
	CRIME,
	ROLE,
	LEVEL,
	STAGE,
	ABOUT,
	AMOUNT,
	COLUMNS
};
struct row {
	struct text at[COLUMNS];
	int64_t at_s;
	int kind;            /* index in kinds */
	enum copy_file file; /* of an event */
	uint32_t line;       /* its index there */
};

static const char *const kinds[] = { "call",      "sms",          "data_use", "transfer", "cash",
	                                 "open_card", "open_account", "bind",     "login",    "report",
	                                 "place",     "population",   "phone",    "account",  "person",
	                                 "device",    "cell",         "outlet",   "agent",    "clerk" };
enum {
	POPULATION = 11,
	PHONE,
	ACCOUNT,
	PERSON
};

/* What truth.csv says of somebody: the first row as a suspect, and the kinds of role. */
enum known {
	FIRST_S,
	ROLES,
	ACTS, /* criminal events about it */
	OWES  /* fen: stolen money that came in, less what went out */
};
enum {
	IS_CARD = 1, /* a gang's card that calls or texts by itself */
	IS_MULE = 2,
	IS_SUSPECT = 4
};
enum crime_value {
	BEGINS_S,
	ENTITIES,
	VICTIMS, /* bits of phone, account, person */
	EVENTS
};

struct truth {
	struct city_copy c;
	struct row *row;
	uint32_t n;
	struct names who;      /* entities by identifier: enum known */
	struct names crimes;   /* by number: enum crime_value */
	struct names labelled; /* FILE:LINE */
	struct names resident; /* main phones of residents; v[0] = 1 */
	int64_t first_s, end_s;
	uint64_t stages, roles; /* how many kinds were seen */
};

static bool is(struct text t, const char *z)
{
	return text_eq(t, text_z(z));
}

static bool any_of(struct text t, const char *words)
{
	char want[40];

	snprintf(want, sizeof(want), " %.*s ", (int)t.n, t.p);
	return strstr(words, want) != NULL;
}

#define SUSPECT_ROLES \
	" simbox burst sleeping gateway_voice gateway_line caller spammer iot mule opener agent outlet clerk gold "
#define CARD_ROLES " simbox burst sleeping gateway_voice gateway_line iot "
#define STAGES " recruit open test lead contact groom bait transfer layer cashout report "

static void bad_row(const struct truth *t, const struct row *r, const char *what)
{
	uint32_t i = (uint32_t)(r - t->row) + 1;

	fail_msg("truth.csv:%u: %s: %.*s", i + 1, what, (int)t->c.file[COPY_TRUTH].line[i].n,
	         t->c.file[COPY_TRUTH].line[i].p);
}

/* ---- reading ---- */

static void read_row(struct truth *t, struct row *r, struct text line)
{
	size_t commas = 0;

	for (size_t i = 0; i < line.n; i++)
		commas += line.p[i] == ',';
	if (commas != COLUMNS - 1)
		bad_row(t, r, "not ten columns");
	for (int k = 0; k < COLUMNS; k++)
		r->at[k] = copy_field(line, k);
	r->at_s = copy_time_s(r->at[TIME]);
	while (r->kind < (int)ARRAY_LEN(kinds) && !is(r->at[KIND], kinds[r->kind]))
		r->kind++;
	if (r->kind == ARRAY_LEN(kinds) || r->at[IDENTIFIER].n == 0)
		bad_row(t, r, "no such kind, or nobody");
	if (r->kind < POPULATION) {
		struct text id = r->at[IDENTIFIER];
		size_t colon = 0;
		while (colon < id.n && id.p[colon] != ':')
			colon++;
		int64_t n = 0;
		while (r->file < COPY_EVENTS && !text_eq(text_of(id.p, colon), text_z(copy_names[r->file])))
			r->file++;
		if (r->file == COPY_EVENTS || text_to_int(text_of(id.p + colon + 1, id.n - colon - 1), &n) ||
		    n < 1 + (r->file != COPY_SMS) || n > t->c.file[r->file].n)
			bad_row(t, r, "there is no such line");
		r->line = (uint32_t)n - 1;
	}
}

static void read_truth(struct truth *t)
{
	const struct copy_lines *l = &t->c.file[COPY_TRUTH];

	assert_text(l->line[0], "kind,identifier,time,scenario,crime,role,level,stage,about,amount");
	t->n = l->n - 1;
	t->row = mem_alloc_array(t->n, sizeof(*t->row));
	assert_non_null(t->row);
	for (uint32_t i = 0; i < t->n; i++)
		read_row(t, &t->row[i], l->line[i + 1]);
}

static void truth_make(struct truth *t, struct city_options o, int64_t steps)
{
	*t = (struct truth){ .end_s = INT64_MIN };
	copy_make(&t->c, o, scene, steps);
	for (int f = 0; f < COPY_EVENTS; f++)
		if (t->c.file[f].n > 1)
			t->end_s = t->end_s > copy_line_time_s(&t->c, (enum copy_file)f, t->c.file[f].n - 1)
			               ? t->end_s
			               : copy_line_time_s(&t->c, (enum copy_file)f, t->c.file[f].n - 1);
	read_truth(t);
	for (uint32_t i = 0; i < (uint32_t)o.people; i++) {
		static char phone[24 * 4000];
		assert_true(o.people <= 4000);
		size_t n = ident_phone_text(sample_phone(i), phone + 24 * i);
		names_at(&t->resident, text_of(phone + 24 * i, n), NULL)[0] = 1;
	}
}

static void truth_release(struct truth *t)
{
	names_release(&t->who);
	names_release(&t->crimes);
	names_release(&t->labelled);
	names_release(&t->resident);
	mem_free(t->row);
	copy_release(&t->c);
}

/* ---- rows alone ---- */

static void learn_entity(struct truth *t, const struct row *r)
{
	bool is_new, suspect = any_of(r->at[ROLE], SUSPECT_ROLES), victim = is(r->at[ROLE], "victim");
	int64_t *who = names_at(&t->who, r->at[IDENTIFIER], &is_new);
	int64_t *crime = names_at(&t->crimes, r->at[CRIME], NULL);

	crime[ENTITIES]++;
	if (r->at[SCENARIO].n == 0 || r->at[CRIME].n == 0 || (!suspect && !victim && !is(r->at[ROLE], "target")) ||
	    r->at[STAGE].n || r->at[ABOUT].n || r->at[AMOUNT].n)
		bad_row(t, r, "not the row of an entity");
	if (r->at[LEVEL].n && !is(r->at[ROLE], "mule"))
		bad_row(t, r, "only mules have levels");
	if (r->at_s > t->end_s)
		bad_row(t, r, "has not happened");
	if (is_new)
		who[FIRST_S] = INT64_MAX;
	if (suspect) {
		who[FIRST_S] = r->at_s < who[FIRST_S] ? r->at_s : who[FIRST_S];
		who[ROLES] |=
			IS_SUSPECT | (any_of(r->at[ROLE], CARD_ROLES) ? IS_CARD : 0) | (is(r->at[ROLE], "mule") ? IS_MULE : 0);
	}
	if (victim && (crime[VICTIMS] >> r->kind & 1) && r->kind == PERSON)
		bad_row(t, r, "a second victim of this crime");
	if (victim)
		crime[VICTIMS] |= 1 << r->kind;
}

static void learn(struct truth *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->row[i].kind > POPULATION)
			learn_entity(t, &t->row[i]);
	for (uint32_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		bool is_new;
		if (r->kind >= POPULATION)
			continue;
		int64_t *crime = names_at(&t->crimes, r->at[CRIME], NULL);
		if (crime[EVENTS]++ == 0 || r->at_s < crime[BEGINS_S])
			crime[BEGINS_S] = r->at_s;
		names_at(&t->labelled, r->at[IDENTIFIER], &is_new);
		if (!is_new)
			bad_row(t, r, "an event belongs to one crime");
	}
}

static void check_populations(const struct truth *t)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		int64_t n;
		if (r->kind != POPULATION)
			continue;
		for (int k = KIND + 3; k < AMOUNT; k++)
			assert_int_equal(r->at[k].n, 0);
		assert_int_equal(text_to_int(r->at[AMOUNT], &n), ERR_OK);
		assert_true(n > 0);
		for (int k = 0; k < EV_TYPES; k++)
			if (is(r->at[IDENTIFIER], kinds[k]) && n != (int64_t)t->c.counts.events[k])
				bad_row(t, r, "another number of events");
		seen++;
	}
	assert_true(seen >= 5);
}

/* ---- rows against the events ---- */

/* Who acts in an event, as the contract of truth.csv has it. For money that the gang sends to try an account, or lends to
 * a victim, it is the one who gets it. */
static bool acts(const struct row *r, struct text line)
{
	struct text about = r->at[ABOUT];
	bool opener = is(r->at[ROLE], "opener");

	switch ((enum ev_type)r->kind) {
	case EV_CALL:
	case EV_CASH: return text_eq(about, copy_field(line, 1));
	case EV_SMS: return text_eq(about, copy_value(line, "sender"));
	case EV_DATA:
	case EV_LOGIN: return text_eq(about, copy_field(line, 2));
	case EV_TRANSFER:
		return text_eq(about, copy_field(line, 1)) ||
		       ((is(r->at[STAGE], "test") || is(r->at[STAGE], "groom")) && text_eq(about, copy_field(line, 2)));
	case EV_OPEN_CARD: return text_eq(about, copy_field(line, opener ? 4 : 2));
	case EV_OPEN_ACCOUNT: return text_eq(about, copy_field(line, opener ? 4 : 3));
	case EV_REPORT: return text_eq(about, copy_field(line, 4));
	default: return false;
	}
}

static void check_event(const struct truth *t, const struct row *r)
{
	struct text line = t->c.file[r->file].line[r->line];
	bool typed = r->file == COPY_DATA || r->file >= COPY_OPENINGS;
	bool money = r->kind == EV_TRANSFER || r->kind == EV_CASH;

	static const char *const only[] = { "call", "sms", "", "transfer", "cash" };
	struct text type = r->file == COPY_SMS ? copy_value(line, "event")
	                   : typed             ? copy_field(line, 0)
	                                       : text_z(only[r->file]);
	if (!text_eq(type, r->at[KIND]) || r->at_s != copy_line_time_s(&t->c, r->file, r->line) || !acts(r, line))
		bad_row(t, r, "the event is another one");
	if (money ? !text_eq(r->at[AMOUNT], copy_field(line, r->kind == EV_CASH ? 2 : 3)) : r->at[AMOUNT].n != 0)
		bad_row(t, r, "the amount is another one");
	if (r->at[SCENARIO].n == 0 || r->at[CRIME].n == 0 || !any_of(r->at[STAGE], STAGES))
		bad_row(t, r, "not the row of an event");
}

/* A suspect is one from its first act on; that an account or card is opened or tried for it comes before. */
static void check_actor(struct truth *t, const struct row *r)
{
	int64_t *who = names_find(&t->who, r->at[ABOUT]);
	bool before = any_of(r->at[STAGE], " open test ");

	if (any_of(r->at[ROLE], SUSPECT_ROLES) && !before && (!who || !(who[ROLES] & IS_SUSPECT) || who[FIRST_S] > r->at_s))
		bad_row(t, r, "whoever acts is no suspect yet");
	if (is(r->at[ROLE], "opener") && (!who || who[FIRST_S] > r->at_s))
		bad_row(t, r, "whoever opens is no suspect yet");
	if ((r->kind == EV_CALL || r->kind == EV_SMS) && names_find(&t->resident, r->at[ABOUT]))
		bad_row(t, r, "a resident's phone");
	if (is(r->at[STAGE], "transfer")) {
		const int64_t *crime = names_find(&t->crimes, r->at[CRIME]);
		if (crime[VICTIMS] != (1 << PHONE | 1 << ACCOUNT | 1 << PERSON))
			bad_row(t, r, "its victim is not named by phone, account and person");
	}
	if (who)
		who[ACTS]++;
}

static void check_crimes(const struct truth *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		const int64_t *crime = names_find(&t->crimes, r->at[CRIME]);
		if (r->kind == POPULATION)
			continue;
		if (r->kind < POPULATION && !any_of(r->at[STAGE], " open test ") && crime[ENTITIES] == 0)
			bad_row(t, r, "a crime of nobody");
		if (any_of(r->at[ROLE], " victim target ") && r->kind > POPULATION && is(r->at[KIND], "person") &&
		    r->at_s != crime[BEGINS_S])
			bad_row(t, r, "a victim from another moment than the crime's first");
	}
}

/* ---- the innocent ---- */

static void check_unlabelled(struct truth *t, enum copy_file f, struct text from, struct text to, uint32_t i)
{
	char id[40];
	const int64_t *who = names_find(&t->who, from);

	if (!who || !(who[ROLES] & IS_CARD))
		return;
	size_t n = (size_t)snprintf(id, sizeof(id), "%s:%u", copy_names[f], i + 1);
	if (names_find(&t->resident, to) && !names_find(&t->labelled, text_of(id, n)))
		fail_msg("%s is a gang's, and truth.csv does not say so", id);
}

/* What a gang's card does to a resident is a crime; calls among the gang's own are not told. */
static void check_innocent(struct truth *t)
{
	const struct copy_lines *calls = &t->c.file[COPY_CALLS], *texts = &t->c.file[COPY_SMS];

	for (uint32_t i = 1; i < calls->n; i++)
		check_unlabelled(t, COPY_CALLS, copy_field(calls->line[i], 1), copy_field(calls->line[i], 2), i);
	for (uint32_t i = 0; i < texts->n; i++)
		check_unlabelled(t, COPY_SMS, copy_value(texts->line[i], "sender"), copy_value(texts->line[i], "receiver"), i);
}

/* A mule passes on no more than what was stolen and came in. Within a second the order of the two files is unknown: what
 * it owes is looked at when the second is over, by going through each second's income first. */
static void check_mules(struct truth *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		if (r->kind != EV_TRANSFER || !any_of(r->at[STAGE], " transfer layer "))
			continue;
		int64_t *payee = names_find(&t->who, copy_field(t->c.file[COPY_TRANSFERS].line[r->line], 2));
		if (!payee || !(payee[ROLES] & IS_MULE) || payee[FIRST_S] > r->at_s)
			bad_row(t, r, "the money goes to nobody");
		payee[OWES] += copy_fen(r->at[AMOUNT]);
	}
	for (uint32_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		if (r->kind >= POPULATION || !any_of(r->at[STAGE], " layer cashout "))
			continue;
		int64_t *mule = names_find(&t->who, r->at[ABOUT]);
		mule[OWES] -= copy_fen(r->at[AMOUNT]);
		if (mule[OWES] < 0)
			bad_row(t, r, "passes on more than came in");
	}
}

static void check_truth(struct truth *t)
{
	learn(t);
	check_populations(t);
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->row[i].kind >= POPULATION)
			continue;
		check_event(t, &t->row[i]);
		check_actor(t, &t->row[i]);
	}
	check_crimes(t);
	check_innocent(t);
	check_mules(t);
}

/* ---- cities ---- */

static struct city_options small(uint64_t seed)
{
	struct city_options o;

	city_defaults(&o);
	o.people = 1000 + (int64_t)(seed * 977 % 2000);
	o.days = seed % 2 ? 3 : 5; /* some crimes begin on the fourth day */
	o.seed = seed;
	o.difficulty = (enum difficulty)(seed % DIFFICULTIES);
	o.crime_percent = 20000;
	return o;
}

static void check(struct city_options o, int64_t steps, struct names *seen)
{
	struct truth t;

	printf("seed %llu, %lld people, difficulty %d, %lld steps\n", (unsigned long long)o.seed, (long long)o.people,
	       (int)o.difficulty, (long long)steps);
	fflush(stdout);
	truth_make(&t, o, steps);
	check_truth(&t);
	for (uint32_t i = 0; seen && i < t.n; i++) {
		const char *lists[] = { SUSPECT_ROLES " victim target ", STAGES };
		for (int k = 0; k < 2; k++) { /* the words of the lists live longer than the rows */
			char want[40];
			struct text w = t.row[i].at[k ? STAGE : ROLE];
			snprintf(want, sizeof(want), " %.*s ", (int)w.n, w.p);
			const char *at = w.n ? strstr(lists[k], want) : NULL;
			if (at)
				names_at(seen, text_of(at + 1, w.n), NULL)[0]++;
		}
		for (uint32_t b = 0; b < scene->n_blocks; b++)
			if (is(t.row[i].at[SCENARIO], scene->block[b].name))
				names_at(seen, text_z(scene->block[b].name), NULL)[0]++;
	}
	truth_release(&t);
}

static void test_truth(void **state)
{
	(void)state;
	uint64_t seed = test_seed(21);
	struct names seen = { 0 };
	static const char *const all[] = { "simbox",  "burst",    "sleeping", "gateway_voice", "gateway_line", "caller",
		                               "spammer", "iot",      "mule",     "opener",        "agent",        "victim",
		                               "target",  "open",     "test",     "lead",          "contact",      "groom",
		                               "bait",    "transfer", "layer",    "cashout",       "report" };

	for (uint64_t k = 0; k < test_cases(9); k++)
		check(small(seed + k), 0, &seen);
	for (size_t k = 0; k < ARRAY_LEN(all) && test_cases(9) == 9; k++)
		if (!names_find(&seen, text_z(all[k])))
			fail_msg("no city has any %s", all[k]);
	for (uint32_t b = 0; b < scene->n_blocks && test_cases(9) == 9; b++)
		if (!names_find(&seen, text_z(scene->block[b].name)))
			fail_msg("no city has any %s", scene->block[b].name);
	names_release(&seen);
}

static void test_closed_early(void **state)
{
	(void)state;
	uint64_t seed = test_seed(22);

	for (uint64_t k = 0; k < test_cases(4); k++)
		check(small(seed + k), (int64_t)(58 + 7 * k), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_truth), cmocka_unit_test(test_closed_early) };

	return cmocka_run_group_tests(tests, make, drop);
}
