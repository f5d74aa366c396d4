"""PyTorch as its users write it: a ConvLSTM with one convolution over input and state side by side, channels-last
memory. `--compile` runs it through `torch.compile`."""

import sys

import torch
import torch.nn.functional as F

from common import arrays, serve, spec

s = spec(sys.argv[1])
x, y, weights = arrays(sys.argv[1])
weights = [torch.from_numpy(w) for w in weights]
rest = iter(weights)


def kernel(w):
    """`[ky, kx, in, out]` as `[out, in, ky, kx]`."""
    return w.permute(3, 2, 0, 1)


class ConvLSTM(torch.nn.Module):
    """Gates in the order i, f, c, o, as in the arrays."""

    def __init__(self):
        super().__init__()
        w, u, b = next(rest), next(rest), next(rest)
        joined = torch.cat([kernel(w), kernel(u)], 1).contiguous(memory_format=torch.channels_last)
        self.weight = torch.nn.Parameter(joined)
        self.bias = torch.nn.Parameter(b.clone())

    def forward(self, frames, state=None):
        n, _, h, w = frames[0].shape
        filters = self.bias.shape[0] // 4
        if state is None:
            zeros = torch.zeros(n, filters, h, w).contiguous(memory_format=torch.channels_last)
            state = (zeros, zeros)
        hidden, cell = state
        outputs = []
        for frame in frames:
            z = F.conv2d(torch.cat([frame, hidden], 1), self.weight, self.bias, padding="same")
            i, f, g, o = z.chunk(4, 1)
            cell = torch.sigmoid(f) * cell + torch.sigmoid(i) * torch.tanh(g)
            hidden = torch.sigmoid(o) * torch.tanh(cell)
            outputs.append(hidden)
        return outputs, (hidden, cell)


class Convolution(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(kernel(next(rest)).contiguous(memory_format=torch.channels_last))
        self.bias = torch.nn.Parameter(next(rest).clone())

    def forward(self, maps):
        return F.conv2d(maps, self.weight, self.bias, padding="same")


class Sequence(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = ConvLSTM()

    def forward(self, x):
        frames = [x[:, t].permute(0, 3, 1, 2) for t in range(s["t"])]
        return torch.stack(self.layer(frames)[0], 1).permute(0, 1, 3, 4, 2)


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = torch.nn.ModuleList([Convolution() for _ in s["conv"]])
        w, u, b = next(rest), next(rest), next(rest)
        self.lstm = torch.nn.LSTM(w.shape[0], s["units"], batch_first=True)
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(w.T)
            self.lstm.weight_hh_l0.copy_(u.T)
            self.lstm.bias_ih_l0.copy_(b)
            self.lstm.bias_hh_l0.zero_()
        # One bias, as everywhere else.
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.dense = torch.nn.Linear(s["units"], s["classes"])
        with torch.no_grad():
            self.dense.weight.copy_(next(rest).T)
            self.dense.bias.copy_(next(rest))

    def forward(self, x):
        maps = x.reshape(-1, s["h"], s["w"], s["c"]).permute(0, 3, 1, 2)
        for convolution in self.convolutions:
            maps = F.max_pool2d(F.relu(convolution(maps)), 2)
        vectors = maps.permute(0, 2, 3, 1).reshape(s["n"], s["t"], -1)
        return self.dense(self.lstm(vectors)[0][:, -1])


class Forecaster(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([ConvLSTM() for _ in range(4)])
        self.head = Convolution()

    def forward(self, x):
        frames = [x[:, t].permute(0, 3, 1, 2) for t in range(s["t"])]
        lower, lower_state = self.layers[0](frames)
        _, upper_state = self.layers[1](lower)
        first, _ = self.layers[2]([frames[-1]] * s["t"], lower_state)
        second, _ = self.layers[3](first, upper_state)
        return torch.stack([self.head(m) for m in second], 1).permute(0, 1, 3, 4, 2)


model = {"convlstm": Sequence, "step": Sequence, "classifier": Classifier, "forecaster": Forecaster}[s["kind"]]()
assert next(rest, None) is None
forward = torch.compile(model) if "--compile" in sys.argv else model
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.001, eps=1e-7)
x = torch.from_numpy(x)
y = torch.from_numpy(y).long() if s["kind"] == "classifier" else torch.from_numpy(y)


def train():
    optimizer.zero_grad(set_to_none=True)
    prediction = forward(x)
    loss = F.cross_entropy(prediction, y) if s["kind"] == "classifier" else F.mse_loss(prediction, y)
    loss.backward()
    optimizer.step()
    return loss.item()


def output():
    with torch.inference_mode():
        prediction = forward(x)
        return (prediction.softmax(-1) if s["kind"] == "classifier" else prediction).contiguous().numpy()


if s["kind"] == "step":
    cell = torch.compile(model.layer) if "--compile" in sys.argv else model.layer
    frames = [x[:, t].permute(0, 3, 1, 2) for t in range(s["t"])]
    zeros = torch.zeros(s["n"], s["f"], s["h"], s["w"]).contiguous(memory_format=torch.channels_last)
    state = (zeros, zeros)

    def advance(frame):
        global state
        with torch.inference_mode():
            outputs, state = cell([frame], state)
        return outputs[0].permute(0, 2, 3, 1).contiguous().numpy()

    def all_frames():
        global state
        state = (zeros, zeros)
        return [advance(frame) for frame in frames][-1]

    serve(all_frames, infer=lambda: advance(frames[0]))
else:
    serve(output, train)
