#!/usr/bin/env python3
"""Runs Squall and its peers in turn on the same numbers and writes a table, a plot and the raw times.

Every contender is a process of its own that has loaded one workload. In each round every one of them does one
step, A B C A B C, so that a slow minute of the machine hits all. Times are medians over the rounds. Before each turn
there is a pause in which the threads of the contender before go to sleep; a frame of a stream, shorter than that, is
timed ten times a turn after one that is not. Results of several calls with one --output are collected; --document
writes them into the part of Docs/Performance.md between its two marks. Called by script/bench."""

import argparse
import json
import math
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from workloads import GROUPS

HERE = pathlib.Path(__file__).parent
DOCUMENT = HERE.parent / "Docs" / "Performance.md"
PICTURE = HERE.parent / "Docs" / "Images" / "bench.svg"
MARKS = "<!-- bench: begin -->", "<!-- bench: end -->"
# Seconds; the threads of OpenMP runtimes spin for up to 200 ms after their last work.
PAUSE = 0.25
SQUALL = "Squall"
TRAINERS = [SQUALL, "Keras (TensorFlow)", "PyTorch", "PyTorch compiled"]
RUNTIMES = ["ONNX Runtime", "OpenVINO"]


class Worker:
    """A contender with one workload loaded."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"no answer to ‘{line}’")
        return answer

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def commands(options, folder, threads=None):
    peers, python = HERE / "peers", options.python
    calls = {
        SQUALL: [options.worker, folder] + (["--exact"] if options.exact else []),
        "Keras (TensorFlow)": [python, peers / "keras_worker.py", folder],
        "PyTorch": [python, peers / "torch_worker.py", folder],
        "PyTorch compiled": [python, peers / "torch_worker.py", folder, "--compile"],
        "ONNX Runtime": [python, peers / "onnx_worker.py", folder],
        "OpenVINO": [python, peers / "onnx_worker.py", folder, "--openvino"],
    }
    if threads:
        # Everybody counts the processors that it may run on.
        calls = {name: ["taskset", "-c", f"0-{threads - 1}"] + call for name, call in calls.items()}
    return calls


def difference(folder, worker, reference):
    """The largest difference from Squall's output over its root mean square."""
    path = pathlib.Path(folder, "output.f32")
    worker.ask(f"output {path}")
    values = np.fromfile(path, np.float32)
    if reference is None:
        return values, 0.0
    if values.shape != reference.shape:
        return values, float("inf")
    return values, float(np.abs(values - reference).max() / np.sqrt(np.mean(reference**2)))


def measure(name, spec, options, folder):
    pathlib.Path(folder, "spec.json").write_text(json.dumps(spec))
    calls = commands(options, folder, spec.get("threads"))
    squall = Worker(calls[SQUALL])
    squall.ask("prepare")
    result = dict(name=name, spec=spec, flops=float(squall.ask("flops")), train={}, infer={}, memory={}, check={})
    form = "step" if spec["kind"] == "step" else "scan"
    exported = subprocess.run(
        [options.squall, "convert", f"{folder}/model.squall", f"{folder}/model.onnx", "--form", form],
        capture_output=True, text=True)
    trainable = spec["kind"] != "step"
    names = [n for n in TRAINERS + RUNTIMES if not options.peers or n == SQUALL or n in options.peers]
    if exported.returncode:
        print(f"  no ONNX: {exported.stderr.strip()[:120]}", file=sys.stderr)
        names = [n for n in names if n not in RUNTIMES]
    workers, reference = {}, None
    for contender in names:
        try:
            worker = squall if contender == SQUALL else Worker(calls[contender])
            values, error = difference(folder, worker, reference)
            reference = values if reference is None else reference
            check = dict(output=error)
            if trainable and contender in TRAINERS:
                check["losses"] = [float(v) for v in worker.ask("losses").split()]
            result["check"][contender] = check
            workers[contender] = worker
        except (RuntimeError, BrokenPipeError) as error:
            print(f"  {contender}: left out, {error}", file=sys.stderr)
    modes = [] if options.only_memory else ["train", "infer"] if trainable else ["infer"]
    for mode in modes:
        taking = [n for n in workers if mode == "infer" or n in TRAINERS]
        times = {n: [] for n in taking}
        for round in range(options.rounds + 1):
            for contender in taking:
                time.sleep(PAUSE)
                if trainable:
                    elapsed = [float(workers[contender].ask(mode))]
                else:
                    elapsed = [float(workers[contender].ask(mode)) for _ in range(11)][1:]
                if round:
                    times[contender] += elapsed
        result[mode] = {n: dict(median=statistics.median(t), minimum=min(t), all=t) for n, t in times.items()}
    for worker in workers.values():
        worker.close()
    if options.memory:
        for contender in workers:
            modes = ["infer"] + (["train"] if trainable and contender in TRAINERS else [])
            for mode in modes:
                fresh = Worker(calls[contender])
                for _ in range(2):
                    fresh.ask(mode)
                result["memory"].setdefault(mode, {})[contender] = float(fresh.ask("memory"))
                fresh.close()
    return result


def startup(options, folder):
    """Seconds from the start of a process to its first forecast written, for a small stored model."""
    spec = dict(kind="convlstm", n=1, t=4, h=32, w=32, c=1, f=8, k=3)
    pathlib.Path(folder, "spec.json").write_text(json.dumps(spec))
    squall = Worker(commands(options, folder)[SQUALL])
    squall.ask("prepare")
    squall.close()
    np.save(f"{folder}/x.npy", np.zeros((1, 4, 32, 32, 1), np.float32))
    subprocess.run(
        [options.squall, "convert", f"{folder}/model.squall", f"{folder}/model.keras"], check=True,
        capture_output=True)
    keras = (
        "import os; os.environ['KERAS_BACKEND']='tensorflow'; import numpy, keras; "
        f"m = keras.saving.load_model('{folder}/model.keras', compile=False); "
        f"numpy.save('{folder}/k.npy', m.predict(numpy.load('{folder}/x.npy'), verbose=0))")
    runs = {
        SQUALL: [options.squall, "predict", "--model", f"{folder}/model.squall", "--input", f"{folder}/x.npy",
                 "--output", f"{folder}/y.npy"],
        "Keras (TensorFlow)": [options.python, "-c", keras],
        "PyTorch (its import alone)": [options.python, "-c", "import torch"],
    }
    times = {name: [] for name in runs}
    for _ in range(5):
        for name, command in runs.items():
            start = time.perf_counter()
            done = subprocess.run([str(part) for part in command], capture_output=True)
            if done.returncode == 0:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(t) for name, t in times.items() if t}


def table(results, peak):
    lines = ["| workload | mode | Squall ms | of peak | fastest peer | its ms | ratio | others | largest difference |",
             "|---|---|---|---|---|---|---|---|---|"]
    for result in results:
        for mode in ["train", "infer"]:
            times = {n: t["median"] for n, t in result[mode].items()}
            if SQUALL not in times:
                continue
            ours = times.pop(SQUALL)
            effective = result["flops"] * (3 if mode == "train" else 1) / ours / 1e6
            if result["spec"]["kind"] == "step":
                effective /= result["spec"]["t"]
            best = min(times, key=times.get, default=None)
            others = ", ".join(f"{n} {t:.0f}" for n, t in times.items() if n != best)
            worst = max([c["output"] for n, c in result["check"].items() if n != SQUALL] + [0])
            lines.append(
                f"| {result['name']} | {mode} | {ours:.1f} | {effective / peak:.0%} | {best or '–'} | "
                + (f"{times[best]:.1f} | **{times[best] / ours:.2f}×** | {others} | {worst:.0e} |"
                   if best else "– | – | – | – |"))
    memory = [r for r in results if r["memory"]]
    if memory:
        lines += ["", "| peak memory, MB | mode | Squall | of the smallest peer | peers |", "|---|---|---|---|---|"]
        for result in memory:
            for mode, sizes in result["memory"].items():
                others = {n: m for n, m in sizes.items() if n != SQUALL}
                share = f"**{sizes[SQUALL] / min(others.values()):.2f}×**" if others else "–"
                peers = ", ".join(f"{n} {m:.0f}" for n, m in others.items())
                lines.append(f"| {result['name']} | {mode} | {sizes[SQUALL]:.0f} | {share} | {peers} |")
    return "\n".join(lines)


def plot(results):
    """A row for each workload and mode, a dot for each peer where its median over Squall's lies, as SVG."""
    colours = dict(zip(TRAINERS[1:] + RUNTIMES, ["#d97706", "#b91c1c", "#f0a0a0", "#2563eb", "#059669"]))
    rows = []
    for result in results:
        for mode in ["train", "infer"]:
            times = {n: t["median"] for n, t in result[mode].items()}
            if SQUALL in times and len(times) > 1:
                rows.append((f"{result['name']}, {mode}", {n: t / times[SQUALL] for n, t in times.items() if n != SQUALL}))
    values = [v for _, dots in rows for v in dots.values()]
    low, high = math.log(min(values + [0.9])), math.log(max(values + [1]) * 1.1)
    left, width, top = 290, 590, 62

    def x(value):
        return left + width * (math.log(value) - low) / (high - low)

    parts, bottom = [], top + 20 * len(rows)
    place = left
    for name in [n for n in colours if any(n in dots for _, dots in rows)]:
        parts.append(f'<circle cx="{place + 5}" cy="34" r="5" fill="{colours[name]}"/>'
                     f'<text x="{place + 14}" y="38">{name}</text>')
        place += 30 + 7 * len(name)
    for tick in [t for t in [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50] if low <= math.log(t) <= high]:
        dashes = "" if tick == 1 else ' stroke-dasharray="2 4"'
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 6}" y2="{bottom}" '
                     f'stroke="{"#222" if tick == 1 else "#aaa"}"{dashes}/>'
                     f'<text x="{x(tick):.1f}" y="{bottom + 14}" text-anchor="middle">{tick}×</text>')
    for index, (name, dots) in enumerate(rows):
        y = top + 20 * index + 8
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{name}</text>'
                     f'<line x1="{x(1):.1f}" x2="{x(min(dots.values())):.1f}" y1="{y}" y2="{y}" stroke="#666"/>')
        parts += [f'<circle cx="{x(v):.1f}" cy="{y}" r="5" fill="{colours[n]}" fill-opacity="0.85"/>' for n, v in dots.items()]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {bottom + 24}" width="900" height="{bottom + 24}" '
            f'font-family="sans-serif" font-size="12" fill="#222"><rect width="100%" height="100%" fill="white"/>'
            f'<text x="{left}" y="16" font-weight="bold">How many times as long as Squall, in the same run</text>'
            f'{"".join(parts)}</svg>\n')


def report(run):
    text = table(run["results"], run["peak"])
    if run.get("startup"):
        text += "\n\n| from process start to the first forecast | seconds |\n|---|---|\n"
        text += "\n".join(f"| {name} | {seconds:.3f} |" for name, seconds in run["startup"].items())
    return text


def write(run, output, document):
    (output / "bench.json").write_text(json.dumps(run, indent=1))
    (output / "bench.md").write_text(report(run) + "\n")
    (output / "bench.svg").write_text(plot(run["results"]))
    if document:
        PICTURE.write_text(plot(run["results"]))
        page = DOCUMENT.read_text()
        begin, end = page.index(MARKS[0]) + len(MARKS[0]), page.index(MARKS[1])
        head = f"\n\nMeasured peak {run['peak']:.0f} GFLOP/s in float32, all threads together.\n\n"
        head += "![How many times as long the peers take](Images/bench.svg)\n\n"
        DOCUMENT.write_text(page[:begin] + head + report(run) + "\n\n" + page[end:])


def collect(run, result):
    """What was measured before stays unless it is measured again. A contender that comes later is put beside the
    others by its ratio to Squall in its own call."""
    for before in run["results"]:
        if before["name"] != result["name"]:
            continue
        for mode in ["train", "infer"]:
            old, new = before[mode], result[mode]
            if SQUALL in old and SQUALL in new and not set(old) <= set(new):
                factor = old[SQUALL]["median"] / new[SQUALL]["median"]
                new = {n: dict(t, median=t["median"] * factor) for n, t in new.items() if n != SQUALL}
            old.update(new)
        before["check"].update(result["check"])
        for mode, sizes in result["memory"].items():
            before["memory"].setdefault(mode, {}).update(sizes)
        return
    run["results"].append(result)


def main():
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP",
        help=f"of {', '.join(GROUPS)}, startup; all where none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", nargs="*", help="only these: " + ", ".join(TRAINERS[1:] + RUNTIMES))
    parser.add_argument("--only", help="only workloads whose name contains this")
    parser.add_argument("--minutes", type=float, help="begin no further workload after so many minutes")
    parser.add_argument("--exact", action="store_true", help="Squall without Winograd")
    parser.add_argument("--no-memory", dest="memory", action="store_false")
    parser.add_argument("--only-memory", action="store_true", help="peak memory and no times")
    parser.add_argument("--output", default="report-bench")
    parser.add_argument("--document", action="store_true", help="write tables and plot into Docs/Performance.md")
    parser.add_argument("--worker", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--squall", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for group in options.groups:
        if group not in GROUPS and group != "startup":
            parser.error(f"unknown group {group}: one of {', '.join(GROUPS)}, startup")
    output = pathlib.Path(options.output)
    output.mkdir(parents=True, exist_ok=True)
    known = output / "bench.json"
    run = json.loads(known.read_text()) if known.exists() else dict(peak=0, results=[])
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "spec.json").write_text(json.dumps(dict(kind="convlstm", n=1, t=1, h=8, w=8, c=1)))
        first = Worker(commands(options, folder)[SQUALL])
        peak = float(first.ask("peak"))
        first.close()
        run["peak"] = max(peak, run["peak"])
        print(f"{platform.processor() or platform.machine()}: measured peak {peak:.0f} GFLOP/s in float32")
        for group in options.groups or [*GROUPS, "startup"]:
            if group == "startup":
                run["startup"] = startup(options, folder)
                write(run, output, options.document)
                continue
            for name, spec in GROUPS[group].items():
                if options.only and options.only not in name:
                    continue
                if options.minutes and time.monotonic() - start > 60 * options.minutes:
                    print(f"{name}: left out, no time", flush=True)
                    continue
                print(name, flush=True)
                result = measure(name, spec, options, folder)
                collect(run, result)
                for line in table([result], run["peak"]).splitlines()[2:]:
                    print(line, flush=True)
                for contender, check in result["check"].items():
                    print(f"  {contender}: output differs by {check['output']:.1e} of the RMS; losses {check.get('losses')}")
                print(f"  {time.monotonic() - start:.0f} s", flush=True)
                write(run, output, options.document)
    print(report(run))


main()
