/* config.c - settings as a whole: defaults, the environment, the rules between settings, the file that shows them, what differs between
 * two; see config.h. */
#include "gateway/config.h"
#include <arpa/inet.h>
#include <stdio.h>
#include "event/ident.h"
#include "gateway/config_int.h"
#include "gateway/institutions.h"
#include "policy/front.h"
#include "outreach/channel.h"

enum {
	VARIABLE_BYTES = 64
};

void config_default(struct config *c)
{
	c->n_tenants = 0;
	for (const struct setting *s = config_settings; s->name != NULL; s++)
		setting_default(s, c);
}

static enum err told(const struct buf *why, bool ok)
{
	return ok ? ERR_OK : why->err == ERR_MEMORY ? ERR_MEMORY : ERR_FORMAT;
}

/* ---- from elsewhere than a file ---- */

static enum err put(struct config *c, const char *where, const struct setting *s, struct text value, struct buf *why)
{
	struct buf message;
	bool ok;
	enum err e;

	buf_init(&message, CONFIG_MESSAGES_MAX);
	ok = setting_put(s, c, value, &message);
	if (!ok)
		buf_printf(why, "%s: error: %s\n", where, message.p == NULL ? "" : message.p);
	e = message.err == ERR_MEMORY ? ERR_MEMORY : told(why, ok);
	buf_release(&message);
	return e;
}

enum err config_set(struct config *c, const char *where, const char *name, struct text value, struct buf *why)
{
	const struct setting *s = setting_find(config_settings, text_z(name));
	struct nearest n;

	if (s != NULL)
		return put(c, where, s, value, why);
	nearest_init(&n, text_z(name));
	for (s = config_settings; s->name != NULL; s++)
		nearest_try(&n, text_z(s->name));
	buf_printf(why, "%s: error: there is no setting %.*s; ", where, SHOWN(text_z(name)));
	if (n.best.n > 0)
		buf_printf(why, "did you mean %.*s?\n", (int)n.best.n, n.best.p);
	else
		buf_z(why, "duanka serve --settings shows all\n");
	return why->err == ERR_MEMORY ? ERR_MEMORY : ERR_ABSENT;
}

/* http.listen: DUANKA_HTTP_LISTEN */
static void variable_of(const struct setting *s, char out[VARIABLE_BYTES])
{
	int n = snprintf(out, VARIABLE_BYTES, "DUANKA_%s", s->name);

	CHECK(n > 0 && n < VARIABLE_BYTES);
	for (char *p = out; *p != 0; p++)
		*p = *p == '.' ? '_' : *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
}

static bool take_variable(struct config *c, const char *z, struct buf *why, enum err *e)
{
	const char *eq = strchr(z, '=');
	struct text name = text_of(z, eq == NULL ? strlen(z) : (size_t)(eq - z));
	char variable[VARIABLE_BYTES], best[VARIABLE_BYTES] = "";
	struct nearest n;

	if (!text_starts(name, TEXT("DUANKA_")) || text_eq(name, TEXT("DUANKA_KEY_FILE")) ||
	    text_eq(name, TEXT("DUANKA_API_KEY")))
		return true;
	nearest_init(&n, name);
	for (const struct setting *s = config_settings; s->name != NULL; s++) {
		variable_of(s, variable);
		if (text_eq(name, text_z(variable)) && eq != NULL) {
			*e = put(c, variable, s, text_z(eq + 1), why);
			return *e == ERR_OK;
		}
		nearest_try(&n, text_z(variable));
		if (n.best.p == variable) {
			memcpy(best, variable, sizeof(best));
			n.best.p = best;
		}
	}
	buf_printf(why, "%.*s: error: there is no such setting; ", SHOWN(name));
	if (n.best.n > 0)
		buf_printf(why, "did you mean %s?\n", best);
	else
		buf_z(why, "unset it, or see duanka serve --settings\n");
	*e = told(why, false);
	return false;
}

enum err config_environment(struct config *c, char *const *environment, struct buf *why)
{
	enum err e = ERR_OK;
	uint32_t wrong = 0;

	for (char *const *z = environment; *z != NULL && wrong < CONFIG_ERRORS_MAX && e != ERR_MEMORY; z++)
		wrong += !take_variable(c, *z, why, &e);
	return e == ERR_MEMORY || wrong == 0 ? e : ERR_FORMAT;
}

/* ---- rules between settings ---- */

bool config_address(const struct config *c, char address[64], uint16_t *port)
{
	const char *z = c->listen, *colon = strrchr(z, ':');
	size_t n = colon == NULL ? 0 : (size_t)(colon - z);
	bool six = n > 2 && z[0] == '[' && z[n - 1] == ']';
	unsigned char bytes[sizeof(struct in6_addr)];
	int64_t v;

	z += six;
	n -= six ? 2 : 0;
	if (n == 0 || n >= 64 || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    text_to_int(text_z(colon + 1), &v) != ERR_OK || v > 65535)
		return false;
	memcpy(address, z, n);
	address[n] = 0;
	*port = (uint16_t)v;
	return inet_pton(six ? AF_INET6 : AF_INET, address, bytes) == 1;
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static bool has_name(const char *names, struct text name)
{
	struct text rest = text_z(names), one;

	while (institution_name(&rest, &one))
		if (text_eq(one, name))
			return true;
	return false;
}

/* There is such a carrier or bank, and it is nobody else's. */
static void check_institutions(const struct config *c, uint32_t at, bool bank, struct buf *why, bool *ok)
{
	const struct tenant *t = &c->tenant[at];
	const char *what = bank ? "bank" : "carrier";
	struct text names = text_z(bank ? t->banks : t->carriers), name;

	while (institution_name(&names, &name)) {
		if (!institution_known(name, bank)) {
			buf_printf(
				why,
				"settings: error: tenant.%s: there is no %s \"%.*s\"; write it as it stands in %s, such as \"%s\"\n",
				t->name, what, SHOWN(name), bank ? "account.bank" : "phone.carrier",
				bank ? ident_bank_name(1) : ident_carrier_name(1));
			*ok = false;
		}
		for (uint32_t i = 0; i < at; i++)
			if (has_name(bank ? c->tenant[i].banks : c->tenant[i].carriers, name)) {
				buf_printf(why,
				           "settings: error: tenant.%s and tenant.%s both have %s \"%.*s\"; give it to one of them\n",
				           c->tenant[i].name, t->name, what, SHOWN(name));
				*ok = false;
			}
	}
}

static void check_tenant(const struct config *c, uint32_t at, struct buf *why, bool *ok)
{
	const struct tenant *t = &c->tenant[at];

	for (uint32_t i = 0; i < at; i++)
		if (c->tenant[i].number == t->number) {
			buf_printf(why, "settings: error: tenant.%s and tenant.%s both have number %u; give one another\n",
			           c->tenant[i].name, t->name, t->number);
			*ok = false;
		}
	if (strcmp(t->name, "self") == 0 || strcmp(t->name, "*") == 0) {
		buf_printf(why, "settings: error: tenant.%s: this name means something else in sees; choose another\n",
		           t->name);
		*ok = false;
	}
	if (t->burst > 0 && t->rate == 0) {
		buf_printf(why, "settings: error: tenant.%s has burst and no rate; give both or neither\n", t->name);
		*ok = false;
	}
	check_institutions(c, at, false, why, ok);
	check_institutions(c, at, true, why, ok);
	if (t->client_cn[0] != 0 && c->tls_client_ca[0] == 0) {
		buf_printf(
			why,
			"settings: error: tenant.%s has client_cn, and client certificates are not asked for; set tls.client_ca\n",
			t->name);
		*ok = false;
	}
}

/* https anywhere, http on this machine only: orders and the names in them never cross a network in plain. */
static bool url_ok(const char *url)
{
	static const char *const near[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };

	if (strncmp(url, "https://", 8) == 0)
		return url[8] != 0 && strpbrk(url, " #?@\"\\") == NULL;
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		size_t n = strlen(near[i]);

		if (strncmp(url, near[i], n) == 0 && (url[n] == ':' || url[n] == '/' || url[n] == 0))
			return strpbrk(url, " #?@\"\\") == NULL;
	}
	return false;
}

/* NULL: it is fine. TLS is asked for when a message is sent (outbox_thread.c). */
static const char *mail_wrong(const struct tenant *t)
{
	size_t n = strncmp(t->connector_url, "smtps://", 8) == 0 ? 8 : strncmp(t->connector_url, "smtp://", 7) == 0 ? 7 : 0;

	if (n == 0 || t->connector_url[n] == 0 || strpbrk(t->connector_url, " #?@\"\\") != NULL)
		return "connector_url; a mail server's is smtps://HOST:PORT or smtp://HOST:PORT";
	if (!mail_address_ok(text_z(t->mail_from)) || !mail_address_ok(text_z(t->mail_to)))
		return "mail_from and mail_to; each is one address, name@domain";
	return t->connector_secret[0] == 0 || t->connector_secret[0] == '/'
	           ? NULL
	           : "connector_secret; it names a file, from / on";
}

static bool takes_ok(const char *list)
{
	static const char *const known[] = { "internet-check", "discipline", "dispatch" };
	uint32_t words = 0, there = 0;

	for (const char *z = list; *z != 0; z++)
		words += *z == ',';
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		there += tenant_names(list, text_z(known[i]));
	return list[0] == 0 || words + 1 == there;
}

static void check_connector(const struct tenant *t, struct buf *why, bool *ok)
{
	const char *what = NULL;

	if (!takes_ok(t->takes)) {
		buf_printf(why,
		           "settings: error: tenant.%s: takes; it has internet-check, discipline and dispatch, each once\n",
		           t->name);
		*ok = false;
	}
	if (t->connector == CONNECTOR_NONE)
		return;
	if (t->connector == CONNECTOR_SPOOL)
		what = t->connector_url[0] == '/' ? NULL : "connector_url; a spool's is a directory, from / on";
	else if (t->connector == CONNECTOR_MAIL)
		what = mail_wrong(t);
	else if (!url_ok(t->connector_url))
		what = "connector_url; it takes https://HOST/PATH, or http:// on this machine";
	else if (t->commands_url[0] != 0 && !url_ok(t->commands_url))
		what = "commands_url; it takes https://HOST/PATH, or http:// on this machine";
	else if (t->connector_secret[0] != '/')
		what = "connector_secret; it names a file, from / on";
	if (what != NULL) {
		buf_printf(why, "settings: error: tenant.%s: %s\n", t->name, what);
		*ok = false;
	}
}

enum err config_check(const struct config *c, struct buf *why)
{
	char address[64];
	uint16_t port;
	bool ok = config_address(c, address, &port);

	if (!ok)
		buf_printf(why,
		           "settings: error: http.listen is \"%.*s\"; it takes ADDRESS:PORT, as 127.0.0.1:8460 or [::1]:8460\n",
		           SHOWN(text_z(c->listen)));
	else if (c->anonymous && !is_loopback(address)) {
		ok = false;
		buf_z(why,
		      "settings: error: http.anonymous goes with a loopback address only; make keys with duanka keys add\n");
	} else if (!c->second_factor && !is_loopback(address)) {
		ok = false;
		buf_z(
			why,
			"settings: error: desk.second_factor = false goes with a loopback address only; whoever reaches the desk from "
			"elsewhere needs a code of an authenticator\n");
	}
	if ((c->tls_certificate[0] == 0) != (c->tls_key[0] == 0)) {
		ok = false;
		buf_z(why, "settings: error: tls.certificate and tls.key go together; name both or neither\n");
	} else if (c->tls_client_ca[0] != 0 && c->tls_key[0] == 0) {
		ok = false;
		buf_z(why, "settings: error: tls.client_ca needs tls.certificate and tls.key; name them too\n");
	}
	for (uint32_t i = 0; i < c->n_tenants; i++)
		check_tenant(c, i, why, &ok);
	for (uint32_t i = 0; i < c->n_tenants; i++)
		check_connector(&c->tenant[i], why, &ok);
	return told(why, ok);
}

const struct tenant *config_tenant(const struct config *c, const char *name)
{
	return tenant_find(c->tenant, c->n_tenants, name);
}

/* ---- what differs ---- */

static void add_name(struct buf *out, const char *name)
{
	buf_z(out, out->n > 0 ? ", " : "");
	buf_z(out, name);
}

static void changes(const struct config *a, const struct config *b, bool live, struct buf *out)
{
	buf_clear(out);
	for (const struct setting *s = config_settings; s->name != NULL; s++)
		if (s->live == live && !setting_same(s, a, b))
			add_name(out, s->name);
}

void config_fixed_changes(const struct config *a, const struct config *b, struct buf *out)
{
	changes(a, b, false, out);
}

static bool same_tenant(const struct tenant *a, const struct tenant *b)
{
	for (const struct setting *s = config_tenant_settings; s->name != NULL; s++)
		if (!setting_same(s, a, b))
			return false;
	return strcmp(a->name, b->name) == 0;
}

void config_live_changes(const struct config *a, const struct config *b, struct buf *out)
{
	bool same = a->n_tenants == b->n_tenants;

	changes(a, b, true, out);
	for (uint32_t i = 0; same && i < a->n_tenants; i++)
		same = same_tenant(&a->tenant[i], &b->tenant[i]);
	if (!same)
		add_name(out, "tenant");
}
