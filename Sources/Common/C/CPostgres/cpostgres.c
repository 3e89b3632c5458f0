#include "CPostgres.h"

#include <dlfcn.h>

int cpostgres_load(CPostgres *table) {
  void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!library) return -1;
#define LOAD(name) \
  if (!(*(void **)&table->name = dlsym(library, "PQ" #name))) return -1
  LOAD(connectdbParams);
  LOAD(reset);
  LOAD(finish);
  LOAD(status);
  LOAD(errorMessage);
  LOAD(setErrorVerbosity);
  LOAD(setNoticeReceiver);
  LOAD(host);
  LOAD(db);
  LOAD(user);
  LOAD(pass);
  LOAD(socket);
  LOAD(setnonblocking);
  LOAD(enterPipelineMode);
  LOAD(pipelineSync);
  LOAD(sendQueryParams);
  LOAD(flush);
  LOAD(consumeInput);
  LOAD(isBusy);
  LOAD(getResult);
  LOAD(clear);
  LOAD(resultStatus);
  LOAD(resultErrorField);
  LOAD(cmdStatus);
  LOAD(ntuples);
  LOAD(fname);
  LOAD(getisnull);
  LOAD(getlength);
  LOAD(getvalue);
  LOAD(conninfoParse);
  LOAD(conninfoFree);
  LOAD(freemem);
#undef LOAD
  return 0;
}
