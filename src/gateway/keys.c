/* keys.c - the keys file and the check of a presented key; see tenants.h. */
#include <jansson.h>
#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "base/mem.h"
#include "desk/desk.h"
#include "gateway/tenants.h"

static const struct {
	const char *name;
	uint32_t bit;
} scopes[] = { { "decide", SCOPE_DECIDE },   { "events", SCOPE_EVENTS },
	           { "alerts", SCOPE_ALERTS },   { "policies", SCOPE_POLICIES },
	           { "metrics", SCOPE_METRICS }, { "entities", SCOPE_ENTITIES },
	           { "lists", SCOPE_LISTS },     { "quarantine", SCOPE_QUARANTINE },
	           { "reveal", SCOPE_REVEAL },   { "admin", SCOPE_ADMIN },
	           { "desk", SCOPE_DESK },       { "connector", SCOPE_CONNECTOR },
	           { "match", SCOPE_MATCH } };

const char *scope_name(uint32_t bit)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (scopes[i].bit == bit)
			return scopes[i].name;
	return "";
}

void scopes_print(struct buf *out, const char *between)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		buf_printf(out, "%s%s", i == 0 ? "" : between, scopes[i].name);
}

static bool scope_parse(struct text name, uint32_t *bits)
{
	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		if (text_eq(name, text_z(scopes[i].name))) {
			*bits |= scopes[i].bit;
			return true;
		}
	return false;
}

static bool role_parse(struct text name, uint32_t *bits)
{
	uint32_t role = desk_role_find(name);

	if (role == DESK_ROLES || role == ROLE_SYSTEM)
		return false;
	*bits |= 1u << role;
	return true;
}

/* Names with commas between; at least one. */
static bool parse_names(struct text list, bool (*one)(struct text name, uint32_t *bits), uint32_t *bits)
{
	*bits = 0;
	while (list.n > 0) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t n = comma == NULL ? list.n : (size_t)(comma - list.p);

		if (!one(text_of(list.p, n), bits))
			return false;
		list.p += n + (comma != NULL);
		list.n -= n + (comma != NULL);
	}
	return *bits != 0;
}

bool scopes_parse(struct text list, uint32_t *bits)
{
	return parse_names(list, scope_parse, bits);
}

bool roles_parse(struct text list, uint32_t *bits)
{
	return parse_names(list, role_parse, bits);
}

static bool copy_text(char *out, size_t cap, const json_t *j)
{
	size_t n = json_string_length(j);

	if (!json_is_string(j) || n >= cap)
		return false;
	memcpy(out, json_string_value(j), n + 1);
	return true;
}

static const char unknown_scope[] = "\"scopes\" has one that is not known";

/* A place at the desk: a number, roles, a district. */
static const char *take_place(const json_t *j, struct key_entry *k)
{
	const json_t *list = json_object_get(j, "roles");
	json_int_t user = json_integer_value(json_object_get(j, "user"));
	json_int_t district = json_integer_value(json_object_get(j, "district"));

	if (user < 0 || user > DESK_USER_KEYS_MAX)
		return "\"user\" is a number up to 65533; 65534 and 65535 are the public and the outbox";
	if (district < 0 || district > UINT16_MAX)
		return "\"district\" is a number below 65536";
	if (list != NULL && (!json_is_array(list) || user == 0))
		return "\"roles\" is a list of roles, and goes with \"user\"";
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)) ||
		    !role_parse(text_z(json_string_value(json_array_get(list, i))), &k->roles))
			return "\"roles\" has one that is not known; doc/desk-permissions.md lists them";
	k->user = (uint16_t)user;
	k->district = (uint16_t)district;
	return NULL;
}

static const char *take_entry(const json_t *j, struct key_entry *k)
{
	const json_t *list = json_object_get(j, "scopes"), *hash = json_object_get(j, "hash");
	const char *end;
	size_t n;

	*k = (struct key_entry){ .until_us = INT64_MAX };
	if (!copy_text(k->id, sizeof(k->id), json_object_get(j, "id")) || strlen(k->id) != KEY_ID_CHARS)
		return "\"id\" is a text of 8 characters";
	if (!copy_text(k->tenant, sizeof(k->tenant), json_object_get(j, "tenant")) || k->tenant[0] == 0)
		return "\"tenant\" is a name of 1 to 32 bytes";
	if (!json_is_array(list) || json_array_size(list) == 0)
		return "\"scopes\" is a list of scopes";
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)) ||
		    !scope_parse(text_z(json_string_value(json_array_get(list, i))), &k->scopes))
			return unknown_scope;
	if (!json_is_string(hash) ||
	    sodium_hex2bin(k->hash, sizeof(k->hash), json_string_value(hash), json_string_length(hash), NULL, &n, &end) !=
	        0 ||
	    n != sizeof(k->hash))
		return "\"hash\" is 64 hexadecimal digits";
	k->made_us = json_integer_value(json_object_get(j, "made_us"));
	if (json_is_integer(json_object_get(j, "until_us")))
		k->until_us = json_integer_value(json_object_get(j, "until_us"));
	k->revoked = json_is_true(json_object_get(j, "revoked"));
	if (json_object_get(j, "note") != NULL && !copy_text(k->note, sizeof(k->note), json_object_get(j, "note")))
		return "\"note\" is a text of at most 127 bytes";
	return take_place(j, k);
}

static enum err add(struct keys *k, const struct key_entry *e)
{
	struct key_entry *more = k->n == TENANT_KEYS_MAX ? NULL : mem_resize(k->key, (k->n + 1) * sizeof(*more));

	if (more == NULL)
		return k->n == TENANT_KEYS_MAX ? ERR_CAP : ERR_MEMORY;
	k->key = more;
	k->key[k->n++] = *e;
	return ERR_OK;
}

enum err keys_parse(struct keys *out, struct text file, struct buf *why)
{
	uint32_t line = 0;
	enum err e = ERR_OK;

	*out = (struct keys){ 0 };
	while (file.n > 0 && e == ERR_OK) {
		const char *end = memchr(file.p, '\n', file.n);
		size_t n = end == NULL ? file.n : (size_t)(end - file.p);
		json_error_t error;
		json_t *j = n == 0 ? NULL : json_loadb(file.p, n, JSON_REJECT_DUPLICATES, &error);
		struct key_entry k;
		const char *wrong = j == NULL ? "not a JSON object" : take_entry(j, &k);

		line++;
		json_decref(j);
		if (n > 0 && wrong != NULL) {
			buf_printf(why, "line %u: %s", line, wrong);
			if (wrong == unknown_scope) {
				buf_z(why, "; there are ");
				scopes_print(why, ", ");
			}
			e = ERR_FORMAT;
		} else if (n > 0) {
			e = add(out, &k);
		}
		file.p += n + (end != NULL);
		file.n -= n + (end != NULL);
	}
	if (e != ERR_OK)
		keys_release(out);
	return e;
}

static void print_place(const struct key_entry *e, struct buf *out)
{
	const char *comma = "";

	if (e->user == 0)
		return;
	buf_printf(out, ",\"user\":%u,\"roles\":[", e->user);
	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if (e->roles >> r & 1) {
			buf_printf(out, "%s\"%s\"", comma, desk_roles[r].name);
			comma = ",";
		}
	buf_char(out, ']');
	if (e->district != 0)
		buf_printf(out, ",\"district\":%u", e->district);
}

void keys_print(const struct keys *k, struct buf *out)
{
	for (uint32_t i = 0; i < k->n; i++) {
		const struct key_entry *e = &k->key[i];
		char hex[2 * KEY_HASH_BYTES + 1];
		const char *comma = "";

		buf_z(out, "{\"id\":");
		buf_json(out, text_z(e->id));
		buf_z(out, ",\"tenant\":");
		buf_json(out, text_z(e->tenant));
		buf_z(out, ",\"scopes\":[");
		for (size_t s = 0; s < ARRAY_LEN(scopes); s++)
			if ((e->scopes & scopes[s].bit) != 0) {
				buf_printf(out, "%s\"%s\"", comma, scopes[s].name);
				comma = ",";
			}
		buf_printf(out, "],\"hash\":\"%s\",\"made_us\":%lld",
		           sodium_bin2hex(hex, sizeof(hex), e->hash, sizeof(e->hash)), (long long)e->made_us);
		if (e->until_us != INT64_MAX)
			buf_printf(out, ",\"until_us\":%lld", (long long)e->until_us);
		print_place(e, out);
		buf_z(out, ",\"note\":");
		buf_json(out, text_z(e->note));
		buf_printf(out, ",\"revoked\":%s}\n", e->revoked ? "true" : "false");
	}
}

void keys_release(struct keys *k)
{
	mem_free(k->key);
	*k = (struct keys){ 0 };
}

static void hash_secret(const char *secret, unsigned char out[KEY_HASH_BYTES])
{
	crypto_generichash(out, KEY_HASH_BYTES, (const unsigned char *)secret, KEY_SECRET_CHARS, NULL, 0);
}

enum err keys_make(struct keys *k, const struct key_entry *as, const unsigned char random[KEY_RANDOM_BYTES], char *z)
{
	struct key_entry e = *as;
	char secret[64];
	uint32_t user = 0;

	sodium_bin2hex(e.id, sizeof(e.id), random, 4);
	for (uint32_t i = 0; i < k->n; i++) {
		if (strcmp(k->key[i].id, e.id) == 0)
			return ERR_RANGE;
		user = k->key[i].user > user ? k->key[i].user : user;
	}
	if (e.roles != 0 && user >= DESK_USER_KEYS_MAX)
		return ERR_CAP;
	e.user = e.roles != 0 ? (uint16_t)(user + 1) : 0;
	sodium_bin2base64(secret, sizeof(secret), random + 4, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	hash_secret(secret, e.hash);
	snprintf(z, KEY_CHARS + 1, "dk_%.8s_%.43s", e.id, secret);
	sodium_memzero(secret, sizeof(secret));
	return add(k, &e);
}

enum err keys_revoke(struct keys *k, const char *id)
{
	for (uint32_t i = 0; i < k->n; i++)
		if (strcmp(k->key[i].id, id) == 0) {
			k->key[i].revoked = true;
			return ERR_OK;
		}
	return ERR_ABSENT;
}

const struct key_entry *keys_check(const struct keys *k, struct text presented, int64_t now_us)
{
	static const struct key_entry nobody;
	const struct key_entry *found = &nobody;
	unsigned char hash[KEY_HASH_BYTES];

	if (presented.n != KEY_CHARS || memcmp(presented.p, "dk_", 3) != 0 || presented.p[3 + KEY_ID_CHARS] != '_')
		return NULL;
	for (uint32_t i = 0; i < k->n; i++) /* ids are no secret */
		if (memcmp(k->key[i].id, presented.p + 3, KEY_ID_CHARS) == 0)
			found = &k->key[i];
	hash_secret(presented.p + 3 + KEY_ID_CHARS + 1, hash);
	if (sodium_memcmp(hash, found->hash, sizeof(hash)) != 0 || found == &nobody || found->revoked ||
	    now_us >= found->until_us)
		return NULL;
	return found;
}

const struct key_entry *keys_again(const struct keys *k, const struct key_entry *was, int64_t now_us)
{
	for (uint32_t i = k->n; i-- > 0;) { /* of several with one id the last counts, as in keys_check */
		const struct key_entry *e = &k->key[i];

		if (memcmp(e->id, was->id, KEY_ID_CHARS) == 0)
			return memcmp(e->hash, was->hash, KEY_HASH_BYTES) == 0 && !e->revoked && now_us < e->until_us ? e : NULL;
	}
	return NULL;
}
