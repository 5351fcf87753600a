/* config_table.c - the table: every setting of the service once. A new one is a row here and a field in config.h, and no more.
 *
 * Rows of one table of the file stand together, in the order in which they are printed. */
#include <stddef.h>
#include "base/clock.h"
#include "gateway/config_int.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define IN(field) .at = offsetof(struct config, field), .bytes = sizeof(((struct config *)0)->field)
#define OF(field) .at = offsetof(struct tenant, field), .bytes = sizeof(((struct tenant *)0)->field)
#define TEXT_SETTING SETTING_TEXT, .standard = ""
#define RANGE(from, to) .least = (uint64_t)(from), .most = (uint64_t)(to)
#define LIVE .live = true

/* clang-format off */
const struct setting config_settings[] = {
	{ "data.directory", TEXT_SETTING, IN(data), .option = "--data", .letter = 'd', .shape = "DIR",
	  .en = "journal, snapshots, alerts, keys; made if it is not there. Empty: $STATE_DIRECTORY, else $XDG_STATE_HOME/duanka/data, else ~/.local/state/duanka/data",
	  .zh = "数据目录：日志、快照、预警、密钥；不存在则创建。留空时依次取 $STATE_DIRECTORY、$XDG_STATE_HOME/duanka/data、~/.local/state/duanka/data" },
	{ "policy.directory", SETTING_TEXT, IN(policy), .standard = "policy", .option = "--policy", .letter = 'p', .shape = "DIR",
	  .en = "the policy that a new journal begins with",
	  .zh = "策略目录：新日志以此策略开始" },
	{ "policy.lists", TEXT_SETTING, IN(lists), .option = "--lists", .shape = "DIR",
	  .en = "the city's own lists, by their file names. Empty: the policy's",
	  .zh = "本市名单目录，按文件名对应；留空则用策略自带的名单" },
	{ "keys.token", TEXT_SETTING, IN(token_key), .option = "--key", .letter = 'k', .shape = "FILE",
	  .en = "the key that makes tokens of identifiers. Empty: $DUANKA_KEY_FILE, else token.key in the data directory, made at first use",
	  .zh = "令牌密钥文件；留空时取 $DUANKA_KEY_FILE，否则取数据目录下的 token.key（首次使用时生成）" },
	{ "keys.master", TEXT_SETTING, IN(master_key), .option = "--master-key", .shape = "FILE",
	  .en = "the key that opens the dictionary; best on another device. Empty: master.key in the data directory, made at first use",
	  .zh = "字典主密钥文件，最好放在另一设备上；留空则取数据目录下的 master.key（首次使用时生成）" },

	{ "http.listen", SETTING_TEXT, IN(listen), .standard = "127.0.0.1:8460", .option = "--listen", .letter = 'l', .shape = "ADDRESS:PORT",
	  .en = "where requests come in, as ADDRESS:PORT or [ADDRESS]:PORT; port 0 takes any free one",
	  .zh = "监听地址与端口，写作 地址:端口 或 [IPv6 地址]:端口；端口 0 表示任取一个空闲端口" },
	{ "http.anonymous", SETTING_SWITCH, IN(anonymous), .standard = "false", .option = "--anonymous",
	  .en = "no API keys are asked for; on a loopback address only",
	  .zh = "不要求 API 密钥；只能用于本机回环地址" },
	{ "http.threads", SETTING_NUMBER, IN(threads), .standard = "2", RANGE(1, 64), .option = "--threads", .shape = "N",
	  .en = "threads that read requests and decode events",
	  .zh = "读取请求、解码事件的线程数" },
	{ "http.connections", SETTING_NUMBER, IN(connections), .standard = "4096", RANGE(16, 65535), .option = "--connections", .shape = "N",
	  .en = "connections at a time; a newcomer beyond them takes the place of one that waits",
	  .zh = "同时连接数上限，超出时新连接取代等待最久者" },
	{ "http.connections_per_address", SETTING_NUMBER, IN(connections_per_address), .standard = "4096", RANGE(1, 65535), .shape = "N",
	  .en = "connections at a time from one address; more are closed",
	  .zh = "同一地址的同时连接数上限，超出者被关闭" },
	{ "http.idle", SETTING_DURATION, IN(idle_us), .standard = "30s", RANGE(US_PER_SECOND, US_PER_HOUR), .option = "--idle", .bare_unit = "s", .shape = "DURATION",
	  .en = "a connection that sends nothing for so long is closed",
	  .zh = "连接空闲超过此时长即被关闭" },
	{ "http.request", SETTING_DURATION, IN(request_us), .standard = "60s", RANGE(US_PER_SECOND, US_PER_HOUR), .option = "--request", .bare_unit = "s", .shape = "DURATION",
	  .en = "a request must have come in whole, and its answer been taken, within this time",
	  .zh = "请求须在此时长内完整到达，应答须在此时长内取走" },
	{ "http.body", SETTING_SIZE, IN(body_bytes), .standard = "16MiB", RANGE(64 * KIB, 256 * MIB), .option = "--body", .bare_unit = "MiB", .shape = "SIZE",
	  .en = "the largest body of a request",
	  .zh = "请求体大小上限" },

	{ "tls.certificate", TEXT_SETTING, IN(tls_certificate), .option = "--tls-certificate", .shape = "FILE",
	  .en = "PEM file of the certificate and its chain; goes with tls.key. Empty: no TLS",
	  .zh = "TLS 证书及证书链（PEM），与 tls.key 同时给出；留空则不用 TLS" },
	{ "tls.key", TEXT_SETTING, IN(tls_key), .option = "--tls-key", .shape = "FILE",
	  .en = "PEM file of the certificate's private key",
	  .zh = "TLS 证书私钥（PEM）" },
	{ "tls.client_ca", TEXT_SETTING, IN(tls_client_ca), .shape = "FILE",
	  .en = "PEM file of the authorities whose client certificates are taken. Empty: none are asked for",
	  .zh = "签发客户端证书的 CA（PEM）；留空则不要求客户端证书" },

	{ "journal.segment", SETTING_SIZE, IN(segment_bytes), .standard = "128MiB", RANGE(MIB, 4 * GIB), .option = "--segment", .bare_unit = "MiB", .shape = "SIZE",
	  .en = "size at which a new file of the journal begins",
	  .zh = "日志分段文件的大小" },
	{ "journal.keep", SETTING_DURATION, LIVE, IN(keep_us), .standard = "3650d", RANGE(US_PER_DAY, 36500 * US_PER_DAY), .shape = "DURATION",
	  .en = "how long the journal is kept",
	  .zh = "日志保存期限" },

	{ "dictionary.enabled", SETTING_SWITCH, IN(dictionary), .standard = "true",
	  .en = "keep the encrypted dictionary that turns tokens back into identifiers",
	  .zh = "保存可将令牌还原为标识的加密字典" },
	{ "dictionary.keep", SETTING_DURATION, LIVE, IN(dictionary_keep_us), .standard = "1095d", RANGE(US_PER_DAY, 36500 * US_PER_DAY), .shape = "DURATION",
	  .en = "an identifier that was not seen for so long is forgotten",
	  .zh = "标识多久未出现即从字典删除" },
	{ "quarantine.keep", SETTING_DURATION, LIVE, IN(quarantine_keep_us), .standard = "90d", RANGE(US_PER_DAY, 3650 * US_PER_DAY), .shape = "DURATION",
	  .en = "how long a record that could not be taken is kept",
	  .zh = "隔离记录保存期限" },
	{ "quarantine.records", SETTING_NUMBER, LIVE, IN(quarantine_max), .standard = "1000000", RANGE(1000, 100000000), .shape = "N",
	  .en = "records in the quarantine; when there are more, the oldest of the organisation with the most go",
	  .zh = "隔离记录条数上限，超出时条数最多的机构最旧的先删除" },

	{ "engine.state", SETTING_SIZE, IN(state_bytes), .standard = "4GiB", RANGE(64 * MIB, 1024 * GIB), .option = "--state-max", .shape = "SIZE",
	  .en = "memory for windows",
	  .zh = "窗口状态内存上限" },
	{ "engine.entities", SETTING_NUMBER, IN(entities), .standard = "16777216", RANGE(1024, 1 << 28), .option = "--entities", .shape = "N",
	  .en = "entities of each kind",
	  .zh = "每类实体数量上限" },
	{ "engine.lateness", SETTING_DURATION, IN(lateness_us), .standard = "10min", RANGE(0, US_PER_DAY), .option = "--lateness", .shape = "DURATION",
	  .en = "how far behind the newest event one may come and still count",
	  .zh = "迟到时限：比最新事件晚多久到达仍计入" },
	{ "engine.skew", SETTING_DURATION, LIVE, IN(skew_us), .standard = "5min", RANGE(0, US_PER_DAY), .option = "--skew", .shape = "DURATION",
	  .en = "how far ahead of the service's clock an event may be",
	  .zh = "事件时间可超前本机时钟多久" },
	{ "engine.repeats", SETTING_NUMBER, IN(repeats), .standard = "1048576", RANGE(512, 16 << 20), .option = "--repeats", .shape = "N",
	  .en = "idempotency keys remembered; each organisation has its room among them",
	  .zh = "记住的幂等键个数，各机构各占其份" },

	{ "service.queue", SETTING_NUMBER, IN(queue), .standard = "65536", RANGE(512, 1 << 20), .option = "--queue", .shape = "N",
	  .en = "events waiting for the writer; more are turned away",
	  .zh = "等待写入的事件数上限，超出者被拒绝" },
	{ "service.workers", SETTING_NUMBER, IN(workers), .standard = "2", RANGE(1, 16), .option = "--workers", .shape = "N",
	  .en = "threads for requests that take milliseconds: look-ups, policies, the dictionary",
	  .zh = "处理耗时请求（查询、策略、字典）的线程数" },
	{ "service.tick", SETTING_DURATION, LIVE, IN(tick_us), .standard = "10s", RANGE(US_PER_SECOND, US_PER_HOUR), .option = "--tick", .shape = "DURATION",
	  .en = "how often the passing of time is journaled",
	  .zh = "时钟记录写入日志的间隔" },
	{ "service.snapshot", SETTING_DURATION, LIVE, IN(snapshot_us), .standard = "1h", RANGE(US_PER_MINUTE, 7 * US_PER_DAY), .option = "--snapshot", .shape = "DURATION",
	  .en = "how often a snapshot is taken",
	  .zh = "快照间隔" },
	{ "service.snapshots", SETTING_NUMBER, LIVE, IN(snapshots), .standard = "2", RANGE(1, 16), .shape = "N",
	  .en = "snapshots kept",
	  .zh = "保留的快照个数" },
	{ "service.stall", SETTING_DURATION, LIVE, IN(stall_us), .standard = "10s", RANGE(US_PER_SECOND, 10 * US_PER_MINUTE), .shape = "DURATION",
	  .en = "events waiting and none done for so long: the service is not ready, and the watchdog hears nothing",
	  .zh = "有事件等待而处理停滞超过此时长，即视为未就绪，并停止向看门狗报告" },
	{ NULL }
};

const struct setting config_tenant_settings[] = {
	{ "number", SETTING_NUMBER, LIVE, OF(number), .standard = NULL, RANGE(1, 65535), .shape = "N",
	  .en = "as the journal names it; never give a number to another organisation later",
	  .zh = "日志中的机构编号；编号不得再分配给其他机构" },
	{ "rate", SETTING_NUMBER, LIVE, OF(rate), .standard = "0", RANGE(0, 10000000), .shape = "N",
	  .en = "events a second; 0: no limit",
	  .zh = "每秒事件数上限；0 表示不限" },
	{ "burst", SETTING_NUMBER, LIVE, OF(burst), .standard = "0", RANGE(0, 10000000), .shape = "N",
	  .en = "events at once; 0: as rate",
	  .zh = "瞬时事件数上限；0 表示与 rate 相同" },
	{ "budget", SETTING_DURATION, LIVE, OF(budget_us), .standard = "0s", RANGE(0, US_PER_MINUTE), .shape = "DURATION",
	  .en = "how long its POST /v1/decide may take; 0s: no limit",
	  .zh = "POST /v1/decide 的时限；0s 表示不限" },
	{ "exception", SETTING_CHOICE, LIVE, OF(exception), .standard = "fail-open", .choice = exception_names,
	  .en = "what it is told when there is no answer within the budget: let it pass, hold it, or as the newest live alert says",
	  .zh = "时限内没有结果时的答复：放行、拦截，或沿用最近一次有效预警" },
	{ "simulate", SETTING_SWITCH, LIVE, OF(simulate), .standard = "false",
	  .en = "answer each POST /v1/decide as if the budget had been missed: to rehearse it",
	  .zh = "演练：对每个 POST /v1/decide 都按超时答复" },
	{ "client_cn", SETTING_TEXT, LIVE, OF(client_cn), .standard = "", .shape = "NAME",
	  .en = "common name of the TLS client certificate that must go with its keys. Empty: none",
	  .zh = "使用其密钥时须出示的 TLS 客户端证书通用名；留空则不要求" },
	{ "sees", SETTING_TEXTS, LIVE, OF(sees), .standard = "self:*.*", .shape = "ORGANISATION:EVENT.FIELD",
	  .en = "which fields of whose events it may see; * stands for any of the three, self for its own events",
	  .zh = "可查看谁的事件的哪些字段，写作 机构:事件.字段；* 表示任意，self 表示本机构" },
	{ NULL }
};
/* clang-format on */

const struct setting *setting_find(const struct setting *table, struct text name)
{
	for (const struct setting *s = table; s->name != NULL; s++)
		if (text_eq(name, text_z(s->name)))
			return s;
	return NULL;
}
