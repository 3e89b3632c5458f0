#pragma once

// 64 bytes of text at a time. Vectors in clang's terms: what the processor has on x86-64, NEON on ARM, plain code elsewhere.

#include <stdint.h>
#include <string.h>

/// Of 64 bytes, a bit each, the first byte's the lowest.
typedef struct {
  /// a to z, A to Z, and every byte of what is not ASCII.
  uint64_t letters;
  uint64_t digits;
  uint64_t underscores;
  /// What joins between two letters, and what joins between two digits: ' . : and ' . , ;
  uint64_t betweenLetters;
  uint64_t betweenDigits;
} CWordsBlock;

/// Puts A to Z in lower case, in place, and says what each byte is, of as many blocks.
void cwords_scan(uint8_t *text, long blocks, CWordsBlock *found);

/// Copies bytes up to the first that is not ASCII, and says how many these are; may write 16 bytes more than it copies.
static inline long cwords_copy_ascii(uint8_t *target, const uint8_t *source, long count) {
  typedef uint8_t Bytes __attribute__((ext_vector_type(16)));
  typedef _Bool Bits __attribute__((ext_vector_type(16)));
  long done = 0;
  while (done < count) {
    Bytes bytes = 0;
    if (count - done >= 16)
      memcpy(&bytes, source + done, 16);
    else
      for (long i = 0; i < count - done; i++) ((uint8_t *)&bytes)[i] = source[done + i];
    memcpy(target + done, &bytes, 16);
    Bits high = __builtin_convertvector(bytes >= 0x80, Bits);
    uint16_t mask;
    memcpy(&mask, &high, 2);
    if (mask) return done + __builtin_ctz(mask);
    done += 16;
  }
  return count;
}

/// The first sixteen bytes of a word, with zeros for those that it doesn't have; may read 16 bytes in any case.
typedef struct {
  uint64_t first, second;
} CWordsHead;

static inline CWordsHead cwords_head(const void *word, uint32_t length) {
  typedef uint8_t Bytes __attribute__((ext_vector_type(16)));
  const Bytes places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Bytes bytes;
  CWordsHead head;
  memcpy(&bytes, word, 16);
  bytes &= (Bytes)(places < (Bytes)(uint8_t)(length < 16 ? length : 16));
  memcpy(&head, &bytes, 16);
  return head;
}

/// Asks for memory that will soon be read.
static inline void cwords_prefetch(const void *address) { __builtin_prefetch(address); }
