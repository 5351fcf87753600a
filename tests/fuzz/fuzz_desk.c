/* fuzz_desk.c - JSON as somebody sends it to the desk: a command, or a batch of them. A line is a command whose bytes in the journal are read back as the same command and hold no number and no text that
 * somebody wrote, or it is told why not. Input: the body of POST /v1/commands. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/mem.h"
#include "desk/incident.h"
#include "gateway/http_desk_int.h"
#include "tests/unit/schema_default.h"

enum {
	LINES_MOST = 40
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct registry *registry;
static struct http *http; /* so much of one as reading needs: a registry, a key, no dictionary to ask */
static struct request *request;
static struct schema schema;

static void make_object(const struct desk_world *w, enum desk_kind kind, uint32_t step, uint64_t position)
{
	static struct desk d;
	struct desk_command c;
	struct desk_outcome o;

	desk_init(&d, w, 0);
	CHECK(desk_start(&d) == ERR_OK);
	desk_command_init(&c, kind, step, 0);
	c.user = 1;
	c.roles = ((1u << DESK_ROLES) - 1) & ~(1u << ROLE_SYSTEM);
	desk_give_i(&c, INCIDENT_F_CHANNEL, 1);
	desk_give_token(&c, INCIDENT_F_CALLER, (struct token){ { 1, 2 } });
	CHECK(desk_apply(&d, position, 1, &c, &o) == ERR_OK && o.refusal == DESK_OK);
}

static void remove_file(void)
{
	static const char *const end[] = { "", "-wal", "-shm" };
	char path[64];

	registry_close(registry);
	for (size_t i = 0; i < ARRAY_LEN(end); i++) {
		snprintf(path, sizeof(path), "/tmp/duanka-fuzz-desk-%ld%s", (long)getpid(), end[i]);
		unlink(path);
	}
	free(request);
	free(http);
}

/* One incident, I-65536, to take steps on. */
static void set_up(void)
{
	static struct keeping keep;
	char path[64];
	struct buf why;

	snprintf(path, sizeof(path), "/tmp/duanka-fuzz-desk-%ld", (long)getpid());
	buf_init(&why, 4096);
	CHECK(registry_open(&registry, path, &why) == ERR_OK);
	buf_release(&why);
	CHECK(registry_begin(registry) == ERR_OK);
	make_object(registry_world(registry), DESK_INCIDENT, INCIDENT_DO_RECEIVE, 1);
	CHECK(registry_commit(registry, 1, 1) == ERR_OK);
	schema = schema_default();
	http = calloc(1, sizeof(*http));
	request = calloc(1, sizeof(*request));
	CHECK(http != NULL && request != NULL && atexit(remove_file) == 0);
	http->o.registry = registry;
	http->o.key = &test_key;
	http->o.keep = &keep;
	request->h = http;
	snprintf(request->url, sizeof(request->url), "/v1/commands");
}

/* What somebody wrote does not stand in the journal: no text, and no row of digits that could be a number. */
static void hides(struct text payload, const struct desk_reading *d, uint32_t names, uint32_t texts)
{
	for (uint32_t i = names; i < d->n_names; i++)
		if (d->name[i].n > DESK_DIGITS_MAX)
			CHECK(memmem(payload.p, payload.n, d->name[i].plain, d->name[i].n) == NULL);
	for (uint32_t i = texts; i < d->n_texts; i++)
		if (d->text[i].n > DESK_CODE_MAX)
			CHECK(memmem(payload.p, payload.n, d->text[i].p, d->text[i].n) == NULL);
}

static void judge(const struct desk_line *l, const struct desk_order *o, const struct desk_reading *d, uint32_t names)
{
	static struct desk_command again;
	struct buf b;
	uint32_t field;

	if (l->order == NULL) {
		buf_init(&b, 1 << 16);
		CHECK(l->no != DESK_OK || l->why != NULL);
		if (l->no != DESK_OK)
			desk_put_refusal(&b, l->no, l->m, l->field, l->why);
		CHECK(b.err == ERR_OK);
		buf_release(&b);
		return;
	}
	CHECK(desk_look(l->m, &l->m->step[o->command.step], &o->command, &field) == DESK_OK);
	buf_init(&b, DESK_COMMAND_BYTES_MAX);
	desk_command_put(&b, &o->command);
	CHECK(b.err == ERR_OK && desk_command_take(buf_view(&b), &again, NULL) == ERR_OK);
	CHECK(memcmp(&again.value, &o->command.value, sizeof(again.value)) == 0 && again.given == o->command.given);
	hides(buf_view(&b), d, names, l->texts_from);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct desk_asker asker = {
		.user = 1, .roles = ((1u << DESK_ROLES) - 1) & ~(1u << ROLE_SYSTEM), .organisation = 3, .district = 5
	};
	static struct desk_order order;
	struct desk_reading d;
	struct text rest = text_of((const char *)p, n);
	uint64_t number = 0;

	if (http == NULL)
		set_up();
	d = (struct desk_reading){ .r = request, .schema = &schema, .newest = UINT64_MAX };
	while (rest.n > 0 && number < LINES_MOST) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		size_t k = nl == NULL ? rest.n : (size_t)(nl - rest.p);
		struct desk_line l = { .number = ++number };
		uint32_t names = d.n_names, texts = d.n_texts;
		bool taken = desk_read_line(&d, &asker, &l, &order, text_of(rest.p, k));

		CHECK(taken == (l.order != NULL) && (taken || (d.n_names == names && d.n_texts == texts)));
		judge(&l, &order, &d, names);
		rest = text_of(rest.p + k + (nl != NULL), rest.n - k - (nl != NULL));
		d.n_texts = texts; /* they point into the JSON */
		json_decref(l.json);
	}
	desk_reading_release(&d);
	return 0;
}
