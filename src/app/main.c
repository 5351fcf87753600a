/* main.c - duanka: finds the command and hands over. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "app/commands.h"
#include "base/check.h"

#ifndef DUANKA_VERSION
#define DUANKA_VERSION "0.1.0"
#endif

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *en, *zh;
} commands[] = {
	{ "detect", cmd_detect, "run a policy over files of calls, messages and transfers",
	  "用策略检测通话、短信和转账文件" },
	{ "explain", cmd_explain, "show why an alert was raised", "说明一条预警的依据" },
	{ "policy", cmd_policy, "check, explain, translate to SQL and test a policy", "检查、解释、转为 SQL、测试策略" },
	{ "serve", cmd_serve, "decide over HTTP, with a durable journal", "以 HTTP 在线决策，日志持久化" },
	{ "send", cmd_send, "send events to a running service, each once", "将事件发送至服务，断点续传、不重复" },
	{ "keys", cmd_keys, "make, list and revoke API keys", "创建、列出、吊销 API 密钥" },
	{ "training", cmd_training, "questions for courses, and which outlets have passed", "题库与网点培训完成情况" },
	{ "outbox", cmd_outbox, "see how the desk's messages fare, and send one again", "查看工作台消息的投递，重新发送" },
	{ "outlet", cmd_outlet, "outlets of banks and operators: import, kit and print order",
	  "网点渠道：导入、标准配置、物料订购单" },
	{ "users", cmd_users, "add, approve, list and reset users of the desk", "登记、审批、列出、重置处置台用户" },
	{ "dictionary", cmd_dictionary, "turn a token back, erase a person, change keys", "还原令牌、删除个人、更换密钥" },
	{ "replay", cmd_replay, "decide a journal again, under its own or another policy", "按原策略或另一策略重放日志" },
	{ "alliance", cmd_alliance, "minutes of the alliance's meetings", "联盟会议纪要" },
	{ "report", cmd_report, "figures of the desk by day, week and month", "处置台日报、周报、月报" },
	{ "registry", cmd_registry, "make the desk's registry again from the journal, or verify it",
	  "由日志重建或核对处置台账" },
	{ "snapshot", cmd_snapshot, "have the whole state written now", "立即写入全量快照" },
	{ "campaign", cmd_campaign, "plan, segment, send and measure a campaign, with people held out by lot",
	  "宣传活动：拟定、分群、发送、评估（随机留出）" },
	{ "contacts", cmd_contacts, "find who called, texted or paid a number", "查询号码的通联与交易记录" },
	{ "match", cmd_match, "compare lists with another organisation, so that each learns only what stands in both",
	  "与另一机构隐私求交：双方只知悉共有的号码" },
	{ "tail", cmd_tail, "show the records of a journal, and follow it", "查看并跟踪日志记录" },
	{ "audit", cmd_audit, "verify a journal; who was restricted and why; who saw whose data",
	  "验证日志；查询对个人采取的措施；查询谁查看了谁的数据" },
	{ "backtest", cmd_backtest, "compare two policies over the same events", "对比两套策略在相同事件上的结果" },
	{ "simulate", cmd_simulate, "make up a city with known fraud", "生成带有已知犯罪的模拟城市" },
	{ "score", cmd_score, "compare alerts with the truth of a simulated city", "将预警与模拟城市的真值对照评分" },
};

static void help(FILE *to)
{
	fprintf(to, "duanka (断卡): real-time detection of telecom fraud / 电信网络诈骗实时检测\n\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  duanka %-10s  %s / %s\n", commands[i].name, commands[i].en, commands[i].zh);
	fprintf(
		to,
		"\nduanka COMMAND --help tells more. Exit status: 0 all accepted, 2 some records quarantined, 1 could not run.\n");
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of a write, with a message */
	if (argc < 2) {
		help(stderr);
		return EXIT_COULD_NOT_RUN;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return EXIT_ACCEPTED;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("duanka " DUANKA_VERSION "\n");
		return EXIT_ACCEPTED;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "duanka: there is no command %s; duanka --help lists them\n", argv[1]);
	return EXIT_COULD_NOT_RUN;
}
