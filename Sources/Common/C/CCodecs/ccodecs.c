#include "CCodecs.h"

#include <dlfcn.h>

#define OPEN(name) \
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL); \
  if (!library) return -1
#define LOAD(member, name) \
  if (!(*(void **)&table->member = dlsym(library, name))) return -1

int ccodecs_load_snappy(CSnappy *table) {
  OPEN("libsnappy.so.1");
  LOAD(uncompressed_length, "snappy_uncompressed_length");
  LOAD(uncompress, "snappy_uncompress");
  return 0;
}

int ccodecs_load_lz4(CLz4 *table) {
  OPEN("liblz4.so.1");
  LOAD(decompress_safe, "LZ4_decompress_safe");
  return 0;
}

int ccodecs_load_brotli(CBrotli *table) {
  OPEN("libbrotlidec.so.1");
  LOAD(decompress, "BrotliDecoderDecompress");
  return 0;
}
