#pragma once
#include <stddef.h>
#include <stdint.h>

// Decoders that few files need: each is loaded when it is first asked for, so that no start pays for it.

/// Loads libsnappy, liblz4 or libbrotlidec; 0, or -1 where it can't be.
