/* wire_xml.h - the little of XML 1.0 that the case platform's messages need, read strictly.
 *
 * Elements and text, the five named entities, character references, one declaration that says UTF-8. No attributes, comments, CDATA, processing instructions, namespaces or document types: so
 * there is nothing that grows, refers to a file, or could be read in two ways. A leaf has text, every other element has elements and blanks only.
 * Nothing is allocated: texts point into the input, or into the caller's scratch where they held references. */
#ifndef DUANKA_GATEWAY_WIRE_XML_H
#define DUANKA_GATEWAY_WIRE_XML_H
#include "base/buf.h"

enum {
	XML_DEPTH_MAX = 6,
	XML_NAME_MAX = 64,
	XML_NODES_MAX = 20000
};

enum xml_event {
	XML_OPEN,  /* name */
	XML_CLOSE, /* name; leaf: text */
	XML_END,
	XML_WRONG /* why, and at: where in the input */
};

struct xml {
	struct text in;
	size_t at;
	char *scratch; /* as large as the input */
	size_t scratch_n;
	uint32_t depth, nodes;
	struct text open[XML_DEPTH_MAX];
	bool leaf, done;
	struct text name, text;
	const char *why;
};

void xml_start(struct xml *x, struct text in, char *scratch);
enum xml_event xml_next(struct xml *x);

/* Writing: text is escaped; characters that XML can't hold become U+FFFD. */
void xml_open(struct buf *b, const char *name);
void xml_close(struct buf *b, const char *name);
void xml_leaf(struct buf *b, const char *name, struct text t);

#endif
