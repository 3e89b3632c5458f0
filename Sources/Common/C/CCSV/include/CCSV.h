#pragma once

// The bytes that count in CSV, 16 at a time. Vectors in clang's terms: SSE2 on x86-64, NEON on ARM, plain code elsewhere.

#include <stdint.h>
#include <string.h>

typedef int8_t CCSVBytes __attribute__((ext_vector_type(16)));
typedef _Bool CCSVBits __attribute__((ext_vector_type(16)));

/// A bit for each byte that is not 0, the first byte's the lowest.
static inline unsigned ccsv_mask(CCSVBytes condition) {
  CCSVBits bits = __builtin_convertvector(condition, CCSVBits);
  uint16_t mask;
  memcpy(&mask, &bits, 2);
  return mask;
}

static inline _Bool ccsv_stops(uint8_t byte, uint8_t end) {
  return byte < 0x20 || byte == end || byte == '"' || byte == '\\' || byte == 0x7F;
}

/// Copies the bytes before the first `end`, quote, backslash, control character or DEL, and says how many these are; may
/// write 16 bytes more than there are.
static inline long ccsv_copy(uint8_t *target, const uint8_t *source, long count, uint8_t end) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CCSVBytes bytes;
    memcpy(&bytes, source + done, 16);
    memcpy(target + done, &bytes, 16);
    unsigned stops = ccsv_mask((CCSVBytes)(((bytes >= 0) & (bytes < 0x20)) | (bytes == (int8_t)end) | (bytes == '"') |
                                           (bytes == '\\') | (bytes == 0x7F)));
    if (stops) return done + __builtin_ctz(stops);
  }
  for (; done < count && !ccsv_stops(source[done], end); done++) target[done] = source[done];
  return done;
}

/// How many bytes come before the first `end`, quote, carriage return or newline.
static inline long ccsv_skip(const uint8_t *source, long count, uint8_t end) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CCSVBytes bytes;
    memcpy(&bytes, source + done, 16);
    unsigned stops = ccsv_mask(
        (CCSVBytes)((bytes == (int8_t)end) | (bytes == '"') | (bytes == '\r') | (bytes == '\n')));
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
    CCSVBytes bytes;
    memcpy(&bytes, source + done, 16);
    found += __builtin_popcount(ccsv_mask((CCSVBytes)(bytes == (int8_t)wanted)));
  }
  for (; done < count; done++) found += source[done] == wanted;
  return found;
}
