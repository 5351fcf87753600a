/* http_key.c - who asks: the key, the client certificate that goes with it, and what happens to those who guess.
 *
 * A client certificate is looked at once for each connection: its chain must lead to tls.client_ca, be in force, and be meant for TLS
 * clients; its one common name is then compared with what the organisation of each request's key demands. */
#include <gnutls/x509.h>
#include <inttypes.h>
#include <sodium/utils.h>
#include <stdio.h>
#include "gateway/http_int.h"

_Static_assert(CONNECTION_PEER_BYTES == sizeof((struct tenant *)0)->client_cn, "a name that may be demanded fits");

/* ---- certificates ---- */

bool authorities_ok(const char *pem)
{
	const gnutls_datum_t text = { .data = (unsigned char *)(uintptr_t)pem, .size = (unsigned)strlen(pem) };
	gnutls_x509_crt_t *certs = NULL;
	unsigned n = 0;
	bool ok = gnutls_x509_crt_list_import2(&certs, &n, &text, GNUTLS_X509_FMT_PEM, 0) >= 0 && n > 0;

	for (unsigned i = 0; ok && i < n; i++)
		gnutls_x509_crt_deinit(certs[i]);
	gnutls_free(certs);
	return ok;
}

static bool trusted(gnutls_session_t tls)
{
	char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
	gnutls_typed_vdata_st wanted = { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose };
	unsigned status = 0;

	return gnutls_certificate_verify_peers(tls, &wanted, 1, &status) == 0 && status == 0;
}

static bool name_of(const gnutls_datum_t *der, char *name, size_t size)
{
	gnutls_x509_crt_t cert;
	size_t n = size, more = 0;
	bool ok;

	if (gnutls_x509_crt_init(&cert) != 0)
		return false;
	ok = gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) == 0 &&
	     gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &n) == 0 &&
	     n == strlen(name) && /* no NUL inside */
	     gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 1, 0, NULL, &more) ==
	         GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE; /* one only */
	gnutls_x509_crt_deinit(cert);
	return ok;
}

/* Once for each connection, on its thread. */
static void look(struct connection *k, gnutls_session_t tls)
{
	const gnutls_datum_t *chain;
	unsigned n = 0;

	k->peer_known = true;
	if (gnutls_certificate_type_get(tls) != GNUTLS_CRT_X509)
		return;
	chain = gnutls_certificate_get_peers(tls, &n);
	if (chain == NULL || n == 0 || !trusted(tls) || !name_of(&chain[0], k->peer, sizeof(k->peer)))
		k->peer[0] = 0;
}

/* "": the connection has no certificate that is trusted. */
static const char *peer_name(struct request *r)
{
	const union MHD_ConnectionInfo *tls = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (r->h->o.tls_client_ca == NULL || tls == NULL || tls->tls_session == NULL)
		return "";
	if (!r->link->peer_known)
		look(r->link, tls->tls_session);
	return r->link->peer;
}

/* ---- keys ---- */

bool http_refuse(struct request *r, const char *type, const char *title, const char *detail)
{
	const union MHD_ConnectionInfo *from = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	r->h->counts.unauthorised++;
	r->retry_after_s = guesses_failed(r->h->guesses, from == NULL ? NULL : from->client_addr, r->h->o.now_us());
	if (r->retry_after_s == 0) {
		answer_problem(r, 401, type, title, detail);
		return false;
	}
	r->h->counts.guessing++;
	answer_problem(r, 429, "guessing", "Too many requests without a valid key came from this address",
	               "a valid key is answered all the same");
	return false;
}

static void note_caller(struct request *r)
{
	const struct key_entry *who = r->entry;

	r->who = (struct caller){ .scopes = who == NULL ? SCOPES : who->scopes };
	if (who != NULL) {
		memcpy(r->who.key_id, who->id, sizeof(r->who.key_id));
		memcpy(r->who.tenant, who->tenant, sizeof(r->who.tenant));
	}
	r->tenant = request_tenant(r);
	r->who.organisation = r->tenant == NULL ? 0 : r->tenant->number;
	r->slot = organisation_slot(r->h, r->tenant);
}

/* ---- sessions ---- */

/* True: it comes with a session that is good. A header counts before a cookie, which a browser sends by itself. */
static bool take_session(struct request *r, const char *authorization)
{
	struct http *h = r->h;
	const char *z = authorization == NULL ? MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, SESSION_COOKIE)
	                : strncmp(authorization, "Bearer ", 7) == 0 ? authorization + 7
	                                                            : NULL;

	if (h->o.credentials == NULL || z == NULL ||
	    !credentials_session(h->o.credentials, text_z(z), h->o.now_us(), &r->session))
		return false;
	r->session_token = text_z(z);
	r->by_cookie = authorization == NULL;
	return true;
}

/* What a page of another site makes a browser send has the cookie, too, but not what only our own page knows. */
static bool same_site(struct request *r)
{
	const char *z = request_header(r, "X-CSRF-Token");
	char right[SESSION_CSRF_CHARS + 1];

	if (!r->by_cookie || strcmp(r->route->method, "GET") == 0)
		return true;
	credentials_csrf(r->session_token, right);
	return z != NULL && strlen(z) == SESSION_CSRF_CHARS && sodium_memcmp(z, right, SESSION_CSRF_CHARS) == 0;
}

/* What a session is for is the desk, speaking for one's organisation, and policies (http_studio.c looks at the roles then); what its user may do there follows from the user's roles. */
static bool admit_session(struct request *r)
{
	const struct config *c = &r->in_force->config;
	const struct tenant *t = tenant_numbered(c->tenant, c->n_tenants, r->session.organisation);

	r->who = (struct caller){ .scopes = SCOPE_DESK, .organisation = r->session.organisation };
	snprintf(r->who.key_id, sizeof(r->who.key_id), "u%07" PRIx64,
	         r->session.user >> 16 & 0xfffffff); /* the act has the user */
	if (t != NULL)
		memcpy(r->who.tenant, t->name, sizeof(r->who.tenant));
	r->tenant = t;
	r->slot = organisation_slot(r->h, t);
	if ((r->route->scope & (SCOPE_DESK | SCOPE_MATCH | SCOPE_POLICIES)) == 0)
		answer_problem(r, 403, "scope", "A session is for the desk and for policies", scope_name(r->route->scope));
	else if (!same_site(r))
		answer_problem(r, 403, "csrf", "The request does not prove that it comes from the desk's own page",
		               "with a cookie, send X-CSRF-Token as POST /v1/login and GET /v1/me tell it");
	else
		return true;
	return false;
}

bool http_admit(struct request *r)
{
	const char *z = request_header(r, "Authorization"), *name;

	if (r->route->scope == 0 || r->in_force->config.anonymous) {
		note_caller(r);
		return true;
	}
	if (z != NULL && strncmp(z, "Bearer dk_", 10) == 0)
		r->entry = keys_check(&r->in_force->keys, text_z(z + 7), r->h->o.now_us());
	else if (take_session(r, z))
		return admit_session(r);
	if (r->entry == NULL)
		return http_refuse(r, "key", "A valid key is needed",
		                   "send Authorization: Bearer and a key made by duanka keys add, or log in");
	note_caller(r);
	name = r->tenant == NULL || r->tenant->client_cn[0] == 0 ? NULL : peer_name(r);
	if (name != NULL && name[0] == 0)
		return http_refuse(
			r, "certificate", "A client certificate is needed",
			"this organisation's keys go with a TLS client certificate that the service's client authority has "
			"signed, that is in force, and that is meant for clients");
	if (name != NULL && strcmp(name, r->tenant->client_cn) != 0)
		return http_refuse(r, "certificate", "The client certificate is another organisation's",
		                   "its common name is not the one that goes with this key");
	if ((r->entry->scopes & r->route->scope) != 0)
		return true;
	answer_problem(r, 403, "scope", "This key may not do that", scope_name(r->route->scope));
	return false;
}
