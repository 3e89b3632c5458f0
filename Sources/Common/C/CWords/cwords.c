#include "CWords.h"
