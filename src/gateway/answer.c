/* answer.c - the bodies of answers. Keys stand in a fixed order; the same decision gives the same bytes. */
#include <inttypes.h>
#include "base/mem.h"
#include "gateway/board.h"
#include "gateway/desk_notice.h"
#include "gateway/http_int.h"
#include "gateway/problem_zh.h"
#include "gateway/screens.h"
#include "event/quarantine.h"

void answer_problem(struct request *r, unsigned status, const char *type, const char *title, const char *detail)
{
	answer_problem_with(r, status, type, title, detail, NULL, TEXT(""));
}

void answer_problem_with(struct request *r, unsigned status, const char *type, const char *title, const char *detail,
                         const char *member, struct text json)
{
	r->status = status;
	if (http_page_meant(r)) {
		http_page_problem(r, status, title, detail);
		return;
	}
	r->type = "application/problem+json";
	buf_clear(&r->out);
	buf_z(&r->out, "{\"type\":\"urn:duanka:problem:");
	buf_z(&r->out, type);
	buf_z(&r->out, "\",");
	problem_title(&r->out, title);
	buf_printf(&r->out, ",\"status\":%u,", status);
	problem_detail(&r->out, text_z(detail));
	if (member != NULL) {
		buf_printf(&r->out, ",\"%s\":", member);
		buf_text(&r->out, json);
	}
	buf_z(&r->out, "}\n");
}

static void put_messages(struct buf *b, const struct bad *bad)
{
	struct buf m;

	buf_init(&m, 1 << 16);
	buf_z(b, ",\"reason\":");
	buf_json(b, text_z(bad_reason_name(bad->reason)));
	buf_z(b, ",\"field\":");
	buf_json(b, bad->field);
	bad_message_en(&m, bad);
	buf_z(b, ",\"message_en\":");
	buf_json(b, buf_view(&m));
	buf_clear(&m);
	bad_message_zh(&m, bad);
	buf_z(b, ",\"message_zh\":");
	buf_json(b, buf_view(&m));
	buf_release(&m);
}

void answer_bad(struct request *r, const struct bad *bad)
{
	r->status = 422;
	r->type = "application/problem+json";
	buf_clear(&r->out);
	buf_z(&r->out, "{\"type\":\"urn:duanka:problem:event\",");
	problem_title(&r->out, "The event was not taken");
	buf_z(&r->out, ",\"status\":422");
	put_messages(&r->out, bad);
	buf_z(&r->out, "}\n");
}

static const char *outcome_name(enum err e)
{
	return e == ERR_OK ? "accepted" : e == ERR_LATE ? "late" : "refused";
}

void answer_put(struct request *r, struct buf *b, const struct shard_answer *a)
{
	struct viewer v = request_viewer(r);
	enum err e;

	buf_printf(b,
	           "\"position\":%" PRIu64 ",\"outcome\":\"%s\",\"repeated\":%s,\"severity\":\"%s\",\"score\":%" PRId64
	           ",\"explanation\":\"%" PRIu64 "\",\"alerts\":[",
	           a->position, outcome_name(a->outcome), a->repeated ? "true" : "false",
	           a->severity == SEVERITY_NONE ? "none" : policy_severity_name(a->severity), a->score, a->position);
	e = view_briefs(&v, a->alerts, b);
	if (e != ERR_OK && b->err == ERR_OK)
		b->err = e;
	buf_char(b, ']');
}

void answer_decision(struct request *r)
{
	r->status = 200;
	r->type = "application/json";
	buf_clear(&r->out);
	buf_char(&r->out, '{');
	answer_put(r, &r->out, &r->item[0].answer);
	buf_z(&r->out, "}\n");
	if (r->out.err != ERR_OK || r->briefs.err != ERR_OK)
		answer_problem(r, 500, "memory", "Out of memory", "the event was taken; ask /v1/explain for what came of it");
}

void answer_batch(struct request *r)
{
	r->status = r->shed ? 503 : 200;
	r->type = "application/json";
	buf_clear(&r->out);
	buf_printf(&r->out,
	           "{\"complete\":%s,\"lines\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"repeated\":%" PRIu64
	           ",\"late\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"quarantined\":%" PRIu64 ",\"bad\":[",
	           r->shed ? "false" : "true", r->line, r->accepted, r->repeated, r->late, r->refused, r->bad);
	buf_text(&r->out, buf_view(&r->lines));
	buf_z(&r->out, "],\"decisions\":[");
	buf_text(&r->out, buf_view(&r->alerts));
	buf_z(&r->out, "]}\n");
	if (r->out.err != ERR_OK || r->lines.err != ERR_OK || r->alerts.err != ERR_OK || r->briefs.err != ERR_OK)
		answer_problem(r, 500, "memory", "Out of memory",
		               "the events were taken; ask /v1/alerts for what came of them");
}

/* One line of a batch that was not taken, or that raised alerts. */
void answer_line_bad(struct request *r, const struct bad *bad)
{
	if (r->told++ >= LINES_TOLD_MAX)
		return;
	if (r->lines.n > 0)
		buf_char(&r->lines, ',');
	buf_printf(&r->lines, "{\"line\":%" PRIu64, bad->line);
	put_messages(&r->lines, bad);
	buf_char(&r->lines, '}');
}

void answer_line_alerts(struct request *r, uint64_t line, const struct shard_answer *a)
{
	if (r->alerts.n > 0)
		buf_char(&r->alerts, ',');
	buf_printf(&r->alerts, "{\"line\":%" PRIu64 ",", line);
	answer_put(r, &r->alerts, a);
	buf_char(&r->alerts, '}');
}

static void metric(struct buf *b, const char *name, const char *kind, const char *help, double v)
{
	buf_printf(b, "# HELP duanka_%s %s\n# TYPE duanka_%s %s\nduanka_%s %.17g\n", name, help, name, kind, name, v);
}

static void journal_metrics(struct buf *b, const struct writer_counts *c)
{
	metric(b, "snapshots_total", "counter", "Snapshots written.", (double)c->snapshots);
	metric(b, "snapshots_failed_total", "counter", "Snapshots that failed; older ones are kept.",
	       (double)c->snapshots_failed);
	metric(b, "segments_expired_total", "counter", "Segments of the journal that were let go.",
	       (double)c->segments_expired);
	metric(b, "expiries_failed_total", "counter", "Times that an old segment could not be removed.",
	       (double)c->expiries_failed);
}

static void desk_metrics(struct buf *b, struct projector *p)
{
	struct projector_counts c;

	if (p == NULL)
		return;
	projector_counts(p, &c);
	metric(b, "desk_position", "gauge", "Position of the last record that is in the registry.", (double)c.position);
	metric(b, "desk_behind", "gauge", "Positions of the journal that are not in the registry yet.",
	       (double)(c.next > c.position + 1 ? c.next - 1 - c.position : 0));
	metric(b, "desk_commands_total", "counter", "Commands to the desk that were applied.", (double)c.commands);
	metric(b, "desk_refused_total", "counter", "Commands that the desk refused.", (double)c.refused);
	metric(b, "desk_alerts_total", "counter", "Live alerts brought to the desk.", (double)c.alerts);
	metric(b, "desk_timers_total", "counter", "Time limits that the desk took.", (double)c.timers);
	metric(b, "desk_unfit_total", "counter", "Time limits whose step was refused.", (double)c.unfit);
	metric(b, "desk_unread_total", "counter", "Commands and alerts that could not be read.", (double)c.unread);
	metric(b, "desk_unknown_total", "counter", "Proposed measures about nobody, or nothing, that the desk knows.",
	       (double)c.unknown);
	metric(b, "desk_unknown_scams_total", "counter", "Live alerts whose class of fraud the desk does not know.",
	       (double)c.scams);
	metric(b, "desk_unknown_districts_total", "counter", "Events whose district the desk does not know.",
	       (double)c.districts);
	metric(b, "desk_batches_total", "counter", "Batches brought to the registry.", (double)c.batches);
	metric(b, "desk_batch_seconds", "gauge", "How long the last batch took.", (double)c.batch_us / 1e6);
	metric(b, "desk_failures_total", "counter", "Times the registry could not be brought up to date.",
	       (double)c.failures);
	metric(b, "desk_failing", "gauge", "1 while the registry can't be brought up to date.", c.failing ? 1 : 0);
}

static void screens_metrics(struct buf *b, struct screens *s)
{
	struct screens_counts c;

	if (s == NULL)
		return;
	screens_count(s, &c);
	metric(b, "screens", "gauge", "Active screens of outlets.", (double)c.screens);
	metric(b, "screens_left_out", "gauge", "Active screens there was no room for: they show nothing.",
	       (double)c.screens_left_out);
	metric(b, "screen_slots", "gauge", "Slots that are on.", (double)c.slots);
	metric(b, "screen_slots_left_out", "gauge",
	       "Slots that are on and not shown: the oldest that are no emergencies when there are too many, and texts "
	       "too long for a screen.",
	       (double)c.slots_left_out);
	metric(b, "screen_views_failed_total", "counter",
	       "Times that what screens show could not be brought up to date; they go on with what was.",
	       (double)c.failures);
	metric(b, "screen_views_failing", "gauge", "1 while it can't be.", c.failing ? 1 : 0);
}

static void keeping_metrics(struct request *r, uint64_t next)
{
	const struct keeping *k = r->h->o.keep;
	struct names_counts names;
	struct buf *b = &r->out;

	names_counts(k->names, &names);
	metric(b, "dictionary_entries", "gauge", "Tokens that can be turned back.",
	       (double)dictionary_count(k->dictionary));
	metric(b, "dictionary_behind", "gauge", "Positions of the journal that are not in the dictionary yet.",
	       (double)(next > names.folded ? next - names.folded : 0));
	metric(b, "dictionary_unopened_total", "counter",
	       "Sealed names in the journal whose key is gone: the dictionary is older than the journal.",
	       (double)names.unopened);
	metric(b, "dictionary_failures_total", "counter", "Times the journal could not be folded into the dictionary.",
	       (double)names.failures);
	metric(b, "dictionary_expired_total", "counter", "Tokens whose entry aged out.", (double)k->entries_expired);
	metric(b, "quarantine_expired_total", "counter", "Records that aged out, or had to make room for newer ones.",
	       (double)k->records_expired);
	metric(b, "texts_renewed_total", "counter", "Sealed texts of the desk that were sealed anew.",
	       (double)k->texts_renewed);
	metric(b, "keeping_failures_total", "counter", "Times old entries, keys or records could not be removed.",
	       (double)k->failures);
}

void answer_metrics(struct request *r)
{
	struct edition *in_force = reading_take(&r->h->reading);
	struct writer_counts c;
	struct connections_counts n;
	struct buf *b = &r->out;

	writer_counts(r->h->o.writer, &c);
	r->status = 200;
	r->type = "text/plain; version=0.0.4; charset=utf-8";
	metric(b, "events_total", "counter", "Events that came to the writer.", (double)c.events);
	metric(b, "events_accepted_total", "counter", "Events that the engine took.", (double)c.accepted);
	metric(b, "events_late_total", "counter", "Events later than the lateness allows.", (double)c.late);
	metric(b, "events_refused_total", "counter", "Events that named an entity there was no room for.",
	       (double)c.refused);
	metric(b, "events_repeated_total", "counter", "Events whose idempotency key was known.", (double)c.repeated);
	metric(b, "events_shed_total", "counter", "Events turned away because the queue was full.", (double)c.shed);
	metric(b, "records_quarantined_total", "counter", "Records that were no valid event.",
	       (double)r->h->counts.bad_records);
	metric(b, "alerts_total", "counter", "Alerts told.", (double)c.alerts);
	metric(b, "alerts_kept", "gauge", "Alerts whose records the journal still has.",
	       (double)(alertlog_count(r->h->o.log) - alertlog_first(r->h->o.log)));
	metric(b, "groups_total", "counter", "Groups committed; events per group shows how well commits are shared.",
	       (double)c.groups);
	journal_metrics(b, &c);
	metric(b, "queue_events", "gauge", "Events waiting for the writer.", (double)c.queued);
	metric(b, "journal_next_position", "gauge", "The position that the next record gets.", (double)c.next);
	metric(b, "policy_position", "gauge", "Position of the policy in force.", (double)in_force->position);
	metric(b, "pages_total", "counter", "Public pages made.", (double)r->h->counts.pages);
	metric(b, "page_seconds_total", "counter", "Time that making them took, the registry and the journal included.",
	       (double)r->h->counts.page_us / US_PER_SECOND);
	if (r->h->board != NULL) {
		metric(b, "board_posts", "gauge", "Topics and replies that the public board holds.",
		       (double)board_counts(r->h->board).posts);
		metric(b, "board_beyond", "gauge", "Topics and replies that nobody is shown, for want of room.",
		       (double)board_counts(r->h->board).beyond);
	}
	metric(b, "jobs", "gauge", "Jobs that wait or run.", (double)jobs_unfinished(r->h->jobs));
	metric(b, "state_bytes", "gauge", "Memory for windows.", (double)c.engine.state_bytes);
	metric(b, "entity_bytes", "gauge", "Memory for entities.", (double)c.engine.entity_bytes);
	metric(b, "allocations", "gauge", "Blocks of memory in use besides state and entities.", (double)mem_live());
	metric(b, "newest_event_seconds", "gauge", "Time of the newest event, as a Unix time.", (double)c.newest_us / 1e6);
	metric(b, "http_requests_total", "counter", "Requests.", (double)r->h->counts.requests);
	metric(b, "http_unauthorised_total", "counter", "Requests without a valid key.", (double)r->h->counts.unauthorised);
	connections_counts(r->h->connections, &n);
	metric(b, "http_connections", "gauge", "Connections.", (double)n.now);
	metric(b, "http_slow_total", "counter", "Connections closed because a request or its answer took too long.",
	       (double)n.slow);
	metric(b, "http_full_total", "counter", "Connections that came when all places were taken: one had to go.",
	       (double)n.for_room);
	metric(b, "http_guessing_total", "counter", "Requests without a valid key from an address that sends too many.",
	       (double)r->h->counts.guessing);
	metric(b, "alert_streams", "gauge", "Open streams of alerts.", (double)r->h->counts.streams);
	metric(b, "quarantine_open", "gauge", "Records held that were neither mended nor dropped.",
	       (double)held_open_count(r->h->o.keep->held));
	keeping_metrics(r, c.next);
	desk_metrics(b, r->h->o.projector);
	screens_metrics(b, r->h->screens);
	reveal_metrics(r);
	metric(b, "writer_dead", "gauge", "1 after a failed commit: the process must be started anew.", c.dead);
	organisations_metrics(r->h, b);
	edition_drop(in_force);
	if (outbox_thread_outbox(r->h->o.outbox) != NULL)
		outbox_metrics(outbox_thread_outbox(r->h->o.outbox), b);
	if (r->h->o.delivery != NULL)
		desk_notice_metrics(b, r->h->o.delivery, r->h->o.now_us());
}
