/* view.c - see view.h. */
#include "gateway/view.h"

struct view {
	const struct tenant *who;
	const char *organisation; /* that brought the event; NULL: the viewer itself, who may see what it sent */
};

/* May the viewer see what a text of reads.h names: "this:call.caller", "*:call.talk"? */
static bool sees_one(const struct view *v, const char *z)
{
	const char *colon = strchr(z, ':'), *dot = colon == NULL ? NULL : strchr(colon, '.');
	bool ours = strncmp(z, "this:", 5) == 0;

	if (dot == NULL || (!ours && strncmp(z, "*:", 2) != 0))
		return false;
	if (ours && v->organisation == NULL)
		return true;
	return tenant_sees(v->who, ours ? v->organisation : NULL, text_of(colon + 1, (size_t)(dot - colon) - 1),
	                   text_z(dot + 1));
}

static bool sees(const struct view *v, const json_t *reads)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(reads))
		return false;
	json_array_foreach(reads, i, one)
	{
		if (!json_is_string(one) || !sees_one(v, json_string_value(one)))
			return false;
	}
	return true;
}

/* NULL when memory is short: whoever puts it somewhere fails, and nothing is shown. */
static json_t *hidden(void)
{
	return json_pack("{s:b}", "hidden", 1);
}

/* The member of an object, shown without its "reads" or hidden. Nothing to do if it is not there. */
static bool member(const struct view *v, json_t *object, const char *name)
{
	json_t *part = json_object_get(object, name);

	if (part == NULL)
		return true;
	if (!sees(v, json_object_get(part, "reads")))
		return json_object_set_new(object, name, hidden()) == 0;
	return json_object_del(part, "reads") == 0;
}

static bool list(const struct view *v, json_t *alert, const char *name,
                 bool (*each)(const struct view *v, json_t *part))
{
	json_t *all = json_object_get(alert, name), *part;
	size_t i;

	json_array_foreach(all, i, part)
	{
		if (each == NULL && !sees(v, json_object_get(part, "reads"))) {
			if (json_array_set_new(all, i, hidden()) != 0)
				return false;
		} else if (each != NULL ? !each(v, part) : json_object_del(part, "reads") != 0) {
			return false;
		}
	}
	return true;
}

static bool measure(const struct view *v, json_t *part)
{
	json_object_del(part, "reads"); /* of a target that is not known */
	return member(v, part, "target");
}

/* One event of a window: each column by its own reads, its time by the field time. */
static bool item(const struct view *v, json_t *it, const json_t *columns, struct text of)
{
	const char *name;
	void *next;
	json_t *value;

	json_object_foreach_safe(it, next, name, value)
	{
		const json_t *reads = json_object_get(columns, name);
		bool time = strcmp(name, "time") == 0;
		bool ok = (reads == NULL || sees(v, reads)) && (!time || tenant_sees(v->who, NULL, of, TEXT("time"))) &&
		          (reads != NULL || time);

		if (!ok && json_object_set_new(it, name, hidden()) != 0)
			return false;
	}
	return true;
}

static bool evidence(const struct view *v, json_t *all)
{
	json_t *part, *it;
	size_t i, k;

	json_array_foreach(all, i, part)
	{
		const json_t *of = json_object_get(part, "of");

		if (!sees(v, json_object_get(part, "reads")) || !json_is_string(of)) {
			if (json_array_set_new(all, i, hidden()) != 0)
				return false;
			continue;
		}
		json_array_foreach(json_object_get(part, "items"), k, it)
		{
			if (!item(v, it, json_object_get(part, "columns"), text_z(json_string_value(of))))
				return false;
		}
		json_object_del(part, "reads");
		json_object_del(part, "columns");
	}
	return true;
}

/* A schema may have a field "type", which then stands where the event's type does: it is shown if it says no more than that. */
static bool event(const struct view *v, json_t *fields, struct text type)
{
	const char *name;
	void *next;
	json_t *value;

	json_object_foreach_safe(fields, next, name, value)
	{
		bool known =
			strcmp(name, "type") == 0 && json_is_string(value) && text_eq(text_z(json_string_value(value)), type);

		if (!known && !tenant_sees(v->who, v->organisation, type, text_z(name)) &&
		    json_object_set_new(fields, name, hidden()) != 0)
			return false;
	}
	return true;
}

static bool common(const struct view *v, json_t *alert)
{
	return member(v, alert, "about") && member(v, alert, "because") && list(v, alert, "measures", measure);
}

bool view_json(const struct viewer *viewer, json_t *alert)
{
	const json_t *on = json_object_get(alert, "on"), *number = json_object_get(alert, "organisation");
	json_int_t n = json_is_integer(number) ? json_integer_value(number) : -1;
	const struct tenant *from;
	struct view v = { .who = viewer->who };
	struct text type;

	if (tenant_sees_all(v.who))
		return true;
	if (!json_is_string(on) || n < 0 || n > UINT16_MAX)
		return false;
	type = text_z(json_string_value(on));
	from = tenant_numbered(viewer->tenants, viewer->n_tenants, (uint16_t)n);
	v.organisation = from == NULL ? "" : from->name;
	return tenant_sees(v.who, v.organisation, type, TEXT("")) && common(&v, alert) &&
	       event(&v, json_object_get(alert, "event"), type) && list(&v, alert, "values", NULL) &&
	       evidence(&v, json_object_get(alert, "evidence"));
}

static int add(const char *p, size_t n, void *out)
{
	buf_add(out, p, n);
	return ((struct buf *)out)->err == ERR_OK ? 0 : -1;
}

static enum err print(const json_t *j, struct buf *out)
{
	if (json_dump_callback(j, add, out, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0)
		return ERR_OK;
	return out->err != ERR_OK ? out->err : ERR_MEMORY;
}

enum err view_alert(const struct viewer *v, struct text line, struct buf *out)
{
	json_t *alert;
	enum err e;

	buf_clear(out);
	if (tenant_sees_all(v->who)) {
		buf_add(out, line.p, line.n - (line.n > 0 && line.p[line.n - 1] == '\n'));
		return out->err;
	}
	alert = json_loadb(line.p, line.n, 0, NULL);
	e = !json_is_object(alert) ? ERR_FORMAT : view_json(v, alert) ? print(alert, out) : ERR_ABSENT;
	json_decref(alert);
	return e;
}

/* Behind a list of texts that begins at t, without its [. */
static struct text behind_list(struct text t)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < t.n && (quoted || t.p[i] != ']'); i++) {
		if (t.p[i] == '"')
			quoted = !quoted;
		else if (t.p[i] == '\\')
			i++;
	}
	i = i < t.n ? i + 1 : t.n;
	return text_of(t.p + i, t.n - i);
}

/* Everything but "reads", without a JSON reader: inside a text a quote is escaped, so that these bytes are always a member. */
static void without_reads(struct text briefs, struct buf *out)
{
	static const char member_reads[] = ",\"reads\":[";
	const size_t n = sizeof(member_reads) - 1;
	const char *at;

	while ((at = briefs.n == 0 ? NULL : memmem(briefs.p, briefs.n, member_reads, n)) != NULL) {
		size_t before = (size_t)(at - briefs.p);

		buf_add(out, briefs.p, before);
		briefs = behind_list(text_of(at + n, briefs.n - before - n));
	}
	buf_text(out, briefs);
}

enum err view_briefs(const struct viewer *viewer, struct text briefs, struct buf *out)
{
	struct view v = { .who = viewer->who };
	struct buf array;
	json_t *all, *alert;
	enum err e = ERR_OK;
	size_t i;

	if (tenant_sees_all(v.who) || briefs.n == 0) {
		without_reads(briefs, out);
		return out->err;
	}
	buf_init(&array, briefs.n + 3);
	buf_char(&array, '[');
	buf_text(&array, briefs);
	buf_char(&array, ']');
	all = array.err != ERR_OK ? NULL : json_loadb(array.p, array.n, 0, NULL);
	if (all == NULL)
		e = array.err != ERR_OK ? array.err : ERR_FORMAT;
	json_array_foreach(all, i, alert)
	{
		if (e == ERR_OK && !common(&v, alert))
			e = ERR_MEMORY;
		if (e == ERR_OK && i > 0)
			buf_char(out, ',');
		if (e == ERR_OK)
			e = print(alert, out);
	}
	json_decref(all);
	buf_release(&array);
	return e;
}
