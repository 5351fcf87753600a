/* outline_json.h - an outline (policy/outline.h) for a form in a browser. */
#ifndef DUANKA_SHOW_OUTLINE_JSON_H
#define DUANKA_SHOW_OUTLINE_JSON_H
#include "policy/outline.h"

/* "files":[{"path","bytes"}],"declarations":[{"kind","file","name","line","from","to","whole","comment","parts"}]: members of an object. Spans are bytes of UTF-8 from the file's first on, [from,to). */
void outline_json(struct buf *b, const struct outline *o);

#endif
