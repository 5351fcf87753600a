/* http_motions.c - changes of the policy by two people: one proposes, another approves or refuses. Who proposed may
 * withdraw.
 *
 * What became of one is read off the journal: if a policy that was in force was put there by the proposal, that act
 * names it. So a crash between the job and the note of it loses nothing. A proposal is about the policy that was in
 * force when it was made: when another one came in between, nobody has seen what approving it would do, and it is
 * stale. Who decides claims the proposal before anything is done (motions.h): of two who decide at once one does. */
#include <inttypes.h>
#include "base/clock.h"
#include "base/mem.h"
#include "gateway/http_desk_int.h"
#include "gateway/policy_change.h"
#include "gateway/editions.h"

enum standing {
	STANDING_WAITING,
	STANDING_STALE,    /* another policy came in between */
	STANDING_APPROVED, /* its job is on its way */
	STANDING_FAILED,   /* its job was given up or came to nothing: it may be approved again */
	STANDING_IN_FORCE, /* put in force; perhaps followed by others since */
	STANDING_REFUSED,
	STANDING_WITHDRAWN, /* refused by who proposed it */
	STANDING_CLAIMED    /* somebody is deciding at this moment, nobody knows what */
};
static const char *const standing_names[] = { "waiting",  "stale",   "approved",  "failed",
	                                          "in-force", "refused", "withdrawn", "waiting" };

struct reading_motions { /* what says how a motion stands */
	struct request *r;
	uint64_t job; /* the change that is on its way; looked at before the versions */
	struct editions l;
	uint64_t *moved_by; /* of each edition: the proposal that put it in force; 0: none */
	const char *comma;
	bool with_files;
	enum err e;
};

/* ---- who ---- */

/* The user at the desk, of a session or of a key with a place there; 0: none. */
static uint64_t user_of(const struct request *r)
{
	return r->session.user != 0 ? r->session.user : r->entry != NULL ? r->entry->user : 0;
}

static bool same(uint64_t user, struct text name, uint64_t other, struct text other_name)
{
	return user == other && (user != 0 || text_eq(name, other_name));
}

static bool own(const struct request *r, const struct motion *m)
{
	char name[CALLER_NAME_MAX + 1];

	caller_name(&r->who, name);
	return same(user_of(r), text_z(name), m->made_user, m->made_by);
}

/* A person may hold a key beside a user, so whether a key and a user are two nobody can tell. False: the answer is
 * set. */
static bool somebody_else(struct request *r, const struct motion *m)
{
	bool person = user_of(r) >= DESK_USER_FIRST, by_person = m->made_user >= DESK_USER_FIRST;

	if (r->in_force->config.policy_eyes < 2 || (person == by_person && !own(r, m)))
		return true;
	answer_problem(
		r, 403, "four-eyes", "Somebody else has to decide about it 须由他人审批",
		person == by_person
			? "who proposed a change may only withdraw it; service.policy_eyes = 1 lets one person do both"
			: "a key stands for nobody, so a user and a key are not two people: propose it again, logged in");
	return false;
}

/* ---- how it stands ---- */

/* The proposal that an act put in force; 0: none. */
static uint64_t moved_by(const struct shard_version *v)
{
	json_t *act = v->act == NULL ? NULL : json_loadb(v->act, v->act_n, 0, NULL);
	const json_t *j = json_object_get(act, "proposal");
	uint64_t id = json_is_integer(j) ? (uint64_t)json_integer_value(j) : 0;

	json_decref(act);
	return id;
}

static void end_reading(struct reading_motions *x)
{
	mem_free(x->moved_by);
	editions_release(&x->l);
}

static bool begin_reading(struct request *r, struct reading_motions *x)
{
	*x = (struct reading_motions){ .r = r, .comma = "" };
	if (r->h->o.motions == NULL) {
		answer_problem(r, 503, "proposals", "Proposals are not kept here",
		               "this service was started without a place for them");
		return false;
	}
	x->job = jobs_unfinished_of(r->h->jobs, "policy");
	if (!editions_take(r, &x->l))
		return false;
	x->moved_by = mem_alloc_array((size_t)x->l.n + 1, sizeof(*x->moved_by));
	if (x->moved_by == NULL) {
		end_reading(x);
		answer_problem(r, 503, "memory", "Out of memory", "try again");
		return false;
	}
	for (uint32_t i = 0; i < x->l.n; i++)
		x->moved_by[i] = moved_by(&x->l.version[i]);
	return true;
}

/* Position at which it took effect; 0: it did not. */
static uint64_t effect_of(const struct reading_motions *x, uint64_t id)
{
	for (uint32_t i = x->l.n; i-- > 0;)
		if (x->moved_by[i] == id)
			return x->l.version[i].position;
	return 0;
}

static enum standing standing_of(const struct reading_motions *x, const struct motion *m, uint64_t *position)
{
	*position = effect_of(x, m->id);
	if (*position != 0)
		return STANDING_IN_FORCE;
	if (m->state == MOTION_CLAIMED)
		return STANDING_CLAIMED;
	if (m->state == MOTION_REFUSED)
		return same(m->made_user, m->made_by, m->settled_user, m->settled_by) ? STANDING_WITHDRAWN : STANDING_REFUSED;
	if (m->state == MOTION_APPROVED && m->job == x->job)
		return STANDING_APPROVED;
	if (m->base != x->l.version[x->l.n - 1].position)
		return STANDING_STALE;
	return m->state == MOTION_APPROVED ? STANDING_FAILED : STANDING_WAITING;
}

/* ---- told ---- */

static void put_text(struct buf *b, const char *name, struct text t)
{
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, t);
}

static void put_when(struct buf *b, const char *name, int64_t us)
{
	buf_printf(b, ",\"%s\":\"", name);
	clock_format(b, us, &clock_shanghai);
	buf_char(b, '"');
}

static void put_user(struct buf *b, const char *name, uint64_t user)
{
	buf_printf(b, ",\"%s\":", name);
	desk_put_user(b, user);
}

static void put_who(struct buf *b, const char *name, const char *user_name, struct text by, uint64_t user)
{
	put_text(b, name, by);
	put_user(b, user_name, user);
}

static void put_files(struct reading_motions *x, struct text payload)
{
	struct policy_file *file = mem_alloc_array(POLICY_FILES_MAX, sizeof(*file));
	struct buf *b = &x->r->out;
	struct text lists;
	uint16_t n = 0;

	x->e = file == NULL ? ERR_MEMORY : edition_take_files(payload, file, &n, &lists);
	buf_z(b, ",\"files\":[");
	for (uint16_t i = 0; x->e == ERR_OK && i < n; i++) {
		buf_z(b, i > 0 ? ",{\"path\":" : "{\"path\":");
		buf_json(b, file[i].path);
		put_text(b, "text", file[i].text);
		buf_char(b, '}');
	}
	buf_char(b, ']');
	mem_free(file);
}

static void put_motion(void *ctx, const struct motion *m)
{
	struct reading_motions *x = ctx;
	struct buf *b = &x->r->out;
	uint64_t position;
	enum standing standing = standing_of(x, m, &position);

	buf_printf(b, "%s{\"id\":%" PRIu64 ",\"state\":\"%s\",\"act\":", x->comma, m->id, standing_names[standing]);
	buf_json(b, m->act);
	buf_text(b, m->members);
	put_who(b, "who", "user", m->made_by, m->made_user);
	put_when(b, "time", m->made_us);
	put_text(b, "why", m->why);
	put_text(b, "digest", m->digest);
	buf_printf(b, ",\"base\":%" PRIu64 ",\"journaled\":%" PRIu64 ",\"own\":%s", m->base, m->position,
	           own(x->r, m) ? "true" : "false");
	if (m->state == MOTION_APPROVED || m->state == MOTION_REFUSED) {
		buf_z(b, ",\"decided\":{\"approved\":");
		buf_z(b, m->state == MOTION_APPROVED ? "true" : "false");
		put_who(b, "who", "user", m->settled_by, m->settled_user);
		put_when(b, "time", m->settled_us);
		put_text(b, "why", m->settled_why);
		if (m->job != 0)
			buf_printf(b, ",\"job\":\"%" PRIu64 "\"", m->job);
		buf_char(b, '}');
	}
	if (position != 0)
		buf_printf(b, ",\"position\":%" PRIu64, position);
	if (x->with_files)
		put_files(x, m->texts);
	buf_char(b, '}');
	x->comma = ",";
}

static void answer_store(struct request *r, enum err e)
{
	buf_clear(&r->out);
	if (e == ERR_ABSENT)
		answer_problem(r, 404, "unknown", "No such proposal", "GET /v1/policies/proposals has them");
	else if (e == ERR_CAP)
		answer_problem(r, 409, "proposals", "Too many proposals wait, or this one is too large",
		               "20 wait at most, each with 8 MiB of texts: have some approved or refused");
	else if (e == ERR_RANGE)
		answer_problem(
			r, 409, "proposals", "Too many of your proposals wait 您待审批的提案过多",
			"5 of one proposer wait at most: have some approved, or withdraw some by refusing them yourself");
	else
		answer_problem(r, 503, "proposals", "The proposals can't be read or written", err_name(e));
}

static void run_list(struct request *r)
{
	struct reading_motions x;
	enum err e;

	if (!begin_reading(r, &x))
		return;
	buf_printf(&r->out, "{\"eyes\":%" PRIu64 ",\"proposals\":[", r->in_force->config.policy_eyes);
	e = motions_list(r->h->o.motions, put_motion, &x);
	buf_z(&r->out, "]}\n");
	r->status = 200;
	if (e != ERR_OK)
		answer_store(r, e);
	end_reading(&x);
}

static uint64_t id_of(const struct request *r)
{
	int64_t id;

	return text_to_int(r->arg[0], &id) == ERR_OK && id > 0 ? (uint64_t)id : 0;
}

static void run_one(struct request *r)
{
	struct reading_motions x;
	enum err e;

	if (!begin_reading(r, &x))
		return;
	x.with_files = true;
	e = motions_one(r->h->o.motions, id_of(r), put_motion, &x);
	buf_char(&r->out, '\n');
	r->status = 200;
	if (e != ERR_OK || x.e != ERR_OK)
		answer_store(r, e != ERR_OK ? e : x.e);
	end_reading(&x);
}

/* ---- proposing ---- */

static void begin_act(struct buf *b, const char *act, const struct request *r, struct text why)
{
	if (user_of(r) != 0)
		desk_act_begin(b, act, r, user_of(r), why);
	else
		act_begin(b, act, &r->who, why);
}

/* The act that it was moved; only then it counts. */
static void note_motion(struct request *r, const struct motion *m, uint64_t id)
{
	uint64_t position;
	struct buf act;
	enum err e;

	begin_act(&act, "policy-proposed", r, m->why);
	act_number(&act, "proposal", (int64_t)id);
	act_text(&act, "change", m->act);
	act_number(&act, "base", (int64_t)m->base);
	act_text(&act, "digest", m->digest);
	if (!http_act(r, &act, NULL, NULL, &position)) {
		e = motions_drop(r->h->o.motions, id);
		(void)e; /* what stays without its act is gone at the next start, and shown to nobody until then */
		return;
	}
	e = motions_noted(r->h->o.motions, id, position);
	if (e != ERR_OK) {
		answer_store(r, e);
		return;
	}
	buf_printf(&r->out, "{\"id\":%" PRIu64 ",\"digest\":", id);
	buf_json(&r->out, m->digest);
	buf_printf(&r->out, ",\"base\":%" PRIu64 "}\n", m->base);
	r->status = 201;
}

static void move(struct request *r, const struct change *c, struct text why)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1], name[CALLER_NAME_MAX + 1];
	struct motion m = { .made_us = r->h->o.now_us(),
		                .made_user = user_of(r),
		                .made_by = text_of(name, 0),
		                .act = text_z(c->act),
		                .members = buf_view(&c->members),
		                .why = why,
		                .digest = text_of(digest, sizeof(digest) - 1),
		                .base = c->made_at,
		                .texts = buf_view(&c->p.payload) };
	uint64_t id = 0;
	enum err e;

	caller_name(&r->who, name);
	m.made_by = text_z(name);
	proposal_digest(&c->p, digest);
	e = r->h->o.motions == NULL ? ERR_STOPPED : motions_add(r->h->o.motions, &m, &id);
	if (e != ERR_OK)
		answer_store(r, e);
	else
		note_motion(r, &m, id);
}

static bool take_change(struct request *r, const json_t *body, struct change *c)
{
	const json_t *rule = json_object_get(body, "rule");
	int ways = (json_object_get(body, "files") != NULL) + (json_object_get(body, "to") != NULL) + (rule != NULL);

	if (ways != 1 || (rule != NULL && !json_is_string(rule))) {
		answer_problem(
			r, 400, "body", "The request is wrong",
			"one of \"files\", \"to\" (a position), \"rule\" with \"mode\", as the paths that change at once have them");
		return false;
	}
	if (rule != NULL)
		return change_mode(r, text_of(json_string_value(rule), json_string_length(rule)), body, c);
	return json_object_get(body, "files") != NULL ? change_to_files(r, body, c) : change_back(r, body, c);
}

static void run_propose(struct request *r)
{
	json_t *body = change_by_person(r) ? request_json(r) : NULL;
	struct change c;
	struct text why;

	if (body == NULL)
		return;
	if (request_why(r, body, &why) && take_change(r, body, &c)) {
		if (c.same)
			answer_problem(r, 409, "same", "The rule has this mode already", "there is nothing to change");
		else if (change_extends(r, &c.p))
			move(r, &c, why);
		change_release(&c);
	}
	json_decref(body);
}

/* ---- deciding ---- */

struct copied { /* of a motion, for longer than a visit */
	struct reading_motions x;
	struct motion m, was; /* was: id, state and job, read before jobs and editions: what is claimed */
	enum standing standing;
	struct buf texts, words;
	const char *act;
};

static void copy(void *ctx, const struct motion *m)
{
	static const char *const acts[] = { "policy", "policy-rollback", "rule-mode" };
	struct copied *c = ctx;
	uint64_t position;

	c->m = *m;
	c->standing = standing_of(&c->x, m, &position);
	buf_text(&c->texts, m->texts);
	buf_text(&c->words, m->made_by);
	buf_text(&c->words, m->members);
	buf_text(&c->words, m->digest);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (text_eq(m->act, text_z(acts[i])))
			c->act = acts[i];
	c->m.texts = buf_view(&c->texts);
	if (c->words.err == ERR_OK) { /* only now: the buffer has moved */
		c->m.made_by = text_of(buf_view(&c->words).p, m->made_by.n);
		c->m.members = text_of(c->m.made_by.p + m->made_by.n, m->members.n);
		c->m.digest = text_of(c->m.members.p + m->members.n, m->digest.n);
	}
}

static void copy_was(void *ctx, const struct motion *m)
{
	struct motion *was = ctx;

	*was = (struct motion){ .id = m->id, .state = m->state, .job = m->job };
}

static void copied_release(struct copied *c)
{
	end_reading(&c->x);
	buf_release(&c->texts);
	buf_release(&c->words);
}

static const char *settled_as(enum standing s)
{
	static const char *const how[] = { [STANDING_APPROVED] = "it is approved",
		                               [STANDING_IN_FORCE] = "it is in force",
		                               [STANDING_REFUSED] = "it is refused",
		                               [STANDING_WITHDRAWN] = "it is withdrawn",
		                               [STANDING_CLAIMED] = "it is being decided" };
	return how[s];
}

/* The motion, still open. False: the answer is set, and there is nothing to release. */
static bool take_open(struct request *r, struct copied *c)
{
	enum err e;

	*c = (struct copied){ .act = NULL };
	buf_init(&c->texts, MOTION_BYTES_MAX);
	buf_init(&c->words, 1 << 16);
	/* Twice: a job that begins between the look at jobs and the look at the motion would seem to have come to nothing. The
	 * motion is then not what it was, and can't be claimed. */
	e = r->h->o.motions == NULL ? ERR_OK : motions_one(r->h->o.motions, id_of(r), copy_was, &c->was);
	if (!begin_reading(r, &c->x))
		return false;
	if (e == ERR_OK)
		e = motions_one(r->h->o.motions, id_of(r), copy, c);
	if (e == ERR_OK)
		e = c->texts.err != ERR_OK ? c->texts.err : c->words.err;
	if (e == ERR_OK && c->act == NULL)
		e = ERR_FORMAT;
	if (e == ERR_OK &&
	    (c->standing == STANDING_WAITING || c->standing == STANDING_STALE || c->standing == STANDING_FAILED))
		return true;
	if (e != ERR_OK)
		answer_store(r, e);
	else
		answer_problem(r, 409, "settled", "It was decided already", settled_as(c->standing));
	copied_release(c);
	return false;
}

/* From here on nobody else decides. False: the answer is set. */
static bool claim(struct request *r, const struct motion *was)
{
	enum err e = motions_claim(r->h->o.motions, was);

	if (e == ERR_ABSENT)
		answer_problem(r, 409, "settled", "It was decided meanwhile", "GET it to see how");
	else if (e != ERR_OK)
		answer_store(r, e);
	return e == ERR_OK;
}

/* Nothing came of it. When that can't be written, nobody decides about the motion until the next start, which lets
 * it go. */
static void unclaim(struct request *r, const struct motion *m)
{
	enum err e = motions_unclaim(r->h->o.motions, m->id);

	(void)e;
}

static struct motion decision(struct request *r, enum motion_state state, struct text why,
                              char name[CALLER_NAME_MAX + 1])
{
	caller_name(&r->who, name);
	return (struct motion){ .state = state,
		                    .settled_us = r->h->o.now_us(),
		                    .settled_user = user_of(r),
		                    .settled_by = text_z(name),
		                    .settled_why = why };
}

/* Claimed, until the job is on its way. */
static void begin_change(struct request *r, const struct motion *m, struct change *change, struct text why)
{
	char name[CALLER_NAME_MAX + 1];
	struct motion d = decision(r, MOTION_APPROVED, why, name);
	struct buf more;
	enum err e;

	buf_init(&more, 1 << 12);
	act_number(&more, "proposal", (int64_t)m->id);
	act_text(&more, "proposed_by", m->made_by);
	put_user(&more, "proposed_user", m->made_user);
	if (r->who.user == 0) /* that of a session is in every act */
		put_user(&more, "user", user_of(r));
	change->base = m->base;
	d.job = change_begin(r, change, why, buf_view(&more));
	if (d.job == 0) {
		unclaim(r, m);
	} else {
		/* If it fails the claim stays, so nobody refuses what takes effect: the job's act will name the motion. */
		e = motions_settle(r->h->o.motions, m->id, &d);
		(void)e;
	}
	buf_release(&more);
}

static void approve(struct request *r, struct copied *c, struct text why)
{
	char digest[2 * EDITION_DIGEST_BYTES + 1];
	struct change change;

	if (!somebody_else(r, &c->m))
		return;
	if (c->standing == STANDING_STALE) {
		answer_problem(r, 409, "changed", "Another policy came in between",
		               "it was made against one that is not in force any more: propose it again");
		return;
	}
	if (!change_again(r, c->act, c->m.members, c->m.texts, &change))
		return;
	proposal_digest(&change.p, digest);
	if (!text_eq(c->m.digest, text_z(digest)))
		answer_problem(r, 503, "proposal", "The proposal's texts are not those that were proposed", "propose it again");
	else if (claim(r, &c->was))
		begin_change(r, &c->m, &change, why);
	change_release(&change);
}

static void refuse(struct request *r, struct copied *c, struct text why)
{
	char name[CALLER_NAME_MAX + 1];
	struct motion d = decision(r, MOTION_REFUSED, why, name);
	bool withdrawn = own(r, &c->m);
	uint64_t position;
	struct buf act;
	enum err e;

	if (!claim(r, &c->was))
		return;
	begin_act(&act, withdrawn ? "policy-withdrawn" : "policy-refused", r, why);
	act_number(&act, "proposal", (int64_t)c->m.id);
	act_text(&act, "digest", c->m.digest);
	if (!http_act(r, &act, NULL, NULL, &position)) {
		unclaim(r, &c->m);
		return;
	}
	e = motions_settle(r->h->o.motions, c->m.id, &d);
	if (e != ERR_OK) {
		answer_store(r, e);
		return;
	}
	buf_printf(&r->out, "{\"id\":%" PRIu64 ",\"state\":\"%s\"}\n", c->m.id,
	           standing_names[withdrawn ? STANDING_WITHDRAWN : STANDING_REFUSED]);
	r->status = 200;
}

static void decide(struct request *r, void how(struct request *r, struct copied *c, struct text why))
{
	json_t *body = request_json(r);
	struct copied c;
	struct text why;

	if (body != NULL && request_why(r, body, &why) && take_open(r, &c)) {
		how(r, &c, why);
		copied_release(&c);
	}
	json_decref(body);
}

static void run_approve(struct request *r)
{
	if (change_by_person(r))
		decide(r, approve);
}

static void run_refuse(struct request *r)
{
	decide(r, refuse);
}

const struct route http_motions_routes[] = {
	{ "GET", "/v1/policies/proposals", SCOPE_POLICIES, ROUTE_SLOW, run_list },
	{ "POST", "/v1/policies/proposals", SCOPE_POLICIES, ROUTE_SLOW, run_propose },
	{ "GET", "/v1/policies/proposals/*", SCOPE_POLICIES, ROUTE_SLOW, run_one },
	{ "POST", "/v1/policies/proposals/*/approve", SCOPE_POLICIES, ROUTE_SLOW, run_approve },
	{ "POST", "/v1/policies/proposals/*/refuse", SCOPE_POLICIES, ROUTE_SLOW, run_refuse },
	{ NULL, NULL, 0, ROUTE_QUICK, NULL },
};
