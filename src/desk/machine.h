/* machine.h - what kinds of object the desk has and what may happen to each, as data.
 *
 * Idea: an object (a warning, a stop order, an appeal) is a state, some typed fields and some timers; whatever happens to it is a numbered step
 * with the states it may start from, the states it may lead to, the roles that may take it and the fields it needs. The interpreter (desk.h), the permission matrix, the
 * routes, the registry's columns, the documentation and the tests read the same tables; only what a table can't say is a small C function, the step's rule.
 * State 0 is "not made yet", so that making an object is a step like any other.
 *
 * Numbers of kinds, states, fields, steps, timers, roles, choices and refusals are on disk: they are the index in their table. Never change or reuse one; append. A field or
 * step that is no longer wanted keeps its place, and its number is refused (name NULL).
 * This is not the place of any I/O, clock or personal data: names, notes and addresses are references (DESK_REF) to sealed texts. */
#ifndef DUANKA_DESK_MACHINE_H
#define DUANKA_DESK_MACHINE_H
#include "base/buf.h"
#include "base/hash.h"
#include "base/value.h"
#include "desk/limits.h"

enum {
	DESK_FIELDS_MAX = 48,
	DESK_STEPS_MAX = 48,
	DESK_STATES_MAX = 24,
	DESK_TIMERS_MAX = 8,
	DESK_CHOICES_MAX = 32,
	DESK_CODE_MAX = 64,
	DESK_REF_BYTES = 16,
	DESK_POSITIONS_MAX = 8,
	DESK_DIGITS_MAX = 6 /* in a row within a code: an account or phone number cannot hide in one */
};

enum desk_kind {
	DESK_NONE = 0,
	DESK_INCIDENT = 1,
	DESK_WARNING = 2,
	DESK_CARD = 3, /* a phone card, of a person or of a thing */
	DESK_ACCOUNT = 4,
	DESK_STOP = 5,
	DESK_FREEZE = 6,
	DESK_DISCIPLINE = 7,
	DESK_APPEAL = 8,
	DESK_DEVICE_REPORT = 9,
	DESK_CLUE = 10,
	DESK_MEASURE = 11, /* an entry of the lawful ledger */
	DESK_USER = 12,
	DESK_LIMIT = 13, /* a changed limit */
	DESK_QUERY = 14, /* a question to a bank */
	/* outlets, publicity, training and the alliance; decision 17 */
	DESK_OUTLET = 15,
	DESK_SUPPLY = 16, /* an item of the standard at an outlet */
	DESK_INSPECTION = 17,
	DESK_CORRECTION = 18,
	DESK_MATERIAL = 19,
	DESK_PUBLICATION = 20, /* a material on a channel */
	DESK_SCREEN = 21,
	DESK_SLOT = 22, /* of a playlist */
	DESK_BULLETIN = 23,
	DESK_READING = 24, /* of a bulletin, by an outlet or a seat */
	DESK_CAMPAIGN = 25,
	DESK_COURSE = 26,
	DESK_QUESTION = 27,
	DESK_ATTEMPT = 28,
	DESK_GUIDANCE = 29, /* an app installed, an account followed, with help */
	DESK_MATTER = 30,
	DESK_MEETING = 31,
	DESK_JOINT_EVENT = 32,
	DESK_ASSET = 33,
	DESK_MEMBER = 34, /* of the public board */
	DESK_TOPIC = 35,
	DESK_REPLY = 36,
	DESK_ASSESSMENT = 37,
	DESK_KIT = 38, /* what the standard wants of a kind of outlet */
	DESK_KINDS = 39
};

/* What a token stands for. The boundary knows which entity kind of the policy's schema is which (by its name); tokens themselves are the engine's. */
enum desk_entity_kind {
	DESK_ENTITY_NONE = 0,
	DESK_PERSON = 1,
	DESK_PHONE = 2,
	DESK_BANK_ACCOUNT = 3,
	DESK_DEVICE = 4,
	DESK_CELL = 5,
	DESK_NET = 6,    /* link, domain, app, account of an internet service */
	DESK_NUMBER = 7, /* no person's: token.w[1] is a plain number (a limit's) */
	DESK_PLACE = 8,  /* an outlet of a bank or an operator */
	DESK_AGENT = 9,  /* who sells cards or accounts for one */
	DESK_THING = 10, /* an object of the desk; token.w[1] is its id */
	DESK_ENTITY_KINDS = 11
};

struct desk_entity {
	uint8_t kind;       /* enum desk_entity_kind */
	struct token token; /* zero if kind is DESK_ENTITY_NONE */
};

enum desk_type {
	DESK_NO_TYPE,
	DESK_INTEGER,  /* min..max of the field */
	DESK_MONEY,    /* fen, 0..MONEY_FEN_MAX */
	DESK_TIME,     /* microseconds since the epoch, UTC */
	DESK_DURATION, /* microseconds, 0..100 years */
	DESK_CHOICE,   /* number in the field's choices */
	DESK_ENTITY,   /* token of a thing of kind field.entity; never zero */
	DESK_OBJECT,   /* id of an object of kind field.entity (enum desk_kind; 0: any kind); never zero */
	DESK_REF,      /* a text sealed elsewhere, by 16 bytes; never zero */
	DESK_TEXT,     /* the same of a text that whoever may see the object may read; it names nobody */
	DESK_FILE,     /* a picture or paper kept elsewhere (store/files.h), by 16 bytes; never zero */
	DESK_CODE,     /* 1..64 of [A-Za-z0-9_.-], no DESK_DIGITS_MAX + 1 digits in a row */
	DESK_POSITIONS /* evidence: 1..8 positions of the journal, ascending */
};

union desk_value {
	int64_t i; /* INTEGER, MONEY, TIME, DURATION, CHOICE */
	uint64_t id;
	struct token token;
	unsigned char ref[DESK_REF_BYTES];
	struct desk_code {
		uint8_t n;
		char p[DESK_CODE_MAX];
	} code; /* bytes beyond n are zero */
	struct desk_positions {
		uint64_t n;
		uint64_t p[DESK_POSITIONS_MAX];
	} positions; /* beyond n zero */
};

struct desk_choice {
	const char *name, *zh; /* name NULL: number not used */
};
struct desk_choices { /* index = number; 0 is never a choice */
	uint8_t n;
	const struct desk_choice *choice;
};

enum desk_whose { /* what 0 means in a field that has somebody's number */
	DESK_NO_USER, /* no such field */
	DESK_OR_NOBODY,
	DESK_OR_SYSTEM
};

struct desk_field {
	const char *name, *zh; /* snake_case; name NULL: number not used */
	enum desk_type type;
	uint8_t entity;                     /* ENTITY: enum desk_entity_kind; OBJECT: enum desk_kind */
	const struct desk_choices *choices; /* CHOICE */
	int64_t min, max;                   /* INTEGER */
	enum desk_whose user;               /* INTEGER: the number of a user or key */
	bool
		drawn; /* INTEGER: the service draws it at random when it takes the command; no client gives it, and nobody is shown it */
	bool counted; /* the service counts it when it takes the command, from files and the registry; no client gives it */
	bool guarded; /* FILE: about a person; who reads it says why, as of a REF */
	bool link; /* TEXT: an address on the web, http or https; looked at when it comes in (gateway/http_desk_value.c) */
};

/* Roles are bits: 1u << ROLE_X. */
enum desk_role {
	ROLE_SYSTEM = 0,    /* timers and consequences; never journaled with a command from outside */
	ROLE_CONNECTOR = 1, /* a connector that brings answers and receipts of its organisation */
	ROLE_INTAKE = 2,
	ROLE_STOP_SEAT = 3,
	ROLE_DISSUASION = 4, /* 96110 */
	ROLE_ANALYST = 5,
	ROLE_LEADER = 6, /* shift leader: the approver */
	ROLE_DISPATCHER = 7,
	ROLE_APPEALS = 8,
	ROLE_DISCIPLINE = 9, /* the city's discipline officer */
	ROLE_PROVINCE = 10,  /* the province's approver */
	ROLE_QUALITY = 11,
	ROLE_STATION = 12,
	ROLE_GRID = 13,
	ROLE_BANK_DESK = 14,
	ROLE_BANK_OUTLET = 15,
	ROLE_OPERATOR_DESK = 16,
	ROLE_OPERATOR_OUTLET = 17,
	ROLE_MEDIA = 18,
	ROLE_AUDITOR = 19,
	ROLE_CITY_LEADER = 20,
	ROLE_CITIZEN = 21,
	ROLE_ADMIN = 22,
	ROLE_CHANNEL = 23,   /* a member's manager of outlets and agents */
	ROLE_INSPECTOR = 24, /* of outlets, for the centre */
	ROLE_EDITOR = 25,    /* publicity: approves and publishes */
	ROLE_TRAINER = 26,
	ROLE_SECRETARY = 27, /* of the alliance */
	ROLE_DELEGATE = 28,  /* who speaks for a member of the alliance */
	ROLE_MODERATOR = 29, /* of the public board */
	DESK_ROLES = 30
};

enum desk_scope {        /* whose objects a role may step */
	DESK_SCOPE_ALL,      /* the centre's roles */
	DESK_SCOPE_ORG,      /* object.organisation is the command's */
	DESK_SCOPE_DISTRICT, /* object.district is the command's */
	DESK_SCOPE_OWN       /* object.made_by is the command's user */
};

struct desk_role_info {
	const char *name, *zh;
	enum desk_scope scope; /* when an object is made, there is nothing to compare with: every scope holds */
};
extern const struct desk_role_info desk_roles[DESK_ROLES];

/* Why a command changed nothing. X(NAME, name, English, Chinese) */
#define DESK_REFUSALS(X)                                                                                               \
	X(OK, "ok", "accepted", "已受理")                                                                                  \
	X(KIND, "no-such-kind", "there is no such kind of object", "没有这种业务对象")                                     \
	X(STEP, "no-such-step", "this kind of object has no such step", "该对象没有这个步骤")                              \
	X(ABSENT, "absent", "there is no such object", "对象不存在")                                                       \
	X(VERSION, "version", "somebody was faster; load the object again", "对象已被他人更新，请重新载入")                \
	X(STATE, "state", "the step does not start from the state the object is in", "当前状态不能执行该步骤")             \
	X(ROLE, "role", "none of your roles may take this step", "当前角色无权执行该步骤")                                 \
	X(SCOPE, "not-yours", "the object belongs to another organisation, district or person",                            \
	  "对象属于其他单位、辖区或个人")                                                                                  \
	X(INTERNAL, "internal", "this step only follows from another one or from a time limit",                            \
	  "该步骤只能由其他步骤或时限触发")                                                                                \
	X(FIELD_MISSING, "field-missing", "a field that the step needs is missing", "缺少必填项")                          \
	X(FIELD_EXTRA, "field-extra", "the step does not take this field", "该步骤不接受此字段")                           \
	X(FIELD_VALUE, "field-value", "the value is not of the field's type or outside its range", "字段值类型或范围错误") \
	X(FOUR_EYES, "four-eyes", "who proposed cannot approve", "提出人不得审批（四眼原则）")                             \
	X(USER, "user", "the user is not active or does not hold these roles", "用户未启用或不具备该角色")                 \
	X(OTHER_OPEN, "other-open", "an open object about the same subject exists; work on that one",                      \
	  "同一对象已有未办结事项，请在原事项上办理")                                                                      \
	X(NO_BASIS, "no-basis", "the basis named does not allow this measure", "所列法律依据不支持该措施")                 \
	X(NO_EVIDENCE, "no-evidence", "a measure needs evidence: journal positions", "措施须附证据（流水位置）")           \
	X(NO_APPROVER, "no-approver", "the law wants an approver for this measure", "该措施须经审批")                      \
	X(NO_NOTICE, "no-notice", "the person has not been given notice", "尚未告知当事人")                                \
	X(NO_END, "no-end", "a measure needs an end after its start, within the law's limit",                              \
	  "措施须有法定期限内的终止时间")                                                                                  \
	X(STOP_TIMES, "stop-times", "the account was stopped as often as the law allows; ask for a freeze",                \
	  "该账户止付次数已达上限，请转冻结")                                                                              \
	X(NOT_IN_FORCE, "not-in-force", "the order or measure referred to is not in force", "所指措施不在有效期内")        \
	X(NO_PAPERS, "no-papers", "the papers of an order that was carried out first are still missing",                   \
	  "先行止付手续尚未补齐")                                                                                          \
	X(TIME, "time", "the time given is in the future or before what it must follow", "时间早于前置步骤或在未来")       \
	X(TOO_EARLY, "too-early", "the time for this has not come", "尚未到可办理时间")                                    \
	X(TOO_LATE, "too-late", "the time for this is over", "已超过办理期限")                                             \
	X(CURFEW, "curfew", "no messages to people at this hour", "当前时段不得发送短信")                                  \
	X(SENT_TODAY, "sent-today", "this number has had its message today", "该号码今日已发送短信")                       \
	X(PERIOD, "period", "longer than the law allows", "超过法定期限")                                                  \
	X(CHAIN, "chain", "consecutive listings would last longer than five years", "连续惩戒期限累计不得超过五年")        \
	X(GROUND, "ground", "the ground is not proved by the counts or judgement given", "认定依据不足")                   \
	X(KEPT_CARD, "kept-card", "the card to be kept is an involved one", "保留号码为涉案号码")                          \
	X(PERSON_MUST, "person-must", "the person asked for a human decision", "当事人要求人工处理")                       \
	X(OUTCOME, "outcome", "this outcome needs more: a visit, an identity check, another grade",                        \
	  "该反馈结果缺少必要环节")                                                                                        \
	X(SAME, "same", "nothing would change", "没有变化")                                                                \
	X(DEEP, "deep", "too many consequences of one command", "一次操作引发的后续步骤过多")                              \
	X(LOG_IN, "log-in", "a person does this: log in; a key stands for nobody", "须本人登录办理，密钥不代表个人")       \
	X(FEW_QUESTIONS, "few-questions", "the bank has too few questions in use of these types of scam",                  \
	  "题库中该类型在用题目不足")                                                                                      \
	X(ATTEMPTS, "attempts", "no more attempts today", "今日次数已用完，请明天再来")                                    \
	X(HELD_OUT, "held-out", "the lot holds this person out of the campaign, so that its effect can be told",           \
	  "该号码被随机留出，用于评估活动效果，不得触达")                                                                  \
	X(NOT_ASSIGNED, "not-assigned", "this phone is not in the campaign's segment", "该号码不在活动分群内")             \
	X(SEGMENT, "segment", "the campaign's segment is missing, or is not the one that stands in the campaign",          \
	  "分群文件缺失，或与活动登记的不符")                                                                              \
	X(UNWANTED, "unwanted", "this phone wants no texts of publicity", "该号码已拒收宣传短信")

enum desk_refusal {
#define X(name, code, en, zh) DESK_REFUSED_##name,
	DESK_REFUSALS(X)
#undef X
	DESK_REFUSALS_COUNT
};
#define DESK_OK DESK_REFUSED_OK

struct desk_refusal_info {
	const char *name, *en, *zh;
};
extern const struct desk_refusal_info desk_refusals[DESK_REFUSALS_COUNT];

struct desk_state {
	const char *name, *zh;
	bool final; /* nothing is open any more; find-open passes it over */
};

enum desk_flag {
	DESK_INTERNAL = 1, /* follows from another step only */
	DESK_BY_TIMER = 2, /* follows from a timer (or another step) only */
	DESK_BY_SERVICE =
		32, /* what it needs is counted by the service, which has a path of its own for it; the desk has none */
	DESK_NO_PATH = DESK_INTERNAL | DESK_BY_TIMER | DESK_BY_SERVICE,
	DESK_PROPOSES = 4,  /* object.proposer = the user; approver is emptied */
	DESK_FOUR_EYES = 8, /* the user is not object.proposer; object.approver = the user */
	DESK_ASKS =
		16, /* an institution is asked about somebody: who asks, why and about whom is an act of the journal before. Has the fields purpose and case_no */
	DESK_BY_PERSON = 64, /* the rule compares who took earlier steps: a key must not stand in for a person */
	DESK_OF_ALL = 128    /* whoever may take it takes it of all objects, whosever they are */
};

struct desk_turn; /* desk_int.h: what a rule sees */

struct desk_step {
	const char *name, *zh; /* kebab-case, as in routes; name NULL: number not used */
	uint32_t from,
		to; /* bits of states; bit 0 in from: may make the object. 0 in to: the state stays. Several in to: the rule chooses */
	uint32_t roles; /* bits of roles; INTERNAL and BY_TIMER: 0 */
	uint32_t flags;
	uint64_t needed, allowed; /* bits of fields: must be given; may be given too */
	const char *article;      /* what the step follows, for documentation; NULL: our own order of work */
	enum desk_refusal (*rule)(struct desk_turn *t); /* NULL: nothing beyond the table */
};

struct desk_timer {
	const char *name, *zh;
	uint8_t step; /* taken by ROLE_SYSTEM at the due time */
};

/* Fields whose values stand in the object's head as well, because everybody looks for them. 0: none (field 0 is not used). */
struct desk_head_fields {
	uint8_t subject[4]; /* ENTITY and OBJECT fields: the first that the object has when it is made */
	uint8_t also[4];    /* the same: the first that the object has and that is not its subject */
	uint8_t organisation, district, grade;
};

struct desk_machine {
	uint8_t kind;
	char letters[3];       /* one or two: W-8192 */
	const char *name, *zh; /* "stop" */
	const char *route;     /* "stops" */
	uint32_t
		shared; /* bits of states in which everybody who has a role may read it; who may take a step is another matter */
	uint32_t own; /* bits of roles that reach only what they made themselves here, however far they reach elsewhere */
	struct desk_head_fields in_head;
	uint8_t n_states, n_fields, n_steps,
		n_timers; /* sizes of the arrays; index 0 of states, fields and steps is not used */
	const struct desk_state *state;
	const struct desk_field *field;
	const struct desk_step *step;
	const struct desk_timer *timer; /* from 0 */
};

/* NULL: no such kind, or a number that is not used. */
const struct desk_machine *desk_machine(uint32_t kind);
/* The next number that is a kind; 0: there is none. Begin with 0. */
uint32_t desk_kind_after(uint32_t kind);
uint32_t desk_kind_find(struct text name);                              /* by name or route; 0: none */
uint32_t desk_field_find(const struct desk_machine *m, struct text n);  /* 0: none */
uint32_t desk_step_find(const struct desk_machine *m, struct text n);   /* 0: none */
uint32_t desk_state_find(const struct desk_machine *m, struct text n);  /* 0: none */
uint32_t desk_role_find(struct text n);                                 /* DESK_ROLES: none */
uint32_t desk_choice_find(const struct desk_choices *c, struct text n); /* 0: none */
/* The code of a field of this type: letters, digits, _ . - ; see DESK_CODE. */
bool desk_code_ok(struct text t);
/* Whether a client gives it: it is there, and the service neither draws nor counts it. */
bool desk_field_given(const struct desk_field *f);
/* Whether the value may stand in the field. */
bool desk_value_ok(const struct desk_field *f, const union desk_value *v);
/* How far the role reaches among objects of this kind. */
enum desk_scope desk_scope_of(const struct desk_machine *m, uint32_t role);
/* Whether the step's table row lets one of these roles in, whoever the object belongs to. For a quick no before journaling. */
bool desk_may(const struct desk_step *s, uint32_t roles);

/* All machines as text: states, fields, steps, timers, roles, limits. The same build gives the same bytes. */
void desk_machines_print(struct buf *out);
/* Roles x steps as Markdown; doc/desk-permissions.md is this text. */
void desk_matrix_print(struct buf *out);

#endif
