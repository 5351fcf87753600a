/* public_words.c - what the public reads of states: plain words instead of the desk's names; see public.h. */
#include "desk/appeal.h"
#include "desk/clue.h"
#include "gateway/public.h"

static const char *const clue[CLUE_STATES][2] = {
	[CLUE_RECEIVED] = { "we have your report and are checking it", "已收到您的举报，正在核查" },
	[CLUE_PASSED_ON] = { "your report was passed on to who is in charge", "您的举报已转交主管单位办理" },
	[CLUE_VERIFIED] = { "your report was checked and is true; an answer follows", "举报已核实属实，即将反馈" },
	[CLUE_REJECTED] = { "your report was checked and could not be confirmed; an answer follows",
	                    "经核查，举报未能证实，即将反馈" },
	[CLUE_FED_BACK] = { "your report is closed; here is the answer", "举报已办结，反馈如下" },
};
static const char *const appeal[APPEAL_STATES][2] = {
	[APPEAL_FILED] = { "we have your objection; it has not been accepted yet", "已收到您的申诉，等待受理" },
	[APPEAL_ACCEPTED] = { "your objection was accepted and is waiting to be checked", "申诉已受理，等待核查" },
	[APPEAL_CHECKING] = { "your objection is being checked", "申诉正在核查" },
	[APPEAL_GRANTED] = { "your objection was granted: the measure has ended", "申诉成立，措施已解除" },
	[APPEAL_DENIED] = { "your objection was denied; you may ask for reconsideration", "申诉未获支持，您可以申请复核" },
	[APPEAL_RECONSIDERING] = { "your objection is being reconsidered", "正在复核" },
	[APPEAL_UPHELD] = { "the denial stands; you may go to court or ask for administrative reconsideration",
	                    "复核维持原决定，您可依法申请行政复议或提起诉讼" },
	[APPEAL_WITHDRAWN] = { "you withdrew your objection", "您已撤回申诉" },
	[APPEAL_REJECTED] = { "your objection was not accepted; the reason is below", "申诉不予受理，理由如下" },
};

const char *public_state_words(const struct desk_object *o, bool zh)
{
	return o->kind == DESK_CLUE ? clue[o->state][zh] : appeal[o->state][zh];
}
