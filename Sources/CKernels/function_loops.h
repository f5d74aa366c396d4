// Compiled once for each instruction set (dispatch.h), without an include guard.

// `assume_safety`: input and output are the same array or do not touch, so no run-time check for overlap is
// needed, and working in place stays vector code.

#define SQUALL_UNARY(name, expression)                                                   \
  static void SQUALL_NAME(name)(const float *x, float *y, int64_t begin, int64_t end) {  \
    _Pragma("clang loop vectorize(assume_safety)")                                       \
    for (int64_t j = begin; j < end; j++) {                                              \
      const float v = x[j];                                                              \
      y[j] = (expression);                                                               \
    }                                                                                    \
  }

#define SQUALL_UNARY_GRADIENT(name, expression)                                          \
  static void SQUALL_NAME(name)(                                                         \
      const float *saved, const float *dy, float *dx, int64_t begin, int64_t end) {      \
    _Pragma("clang loop vectorize(assume_safety)")                                       \
    for (int64_t j = begin; j < end; j++) {                                              \
      const float v = saved[j], d = dy[j];                                               \
      dx[j] = (expression);                                                              \
    }                                                                                    \
  }

SQUALL_UNARY(exp_loop, squall_expf(v))
SQUALL_UNARY(log_loop, squall_logf(v))
SQUALL_UNARY(log1p_loop, squall_log1pf(v))
SQUALL_UNARY(tanh_loop, squall_tanhf(v))
SQUALL_UNARY(sigmoid_loop, squall_sigmoidf(v))
SQUALL_UNARY(hard_sigmoid_loop, squall_hard_sigmoidf(v))
SQUALL_UNARY(relu_loop, squall_reluf(v))

SQUALL_UNARY_GRADIENT(exp_gradient_loop, d * v)
SQUALL_UNARY_GRADIENT(log_gradient_loop, d / v)
SQUALL_UNARY_GRADIENT(log1p_gradient_loop, d / (1.0f + v))
SQUALL_UNARY_GRADIENT(tanh_gradient_loop, d * (1.0f - v * v))
SQUALL_UNARY_GRADIENT(sigmoid_gradient_loop, d * (v * (1.0f - v)))
// A saved NaN passes on, so that a bad forward pass cannot look like a healthy gradient.
SQUALL_UNARY_GRADIENT(
    hard_sigmoid_gradient_loop, v != v ? v : (v > 0.0f && v < 1.0f ? d * (1.0f / 6.0f) : 0.0f))
SQUALL_UNARY_GRADIENT(relu_gradient_loop, v != v ? v : (v > 0.0f ? d : 0.0f))

#undef SQUALL_UNARY
#undef SQUALL_UNARY_GRADIENT

static void SQUALL_NAME(apply_loop)(
    squall_function function, const float *x, float *y, int64_t begin, int64_t end) {
  switch (function) {
    case squall_function_exp: SQUALL_NAME(exp_loop)(x, y, begin, end); break;
    case squall_function_log: SQUALL_NAME(log_loop)(x, y, begin, end); break;
    case squall_function_log1p: SQUALL_NAME(log1p_loop)(x, y, begin, end); break;
    case squall_function_tanh: SQUALL_NAME(tanh_loop)(x, y, begin, end); break;
    case squall_function_sigmoid: SQUALL_NAME(sigmoid_loop)(x, y, begin, end); break;
    case squall_function_hard_sigmoid: SQUALL_NAME(hard_sigmoid_loop)(x, y, begin, end); break;
    case squall_function_relu: SQUALL_NAME(relu_loop)(x, y, begin, end); break;
    case squall_function_linear:
      if (x != y) memcpy(y + begin, x + begin, (size_t)(end - begin) * sizeof(float));
      break;
  }
}

static void SQUALL_NAME(apply_gradient_loop)(
    squall_function function, const float *s, const float *dy, float *dx, int64_t begin, int64_t end) {
  switch (function) {
    case squall_function_exp: SQUALL_NAME(exp_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_log: SQUALL_NAME(log_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_log1p: SQUALL_NAME(log1p_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_tanh: SQUALL_NAME(tanh_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_sigmoid: SQUALL_NAME(sigmoid_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_hard_sigmoid:
      SQUALL_NAME(hard_sigmoid_gradient_loop)(s, dy, dx, begin, end);
      break;
    case squall_function_relu: SQUALL_NAME(relu_gradient_loop)(s, dy, dx, begin, end); break;
    case squall_function_linear:
      if (dy != dx) memcpy(dx + begin, dy + begin, (size_t)(end - begin) * sizeof(float));
      break;
  }
}
