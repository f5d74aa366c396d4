#pragma once

// The loops Swift cannot express at speed. Each has a plain Swift twin in TensorCore (`Plain/`), generic over
// Float and Double, and the tests hold one against the other.
//
// Every kernel is chosen at run time for the processor (AVX-512, AVX2 with FMA, portable C) and, on large
// arrays, runs on the one thread team described in `squall_threads.h`. Results are the same bits from run to
// run on one processor; they do not depend on the number of threads.

#include "squall_activations.h"
#include "squall_bfloat16.h"
#include "squall_gates.h"
#include "squall_instructions.h"
#include "squall_pointwise.h"
#include "squall_pooled.h"
#include "squall_reductions.h"
#include "squall_shallow.h"
#include "squall_threads.h"
#include "squall_winograd.h"
#include "squall_winograd_convolution.h"
#include "squall_winograd_lstm.h"
