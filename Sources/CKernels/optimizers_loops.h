// Compiled once for each instruction set (dispatch.h).

static void SQUALL_NAME(adam_loop)(const update_work *w, int64_t begin, int64_t end) {
  const float one_minus_beta1 = w->one_minus_beta1, one_minus_beta2 = w->one_minus_beta2;
  const float step_size = w->step_size, epsilon = w->epsilon, scale = w->update.gradient_scale;
  const float decay = w->update.weight_decay * w->update.rate;
  const float *gradient = w->gradient;
  float *parameter = w->parameter, *first = w->first, *second = w->second;
  _Pragma("clang loop vectorize(assume_safety)")
  for (int64_t j = begin; j < end; j++) {
    const float g = gradient[j] * scale;
    const float m = first[j] + (g - first[j]) * one_minus_beta1;
    const float v = second[j] + (g * g - second[j]) * one_minus_beta2;
    const float p = parameter[j] - parameter[j] * decay;
    first[j] = m;
    second[j] = v;
    parameter[j] = p - m * step_size / (squall_square_root(v) + epsilon);
  }
}

static void SQUALL_NAME(sgd_loop)(const update_work *w, int64_t begin, int64_t end) {
  const float rate = w->update.rate, scale = w->update.gradient_scale, momentum = w->momentum;
  const float decay = w->update.weight_decay * w->update.rate;
  const float *gradient = w->gradient;
  float *parameter = w->parameter, *velocity = w->first;
  if (!velocity) {
    _Pragma("clang loop vectorize(assume_safety)")
    for (int64_t j = begin; j < end; j++) {
      const float p = parameter[j] - parameter[j] * decay;
      parameter[j] = p - gradient[j] * scale * rate;
    }
    return;
  }
  const float look_ahead = w->nesterov ? 1.0f : 0.0f;
  _Pragma("clang loop vectorize(assume_safety)")
  for (int64_t j = begin; j < end; j++) {
    const float change = gradient[j] * scale * rate;
    const float p = parameter[j] - parameter[j] * decay;
    const float m = velocity[j] * momentum - change;
    velocity[j] = m;
    parameter[j] = look_ahead != 0 ? p + m * momentum - change : p + m;
  }
}
