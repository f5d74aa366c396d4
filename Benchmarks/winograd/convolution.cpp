// Times the Winograd convolution against oneDNN's direct one, in turn in one process, on plain `[n, y, x, c]`
// arrays, and holds both against a direct sum in double at some thousand places.
//
//   Benchmarks/winograd/run convolution [rounds] [threads] [small]

#include "squall_threads.h"
#include "squall_winograd.h"

#include <oneapi/dnnl/dnnl.hpp>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <vector>

using namespace dnnl;
using tag = memory::format_tag;
using md = memory::desc;

// One thread is timed by its own processor time, which other work on the machine does not lengthen.
static double now() {
  timespec t;
  clock_gettime(squall_threads() == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

static float *allocate(size_t bytes) {
  const size_t huge = size_t(2) << 20, size = (bytes + huge - 1) / huge * huge;
  void *p = std::aligned_alloc(huge, size);
  madvise(p, size, MADV_HUGEPAGE);
  std::memset(p, 0, size);
  return static_cast<float *>(p);
}

static uint64_t state = 88172645463325252ull;
static float uniform() {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return float(int64_t(state >> 11) / double(1ull << 52) - 1);
}
static float *random_array(size_t count, double scale) {
  float *p = allocate(count * 4);
  for (size_t i = 0; i < count; i++) p[i] = float(uniform() * scale);
  return p;
}

struct Case { int64_t n, h, w, c, f; int kh, kw; };

struct Times { std::vector<double> a, b; };
static Times alternate(int rounds, const std::function<void()> &a, const std::function<void()> &b) {
  Times t;
  for (int i = 0; i <= rounds; i++) {
    double s = now(); a(); double e = now();
    if (i) t.a.push_back(e - s);
    s = now(); b(); e = now();
    if (i) t.b.push_back(e - s);
  }
  std::sort(t.a.begin(), t.a.end());
  std::sort(t.b.begin(), t.b.end());
  return t;
}

static void row(const char *what, const Case &s, const Times &t, const char *name, double error, double their) {
  const double work = 2.0 * s.n * s.h * s.w * s.c * s.f * s.kh * s.kw / 1e9;
  const size_t m = t.a.size() / 2;
  std::printf(
      "N%ld %ldx%ld %ld->%ld k%dx%d %-16s oneDNN %7.2f (%7.2f) ms %4.0f GF/s | Winograd %7.2f (%7.2f) ms "
      "%5.0f GF/s | x%.2f (x%.2f) | error/RMS %.1e, oneDNN %.1e [%s]\n",
      (long)s.n, (long)s.h, (long)s.w, (long)s.c, (long)s.f, s.kh, s.kw, what, t.a[m] * 1e3, t.a[0] * 1e3,
      work / t.a[0], t.b[m] * 1e3, t.b[0] * 1e3, work / t.b[0], t.a[m] / t.b[m], t.a[0] / t.b[0], error, their,
      name);
  std::fflush(stdout);
}

static void measure(const Case &s, int rounds) {
  const int64_t top = (s.kh - 1) / 2, left = (s.kw - 1) / 2;
  const size_t pixels = s.n * s.h * s.w;
  float *x = random_array(pixels * s.c, 1), *dy = random_array(pixels * s.f, 1);
  float *w = random_array(size_t(s.kh) * s.kw * s.c * s.f, std::sqrt(3.0 / (s.c * s.kh * s.kw)));
  float *bias = random_array(s.f, 0.1);
  float *y = allocate(pixels * s.f * 4), *dx = allocate(pixels * s.c * 4);
  float *dw = allocate(size_t(s.kh) * s.kw * s.c * s.f * 4);

  squall_winograd_shape shape = {};
  shape.batch = s.n; shape.height = shape.output_height = s.h; shape.width = shape.output_width = s.w;
  shape.input_channels = s.c; shape.output_channels = s.f;
  shape.padding_top = top; shape.padding_left = left;
  shape.kernel_height = s.kh; shape.kernel_width = s.kw; shape.threads = squall_threads();
  shape.input_sample_stride = s.h * s.w * s.c; shape.output_sample_stride = s.h * s.w * s.f;
  float *u = allocate(squall_winograd_packed_bytes(shape)), *ub = allocate(squall_winograd_packed_bytes(shape));
  size_t bytes = 0;
  for (auto p : {squall_winograd_forward_pass, squall_winograd_backward_data_pass,
                 squall_winograd_backward_weights_pass})
    bytes = std::max(bytes, squall_winograd_workspace_bytes(shape, p));
  float *workspace = allocate(bytes);

  engine e(engine::kind::cpu, 0);
  stream q(e);
  const auto f32 = memory::data_type::f32;
  const md xd({s.n, s.c, s.h, s.w}, f32, tag::nhwc), yd({s.n, s.f, s.h, s.w}, f32, tag::nhwc);
  const md wd({s.f, s.c, s.kh, s.kw}, f32, tag::any), wp({s.f, s.c, s.kh, s.kw}, f32, tag::hwio);
  const md bd({s.f}, f32, tag::x);
  const memory::dims one = {1, 1}, before = {top, left}, after = {s.kh - 1 - top, s.kw - 1 - left};
  const auto direct = algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  convolution_forward::primitive_desc fd(e, prop_kind::forward_training, direct, xd, wd, bd, yd, one, before, after);
  convolution_backward_data::primitive_desc dd(e, direct, xd, wd, yd, one, before, after, fd);
  convolution_backward_weights::primitive_desc gd(e, direct, xd, wd, bd, yd, one, before, after, fd);
#else
  convolution_forward::primitive_desc fd({prop_kind::forward_training, direct, xd, wd, bd, yd, one, before, after}, e);
  convolution_backward_data::primitive_desc dd({direct, xd, wd, yd, one, before, after}, e, fd);
  convolution_backward_weights::primitive_desc gd({direct, xd, wd, bd, yd, one, before, after}, e, fd);
#endif
  float *ty = allocate(pixels * s.f * 4), *tdx = allocate(pixels * s.c * 4);
  float *tdw = allocate(size_t(s.kh) * s.kw * s.c * s.f * 4), *tdb = allocate(s.f * 4);
  memory mx(xd, e, x), mdy(yd, e, dy), mw(wp, e, w), mb(bd, e, bias), my(yd, e, ty), mdx(xd, e, tdx);
  memory mdw(wp, e, tdw), mdb(bd, e, tdb);
  memory wf(fd.weights_desc(), e), wb(dd.weights_desc(), e), wg(gd.diff_weights_desc(), e);
  reorder rf(mw, wf), rb(mw, wb), rg(wg, mdw);
  convolution_forward cf(fd);
  convolution_backward_data cd(dd);
  convolution_backward_weights cg(gd);

  auto sample = [](size_t count, size_t at, int checks) { return (at * 2654435761ull + 12345) % count; };
  auto X = [&](int64_t n, int64_t i, int64_t j, int64_t c) -> double {
    return i < 0 || j < 0 || i >= s.h || j >= s.w ? 0 : x[((n * s.h + i) * s.w + j) * s.c + c];
  };
  auto DY = [&](int64_t n, int64_t i, int64_t j, int64_t f) -> double {
    return i < 0 || j < 0 || i >= s.h || j >= s.w ? 0 : dy[((n * s.h + i) * s.w + j) * s.f + f];
  };
  auto W = [&](int a, int b, int64_t c, int64_t f) -> double {
    return w[((size_t(a) * s.kw + b) * s.c + c) * s.f + f];
  };
  // Largest error over RMS of ours and theirs.
  auto compare = [&](size_t count, int checks, const float *ours, const float *theirs, auto exact) {
    double a = 0, b = 0, squares = 0;
    for (int i = 0; i < checks; i++) {
      const size_t at = sample(count, i, checks);
      const double value = exact(at);
      a = std::max(a, std::fabs(value - ours[at])), b = std::max(b, std::fabs(value - theirs[at]));
      squares += value * value;
    }
    const double rms = std::sqrt(squares / checks);
    return std::pair(a / rms, b / rms);
  };

  auto t = alternate(
      rounds,
      [&] {
        rf.execute(q, mw, wf);
        cf.execute(q, {{DNNL_ARG_SRC, mx}, {DNNL_ARG_WEIGHTS, wf}, {DNNL_ARG_BIAS, mb}, {DNNL_ARG_DST, my}});
        q.wait();
      },
      [&] {
        squall_winograd_pack(shape, w, u);
        squall_winograd_forward(shape, x, u, bias, false, y, workspace);
      });
  auto error = compare(pixels * s.f, 4000, y, ty, [&](size_t at) {
    const int64_t f = at % s.f, j = at / s.f % s.w, i = at / s.f / s.w % s.h, n = at / s.f / s.w / s.h;
    double sum = bias[f];
    for (int a = 0; a < s.kh; a++)
      for (int b = 0; b < s.kw; b++)
        for (int64_t c = 0; c < s.c; c++) sum += X(n, i + a - top, j + b - left, c) * W(a, b, c, f);
    return sum;
  });
  row("forward", s, t, fd.impl_info_str(), error.first, error.second);

  t = alternate(
      rounds,
      [&] {
        rb.execute(q, mw, wb);
        cd.execute(q, {{DNNL_ARG_DIFF_DST, mdy}, {DNNL_ARG_WEIGHTS, wb}, {DNNL_ARG_DIFF_SRC, mdx}});
        q.wait();
      },
      [&] {
        squall_winograd_pack_flipped(shape, w, ub);
        squall_winograd_backward_data(shape, dy, ub, dx, workspace);
      });
  error = compare(pixels * s.c, 2000, dx, tdx, [&](size_t at) {
    const int64_t c = at % s.c, j = at / s.c % s.w, i = at / s.c / s.w % s.h, n = at / s.c / s.w / s.h;
    double sum = 0;
    for (int a = 0; a < s.kh; a++)
      for (int b = 0; b < s.kw; b++)
        for (int64_t f = 0; f < s.f; f++) sum += DY(n, i - a + top, j - b + left, f) * W(a, b, c, f);
    return sum;
  });
  row("backward-data", s, t, dd.impl_info_str(), error.first, error.second);

  t = alternate(
      rounds,
      [&] {
        cg.execute(q, {{DNNL_ARG_SRC, mx}, {DNNL_ARG_DIFF_DST, mdy}, {DNNL_ARG_DIFF_WEIGHTS, wg},
                       {DNNL_ARG_DIFF_BIAS, mdb}});
        rg.execute(q, wg, mdw);
        q.wait();
      },
      [&] {
        squall_winograd_backward_weights_begin(shape, workspace);
        squall_winograd_backward_weights_add(shape, x, dy, workspace);
        squall_winograd_backward_weights_end(shape, workspace, dw);
      });
  error = compare(size_t(s.kh) * s.kw * s.c * s.f, 60, dw, tdw, [&](size_t at) {
    const int64_t f = at % s.f, c = at / s.f % s.c, b = at / s.f / s.c % s.kw, a = at / s.f / s.c / s.kw;
    double sum = 0;
    for (int64_t n = 0; n < s.n; n++)
      for (int64_t i = 0; i < s.h; i++)
        for (int64_t j = 0; j < s.w; j++) sum += X(n, i + a - top, j + b - left, c) * DY(n, i, j, f);
    return sum;
  });
  row("backward-weights", s, t, gd.impl_info_str(), error.first, error.second);

  for (float *p : {x, dy, w, bias, y, dx, dw, u, ub, workspace, ty, tdx, tdw, tdb}) std::free(p);
}

int main(int count, char **arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 7;
  if (count > 2) squall_set_threads(std::atoi(arguments[2]));
  squall_use_threads(squall_threads());
  std::printf("%d threads, %s; medians (minima)\n", squall_threads(), squall_instruction_set());
  if (!squall_winograd_available(3, 3)) return std::puts("no AVX-512: Winograd is not available"), 0;
  const Case all[] = {
      {8, 64, 64, 64, 256, 3, 3}, {8, 64, 64, 64, 256, 5, 5}, {4, 128, 128, 32, 128, 3, 3},
      {16, 16, 16, 128, 512, 5, 5}, {16, 16, 16, 128, 512, 7, 7},
  };
  const Case small[] = {{2, 13, 19, 37, 70, 3, 3}, {2, 13, 19, 37, 70, 2, 2}, {3, 11, 23, 1, 64, 3, 5},
                        {2, 13, 19, 70, 37, 7, 4}, {2, 17, 9, 20, 80, 6, 2}};
  if (count > 3) {
    for (const Case &s : small) measure(s, 1);
  } else {
    for (const Case &s : all) measure(s, rounds);
  }
}
