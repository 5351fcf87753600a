/* match_list.c - a list file into canonical identifiers, ascending, each once: however a number was written, it is one item. */
#include <sodium.h>
#include <stdlib.h>
#include "base/mem.h"
#include "event/list.h"
#include "match/match.h"

struct reading {
	struct match_list *l;
	const struct match_told *told;
	uint32_t cap;
	enum err e;
};

static const struct {
	const char *name;
	enum ident_form form;
} kinds[] = {
	{ "phone", IDENT_PHONE }, { "account", IDENT_ACCOUNT }, { "person", IDENT_PERSON }, { "device", IDENT_DEVICE }
};

const char *match_kind_name(enum ident_form form)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].form == form)
			return kinds[i].name;
	return NULL;
}

bool match_kind_parse(struct text name, enum ident_form *out)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!text_eq(name, text_z(kinds[i].name)))
			continue;
		*out = kinds[i].form;
		return true;
	}
	return false;
}

static bool grow(struct reading *r)
{
	struct match_list *l = r->l;
	uint32_t cap = r->cap == 0 ? 1024 : 2 * r->cap;
	struct match_item *item;

	if (l->n < r->cap)
		return true;
	item = mem_alloc_array(cap, sizeof(*item)); /* not mem_resize, which would leave the old ones somewhere */
	if (item == NULL) {
		r->e = ERR_MEMORY;
		return false;
	}
	if (l->item != NULL) {
		memcpy(item, l->item, l->n * sizeof(*item));
		sodium_memzero(l->item, l->n * sizeof(*item));
		mem_free(l->item);
	}
	l->item = item;
	r->cap = cap;
	return true;
}

static void take(void *context, const struct list_value *v)
{
	struct reading *r = context;
	struct text plain = v->ident->plain;

	if (r->e == ERR_OK && r->l->lines == MATCH_ITEMS_MOST)
		r->e = ERR_CAP;
	if (r->e != ERR_OK || !grow(r))
		return;
	r->l->item[r->l->n].n = (uint8_t)plain.n;
	memcpy(r->l->item[r->l->n++].p, plain.p, plain.n);
	r->l->lines++;
}

static void passed_over(void *context, uint32_t line, uint32_t col, const char *message)
{
	struct reading *r = context;

	if (r->told != NULL)
		r->told->bad(r->told->context, line, col, message);
}

static int compare(const void *a, const void *b)
{
	const struct match_item *x = a, *y = b;

	return text_cmp(text_of(x->p, x->n), text_of(y->p, y->n));
}

static void settle(struct match_list *l)
{
	crypto_generichash_state h;
	uint32_t n = 0;

	if (l->n > 0)
		qsort(l->item, l->n, sizeof(*l->item), compare);
	for (uint32_t i = 0; i < l->n; i++)
		if (n == 0 || compare(&l->item[n - 1], &l->item[i]) != 0)
			l->item[n++] = l->item[i];
	l->repeated = l->n - n;
	l->n = n;
	crypto_generichash_init(&h, NULL, 0, sizeof(l->digest));
	for (uint32_t i = 0; i < n; i++) {
		crypto_generichash_update(&h, &l->item[i].n, 1);
		crypto_generichash_update(&h, (const unsigned char *)l->item[i].p, l->item[i].n);
	}
	crypto_generichash_final(&h, l->digest, sizeof(l->digest));
}

enum err match_list_read(struct match_list *l, enum ident_form form, struct text file, const struct match_told *told)
{
	static const struct hash_key none; /* tokens are not looked at */
	struct reading r = { .l = l, .told = told };
	struct list_reader reader = { .form = form, .key = &none, .context = &r, .value = take, .error = passed_over };
	struct list_counts counts;
	enum err e;

	*l = (struct match_list){ 0 };
	e = list_read(&reader, file, &counts);
	e = r.e != ERR_OK ? r.e : e;
	if (e != ERR_OK) {
		match_list_release(l);
		return e;
	}
	l->bad = counts.bad;
	settle(l);
	return ERR_OK;
}

void match_list_release(struct match_list *l)
{
	if (l->item != NULL)
		sodium_memzero(l->item, (l->n + l->repeated) * sizeof(*l->item));
	mem_free(l->item);
	*l = (struct match_list){ 0 };
}
