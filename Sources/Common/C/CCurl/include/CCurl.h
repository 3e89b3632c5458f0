#pragma once

// libcurl, loaded when it is first wanted: linking it would cost the start of every tool 4 ms, used or not.
// Nothing here decides anything; the wrappers exist because Swift can't call variadic functions.

#include <curl/curl.h>

typedef struct {
  CURLcode (*global_init)(long);
  CURL *(*easy_init)(void);
  void (*easy_cleanup)(CURL *);
  void (*easy_reset)(CURL *);
  CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
  CURLcode (*easy_pause)(CURL *, int);
  const char *(*easy_strerror)(CURLcode);
  CURLM *(*multi_init)(void);
  CURLMcode (*multi_cleanup)(CURLM *);
  CURLMcode (*multi_add_handle)(CURLM *, CURL *);
  CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
  CURLMcode (*multi_perform)(CURLM *, int *);
  CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
  CURLMsg *(*multi_info_read)(CURLM *, int *);
  struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
  void (*slist_free_all)(struct curl_slist *);
} CCurl;

typedef size_t (*CCurlTransfer)(char *, size_t, size_t, void *);
typedef int (*CCurlSeek)(void *, curl_off_t, int);

/// Loads libcurl.so.4 and fills the table; 0, or -1 where it or one of its functions is missing.
int ccurl_load(CCurl *table);

static inline CURLcode ccurl_set_long(const CCurl *c, CURL *easy, CURLoption option, long value) {
  return c->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(const CCurl *c, CURL *easy, CURLoption option, curl_off_t value) {
  return c->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_string(const CCurl *c, CURL *easy, CURLoption option, const char *value) {
  return c->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(const CCurl *c, CURL *easy, CURLoption option, void *value) {
  return c->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_transfer(const CCurl *c, CURL *easy, CURLoption option, CCurlTransfer function) {
  return c->easy_setopt(easy, option, function);
}

static inline CURLcode ccurl_set_seek(const CCurl *c, CURL *easy, CCurlSeek function) {
  return c->easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
}
