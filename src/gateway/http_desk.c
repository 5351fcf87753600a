/* http_desk.c - the desk's routes, who asks, and what is refused how; see http_desk_int.h. */
#include <inttypes.h>
#include "desk/user.h"
#include "gateway/board.h"
#include "gateway/http_desk_int.h"
#include "gateway/problem_zh.h"

/* ---- who asks ---- */

/* The roles of the registry count, not those of the time of the login. */
static enum err user_asker(struct http *h, uint64_t user, struct desk_asker *a, const char **why)
{
	struct desk_object u;
	enum err e = registry_load(h->o.registry, user, &u);

	*why = "this user is not active, or has no roles";
	if (e == ERR_OK && (u.kind != DESK_USER || u.state != USER_ACTIVE || desk_i(&u, USER_F_ROLES) == 0))
		e = ERR_ABSENT;
	if (e == ERR_OK)
		*a = (struct desk_asker){ u.id, (uint32_t)desk_i(&u, USER_F_ROLES), u.organisation, u.district };
	return e;
}

enum err desk_asker_of(struct http *h, const struct key_entry *key, uint16_t organisation, uint64_t session_user,
                       struct desk_asker *a, const char **why)
{
	*a = (struct desk_asker){ 0 };
	if (session_user != 0)
		return user_asker(h, session_user, a, why);
	*why = "this key has no roles; duanka keys add --roles makes one that has";
	if (key == NULL || key->user == 0 || key->roles == 0)
		return ERR_ABSENT;
	*a = (struct desk_asker){ key->user, key->roles, organisation, key->district };
	return ERR_OK;
}

bool desk_asker(struct request *r, struct desk_asker *a)
{
	const char *why = NULL;
	enum err e;

	if (r->h->o.registry == NULL) {
		answer_problem(r, 503, "desk", "There is no desk here", "this service was started without it");
		return false;
	}
	e = desk_asker_of(r->h, r->entry, r->who.organisation, r->session.user, a, &why);
	if (e == ERR_ABSENT)
		answer_problem(r, 403, "desk-user", "The desk does not know who asks", why);
	else if (e != ERR_OK)
		desk_answer_store(r, e);
	return e == ERR_OK;
}

void desk_act_begin(struct buf *b, const char *act, const struct request *r, uint64_t user, struct text why)
{
	struct buf z;

	CHECK(r->who.user == 0 || r->who.user == user);
	act_begin(b, act, &r->who, why);
	if (r->who.user != 0)
		return;
	buf_init(&z, 64);
	desk_put_user(&z, user);
	buf_z(b, ",\"user\":");
	buf_text(b, buf_view(&z));
	if (z.err != ERR_OK)
		b->err = z.err;
	buf_release(&z);
}

struct desk_shower desk_shower(struct request *r, const struct desk_asker *a)
{
	return (
		struct desk_shower){ r->h->o.registry, r->h->o.keep->dictionary, r->h->o.key,     &request_policy(r)->schema, a,
		                     r->h->o.texts,    r->h->o.delivery,         r->h->o.now_us() };
}

const struct desk_machine *desk_asked_machine(const struct request *r)
{
	return desk_machine(desk_kind_find(r->arg[0])); /* the route found it */
}

/* ---- what is refused ---- */

unsigned desk_refusal_status(enum desk_refusal no)
{
	switch (no) {
	case DESK_REFUSED_OK: return 200;
	case DESK_REFUSED_KIND:
	case DESK_REFUSED_STEP:
	case DESK_REFUSED_ABSENT: return 404;
	case DESK_REFUSED_VERSION: return 412;
	case DESK_REFUSED_ROLE:
	case DESK_REFUSED_SCOPE:
	case DESK_REFUSED_INTERNAL:
	case DESK_REFUSED_FOUR_EYES:
	case DESK_REFUSED_LOG_IN:
	case DESK_REFUSED_USER: return 403;
	case DESK_REFUSED_FIELD_MISSING:
	case DESK_REFUSED_FIELD_EXTRA:
	case DESK_REFUSED_FIELD_VALUE:
	case DESK_REFUSED_NO_BASIS:
	case DESK_REFUSED_NO_EVIDENCE:
	case DESK_REFUSED_NO_APPROVER:
	case DESK_REFUSED_NO_NOTICE:
	case DESK_REFUSED_NO_END:
	case DESK_REFUSED_TIME:
	case DESK_REFUSED_PERIOD:
	case DESK_REFUSED_GROUND:
	case DESK_REFUSED_KEPT_CARD: return 422;
	default: return 409;
	}
}

void desk_put_refusal(struct buf *b, enum desk_refusal no, const struct desk_machine *m, uint32_t field,
                      const char *why)
{
	const struct desk_refusal_info *i = &desk_refusals[no];

	buf_printf(b, "\"refused\":\"%s\",\"message_en\":", i->name);
	buf_json(b, text_z(i->en));
	buf_z(b, ",\"message_zh\":");
	buf_json(b, text_z(i->zh));
	if (m != NULL && field != 0 && field < m->n_fields && m->field[field].name != NULL) {
		buf_printf(b, ",\"field\":\"%s\",\"field_zh\":", m->field[field].name);
		buf_json(b, text_z(m->field[field].zh));
	}
	if (why != NULL) {
		buf_z(b, ",\"why\":");
		buf_json(b, text_z(why));
	}
}

void desk_answer_refusal(struct request *r, enum desk_refusal no, const struct desk_machine *m, uint32_t field,
                         const char *why)
{
	r->status = desk_refusal_status(no);
	r->type = "application/problem+json";
	buf_clear(&r->out);
	buf_printf(&r->out, "{\"type\":\"urn:duanka:problem:desk-%s\",\"title\":", desk_refusals[no].name);
	buf_json(&r->out, text_z(desk_refusals[no].en));
	buf_printf(&r->out, ",\"status\":%u,", r->status);
	problem_detail(&r->out, text_z(why != NULL ? why : desk_refusals[no].zh));
	buf_char(&r->out, ',');
	desk_put_refusal(&r->out, no, m, field, why);
	buf_z(&r->out, "}\n");
}

void desk_answer_store(struct request *r, enum err e)
{
	answer_problem(r, 503, "registry", "The desk's registry can't be read now", err_name(e));
}

bool desk_asked_object(struct request *r, const struct desk_asker *a, const struct desk_machine *m, struct text id,
                       struct desk_object *out)
{
	uint32_t kind;
	uint64_t n;
	enum err e = desk_id_parse(id, &kind, &n);

	if (e == ERR_OK)
		e = kind == m->kind ? registry_load(r->h->o.registry, n, out) : ERR_ABSENT;
	if (e == ERR_OK && out->kind == kind && desk_reaches(a, out))
		return true;
	if (e == ERR_OK || e == ERR_ABSENT || e == ERR_FORMAT)
		desk_answer_refusal(r, DESK_REFUSED_ABSENT, m, 0, NULL);
	else
		desk_answer_store(r, e);
	return false;
}

/* How full the public board is, and what nobody is shown for want of room: whoever moderates it has to know. */
static void run_board(struct request *r)
{
	struct board_counts n;
	struct desk_asker a;
	enum err e;

	if (!desk_asker(r, &a))
		return;
	e = board_enter(r->h->board);
	if (e != ERR_OK) {
		desk_answer_store(r, e);
		return;
	}
	n = board_counts(r->h->board);
	board_leave(r->h->board, r->h->o.now_us());
	buf_printf(&r->out, "{\"posts\":%" PRIu64 ",\"most\":%u,\"beyond\":%" PRIu64 "}\n", n.posts,
	           (unsigned)BOARD_POSTS_MAX + BOARD_STAFF_MAX, n.beyond);
	r->status = 200;
}

/* % and + stand for the route of a kind, @ for a step of it: route.c. */
const struct route http_desk_routes[] = {
	{ "GET", "/v1/desk/stream", SCOPE_DESK, ROUTE_DESK_STREAM, NULL },
	{ "GET", "/v1/desk/machines", SCOPE_DESK, ROUTE_SLOW, desk_run_machines },
	{ "GET", "/v1/desk/limits", SCOPE_DESK, ROUTE_SLOW, desk_run_limits },
	{ "GET", "/v1/desk/permissions", SCOPE_DESK, ROUTE_SLOW, desk_run_permissions },
	{ "GET", "/v1/desk/scripts", SCOPE_DESK, ROUTE_SLOW, desk_run_scripts },
	{ "GET", "/v1/desk/scripts/*", SCOPE_DESK, ROUTE_SLOW, desk_run_script },
	{ "GET", "/v1/desk/board", SCOPE_DESK, ROUTE_SLOW, run_board },
	{ "GET", "/v1/desk/institutions", SCOPE_DESK, ROUTE_SLOW, desk_run_institutions },
	{ "GET", "/v1/desk/names", SCOPE_DESK, ROUTE_SLOW, desk_run_names },
	{ "GET", "/v1/desk/organisations", SCOPE_DESK, ROUTE_SLOW, desk_run_organisations },
	{ "POST", "/v1/desk/whose", SCOPE_DESK, ROUTE_SLOW, desk_run_whose },
	{ "POST", "/v1/commands", SCOPE_DESK, ROUTE_SLOW, desk_run_commands },
	{ "GET", "/v1/%", SCOPE_DESK, ROUTE_SLOW, desk_run_list },
	{ "POST", "/v1/+", SCOPE_DESK, ROUTE_SLOW, desk_run_make },
	{ "GET", "/v1/%/next", SCOPE_DESK, ROUTE_SLOW, desk_run_next },
	{ "GET", "/v1/%/*", SCOPE_DESK, ROUTE_SLOW, desk_run_one },
	{ "GET", "/v1/%/*/history", SCOPE_DESK, ROUTE_SLOW, desk_run_history },
	{ "POST", "/v1/%/*/@", SCOPE_DESK, ROUTE_SLOW, desk_run_step },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
