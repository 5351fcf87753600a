/* session_scopes.h - what people may ask of the service besides the desk, by their roles: one table.
 *
 * A key has the scopes that it was made with; a session has those of its user's roles, looked up with each request. Each role has as little as its work takes, some of it for reading only (GET and
 * HEAD). Nobody's session decides, brings events, answers as an institution, or turns tokens back by the scope reveal: the first three are for machines, for the last there are views of the desk. */
#ifndef DUANKA_GATEWAY_SESSION_SCOPES_H
#define DUANKA_GATEWAY_SESSION_SCOPES_H
#include "base/buf.h"

struct session_scopes {  /* bits of enum scope (tenants.h) */
	uint32_t may, reads; /* reads: by GET and HEAD only; none of `may` */
};
/* roles: bits of desk/machine.h. Whoever has any role has the desk. */
struct session_scopes session_scopes(uint32_t roles);
/* method: of a route, which has GET for HEAD as well. */
bool session_scopes_allow(struct session_scopes s, uint32_t scope, const char *method);
/* The roles, as bits, that have all of the scope. */
uint32_t session_scopes_roles(uint32_t scope);
/* The table in Markdown, as doc/desk-api.md has it. */
void session_scopes_print(struct buf *out);

#endif
