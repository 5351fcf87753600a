/* cmd_simulate_peer.c - duanka simulate bank, operator, internet, station: institutions to test against. */
#include "app/cmd_simulate_peer.h"
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include "app/args.h"
#include "app/commands.h"
#include "peer/peer.h"

static const char help[] =
	"Usage: duanka simulate bank|operator|internet|station --listen ADDRESS:PORT --state FILE --secret FILE [options]\n"
	"       duanka simulate bank|operator|internet|station --state FILE --report\n"
	"\n"
	"A simulated institution: a bank of the case platform; or an operator (also a sender of texts and calls), an internet\n"
	"service or a district's station system that takes JSON commands / 仿真银行、运营商、互联网企业、派出所系统. It takes orders, carries them out or not, and brings feedback to a service.\n"
	"doc/connectors.md has the messages.\n"
	"\n"
	"      --listen ADDRESS:PORT  where orders come; port 0: any\n"
	"      --state FILE           what was ordered and done; survives kill -9\n"
	"      --secret FILE          secret of signatures, as connector_secret of the service; mode 0600\n"
	"      --manner M             good (default), slow, wrong, double, unreachable, lying or mix\n"
	"      --seed N               what it does with which order (default 1)\n"
	"      --service URL          where feedback is brought, as http://127.0.0.1:8460; with $DUANKA_API_KEY, a key of scope\n"
	"                             connector. Without it the service asks\n"
	"      --ready-file FILE      gets ADDRESS:PORT once it listens\n"
	"      --report               print each order, how often it came and took effect, and stop\n"
	"\n"
	"Exit status: 0 done, 1 could not run.\n";

enum {
	P_LISTEN = 16,
	P_STATE,
	P_SECRET,
	P_MANNER,
	P_SEED,
	P_SERVICE,
	P_READY,
	P_REPORT,
	P_HELP
};

static const struct args_option options[] = {
	{ "--listen", 0, true, P_LISTEN },    { "--state", 0, true, P_STATE },    { "--secret", 0, true, P_SECRET },
	{ "--manner", 0, true, P_MANNER },    { "--seed", 0, true, P_SEED },      { "--service", 0, true, P_SERVICE },
	{ "--ready-file", 0, true, P_READY }, { "--report", 0, false, P_REPORT }, { "--help", 'h', false, P_HELP },
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka simulate: %s; see --help\n", what);
	return false;
}

static bool take_manner(const char *z, enum peer_manner *out)
{
	for (int i = 0; peer_manner_names[i] != NULL; i++)
		if (strcmp(z, peer_manner_names[i]) == 0) {
			*out = (enum peer_manner)i;
			return true;
		}
	return wrong("--manner takes good, slow, wrong, double, unreachable, lying or mix");
}

static bool take(const struct args *a, struct peer_options *o, int number, const char *v)
{
	int64_t seed;

	switch (number) {
	case P_LISTEN: o->listen = v; return true;
	case P_STATE: o->state = v; return true;
	case P_SECRET: o->secret = v; return true;
	case P_SERVICE: o->service = v; return true;
	case P_READY: o->ready = v; return true;
	case P_MANNER: return take_manner(v, &o->manner);
	case P_SEED:
		if (!args_number(a, "--seed", v, 0, INT64_MAX, &seed))
			return false;
		o->seed = (uint64_t)seed;
		return true;
	default: return number != ARGS_WRONG && (number == ARGS_OPERAND ? wrong("it takes options only") : true);
	}
}

static bool report(struct peer *p)
{
	struct buf b;
	bool ok;

	buf_init(&b, (size_t)64 << 20);
	peer_report(p, &b);
	ok = b.err == ERR_OK && fwrite(b.p == NULL ? "" : b.p, 1, b.n, stdout) == b.n && fflush(stdout) == 0;
	buf_release(&b);
	return ok;
}

static bool run(struct peer *p, bool only_report)
{
	struct buf why;
	bool ok = true;

	if (p->o.state == NULL || (!only_report && (p->o.listen == NULL || p->o.secret == NULL)))
		return wrong("--listen, --state and --secret are needed");
	p->o.key = getenv("DUANKA_API_KEY");
	if (p->o.service != NULL && (p->o.key == NULL || strpbrk(p->o.key, "\r\n") != NULL))
		return wrong("--service needs a key in DUANKA_API_KEY");
	if (sodium_init() < 0)
		return false;
	buf_init(&why, 8192);
	if (!only_report && sign_secret_read(&p->secret, p->o.secret, &why) != ERR_OK) {
		fprintf(stderr, "duanka simulate: %s\n", why.n > 0 ? why.p : "the secret can't be read");
		ok = false;
	}
	buf_release(&why);
	ok = ok && peer_open(p);
	if (ok && only_report)
		ok = report(p);
	else if (ok) {
		curl_global_init(CURL_GLOBAL_DEFAULT);
		ok = peer_serve(p);
		curl_global_cleanup();
	}
	peer_close(p);
	return ok;
}

bool cmd_simulate_is_peer(const char *word)
{
	static const char *const words[] = { "bank", "operator", "internet", "station" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

int cmd_simulate_peer(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "simulate" };
	struct peer p = { .o = { .seed = 1, .operator= strcmp(argv[0], "bank") != 0 }, .fd = -1 };
	bool only_report = false;
	const char *v;
	int number;

	while ((number = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == P_HELP) {
			fputs(help, stdout);
			return EXIT_ACCEPTED;
		}
		only_report |= number == P_REPORT;
		if (!take(&a, &p.o, number, v))
			return EXIT_COULD_NOT_RUN;
	}
	return run(&p, only_report) ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
