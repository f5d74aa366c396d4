"""What is measured. The first five ConvLSTM shapes are the ones whose peer timings are quoted elsewhere."""

SHAPES = {
    "N8 T10 64×64 1→64 k3": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=1, f=64, k=3),
    "N8 T10 64×64 64→64 k3": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=64, f=64, k=3),
    "N4 T10 128×128 1→32 k3": dict(kind="convlstm", n=4, t=10, h=128, w=128, c=1, f=32, k=3),
    "N8 T10 64×64 1→64 k5": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=1, f=64, k=5),
    "N16 T10 16×16 16→128 k5": dict(kind="convlstm", n=16, t=10, h=16, w=16, c=16, f=128, k=5),
}
KERNELS = {
    "N8 T10 64×64 1→64 k1": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=1, f=64, k=1),
    "N8 T10 64×64 1→64 k7": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=1, f=64, k=7),
}
MODELS = {
    "classifier N16 T10 64×64×1": dict(kind="classifier", n=16, t=10, h=64, w=64, c=1),
    "classifier N4 T16 112×112×3": dict(kind="classifier", n=4, t=16, h=112, w=112, c=3),
    "forecaster N8 10+10 32×32×4 f64 k3": dict(kind="forecaster", n=8, t=10, h=32, w=32, c=4, f=64, k=3),
}
STREAMS = {"stream N1 64×64 1→64 k3": dict(kind="step", n=1, t=4, h=64, w=64, c=1, f=64, k=3)}
SCALING = {
    f"N4 T{t} {h}×{h} 8→{f} k3": dict(kind="convlstm", n=4, t=t, h=h, w=h, c=8, f=f, k=3)
    for t, h, f in [(5, 32, 32), (10, 32, 32), (20, 32, 32), (10, 64, 32), (10, 128, 32), (10, 32, 64), (10, 32, 128)]
}
# Maps smaller than a tile of the Winograd domain and its overlap.
SCALING |= {f"N8 T10 {h}×{h} 64→64 k3": dict(kind="convlstm", n=8, t=10, h=h, w=h, c=64, f=64, k=3) for h in [4, 8, 16]}
# Two threads are the other rows; one is this.
THREADS = {"one thread, N8 T10 64×64 1→64 k3": dict(kind="convlstm", n=8, t=10, h=64, w=64, c=1, f=64, k=3, threads=1)}
GROUPS = dict(
    shapes=SHAPES, kernels=KERNELS, streams=STREAMS, models=MODELS, scaling=SCALING, threads=THREADS)
