#pragma once

// Strings, 16 bytes at a time. Vectors in clang's terms: SSE2 on x86-64, NEON on ARM, plain code elsewhere.

#include <stdint.h>
#include <string.h>

typedef int8_t CJSONBytes __attribute__((ext_vector_type(16)));
typedef _Bool CJSONBits __attribute__((ext_vector_type(16)));

/// A bit for each byte that is not 0, the first byte's the lowest.
static inline unsigned cjson_mask(CJSONBytes condition) {
  CJSONBits bits = __builtin_convertvector(condition, CJSONBits);
  uint16_t mask;
  memcpy(&mask, &bits, 2);
  return mask;
}

/// How many bytes come before the first quote, backslash, control character, DEL or byte beyond ASCII.
static inline long cjson_plain(const uint8_t *text, long count) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CJSONBytes bytes;
    memcpy(&bytes, text + done, 16);
    // As signed numbers bytes beyond ASCII are below the control characters.
    unsigned special = cjson_mask(
        (CJSONBytes)((bytes < 0x20) | (bytes == '"') | (bytes == '\\') | (bytes == 0x7F)));
    if (special) return done + __builtin_ctz(special);
  }
  for (; done < count; done++) {
    int8_t byte = (int8_t)text[done];
    if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F) break;
  }
  return done;
}

/// Copies the bytes before the first backslash or DEL, and says how many these are; may write up to `count` bytes.
static inline long cjson_copy(uint8_t *target, const uint8_t *source, long count) {
  long done = 0;
  for (; done + 16 <= count; done += 16) {
    CJSONBytes bytes;
    memcpy(&bytes, source + done, 16);
    memcpy(target + done, &bytes, 16);
    unsigned special = cjson_mask((CJSONBytes)((bytes == '\\') | (bytes == 0x7F)));
    if (special) return done + __builtin_ctz(special);
  }
  for (; done < count && source[done] != '\\' && source[done] != 0x7F; done++) target[done] = source[done];
  return done;
}

/// A bit for each byte that canonical JSON escapes: quote, backslash, control character, DEL.
static inline unsigned cjson_escaped(CJSONBytes bytes) {
  return cjson_mask((CJSONBytes)(((bytes < 0x20) & (bytes >= 0)) | (bytes == '"') | (bytes == '\\') | (bytes == 0x7F)));
}

/// Copies the bytes before the first that is escaped, and says how many these are; may write up to `count` bytes.
static inline long cjson_copy_plain(uint8_t *target, const uint8_t *source, long count) {
  long done = 0;
  while (count - done >= 8) {
    // 16 bytes, or all that is left: the two words may have bytes in common.
    long length = count - done < 16 ? count - done : 16;
    CJSONBytes bytes;
    memcpy(&bytes, source + done, 8);
    memcpy((char *)&bytes + 8, source + done + length - 8, 8);
    memcpy(target + done, &bytes, 8);
    memcpy(target + done + length - 8, (char *)&bytes + 8, 8);
    unsigned special = cjson_escaped(bytes);
    if (special) {
      long first = __builtin_ctz(special);
      return done + (first < 8 ? first : first - 16 + length);
    }
    done += length;
  }
  for (; done < count; done++) {
    uint8_t byte = source[done];
    if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F) break;
    target[done] = byte;
  }
  return done;
}
