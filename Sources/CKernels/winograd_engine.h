#pragma once
#include "winograd_companion.h"

/// Takes the finished pixels of one tile and output block: y[(i · tile columns + j) · block vectors + v][16].
typedef void (*winograd_epilogue)(
    const void *context, const winograd_geometry *g, winograd_tile tile, winograd_block block, const float *y);

/// `prefetch`, where it is not NULL, is called before a tile's inverse transform, with y NULL.
void winograd_run(
    const winograd_geometry *g, const float *weights, float *workspace, winograd_epilogue epilogue,
    winograd_epilogue prefetch, const void *context, const winograd_companion *companion);
