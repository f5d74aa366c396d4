#include "winograd_plan.h"
#include "squall_check_shape.h"

// The same verdict on every processor: no product is fused into a sum.
#pragma STDC FP_CONTRACT OFF

// A convolution's time in the Winograd domain against direct convolution, in multiplications at the rate of the inner
// products. The weights of the model were measured on one core with AVX-512.

// Of the transforms: for each tile of 8 × 8 and channel on the side that is read and on the side that is written.
static const double read_cost = 1700, write_cost = 900;
// Of the transform of one kernel's weights.
static const double pack_cost = 2500;
// Fewer tiles at once than this wait for the weights to arrive from memory. Blocks of the engine hold more, so what
// counts is a worker's share of the tiles.
static const double tiles_for_weights = 18;
_Static_assert(SQUALL_TILES_TOGETHER >= 18, "a whole block of tiles waits for no weights");
// How much faster it has to be: the price of the coarser rounding, and of the model's own error.
static const double margin = 1.15;

static double whole_vectors(int64_t channels) { return (double)(squall_vectors(channels) * SQUALL_LANES); }

bool squall_winograd_wins(squall_convolution_shape shape, squall_winograd_pass pass, int64_t steps) {
  SQUALL_CHECK_WINOGRAD(shape);
  SQUALL_CHECK(steps > 0);
  const winograd_geometry g = winograd_with_tiles((winograd_geometry){
      .batch = shape.batch, .output_height = shape.output_height, .output_width = shape.output_width,
      .kernel_height = shape.kernel_height, .kernel_width = shape.kernel_width});
  const double frequencies = (double)winograd_frequencies(&g);
  const int64_t share = squall_divide_up(winograd_tiles(&g), shape.threads);
  // Threads that have no tiles wait.
  const double tiles = (double)(share * shape.threads);
  const double together = (double)squall_min64(share, SQUALL_TILES_TOGETHER);
  const double waiting = together < tiles_for_weights ? tiles_for_weights / together : 1;
  const double inputs = whole_vectors(shape.input_channels), outputs = whole_vectors(shape.output_channels);
  const double kernels = (double)(shape.input_channels * shape.output_channels);
  const double products = frequencies * tiles * inputs * outputs * waiting;
  double transforms = 0;
  switch (pass) {
    case squall_winograd_forward_pass: transforms = tiles * (inputs * read_cost + outputs * write_cost); break;
    case squall_winograd_backward_data_pass: transforms = tiles * (outputs * read_cost + inputs * write_cost); break;
    case squall_winograd_backward_weights_pass: transforms = tiles * (outputs + inputs) * read_cost; break;
  }
  const double packing = kernels * pack_cost / (double)steps;
  const double direct = (double)(shape.batch * shape.output_height * shape.output_width) * kernels
      * (double)((int64_t)shape.kernel_height * shape.kernel_width);
  return (products + (transforms + packing) * frequencies / 64) * margin < direct;
}
