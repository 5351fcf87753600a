/* reference_profile.c - what is published of the raw tables: statistics pages with their tags stripped, a label on one
 * line and its value on the next. Only the few that the report names are read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "bench/calibration/calibration.h"

enum {
	PAGE_BYTES_MAX = 4 << 20
};

static enum err read_page(const char *data_dir, const char *name, struct buf *page, struct buf *problem)
{
	struct buf path;
	buf_init(&path, 4096);
	buf_printf(&path, "%s/sichuan_profile/%s", data_dir, name);
	enum err e = path.err ? path.err : file_read_all(path.p, PAGE_BYTES_MAX, page);
	if (e != ERR_OK)
		buf_printf(problem, "%s/sichuan_profile/%s: %s", data_dir, name,
		           e == ERR_MEMORY ? err_name(e) : strerror(errno));
	else
		buf_char(page, '\n');
	buf_release(&path);
	return page->err ? page->err : e;
}

/* The text after the first line that is, blanks aside, this label; NULL: there is none. */
static const char *after(const char *p, const char *label)
{
	while (p && *p) {
		const char *nl = strchr(p, '\n');
		if (!nl)
			return NULL;
		if (text_eq(text_trim(text_of(p, (size_t)(nl - p))), text_z(label)))
			return nl + 1;
		p = nl + 1;
	}
	return NULL;
}

/* The number on the line after the label, both after the section's title; false: not there. */
static bool value(const char *section, const char *label, double *out)
{
	const char *p = section ? after(section, label) : NULL;
	char *end;
	if (!p)
		return false;
	*out = strtod(p, &end);
	return end != p;
}

static enum err talk_and_direction(const char *data_dir, struct figures *f, struct buf *page, struct buf *problem)
{
	static const struct {
		const char *label;
		enum level level;
	} known[] = { { "5-th percentile", LEVEL_P5 },
		          { "Q1", LEVEL_P25 },
		          { "median", LEVEL_P50 },
		          { "Q3", LEVEL_P75 },
		          { "95-th percentile", LEVEL_P95 } };
	enum err e = read_page(data_dir, "train_voc.txt", page, problem);
	if (e != ERR_OK)
		return e;
	const char *talk = after(page->p, "call_dur"), *direction = after(page->p, "calltype_id");
	struct summary *s = &f->overall[OVERALL_TALK], *share = &f->overall[OVERALL_OUTGOING];
	double rows, out;
	bool ok = value(page->p, "Number of observations", &rows) && value(talk, "Mean", &s->mean) &&
	          value(after(direction, "Memory size"), "1", &out);
	for (size_t i = 0; ok && i < ARRAY_LEN(known); i++)
		ok = value(talk, known[i].label, &s->q[known[i].level]);
	if (!ok)
		return ERR_FORMAT;
	s->n = share->n = (uint64_t)rows;
	share->mean = out / rows;
	return ERR_OK;
}

static enum err sms_direction(const char *data_dir, struct figures *f, struct buf *page, struct buf *problem)
{
	enum err e = read_page(data_dir, "train_sms_2020-03.txt", page, problem);
	if (e != ERR_OK)
		return e;
	double rows, sent;
	const char *direction = after(after(page->p, "calltype_id"), "Memory size");
	if (!value(page->p, "Number of observations", &rows) || !value(direction, "1", &sent))
		return ERR_FORMAT;
	f->overall[OVERALL_SMS_SENT].n = (uint64_t)rows;
	f->overall[OVERALL_SMS_SENT].mean = sent / rows;
	return ERR_OK;
}

static enum err cards(const char *data_dir, struct figures *f, struct buf *page, struct buf *problem)
{
	static const char *const label[] = { "1", "2", "3", "4", "5" };
	enum err e = read_page(data_dir, "train_user_2020-03.txt", page, problem);
	if (e != ERR_OK)
		return e;
	double rows, n;
	const char *table = after(after(after(page->p, "idcard_cnt"), "Value"), "Frequency (%)");
	if (!value(page->p, "Number of observations", &rows))
		return ERR_FORMAT;
	for (size_t i = 0; i < ARRAY_LEN(label); i++) {
		if (!value(table, label[i], &n))
			return ERR_FORMAT;
		f->overall[OVERALL_CARDS_1 + i].n = (uint64_t)rows;
		f->overall[OVERALL_CARDS_1 + i].mean = n / rows;
	}
	return ERR_OK;
}

enum err reference_profile(const char *data_dir, struct figures *f, struct buf *problem)
{
	static enum err (*const part[])(const char *, struct figures *, struct buf *,
	                                struct buf *) = { talk_and_direction, sms_direction, cards };
	enum err e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(part); i++) {
		struct buf page;
		buf_init(&page, PAGE_BYTES_MAX + 2);
		e = part[i](data_dir, f, &page, problem);
		buf_release(&page);
	}
	if (e != ERR_OK && problem->n == 0)
		buf_printf(problem, "%s/sichuan_profile: not the statistics that were expected", data_dir);
	return e;
}
