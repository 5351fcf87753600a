/* kit.c - the standard of outlets; see kit.h. */
#include "desk/kit.h"
#include "desk/desk_int.h"

static const struct desk_choice item_choice[KIT_ITEMS] = {
	[ITEM_PAPER_SIGN] = { "paper-sign", "纸质标识" },
	[ITEM_ACRYLIC_SIGN] = { "acrylic-sign", "亚克力标识" },
	[ITEM_POSTER_CARD] = { "poster-card", "断卡行动海报" },
	[ITEM_POSTER_APP] = { "poster-app", "国家反诈中心App海报" },
	[ITEM_POSTER_ACCOUNT] = { "poster-account", "公安反诈骗服务号海报" },
	[ITEM_POSTER_SCREEN] = { "poster-screen", "海报屏" },
	[ITEM_TV_LOOP] = { "tv-loop", "电视循环播放" },
	[ITEM_STAND] = { "stand", "展架" },
	[ITEM_NOTICE_96110] = { "notice-96110", "96110提示牌" },
	[ITEM_QUIZ] = { "quiz", "员工测试合格" },
};
const struct desk_choices kit_items = { KIT_ITEMS, item_choice };
static const struct desk_choice type_choice[OUTLET_TYPES] = {
	[OUTLET_TYPE_BANK] = { "bank-outlet", "银行网点" },
	[OUTLET_TYPE_HALL] = { "operator-hall", "营业厅" },
	[OUTLET_TYPE_AGENT] = { "agent", "代理点" },
	[OUTLET_TYPE_SELF_SERVICE] = { "self-service", "自助网点" },
};
const struct desk_choices outlet_types = { OUTLET_TYPES, type_choice };

struct desk_entity kit_key(uint32_t type, bool flagship)
{
	return (struct desk_entity){ DESK_NUMBER, { { 0, type | (uint64_t)flagship << 8 } } };
}

static enum desk_refusal draft(struct desk_turn *t)
{
	struct desk_entity key = kit_key((uint32_t)desk_i(t->o, KIT_F_TYPE), desk_i(t->o, KIT_F_FLAGSHIP) != 0);

	memset(&t->o->value[KIT_F_KEY], 0, sizeof(t->o->value[KIT_F_KEY]));
	t->o->value[KIT_F_KEY].token = key.token;
	t->o->has |= F(KIT_F_KEY);
	return DESK_OK;
}

/* The one in force until now is replaced, and its number counted on. */
static enum desk_refusal approve(struct desk_turn *t)
{
	uint64_t id = UINT64_MAX;
	enum desk_refusal no = DESK_OK;

	desk_set_i(t->o, KIT_F_VERSION, 1);
	for (uint32_t i = 0; i < DESK_ABOUT_MAX && no == DESK_OK; i++) {
		const struct desk_object *k;

		id = turn_about(t, DESK_KIT, t->o->subject, id);
		k = turn_peek(t, id);
		if (!k)
			break;
		if (k->id == t->o->id || k->state != KIT_APPROVED)
			continue;
		desk_set_i(t->o, KIT_F_VERSION, desk_i(k, KIT_F_VERSION) + 1);
		no = turn_step(t, DESK_KIT, KIT_DO_REPLACE, id);
	}
	return no;
}

static const struct desk_state state[KIT_STATES] = {
	[KIT_DRAFT] = { "draft", "草案", false },
	[KIT_APPROVED] = { "approved", "已批准", false },
	[KIT_REPLACED] = { "replaced", "已被替代", true },
	[KIT_REJECTED] = { "rejected", "未批准", true },
};
#define PIECES(item, name, zh) [KIT_F_PIECES + (item)] = { name, zh, DESK_INTEGER, .max = KIT_PIECES_MAX }
static const struct desk_field field[KIT_F_FIELDS] = {
	[KIT_F_TYPE] = { "type", "网点类型", DESK_CHOICE, .choices = &outlet_types },
	[KIT_F_FLAGSHIP] = { "flagship", "旗舰", DESK_INTEGER, .max = 1 },
	[KIT_F_KEY] = { "key", "适用编号", DESK_ENTITY, DESK_NUMBER },
	PIECES(ITEM_PAPER_SIGN, "paper_sign", "纸质标识"),
	PIECES(ITEM_ACRYLIC_SIGN, "acrylic_sign", "亚克力标识"),
	PIECES(ITEM_POSTER_CARD, "poster_card", "断卡行动海报"),
	PIECES(ITEM_POSTER_APP, "poster_app", "国家反诈中心App海报"),
	PIECES(ITEM_POSTER_ACCOUNT, "poster_account", "公安反诈骗服务号海报"),
	PIECES(ITEM_POSTER_SCREEN, "poster_screen", "海报屏"),
	PIECES(ITEM_TV_LOOP, "tv_loop", "电视循环播放"),
	PIECES(ITEM_STAND, "stand", "展架"),
	PIECES(ITEM_NOTICE_96110, "notice_96110", "96110提示牌"),
	PIECES(ITEM_QUIZ, "quiz", "员工测试合格"),
	[KIT_F_VERSION] = { "version", "版本", DESK_INTEGER, .max = 1000000 },
	[KIT_F_NOTE] = { "note", "说明", DESK_TEXT },
};
#define AUTHORS (R(SECRETARY) | R(EDITOR) | R(INSPECTOR) | R(LEADER))
#define ALL_PIECES (((F(KIT_ITEMS) - 1) & ~F(0)) << KIT_F_PIECES)
static const struct desk_step step[KIT_DO_STEPS] = {
	[KIT_DO_DRAFT] = { "draft", "起草", S_NEW, S(KIT_DRAFT), AUTHORS, DESK_PROPOSES, F(KIT_F_TYPE),
	                   F(KIT_F_FLAGSHIP) | ALL_PIECES | F(KIT_F_NOTE), NULL, draft },
	[KIT_DO_CHANGE] = { "change", "修改", S(KIT_DRAFT), 0, AUTHORS, DESK_PROPOSES, 0, ALL_PIECES | F(KIT_F_NOTE), NULL,
	                    NULL },
	[KIT_DO_APPROVE] = { "approve", "批准", S(KIT_DRAFT), S(KIT_APPROVED), R(SECRETARY) | R(LEADER), DESK_FOUR_EYES, 0,
	                     0, NULL, approve },
	[KIT_DO_REJECT] = { "reject", "不批准", S(KIT_DRAFT), S(KIT_REJECTED), AUTHORS, 0, 0, F(KIT_F_NOTE), NULL, NULL },
	[KIT_DO_REPLACE] = { "replace", "替代", S(KIT_APPROVED), S(KIT_REPLACED), 0, DESK_INTERNAL, 0, 0, NULL, NULL },
};

const struct desk_machine desk_kit = {
	.kind = DESK_KIT,
	.letters = "KT",
	.name = "kit",
	.zh = "标准配置",
	.route = "kits",
	.shared = S(KIT_APPROVED),
	.in_head = { .subject = { KIT_F_KEY } },
	.n_states = KIT_STATES,
	.n_fields = KIT_F_FIELDS,
	.n_steps = KIT_DO_STEPS,
	.n_timers = 0,
	.state = state,
	.field = field,
	.step = step,
	.timer = NULL,
};
