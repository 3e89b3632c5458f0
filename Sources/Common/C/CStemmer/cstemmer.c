#include "CStemmer.h"

#include <dlfcn.h>
#include <stddef.h>

// As Debian names it, and as others do.
static const char *const names[] = {"libstemmer.so.0d", "libstemmer.so.0", "libstemmer.so"};

int cstemmer_load(CStemmer *table) {
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!library) return -1;
#define LOAD(member, name) \
  if (!(*(void **)&table->member = dlsym(library, "sb_stemmer_" #name))) return -1
  LOAD(create, new);
  LOAD(destroy, delete);
  LOAD(stem, stem);
  LOAD(length, length);
#undef LOAD
  return 0;
}
