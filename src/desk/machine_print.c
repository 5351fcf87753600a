/* machine_print.c - the machines and the permission matrix as text, for people, for documents and for a golden file that shows every change. */
#include "desk/desk_int.h"

static void print_states(struct buf *b, const struct desk_machine *m, uint32_t states)
{
	const char *comma = "";

	if (states & S_NEW) {
		buf_z(b, "-");
		comma = ",";
	}
	for (uint32_t i = 1; i < m->n_states; i++) {
		if (states >> i & 1) {
			buf_printf(b, "%s%s", comma, m->state[i].name);
			comma = ",";
		}
	}
}

static void print_fields(struct buf *b, const struct desk_machine *m, const char *what, uint64_t fields)
{
	if (fields)
		buf_printf(b, "\n      %s", what);
	for (uint32_t i = 1; i < m->n_fields; i++)
		if (fields >> i & 1)
			buf_printf(b, " %s", m->field[i].name);
}

static void print_step(struct buf *b, const struct desk_machine *m, uint32_t number)
{
	const struct desk_step *s = &m->step[number];

	buf_printf(b, "  step %u %s %s: ", number, s->name, s->zh);
	print_states(b, m, s->from);
	buf_z(b, " -> ");
	if (s->to)
		print_states(b, m, s->to);
	else
		buf_z(b, "same");
	buf_printf(b, "%s%s%s%s%s%s", s->flags & DESK_INTERNAL ? " internal" : "",
	           s->flags & DESK_BY_SERVICE ? " service" : "", s->flags & DESK_BY_TIMER ? " timer" : "",
	           s->flags & DESK_PROPOSES ? " proposes" : "", s->flags & DESK_FOUR_EYES ? " four-eyes" : "",
	           s->flags & DESK_OF_ALL ? " of-all" : "");
	if (s->article)
		buf_printf(b, " [%s]", s->article);
	if (s->roles)
		buf_z(b, "\n      roles");
	for (uint32_t r = 0; r < DESK_ROLES; r++)
		if (s->roles >> r & 1)
			buf_printf(b, " %s", desk_roles[r].name);
	print_fields(b, m, "needs", s->needed);
	print_fields(b, m, "takes", s->allowed);
	buf_char(b, '\n');
}

static const char *type_name(const struct desk_field *f)
{
	static const char *const name[] = { "none",   "integer", "money", "time", "duration", "choice",   "entity",
		                                "object", "sealed",  "text",  "file", "code",     "positions" };
	static const char *const entity[DESK_ENTITY_KINDS] = { "entity", "person", "phone",  "account", "device", "cell",
		                                                   "net",    "number", "outlet", "agent",   "object" };

	if (f->type == DESK_ENTITY)
		return entity[f->entity];
	return name[f->type];
}

static void print_field(struct buf *b, uint32_t number, const struct desk_field *f)
{
	buf_printf(b, "  field %u %s %s: %s", number, f->name, f->zh, type_name(f));
	if (f->type == DESK_INTEGER)
		buf_printf(b, " %lld..%lld", (long long)f->min, (long long)f->max);
	if (f->type == DESK_OBJECT && f->entity)
		buf_printf(b, " %s", desk_machine(f->entity)->name);
	for (uint32_t i = 1; f->type == DESK_CHOICE && i < f->choices->n; i++)
		if (f->choices->choice[i].name)
			buf_printf(b, " %u=%s", i, f->choices->choice[i].name);
	buf_char(b, '\n');
}

static void print_limits(struct buf *b)
{
	buf_z(b, "limits\n");
	for (uint32_t i = 1; i < DESK_LIMITS; i++) {
		const struct desk_limit_info *l = &desk_limit_infos[i];

		if (!l->name)
			continue;
		buf_printf(b, "  limit %u %s: ", i, l->name);
		desk_limit_print(b, i, l->usual);
		buf_z(b, " (");
		desk_limit_print(b, i, l->least);
		buf_z(b, " .. ");
		desk_limit_print(b, i, l->most);
		buf_printf(b, ") %s [%s] %s\n", l->law ? "law" : "ours", l->source, l->zh);
	}
}

void desk_machines_print(struct buf *out)
{
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		const struct desk_machine *m = desk_machine(k);

		buf_printf(out, "kind %u %s %s %s /v1/%s\n", k, m->letters, m->name, m->zh, m->route);
		for (uint32_t i = 1; i < m->n_states; i++)
			buf_printf(out, "  state %u %s %s%s%s\n", i, m->state[i].name, m->state[i].zh,
			           m->state[i].final ? " final" : "", m->shared >> i & 1 ? " shared" : "");
		for (uint32_t i = 1; i < m->n_fields; i++)
			if (m->field[i].name)
				print_field(out, i, &m->field[i]);
		for (uint32_t i = 1; i < m->n_steps; i++)
			if (m->step[i].name)
				print_step(out, m, i);
		for (uint32_t i = 0; i < m->n_timers; i++)
			buf_printf(out, "  timer %u %s %s: %s\n", i, m->timer[i].name, m->timer[i].zh,
			           m->step[m->timer[i].step].name);
		buf_char(out, '\n');
	}
	print_limits(out);
}

static const char *mark(const struct desk_machine *m, const struct desk_step *s, uint32_t role)
{
	if ((s->roles >> role & 1) == 0)
		return "";
	switch (desk_scope_of(m, role)) {
	case DESK_SCOPE_ALL: return "x";
	case DESK_SCOPE_ORG: return "o";
	case DESK_SCOPE_DISTRICT: return "d";
	case DESK_SCOPE_OWN: return "s";
	}
	return "";
}

void desk_matrix_print(struct buf *out)
{
	buf_z(out, "# Who may do what at the desk\n\nMade from the tables of `src/desk`; a test keeps it equal to them. "
	           "x: any object. o: objects of the own organisation. d: of the own district. s: made by oneself. "
	           "4: not by who proposed it. Steps that only follow from others or from a time limit are not listed.\n");
	for (uint32_t k = desk_kind_after(0); k != 0; k = desk_kind_after(k)) {
		const struct desk_machine *m = desk_machine(k);
		uint32_t columns = 0;

		for (uint32_t i = 1; i < m->n_steps; i++)
			columns |= m->step[i].name ? m->step[i].roles : 0;
		if (columns == 0)
			continue;
		buf_printf(out, "\n## %s %s\n\n| step |", m->name, m->zh);
		for (uint32_t r = 0; r < DESK_ROLES; r++)
			if (columns >> r & 1)
				buf_printf(out, " %s %s |", desk_roles[r].name, desk_roles[r].zh);
		buf_z(out, "\n|---|");
		for (uint32_t r = 0; r < DESK_ROLES; r++)
			if (columns >> r & 1)
				buf_z(out, "---|");
		for (uint32_t i = 1; i < m->n_steps; i++) {
			const struct desk_step *s = &m->step[i];

			if (!s->name || s->roles == 0)
				continue;
			buf_printf(out, "\n| %s %s%s |", s->name, s->zh, s->flags & DESK_FOUR_EYES ? " (4)" : "");
			for (uint32_t r = 0; r < DESK_ROLES; r++)
				if (columns >> r & 1)
					buf_printf(out, " %s |", mark(m, s, r));
		}
		buf_char(out, '\n');
	}
}
