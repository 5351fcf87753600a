/* audit_person.c - duanka audit person: what the desk ever did about somebody, from the registry. Tokens only; whoever may see names asks the service. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "gateway/desk_notice.h"
#include "gateway/desk_show.h"
#include "gateway/wire_command.h"

struct telling {
	struct registry *r;
	const struct desk_machine *m;
	struct desk_shower show;
	struct buf out;
	bool json, of_measures;
	uint64_t n, in_force, last_id;
	int64_t last_key;
	enum err e;
};

/* ---- as text ---- */

static void put_time(struct buf *b, int64_t us)
{
	clock_format_short(b, us, &clock_shanghai);
}

static void put_line(struct buf *b, const char *name, const char *zh)
{
	buf_printf(b, "  %-14s %s ", name, zh);
}

/* A value as JSON shows it, without quotes and braces where a plain word does. */
static void put_plain(struct telling *t, const struct desk_field *f, const union desk_value *v)
{
	struct buf json;

	if (f->type == DESK_TIME) {
		put_time(&t->out, v->i);
		return;
	}
	if (f->type == DESK_CHOICE) {
		buf_printf(&t->out, "%s %s", f->choices->choice[v->i].name, f->choices->choice[v->i].zh);
		return;
	}
	if (f->type == DESK_REF) {
		buf_z(&t->out, "(sealed 密封)");
		return;
	}
	buf_init(&json, 4096);
	desk_put_value(&json, &t->show, f, v);
	if (f->type == DESK_ENTITY && f->entity != DESK_NUMBER) {
		char hex[TOKEN_HEX + 1];

		token_show(v->token, hex);
		buf_z(&t->out, hex);
	} else if (json.n > 1 && json.p[0] == '"') {
		buf_add(&t->out, json.p + 1, json.n - 2);
	} else {
		buf_text(&t->out, buf_view(&json));
	}
	buf_release(&json);
}

static void put_who(struct telling *t, uint64_t user)
{
	struct buf json;

	buf_init(&json, 64);
	desk_put_actor(&json, user);
	if (json.err == ERR_OK) /* without its quotes */
		buf_add(&t->out, json.p + 1, json.n - 2);
	else
		t->out.err = json.err;
	buf_release(&json);
}

static bool put_step(void *ctx, const struct registry_row *row)
{
	struct telling *t = ctx;
	const struct desk_step *s = &t->m->step[row->trace.step];
	const char *comma = "";

	buf_z(&t->out, "    ");
	put_time(&t->out, row->trace.time_us);
	buf_printf(&t->out, "  %s %s -> %s %s, by ", s->name, s->zh, t->m->state[row->state].name,
	           t->m->state[row->state].zh);
	put_who(t, row->trace.user);
	buf_z(&t->out, " (");
	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if (row->trace.roles >> r & 1) {
			buf_printf(&t->out, "%s%s", comma, desk_roles[r].name);
			comma = ",";
		}
	buf_printf(&t->out, "), record %" PRIu64 "\n", row->trace.position);
	return true;
}

/* Whether the person was told. */
static void put_notice(struct telling *t, const struct desk_object *o)
{
	struct desk_notice n;
	char id[24];
	enum err e = t->show.delivery == NULL ? ERR_RANGE : desk_notice_of(t->show.delivery, o, &n);

	if (e != ERR_OK) {
		t->e = e == ERR_RANGE ? t->e : e;
		return;
	}
	put_line(&t->out, "told", "告知情况");
	buf_printf(&t->out, "%s %s", desk_notice_names[n.state], desk_notice_zh[n.state]);
	if (n.message != 0) {
		command_id_print(id, n.message);
		buf_printf(&t->out, " %s, since ", id);
		put_time(&t->out, n.state == DESK_NOTICE_OWED ? n.owed_us : n.since_us);
	}
	buf_char(&t->out, '\n');
}

static void put_text(struct telling *t, const struct desk_object *o)
{
	desk_id_print(&t->out, o->kind, o->id);
	buf_printf(&t->out, " %s %s: %s %s, since ", t->m->name, t->m->zh, t->m->state[o->state].name,
	           t->m->state[o->state].zh);
	put_time(&t->out, o->made_us);
	buf_char(&t->out, '\n');
	for (uint32_t f = 1; f < t->m->n_fields; f++)
		if (desk_has(o, f)) {
			put_line(&t->out, t->m->field[f].name, t->m->field[f].zh);
			put_plain(t, &t->m->field[f], &o->value[f]);
			buf_char(&t->out, '\n');
		}
	put_notice(t, o);
	put_line(&t->out, "history", "经过");
	buf_char(&t->out, '\n');
	t->e = registry_history(t->r, o->id, 1, REGISTRY_PAGE_MAX, put_step, t);
}

/* ---- as JSON ---- */

static bool put_row(void *ctx, const struct registry_row *row)
{
	struct telling *t = ctx;

	if (row->version > 1 && t->out.n > 0 && t->out.p[t->out.n - 1] == '}')
		buf_char(&t->out, ',');
	desk_put_row(&t->out, t->m, row);
	return true;
}

static void put_json(struct telling *t, const struct desk_object *o)
{
	if (t->n > 0)
		buf_char(&t->out, ',');
	buf_z(&t->out, "{\"object\":");
	desk_put_object(&t->out, &t->show, o, false);
	buf_z(&t->out, ",\"history\":[");
	t->e = registry_history(t->r, o->id, 1, REGISTRY_PAGE_MAX, put_row, t);
	buf_z(&t->out, "]}");
}

/* ---- all of it ---- */

static bool see(void *ctx, const struct registry_hit *h)
{
	struct telling *t = ctx;

	if (t->json)
		put_json(t, h->object);
	else
		put_text(t, h->object);
	t->n++;
	t->last_key = h->key;
	t->last_id = h->object->id;
	t->in_force += t->of_measures && !t->m->state[h->object->state].final;
	if (!t->json && t->out.n > 0) {
		fwrite(t->out.p, 1, t->out.n, stdout);
		buf_clear(&t->out);
	}
	return t->e == ERR_OK;
}

/* All of a kind about the token, whatever it stands for: a token is of one kind of entity. */
static enum err list(struct telling *t, uint32_t kind, struct token token)
{
	t->m = desk_machine(kind);
	for (uint8_t entity = 1; entity < DESK_ENTITY_KINDS && t->e == ERR_OK; entity++) {
		struct registry_query q = { .kind = (uint8_t)kind, .entity = { entity, token } };
		uint64_t before;

		do {
			enum err e;

			before = t->n;
			e = registry_list(t->r, &q, REGISTRY_PAGE_MAX, see, t);
			t->e = t->e == ERR_OK ? e : t->e;
			q.after = true;
			q.after_key = t->last_key;
			q.after_id = t->last_id;
		} while (t->e == ERR_OK && t->n - before == REGISTRY_PAGE_MAX);
	}
	return t->e;
}

static enum err list_all(struct telling *t, struct token token, const char *hex)
{
	uint64_t n;

	if (t->json)
		buf_printf(&t->out, "{\"token\":\"%s\",\"measures\":[", hex);
	t->of_measures = true;
	if (list(t, DESK_MEASURE, token) != ERR_OK)
		return t->e;
	t->of_measures = false;
	n = t->n;
	if (t->json)
		buf_z(&t->out, "],\"objects\":[");
	t->n = 0;
	for (uint32_t kind = 1; kind < DESK_KINDS && t->e == ERR_OK; kind++)
		if (kind != DESK_MEASURE)
			(void)list(t, kind, token);
	if (t->e != ERR_OK)
		return t->e;
	if (t->json)
		buf_z(&t->out, "]}\n");
	else
		buf_printf(&t->out,
		           "%" PRIu64 " measures 措施, %" PRIu64 " in force 生效中; %" PRIu64 " other objects 其他业务\n", n,
		           t->in_force, t->n);
	return t->out.err;
}

bool audit_person(const char *data, const char *hex, bool json)
{
	struct telling t = { .json = json };
	char path[DATA_PATH_BYTES];
	struct token token;
	struct buf why;
	enum err e;

	if (!token_parse(text_z(hex), &token)) {
		fprintf(stderr, "duanka audit: a token is 32 hexadecimal digits, as alerts and the desk show it\n");
		return false;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/registry.sqlite", data) >= sizeof(path) || access(path, R_OK) != 0) {
		fprintf(stderr, "duanka: %s: there is no registry here\n", data);
		return false;
	}
	buf_init(&why, 4096);
	buf_init(&t.out, 1 << 30);
	e = registry_open(&t.r, path, &why);
	t.show.registry = t.r;
	t.show.now_us = serve_now_us();
	if (e == ERR_OK && (size_t)snprintf(path, sizeof(path), "%s/delivery.sqlite", data) < sizeof(path) &&
	    access(path, R_OK) == 0)
		e = delivery_open(&t.show.delivery, path, &why);
	if (e == ERR_OK)
		e = list_all(&t, token, hex);
	if (e == ERR_OK)
		fwrite(t.out.p, 1, t.out.n, stdout);
	else
		fprintf(stderr, "duanka: %s: %s\n", path, why.n > 0 ? why.p : err_name(e));
	delivery_close(t.show.delivery);
	registry_close(t.r);
	buf_release(&t.out);
	buf_release(&why);
	return e == ERR_OK;
}
