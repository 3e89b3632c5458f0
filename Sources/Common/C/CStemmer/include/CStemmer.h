#pragma once

// libstemmer (Snowball), loaded when a field first asks for it, so that no other start pays for it.

#include <libstemmer.h>

typedef struct {
  struct sb_stemmer *(*create)(const char *, const char *);
  void (*destroy)(struct sb_stemmer *);
  const sb_symbol *(*stem)(struct sb_stemmer *, const sb_symbol *, int);
  int (*length)(struct sb_stemmer *);
} CStemmer;

/// Loads libstemmer and fills the table; 0, or -1 where it or one of its functions is missing.
int cstemmer_load(CStemmer *table);
