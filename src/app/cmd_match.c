/* cmd_match.c - duanka match: private matching of two lists, by files over any channel, or through a running service. */
#include <stdio.h>
#include "app/args.h"
#include "app/commands.h"
#include "app/match_mail.h"

static const char help[] =
	"duanka match offer LIST --kind KIND --purpose TEXT --basis TEXT --state FILE --out FILE [--learns WHO]\n"
	"duanka match answer OFFER LIST --agree --state FILE --out FILE\n"
	"duanka match finish MESSAGE LIST --state FILE [--out FILE] [--result FILE]\n"
	"duanka match show MESSAGE\n"
	"  Two organisations compare lists; each learns which of its own items stand in the other's too, and nothing else but\n"
	"  how many there are / 隐私求交：双方只知悉己方名单中与对方共有的条目及对方条数. LIST is a list file (doc/formats.md)\n"
	"  of phones, accounts, persons or devices (KIND / 类别). The offerer finishes with the answer, the answerer with\n"
	"  what the offerer's finish wrote. WHO learns: both (default), offerer or answerer / 知悉方.\n\n"
	"duanka match propose --server URL --with ORGANISATION --kind KIND --size N --purpose TEXT --basis TEXT [--learns WHO]\n"
	"duanka match list --server URL\n"
	"duanka match consent ID --server URL --reason TEXT\n"
	"duanka match end ID --server URL --reason TEXT\n"
	"duanka match offer LIST --server URL --match ID [--dir DIR]\n"
	"duanka match answer LIST --server URL --match ID [--dir DIR]\n"
	"duanka match finish LIST --server URL --match ID [--dir DIR] [--result FILE]\n"
	"  The same through a service, which is notary and mailbox / 经服务撮合与转递. $DUANKA_API_KEY has a key with the scope match.\n"
	"  Files are DIR/ID.state and DIR/ID.offer, .answer, .finish; whatever was interrupted is done again with the same words.\n\n"
	"  --least N        fewest items of either list, default and at least 100 / 每方最少条数\n"
	"  --most N         most items of either list, default and at most 1000000 / 每方最多条数\n"
	"  --threads N      default 1 / 线程数\n"
	"  --result FILE    what stands in both, as a list; default -, standard output / 交集\n"
	"  --ca FILE, --certificate FILE and --certificate-key FILE go with TLS\n\n"
	"The state has a secret: it is kept with the mode 0600, never sent to anybody, and removed at the end. doc/matching.md tells\n"
	"what a matching reveals and what the law asks.\n";

enum {
	M_KIND = 16,
	M_PURPOSE,
	M_BASIS,
	M_STATE,
	M_OUT,
	M_LEARNS,
	M_AGREE,
	M_RESULT,
	M_SERVER,
	M_WITH,
	M_SIZE,
	M_REASON,
	M_MATCH,
	M_DIR,
	M_LEAST,
	M_MOST,
	M_THREADS,
	M_CA,
	M_CERT,
	M_KEY,
	M_HELP,
	M_END,
	FILE_NAME_BYTES = 4096
};

static const struct args_option options[] = {
	{ "--kind", 0, true, M_KIND },         { "--purpose", 0, true, M_PURPOSE },
	{ "--basis", 0, true, M_BASIS },       { "--state", 0, true, M_STATE },
	{ "--out", 'o', true, M_OUT },         { "--learns", 0, true, M_LEARNS },
	{ "--agree", 0, false, M_AGREE },      { "--result", 0, true, M_RESULT },
	{ "--server", 0, true, M_SERVER },     { "--with", 0, true, M_WITH },
	{ "--size", 0, true, M_SIZE },         { "--reason", 0, true, M_REASON },
	{ "--match", 0, true, M_MATCH },       { "--dir", 0, true, M_DIR },
	{ "--least", 0, true, M_LEAST },       { "--most", 0, true, M_MOST },
	{ "--threads", 'j', true, M_THREADS }, { "--ca", 0, true, M_CA },
	{ "--certificate", 0, true, M_CERT },  { "--certificate-key", 0, true, M_KEY },
	{ "--help", 'h', false, M_HELP },
};

struct asked {
	const char *value[M_END], *operand[3];
	uint32_t n;
	bool agree;
	struct client client;
	struct match_asked steps;
	struct match_agreed agreed; /* by a service */
	char state[FILE_NAME_BYTES], message[3][FILE_NAME_BYTES];
};

static bool wrong(const char *what)
{
	fprintf(stderr, "duanka match: %s; see --help\n", what);
	return false;
}

static bool take_numbers(const struct args *a, struct asked *k)
{
	int64_t least = MATCH_ITEMS_LEAST, most = MATCH_ITEMS_MOST, threads = 1;

	if ((k->value[M_LEAST] != NULL &&
	     !args_number(a, "--least", k->value[M_LEAST], MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, &least)) ||
	    (k->value[M_MOST] != NULL &&
	     !args_number(a, "--most", k->value[M_MOST], MATCH_ITEMS_LEAST, MATCH_ITEMS_MOST, &most)) ||
	    (k->value[M_THREADS] != NULL &&
	     !args_number(a, "--threads", k->value[M_THREADS], 1, MATCH_THREADS_MAX, &threads)))
		return false;
	k->steps.limits = (struct match_limits){ (uint32_t)least, (uint32_t)most, MATCH_RATIO_MOST };
	k->steps.threads = (uint32_t)threads;
	return true;
}

/* All that are named must have been given. */
static bool needs(const struct asked *k, uint32_t operands, const int *option, uint32_t n, const char *what)
{
	bool fine = k->n == operands;

	for (uint32_t i = 0; i < n; i++)
		fine = fine && k->value[option[i]] != NULL && k->value[option[i]][0] != 0;
	return fine || wrong(what);
}
#define NEEDS(k, operands, what, ...) \
	needs(k, operands, (const int[]){ __VA_ARGS__ }, sizeof((int[]){ __VA_ARGS__ }) / sizeof(int), what)

/* ---- by files ---- */

static bool take_terms(struct asked *k)
{
	struct match_terms *t = &k->steps.terms;

	t->purpose = text_z(k->value[M_PURPOSE]);
	t->basis = text_z(k->value[M_BASIS]);
	t->learns = MATCH_BOTH;
	if (t->purpose.n > MATCH_TEXT_MAX || t->basis.n > MATCH_TEXT_MAX || !text_utf8_valid(t->purpose) ||
	    !text_utf8_valid(t->basis))
		return wrong("--purpose and --basis take at most 1000 bytes of UTF-8 each");
	if (!match_kind_parse(text_z(k->value[M_KIND]), &t->form))
		return wrong("--kind takes phone, account, person or device");
	return k->value[M_LEARNS] == NULL || match_learns_parse(text_z(k->value[M_LEARNS]), &t->learns) ||
	       wrong("--learns takes both, offerer or answerer");
}

static bool by_files(struct asked *k)
{
	const char *what = k->operand[0];
	struct match_asked *s = &k->steps;

	s->state = k->value[M_STATE];
	s->out = k->value[M_OUT];
	s->agree = k->agree;
	if (strcmp(what, "offer") == 0) {
		s->list = k->operand[1];
		return NEEDS(k, 2, "offer takes LIST, --kind, --purpose, --basis, --state and --out", M_KIND, M_PURPOSE,
		             M_BASIS, M_STATE, M_OUT) &&
		       take_terms(k) && match_steps_offer(s);
	}
	s->in = k->operand[1];
	s->list = k->operand[2];
	if (strcmp(what, "answer") == 0)
		return NEEDS(k, 3, "answer takes OFFER, LIST, --state and --out", M_STATE, M_OUT) && match_steps_answer(s);
	if (strcmp(what, "finish") == 0)
		return NEEDS(k, 3, "finish takes MESSAGE, LIST and --state", M_STATE) && match_steps_finish(s);
	if (strcmp(what, "show") == 0)
		return (k->n == 2 || wrong("show takes MESSAGE")) && match_steps_show(k->operand[1]);
	return wrong("say offer, answer, finish or show; or name a service with --server");
}

/* ---- through a service ---- */

static bool name_files(struct asked *k)
{
	const char *dir = k->value[M_DIR] == NULL ? "." : k->value[M_DIR];

	if (strlen(dir) > FILE_NAME_BYTES - 64)
		return wrong("--dir is too long");
	snprintf(k->state, sizeof(k->state), "%s/%s.state", dir, k->value[M_MATCH]);
	for (int i = 0; i < 3; i++)
		snprintf(k->message[i], sizeof(k->message[i]), "%s/%s.%s", dir, k->value[M_MATCH],
		         match_step_name((enum match_step)(i + 1)));
	k->steps.state = k->state;
	k->steps.list = k->operand[1];
	return match_mail_get(&k->client, k->value[M_MATCH], &k->agreed);
}

static bool put(struct asked *k, enum match_step s)
{
	return k->agreed.n_taken >= (uint32_t)s ||
	       match_mail_put(&k->client, k->value[M_MATCH], s, k->message[s - 1], k->agreed.bytes[s - 1]);
}

/* Unless it is there already. */
static bool fetch(struct asked *k, enum match_step s)
{
	const char *path = k->message[s - 1];

	k->steps.in = path;
	return match_steps_there(path) || match_mail_fetch(&k->client, k->value[M_MATCH], s, path, k->agreed.bytes[s - 1]);
}

static bool serve_offer(struct asked *k)
{
	k->steps.out = k->message[0];
	k->steps.terms = k->agreed.terms;
	return (match_steps_there(k->steps.out) || match_steps_offer(&k->steps)) && put(k, MATCH_OFFER);
}

static bool serve_answer(struct asked *k)
{
	k->steps.out = k->message[1];
	k->steps.agreed = &k->agreed.terms;
	k->steps.agree = true; /* a person has consented to just these terms */
	return fetch(k, MATCH_OFFER) && (match_steps_there(k->steps.out) || match_steps_answer(&k->steps)) &&
	       put(k, MATCH_ANSWER);
}

static bool serve_finish(struct asked *k)
{
	bool more = (k->agreed.terms.learns & MATCH_ANSWERER) != 0;

	if (!k->agreed.offerer)
		return fetch(k, MATCH_FINISH) && match_steps_finish(&k->steps);
	k->steps.out = k->message[2];
	if (more && match_steps_there(k->message[2])) /* it was written last, so all is done; only sending was cut off */
		return match_steps_wipe(k->state) && put(k, MATCH_FINISH);
	return fetch(k, MATCH_ANSWER) && match_steps_finish(&k->steps) && (!more || put(k, MATCH_FINISH));
}

static bool through_service(struct asked *k)
{
	const char *what = k->operand[0];
	struct match_proposal p = { k->value[M_WITH], k->value[M_PURPOSE], k->value[M_BASIS],
		                        k->value[M_KIND], k->value[M_SIZE],    k->value[M_LEARNS] };
	bool (*step)(struct asked * k) = strcmp(what, "offer") == 0    ? serve_offer
	                                 : strcmp(what, "answer") == 0 ? serve_answer
	                                 : strcmp(what, "finish") == 0 ? serve_finish
	                                                               : NULL;

	if (step != NULL)
		return NEEDS(k, 2, "with --server offer, answer and finish take LIST and --match", M_MATCH) && name_files(k) &&
		       step(k);
	if (strcmp(what, "propose") == 0)
		return NEEDS(k, 1, "propose takes --with, --kind, --size, --purpose and --basis", M_WITH, M_KIND, M_SIZE,
		             M_PURPOSE, M_BASIS) &&
		       match_mail_propose(&k->client, &p);
	if (strcmp(what, "list") == 0)
		return (k->n == 1 || wrong("list takes nothing else")) && match_mail_list(&k->client);
	if (strcmp(what, "consent") == 0 || strcmp(what, "end") == 0)
		return NEEDS(k, 2, "consent and end take ID and --reason", M_REASON) &&
		       match_mail_reason(&k->client, k->operand[1], what, k->value[M_REASON]);
	return wrong("say propose, list, consent, end, offer, answer or finish");
}

int cmd_match(int argc, char **argv)
{
	struct args a = { .argc = argc, .argv = argv, .at = 1, .command = "match" };
	struct asked k = { .n = 0 };
	const char *v;
	int number;
	bool ok;

	while ((number = args_next(&a, options, ARRAY_LEN(options), &v)) != ARGS_END) {
		if (number == M_HELP) {
			fputs(help, stdout);
			return EXIT_ACCEPTED;
		}
		if (number == ARGS_WRONG)
			return EXIT_COULD_NOT_RUN;
		if (number == ARGS_OPERAND && k.n == ARRAY_LEN(k.operand)) {
			wrong("there is an operand too many");
			return EXIT_COULD_NOT_RUN;
		}
		if (number == ARGS_OPERAND)
			k.operand[k.n++] = v;
		else if (number == M_AGREE)
			k.agree = true;
		else
			k.value[number] = v;
	}
	k.client = (struct client){
		.url = k.value[M_SERVER], .ca = k.value[M_CA], .certificate = k.value[M_CERT], .key = k.value[M_KEY]
	};
	k.steps.result = k.value[M_RESULT] == NULL ? "-" : k.value[M_RESULT];
	if (k.n == 0)
		ok = wrong("say what to do");
	else
		ok = take_numbers(&a, &k) && (k.value[M_SERVER] == NULL ? by_files(&k) : through_service(&k));
	return ok ? EXIT_ACCEPTED : EXIT_COULD_NOT_RUN;
}
