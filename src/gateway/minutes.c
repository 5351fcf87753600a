/* minutes.c - see minutes.h. */
#include "gateway/minutes.h"
#include <stdio.h>
#include "base/clock.h"
#include "desk/matter.h"
#include "desk/meeting.h"

struct writing {
	const struct minutes *m;
	struct paper *p;
	enum err err;
	uint32_t n;
};

static const char *in(const struct writing *w, const char *en, const char *zh)
{
	return w->m->zh ? zh : en;
}

/* ---- values ---- */

/* The text in a field into b, which is emptied before; nothing if there is none, or it was erased. */
static struct text text_of_field(struct writing *w, const struct desk_object *o, uint32_t field, struct buf *b)
{
	enum err e;

	buf_clear(b);
	if (!desk_has(o, field))
		return TEXT("");
	e = texts_read(w->m->texts, o->value[field].ref, b);
	if (e != ERR_OK) {
		buf_clear(b);
		w->err = e == ERR_ABSENT || w->err != ERR_OK ? w->err : e;
	}
	return buf_view(b);
}

static struct text time_of_field(const struct desk_object *o, uint32_t field, struct buf *b)
{
	buf_clear(b);
	if (desk_has(o, field)) {
		clock_format_short(b, desk_i(o, field), &clock_shanghai);
		b->n = b->n > 3 ? b->n - 3 : b->n; /* without seconds */
	}
	return buf_view(b);
}

static void organisation(struct writing *w, uint16_t number, struct buf *b)
{
	const char *name = number == 0 ? in(w, "the centre", "反诈中心") : w->m->organisation(w->m->ctx, number);

	buf_clear(b);
	if (name != NULL)
		buf_z(b, name);
	else
		buf_printf(b, in(w, "organisation %u", "单位%u"), number);
}

/* ---- its head ---- */

static void fact(struct writing *w, const char *en, const char *zh, struct text t)
{
	if (t.n == 0)
		return;
	paper_cell(w->p, text_z(in(w, en, zh)));
	paper_cell(w->p, t);
}

static void facts(struct writing *w, const struct desk_object *o, struct buf *b)
{
	const struct desk_choices *sorts = desk_meeting.field[MEETING_F_SORT].choices;
	const struct desk_choice *sort = &sorts->choice[desk_i(o, MEETING_F_SORT)];

	paper_table(w->p, 2);
	paper_column(w->p, text_z(in(w, "Item", "项目")), false);
	paper_column(w->p, text_z(in(w, "Content", "内容")), false);
	buf_clear(b);
	desk_id_print(b, DESK_MEETING, o->id);
	fact(w, "Number", "编号", buf_view(b));
	fact(w, "Sort", "会议类别", text_z(in(w, sort->name, sort->zh)));
	fact(w, "From", "开始时间", time_of_field(o, MEETING_F_WHEN, b));
	fact(w, "To", "结束时间", time_of_field(o, MEETING_F_UNTIL, b));
	fact(w, "Place", "地点", text_of_field(w, o, MEETING_F_PLACE, b));
	fact(w, "Chair", "主持单位", text_of_field(w, o, MEETING_F_CHAIR, b));
	fact(w, "Present", "到会单位", text_of_field(w, o, MEETING_F_PRESENT, b));
	fact(w, "Absent", "缺席单位", text_of_field(w, o, MEETING_F_ABSENT, b));
	fact(w, "Next meeting", "下次会议", time_of_field(o, MEETING_F_NEXT, b));
}

/* ---- its matters ---- */

static void row(struct writing *w, const struct desk_object *o, struct buf *b)
{
	bool owned = desk_has(o, MATTER_F_OWNER);

	buf_clear(b);
	desk_id_print(b, DESK_MATTER, o->id);
	paper_cell(w->p, buf_view(b));
	paper_cell(w->p, text_of_field(w, o, MATTER_F_TITLE, b));
	paper_cell(w->p, text_of_field(w, o, MATTER_F_DECISION, b));
	buf_clear(b);
	if (owned)
		organisation(w, (uint16_t)desk_i(o, MATTER_F_OWNER), b);
	paper_cell(w->p, buf_view(b));
	paper_cell(w->p, time_of_field(o, MATTER_F_DEADLINE, b));
	paper_cell(w->p, text_z(in(w, desk_matter.state[o->state].name, desk_matter.state[o->state].zh)));
}

static void heads(struct writing *w)
{
	static const char *const en[] = { "Number", "Matter", "Decision", "Owner", "Deadline", "State" };
	static const char *const zh[] = { "编号", "事项", "议定意见", "牵头单位", "办理期限", "状态" };

	paper_heading(w->p, 1, text_z(in(w, "Matters", "议定事项")));
	paper_table(w->p, ARRAY_LEN(en));
	for (size_t i = 0; i < ARRAY_LEN(en); i++)
		paper_column(w->p, text_z(in(w, en[i], zh[i])), false);
}

static bool see(void *ctx, const struct registry_hit *h)
{
	struct writing *w = ctx;
	struct buf b;

	if (!desk_reaches(w->m->asker, h->object))
		return true;
	if (w->n++ == 0)
		heads(w);
	if (w->n > MINUTES_MATTERS_MAX)
		return false;
	buf_init(&b, TEXT_BYTES_MAX + 1);
	row(w, h->object, &b);
	buf_release(&b);
	return w->err == ERR_OK;
}

static void matters(struct writing *w, const struct desk_object *o)
{
	struct registry_query q = { .kind = DESK_MATTER, .entity = desk_thing(o->id) };
	enum err e = registry_list(w->m->registry, &q, REGISTRY_PAGE_MAX, see, w);

	w->err = w->err == ERR_OK ? e : w->err;
	if (w->n == 0)
		paper_note(w->p, text_z(in(w, "No matter stood on the agenda.", "本次会议未列入事项。")));
	if (w->n > MINUTES_MATTERS_MAX)
		paper_note(w->p, text_z(in(w, "There are more matters than stand here.", "事项较多，未全部列出。")));
}

static void section(struct writing *w, const struct desk_object *o, uint32_t field, const char *en, const char *zh,
                    struct buf *b)
{
	struct text t = text_of_field(w, o, field, b);

	if (t.n == 0)
		return;
	paper_heading(w->p, 1, text_z(in(w, en, zh)));
	paper_paragraph(w->p, t);
}

enum err minutes_write(const struct minutes *m, const struct desk_object *o, struct paper *p)
{
	struct writing w = { .m = m, .p = p };
	struct text title;
	struct buf b;

	buf_init(&b, TEXT_BYTES_MAX + 1);
	title = text_of_field(&w, o, MEETING_F_TITLE, &b);
	paper_title(p, title.n > 0 ? title : text_z(in(&w, "Minutes", "会议纪要")));
	if (o->state == MEETING_CONFIRMED) {
		buf_clear(&b);
		clock_format_short(&b, o->changed_us, &clock_shanghai);
		paper_printf(p, PAPER_NOTE, in(&w, "Minutes, confirmed %.16s.", "会议纪要，%.16s核发。"),
		             b.p == NULL ? "" : b.p);
	} else {
		paper_note(p, text_z(in(&w, "Draft: these minutes have not been confirmed.", "草稿：纪要尚未核发。")));
	}
	facts(&w, o, &b);
	section(&w, o, MEETING_F_AGENDA, "Agenda", "议程", &b);
	matters(&w, o);
	section(&w, o, MEETING_F_MINUTES, "Minutes", "会议纪要", &b);
	section(&w, o, MEETING_F_DECISIONS, "Other decisions", "其他议定事项", &b);
	w.err = w.err == ERR_OK ? b.err : w.err;
	buf_release(&b);
	return w.err != ERR_OK ? w.err : paper_err(p);
}
