/* ident.h - plain identifiers into tokens: one canonical form a thing, whatever way its number was written.
 *
 * Phone numbers: blanks, dashes and brackets dropped; 0086, +86, 86 and a carrier-selection prefix removed; mobiles are 11
 * digits, landlines area code + number, overseas numbers keep +country; a form that no real caller can have (an
 * international prefix before 110, 96110, 95xxx) is NUMBER_SPOOFED and keeps its written form, so that it never shares a
 * token with the real number. Accounts: digits (bank cards with BIN lookup; the Luhn digit is not required) or letters,
 * digits, '-', '_', '.', '@' up to 34. Persons: 18-character ID numbers with a correct date and check character
 * (GB 11643-1999); 15-digit ones are widened. Devices: IMEI (14-16 digits, compared without the check digit) or MAC.
 * Cells and other kinds: printable ASCII or UTF-8, no control characters, up to EVENT_IDENT_MAX bytes. */
#ifndef DUANKA_EVENT_IDENT_H
#define DUANKA_EVENT_IDENT_H
#include "base/arena.h"
#include "event/event.h"

enum ident_mode {
	IDENT_STRICT, /* as above */
	IDENT_ANY,    /* "opaque" in a mapping file: any printable identifier is taken as it is (anonymised data) */
};

/* out->plain points into scratch (EVENT_IDENT_MAX bytes of the caller's). kind is the entity's index in the schema, mixed
 * into the token. On failure *why is a static phrase: what is wrong and what would be right. */
enum err ident_make(const struct hash_key *key, enum ident_form form, uint32_t kind, enum ident_mode mode,
                    struct text plain, char *scratch, struct ident *out, const char **why) MUST_CHECK;

/* The names behind ident_attrs, as policies compare them: caller.kind = "mobile", caller.region = "青岛",
 * caller.carrier = "移动", account.bank = "中国工商银行". Index 0 is "" (unknown). */
const char *ident_kind_name(uint32_t i);
const char *ident_carrier_name(uint32_t i);
const char *ident_region_name(uint32_t i);
const char *ident_bank_name(uint32_t i);
uint32_t ident_carrier_count(void);
uint32_t ident_region_count(void);
uint32_t ident_bank_count(void);

#endif
