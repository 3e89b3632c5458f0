#include "CWords.h"

typedef uint8_t Bytes __attribute__((ext_vector_type(64)));
typedef _Bool Bits __attribute__((ext_vector_type(64)));

__attribute__((always_inline)) static inline CWordsBlock scan(uint8_t *text) {
  Bytes bytes, lower;
  memcpy(&bytes, text, 64);
  lower = bytes | 0x20;
#define MASK(condition)                                          \
  ({                                                             \
    Bits bits = __builtin_convertvector(condition, Bits); \
    uint64_t mask;                                               \
    memcpy(&mask, &bits, 8);                                     \
    mask;                                                        \
  })
  Bytes isLetter = (Bytes)((Bytes)(lower - 'a') < 26);
  Bytes quote = (Bytes)((bytes == '\'') | (bytes == '.'));
  CWordsBlock block = {
      .letters = MASK(isLetter | (Bytes)(bytes >= 0x80)),
      .digits = MASK((Bytes)(bytes - '0') < 10),
      .underscores = MASK(bytes == '_'),
      .betweenLetters = MASK(quote | (Bytes)(bytes == ':')),
      .betweenDigits = MASK(quote | (Bytes)((bytes == ',') | (bytes == ';'))),
  };
#undef MASK
  bytes |= isLetter & 0x20;
  memcpy(text, &bytes, 64);
  return block;
}

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("avx512bw", "avx2", "default")))
#endif
void cwords_scan(uint8_t *text, long blocks, CWordsBlock *found) {
  for (long block = 0; block < blocks; block++) found[block] = scan(text + 64 * block);
}
