#pragma once
#include <stddef.h>
#include <stdint.h>

// Decoders that few files need: each is loaded when it is first asked for, so that no start pays for it. What is used of
// them is declared here, so that none is needed to compile. Nothing here decides anything.

typedef struct {
  /// 0 where all is well.
  int (*uncompressed_length)(const char *, size_t, size_t *);
  int (*uncompress)(const char *, size_t, char *, size_t *);
} CSnappy;

typedef struct {
  /// How many bytes there are, or below 0.
  int (*decompress_safe)(const char *, char *, int, int);
} CLz4;

typedef struct {
  /// 1 where all is well.
  int (*decompress)(size_t, const uint8_t *, size_t *, uint8_t *);
} CBrotli;

/// Loads libsnappy.so.1, liblz4.so.1 or libbrotlidec.so.1 and fills the table; 0, or -1 where it can't be.
int ccodecs_load_snappy(CSnappy *table);
int ccodecs_load_lz4(CLz4 *table);
int ccodecs_load_brotli(CBrotli *table);
