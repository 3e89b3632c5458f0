#pragma once

// libpq, loaded when it is first wanted: linking it would cost the start of every tool, used or not. What is used of it is
// declared here, as it has been in every libpq.so.5 since pipelines (PostgreSQL 14), so that none is needed to compile.
// Nothing here decides anything.

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef void (*PQnoticeReceiver)(void *, const PGresult *);

typedef struct {
  char *keyword, *envvar, *compiled, *val, *label, *dispchar;
  int dispsize;
} PQconninfoOption;

enum { CONNECTION_OK, CONNECTION_BAD };
enum { PQERRORS_VERBOSE = 2 };
enum {
  PGRES_EMPTY_QUERY,
  PGRES_COMMAND_OK,
  PGRES_TUPLES_OK,
  PGRES_PIPELINE_SYNC = 10,
  PGRES_PIPELINE_ABORTED = 11
};
enum { PG_DIAG_SQLSTATE = 'C', PG_DIAG_MESSAGE_PRIMARY = 'M' };

typedef struct {
  PGconn *(*connectdbParams)(const char *const *, const char *const *, int);
  void (*reset)(PGconn *);
  void (*finish)(PGconn *);
  int (*status)(const PGconn *);
  char *(*errorMessage)(const PGconn *);
  int (*setErrorVerbosity)(PGconn *, int);
  PQnoticeReceiver (*setNoticeReceiver)(PGconn *, PQnoticeReceiver, void *);
  char *(*host)(const PGconn *);
  char *(*db)(const PGconn *);
  char *(*user)(const PGconn *);
  char *(*pass)(const PGconn *);
  int (*socket)(const PGconn *);
  int (*setnonblocking)(PGconn *, int);
  int (*enterPipelineMode)(PGconn *);
  int (*pipelineSync)(PGconn *);
  int (*sendQueryParams)(
    PGconn *, const char *, int, const unsigned *, const char *const *, const int *, const int *, int);
  int (*flush)(PGconn *);
  int (*consumeInput)(PGconn *);
  int (*isBusy)(PGconn *);
  PGresult *(*getResult)(PGconn *);
  void (*clear)(PGresult *);
  int (*resultStatus)(const PGresult *);
  char *(*resultErrorField)(const PGresult *, int);
  char *(*cmdStatus)(PGresult *);
  int (*ntuples)(const PGresult *);
  char *(*fname)(const PGresult *, int);
  int (*getisnull)(const PGresult *, int, int);
  int (*getlength)(const PGresult *, int, int);
  char *(*getvalue)(const PGresult *, int, int);
  PQconninfoOption *(*conninfoParse)(const char *, char **);
  void (*conninfoFree)(PQconninfoOption *);
  void (*freemem)(void *);
} CPostgres;

/// Loads libpq.so.5 and fills the table; 0, or -1 where it or one of its functions is missing.
int cpostgres_load(CPostgres *table);
