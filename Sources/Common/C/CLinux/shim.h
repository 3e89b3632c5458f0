#pragma once
// What Swift's Glibc module leaves out: mallopt(3), statfs(2).
#include <malloc.h>
#include <sys/vfs.h>
