/* session_scopes.c - the table; see session_scopes.h. */
#include "gateway/session_scopes.h"
#include "desk/desk.h"
#include "gateway/tenants.h"

/* Why: alerts are what seats act upon, what leaders, quality and auditors judge, and what an objection to a decision of the machine is about; banks and operators see their own. Entities, contacts and
 * tokens are for those who look into a case. Rules are written by analysts and approved by leaders
 * (by twos: http_motions.c), or put in by administrators; auditors read them. */
static const struct {
	uint32_t role, may, reads;
} table[] = {
	{ ROLE_STOP_SEAT, SCOPE_ENTITIES, SCOPE_ALERTS },
	{ ROLE_DISSUASION, SCOPE_ENTITIES, SCOPE_ALERTS },
	{ ROLE_ANALYST, SCOPE_ALERTS | SCOPE_ENTITIES | SCOPE_POLICIES | SCOPE_LISTS | SCOPE_MATCH, 0 },
	{ ROLE_LEADER, SCOPE_ALERTS | SCOPE_ENTITIES | SCOPE_POLICIES, 0 },
	{ ROLE_CITY_LEADER, SCOPE_POLICIES, 0 },
	{ ROLE_APPEALS, 0, SCOPE_ALERTS },
	{ ROLE_QUALITY, SCOPE_ALERTS, 0 },
	{ ROLE_BANK_DESK, 0, SCOPE_ALERTS },
	{ ROLE_OPERATOR_DESK, 0, SCOPE_ALERTS },
	{ ROLE_AUDITOR, 0, SCOPE_ALERTS | SCOPE_POLICIES },
	{ ROLE_ADMIN, SCOPE_METRICS | SCOPE_QUARANTINE | SCOPE_POLICIES | SCOPE_ADMIN, 0 },
	{ ROLE_DELEGATE, SCOPE_MATCH, 0 },
};

struct session_scopes session_scopes(uint32_t roles)
{
	struct session_scopes s = { .may = roles == 0 ? 0 : SCOPE_DESK };

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (roles >> table[i].role & 1) {
			s.may |= table[i].may;
			s.reads |= table[i].reads;
		}
	s.reads &= ~s.may;
	return s;
}

bool session_scopes_allow(struct session_scopes s, uint32_t scope, const char *method)
{
	return (s.may & scope) != 0 || ((s.reads & scope) != 0 && strcmp(method, "GET") == 0);
}

uint32_t session_scopes_roles(uint32_t scope)
{
	uint32_t roles = 0;

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if ((table[i].may & scope) != 0)
			roles |= 1u << table[i].role;
	return roles;
}

static void put_names(struct buf *out, uint32_t bits)
{
	const char *comma = "";

	for (uint32_t bit = 1; bit <= SCOPES; bit <<= 1)
		if ((bits & bit) != 0) {
			buf_printf(out, "%s%s", comma, scope_name(bit));
			comma = ", ";
		}
}

void session_scopes_print(struct buf *out)
{
	buf_z(out, "| role | scopes | for reading only |\n|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		buf_printf(out, "| %s %s | ", desk_roles[table[i].role].name, desk_roles[table[i].role].zh);
		put_names(out, table[i].may);
		buf_z(out, " | ");
		put_names(out, table[i].reads);
		buf_z(out, " |\n");
	}
}
