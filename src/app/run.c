/* run.c - see run.h. The path of a portion: merged items -> engine -> alerts (by the sink) -> quarantine, in the order of
 * the stream, so that no output depends on how the stream was cut into portions. */
#include "app/run.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "show/alert_json.h"
#include "base/hash.h"
#include "base/mem.h"
#include "event/quarantine.h"

enum {
	LINE_MAX_BYTES = 64 << 20,
	MAPS_MAX = 64 << 20,
	SUSPECTS_FIRST = 1024,
	SUSPECTS_MAX = 1 << 22
};

static bool complain(const char *path, const char *what)
{
	fprintf(stderr, "duanka: %s: %s\n", path, what);
	return false;
}

static void output_failed(struct run *r, const char *path, enum err e)
{
	if (r->err != ERR_OK)
		return;
	r->err = e;
	r->err_path = path;
	r->err_no = errno;
}

static bool tell_failure(const struct run *r)
{
	if (r->err == ERR_OK)
		return true;
	return complain(r->err_path, r->err == ERR_IO ? strerror(r->err_no) : err_name(r->err));
}

/* ---- suspects ---- */

static uint32_t suspect_place(const struct suspect *s, uint32_t cap, struct entity_ref e)
{
	uint32_t i = (uint32_t)hash_mix((uint64_t)e.kind << 32 | e.index) & (cap - 1);

	while (s[i].entity.index != 0 && (s[i].entity.index != e.index || s[i].entity.kind != e.kind))
		i = (i + 1) & (cap - 1);
	return i;
}

static bool suspects_grow(struct run *r)
{
	uint32_t cap = r->suspects_cap == 0 ? SUSPECTS_FIRST : 2 * r->suspects_cap;
	struct suspect *s = cap > SUSPECTS_MAX ? NULL : mem_alloc_array(cap, sizeof(*s));

	if (s == NULL)
		return false;
	for (uint32_t i = 0; i < r->suspects_cap; i++)
		if (r->suspects[i].entity.index != 0)
			s[suspect_place(s, cap, r->suspects[i].entity)] = r->suspects[i];
	mem_free(r->suspects);
	r->suspects = s;
	r->suspects_cap = cap;
	return true;
}

static void suspect_note(struct run *r, const struct alert *a)
{
	struct suspect *s;

	if (a->mode != RULE_LIVE || (2 * (r->n_suspects + 1) > r->suspects_cap && !suspects_grow(r)))
		return; /* beyond four million suspects the list of ten is no longer about all */
	s = &r->suspects[suspect_place(r->suspects, r->suspects_cap, a->about)];
	r->n_suspects += s->entity.index == 0;
	s->entity = a->about;
	s->alerts++;
	s->score = a->decision_score > s->score ? a->decision_score : s->score;
	s->severity = a->decision_severity > s->severity ? a->decision_severity : s->severity;
}

static bool more_serious(const struct suspect *a, const struct suspect *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->alerts != b->alerts)
		return a->alerts > b->alerts;
	return a->entity.kind != b->entity.kind ? a->entity.kind < b->entity.kind : a->entity.index < b->entity.index;
}

uint32_t run_suspects(const struct run *r, struct suspect *out, uint32_t n)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < r->suspects_cap; i++) {
		uint32_t at = found;

		if (r->suspects[i].entity.index == 0 || (found == n && !more_serious(&r->suspects[i], &out[n - 1])))
			continue;
		found += found < n;
		for (at = found - 1; at > 0 && more_serious(&r->suspects[i], &out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = r->suspects[i];
	}
	return found;
}

/* ---- the sink ---- */

static void write_line(struct run *r, struct outfile *o, const char *path)
{
	enum err e = r->line.err != ERR_OK ? r->line.err : outfile_text(o, buf_view(&r->line));

	if (e != ERR_OK)
		output_failed(r, path, e);
}

static void see_alert(void *ctx, const struct alert *a)
{
	struct run *r = ctx;
	char *example = r->rule[a->rule].example;

	r->n_alerts++;
	suspect_note(r, a);
	if (example[0] == 0) {
		buf_clear(&r->scratch);
		show_because(&r->scratch, &r->shower, a, r->o->lang);
		snprintf(example, RUN_EXAMPLE_BYTES, "%.*s", (int)r->scratch.n, r->scratch.p ? r->scratch.p : "");
	}
	if (r->o->alerts_path != NULL) {
		buf_clear(&r->line);
		alert_json(&r->line, &r->shower, a, source_merge_path(r->merge, a->event->source), r->o->evidence_max);
		write_line(r, &r->alerts, r->o->alerts_path);
	}
	if (r->o->see != NULL)
		r->o->see(r->o->see_ctx, a, &r->shower);
}

static void see_features(void *ctx, const struct event *e, const union value *v, uint32_t n)
{
	struct run *r = ctx;
	const struct policy *p = &r->loaded.policy;
	uint32_t k = 0;

	buf_clear(&r->line);
	buf_printf(&r->line, "{\"position\":%" PRIu64 ",\"event\":", e->position);
	buf_json(&r->line, p->schema.event[e->type].name);
	for (uint32_t i = 0; i < p->n_features && k < n; i++) {
		const struct feature *f = &p->feature[i];

		if (f->event != e->type)
			continue;
		buf_char(&r->line, ',');
		buf_json(&r->line, f->name);
		if (show_missing(f->expr->type, v[k]))
			buf_z(&r->line, ":null");
		else if (f->expr->type.real)
			buf_printf(&r->line, ":%.17g", v[k].r);
		else
			buf_printf(&r->line, ":%" PRId64, v[k].i);
		k++;
	}
	buf_z(&r->line, "}\n");
	write_line(r, &r->features, r->o->features_path);
}

/* ---- opening ---- */

static bool find_mapping(struct run *r, uint32_t i)
{
	const char *format = r->o->format[i];
	struct text bytes = { 0 };
	struct mapping_error error;
	struct mapping *m;
	struct buf file;
	enum err e = ERR_OK;

	if (format == NULL)
		return true;
	buf_init(&file, MAPPING_BYTES_MAX);
	if (strncmp(format, "map:", 4) == 0) {
		format += 4;
		e = file_read_all(format, MAPPING_BYTES_MAX, &file);
		bytes = buf_view(&file);
		if (e != ERR_OK)
			complain(format, e == ERR_CAP      ? "a mapping has at most 256 KiB"
			                 : e == ERR_MEMORY ? err_name(e)
			                                   : strerror(errno));
	} else {
		for (size_t k = 0; k < mapping_builtins; k++)
			if (strcmp(mapping_builtin[k].name, format) == 0)
				bytes = text_of(mapping_builtin[k].text, mapping_builtin[k].n);
		if (bytes.p == NULL) {
			fprintf(stderr, "duanka: --as %s: no such format; there are", format);
			for (size_t k = 0; k < mapping_builtins; k++)
				fprintf(stderr, " %s", mapping_builtin[k].name);
			fprintf(stderr, ", or map:FILE with a mapping of your own\n");
			e = ERR_ABSENT;
		}
	}
	if (e == ERR_OK) {
		e = mapping_parse(bytes, text_z(format), &r->loaded.policy.schema, &source_zone_loader, &r->maps, &m, &error);
		if (e == ERR_FORMAT)
			fprintf(stderr, "%s:%u:%u: error: %s\n", format, error.line, error.col, error.text);
		else if (e != ERR_OK)
			complain(format, err_name(e));
	}
	buf_release(&file);
	r->spec[i].mapping = e == ERR_OK ? m : NULL;
	return e == ERR_OK;
}

static bool open_sources(struct run *r)
{
	struct source_options so = { .schema = &r->loaded.policy.schema,
		                         .key = &r->key,
		                         .decoders = r->o->decoders,
		                         .lateness_us = r->o->lateness_us,
		                         .strict = r->o->strict };
	size_t failed = 0;
	enum err e;

	for (uint32_t i = 0; i < r->o->n_paths; i++) {
		r->spec[i].path = r->o->path[i];
		if (!find_mapping(r, i))
			return false;
	}
	e = source_merge_open(&r->merge, &so, r->spec, r->o->n_paths, &failed);
	if (e == ERR_OK)
		return true;
	return complain(r->o->path[failed], e == ERR_MEMORY ? err_name(e) : strerror(errno));
}

static bool open_output(struct outfile *o, const char *path)
{
	if (path == NULL || outfile_open(o, path) == ERR_OK)
		return true;
	return complain(path, strerror(errno));
}

static bool open_outputs(struct run *r)
{
	const struct run_options *o = r->o;

	if (!open_output(&r->alerts, o->alerts_path) || !open_output(&r->quarantine, o->quarantine_path) ||
	    !open_output(&r->features, o->features_path))
		return false;
	if (o->alerts_path != NULL) {
		alert_json_header(&r->line, &r->loaded.policy, o->lateness_us);
		write_line(r, &r->alerts, o->alerts_path);
	}
	return tell_failure(r);
}

static bool open_engine(struct run *r)
{
	struct engine_options eo;
	struct engine_sink sink = { .ctx = r, .alert = see_alert, .features = r->o->features_path ? see_features : NULL };
	enum err e;

	engine_options_default(&eo);
	eo.keep_plain = r->o->reveal;
	if (r->o->state_bytes_max != 0)
		eo.state_bytes_max = r->o->state_bytes_max;
	e = engine_new(&r->engine, r->loaded.plan, &r->key, &eo, &sink);
	r->rule = mem_alloc_array(r->loaded.policy.n_rules + 1, sizeof(*r->rule));
	if (e != ERR_OK || r->rule == NULL)
		return complain(r->o->policy_dir, "not enough memory for the engine; lower --state-max");
	return load_lists(&r->loaded, &r->key, r->o->lists_dir, r->engine);
}

bool run_open(struct run *r, const struct run_options *o)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	r->alerts.fd = r->quarantine.fd = r->features.fd = -1;
	buf_init(&r->line, LINE_MAX_BYTES);
	buf_init(&r->scratch, LINE_MAX_BYTES);
	arena_init(&r->maps, MAPS_MAX);
	if (!load_key(o->key_path, &r->key) || !load_policy(o->policy_dir, &r->key, o->lateness_us, &r->loaded)) {
		r->loaded.plan = NULL;
		run_release(r);
		return false;
	}
	r->shower = (struct shower){ .policy = &r->loaded.policy, .reveal = o->reveal };
	if (open_engine(r) && open_sources(r) && open_outputs(r))
		return true;
	run_close(r);
	run_release(r);
	return false;
}

/* ---- running ---- */

static void quarantine(struct run *r, const struct bad *bad)
{
	struct run_bad *b = &r->bad[bad->reason];

	if (b->n++ == 0) {
		buf_clear(&r->scratch);
		if (r->o->lang == LANG_ZH)
			bad_message_zh(&r->scratch, bad);
		else
			bad_message_en(&r->scratch, bad);
		snprintf(b->message, sizeof(b->message), "%.*s", (int)r->scratch.n, r->scratch.p ? r->scratch.p : "");
		b->line = bad->line;
		for (uint32_t i = 0; i < r->o->n_paths; i++)
			if (text_eq(bad->path, text_z(r->o->path[i])))
				b->path = r->o->path[i];
	}
	if (r->o->quarantine_path != NULL) {
		buf_clear(&r->line);
		quarantine_line(&r->line, bad);
		write_line(r, &r->quarantine, r->o->quarantine_path);
	}
}

static void quarantine_event(struct run *r, const struct event *e, enum err outcome)
{
	struct bad bad = { .reason = BAD_LATE,
		               .path = text_z(source_merge_path(r->merge, e->source)),
		               .line = e->line,
		               .offset = e->offset,
		               .field = { "", 0 },
		               .raw = e->raw };

	if (outcome == ERR_CAP) {
		bad.reason = BAD_RANGE;
		bad.why = "no room for another entity; raise the limit of entities";
		r->refused++;
	} else {
		r->late++;
	}
	quarantine(r, &bad);
}

static void portion(struct run *r, const struct source_item *item, size_t n)
{
	struct event *event[ENGINE_BATCH_MAX];
	enum err outcome[ENGINE_BATCH_MAX];
	uint32_t events = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		if (item[i].event != NULL)
			event[events++] = item[i].event;
	engine_apply(r->engine, event, events, outcome);
	for (size_t i = 0; i < n; i++) {
		if (item[i].event == NULL) {
			quarantine(r, item[i].bad);
			continue;
		}
		if (outcome[at] != ERR_OK)
			quarantine_event(r, item[i].event, outcome[at]);
		r->accepted += outcome[at++] == ERR_OK;
	}
}

static void flush(struct run *r, struct outfile *o, const char *path)
{
	enum err e = path == NULL || o->n == 0 ? ERR_OK : outfile_flush(o);

	if (e != ERR_OK)
		output_failed(r, path, e);
}

bool run_step(struct run *r, bool *more)
{
	struct source_items items;
	enum err e = source_merge_next(r->merge, &items);
	size_t batch = r->o->batch > 0 && r->o->batch < ENGINE_BATCH_MAX ? r->o->batch : ENGINE_BATCH_MAX;

	*more = e == ERR_OK && items.n > 0;
	if (e == ERR_MEMORY)
		return complain(r->o->path[0], "out of memory while decoding");
	for (size_t i = 0; i < items.n; i += batch)
		portion(r, items.item + i, items.n - i < batch ? items.n - i : batch);
	source_merge_counts(r->merge, &r->counts);
	flush(r, &r->alerts, r->o->alerts_path); /* whoever follows the file sees what was decided */
	flush(r, &r->quarantine, r->o->quarantine_path);
	flush(r, &r->features, r->o->features_path);
	return tell_failure(r);
}

static void finish(struct run *r, struct outfile *o, const char *path)
{
	enum err e;

	if (path == NULL || o->fd < 0)
		return;
	e = outfile_close(o);
	if (e != ERR_OK)
		output_failed(r, path, e);
}

bool run_close(struct run *r)
{
	bool told = r->err != ERR_OK;

	finish(r, &r->alerts, r->o->alerts_path);
	finish(r, &r->quarantine, r->o->quarantine_path);
	finish(r, &r->features, r->o->features_path);
	return told ? false : tell_failure(r);
}

void run_release(struct run *r)
{
	source_merge_close(r->merge);
	engine_free(r->engine);
	if (r->loaded.plan != NULL)
		load_release(&r->loaded);
	arena_release(&r->maps);
	buf_release(&r->line);
	buf_release(&r->scratch);
	mem_free(r->rule);
	mem_free(r->suspects);
}
