/* Header texts in comparable form. */
#ifndef QIAO_HEADER_H
#define QIAO_HEADER_H

#include "base/str.h"

#define NORMAL_MAX 160
/* Lower case, half-width, without blanks, punctuation and bracketed hints ("项目名称（必填）*"), in
 * at most NORMAL_MAX bytes; longer texts are no headers: "". */
struct str header_normal(char to[NORMAL_MAX], struct str text);
/* The same with what stands in brackets. */
struct str header_whole(char to[NORMAL_MAX], struct str text);
/* Without blanks of any kind at both ends, zero-width ones too. */
struct str text_trim(struct str s);

#endif
