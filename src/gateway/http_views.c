/* http_views.c - POST /v1/desk/views: what stands behind the tokens and sealed texts of one object; and the same act before somebody reads a guarded file (http_files.c).
 *
 * For roles that work with people only, within their reach, with a purpose and a case. The act that says who sees whose data and why is in the journal before
 * anything is shown, and stays there if nothing can be. */
#include <inttypes.h>
#include "desk/user.h"
#include "gateway/http_desk_int.h"

enum {
	PURPOSE_MAX = 200, /* bytes */
	CASE_MAX = 200
};

/* Those who neither call nor visit nor decide about people don't need to know who they are. */
#define VIEWERS                                                                                                        \
	(1u << ROLE_INTAKE | 1u << ROLE_STOP_SEAT | 1u << ROLE_DISSUASION | 1u << ROLE_ANALYST | 1u << ROLE_LEADER |       \
	 1u << ROLE_DISPATCHER | 1u << ROLE_APPEALS | 1u << ROLE_DISCIPLINE | 1u << ROLE_PROVINCE | 1u << ROLE_QUALITY |   \
	 1u << ROLE_STATION | 1u << ROLE_GRID | 1u << ROLE_BANK_DESK | 1u << ROLE_BANK_OUTLET | 1u << ROLE_OPERATOR_DESK | \
	 1u << ROLE_OPERATOR_OUTLET | 1u << ROLE_CITIZEN | 1u << ROLE_SECRETARY | 1u << ROLE_DELEGATE)

struct view {
	struct request *r;
	struct desk_asker asker;
	const struct desk_machine *m;
	struct desk_object o;
	struct text purpose, file;
	uint64_t fields; /* to be shown */
	uint64_t position;
};

static struct text text_in(const json_t *j)
{
	return text_trim(text_of(json_is_string(j) ? json_string_value(j) : "", json_string_length(j)));
}

/* What an institution told goes to who asked, and to those who may ask. */
static bool may_know(const struct view *v)
{
	bool asks = false, may = v->o.made_by == v->asker.user;

	for (uint32_t s = 1; s < v->m->n_steps; s++)
		if (v->m->step[s].flags & DESK_ASKS) {
			asks = true;
			may = may || desk_may(&v->m->step[s], v->asker.roles);
		}
	return !asks || may;
}

/* Secrets of users are no personal data that anybody views. */
static bool viewable(const struct desk_machine *m, uint32_t f)
{
	enum desk_type t = m->field[f].type;

	if (m->kind == DESK_USER && (f == USER_F_SECRET || f == USER_F_TOTP))
		return false;
	return t == DESK_REF || (t == DESK_ENTITY && m->field[f].entity != DESK_NUMBER);
}

static bool wrong(struct request *r, unsigned status, const char *type, const char *title, const char *detail)
{
	answer_problem(r, status, type, title, detail);
	return false;
}

static bool take_fields(struct view *v, const json_t *list)
{
	for (uint32_t f = 1; list == NULL && f < v->m->n_fields; f++)
		v->fields |= viewable(v->m, f) && desk_has(&v->o, f) ? (uint64_t)1 << f : 0;
	if (list != NULL && (!json_is_array(list) || json_array_size(list) == 0))
		return wrong(v->r, 422, "fields", "\"fields\" is a list of names", "leave it out for all that the object has");
	for (size_t i = 0; i < json_array_size(list); i++) {
		uint32_t f = desk_field_find(v->m, text_in(json_array_get(list, i)));

		if (f == 0 || !viewable(v->m, f)) {
			desk_answer_refusal(v->r, DESK_REFUSED_FIELD_EXTRA, v->m, f, "this field holds nothing that is hidden");
			return false;
		}
		v->fields |= desk_has(&v->o, f) ? (uint64_t)1 << f : 0;
	}
	return true;
}

static bool take_why(struct view *v, struct text purpose, struct text file)
{
	v->purpose = purpose;
	v->file = file;
	if (v->purpose.n == 0 || v->purpose.n > PURPOSE_MAX)
		return wrong(v->r, 422, "purpose", "A purpose is needed 须注明查询目的",
		             "\"purpose\" is a text of 1 to 200 bytes: it is kept with who saw it");
	if (v->file.n == 0 || v->file.n > CASE_MAX)
		return wrong(v->r, 422, "case", "A case is needed 须注明案件编号", "\"case\" is a text of 1 to 200 bytes");
	if (act_number_in(v->purpose) || act_number_in(v->file))
		return wrong(v->r, 422, act_number_in(v->purpose) ? "purpose" : "case",
		             "Numbers of people do not belong here 事由和案件编号中不得出现号码",
		             "at most six digits in a row: it stands in the journal; write A-2026-0301-0017");
	return true;
}

static bool may_view(struct view *v)
{
	if (v->asker.roles & VIEWERS)
		return true;
	desk_answer_refusal(v->r, DESK_REFUSED_ROLE, NULL, 0, NULL);
	return false;
}

static bool take_object(struct view *v, struct text id)
{
	uint32_t kind;
	uint64_t n;

	if (desk_id_parse(id, &kind, &n) != ERR_OK || (v->m = desk_machine(kind)) == NULL)
		return wrong(v->r, 422, "object", "\"object\" is the id of an object", "as lists show it: W-65536");
	v->asker.roles &= VIEWERS; /* the reach of the roles that may */
	if (kind != DESK_MEETING &&
	    kind != DESK_JOINT_EVENT) /* who works for the alliance sees who signed in and which press came, nobody else */
		v->asker.roles &= ~(1u << ROLE_SECRETARY | 1u << ROLE_DELEGATE);
	if (v->asker.roles == 0) {
		desk_answer_refusal(v->r, DESK_REFUSED_ROLE, NULL, 0, NULL);
		return false;
	}
	if (!desk_asked_object(v->r, &v->asker, v->m, id, &v->o))
		return false;
	/* A state that is shared opens what is not sealed. What is sealed stays with those whose object it is. */
	if (!desk_in_scope(v->asker.roles, &v->o, v->asker.user, v->asker.organisation, v->asker.district)) {
		desk_answer_refusal(v->r, DESK_REFUSED_SCOPE, v->m, 0, NULL);
		return false;
	}
	if (!may_know(v)) {
		desk_answer_refusal(v->r, DESK_REFUSED_ROLE, v->m, 0, NULL);
		return false;
	}
	return true;
}

static bool take_view(struct view *v, const json_t *body)
{
	return may_view(v) &&
	       take_why(v, text_in(json_object_get(body, "purpose")), text_in(json_object_get(body, "case"))) &&
	       take_object(v, text_in(json_object_get(body, "object"))) && take_fields(v, json_object_get(body, "fields"));
}

/* "person:TOKEN phone:TOKEN" */
static bool journal_view(struct view *v)
{
	char hex[TOKEN_HEX + 1];
	struct buf act, id, tokens, fields;
	const char *blank = "", *comma = "";

	desk_act_begin(&act, "view", v->r, v->asker.user, v->purpose);
	buf_init(&id, 64);
	buf_init(&tokens, 4096);
	buf_init(&fields, 4096);
	desk_id_print(&id, v->o.kind, v->o.id);
	for (uint32_t f = 1; f < v->m->n_fields; f++) {
		if ((v->fields >> f & 1) == 0)
			continue;
		buf_printf(&fields, "%s%s", comma, v->m->field[f].name);
		comma = ",";
		if (v->m->field[f].type != DESK_ENTITY)
			continue;
		token_show(v->o.value[f].token, hex);
		buf_printf(&tokens, "%s%s:%s", blank, desk_entity_names[v->m->field[f].entity], hex);
		blank = " ";
	}
	act_text(&act, "case", v->file);
	act_text(&act, "object", buf_view(&id));
	act_text(&act, "fields", buf_view(&fields));
	act_text(&act, "tokens", buf_view(&tokens));
	if (id.err != ERR_OK || tokens.err != ERR_OK || fields.err != ERR_OK)
		act.err = ERR_MEMORY;
	buf_release(&id);
	buf_release(&tokens);
	buf_release(&fields);
	return http_act(v->r, &act, NULL, NULL, &v->position);
}

/* null: nothing is known of it any more. An error is none of that: then it can't be read now. */
static enum err put_plain(struct view *v, const struct schema *s, uint32_t f)
{
	struct request *r = v->r;
	const struct desk_field *field = &v->m->field[f];
	char plain[DICTIONARY_PLAIN_MAX];
	struct buf text;
	size_t n = 0;
	enum err e;

	buf_init(&text, TEXT_BYTES_MAX);
	if (field->type == DESK_REF) {
		e = texts_read(r->h->o.texts, v->o.value[f].ref, &text);
	} else {
		e = names_reveal(r->h->o.keep->names, v->position + 1, v->o.value[f].token, desk_entity_kind(s, field->entity),
		                 plain, &n);
		buf_add(&text, plain, e == ERR_OK ? n : 0);
	}
	e = e == ERR_OK ? text.err : e;
	if (e == ERR_OK)
		buf_json(&r->out, buf_view(&text));
	else if (e == ERR_ABSENT || e == ERR_FORMAT)
		buf_z(&r->out, "null");
	if (text.p != NULL)
		explicit_bzero(text.p, text.n);
	explicit_bzero(plain, sizeof(plain));
	buf_release(&text);
	return e == ERR_ABSENT || e == ERR_FORMAT ? ERR_OK : e;
}

/* All or nothing: what is shown in part would read as if there were no more. */
static void answer_view(struct view *v)
{
	struct request *r = v->r;
	const struct schema *s = &request_policy(r)->schema;
	const char *comma = "";
	enum err e = ERR_OK;

	buf_z(&r->out, "{\"object\":");
	desk_put_id(&r->out, v->o.kind, v->o.id);
	buf_printf(&r->out, ",\"act\":%" PRIu64 ",\"plain\":{", v->position);
	for (uint32_t f = 1; e == ERR_OK && f < v->m->n_fields; f++)
		if (v->fields >> f & 1) {
			buf_printf(&r->out, "%s\"%s\":", comma, v->m->field[f].name);
			e = put_plain(v, s, f);
			comma = ",";
		}
	buf_z(&r->out, "}}\n");
	if (e == ERR_OK) {
		r->status = 200;
		return;
	}
	explicit_bzero(r->out.p, r->out.n);
	buf_clear(&r->out);
	answer_problem(r, 503, "dictionary", "What is hidden can't be read now", err_name(e));
}

bool desk_view_file(struct request *r, uint32_t f, struct text id, struct desk_object *o)
{
	const char *purpose = request_query(r, "purpose"), *file = request_query(r, "case");
	struct view v = { .r = r, .fields = (uint64_t)1 << f };
	bool ok;

	if (!desk_asker(r, &v.asker) || !may_view(&v) ||
	    !take_why(&v, text_trim(text_z(purpose == NULL ? "" : purpose)), text_trim(text_z(file == NULL ? "" : file))) ||
	    !take_object(&v, id))
		return false;
	*o = v.o;
	ok = desk_has(o, f);
	if (!ok)
		desk_answer_refusal(r, DESK_REFUSED_ABSENT, v.m, f, "the object has no file there");
	return ok && journal_view(&v);
}

static void run_views(struct request *r)
{
	struct view v = { .r = r };
	json_t *body;

	if (!desk_asker(r, &v.asker))
		return;
	body = request_json(r);
	if (body == NULL)
		return;
	if (take_view(&v, body) && journal_view(&v))
		answer_view(&v);
	json_decref(body);
}

const struct route http_views_routes[] = {
	{ "POST", "/v1/desk/views", SCOPE_DESK, ROUTE_SLOW, run_views },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
