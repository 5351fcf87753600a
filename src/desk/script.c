/* script.c - scripts: what holds for every type of scam, and how lines are found; see script.h. */
#include "desk/desk.h"
#include "desk/script_int.h"

const struct script_part_info script_parts[SCRIPT_PARTS] = {
	[SCRIPT_CALL] = { "call", "电话开场", "Opening on the phone", true },
	[SCRIPT_MACHINE] = { "machine", "智能外呼开场", "Opening of the automatic call", true },
	[SCRIPT_DOOR] = { "door", "上门开场", "Opening at the door", true },
	[SCRIPT_CHECK] = { "check", "怎样核实是真的", "How to check that it is really us", true },
	[SCRIPT_ASK] = { "ask", "问什么", "What to ask", true },
	[SCRIPT_SPELL] = { "spell", "点破骗局", "What breaks the spell", true },
	[SCRIPT_NOW] = { "now", "现在怎么办", "What to do now", true },
	[SCRIPT_PAID] = { "paid", "钱已转出", "When the money is gone", true },
	[SCRIPT_REFUSES] = { "refuses", "不信或不愿听", "When they don't believe it", true },
	[SCRIPT_BUSY] = { "busy", "占线或不接", "When the line is busy or nobody answers", false },
	[SCRIPT_OTHERS] = { "others", "家人或旁人接听", "When a relative or a witness answers", true },
	[SCRIPT_NEVER] = { "never", "不能说、不能做", "What never to say or do", false },
};

static const struct script_line call[] = {
	{ "您好，这里是反诈中心96110。您可能正在被骗，我来提醒您，耽误您两分钟。",
	  "Hello, this is the anti-fraud centre, 96110. Somebody may be cheating you right now. Give me two minutes." },
	{ "我不问您密码和验证码，不要您转钱，也不让您点链接、装软件。",
	  "I won't ask for passwords or codes, I won't ask for money, and you needn't open a link or install anything." },
	{ 0 },
};
static const struct script_line machine[] = {
	{ "您好，这里是反诈中心96110的自动语音提醒。您可能遇到了诈骗，请先不要转账。",
	  "Hello, this is an automatic call of the anti-fraud centre, 96110. You may be facing a scam. Don't pay for now." },
	{ "本次通话不会问您密码和验证码，也不会要您转钱。要找人工，请挂断后自己拨96110。",
	  "This call asks for no password, no code and no money. To speak with a person, hang up and dial 96110 yourself." },
	{ 0 },
};
static const struct script_line door[] = {
	{ "您好，我们是派出所民警，这是证件，请您看清楚。我们来是怕您被骗。",
	  "Hello, we are police from the local station. Here are our cards, take your time. We came because you may be "
	  "being cheated." },
	{ "我们不收钱，不看密码和验证码，也不拿您的卡。说几句话，您就明白了。",
	  "We take no money, look at no password or code, and take no card of yours. A few words and you will see why." },
	{ 0 },
};
static const struct script_line check[] = {
	{ "来电号码可以伪造。不放心就挂断，自己按96110打过来；不要点回拨。",
	  "A shown number can be forged. If in doubt, hang up and dial 96110 yourself. Don't use call back." },
	{ "也可以换一部手机打，或者就近到派出所当面问。",
	  "Or dial from another phone, or go to the nearest police station and ask there." },
	{ 0 },
};
static const struct script_line now[] = {
	{ "先停手：现在不转账，不取现，不贷款，验证码谁也不给。",
	  "Stop first: no transfer, no cash, no loan now, and no code to anybody." },
	{ "如果正在共享屏幕或开视频会议，马上退出，断开网络。",
	  "If you share your screen or are in an online meeting, leave it at once and go offline." },
	{ "聊天、转账记录和软件都别删，留着当证据。", "Delete nothing: chats, payments and apps are evidence." },
	{ "卡里还有钱，就打银行卡背面的客服电话，或者去网点，请银行先把账户保护起来。",
	  "If money is left, call the number on the back of your bank card or go to a branch, and have the account "
	  "protected." },
	{ 0 },
};
static const struct script_line paid[] = {
	{ "钱已经转了，马上打110报警，越早越有机会拦住，一分钟都别等。",
	  "If you have paid, call 110 now. The sooner, the better the chance to stop it. Don't wait a minute." },
	{ "准备好这几样：转账时间、金额、对方户名账号、转账截图。报警时告诉接警员。",
	  "Have ready: when, how much, the payee's name and account, a picture of the payment. Tell them to the officer at 110." },
	{ "再给您的银行打电话，说被骗了，问这笔钱能不能拦。",
	  "Then call your bank, say that you were cheated, and ask whether this payment can still be stopped." },
	{ "谁说交钱就能帮您把钱追回来，那是第二次骗您。我们不能保证追回，但会尽快去拦。",
	  "Who offers to get it back for a fee cheats you again. We can't promise it comes back; we try to stop it fast." },
	{ 0 },
};
static const struct script_line refuses[] = {
	{ "您可以不信我。请您只做一件事：半小时内不转钱，先跟家人说一声，再自己打96110。",
	  "You needn't believe me. Do one thing: pay nothing for half an hour, tell your family, then dial 96110 yourself." },
	{ "真的事情，等半小时不会坏；催您马上转、不许挂电话的，十有八九是骗子。",
	  "What is true can wait half an hour. Who rushes you and forbids you to hang up is almost surely a swindler." },
	{ 0 },
};
static const struct script_line busy[] = {
	{ "占线也可能是骗子正拖着人通话。隔几分钟再打，同时发提醒短信。",
	  "A busy line may be the swindler holding it. Call again after a few minutes and send the message meanwhile." },
	{ "连续打不通，按等级升级：联系家人、社区或派出所上门，记下每次呼叫的结果。",
	  "Still no answer: raise it by grade, have family, the neighbourhood or the station go there, and note each call." },
	{ 0 },
};
static const struct script_line others[] = {
	{ "请问您是机主的家人或同事吗？他可能正在被骗，麻烦您马上到他身边，请他先别转钱。",
	  "Are you family or a colleague of the holder? They may be being cheated. Please go to them and ask them not to pay." },
	{ "请别责怪他，先陪着他，让他挂断对方的电话，再一起拨96110。",
	  "Please don't blame them. Stay there, have them hang up on the other side, and dial 96110 together." },
	{ "如果钱已经转了，您也可以帮他打110报警。", "If they have paid already, you can call 110 for them." },
	{ 0 },
};
static const struct script_line never[] = {
	{ "不念对方的姓名、证件号、账号、余额、住址；身份请对方自己说，只核对，不提示。",
	  "Don't read out name, identity number, account, balance or address. Let them say who they are; check it, don't prompt." },
	{ "不吓唬、不训斥、不笑话：不说不配合就抓人、冻卡，也不说怎么这么傻。",
	  "No threats, scolding or mockery: never speak of arrest or frozen cards, never ask how they could be so "
	  "silly." },
	{ "不索要密码、验证码、转账，不发链接，不让装软件，不加私人微信，不保证一定追回。",
	  "Never ask for passwords, codes, transfers, links, apps or a private chat. Never promise that money comes back." },
	{ "对家人和旁人，只说可能被骗、请先停止转账；不说金额、账户、对方是谁。",
	  "To relatives and witnesses say only that it may be a scam and to stop paying: no sums, no accounts, no suspects." },
	{ 0 },
};
static const struct script_line nothing[] = { { 0 } };
static const struct script_line *const common[SCRIPT_PARTS] = {
	[SCRIPT_CALL] = call,       [SCRIPT_MACHINE] = machine, [SCRIPT_DOOR] = door,     [SCRIPT_CHECK] = check,
	[SCRIPT_ASK] = nothing,     [SCRIPT_SPELL] = nothing,   [SCRIPT_NOW] = now,       [SCRIPT_PAID] = paid,
	[SCRIPT_REFUSES] = refuses, [SCRIPT_BUSY] = busy,       [SCRIPT_OTHERS] = others, [SCRIPT_NEVER] = never,
};

const struct script_line *script_line(uint32_t scam, uint32_t part, uint32_t i)
{
	const struct script_line *l;

	CHECK(scam < DESK_SCAMS && part < SCRIPT_PARTS);
	for (l = common[part]; l->zh != NULL; l++)
		if (i-- == 0)
			return l;
	return i < SCRIPT_LINES_MAX && script_of_scam[scam].line[part][i].zh != NULL ? &script_of_scam[scam].line[part][i]
	                                                                             : NULL;
}

uint32_t script_if_yes(uint32_t scam, const struct script_line *question)
{
	return question->if_yes != 0 ? question->if_yes : scam;
}

const char *script_name(uint32_t scam)
{
	CHECK(scam < DESK_SCAMS);
	return scam == SCRIPT_UNKNOWN ? "unknown" : desk_scams.choice[scam].name;
}

const char *script_zh(uint32_t scam)
{
	CHECK(scam < DESK_SCAMS);
	return scam == SCRIPT_UNKNOWN ? "类型不明" : desk_scams.choice[scam].zh;
}

uint32_t script_find(struct text name)
{
	uint32_t scam = 0;

	while (scam < DESK_SCAMS && !text_eq(name, text_z(script_name(scam))))
		scam++;
	return scam;
}

uint32_t script_of(const struct desk_object *o)
{
	const struct desk_machine *m = desk_machine(o->kind);

	for (uint32_t f = 1; f < m->n_fields; f++)
		if (m->field[f].choices == &desk_scams)
			return desk_has(o, f) ? (uint32_t)desk_i(o, f) : SCRIPT_UNKNOWN;
	return DESK_SCAMS;
}
