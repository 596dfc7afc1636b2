#include "csimdjson.h"

#include <simdjson.h>

int simdjson_parse(const unsigned char *bytes, size_t count) {
    static thread_local simdjson::dom::parser parser;
    return parser.parse(bytes, count, true).error();
}
