/* dictionary_box.c - a box is nonce (24 bytes) and ciphertext with tag; what it is tied to is authenticated with it and not stored. */
#include "base/mem.h"
#include "store/dictionary_int.h"

void put_number(unsigned char *out, uint32_t number)
{
	for (int i = 0; i < NUMBER_BYTES; i++)
		out[i] = (unsigned char)(number >> 8 * i);
}

uint32_t get_number(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void put_token(unsigned char out[TOKEN_BYTES], struct token t)
{
	for (int i = 0; i < TOKEN_BYTES;
	     i++) /* as it is shown: most significant byte first, so that rows lie in that order */
		out[i] = (unsigned char)(t.w[i / 8] >> (56 - 8 * (i % 8)));
}

struct bound bound_to(const unsigned char token[TOKEN_BYTES], uint8_t kind, uint32_t number)
{
	struct bound x;

	memcpy(x.b, token, TOKEN_BYTES);
	x.b[TOKEN_BYTES] = kind;
	put_number(x.b + TOKEN_BYTES + 1, number);
	return x;
}

size_t box_put(unsigned char *out, const unsigned char *key, struct text aad, struct text plain)
{
	unsigned long long n;

	randombytes_buf(out, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, &n, (const unsigned char *)plain.p, plain.n,
	                                           (const unsigned char *)aad.p, aad.n, NULL, out, key);
	return NONCE_BYTES + (size_t)n;
}

enum err box_take(const unsigned char *box, size_t box_n, const unsigned char *key, struct text aad, char *plain,
                  size_t cap, size_t *n)
{
	unsigned long long got;

	if (box == NULL || box_n < NONCE_BYTES + TAG_BYTES || box_n - NONCE_BYTES - TAG_BYTES > cap ||
	    crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)plain, &got, NULL, box + NONCE_BYTES,
	                                               box_n - NONCE_BYTES, (const unsigned char *)aad.p, aad.n, box,
	                                               key) != 0)
		return ERR_FORMAT;
	*n = (size_t)got;
	return ERR_OK;
}

/* ---- other bytes ---- */

/* That a key is used for sealed bytes is durable before the first of them is handed out, so that tending leaves it alone. */
static enum err note_sealed(struct dictionary *d, uint32_t number, int32_t day)
{
	sqlite3_stmt *q = d->store.statement[Q_SEALED];
	enum err e;

	if (d->sealed_key == number && d->sealed_day >= day)
		return ERR_OK;
	sqlite3_bind_int64(q, 1, number);
	sqlite3_bind_int(q, 2, day);
	e = store_do(q);
	if (e == ERR_OK) {
		d->sealed_key = number;
		d->sealed_day = day;
	}
	return e;
}

enum err dictionary_seal(struct dictionary *d, struct text context, struct text plain, int32_t day, struct buf *out)
{
	unsigned char *box =
		plain.n > DICTIONARY_SEALED_MAX ? NULL : mem_alloc(NUMBER_BYTES + NONCE_BYTES + plain.n + TAG_BYTES);
	struct data_key k;
	enum err e;

	if (box == NULL)
		return plain.n > DICTIONARY_SEALED_MAX ? ERR_CAP : ERR_MEMORY;
	pthread_mutex_lock(&d->store.lock);
	k = *key_newest(d, FOR_ROWS);
	e = note_sealed(d, k.number, day);
	pthread_mutex_unlock(&d->store.lock);
	buf_clear(out);
	if (e == ERR_OK) {
		put_number(box, k.number);
		buf_add(out, box, NUMBER_BYTES + box_put(box + NUMBER_BYTES, k.key, context, plain));
		e = out->err;
	}
	sodium_memzero(&k, sizeof(k));
	mem_free(box);
	return e;
}

enum err dictionary_unseal(struct dictionary *d, struct text context, struct text sealed, struct buf *plain)
{
	const struct data_key *known;
	struct data_key k = { .number = 0 };
	char *p;
	size_t n;
	enum err e;

	if (sealed.n < NUMBER_BYTES + NONCE_BYTES + TAG_BYTES || sealed.n > DICTIONARY_SEALED_MAX + 64)
		return ERR_FORMAT;
	pthread_mutex_lock(&d->store.lock);
	known = key_of(d, FOR_ROWS, get_number((const unsigned char *)sealed.p));
	if (known != NULL)
		k = *known;
	pthread_mutex_unlock(&d->store.lock);
	p = known == NULL ? NULL : mem_alloc(sealed.n);
	if (p == NULL)
		return known == NULL ? ERR_FORMAT : ERR_MEMORY;
	e = box_take((const unsigned char *)sealed.p + NUMBER_BYTES, sealed.n - NUMBER_BYTES, k.key, context, p, sealed.n,
	             &n);
	sodium_memzero(&k, sizeof(k));
	buf_clear(plain);
	if (e == ERR_OK) {
		buf_add(plain, p, n);
		sodium_memzero(p, n);
		e = plain->err;
	}
	mem_free(p);
	return e;
}
