/* audit_person.c - duanka audit person: what the desk ever did about somebody, from the registry. Tokens only; whoever may see names asks the service. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "app/audit.h"
#include "app/serve_load.h"
#include "base/clock.h"
#include "gateway/desk_notice.h"
#include "gateway/dossier.h"
#include "gateway/wire_command.h"

struct telling {
	struct registry *r;
	const struct desk_machine *m;
	struct desk_shower show;
	struct buf out;
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

/* ---- all of it ---- */

static enum err see(void *ctx, const struct desk_machine *m, const struct desk_object *o)
{
	struct telling *t = ctx;

	t->m = m;
	put_text(t, o);
	fwrite(t->out.p, 1, t->out.n, stdout);
	if (t->e == ERR_OK)
		t->e = t->out.err;
	buf_clear(&t->out);
	return t->e;
}

static enum err tell_all(struct telling *t, struct token token, const char *hex, bool json)
{
	struct dossier_query q = { .token = token, .most = UINT64_MAX };
	struct dossier_counts n;
	enum err e;

	if (json) {
		buf_printf(&t->out, "{\"token\":\"%s\",", hex);
		e = dossier_put(&t->out, &t->show, &q, &n);
		buf_z(&t->out, "}\n");
	} else {
		e = dossier_walk(t->r, &q, see, t, &n);
		buf_printf(&t->out,
		           "%" PRIu64 " measures 措施, %" PRIu64 " in force 生效中; %" PRIu64 " other objects 其他业务\n",
		           n.measures, n.in_force, n.objects);
	}
	return e == ERR_OK ? t->out.err : e;
}

bool audit_person(const char *data, const char *hex, bool json)
{
	struct telling t = { .e = ERR_OK };
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
		e = tell_all(&t, token, hex, json);
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
