/* http_desk_names.c - who is who: the names of users that stand in what the asker reads (who did it, proposed it,
 * approved it), and of organisations.
 *
 * A user's name is sealed like every name, but it is that of somebody at work, who answers for what they did:
 * colleagues are told it without an act (doc/decisions/0021). Colleagues are people who are logged in, and of the
 * user's own organisation; of the user's district, for a station; and all, for roles that reach everybody in an
 * organisation that sees everything. Keys are not told, nor are machines and residents, and nobody is told of those.
 * Whoever is none is passed over, as if not there. */
#include "desk/user.h"
#include "gateway/http_desk_int.h"

enum {
	NAMES_MAX = 100 /* in one request */
};
#define NO_COLLEAGUES (1u << ROLE_CONNECTOR | 1u << ROLE_CITIZEN)

static bool colleagues(const struct request *r, const struct desk_asker *a, const struct desk_object *u)
{
	uint32_t asks = r->session.user != 0 ? a->roles & ~NO_COLLEAGUES : 0; /* a key has none: nobody stands behind it */
	uint32_t asked = (uint32_t)desk_i(u, USER_F_ROLES) & ~NO_COLLEAGUES;
	bool own = false, district = false, all = false;

	for (uint32_t role = 0; role < DESK_ROLES; role++)
		if (asks >> role & 1) {
			enum desk_scope scope = desk_scope_of(&desk_user, role);

			own = true;
			district |= scope == DESK_SCOPE_DISTRICT;
			all |= scope == DESK_SCOPE_ALL;
		}
	return asked != 0 &&
	       ((own && u->organisation != 0 && u->organisation == a->organisation) ||
	        (district && u->district != 0 && u->district == a->district) || (all && tenant_sees_all(r->tenant)));
}

/* "U-65536,U-131072". False: it is something else. */
static bool take_users(const char *z, uint64_t user[NAMES_MAX], uint32_t *n)
{
	uint32_t kind;

	for (*n = 0; *z != 0; ++*n) {
		size_t length = strcspn(z, ",");

		if (*n == NAMES_MAX || desk_id_parse(text_of(z, length), &kind, &user[*n]) != ERR_OK || kind != DESK_USER)
			return false;
		z += length + (z[length] == ',');
	}
	return *n > 0;
}

/* null: none was given, or it was erased. */
static enum err put_name(struct request *r, const struct desk_object *u)
{
	struct buf name;
	enum err e = ERR_ABSENT;

	buf_init(&name, TEXT_BYTES_MAX);
	if (desk_has(u, USER_F_NAME))
		e = texts_read(r->h->o.texts, u->value[USER_F_NAME].ref, &name);
	e = e == ERR_OK ? name.err : e;
	if (e == ERR_OK)
		buf_json(&r->out, buf_view(&name));
	else if (e == ERR_ABSENT)
		buf_z(&r->out, "null");
	if (name.p != NULL)
		explicit_bzero(name.p, name.n);
	buf_release(&name);
	return e == ERR_ABSENT ? ERR_OK : e;
}

static enum err put_user(struct request *r, const struct desk_object *u)
{
	enum err e;

	buf_z(&r->out, "{\"user\":");
	desk_put_user(&r->out, u->id);
	buf_z(&r->out, ",\"name\":");
	e = put_name(r, u);
	buf_z(&r->out, ",\"login\":");
	buf_json(&r->out, text_of(u->value[USER_F_LOGIN].code.p, u->value[USER_F_LOGIN].code.n));
	buf_printf(&r->out, ",\"organisation\":%u}", u->organisation);
	return e;
}

static enum err put_users(struct request *r, const struct desk_asker *a, const uint64_t *user, uint32_t n)
{
	const char *comma = "";
	struct desk_object u;
	enum err e = ERR_OK;

	buf_z(&r->out, "{\"users\":[");
	for (uint32_t i = 0; e == ERR_OK && i < n; i++) {
		e = registry_load(r->h->o.registry, user[i], &u);
		if (e == ERR_OK && u.kind == DESK_USER && colleagues(r, a, &u)) {
			buf_z(&r->out, comma);
			e = put_user(r, &u);
			comma = ",";
		}
		e = e == ERR_ABSENT ? ERR_OK : e;
	}
	buf_z(&r->out, "]}\n");
	return e;
}

void desk_run_names(struct request *r)
{
	const char *z = request_query(r, "users");
	uint64_t user[NAMES_MAX];
	struct desk_asker a;
	uint32_t n;
	enum err e;

	if (!desk_asker(r, &a))
		return;
	if (!take_users(z == NULL ? "" : z, user, &n)) {
		answer_problem(r, 400, "query", "The request is wrong",
		               "users has 1 to 100 ids of users with commas between: U-65536,U-131072");
		return;
	}
	e = put_users(r, &a, user, n);
	r->status = 200;
	if (e == ERR_OK)
		return;
	if (r->out.p != NULL)
		explicit_bzero(r->out.p, r->out.n);
	buf_clear(&r->out);
	desk_answer_store(r, e);
}

/* By what the public knows them by: no secret of anybody at the desk. */
void desk_run_organisations(struct request *r)
{
	const struct config *c = &r->in_force->config;
	struct desk_asker a;

	if (!desk_asker(r, &a))
		return;
	buf_z(&r->out, "{\"organisations\":[");
	for (uint32_t i = 0; i < c->n_tenants; i++) {
		buf_printf(&r->out, "%s{\"number\":%u,\"title\":", i > 0 ? "," : "", c->tenant[i].number);
		buf_json(&r->out, text_z(tenant_title(&c->tenant[i])));
		buf_char(&r->out, '}');
	}
	buf_z(&r->out, "]}\n");
	desk_answer_tagged(r, r->out.n, true);
}
