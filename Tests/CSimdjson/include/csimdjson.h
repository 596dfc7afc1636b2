#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Parses a text into simdjson's tree with a parser that is kept for the thread; 0 if it is JSON.
int simdjson_parse(const unsigned char *bytes, size_t count);

#ifdef __cplusplus
}
#endif
