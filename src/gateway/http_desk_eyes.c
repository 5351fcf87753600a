/* http_desk_eyes.c - who could be the second of two: whether a key may be one of them, and whether there is anybody at all.
 *
 * What two people do, one proposes and another one approves. Whoever proposes while nobody else could approve is told so at once, in the answer, since the proposal would wait for ever; it is taken all the
 * same, because somebody may come. The way out is in doc/desk-api.md: administrators give a second person the role; where the only administrator is the one who proposes, two keys do (duanka users lock). */
#include "desk/user.h"
#include "gateway/http_desk_int.h"

/* ---- active users ---- */

struct taker { /* of a step: an active user who may take it */
	uint32_t roles;
	uint64_t but;                     /* not this one */
	const struct desk_object *object; /* NULL: any */
	bool found, other;                /* one who holds a role; one of these who is not `but` and reaches the object */
};

static bool look_at_user(void *ctx, const struct registry_hit *h)
{
	struct taker *t = ctx;
	uint32_t roles = (uint32_t)desk_i(h->object, USER_F_ROLES) & t->roles;

	t->found |= roles != 0;
	t->other |= roles != 0 && h->object->id != t->but &&
	            (t->object == NULL ||
	             desk_in_scope(roles, t->object, h->object->id, h->object->organisation, h->object->district));
	return !t->other;
}

static enum err find_taker(struct request *r, struct taker *t)
{
	struct registry_query q = { .kind = DESK_USER, .states = 1u << USER_ACTIVE };

	return registry_each(r->h->o.registry, &q, look_at_user, t);
}

enum err desk_people(struct request *r, uint32_t roles, uint64_t but, bool *are)
{
	struct taker t = { .roles = roles, .but = but };
	enum err e = find_taker(r, &t);

	*are = e == ERR_OK && t.other;
	return e;
}

enum err desk_person_must(struct request *r, const struct desk_asker *a, uint32_t roles, uint64_t but, bool *must)
{
	*must = false;
	if (r->session.user != 0 || (a->roles & 1u << ROLE_CONNECTOR))
		return ERR_OK;
	return desk_people(r, roles, but, must);
}

/* ---- keys ---- */

/* Another key than `but` that holds one of the roles and reaches the object. Of keys that are no connector's only where people are not asked for. */
static bool find_key(struct request *r, uint32_t roles, bool people, uint64_t but, const struct desk_object *o)
{
	const struct in_force *f = r->in_force;
	int64_t now_us = r->h->o.now_us();

	for (uint32_t i = 0; i < f->keys.n; i++) {
		const struct key_entry *k = &f->keys.key[i];
		const struct tenant *t = tenant_find(f->config.tenant, f->config.n_tenants, k->tenant);

		if (k->revoked || now_us >= k->until_us || (k->scopes & SCOPE_DESK) == 0 || k->user == 0 || k->user == but)
			continue;
		if (people && (k->roles & 1u << ROLE_CONNECTOR) == 0)
			continue;
		if (desk_in_scope(k->roles & roles, o, k->user, t == NULL ? 0 : t->number, k->district))
			return true;
	}
	return false;
}

/* ---- what is said ---- */

enum err desk_put_nobody(struct request *r, const struct desk_machine *m, const struct desk_step *step,
                         const struct desk_object *o)
{
	struct taker t = { .but = o->proposer, .object = o };
	enum err e;

	for (uint32_t i = 1; i < m->n_steps; i++)
		if (m->step[i].name != NULL && (m->step[i].flags & DESK_FOUR_EYES) && (m->step[i].from >> o->state & 1))
			t.roles |= m->step[i].roles;
	if ((step->flags & DESK_PROPOSES) == 0 || t.roles == 0)
		return ERR_OK;
	e = find_taker(r, &t);
	if (e != ERR_OK || t.other || find_key(r, t.roles, t.found, o->proposer, o))
		return e;
	buf_z(&r->out,
	      ",\"warning\":{\"type\":\"nobody-approves\",\"message_en\":\"nobody but who proposes could approve this "
	      "now: let an administrator give somebody else one of these roles\",\"message_zh\":\"目前除提出人外无人"
	      "可以审批，请管理员为他人配置以下任一角色\",\"roles\":");
	desk_put_roles(&r->out, t.roles);
	buf_char(&r->out, '}');
	return ERR_OK;
}
