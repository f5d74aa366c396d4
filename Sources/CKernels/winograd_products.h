#pragma once
#include "lanes.h"

#include <stdbool.h>

/// m[tile][output] = v[tile][channel] u[channel][output], or added to it.
typedef void (*winograd_product)(
    const float *v, int64_t v_stride, const float *u, int64_t channels, float *m, int64_t m_stride,
    bool accumulate, const char *prefetch);
/// Tiles that one product of blocks of `vectors` takes at most, and the product for exactly `tiles`.
int64_t winograd_product_tiles(int64_t vectors);
winograd_product winograd_product_for(int64_t vectors, int64_t tiles);

typedef void (*winograd_gradient_product)(
    const float *v, int64_t v_stride, const float *d, int64_t d_stride, int64_t tiles, float *u,
    int64_t u_stride, const char *prefetch);
int64_t winograd_gradient_product_channels(int64_t vectors);
winograd_gradient_product winograd_gradient_product_for(int64_t vectors, int64_t channels);
