/* city.c - a simulated city's folder into figures: read its files, then count each subscriber's features.
 *
 * A subscriber is a mobile number that called from a device. Fraud: truth.csv names it in one of the roles that use cards
 * to cheat (simbox, burst, sleeping, gateway_voice, gateway_line, caller, spammer). Ordinary: everybody else, victims
 * included; numbers of suspects in other roles (mules, agents, IoT cards) are left out, since the real set's labels say
 * nothing of them. Memory: 12 bytes an answered call, 4 more for each subscriber's end of it, 60 a number. */
#include "base/mem.h"
#include "bench/calibration/city_int.h"

static void release(struct city *c)
{
	map_release(&c->by_key);
	map_release(&c->by_device);
	map_release(&c->by_person);
	map_release(&c->pairs);
	mem_free(c->number);
	mem_free(c->call);
	mem_free(c->cards);
}

enum err city_read(const char *dir, bool quiet, struct figures *f, struct city_counts *counts, struct buf *problem)
{
	*counts = (struct city_counts){ 0 };
	struct city c = { .counts = counts, .problem = problem, .quiet = quiet };
	enum err e = city_read_calls(&c, dir);
	if (e == ERR_OK)
		e = city_read_truth(&c, dir);
	if (e == ERR_OK)
		e = city_read_sms(&c, dir);
	if (e == ERR_OK)
		e = city_read_cards(&c, dir);
	if (e == ERR_OK)
		e = city_features(&c, f);
	release(&c);
	if (e != ERR_OK && problem->n == 0)
		buf_printf(problem, "%s: %s", dir, err_name(e));
	return e;
}
