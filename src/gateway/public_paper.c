/* public_paper.c - what people hand in with an objection: pictures and PDFs go into the store of files, cleaned and scanned like every upload; texts become one sealed text. See public.h.
 *
 * A picture from a telephone has megabytes, so a sealed text of 64 KiB is no place for it. Who reads a paper later says why, like with any sealed text (struct desk_field, guarded). */
#include <sodium.h>
#include "base/mem.h"
#include "desk/appeal.h"
#include "gateway/public_int.h"
#include "gateway/scan.h"

_Static_assert((int)PUBLIC_PAPERS_MAX <= (int)APPEAL_PAPERS, "each paper has a field");

static const char text_type[] = "text/plain";

/* ---- one file ---- */

static enum public_verdict scanned(const struct public_asking *a, struct text bytes)
{
	enum scan_verdict v = scan_bytes(a->config->files_scan, bytes, a->config->files_scan_us);

	return v == SCAN_CLEAN ? PUBLIC_DONE : v == SCAN_INFECTED ? PUBLIC_INPUT : PUBLIC_FAILED;
}

enum public_verdict public_keep_file(struct public_asking *a, struct text bytes, bool pdf_too,
                                     unsigned char id[FILES_ID_BYTES], enum picture_type *type)
{
	struct files *files = a->desk->o.files;
	enum public_verdict v = PUBLIC_INPUT;
	struct picture picture;
	struct buf clean;
	const char *why;
	enum err e;

	buf_init(&clean, PICTURE_BYTES_MAX + 64);
	e = picture_clean(bytes, &picture, &clean, &why);
	if (e == ERR_OK && (picture.type != PICTURE_PDF || pdf_too))
		v = scanned(a, bytes);
	else if (e != ERR_OK && e != ERR_FORMAT)
		v = PUBLIC_FAILED;
	if (v == PUBLIC_DONE) {
		randombytes_buf(id, FILES_ID_BYTES);
		e = files_add(files, id, picture.type, buf_view(&clean), 0, a->desk->o.now_us());
		v = e == ERR_OK ? PUBLIC_DONE : e == ERR_CAP ? PUBLIC_FULL : PUBLIC_FAILED;
		*type = picture.type;
	}
	if (clean.p != NULL)
		sodium_memzero(clean.p, clean.cap);
	buf_release(&clean);
	return v;
}

void public_drop_files(struct public_asking *a, unsigned char (*id)[FILES_ID_BYTES], uint32_t n)
{
	while (n > 0)
		if (files_erase(a->desk->o.files, id[--n]) != ERR_OK)
			return; /* it stays, sealed, and nothing refers to it: it is swept */
}

/* ---- papers ---- */

static void put_text_paper(struct buf *b, struct text name, struct text plain)
{
	buf_z(b, "{\"name\":");
	buf_json(b, name);
	buf_z(b, ",\"text\":");
	buf_json(b, plain);
	buf_char(b, '}');
}

/* Into the one sealed text, if it still has room. */
static enum public_verdict keep_text(struct public_papers *k, struct text name, struct text plain)
{
	struct buf one;
	enum err e;

	if (plain.n == 0 || !text_utf8_valid(plain) || memchr(plain.p, 0, plain.n) != NULL)
		return PUBLIC_INPUT;
	buf_init(&one, TEXT_BYTES_MAX);
	put_text_paper(&one, name, plain);
	e = one.err;
	if (e == ERR_OK && k->texts.n + one.n + 2 <= TEXT_BYTES_MAX) {
		buf_char(&k->texts, k->texts.n == 0 ? '[' : ',');
		buf_text(&k->texts, buf_view(&one));
		k->kept++;
	}
	if (one.p != NULL)
		sodium_memzero(one.p, one.cap);
	buf_release(&one);
	return (e == ERR_OK || e == ERR_CAP) && k->texts.err == ERR_OK ? PUBLIC_DONE : PUBLIC_FAILED;
}

/* said: the type that came with it; empty: none did. */
static enum public_verdict keep_paper(struct public_asking *a, struct public_papers *k, struct text name,
                                      struct text said, struct text bytes)
{
	enum picture_type type;
	enum public_verdict v;

	if (text_eq(said, text_z(text_type)))
		return keep_text(k, name, bytes);
	v = public_keep_file(a, bytes, true, k->file[k->n_files], &type);
	if (v == PUBLIC_FULL)
		return PUBLIC_DONE; /* told by papers_kept */
	if (v != PUBLIC_DONE)
		return v;
	k->n_files++;
	if (said.n > 0 && !text_eq(said, text_z(picture_media[type])))
		return PUBLIC_INPUT;
	k->kept++;
	return PUBLIC_DONE;
}

static enum public_verdict take_base64(struct public_asking *a, struct public_papers *k, const struct public_paper *p)
{
	size_t n = 0, room = p->base64.n / 4 * 3 + 3;
	unsigned char *plain = mem_alloc(room);
	enum public_verdict v = PUBLIC_FAILED;

	if (plain == NULL)
		return v;
	if (sodium_base642bin(plain, room, p->base64.p, p->base64.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0)
		v = keep_paper(a, k, p->name, p->type, text_of((const char *)plain, n));
	else
		v = PUBLIC_INPUT;
	sodium_memzero(plain, room);
	mem_free(plain);
	return v;
}

static enum public_verdict take_one(struct public_asking *a, struct public_papers *k, const struct public_paper *p)
{
	if (p->bytes.n > 0)
		return keep_paper(a, k, TEXT(""), TEXT(""), p->bytes);
	if (p->base64.n == 0 || p->type.n == 0 || p->name.n > PUBLIC_CONTACT_MAX || !text_utf8_valid(p->name))
		return PUBLIC_INPUT;
	return take_base64(a, k, p);
}

enum public_verdict public_take_papers(struct public_asking *a, const struct public_paper *paper, uint32_t n,
                                       struct public_papers *k)
{
	enum public_verdict v = PUBLIC_DONE;

	*k = (struct public_papers){ .kept = 0 };
	buf_init(&k->texts, TEXT_BYTES_MAX);
	if (n > a->config->public_papers)
		return public_wrong(a, "papers", "there are too many papers", "材料份数超出上限");
	for (uint32_t i = 0; i < n && v == PUBLIC_DONE; i++)
		v = take_one(a, k, &paper[i]);
	if (v == PUBLIC_DONE && k->texts.n > 0)
		buf_char(&k->texts, ']');
	if (v == PUBLIC_DONE && k->texts.err != ERR_OK)
		v = PUBLIC_FAILED;
	if (v == PUBLIC_INPUT)
		public_wrong(a, "papers", "a paper is a whole JPEG, PNG or PDF of at most 8 MiB, or plain text",
		             "材料须为完整的 JPEG、PNG 或 PDF（不超过 8 MiB），或纯文本，且内容与类型一致");
	return v;
}

void public_give_papers(struct public_filing *f, const struct public_papers *k)
{
	for (uint32_t i = 0; i < k->n_files; i++)
		desk_give_ref(&f->order.command, APPEAL_F_PAPER_1 + i, k->file[i]);
	public_give_text(f, APPEAL_F_PAPERS, buf_view(&k->texts));
}

void public_papers_end(struct public_asking *a, struct public_papers *k, enum public_verdict v)
{
	if (v != PUBLIC_DONE && v != PUBLIC_FAILED) /* after a failure the command may be journaled all the same */
		public_drop_files(a, k->file, k->n_files);
	if (k->texts.p != NULL)
		sodium_memzero(k->texts.p, k->texts.cap);
	buf_release(&k->texts);
}
