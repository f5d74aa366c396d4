#pragma once
#include "winograd_plan.h"
#include "winograd_transforms.h"

// What the engine and the weight gradient share: the transform of a block of input tiles, and the fetching of the next
// one. Include between SQUALL_AVX512_BEGIN and SQUALL_AVX512_END.

// MARK: Input

typedef struct {
  const winograd_source *source;
  /// The first channel, how many, and where they stand among all channels.
  int64_t channel, lanes, position;
} input_vector;

static input_vector vector_at(const winograd_geometry *g, int64_t index) {
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  const int second = index >= in_first;
  const winograd_source *source = &g->sources[second];
  const int64_t channel = (second ? index - in_first : index) * SQUALL_LANES;
  return (input_vector){
      source, channel, squall_min64(SQUALL_LANES, source->channels - channel),
      channel + (second ? g->sources[0].channels : 0)};
}

static int64_t position_of(const winograd_geometry *g, int64_t index) {
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  if (index < in_first) return index * SQUALL_LANES;
  const int64_t position = g->sources[0].channels + (index - in_first) * SQUALL_LANES;
  return squall_min64(position, winograd_channels(g));
}

// Vectors `begin..<end` of the tiles from `first` on. Vectors are stored in order, so that one whose last lanes
// are empty is completed by its neighbour, and a tile's last one by the next tile's first.
static void transform_tiles(
    const winograd_geometry *g, int64_t first, int64_t tiles, int64_t begin, int64_t end, float *v,
    int64_t v_stride, int64_t v_frequency) {
  float patch[SQUALL_FREQUENCIES * SQUALL_LANES] __attribute__((aligned(64)));
  const int64_t start = position_of(g, begin);
  const int64_t tile_rows = g->tile_height, tile_columns = g->tile_width;
  const input_transform transform = input_transforms[tile_rows == 8][tile_columns == 8];
  for (int64_t t = 0; t < tiles; t++) {
    const winograd_tile tile = winograd_tile_at(g, first + t);
    const int64_t row = tile.row - g->padding_top, column = tile.column - g->padding_left;
    const bool inside = row >= 0 && column >= 0 && row + tile_rows <= g->height
        && column + tile_columns <= g->width;
    for (int64_t index = begin; index < end; index++) {
      const input_vector vector = vector_at(g, index);
      const int64_t channels = vector.source->channels;
      const float *image = vector.source->data + tile.sample * vector.source->sample_stride + vector.channel;
      float *to = v + t * v_stride + vector.position - start;
      if (channels == 1) {
        transform.plane(image, g->height, g->width, row, column, to, v_frequency);
      } else if (inside && vector.lanes == SQUALL_LANES) {
        transform.patch(
            image + (row * g->width + column) * channels, g->width * channels, channels, to, v_frequency);
      } else {
        copy_patch(
            image, g->height, g->width, channels, row, column, tile_rows, tile_columns,
            vec_mask(vector.lanes), patch);
        transform.patch(patch, tile_columns * SQUALL_LANES, SQUALL_LANES, to, v_frequency);
      }
    }
  }
}

// MARK: Fetching ahead

// Inner products leave the memory idle: beside each of them some rows of the patches that will be transformed
// next are fetched into the second-level cache.
typedef struct {
  const winograd_geometry *g;
  /// One channel range of an image; the patch of a tile starts at its first pixel less `top`, `left`.
  struct {
    const float *data;
    int64_t channels, sample_stride, from, to;
  } images[2];
  int64_t height, width, top, left, rows, columns;
  int64_t first, tiles;
  /// Rows fetched so far, counted over all tiles, the tile that the next one is in, and its row there.
  int64_t done;
  winograd_tile tile;
  int64_t row;
} row_fetch;

static row_fetch fetch_input(
    const winograd_geometry *g, int64_t first, int64_t tiles, int64_t begin, int64_t end) {
  row_fetch fetch = {
      .g = g, .height = g->height, .width = g->width, .top = g->padding_top, .left = g->padding_left,
      .rows = g->tile_height, .columns = g->tile_width, .first = first, .tiles = tiles};
  const int64_t in_first = squall_vectors(g->sources[0].channels);
  for (int i = 0; i < 2; i++) {
    const int64_t offset = i ? in_first : 0, vectors = squall_vectors(g->sources[i].channels);
    fetch.images[i].data = g->sources[i].data;
    fetch.images[i].channels = g->sources[i].channels;
    fetch.images[i].sample_stride = g->sources[i].sample_stride;
    fetch.images[i].from = squall_max64(0, begin - offset) * SQUALL_LANES;
    fetch.images[i].to =
        squall_min64(squall_min64(vectors, end - offset) * SQUALL_LANES, g->sources[i].channels);
  }
  return fetch;
}

static void fetch_rows(row_fetch *f, int64_t count) {
  const int64_t end = squall_min64(f->done + count, f->tiles * f->rows);
  for (; f->done < end; f->done++, f->row++) {
    if (f->row == f->rows) f->row = 0;
    if (f->row == 0) f->tile = winograd_tile_at(f->g, f->first + f->done / f->rows);
    const winograd_tile tile = f->tile;
    const int64_t y = tile.row - f->top + f->row, x = tile.column - f->left;
    if (y < 0 || y >= f->height) continue;
    // The neighbour on the left has brought what the patches share.
    const int64_t shared = f->done < f->rows || tile.column == 0 ? 0 : f->columns - winograd_tile_columns(f->g);
    const int64_t left = squall_max64(0, x + shared), right = squall_min64(f->width, x + f->columns);
    for (int i = 0; i < 2; i++) {
      if (!f->images[i].data || f->images[i].from >= f->images[i].to) continue;
      const float *row = f->images[i].data + tile.sample * f->images[i].sample_stride
          + y * f->width * f->images[i].channels;
      for (int64_t j = left; j < right; j++) {
        const float *pixel = row + j * f->images[i].channels;
        for (int64_t c = f->images[i].from; c < f->images[i].to; c += SQUALL_LANES) {
          _mm_prefetch((const char *)(pixel + c), _MM_HINT_T1);
        }
      }
    }
  }
}
