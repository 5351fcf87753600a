/* record_json.c - see record_json.h. */
#include "shard/record_json.h"
#include <inttypes.h>
#include <jansson.h>
#include "base/mem.h"
#include "shard/shard_int.h"
#include "show/command_json.h"

static const char *const kind_name[RECORD_KINDS] = {
	[RECORD_EVENT] = "event", [RECORD_SCHEMA] = "schema", [RECORD_TICK] = "tick",   [RECORD_POLICY] = "policy",
	[RECORD_LIST] = "list",   [RECORD_ACT] = "act",       [RECORD_NAMES] = "names", [RECORD_COMMAND] = "command",
};

const char *record_kind_name(enum record_kind k)
{
	return k < RECORD_KINDS && kind_name[k] != NULL ? kind_name[k] : "";
}

enum record_kind record_kind_find(struct text name)
{
	for (int i = 0; i < RECORD_KINDS; i++)
		if (kind_name[i] != NULL && text_eq(name, text_z(kind_name[i])))
			return (enum record_kind)i;
	return RECORD_NONE;
}

static enum err put_event(struct buf *b, const struct written *w, const struct record *r,
                          const struct record_json_options *o)
{
	struct event e;
	enum err err = w == NULL ? ERR_FORMAT : record_event_take(w->recast, r, &e, NULL);

	if (err != ERR_OK)
		return ERR_FORMAT; /* under its own schema nothing is missing */
	if ((r->flags & RECORD_MENDED) != 0)
		buf_z(b, ",\"mended\":true");
	buf_z(b, ",\"event\":");
	buf_json(b, w->schema.event[e.type].name);
	if (o->about != NULL) {
		buf_z(b, ",\"roles\":");
		event_json_roles(b, &w->schema, &e, *o->about, o->about_kind, o->sight);
	}
	buf_z(b, ",\"fields\":");
	event_json_fields(b, &w->schema, &e, o->sight);
	return ERR_OK;
}

static enum err put_schema(struct buf *b, const struct record *r)
{
	static const char *const dim[] = { "number", "money", "duration", "time", "bool", "text" };
	struct written *w = NULL;
	enum err e = written_follow(&w, r->payload);

	if (e != ERR_OK)
		return e;
	buf_z(b, ",\"entities\":[");
	for (uint32_t i = 0; i < w->schema.n_entities; i++) {
		buf_z(b, i > 0 ? "," : "");
		buf_json(b, w->schema.entity[i].name);
	}
	buf_z(b, "],\"events\":{");
	for (uint32_t i = 0; i < w->schema.n_events; i++) {
		const struct schema_event *t = &w->schema.event[i];

		buf_z(b, i > 0 ? "," : "");
		buf_json(b, t->name);
		buf_z(b, ":{");
		for (uint32_t k = 0; k < t->n_fields; k++) {
			struct type type = t->field[k].type;

			buf_z(b, k > 0 ? "," : "");
			buf_json(b, t->field[k].name);
			buf_char(b, ':');
			buf_json(b, type.dim == DIM_ENTITY ? w->schema.entity[type.entity].name : text_z(dim[type.dim]));
		}
		buf_char(b, '}');
	}
	buf_char(b, '}');
	written_free(w);
	return ERR_OK;
}

static enum err put_policy(struct buf *b, const struct record *r)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct text rest = r->payload;
	struct record entry;
	uint16_t n = 0;
	uint64_t entries = 0;
	enum err e = file == NULL ? ERR_MEMORY : edition_take_files(r->payload, file, &n, &rest);

	for (; e == ERR_OK && rest.n > 0; entries++)
		e = record_take(&rest, &entry);
	if (e == ERR_OK)
		buf_z(b, ",\"files\":[");
	for (uint16_t i = 0; e == ERR_OK && i < n; i++) {
		buf_z(b, i > 0 ? ",{\"path\":" : "{\"path\":");
		buf_json(b, file[i].path);
		buf_printf(b, ",\"bytes\":%zu}", file[i].text.n);
	}
	if (e == ERR_OK)
		buf_printf(b, "],\"list_entries\":%" PRIu64, entries);
	mem_free(file);
	return e;
}

static enum err put_list(struct buf *b, const struct record *r)
{
	struct list_record l;

	if (!list_record_take(r->payload, &l))
		return ERR_FORMAT;
	buf_z(b, ",\"list\":");
	buf_json(b, l.list);
	if (l.text) {
		buf_printf(b, ",\"fingerprint\":\"%016" PRIx64 "\"", (uint64_t)l.fingerprint);
	} else {
		buf_z(b, ",\"entity\":");
		event_json_entity(b, TEXT(""), &l.ident);
	}
	if ((r->flags & RECORD_NEWEST) != 0 && l.until_us == 0) {
		buf_z(b, ",\"removed\":true");
		return ERR_OK;
	}
	buf_z(b, ",\"until\":");
	if (l.until_us == INT64_MAX)
		buf_z(b, "null");
	else
		event_json_time(b, l.until_us);
	return ERR_OK;
}

static int add_bytes(const char *p, size_t n, void *ctx)
{
	buf_add(ctx, p, n);
	return 0;
}

/* In one line, whatever it was; what is no JSON, as a text. */
static enum err put_act(struct buf *b, const struct record *r)
{
	json_t *act = json_loadb(r->payload.p, r->payload.n, 0, NULL);
	int failed;

	buf_z(b, ",\"act\":");
	if (act == NULL) {
		buf_json(b, r->payload);
		return ERR_OK;
	}
	failed = json_dump_callback(act, add_bytes, b, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(act);
	return failed != 0 ? ERR_MEMORY : ERR_OK;
}

static enum err put_command(struct buf *b, const struct record *r)
{
	struct text payload;

	if (!record_unkeyed(r, NULL, &payload))
		return ERR_FORMAT;
	buf_z(b, ",\"command\":");
	return command_json(b, payload);
}

enum err record_json(struct buf *b, const struct written *w, const struct record *r,
                     const struct record_json_options *o)
{
	static const struct record_json_options none = { .about = NULL };
	size_t at = b->n;
	enum err e = ERR_OK;

	buf_printf(b, "{\"position\":%" PRIu64 ",\"time\":", r->position);
	event_json_time(b, r->time);
	buf_printf(b, ",\"kind\":\"%s\",\"organisation\":%u", record_kind_name((enum record_kind)r->kind), r->organisation);
	switch (r->kind) {
	case RECORD_EVENT: e = put_event(b, w, r, o == NULL ? &none : o); break;
	case RECORD_SCHEMA: e = put_schema(b, r); break;
	case RECORD_POLICY: e = put_policy(b, r); break;
	case RECORD_LIST: e = put_list(b, r); break;
	case RECORD_ACT: e = put_act(b, r); break;
	case RECORD_NAMES: buf_printf(b, ",\"bytes\":%zu", r->payload.n); break; /* sealed */
	case RECORD_COMMAND: e = put_command(b, r); break;
	case RECORD_TICK: break;
	default: e = ERR_FORMAT;
	}
	buf_char(b, '}');
	if (e == ERR_OK)
		e = b->err;
	if (e != ERR_OK && b->p != NULL) {
		b->n = at;
		b->p[at] = 0;
	}
	return e;
}
