/* test_wire_case.c - messages of the case platform, signatures and receipts: what is written reads back, and what is wrong in any one way is refused. */
#include "tests/test.h"
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "gateway/wire_case.h"
#include "gateway/wire_command.h"
#include "gateway/wire_sign.h"

static struct case_message in, out;
static struct case_row rows_in[CASE_ROWS_MAX], rows_out[CASE_ROWS_MAX];
static char scratch[CASE_BYTES_MAX + 1];

/* A random value of the field's form. */
static void draw(struct rng *r, struct case_message *m, enum case_field f, const char *shape)
{
	static const char *const words[] = { "李某某", "a<b & \"c\" 'd'>", " x ", "多行\n文字", "\xf0\x9f\x98\x80" };
	char z[64];

	if (strcmp(shape, "time") == 0)
		case_put_time(m, f, rng_between(r, 0, (int64_t)4000000000) * US_PER_SECOND);
	else if (strcmp(shape, "yuan") == 0)
		case_put_yuan(m, f, (int64_t)rng_below(r, 100000000000));
	else if (strcmp(shape, "words") == 0)
		case_put(m, f, text_z(words[rng_below(r, ARRAY_LEN(words))]));
	else if (strcmp(shape, "code") == 0) {
		snprintf(z, sizeof(z), "A%llu", (unsigned long long)rng_below(r, 10));
		case_put(m, f, text_z(z));
	} else
		case_put_number(m, f, (int64_t)rng_below(r, 9));
}

static const char *shape_of(enum case_field f)
{
	static const char *const shapes[] = { "words", "digits", "code", "yuan", "time", "count" };
	static const uint8_t kind[CASE_FIELDS_COUNT] = {
#define X(name, element, k, max) [CASE_F_##name] = k,
		CASE_FIELDS(X)
#undef X
	};

	return shapes[kind[f]];
}

static void make(struct rng *r, const struct case_form *form, bool all)
{
	case_start(&in, form->code, false);
	in.row = rows_in;
	in.mode = TEXT("01");
	in.to = TEXT("bank-7");
	in.serial = TEXT("00000000000A0001");
	in.application = TEXT("S0000000000010000");
	for (int f = 0; f < CASE_FIELDS_COUNT; f++)
		if ((form->needed >> f & 1) || ((form->allowed >> f & 1) && (all || rng_below(r, 2) == 0)))
			draw(r, &in, (enum case_field)f, shape_of((enum case_field)f));
	for (uint32_t i = 0; form->rows && i < rng_below(r, 4); i++) {
		rows_in[i] = (struct case_row){ .value = { { NULL, 0 } } };
		rows_in[i].value[CASE_R_AMOUNT] = TEXT("12.50");
		rows_in[i].value[CASE_R_NAME] = TEXT("张&三");
		in.n_rows = i + 1;
	}
}

static void test_round_trip(void **state)
{
	struct rng r;
	struct buf b, again;
	const char *why = "";

	(void)state;
	rng_seed(&r, test_seed(7));
	buf_init(&b, CASE_BYTES_MAX);
	buf_init(&again, CASE_BYTES_MAX);
	for (uint64_t n = 0; n < test_cases(400); n++)
		for (uint32_t i = 0; case_form_at(i) != NULL; i++) {
			buf_clear(&b);
			buf_clear(&again);
			make(&r, case_form_at(i), n % 3 == 0);
			assert_int_equal(case_write(&in, &b, &why), ERR_OK);
			out.row = rows_out;
			if (case_read(buf_view(&b), scratch, &out, &why) != ERR_OK) {
				print_error("%s\n%.*s\n", why, (int)b.n, b.p);
				fail();
			}
			assert_int_equal(out.code, in.code);
			assert_int_equal(out.n_rows, in.n_rows);
			for (int f = 0; f < CASE_FIELDS_COUNT; f++)
				assert_true(text_eq(in.value[f], out.value[f]));
			assert_int_equal(case_write(&out, &again, &why), ERR_OK);
			assert_true(text_eq(buf_view(&b), buf_view(&again)));
		}
	buf_release(&b);
	buf_release(&again);
}

#define HEAD \
	"<Head><Mode>01</Mode><To>duanka</To><TxCode>100102</TxCode><TransSerialNumber>A1</TransSerialNumber></Head>"
#define BODY(x) "<Request>" HEAD "<Body><ApplicationID>S1</ApplicationID>" x "</Body></Request>"
#define RETURN "<ReturnCode>100000</ReturnCode>"

static enum err read_z(const char *z, const char **why)
{
	out.row = NULL;
	return case_read(text_z(z), scratch, &out, why);
}

static void test_strict(void **state)
{
	static const char *const wrong[] = {
		"",
		"<Request>",
		"x" BODY(RETURN),
		BODY(RETURN) "x",
		BODY(RETURN) BODY(RETURN),
		BODY(""),                                                   /* a needed field is missing */
		BODY(RETURN RETURN),                                        /* twice */
		BODY(RETURN "<Unknown>1</Unknown>"),                        /* unknown */
		BODY(RETURN "<MONTHS>1</MONTHS>"),                          /* another case */
		BODY(RETURN "<Months>1</Months>"),                          /* not allowed here */
		BODY("<ReturnCode>10000</ReturnCode>"),                     /* too short */
		BODY("<ReturnCode>10000x</ReturnCode>"),                    /* no digits */
		BODY("<ReturnCode> 100000</ReturnCode>"),                   /* blanks */
		BODY("<ReturnCode></ReturnCode>"),                          /* empty */
		BODY(RETURN "<StartTime>20260230000000</StartTime>"),       /* no such day */
		BODY(RETURN "<StartTime>2026-02-20</StartTime>"),           /* another form */
		BODY(RETURN "<AccountBalance>-1.00</AccountBalance>"),      /* negative */
		BODY(RETURN "<AccountBalance>1.005</AccountBalance>"),      /* a third decimal */
		BODY(RETURN "<FeedbackRemark>&x;</FeedbackRemark>"),        /* an entity */
		BODY(RETURN "<FeedbackRemark>&#0;</FeedbackRemark>"),       /* NUL */
		BODY(RETURN "<FeedbackRemark>&#xD800;</FeedbackRemark>"),   /* a surrogate */
		BODY(RETURN "<FeedbackRemark>&#1114112;</FeedbackRemark>"), /* beyond Unicode */
		BODY(RETURN "<FeedbackRemark>\xff</FeedbackRemark>"),       /* not UTF-8 */
		BODY(RETURN "<FeedbackRemark>\x01</FeedbackRemark>"),       /* a control character */
		BODY(RETURN "<FeedbackRemark>a]]>b</FeedbackRemark>"),      /* the end of CDATA */
		BODY(RETURN "<FeedbackRemark><b>x</b></FeedbackRemark>"),   /* elements in a text */
		BODY(RETURN "<!-- x -->"),
		BODY(RETURN "<![CDATA[x]]>"),
		BODY(RETURN "<?x y?>"),
		BODY(RETURN "text"),
		BODY(RETURN "<Result a=\"1\">0000</Result>"),
		BODY(RETURN "<Result/>"),
		BODY(RETURN "<Result>0000</Resul>"),
		BODY(RETURN "<Rows><Row></Row></Rows>"), /* no rows in this one */
		"<!DOCTYPE Request [<!ENTITY a \"b\">]>" BODY(RETURN),
		"<?xml version=\"1.0\" encoding=\"GB18030\"?>" BODY(RETURN),
		"<?xml version=\"1.1\" encoding=\"UTF-8\"?>" BODY(RETURN),
		"<Request>" HEAD HEAD "<Body><ApplicationID>S1</ApplicationID>" RETURN "</Body></Request>",
		"<Other>" HEAD "<Body><ApplicationID>S1</ApplicationID>" RETURN "</Body></Other>",
		"<Request><Body><ApplicationID>S1</ApplicationID>" RETURN "</Body></Request>",
		"<Request>" HEAD "<Body>" RETURN "</Body></Request>",
		"<Request>" HEAD "<Body><ApplicationID>S 1</ApplicationID>" RETURN "</Body></Request>",
	};
	const char *why;

	(void)state;
	assert_int_equal(read_z(BODY(RETURN), &why), ERR_OK);
	assert_int_equal(read_z("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n " BODY(RETURN) "\n", &why),
	                 ERR_OK);
	assert_int_equal(read_z(BODY(RETURN "<FeedbackRemark>a&#60;&#x4e2d;&amp;&apos;</FeedbackRemark>"), &why), ERR_OK);
	assert_text(out.value[CASE_F_REMARK], "a<中&'");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		why = NULL;
		if (read_z(wrong[i], &why) != ERR_FORMAT)
			print_error("taken: %s\n", wrong[i]);
		assert_int_equal(read_z(wrong[i], &why), ERR_FORMAT);
		assert_non_null(why);
	}
}

static void test_limits(void **state)
{
	struct buf b;
	const char *why;

	(void)state;
	buf_init(&b, 4 << 20);
	buf_z(&b, "<Request>");
	for (int i = 0; i < XML_DEPTH_MAX + 2; i++)
		buf_z(&b, "<Body>");
	assert_int_equal(case_read(buf_view(&b), scratch, &out, &why), ERR_FORMAT);
	buf_clear(&b);
	while (b.n <= CASE_BYTES_MAX)
		buf_z(&b, "<Request>");
	assert_int_equal(case_read(buf_view(&b), scratch, &out, &why), ERR_FORMAT);
	assert_string_equal(why, "too large");
	/* words are cut at characters, and the rest of the form is kept */
	case_start(&in, CASE_STOP_TOLD, false);
	buf_clear(&b);
	for (int i = 0; i < 1200; i++)
		buf_z(&b, "中");
	case_put(&in, CASE_F_REMARK, buf_view(&b));
	assert_int_equal(in.value[CASE_F_REMARK].n, 3000);
	buf_release(&b);
}

static void test_values(void **state)
{
	(void)state;
	case_start(&in, CASE_STOP_TOLD, false);
	case_put_time(&in, CASE_F_START, (int64_t)1772323200 * US_PER_SECOND);
	assert_text(in.value[CASE_F_START], "20260301080000");
	assert_int_equal(case_time(&in, CASE_F_START), (int64_t)1772323200 * US_PER_SECOND);
	case_put_yuan(&in, CASE_F_BALANCE, 1234567);
	assert_text(in.value[CASE_F_BALANCE], "12345.67");
	assert_int_equal(case_yuan(&in, CASE_F_BALANCE), 1234567);
	case_put_number(&in, CASE_F_RESULT, 3);
	assert_text(in.value[CASE_F_RESULT], "0003");
	assert_int_equal(case_number(&in, CASE_F_RESULT), 3);
	assert_int_equal(case_number(&in, CASE_F_RETURN), -1);
	assert_int_equal(case_time(&in, CASE_F_END), 0);
}

static void test_signatures(void **state)
{
	struct sign_secret s = { .n = 16, .p = "0123456789abcdef" }, other = { .n = 16, .p = "0123456789abcdeg" };
	int64_t now = (int64_t)1772323200 * US_PER_SECOND;
	char time[SIGN_TIME_BYTES], signature[SIGN_TEXT_BYTES];
	struct sign_request r = { TEXT("POST"), sign_target(TEXT("https://bank.example/front?id=X-1")),
		                      TEXT("{\"id\":\"X-1\"}") },
						changed;
	struct buf why;

	(void)state;
	sign_make(&s, now, &r, time, signature);
	assert_string_equal(time, "1772323200");
	/* printf 'v2\nPOST\n/front?id=X-1\n1772323200\n{"id":"X-1"}' | openssl dgst -sha256 -hmac 0123456789abcdef */
	assert_string_equal(signature, "v2=ff601909763fbff3cf5c5cefb5d94279c8d09f1e8e907ba92ee18ca8109d6846");
	assert_int_equal(sign_check(&s, now, text_z(time), text_z(signature), &r), SIGN_OK);
	assert_int_equal(sign_check(&s, now + 300 * US_PER_SECOND, text_z(time), text_z(signature), &r), SIGN_OK);
	assert_int_equal(sign_check(&s, now + 301 * US_PER_SECOND, text_z(time), text_z(signature), &r), SIGN_LATE);
	assert_int_equal(sign_check(&s, now - 301 * US_PER_SECOND, text_z(time), text_z(signature), &r), SIGN_LATE);
	assert_int_equal(sign_check(&other, now, text_z(time), text_z(signature), &r), SIGN_DIFFERS);
	assert_int_equal(sign_check(&s, now, TEXT("1772323201"), text_z(signature), &r), SIGN_DIFFERS);
	for (int i = 0; i < 3; i++) { /* each part is covered */
		changed = r;
		*(i == 0 ? &changed.method : i == 1 ? &changed.target : &changed.body) = TEXT("GET");
		assert_int_equal(sign_check(&s, now, text_z(time), text_z(signature), &changed), SIGN_DIFFERS);
	}
	assert_int_equal(sign_check(&s, now, TEXT(""), text_z(signature), &r), SIGN_NO_TIME);
	assert_int_equal(sign_check(&s, now, text_z(time), TEXT("v1=00"), &r), SIGN_VERSION);
	assert_int_equal(sign_check(&s, now, text_z(time), TEXT("v3=00"), &r), SIGN_VERSION);
	assert_int_equal(sign_check(&s, now, text_z(time), TEXT("v2=00"), &r), SIGN_NONE);
	assert_int_equal(sign_check(&s, now, text_z(time), TEXT(""), &r), SIGN_NONE);
	signature[10] = signature[10] == '0' ? '1' : '0';
	assert_int_equal(sign_check(&s, now, text_z(time), text_z(signature), &r), SIGN_DIFFERS);
	buf_init(&why, 4096);
	sign_explain(SIGN_DIFFERS, text_z(time), &r, &why);
	assert_non_null(memmem(why.p, why.n, "POST, /front?id=X-1, 1772323200, and a body of 12 bytes", 55));
	sign_explain(SIGN_VERSION, text_z(time), &r, &why);
	assert_non_null(memmem(why.p, why.n, "version: only v2", 16));
	buf_release(&why);
	r.target = sign_target(TEXT("http://127.0.0.1:8460"));
	assert_text(r.target, "/");
}

static void put_secret(const char *path, const char *z, mode_t mode)
{
	unlink(path);
	assert_int_equal(file_write_all(path, text_z(z)), ERR_OK);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_secrets(void **state)
{
	char folder[] = "/tmp/duanka-sign-XXXXXX", path[64];
	struct sign_secret s;
	struct buf why;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/secret", folder);
	buf_init(&why, 4096);
	assert_int_equal(sign_secret_read(&s, path, &why), ERR_ABSENT);
	put_secret(path, "0123456789abcdef\n", 0600);
	assert_int_equal(sign_secret_read(&s, path, NULL), ERR_OK);
	assert_int_equal(s.n, 16);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(sign_secret_read(&s, path, &why), ERR_FORMAT);
	put_secret(path, "0123456789abcde", 0600);
	assert_int_equal(sign_secret_read(&s, path, &why), ERR_FORMAT);
	put_secret(path, "0123456789 abcdef", 0600);
	assert_int_equal(sign_secret_read(&s, path, &why), ERR_FORMAT);
	assert_null(memmem(why.p, why.n, "0123456789", 10)); /* what is wrong is told, the secret is not */
	buf_release(&why);
	unlink(path);
	rmdir(folder);
}

static void test_receipts(void **state)
{
	static const char *const wrong[] = {
		"",
		"{}",
		"{\"id\":\"X-1\"}",
		"{\"result\":\"done\"}",
		"{\"id\":\"X-0\",\"result\":\"done\"}",
		"{\"id\":\"1\",\"result\":\"done\"}",
		"{\"id\":\"X-1\",\"result\":\"maybe\"}",
		"{\"id\":\"X-1\",\"result\":\"done\",\"more\":\"x\"}",
		"{\"id\":\"X-1\",\"result\":\"done\",\"receipt\":\"13800138000\"}",
		"{\"id\":\"X-1\",\"result\":\"done\",\"receipt\":\"a b\"}",
		"{\"id\":1,\"result\":\"done\"}",
		"[\"X-1\"]",
	};
	struct command_receipt r;
	struct buf b;
	const char *why;

	(void)state;
	buf_init(&b, COMMAND_BYTES_MAX);
	for (int i = 0; i < COMMAND_RESULTS; i++) {
		struct command_receipt w = {
			.id = 65536, .result = (enum command_result)i, .receipt = TEXT("R-17"), .remark = TEXT("a \"b\"")
		};

		buf_clear(&b);
		command_receipt_write(&w, &b);
		assert_int_equal(command_receipt_read(buf_view(&b), scratch, &r, &why), ERR_OK);
		assert_int_equal(r.id, 65536);
		assert_int_equal(r.result, i);
		assert_text(r.receipt, "R-17");
		assert_text(r.remark, "a \"b\"");
	}
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(command_receipt_read(text_z(wrong[i]), scratch, &r, &why), ERR_FORMAT);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_strict),     cmocka_unit_test(test_limits),
		cmocka_unit_test(test_values),     cmocka_unit_test(test_signatures), cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_receipts),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
