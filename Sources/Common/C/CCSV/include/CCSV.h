#pragma once

// The bytes that count in CSV, 16 at a time. Vectors in clang's terms: SSE2 on x86-64, NEON on ARM, plain code elsewhere.

#include <CJSON.h>

static inline _Bool ccsv_stops(uint8_t byte, uint8_t end) {
  return byte < 0x20 || byte == end || byte == '"' || byte == '\\' || byte == 0x7F;
}

/// Copies the bytes before the first `end`, quote, backslash, control character or DEL, and says how many these are; may
/// write 16 bytes more than there are.
static inline long ccsv_copy(uint8_t *target, const uint8_t *source, long count, uint8_t end) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CJSONBytes bytes;
    memcpy(&bytes, source + done, 16);
    memcpy(target + done, &bytes, 16);
    unsigned stops = cjson_escaped(bytes) | cjson_mask((CJSONBytes)(bytes == (int8_t)end));
    if (stops) return done + __builtin_ctz(stops);
  }
  for (; done < count && !ccsv_stops(source[done], end); done++) target[done] = source[done];
  return done;
}

/// How many bytes come before the first `end`, quote, carriage return or newline.
static inline long ccsv_skip(const uint8_t *source, long count, uint8_t end) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CJSONBytes bytes;
    memcpy(&bytes, source + done, 16);
    unsigned stops = cjson_mask(
        (CJSONBytes)((bytes == (int8_t)end) | (bytes == '"') | (bytes == '\r') | (bytes == '\n')));
    if (stops) return done + __builtin_ctz(stops);
  }
  for (; done < count; done++) {
    uint8_t byte = source[done];
    if (byte == end || byte == '"' || byte == '\r' || byte == '\n') break;
  }
  return done;
}

/// How often a byte comes.
static inline long ccsv_count(const uint8_t *source, long count, uint8_t wanted) {
  long found = 0, done = 0;
  for (; done + 16 <= count; done += 16) {
    CJSONBytes bytes;
    memcpy(&bytes, source + done, 16);
    found += __builtin_popcount(cjson_mask((CJSONBytes)(bytes == (int8_t)wanted)));
  }
  for (; done < count; done++) found += source[done] == wanted;
  return found;
}
