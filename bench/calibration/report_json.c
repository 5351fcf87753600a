/* report_json.c - the comparison as one JSON object, for scripts: everything that the Markdown shows, unrounded. */
#include <math.h>
#include "bench/calibration/calibration.h"

static void put_number(struct buf *out, double v)
{
	if (isnan(v))
		buf_z(out, "null");
	else
		buf_printf(out, "%.9g", v);
}

static void put_summary(struct buf *out, const char *side, const struct summary *s)
{
	buf_printf(out, ",\"%s\":{\"n\":%llu,\"missing\":%llu,\"mean\":", side, (unsigned long long)s->n,
	           (unsigned long long)s->missing);
	put_number(out, s->mean);
	for (int i = 0; i < LEVELS; i++) {
		buf_printf(out, ",\"%s\":", level_names[i]);
		put_number(out, s->q[i]);
	}
	buf_char(out, '}');
}

static void put_row(struct buf *out, const struct measure *m, const char *class, const struct summary *real,
                    const struct summary *simulated, const struct verdict *v)
{
	const char *comma = "";
	buf_printf(out, "\n{\"name\":\"%s\",\"class\":\"%s\",\"scale\":\"%s\"", m->name, class,
	           m->scale == SCALE_SHARE ? "difference" : "factor");
	buf_printf(out, ",\"bound\":%g,\"bound_outer\":%g,\"slack\":%g", m->middle, m->outer, m->slack);
	put_summary(out, "real", real);
	put_summary(out, "simulated", simulated);
	buf_z(out, ",\"distance\":");
	put_number(out, v->worst < 0 ? NAN : v->distance);
	buf_printf(out, ",\"verdict\":\"%s\",\"broken\":[", !v->judged ? v->why : v->within ? "within" : "outside");
	for (int i = 0; i <= LEVELS; i++) {
		if (!v->judged || !(i < LEVELS ? v->broken[i] : v->mean_broken))
			continue;
		buf_printf(out, "%s\"%s\"", comma, i < LEVELS ? level_names[i] : "mean");
		comma = ",";
	}
	buf_z(out, "]}");
}

void report_json(const struct comparison *c, struct buf *out)
{
	const struct city_counts *n = c->counts;
	struct verdict v;
	struct buf list;
	buf_z(out, "{\"folder\":");
	buf_json(out, text_z(c->dir));
	buf_printf(out, ",\"calls\":%llu,\"answered\":%llu,\"messages\":%llu,\"bad_lines\":%llu",
	           (unsigned long long)n->calls, (unsigned long long)n->answered, (unsigned long long)n->sms,
	           (unsigned long long)n->bad);
	buf_printf(out, ",\"subscribers\":{\"ordinary\":%llu,\"fraud\":%llu,\"left_out\":%llu},\"measures\":[",
	           (unsigned long long)n->subscribers[CLASS_ORDINARY], (unsigned long long)n->subscribers[CLASS_FRAUD],
	           (unsigned long long)n->left_out);
	for (int i = 0; i < FEATURES; i++)
		for (int k = 0; k < CLASSES; k++) {
			judge_feature((enum feature)i, &c->real->feature[i][k], &c->simulated->feature[i][k], &v);
			put_row(out, &features[i], class_names[k], &c->real->feature[i][k], &c->simulated->feature[i][k], &v);
			buf_char(out, ',');
		}
	for (int i = 0; i < OVERALLS; i++) {
		judge_overall((enum overall)i, &c->real->overall[i], &c->simulated->overall[i], &v);
		put_row(out, &overalls[i], "all", &c->real->overall[i], &c->simulated->overall[i], &v);
		buf_z(out, i + 1 < OVERALLS ? "," : "");
	}
	buf_init(&list, 1 << 20);
	buf_printf(out, "],\"broken\":%llu}\n", (unsigned long long)report_broken(c, &list));
	buf_release(&list);
}
