#!/usr/bin/env python3
"""Small gridded files of each format, and the numbers that h5py, netCDF4 and pysteps read from them.

    pip install h5py==3.14.0 netCDF4==1.7.5.1.post1 numpy==2.4.6 pysteps==1.21.5 pyproj
    python Reference/fields.py            writes Tests/Goldens/fields
    python Reference/fields.py --check    reads the committed files again

values.json: for each file the time of each frame, its shape and its values in mm/h (or as they are) as a list with
null for missing ones, north first.
"""
import datetime
import gzip
import pathlib
import struct

import h5py
import netCDF4
import numpy as np

import values_file

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/fields"
H, W = 5, 7
UTC = datetime.timezone.utc


def stamps(seed=3):
    return np.random.default_rng(seed).integers(0, 250, (H, W))


def odim(path, quantity, gain, offset, dtype, start, end):
    data = stamps().astype(dtype)
    data[0, :3] = 255
    data[2, 2:] = 0
    with h5py.File(path, "w") as file:
        file.attrs["Conventions"] = np.bytes_("ODIM_H5/V2_3")
        what = file.create_group("what")
        what.attrs.update(object=np.bytes_("COMP"), version=np.bytes_("H5rad 2.3"), date=np.bytes_(end[:8]),
                          time=np.bytes_(end[8:]), source=np.bytes_("ORG:247"))
        where = file.create_group("where")
        where.attrs.update(projdef=np.bytes_("+proj=laea +lat_0=55 +lon_0=10"), xsize=W, ysize=H, xscale=2000.0,
                           yscale=2000.0, LL_lon=0.1, LL_lat=49.0, UL_lon=0.2, UL_lat=50.0, UR_lon=1.3, UR_lat=50.5,
                           LR_lon=1.4, LR_lat=49.5)
        # A quality field comes first; the wanted quantity is in the second data group.
        other = file.create_group("dataset1/data1")
        other.create_group("what").attrs.update(quantity=np.bytes_("QIND"), gain=1.0, offset=0.0)
        other["data"] = data
        group = file.create_group("dataset1/data2")
        group.create_group("what").attrs.update(quantity=np.bytes_(quantity), gain=gain, offset=offset, nodata=255.0,
                                                undetect=0.0)
        group.create_dataset("data", data=data, chunks=(3, 4), compression="gzip", shuffle=True)
        file.create_group("dataset1/what").attrs.update(
            product=np.bytes_("COMP"), startdate=np.bytes_(start[:8]), starttime=np.bytes_(start[8:]),
            enddate=np.bytes_(end[:8]), endtime=np.bytes_(end[8:]))


def read_odim(path):
    with h5py.File(path) as file:
        raw = file["dataset1/data2/data"][()].astype(np.float64)
        what = file["dataset1/data2/what"].attrs
        times = file["dataset1/what"].attrs
        start, end = (
            datetime.datetime.strptime((times[f"{k}date"] + times[f"{k}time"]).decode(), "%Y%m%d%H%M%S")
            for k in ("start", "end"))
        values = raw * what["gain"] + what["offset"]
        quantity = what["quantity"].decode()
        if quantity == "ACRR":
            values = values * 3600 / (end - start).total_seconds()
        if quantity == "DBZH":
            values = (10 ** (values / 10) / 200) ** (1 / 1.6)
        values[raw == what["undetect"]] = 0
        values[raw == what["nodata"]] = np.nan
    return [end.replace(tzinfo=UTC).timestamp()], values[None, :, :, None]


def netcdf(path, kind):
    with netCDF4.Dataset(path, "w", format=kind) as file:
        file.createDimension("time", None)
        file.createDimension("y", H)
        file.createDimension("x", W)
        time = file.createVariable("time", "f8", ("time",))
        time.units, time.standard_name = "days since 2020-02-28 12:00:00", "time"
        y = file.createVariable("y", "f4", ("y",))
        y.standard_name, y.units = "projection_y_coordinate", "m"
        x = file.createVariable("x", "f4", ("x",))
        x.standard_name, x.units = "projection_x_coordinate", "m"
        crs = file.createVariable("crs", "i4", ())
        crs.grid_mapping_name, crs.latitude_of_projection_origin = "polar_stereographic", 90.0
        crs.straight_vertical_longitude_from_pole, crs.standard_parallel = 10.0, 60.0
        pad = file.createVariable("odd", "i1", ("time",))
        rain = file.createVariable("rain", "i2", ("time", "y", "x"), fill_value=-1,
                                   **({"zlib": True, "shuffle": True, "fletcher32": True, "chunksizes": (1, 2, 4)}
                                      if kind == "NETCDF4" else {}))
        rain.units, rain.scale_factor, rain.add_offset, rain.grid_mapping = "mm h-1", 0.1, 0.5, "crs"
        rain.valid_max = np.int16(2400)
        rain.set_auto_maskandscale(False)
        y[:] = np.arange(H) * 500.0
        x[:] = np.arange(W) * 1000.0
        for k in range(4):
            # 12:00 on 28 February of a leap year and then every 10 minutes, one of them absent.
            time[k] = (k + (k > 2)) * 10 / 1440
            pad[k] = k
            field = (stamps(k) * 10).astype(np.int16)
            field[k, 1] = -1
            field[0, k] = 2450
            rain[k] = field


def read_netcdf(path):
    with netCDF4.Dataset(path) as file:
        values = file["rain"][:]
        times = [netCDF4.num2date(t, file["time"].units).isoformat() for t in file["time"][:]]
    seconds = [round(datetime.datetime.fromisoformat(t).replace(tzinfo=UTC).timestamp()) for t in times]
    # The first row of the file is the southernmost.
    return seconds, np.asarray(values.filled(np.nan), np.float64)[:, ::-1, :, None]


def sevir(path):
    with h5py.File(path, "w") as file:
        data = np.random.default_rng(8).integers(0, 255, (3, H, W, 4), dtype=np.uint8)
        file.create_dataset("vil", data=data, chunks=(1, H, W, 4), compression="gzip", fletcher32=True)
        file["id"] = np.arange(3)
        file.create_dataset("plain", data=data.astype(">f4").transpose(0, 3, 1, 2))


def compressed(path):
    """One array by the filters of h5py; a third by one that is refused."""
    rain = (stamps(9) * (stamps(10) > 120)).astype("<i4")[None] + np.arange(3, dtype="<i4")[:, None, None]
    with h5py.File(path, "w") as file:
        chunks = (2, H, 4)
        file.create_dataset("lzf", data=rain, chunks=chunks, compression="lzf", shuffle=True, fletcher32=True)
        # Whole chunks: 40 values in blocks of 8.
        file.create_dataset("szip", data=rain, chunks=chunks, compression="szip", compression_opts=("nn", 8))
        file.create_dataset("plain", data=rain)
        file.create_dataset("scaled", data=rain, chunks=chunks, scaleoffset=8)
        run = np.zeros((2, 40, 40), np.float32)
        run[1, 5:9] = 2.5
        file.create_dataset("runs", data=run, chunks=(1, 40, 40), compression="lzf")


def taxi(path):
    """In- and outflow of taxis as TaxiBJ has them: the half hour of the day, counted from 01, in `date`."""
    slots = [b"2013070147", b"2013070148", b"2013070201", b"2013070203", b"2013070204"]
    with h5py.File(path, "w") as file:
        file["data"] = np.random.default_rng(12).integers(0, 90, (5, 2, H, W)).astype("<f4")
        file["date"] = np.array(slots, "S10")


def read_sevir(path):
    with h5py.File(path) as file:
        values = file["vil"][()]
    return [], values.transpose(0, 3, 1, 2).reshape(12, H, W, 1) / 255.0


def fmi(path):
    field = stamps(5).astype(np.uint8)
    field[1, 1:4] = 255
    field[3] = 0
    head = ("P5\n# producer Test\n# param CorrectedReflectivity\n# obstime 201609281600\n# projection radar {\n"
            "# type stereographic\n# centrallongitude 25\n# centrallatitude 90\n# truelatitude 60\n"
            "# bottomleft 18.600000 57.930000\n# topright 34.903000 69.005000\n# metersperpixel_x 999.674053\n"
            f"# metersperpixel_y 999.62859\n# }}\n{W} {H}\n255\n")
    # Without a time in the compressed file, so that the bytes stay the same.
    path.write_bytes(gzip.compress(head.encode() + field.tobytes(), mtime=0))


def read_fmi(path):
    import pysteps.io.importers

    decibels, _, metadata = pysteps.io.importers.import_fmi_pgm(str(path), gzipped=True)
    rate = (10 ** (decibels / 10) / metadata["zr_a"]) ** (1 / metadata["zr_b"])
    # The smallest number of the format stands for “no echo”.
    rate[decibels == -32] = 0
    return [datetime.datetime(2016, 9, 28, 16, tzinfo=UTC).timestamp()], rate[None, :, :, None]


def radolan(path, product, header, words):
    path.write_bytes(gzip.compress(f"{product}{header}".encode() + b"\x03" + words, mtime=0))


RW = stamps(6).astype(np.uint16)
RW[0, :2] = 0x29C4
RW[1, 3] |= 0x1000
RW[2, 5] |= 0x8000
RX = stamps(7).astype(np.uint8)
RX[0, 0], RX[1, 1], RX[4, 2] = 250, 249, 0


def write():
    FOLDER.mkdir(parents=True, exist_ok=True)
    odim(FOLDER / "accumulation.h5", "ACRR", 0.1, 0.0, np.uint16, "20161001235500", "20161002000000")
    odim(FOLDER / "reflectivity.h5", "DBZH", 0.5, -32.0, np.uint8, "20161001120000", "20161001120500")
    odim(FOLDER / "rate.h5", "RATE", 0.05, 0.25, np.int32, "20161001120000", "20161001120500")
    netcdf(FOLDER / "classic.nc", "NETCDF3_CLASSIC")
    netcdf(FOLDER / "offset64.nc", "NETCDF3_64BIT_OFFSET")
    netcdf(FOLDER / "data64.nc", "NETCDF3_64BIT_DATA")
    netcdf(FOLDER / "version4.nc", "NETCDF4")
    sevir(FOLDER / "samples.h5")
    compressed(FOLDER / "compressed.hdf5")
    taxi(FOLDER / "taxi.hdf5")
    fmi(FOLDER / "201609281600_fmi.pgm.gz")
    head = "BY%07dVS 3SW   2.13.1PR E-0%dINT%4dGP%4dx%4dMF 00000001MS 10<asb,boo   >"
    radolan(FOLDER / "raa01-rw_10000-2010301450-dwd---bin.gz", "RW", "301450100001020" + head % (200, 1, 60, H, W),
            RW.astype("<u2").tobytes())
    radolan(FOLDER / "raa01-ry_10000-2010301455-dwd---bin.gz", "RY", "301455100001020" + head % (200, 2, 5, H, W),
            RW.astype("<u2").tobytes())
    radolan(FOLDER / "raa01-rx_10000-2010301455-dwd---bin.gz", "RX", "301455100001020" + head % (200, 0, 5, H, W),
            RX.tobytes())


def read_radolan(path):
    with gzip.open(path) as file:
        head, _, body = file.read().partition(b"\x03")
    text = head.decode()
    day, hour, minute, month, year = (int(text[a:b]) for a, b in ((2, 4), (4, 6), (6, 8), (13, 15), (15, 17)))
    time = datetime.datetime(2000 + year, month, day, hour, minute, tzinfo=UTC).timestamp()
    if text.startswith("RX"):
        raw = np.frombuffer(body, np.uint8).reshape(H, W)[::-1]
        rate = (10 ** ((raw / 2 - 32.5) / 10) / 200) ** (1 / 1.6)
        rate[raw == 0] = 0
        rate[raw >= 249] = np.nan
    else:
        raw = np.frombuffer(body, "<u2").reshape(H, W)[::-1]
        factor = 10.0 ** int(text[text.index("PR E") + 4 :][:3]) * 60 / int(text[text.index("INT") + 3 :][:4])
        rate = (raw & 0xFFF) * factor
        rate[(raw & 0xA000) != 0] = np.nan
    return [time], rate[None, :, :, None]


def describe():
    readers = {".nc": read_netcdf, "pgm.gz": read_fmi, "bin.gz": read_radolan, "samples.h5": read_sevir,
               ".h5": read_odim}
    found = {}
    for path in sorted(FOLDER.iterdir()):
        reader = next((readers[key] for key in readers if path.name.endswith(key)), None)
        if reader:
            times, values = reader(path)
            numbers = [None if np.isnan(v) else float(f"{v:.7g}") for v in values.ravel()]
            found[path.name] = {"times": [int(t) for t in times], "shape": list(values.shape), "values": numbers}
    return found


if __name__ == "__main__":
    values_file.main(__doc__, FOLDER, write, describe)
