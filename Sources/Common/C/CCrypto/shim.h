#pragma once
// Digests by their own functions and not by EVP: those look up a provider and read openssl.cnf first, which takes longer
// than the start of a tool, and pull most of libcrypto into an executable. OpenSSL 3 calls them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>
