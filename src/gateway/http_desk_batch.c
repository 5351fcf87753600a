/* http_desk_batch.c - POST /v1/commands: a step a line, carried out together.
 *
 * A line is read by itself: one that is wrong or refused says so and hinders no other. What the lines bring along, identifiers and texts, is kept for all of them at once, before any is journaled. */
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/http_desk_int.h"

enum {
	LINE_BYTES_MAX = 256 << 10
};

static struct text text_in(const json_t *j)
{
	return text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j));
}

struct batch {
	struct request *r;
	struct desk_asker asker;
	struct desk_line line[DESK_GATE_MAX];
	struct desk_order order[DESK_GATE_MAX];
	uint32_t n, n_orders;
	uint64_t accepted, refused, wrong;
};

static const char registry_wrong[] = "the desk's registry can't be read now; try again";

static void line_wrong(struct desk_line *l, const char *why)
{
	l->why = why;
}

/* kind and step that make, or object and step. False: it is told. */
static bool read_target(const struct desk_asker *a, struct desk_line *l, uint32_t *step, uint64_t *object)
{
	struct text id = text_in(json_object_get(l->json, "object")), name = text_in(json_object_get(l->json, "step"));
	uint32_t kind = desk_kind_find(text_in(json_object_get(l->json, "kind")));

	*object = 0;
	if (id.n > 0 && desk_id_parse(id, &kind, object) != ERR_OK)
		kind = 0;
	l->m = desk_machine(kind);
	if (l->m == NULL) {
		line_wrong(l, "\"object\" is an id, or \"kind\" the name of a kind");
		return false;
	}
	*step = *object == 0 ? desk_making_step(l->m, a->roles, name, &l->no) : desk_step_find(l->m, name);
	if (*step == 0 && *object != 0)
		l->no = DESK_REFUSED_STEP;
	if (*step != 0)
		l->no = DESK_OK;
	return *step != 0;
}

static bool reach_target(struct request *r, const struct desk_asker *a, struct desk_line *l, uint64_t object)
{
	struct desk_object o;
	enum err e = object == 0 ? ERR_OK : registry_load(r->h->o.registry, object, &o);

	if (e == ERR_OK && (object == 0 || (o.kind == l->m->kind && desk_reaches(a, &o))))
		return true;
	if (e == ERR_OK || e == ERR_ABSENT)
		l->no = DESK_REFUSED_ABSENT;
	else
		line_wrong(l, registry_wrong);
	return false;
}

bool desk_read_line(struct desk_reading *d, const struct desk_asker *a, struct desk_line *l, struct desk_order *o,
                    struct text t)
{
	const json_t *fields, *version;
	uint32_t step, names = d->n_names, texts = d->n_texts, uses = d->n_uses;
	struct desk_objection x = { .no = DESK_OK };
	uint64_t object;
	enum desk_refusal no;
	bool unread = false;

	l->json = t.n > LINE_BYTES_MAX ? NULL : json_loadb(t.p, t.n, JSON_REJECT_DUPLICATES, NULL);
	fields = json_object_get(l->json, "fields");
	version = json_object_get(l->json, "version");
	if (!json_is_object(l->json) || (fields != NULL && !json_is_object(fields)) ||
	    (version != NULL &&
	     (!json_is_integer(version) || json_integer_value(version) < 0 || json_integer_value(version) > UINT32_MAX))) {
		line_wrong(l, "a line is a JSON object with step, object or kind, version and fields");
		return false;
	}
	if (!read_target(a, l, &step, &object) || !reach_target(d->r, a, l, object))
		return false;
	if (l->m->step[step].flags & DESK_ASKS) {
		line_wrong(l, "a question to an institution is asked by itself, so that its act has its own reason");
		return false;
	}
	memset(o, 0, sizeof(*o));
	desk_begin_command(&o->command, a, l->m, step, object);
	o->command.version = (uint32_t)json_integer_value(version);
	desk_key_of(d->r, l->number, o);
	no = DESK_REFUSED_ROLE;
	if (desk_may(&l->m->step[step], a->roles) && desk_look_at_key(d->r, a, &l->m->step[step], &no) != ERR_OK) {
		line_wrong(l, registry_wrong);
		return false;
	}
	if (no == DESK_OK && fields != NULL && !desk_read_fields(d, fields, NULL, o)) {
		no = d->no;
		l->field = d->field;
		l->why = d->why;
	}
	if (no == DESK_OK)
		no = desk_look(l->m, &l->m->step[step], &o->command, &l->field);
	if (no == DESK_OK && !d->short_of_memory && desk_look_at_files(d->r, &o->command, &x) != ERR_OK) {
		line_wrong(l, "the registry or the campaign's segment can't be read now; try again");
		unread = true;
	} else if (x.no != DESK_OK) {
		no = x.no;
		l->field = x.field;
		l->why = x.why;
	}
	if (d->short_of_memory) { /* no refusal: the line is told why */
		d->short_of_memory = false;
		no = DESK_OK;
	} else if (no == DESK_OK && !unread) {
		l->order = o;
		l->texts_from = texts;
		l->texts_to = d->n_texts;
	}
	l->no = no;
	if (l->order == NULL) {
		d->n_names = names;
		d->n_texts = texts;
		desk_reading_unclaim(d, uses, d->n_uses);
	}
	return l->order != NULL;
}

static void put_line(struct batch *b, const struct desk_line *l)
{
	const struct desk_outcome *o = l->order == NULL ? NULL : &l->order->outcome;
	struct buf *out = &b->r->out;
	enum desk_refusal no = o == NULL ? l->no : o->refusal;

	buf_printf(out, "{\"line\":%" PRIu64, l->number);
	if (o == NULL && no == DESK_OK) {
		buf_z(out, ",\"wrong\":");
		buf_json(out, text_z(l->why));
		b->wrong++;
	} else if (no != DESK_OK) {
		buf_char(out, ',');
		desk_put_refusal(out, no, l->m, o == NULL ? l->field : o->field, o == NULL ? l->why : NULL);
		b->refused++;
	} else {
		buf_z(out, ",\"object\":");
		desk_put_id(out, l->m->kind, o->object);
		buf_printf(out, ",\"version\":%" PRIu32 ",\"state\":\"%s\"", o->version, l->m->state[o->state].name);
		b->accepted++;
	}
	if (o != NULL)
		buf_printf(out, ",\"position\":%" PRIu64 ",\"repeated\":%s", l->order->position,
		           l->order->repeated ? "true" : "false");
	buf_z(out, "}\n");
}

static void forget_lines(struct batch *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		json_decref(b->line[i].json);
	memset(b->line, 0, b->n * sizeof(b->line[0]));
	b->n = b->n_orders = 0;
}

/* Up to DESK_GATE_MAX lines together. False: they could not be carried out; the answer is set, or, behind others, its last line says so. */
static bool do_lines(struct batch *b, uint64_t *number, size_t *at)
{
	struct request *r = b->r;
	struct desk_reading d;
	bool ok = true;

	desk_reading_init(&d, r);
	while (b->n < DESK_GATE_MAX && *at < r->body.n) {
		const char *p = r->body.p + *at, *nl = memchr(p, '\n', r->body.n - *at);
		size_t n = nl == NULL ? r->body.n - *at : (size_t)(nl - p);
		struct text t = text_trim(text_of(p, n));

		*at += n + (nl != NULL);
		++*number;
		if (t.n == 0)
			continue;
		b->line[b->n].number = *number;
		b->n_orders += desk_read_line(&d, &b->asker, &b->line[b->n], &b->order[b->n_orders], t);
		b->n++;
	}
	if (b->n_orders > 0) {
		struct buf before = r->out;

		buf_init(&r->out, ANSWER_BYTES_MAX);
		ok = desk_carry_out(r, &d, b->order, b->n_orders);
		buf_release(&r->out);
		r->out = before;
	}
	for (uint32_t i = 0; ok && i < b->n; i++) {
		const struct desk_line *l = &b->line[i];

		if (l->order != NULL && desk_came_to_nothing(l->order))
			desk_reading_forget(&d, l->texts_from, l->texts_to);
		put_line(b, l);
	}
	desk_reading_release(&d);
	forget_lines(b);
	return ok;
}

/* A line for each line, and one more that counts them. What came of the lines before a failure is told all the same. */
void desk_run_commands(struct request *r)
{
	struct batch *b = mem_alloc(sizeof(*b));
	uint64_t number = 0;
	size_t at = 0;
	bool ok = true;

	if (b == NULL) {
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return;
	}
	b->r = r;
	if (desk_asker(r, &b->asker)) {
		while (ok && at < r->body.n)
			ok = do_lines(b, &number, &at);
		buf_printf(&r->out,
		           "{\"complete\":%s,\"lines\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"refused\":%" PRIu64
		           ",\"wrong\":%" PRIu64 "}\n",
		           ok ? "true" : "false", number, b->accepted, b->refused, b->wrong);
		r->status = ok ? 200 : 503;
		r->type = "application/x-ndjson";
	}
	mem_free(b);
}
