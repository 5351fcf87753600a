/* district.h - which district a text means. The desk's districts are numbers (of users, keys, warnings); events say it as people do. */
#ifndef DUANKA_GATEWAY_DISTRICT_H
#define DUANKA_GATEWAY_DISTRICT_H
#include "base/text.h"

/* "370202", an administrative code of six digits (GB/T 2260): its last four, 202, which are one district's within a province. "202", up to five digits: that number, whatever
 * the centre means by it. "市南区", "市南", "青岛市市南区": the ten districts of Qingdao. 0: none of these, or 0 itself. */
uint16_t district_number(struct text t);

struct district {
	uint16_t number; /* 202: the code is 370202 */
	const char *zh, *en;
};
enum {
	DISTRICTS = 10
};
extern const struct district districts[DISTRICTS]; /* of Qingdao, in order of their codes */

#endif
