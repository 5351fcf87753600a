/* numbers.h - invented identifiers that look real: an index in, an identifier out, one to one.
 *
 * Mobile blocks of Qingdao, card prefixes of real banks with Luhn digits, IMEIs with check digits, ID numbers with a date
 * of birth and the check character of GB 11643-1999. Whether anybody has one of them is chance. */
#ifndef DUANKA_SIM_NUMBERS_H
#define DUANKA_SIM_NUMBERS_H
#include <stddef.h>
#include <stdint.h>

/* How a phone's digits are written, in the top byte of a number. */
#define PHONE_FORM(form, digits) ((uint64_t)(form) << 56 | (uint64_t)(digits))
enum {
	FORM_PLAIN,
	FORM_ZERO,
	FORM_PLUS86,
	FORM_0086,
	FORM_PLUS,
	FORM_00
};

enum {
	BANKS = 8,
	SHOP_AT = 900000000, /* accounts of businesses: numbers that do not depend on a seed, so that lists can name them */
	EMPLOYER_AT = 910000000,
	BIRTH_YEAR_FIRST = 1948,
	BIRTH_DAYS = 21915 /* 60 years */
};

uint64_t sample_phone(uint64_t i);
uint64_t ident_courier(uint64_t i);
uint64_t sample_iot(uint64_t i);
uint64_t sample_account(uint64_t i);
uint8_t ident_bank_of(uint64_t i); /* of the account that sample_account(i) gives */
uint64_t sample_device(uint64_t i);
uint32_t ident_home_cell(uint64_t i);
const char *ident_bank_title(uint8_t bank);
int64_t ident_birth_day(uint64_t i); /* of person i, days since 1948-01-01 */
size_t ident_person_text(uint64_t i, char out[18]);
size_t ident_phone_text(uint64_t phone, char out[24]);

#endif
