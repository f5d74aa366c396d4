#!/usr/bin/env python3
"""Small pictures and videos in many formats, with the numbers that Pillow, tifffile and OpenCV read from them.

    pip install numpy==2.4.6 pillow==13.0.0 tifffile opencv-python-headless==5.0.0.93
    python Reference/pictures.py            writes Tests/Goldens/pictures
    python Reference/pictures.py --check    says whether the files still hold what values.json says

Each entry of values.json: shape [height, width, channels] (or [time, …] for clips), the largest number of the
format, and all numbers, row-major. Palettes become their colours, opacity is left out.
"""
import pathlib

import cv2
import numpy as np
import tifffile
from PIL import Image

import values_file

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/pictures"
H, W = 7, 11


def fields():
    rng = np.random.default_rng(20)
    row, column = np.indices((H, W))
    grey = ((row * 31 + column * 17) % 256).astype(np.uint8)
    colour = np.stack([grey, 255 - grey, (row * 5 + column * 23) % 256], -1).astype(np.uint8)
    deep = rng.integers(0, 65536, (H, W), dtype=np.uint16)
    return grey, colour, deep


def write():
    FOLDER.mkdir(parents=True, exist_ok=True)
    grey, colour, deep = fields()
    Image.fromarray(grey).save(FOLDER / "grey.png")
    Image.fromarray(grey > 128).save(FOLDER / "bits.png")
    Image.fromarray(deep).save(FOLDER / "deep.png")
    Image.fromarray(colour).save(FOLDER / "colour.png")
    Image.fromarray(np.dstack([colour, grey])).save(FOLDER / "opacity.png")
    Image.fromarray(colour).quantize(16).save(FOLDER / "palette.png")
    cv2.imwrite(str(FOLDER / "deepcolour.png"), np.dstack([deep, deep // 2, deep // 3]))
    Image.fromarray(colour).save(FOLDER / "strips.tif", compression="tiff_lzw")
    Image.fromarray(grey).save(FOLDER / "plain.tiff")
    tifffile.imwrite(FOLDER / "tiles.tif", np.tile(grey, (5, 3)), tile=(16, 16))
    tifffile.imwrite(FOLDER / "floats.tif", grey.astype(np.float32))
    Image.fromarray(np.tile(grey, (4, 4))).save(FOLDER / "grey.jpg", quality=95)
    Image.fromarray(colour).save(FOLDER / "colour.bmp")
    Image.fromarray(colour).quantize(32).save(FOLDER / "palette.gif", comment="for a test, ü".encode())
    Image.fromarray(grey).save(FOLDER / "interlaced.gif", interlace=1)
    clip = [Image.fromarray(np.roll(colour, k, 1)).quantize(32) for k in range(4)]
    clip[0].save(FOLDER / "clip.gif", save_all=True, append_images=clip[1:], duration=40, disposal=1)
    video = cv2.VideoWriter(str(FOLDER / "clip.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 10, (48, 32))
    for k in range(9):
        frame = np.zeros((32, 48, 3), np.uint8)
        frame[8:24, 4 * k : 4 * k + 12] = (40, 90, 200)
        video.write(frame)
    video.release()


def numbers(path):
    if path.suffix == ".mp4":
        reader, frames = cv2.VideoCapture(str(path)), []
        while True:
            ok, frame = reader.read()
            if not ok:
                return np.stack(frames), 255
            frames.append(frame[..., ::-1])
    if path.name == "deepcolour.png":
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1], 65535
    picture = Image.open(path)
    if getattr(picture, "n_frames", 1) > 1:
        frames = []
        for k in range(picture.n_frames):
            picture.seek(k)
            frames.append(np.asarray(picture.convert("RGB")))
        return np.stack(frames), 255
    if picture.mode in ("P", "RGBA"):
        grey = picture.mode == "P" and path.name == "interlaced.gif"
        return np.asarray(picture.convert("L" if grey else "RGB")), 255
    values = np.asarray(picture)
    if values.dtype == bool:
        values = values.astype(np.uint8) * 255
    return values, 65535 if values.dtype == np.uint16 else 255


def describe():
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.name in ("values.json", "tiles.tif", "floats.tif"):
            continue
        values, white = numbers(path)
        clip = path.name.startswith("clip")
        if values.ndim == (3 if clip else 2):
            values = values[..., None]
        # Of the lossy ones only means of rows: decoders differ by a step or two.
        entry = {"shape": list(values.shape), "white": white}
        if path.suffix in (".mp4", ".jpg"):
            entry["means"] = values.reshape(-1, values.shape[-2] * values.shape[-1]).mean(1).round(4).tolist()
        else:
            entry["values"] = values.ravel().tolist()
        found[path.name] = entry
    return found


if __name__ == "__main__":
    values_file.main(__doc__, FOLDER, write, describe)
