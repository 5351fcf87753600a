/* truth.c - rows of truth.csv into arrays; see truth.h. What the columns mean is in doc/formats.md.
 *
 * A row is taken whole or not at all. Who acts in an event may be labelled by a later row, so events keep the identity until
 * truth_order looks it up. */
#include "score/truth.h"
#include "base/mem.h"
#include "base/money.h"
#include "event/csv.h"
#include "event/ident.h"
#include "score/truth_int.h"

enum {
	COL_KIND,
	COL_IDENTIFIER,
	COL_TIME,
	COL_SCENARIO,
	COL_CRIME,
	COL_ROLE,
	COL_LEVEL,
	COL_STAGE,
	COL_ABOUT,
	COL_AMOUNT,
	COLS,
	SCENARIO_BYTES_MAX = 64,
	MESSAGE_BYTES = 400,
	QUOTED_BYTES = 60, /* of the user's words in a message */
	PLACE_KIND = 1000, /* name space of places, beyond every entity kind */
};

static const char header_text[] = "kind,identifier,time,scenario,crime,role,level,stage,about,amount";

static const struct {
	const char *name;
	bool suspect;
} roles[ROLE_COUNT] = { { "", false },
#define X(id, written, suspect) { written, suspect },
	                    TRUTH_ROLES(X)
#undef X
};

static const char *const stages[STAGE_COUNT] = { "",
#define X(id, written) written,
	                                             TRUTH_STAGES(X)
#undef X
};

static const struct {
	const char *name;
	enum ident_form form;
} types[TYPE_COUNT] = {
#define X(id, written, form) { written, form },
	TRUTH_TYPES(X)
#undef X
};

bool truth_role_suspect(enum truth_role r)
{
	return roles[r].suspect;
}

enum err truth_new(struct truth **out, const struct truth_kinds *kinds, const struct hash_key *key,
                   const struct truth_sink *sink)
{
	struct truth *t = mem_alloc(sizeof(*t));
	uint64_t seed;

	if (t == NULL)
		return ERR_MEMORY;
	t->kinds = *kinds;
	t->key = *key;
	t->sink = *sink;
	t->start_us = t->newest_us = TIME_US_MIN;
	memset(t->population, 0xff, sizeof(t->population));
	memset(t->type_population, 0xff, sizeof(t->type_population));
	arena_init(&t->names, 1 << 20);
	seed = (uint64_t)hash_fingerprint(key, TEXT("truth"));
	map_init(&t->entity_map, seed, TRUTH_ENTITIES_MAX);
	map_init(&t->crime_map, seed, TRUTH_CRIMES_MAX);
	map_init(&t->place_map, seed, TRUTH_EVENTS_MAX);
	t->n_entities = t->n_crimes = 1;
	if (map_grow((void **)&t->entity, &t->cap_entities, 0, sizeof(*t->entity), 1) != ERR_OK ||
	    map_grow((void **)&t->crime, &t->cap_crimes, 0, sizeof(*t->crime), 1) != ERR_OK) {
		truth_free(t);
		return ERR_MEMORY;
	}
	t->entity[0] = (struct truth_entity){ 0 };
	t->crime[0] = (struct truth_crime){ .number = -1 };
	*out = t;
	return ERR_OK;
}

void truth_free(struct truth *t)
{
	if (t == NULL)
		return;
	arena_release(&t->names);
	map_release(&t->entity_map);
	map_release(&t->crime_map);
	map_release(&t->place_map);
	mem_free(t->entity);
	mem_free(t->row);
	mem_free(t->event);
	mem_free(t->crime);
	mem_free(t->by_crime);
	mem_free(t->by_entity);
	mem_free(t);
}

/* ---- one row ---- */

struct row_reader {
	struct truth *t;
	struct text cell[COLS];
	int64_t time_us;
	uint32_t scenario, crime;
	enum truth_role role;
	enum truth_stage stage;
	int64_t level, amount_fen;
	enum err err; /* what ends the reading */
};

/* Says what is wrong; false, for the caller to return. */
static bool PRINTF_LIKE(2, 3) bad(struct truth *t, const char *fmt, ...)
{
	struct buf b;
	va_list ap;

	t->bad++;
	if (t->sink.bad == NULL)
		return false;
	buf_init(&b, MESSAGE_BYTES);
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	t->sink.bad(t->sink.ctx, t->line, b.err == ERR_OK ? b.p : "this row can't be read; see doc/formats.md");
	buf_release(&b);
	return false;
}

static int quoted(struct text x)
{
	return x.n < QUOTED_BYTES ? (int)x.n : QUOTED_BYTES;
}

static bool read_time(struct row_reader *r)
{
	struct text x = r->cell[COL_TIME];

	if (clock_parse(x, &clock_shanghai, &r->time_us) == ERR_OK && r->time_us >= TIME_US_MIN && r->time_us < TIME_US_MAX)
		return true;
	return bad(r->t, "\"%.*s\" is not a time from 2000 to 2099; write 2026-03-02T08:00:00+08:00", quoted(x), x.p);
}

static bool read_word(struct row_reader *r, int col, const char *what, const char *(*name)(int), int n, int *out)
{
	struct text x = r->cell[col];

	for (int i = 0; i < n; i++)
		if (text_eq(x, text_z(name(i)))) {
			*out = i;
			return true;
		}
	return bad(r->t, "there is no %s \"%.*s\"; doc/formats.md lists them", what, quoted(x), x.p);
}

static const char *role_name(int i)
{
	return roles[i].name;
}

static const char *stage_name(int i)
{
	return stages[i];
}

static bool read_number(struct row_reader *r, int col, const char *what, int64_t most, int64_t *out)
{
	struct text x = r->cell[col];

	*out = 0;
	if (x.n == 0 || (text_to_int(x, out) == ERR_OK && *out >= 0 && *out <= most))
		return true;
	return bad(r->t, "the %s \"%.*s\" is not a whole number from 0 to %lld", what, quoted(x), x.p, (long long)most);
}

static bool read_scenario(struct row_reader *r)
{
	struct text x = r->cell[COL_SCENARIO];
	struct truth *t = r->t;

	if (x.n == 0 || x.n > SCENARIO_BYTES_MAX)
		return bad(t, "the scenario is empty or longer than %d bytes; write its name in the scenario file",
		           SCENARIO_BYTES_MAX);
	for (r->scenario = 0; r->scenario < t->n_scenarios; r->scenario++)
		if (text_eq(t->scenario[r->scenario], x))
			return true;
	if (t->n_scenarios == TRUTH_SCENARIOS_MAX)
		return bad(t, "this is scenario number %d; a truth file has at most %d", TRUTH_SCENARIOS_MAX + 1,
		           TRUTH_SCENARIOS_MAX);
	t->scenario[t->n_scenarios] = arena_text(&t->names, x);
	if (t->scenario[t->n_scenarios].p == NULL) {
		r->err = ERR_MEMORY;
		return false;
	}
	t->n_scenarios++;
	return true;
}

/* The crime's index; 0 when the column is empty. */
static bool read_crime(struct row_reader *r)
{
	struct truth *t = r->t;
	uint32_t *at;
	bool fresh;
	int64_t number;

	r->crime = 0;
	if (!read_number(r, COL_CRIME, "crime", INT64_MAX, &number))
		return false;
	if (r->cell[COL_CRIME].n == 0)
		return true;
	r->err = map_grow((void **)&t->crime, &t->cap_crimes, t->n_crimes, sizeof(*t->crime), TRUTH_CRIMES_MAX);
	if (r->err == ERR_OK)
		r->err = map_put(&t->crime_map, (struct map_key){ { (uint64_t)number } }, &at, &fresh);
	if (r->err != ERR_OK)
		return false;
	if (fresh) {
		*at = (uint32_t)t->n_crimes++;
		t->crime[*at] = (struct truth_crime){ .number = number, .scenario = r->scenario };
	}
	r->crime = *at;
	return true;
}

static bool read_common(struct row_reader *r)
{
	int role = 0, stage = 0;

	if (!read_scenario(r) || !read_crime(r) || !read_word(r, COL_ROLE, "role", role_name, ROLE_COUNT, &role) ||
	    !read_number(r, COL_LEVEL, "level", 99, &r->level) ||
	    !read_word(r, COL_STAGE, "stage", stage_name, STAGE_COUNT, &stage))
		return false;
	r->role = (enum truth_role)role;
	r->stage = (enum truth_stage)stage;
	return true;
}

static struct map_key key_of(uint32_t kind, struct token token)
{
	return (struct map_key){ { token.w[0], token.w[1], kind } };
}

static bool make_token(struct row_reader *r, uint32_t kind, struct text plain, struct token *out)
{
	const struct truth *t = r->t;
	char scratch[EVENT_IDENT_MAX];
	const char *why = "not an identifier";
	struct ident id;

	if (plain.n > 0 && plain.n <= EVENT_IDENT_MAX && text_utf8_valid(plain) &&
	    ident_make(&t->key, t->kinds.kind[kind].form, kind, IDENT_STRICT, plain, scratch, &id, &why) == ERR_OK) {
		*out = id.token;
		return true;
	}
	return bad(r->t, "%s \"%.*s\": %s", t->kinds.kind[kind].name, quoted(plain), plain.p, why);
}

static bool take_entity(struct row_reader *r, uint32_t kind)
{
	struct truth *t = r->t;
	struct token token;
	uint32_t *at;
	bool fresh;

	if (!read_time(r) || !read_common(r) || !make_token(r, kind, r->cell[COL_IDENTIFIER], &token))
		return false;
	if (r->role == ROLE_NONE)
		return bad(t, "an entity needs a role, such as mule or victim");
	r->err = map_grow((void **)&t->entity, &t->cap_entities, t->n_entities, sizeof(*t->entity), TRUTH_ENTITIES_MAX);
	if (r->err == ERR_OK)
		r->err = map_grow((void **)&t->row, &t->cap_rows, t->n_rows, sizeof(*t->row), TRUTH_ENTITIES_MAX);
	if (r->err == ERR_OK)
		r->err = map_put(&t->entity_map, key_of(kind, token), &at, &fresh);
	if (r->err != ERR_OK)
		return false;
	if (fresh) {
		*at = (uint32_t)t->n_entities++;
		t->entity[*at] = (struct truth_entity){ .token = token, .kind = kind };
	}
	t->row[t->n_rows++] = (struct truth_row){ .time_us = r->time_us,
		                                      .entity = *at,
		                                      .crime = r->crime,
		                                      .scenario = r->scenario,
		                                      .role = (uint8_t)r->role,
		                                      .level = (uint8_t)r->level };
	return true;
}

struct map_key truth_place(const struct truth *t, struct text file, uint64_t line)
{
	const char *slash = memrchr(file.p, '/', file.n);
	struct token h;

	if (slash != NULL)
		file = text_of(slash + 1, file.n - (size_t)(slash + 1 - file.p));
	if (file.n > 3 && memcmp(file.p + file.n - 3, ".gz", 3) == 0)
		file.n -= 3;
	else if (file.n > 4 && memcmp(file.p + file.n - 4, ".zst", 4) == 0)
		file.n -= 4;
	h = hash_token(&t->key, PLACE_KIND, file);
	return (struct map_key){ { h.w[0], h.w[1], line } };
}

static bool read_place(struct row_reader *r, struct map_key *out)
{
	struct text x = r->cell[COL_IDENTIFIER];
	const char *colon = x.n > 0 ? memrchr(x.p, ':', x.n) : NULL;
	int64_t line = 0;

	if (colon == NULL || colon == x.p ||
	    text_to_int(text_of(colon + 1, x.n - (size_t)(colon + 1 - x.p)), &line) != ERR_OK || line < 1 ||
	    line >> TRUTH_PLACE_LINE_BITS != 0)
		return bad(r->t, "\"%.*s\" does not say where the event stands; write FILE:LINE, as in calls.csv:120",
		           quoted(x), x.p);
	*out = truth_place(r->t, text_of(x.p, (size_t)(colon - x.p)), (uint64_t)line);
	return true;
}

/* Who acts in an event whose type doesn't say of what kind that is: a person, a phone or an account, told by its form. */
static int kind_of_actor(struct row_reader *r, enum truth_type type, struct text plain)
{
	const struct truth *t = r->t;
	char scratch[EVENT_IDENT_MAX];
	const char *why;
	struct ident id;

	if (types[type].form != IDENT_OPAQUE)
		return truth_kind_of_form(&t->kinds, types[type].form);
	if (plain.n > EVENT_IDENT_MAX || !text_utf8_valid(plain))
		return -1;
	if (ident_make(&t->key, IDENT_PERSON, 0, IDENT_STRICT, plain, scratch, &id, &why) == ERR_OK)
		return truth_kind_of_form(&t->kinds, IDENT_PERSON);
	if (ident_make(&t->key, IDENT_PHONE, 0, IDENT_STRICT, plain, scratch, &id, &why) == ERR_OK &&
	    id.attrs.kind != NUMBER_UNKNOWN && id.attrs.kind != NUMBER_SPOOFED)
		return truth_kind_of_form(&t->kinds, IDENT_PHONE);
	return truth_kind_of_form(&t->kinds, IDENT_ACCOUNT);
}

static bool take_event(struct row_reader *r, enum truth_type type)
{
	struct truth *t = r->t;
	struct text about = r->cell[COL_ABOUT], amount = r->cell[COL_AMOUNT];
	struct truth_event e = { .type = (uint8_t)type };
	struct token token;
	int kind;

	if (!read_time(r) || !read_common(r) || !read_place(r, &e.place))
		return false;
	if (amount.n > 0 && (money_parse_yuan(amount, &e.amount_fen) != ERR_OK || e.amount_fen < 0))
		return bad(t, "the amount \"%.*s\" is not money; write yuan with at most two decimals, as in 5000.00",
		           quoted(amount), amount.p);
	if (amount.n == 0 && r->stage == STAGE_TRANSFER)
		return bad(t, "the money that leaves a victim has an amount; write it in yuan, as in 5000.00");
	kind = about.n > 0 ? kind_of_actor(r, type, about) : -1;
	if (kind >= 0) {
		if (!make_token(r, (uint32_t)kind, about, &token))
			return false;
		e.about = key_of((uint32_t)kind, token);
	}
	r->err = map_grow((void **)&t->event, &t->cap_events, t->n_events, sizeof(*t->event), TRUTH_EVENTS_MAX);
	if (r->err != ERR_OK)
		return false;
	e.time_us = r->time_us;
	e.crime = r->crime;
	e.scenario = r->scenario;
	e.stage = (uint8_t)r->stage;
	t->event[t->n_events++] = e;
	return true;
}

static bool take_population(struct row_reader *r)
{
	struct truth *t = r->t;
	struct text name = r->cell[COL_IDENTIFIER];
	int kind = truth_kinds_find(&t->kinds, name);
	int64_t count;

	if (!read_time(r) || !read_number(r, COL_AMOUNT, "count", NUMBER_MAX, &count))
		return false;
	if (r->cell[COL_AMOUNT].n == 0)
		return bad(t, "a population needs its count in the last column");
	for (int i = 0; kind < 0 && i < TYPE_COUNT; i++)
		if (text_eq(name, text_z(types[i].name))) {
			t->type_population[i] = count;
			kind = SCHEMA_ENTITIES_MAX;
		}
	if (kind < 0)
		return bad(t, "\"%.*s\" is neither an entity kind nor an event type", quoted(name), name.p);
	if (kind < SCHEMA_ENTITIES_MAX)
		t->population[kind] = count;
	if (t->start_us == TIME_US_MIN || r->time_us < t->start_us)
		t->start_us = r->time_us;
	return true;
}

static bool take_row(struct row_reader *r)
{
	struct text name = r->cell[COL_KIND];
	int kind = truth_kinds_find(&r->t->kinds, name);

	if (text_eq(name, TEXT("population")))
		return take_population(r);
	if (kind >= 0)
		return take_entity(r, (uint32_t)kind);
	for (int i = 0; i < TYPE_COUNT; i++)
		if (text_eq(name, text_z(types[i].name)))
			return take_event(r, (enum truth_type)i);
	return bad(r->t, "the kind \"%.*s\" is neither population, an entity kind nor an event type", quoted(name), name.p);
}

/* ---- lines ---- */

static bool split(struct truth *t, struct text line, struct text *cell)
{
	static const struct csv_dialect dialect = { ',', '"' };
	struct csv_row row;

	if (line.p == NULL || line.n > TRUTH_LINE_MAX)
		return bad(t, "the row is longer than %d bytes", TRUTH_LINE_MAX);
	if (csv_row(&dialect, line.p, line.n, true, &row) != CSV_ROW || row.bytes != line.n)
		return bad(t, "a quoted cell does not end, or goes on after its quote");
	if (row.n_cells != COLS)
		return bad(t, "the row has %u columns; it needs %d: %s", row.n_cells, COLS, header_text);
	for (int i = 0; i < COLS; i++) {
		cell[i] = text_of(line.p + row.cell[i].at, row.cell[i].n);
		if (row.cell[i].doubled)
			return bad(t, "column %d holds a quote; names and identifiers have none", i + 1);
		if (memchr(cell[i].p, 0, cell[i].n) != NULL || !text_utf8_valid(cell[i]))
			return bad(t, "column %d is not UTF-8 text", i + 1);
	}
	return true;
}

static enum err read_header(struct truth *t, struct text line)
{
	if (text_starts(line, TEXT("\xef\xbb\xbf")))
		line = text_of(line.p + 3, line.n - 3);
	if (text_eq(line, text_z(header_text))) {
		t->header = true;
		return ERR_OK;
	}
	bad(t, "this is no truth file: its first line is not %s", header_text);
	return ERR_FORMAT;
}

enum err truth_line(struct truth *t, struct text line)
{
	struct row_reader r = { .t = t };

	CHECK(!t->finished);
	t->line++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (!t->header)
		return read_header(t, line);
	if ((line.p != NULL && line.n == 0) || !split(t, line, r.cell))
		return ERR_OK;
	if (take_row(&r))
		t->rows++;
	return r.err;
}

enum err truth_finish(struct truth *t)
{
	CHECK(!t->finished);
	if (!t->header) {
		t->line = 1;
		bad(t, "this is no truth file: it is empty; its first line is %s", header_text);
		return ERR_FORMAT;
	}
	return truth_order(t);
}

uint64_t truth_bad(const struct truth *t)
{
	return t->bad;
}

uint64_t truth_rows(const struct truth *t)
{
	return t->rows;
}

int64_t truth_start_us(const struct truth *t)
{
	return t->start_us;
}

int64_t truth_newest_us(const struct truth *t)
{
	return t->newest_us;
}

const struct truth_kinds *truth_kinds_of(const struct truth *t)
{
	return &t->kinds;
}
