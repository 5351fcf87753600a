/* http_keys.c - API keys over HTTP: which there are, a new one, one less. What `duanka keys` does to the file, with
 * an act in the journal before, and in force at once.
 *
 * A key is told once, in the answer to who made it; after that only its hash is known. So an administrator holds
 * every key that he makes: once there are administrators who log in, keys that could stand for a person are not made
 * here. */
#include <inttypes.h>
#include <sodium.h>
#include "base/clock.h"
#include "gateway/http_desk_int.h"
#include "gateway/keys_file.h"

enum {
	ID_TRIES = 8 /* one that is taken comes up once in a million */
};

/* Scopes with which whoever has made the key would be a second person, or more than his roles make him. */
#define PERSONAL (SCOPE_POLICIES | SCOPE_ADMIN | SCOPE_REVEAL | SCOPE_DESK)

static bool wrong(struct request *r, const char *type, const char *detail)
{
	answer_problem(r, 422, type, "No such key can be made", detail);
	return false;
}

/* ---- shown ---- */

static void put_scopes(struct buf *b, uint32_t scopes)
{
	const char *comma = "";

	buf_char(b, '[');
	for (uint32_t bit = 1; bit < SCOPES; bit <<= 1)
		if ((scopes & bit) != 0) {
			buf_printf(b, "%s\"%s\"", comma, scope_name(bit));
			comma = ",";
		}
	buf_char(b, ']');
}

static void put_key(struct buf *b, const struct key_entry *k)
{
	buf_z(b, "{\"id\":");
	buf_json(b, text_z(k->id));
	buf_z(b, ",\"tenant\":");
	buf_json(b, text_z(k->tenant));
	buf_z(b, ",\"scopes\":");
	put_scopes(b, k->scopes);
	buf_z(b, ",\"roles\":");
	desk_put_roles(b, k->roles);
	buf_z(b, ",\"user\":");
	if (k->user == 0)
		buf_z(b, "null");
	else
		desk_put_user(b, k->user);
	buf_printf(b, ",\"district\":%u,\"made\":", k->district);
	desk_put_time(b, k->made_us);
	buf_z(b, ",\"until\":");
	desk_put_time(b, k->until_us == INT64_MAX ? 0 : k->until_us);
	buf_printf(b, ",\"revoked\":%s,\"note\":", k->revoked ? "true" : "false");
	buf_json(b, text_z(k->note));
	buf_char(b, '}');
}

static void run_list(struct request *r)
{
	const struct keys *k = &r->in_force->keys;

	if (!request_sees_all(r))
		return;
	buf_z(&r->out, "{\"keys\":[");
	for (uint32_t i = 0; i < k->n; i++) {
		buf_z(&r->out, i > 0 ? "," : "");
		put_key(&r->out, &k->key[i]);
	}
	buf_z(&r->out, "]}\n");
	r->status = 200;
}

/* ---- changed ---- */

/* The file with its lock. False: the answer is set. */
static bool open_file(struct request *r, struct keys_file *f)
{
	struct buf why;
	enum err e;

	if (!request_sees_all(r))
		return false;
	if (r->h->o.reload == NULL) {
		answer_problem(r, 501, "reload", "Keys can't be changed here", "this service reads no keys file");
		return false;
	}
	buf_init(&why, 2 * KEYS_PATH_BYTES);
	e = keys_file_open(f, r->in_force->config.data, true, &why);
	if (e != ERR_OK)
		answer_problem(r, 503, "keys", "The keys file can't be used", why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	return e == ERR_OK;
}

/* The act, then the file, closed in any case. False: the answer is set. */
static bool commit(struct request *r, struct buf *act, struct keys_file *f, uint64_t *position)
{
	struct buf why;
	enum err e = ERR_OK;
	bool ok;

	buf_init(&why, 2 * KEYS_PATH_BYTES);
	ok = http_act(r, act, NULL, NULL, position);
	if (ok)
		e = keys_file_store(f, &why);
	if (e != ERR_OK)
		answer_problem(r, 503, "keys", "The keys file can't be written", why.n > 0 ? why.p : err_name(e));
	buf_release(&why);
	keys_file_close(f);
	return ok && e == ERR_OK;
}

/* "in_force":true, or false with what is wrong. */
static bool put_in_force(struct request *r)
{
	struct buf why;
	enum err e;

	buf_init(&why, 1 << 20);
	e = r->h->o.reload(r->h->o.ctx, &why);
	buf_printf(&r->out, ",\"in_force\":%s,\"note\":", e == ERR_OK ? "true" : "false");
	buf_json(&r->out, e == ERR_OK ? TEXT("") : why.n > 0 ? buf_view(&why) : text_z(err_name(e)));
	buf_release(&why);
	return e == ERR_OK;
}

/* Names in a JSON list as the command line has them, with commas between. False: it is no list of names. */
static bool join(const json_t *list, struct buf *out)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);

		if (!json_is_string(j) || strchr(json_string_value(j), ',') != NULL)
			return false;
		buf_z(out, i > 0 ? "," : "");
		buf_z(out, json_string_value(j));
	}
	return json_array_size(list) > 0 && out->err == ERR_OK;
}

static bool take_names(const json_t *list, bool (*parse)(struct text list, uint32_t *bits), uint32_t *bits)
{
	struct buf b;
	bool ok;

	buf_init(&b, 4096);
	ok = join(list, &b) && parse(buf_view(&b), bits);
	buf_release(&b);
	return ok;
}

/* False: it is longer than there is room, or no text. */
static bool take_text(const json_t *j, char *out, size_t cap)
{
	size_t n = json_string_length(j);

	if (!json_is_string(j) || n >= cap || strlen(json_string_value(j)) != n)
		return false;
	memcpy(out, json_string_value(j), n + 1);
	return true;
}

static bool take_place(struct request *r, const json_t *body, struct key_entry *e)
{
	const json_t *roles = json_object_get(body, "roles"), *district = json_object_get(body, "district");
	json_int_t n = json_integer_value(district);

	if (roles != NULL && !take_names(roles, roles_parse, &e->roles))
		return wrong(r, "roles", "\"roles\" is a list of roles; doc/desk-permissions.md has them");
	if ((roles != NULL) != ((e->scopes & (SCOPE_DESK | SCOPE_CONNECTOR)) != 0))
		return wrong(r, "roles", "roles go with the scopes desk and connector, and they with them");
	if (district != NULL && (!json_is_integer(district) || n < 1 || n > UINT16_MAX || roles == NULL))
		return wrong(r, "district", "\"district\" is a number from 1 to 65535, and goes with roles");
	e->district = (uint16_t)n;
	return true;
}

static bool take_tenant(struct request *r, const json_t *j, char *out)
{
	const struct config *c = &r->in_force->config;

	if (!take_text(j, out, TENANT_NAME_MAX + 1) || out[0] == 0 || strpbrk(out, "\n\r") != NULL)
		return wrong(r, "tenant", "\"tenant\" is a name of 1 to 32 bytes");
	if (c->n_tenants > 0 && config_tenant(c, out) == NULL)
		return wrong(r, "tenant", "\"tenant\" is an organisation of the settings; GET /v1/organisations has them");
	return true;
}

static bool take_entry(struct request *r, const json_t *body, struct key_entry *e)
{
	const json_t *note = json_object_get(body, "note"), *until = json_object_get(body, "until");

	*e = (struct key_entry){ .made_us = r->h->o.now_us(), .until_us = INT64_MAX };
	if (!take_tenant(r, json_object_get(body, "tenant"), e->tenant))
		return false;
	if (!take_names(json_object_get(body, "scopes"), scopes_parse, &e->scopes))
		return wrong(r, "scopes", "\"scopes\" is a list of scopes; doc/http-api.md has them");
	if (note != NULL && !take_text(note, e->note, sizeof(e->note)))
		return wrong(r, "note", "\"note\" is a text of at most 127 bytes");
	if (until != NULL && (!json_is_string(until) ||
	                      clock_parse(text_z(json_string_value(until)), &clock_shanghai, &e->until_us) != ERR_OK ||
	                      e->until_us <= e->made_us))
		return wrong(r, "until", "\"until\" is a time to come: 2027-03-01T08:00:00");
	return take_place(r, body, e) && request_reason(r, "note", text_z(e->note));
}

/* False: the answer is set. */
static bool may_make(struct request *r, const struct key_entry *k)
{
	bool people = false;
	enum err e = ERR_OK;

	if (r->h->o.registry != NULL && ((k->scopes & PERSONAL) != 0 || (k->roles & ~(1u << ROLE_CONNECTOR)) != 0))
		e = desk_people(r, 1u << ROLE_ADMIN, 0, &people);
	if (e != ERR_OK)
		desk_answer_store(r, e);
	else if (people)
		answer_problem(
			r, 403, "four-eyes", "This key would make one person two 此密钥会使一人充当两人",
			"keys with policies, admin, reveal, or roles at the desk other than connector are made by duanka keys "
			"add on the service's machine; people log in");
	return e == ERR_OK && !people;
}

static enum err make(struct keys *k, const struct key_entry *as, char *z)
{
	unsigned char random[KEY_RANDOM_BYTES];
	enum err e = ERR_RANGE;

	for (int i = 0; e == ERR_RANGE && i < ID_TRIES; i++) {
		randombytes_buf(random, sizeof(random));
		e = keys_make(k, as, random, z);
	}
	sodium_memzero(random, sizeof(random));
	return e;
}

static void put_act(struct buf *act, struct request *r, const struct key_entry *k, struct text why)
{
	struct buf b;

	buf_init(&b, 4096);
	act_begin(act, "key-make", &r->who, why);
	act_text(act, "key", text_z(k->id));
	act_text(act, "tenant", text_z(k->tenant));
	put_scopes(&b, k->scopes);
	buf_z(&b, ",\"roles\":");
	desk_put_roles(&b, k->roles);
	buf_z(act, ",\"scopes\":");
	buf_text(act, buf_view(&b));
	if (b.err != ERR_OK)
		act->err = b.err;
	buf_release(&b);
}

static void make_key(struct request *r, const struct key_entry *as, struct text why)
{
	char z[KEY_CHARS + 1];
	struct keys_file f;
	struct key_entry made;
	struct buf act;
	uint64_t position;
	enum err e;

	if (!open_file(r, &f))
		return;
	e = make(&f.keys, as, z);
	if (e != ERR_OK) {
		answer_problem(r, e == ERR_CAP ? 409 : 503, "keys", "There is no room for another key",
		               "a keys file has at most 4096, and numbers at the desk are never used again");
		keys_file_close(&f);
		return;
	}
	made = f.keys.key[f.keys.n - 1];
	put_act(&act, r, &made, why);
	if (commit(r, &act, &f, &position)) {
		buf_z(&r->out, "{\"key\":");
		buf_json(&r->out, text_z(z));
		buf_z(&r->out, ",\"made\":");
		put_key(&r->out, &made);
		buf_printf(&r->out, ",\"act\":%" PRIu64, position);
		put_in_force(r);
		buf_z(&r->out, "}\n");
		r->status = 200;
	}
	sodium_memzero(z, sizeof(z));
}

static void run_make(struct request *r)
{
	json_t *body = request_json(r);
	struct key_entry as;
	struct text why;

	if (body == NULL)
		return;
	if (request_why(r, body, &why) && take_entry(r, body, &as) && may_make(r, &as))
		make_key(r, &as, why);
	json_decref(body);
}

static void revoke_key(struct request *r, const char *id, struct text why)
{
	struct keys_file f;
	struct buf act;
	uint64_t position;

	if (!open_file(r, &f))
		return;
	if (keys_revoke(&f.keys, id) != ERR_OK) {
		answer_problem(r, 404, "unknown", "No such key", "GET /v1/keys lists them");
		keys_file_close(&f);
		return;
	}
	act_begin(&act, "key-revoke", &r->who, why);
	act_text(&act, "key", text_z(id));
	if (!commit(r, &act, &f, &position))
		return;
	buf_z(&r->out, "{\"id\":");
	buf_json(&r->out, text_z(id));
	buf_printf(&r->out, ",\"revoked\":true,\"act\":%" PRIu64, position);
	if (put_in_force(r)) {
		buf_z(&r->out, "}\n");
		r->status = 200;
	} else {
		answer_problem(r, 503, "reload", "The key is revoked in the file, but still good here",
		               "the settings can't be read again: mend them, then POST /v1/reload; the log says what is wrong");
	}
}

static void run_revoke(struct request *r)
{
	struct body_member why = { .name = "why", .max = ACT_WHY_MAX, .needed = true, .reason = true };
	char id[KEY_ID_CHARS + 1] = "";

	if (!request_body(r, &why, 1))
		return;
	if (r->arg[0].n == KEY_ID_CHARS)
		memcpy(id, r->arg[0].p, KEY_ID_CHARS);
	revoke_key(r, id, why.value);
}

const struct route http_keys_routes[] = {
	{ "GET", "/v1/keys", SCOPE_ADMIN, ROUTE_SLOW, run_list },
	{ "POST", "/v1/keys", SCOPE_ADMIN, ROUTE_SLOW, run_make },
	{ "POST", "/v1/keys/*/revoke", SCOPE_ADMIN, ROUTE_SLOW, run_revoke },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
