#include "CCurl.h"

#include <dlfcn.h>

int ccurl_load(CCurl *table) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return -1;
#define LOAD(name) \
  if (!(*(void **)&table->name = dlsym(library, "curl_" #name))) return -1
  LOAD(global_init);
  LOAD(easy_init);
  LOAD(easy_cleanup);
  LOAD(easy_reset);
  LOAD(easy_setopt);
  LOAD(easy_pause);
  LOAD(easy_strerror);
  LOAD(multi_init);
  LOAD(multi_cleanup);
  LOAD(multi_add_handle);
  LOAD(multi_remove_handle);
  LOAD(multi_perform);
  LOAD(multi_poll);
  LOAD(multi_info_read);
  LOAD(slist_append);
  LOAD(slist_free_all);
#undef LOAD
  return 0;
}
