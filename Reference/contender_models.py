"""The contenders of Sources/Contenders written once more, from their papers, with PyTorch's functions.

Used by contenders.py. Weights stand under the names and in the layout of Squall's graphs (kernels
`[space..., input, output]`, maps channels last) and are turned round where a function of PyTorch takes them, so that
their gradients come out in that layout. `Weights` makes each weight when a model first asks for it: a graph with
another weight, or one of another shape, does not agree.

Pinned: Python 3.11, torch 2.13.0 (CPU), numpy 2.4.6.
"""

import numpy as np
import torch
import torch.nn.functional as F

from goldens import normal, uniform


class Weights:
    """Random weights by name, sized so that activations neither vanish nor saturate."""

    def __init__(self, rng, training):
        self.rng = rng
        self.training = training
        self.values = {}
        self.updates = {}
        self.penalties = []

    def __call__(self, name, *shape):
        if name not in self.values:
            last = name.split("/")[-1]
            if last == "moving_variance":
                value = uniform(self.rng, shape, 0.5, 2.0)
            elif last == "gamma":
                value = normal(self.rng, shape, 0.3, mean=1.0)
            elif last in ("bias", "beta", "moving_mean"):
                value = normal(self.rng, shape, 0.3)
            else:
                fan = shape[0] if len(shape) == 2 else np.prod(shape[:-1])
                # A depthwise kernel [ky, kx, channels, 1] and a transposed one add up over less.
                fan = np.prod(shape[:2]) if len(shape) == 4 and shape[-1] == 1 and shape[-2] > 1 else fan
                value = normal(self.rng, shape, 1.0 / np.sqrt(fan))
            tensor = torch.tensor(value)
            tensor.requires_grad_(not last.startswith("moving_"))
            self.values[name] = tensor
        assert tuple(self.values[name].shape) == shape, (name, shape)
        return self.values[name]


# Layers over maps [batch, ..., channels].


def conv(w, name, x, filters, kernel, bias=True, stride=1, padding=None, dilation=1, kernel_name="kernel"):
    """A convolution over two or three axes; `padding` of zeros on both sides, by default what keeps the size."""
    rank = x.ndim - 2
    size = kernel if isinstance(kernel, tuple) else (kernel,) * rank
    if padding is None:
        padding = tuple(dilation * (k - 1) // 2 for k in size)
    k = w(f"{name}/{kernel_name}", *size, x.shape[-1], filters)
    b = w(f"{name}/bias", filters) if bias else None
    return cross_correlated(x, k, b, stride, padding, dilation)


def cross_correlated(x, kernel, bias=None, stride=1, padding=None, dilation=1):
    rank = x.ndim - 2
    if padding is None:
        padding = tuple(k // 2 for k in kernel.shape[:rank])
    function = F.conv2d if rank == 2 else F.conv3d
    turned = kernel.permute(rank + 1, rank, *range(rank)).contiguous()
    y = function(x.movedim(-1, 1), turned, bias, stride=stride, padding=padding, dilation=dilation)
    return y.movedim(1, -1)


def depthwise(w, name, x, kernel, dilation=1):
    channels = x.shape[-1]
    k = w(f"{name}/kernel", kernel, kernel, channels, 1)
    y = F.conv2d(
        x.movedim(-1, 1),
        k.permute(2, 3, 0, 1).contiguous(),
        w(f"{name}/bias", channels),
        padding=dilation * (kernel - 1) // 2,
        dilation=dilation,
        groups=channels,
    )
    return y.movedim(1, -1)


def dense(w, name, x, units):
    return x @ w(f"{name}/kernel", x.shape[-1], units) + w(f"{name}/bias", units)


def batch_norm(w, name, x):
    """PyTorch's, with its momentum 0.1. Its running variance is the unbiased one; Squall's is not."""
    c = x.shape[-1]
    gamma, beta = w(f"{name}/gamma", c), w(f"{name}/beta", c)
    mean, variance = w(f"{name}/moving_mean", c), w(f"{name}/moving_variance", c)
    if not w.training:
        y = F.batch_norm(x.movedim(-1, 1), mean, variance, gamma, beta, False, 0.1, 1e-5)
        return y.movedim(1, -1)
    new_mean, new_variance = mean.clone(), variance.clone()
    y = F.batch_norm(x.movedim(-1, 1), new_mean, new_variance, gamma, beta, True, 0.1, 1e-5)
    n = x.numel() // c
    w.updates[f"{name}/moving_mean"] = new_mean
    w.updates[f"{name}/moving_variance"] = 0.9 * variance + (new_variance - 0.9 * variance) * (n - 1) / n
    return y.movedim(1, -1)


def each_frame(function, x):
    """`function` of maps over the frames [batch, time, height, width, channels]."""
    y = function(x.flatten(0, 1))
    return y.reshape(*x.shape[:2], *y.shape[1:])


def max_pool(x, size=2, rounding_up=False):
    function = F.max_pool2d if x.ndim == 4 else F.max_pool3d
    return function(x.movedim(-1, 1), size, ceil_mode=rounding_up).movedim(1, -1)


def patches(x, size):
    """[batch, time, height, width, channels] with the pixels of each patch as channels, row by row."""
    b, t, h, width, c = x.shape
    x = x.reshape(b, t, h // size, size, width // size, size, c).permute(0, 1, 2, 4, 3, 5, 6)
    return x.reshape(b, t, h // size, width // size, size * size * c)


def pixels(x, size):
    """The inverse of `patches`."""
    *lead, h, width, c = x.shape
    x = x.reshape(-1, h, width, size, size, c // size**2).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(*lead, h * size, width * size, c // size**2)


def enlarged(x, factor):
    """Maps made larger by bilinear interpolation between the centres of pixels."""
    y = F.interpolate(x.movedim(-1, 1), scale_factor=factor, mode="bilinear", align_corners=False)
    return y.movedim(1, -1)


def as_channels(frames):
    return torch.cat(frames.unbind(1), -1)


def as_frames(x, count):
    return torch.stack(x.chunk(count, -1), 1)


# Classifiers.


def frame_vectors(w, clip, stages):
    x = clip
    for stage in range(stages):
        filters = min(8 << stage, 32)
        x = each_frame(lambda m: max_pool(F.relu(conv(w, f"conv_{stage + 1}", m, filters, 3))), x)
    return x.flatten(2)


def cnn_mean(w, clip, signature, width):
    vectors = frame_vectors(w, clip, signature["stages"])
    return F.relu(dense(w, "dense", vectors, width)).mean(1)


def c3d(w, clip, signature, width):
    x = clip
    for stage in range(signature["stages"]):
        filters = -(-width // (32, 16, 8)[min(stage, 2)])
        x = F.relu(conv(w, f"conv_{stage + 1}", x, filters, 3))
        x = max_pool(x, (1, 2, 2) if stage == 0 else 2, rounding_up=True)
    x = F.relu(dense(w, "dense_1", x.flatten(1), width))
    return F.relu(dense(w, "dense_2", x, width))


def factorised(w, name, x, filters, middle, kernel=3, stride=(1, 1)):
    side = kernel // 2
    space = dict(bias=False, stride=(1, stride[1], stride[1]), padding=(0, side, side))
    x = conv(w, f"{name}_space", x, middle, (1, kernel, kernel), **space)
    x = F.relu(batch_norm(w, f"{name}_space_norm", x))
    x = conv(w, f"{name}_time", x, filters, (3, 1, 1), False, (stride[0], 1, 1), (1, 0, 0))
    return batch_norm(w, f"{name}_time_norm", x)


def r2plus1d(w, clip, signature, width, blocks):
    stages = signature["stages"]
    filters = [-(-width // 2 ** (stages - 1 - s)) for s in range(stages)]
    middle = -(-45 * filters[0] // 64)
    x = F.relu(factorised(w, "stem", clip, filters[0], middle, 7, (1, 2)))
    for stage, count in enumerate(filters):
        for block in range(blocks):
            name = f"stage_{stage + 1}_block_{block + 1}"
            channels = x.shape[-1]
            stride = 2 if stage > 0 and block == 0 else 1
            middle = 3 * 9 * channels * count // (9 * channels + 3 * count)
            inner = F.relu(factorised(w, f"{name}_conv_1", x, count, middle, 3, (stride, stride)))
            change = factorised(w, f"{name}_conv_2", inner, count, middle)
            if stride != 1 or channels != count:
                x = conv(w, f"{name}_shortcut", x, count, 1, False, stride)
                x = batch_norm(w, f"{name}_shortcut_norm", x)
            x = F.relu(change + x)
    return x.mean((1, 2, 3))


# Forecasters.


def conv_lstm(w, name, x, filters, kernel, state=None, bias=True):
    """All outputs of a ConvLSTM over [batch, time, height, width, channels], and its last state."""
    k = w(f"{name}/kernel", kernel, kernel, x.shape[-1], 4 * filters)
    u = w(f"{name}/recurrent_kernel", kernel, kernel, filters, 4 * filters)
    b = w(f"{name}/bias", 4 * filters) if bias else None
    h, c = state or [x.new_zeros(*x.shape[:1], *x.shape[2:4], filters)] * 2
    outputs = []
    for step in x.unbind(1):
        i, f, g, o = (cross_correlated(step, k, b) + cross_correlated(h, u)).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, 1), (h, c)


def conv_gru(w, name, x, filters, kernel, state=None):
    k = w(f"{name}/kernel", kernel, kernel, x.shape[-1], 3 * filters)
    u = w(f"{name}/recurrent_kernel", kernel, kernel, filters, 3 * filters)
    b = w(f"{name}/bias", 3 * filters)
    (h,) = state or [x.new_zeros(*x.shape[:1], *x.shape[2:4], filters)]
    outputs = []
    for step in x.unbind(1):
        xz, xr, xh = cross_correlated(step, k, b).chunk(3, -1)
        uz, ur, uh = u.chunk(3, -1)
        z = (xz + cross_correlated(h, uz)).sigmoid()
        r = (xr + cross_correlated(h, ur)).sigmoid()
        h = z * h + (1 - z) * (xh + cross_correlated(r * h, uh)).tanh()
        outputs.append(h)
    return torch.stack(outputs, 1), (h,)


def encoder_forecaster(w, frames, guidance, signature, width, recurrence, patch=2, kernel=3):
    leads = signature["forecastFrames"]
    x = patches(frames, patch)
    below, lower = recurrence(w, "encoder_1", x, width, kernel)
    _, upper = recurrence(w, "encoder_2", below, width, kernel)
    start = patches(guidance, patch) if guidance is not None else x[:, -1:].expand(-1, leads, -1, -1, -1)
    if signature["decoding"] == "direct":
        last = torch.cat([lower[0], upper[0]], -1)
        each = [conv(w, f"lead_{k + 1}", last, width, 3).tanh() for k in range(leads)]
        states = torch.cat([torch.stack(each, 1), start], -1)
    else:
        first, _ = recurrence(w, "forecaster_1", start, width, kernel, lower)
        second, _ = recurrence(w, "forecaster_2", first, width, kernel, upper)
        states = torch.cat([first, second, start], -1)
    factors = {1: [], 2: [2], 3: [3], 4: [2, 2], 6: [2, 3]}[patch]
    maps = each_frame(lambda m: F.relu(conv(w, "head", m, 4 << len(factors), 3)), states)
    for stage, factor in enumerate(factors):
        name, filters = f"pixels_{stage + 1}", 2 << len(factors) - stage
        maps = each_frame(lambda m: F.relu(conv(w, name, enlarged(m, factor), filters, 3)), maps)
    return each_frame(lambda m: conv(w, signature["headName"], m, 1, 3), maps)


def unet(w, frames, guidance, signature, width, stages):
    leads = signature["forecastFrames"]
    filters = [max(1, (width + 2**s // 2) // 2**s) for s in range(stages, -1, -1)]

    def two(x, name, count):
        for number in (1, 2):
            x = F.relu(conv(w, f"{name}_{number}", x, count, 3))
        return x

    x = as_channels(frames)
    if guidance is not None:
        x = torch.cat([x, as_channels(guidance)], -1)
    skips = []
    for stage in range(stages):
        skips.append(two(x, f"down_{stage + 1}", filters[stage]))
        x = max_pool(skips[-1])
    x = two(x, "bottom", filters[stages])
    for stage in reversed(range(stages)):
        x = x.repeat_interleave(2, 1).repeat_interleave(2, 2)
        x = two(torch.cat([x, skips[stage]], -1), f"up_{stage + 1}", filters[stage])
    x = F.relu(conv(w, "leads", x, 2 * leads, 3))
    return as_frames(conv(w, "last", x, leads, 1), leads)


def simvp(w, frames, guidance, signature, width, stages, blocks):
    leads, filters = signature["forecastFrames"], 2 * max(1, (width + 8) // 16)

    def normed(name, y):
        c = y.shape[-1]
        gamma, beta = w(f"{name}_norm/gamma", c), w(f"{name}_norm/beta", c)
        return F.silu(F.group_norm(y.movedim(-1, 1), 2, gamma, beta, 1e-5).movedim(1, -1))

    def encoded(x, name):
        first = None
        for number in range(2 * stages):
            layer = f"{name}_{number + 1}"
            stride = 1 + number % 2
            x = each_frame(lambda m: normed(layer, conv(w, f"{layer}_conv", m, filters, 3, stride=stride)), x)
            first = x if first is None else first
        return first, x

    skip, hidden = encoded(frames, "encoder")
    skip = torch.stack([skip[:, min(lead, frames.shape[1] - 1)] for lead in range(leads)], 1)
    hidden = as_channels(hidden)
    if guidance is not None:
        more, ahead = encoded(guidance, "advected_encoder")
        skip, hidden = skip + more, torch.cat([hidden, as_channels(ahead)], -1)
    for block in range(blocks):
        hidden = gated_attention(w, f"block_{block + 1}", hidden)
        channels = leads * filters if block == blocks - 1 else width
        if channels != hidden.shape[-1]:
            hidden = conv(w, f"block_{block + 1}_reduction", hidden, channels, 1)
    x = as_frames(hidden, leads)
    for stage in range(stages):
        up, keep = f"decoder_{2 * stage + 1}", f"decoder_{2 * stage + 2}"
        x = each_frame(lambda m: normed(up, pixels(conv(w, f"{up}_conv", m, 4 * filters, 3), 2)), x)
        x = x + skip if stage == stages - 1 else x
        x = each_frame(lambda m: normed(keep, conv(w, f"{keep}_conv", m, filters, 3)), x)
    return each_frame(lambda m: conv(w, signature["headName"], m, 1, 1), x)


def gated_attention(w, name, x):
    c = x.shape[-1]
    a, m = f"{name}_attention", f"{name}_mixing"
    y = batch_norm(w, f"{a}_norm", x)
    z = F.gelu(conv(w, f"{a}_in", y, c, 1))
    z = depthwise(w, f"{a}_far", depthwise(w, f"{a}_near", z, 5), 7, 3)
    f, g = conv(w, f"{a}_gates", z, 2 * c, 1).chunk(2, -1)
    z = conv(w, f"{a}_out", g.sigmoid() * f, c, 1) + y
    x = x + w(f"{a}_scale/gamma", c) * z
    y = batch_norm(w, f"{m}_norm", x)
    z = F.gelu(depthwise(w, f"{m}_near", conv(w, f"{m}_in", y, 8 * c, 1), 3))
    return x + w(f"{m}_scale/gamma", c) * conv(w, f"{m}_out", z, c, 1)


def rolled_out(w, frames, guidance, signature, patch, step, width):
    """`step` goes from a list of states (None at first) and what is read to the next states and the output."""
    leads = signature["forecastFrames"]
    field = patches(frames[..., :1], patch)
    x = field if frames.shape[-1] == 1 else torch.cat([field, patches(frames[..., 1:], patch)], -1)
    ahead = None if guidance is None else patches(guidance, patch)
    state, output = None, None
    for read in x.unbind(1):
        state, output = step(state, read)
    made = []
    for lead in range(leads):
        seen = output if ahead is None else torch.cat([output, ahead[:, lead]], -1)
        made.append(seen @ w("roll_out/head", seen.shape[-1], patch**2))
        if lead == leads - 1:
            break
        value = made[-1]
        if signature["isResidual"]:
            value = value + (field[:, -1] if ahead is None else ahead[:, lead])
        state, output = step(state, torch.cat([value, x[:, -1, ..., patch**2 :]], -1))
    return pixels(torch.stack(made, 1), patch)


def stacked_conv_lstm(w, frames, guidance, signature, width, patch, kernel, layers):
    def step(state, value):
        state = state or [None] * layers
        following = []
        for layer in range(layers):
            name = f"roll_out/cell/cells/{layer}"
            outputs, last = conv_lstm(w, name, value[:, None], width, kernel, state[layer], bias=False)
            following.append(last)
            value = outputs[:, 0]
        return following, value

    return rolled_out(w, frames, guidance, signature, patch, step, width)


def predrnn(w, frames, guidance, signature, width, patch, kernel, layers):
    def step(state, value):
        zeros = value.new_zeros(*value.shape[:-1], width)
        h, c, memory = state or ([zeros] * layers, [zeros] * layers, zeros)
        h, c = list(h), list(c)
        below = value
        for layer in range(layers):
            name = f"roll_out/cell/levels/{layer}"

            def product(x, kind, size, count):
                return cross_correlated(x, w(f"{name}/{kind}", size, size, x.shape[-1], count * width))

            xi, xf, xg, xj, xe, xl, xo = product(below, "kernel", kernel, 7).chunk(7, -1)
            hi, hf, hg, ho = product(h[layer], "recurrent_kernel", kernel, 4).chunk(4, -1)
            mj, me, ml = product(memory, "memory_kernel", kernel, 3).chunk(3, -1)
            added = (xi + hi).sigmoid() * (xg + hg).tanh()
            c[layer] = (xf + hf + 1).sigmoid() * c[layer] + added
            shared = (xj + mj).sigmoid() * (xl + ml).tanh()
            memory = (xe + me + 1).sigmoid() * memory + shared
            both = torch.cat([c[layer], memory], -1)
            o = (xo + ho + product(both, "output_kernel", kernel, 1)).sigmoid()
            h[layer] = o * product(both, "mixing_kernel", 1, 1).tanh()
            adapter = w("roll_out/cell/adapter", 1, 1, width, width)[0, 0]
            similar = F.cosine_similarity((added @ adapter).flatten(1, 2), (shared @ adapter).flatten(1, 2), 1)
            w.penalties.append(similar.abs().mean())
            below = h[layer]
        return (h, c, memory), below

    return rolled_out(w, frames, guidance, signature, patch, step, width)
