#!/usr/bin/env python3
"""GeoTIFF and GRIB2 files, and the numbers that GDAL's own Python module reads from them.

    apt-get install python3-gdal          Debian 12: GDAL 3.6.2
    /usr/bin/python3 Reference/gdal_fields.py            writes Tests/Goldens/gdal
    /usr/bin/python3 Reference/gdal_fields.py --check    reads the committed files again

values.json: for each file the time of its frame (from the file, else from its name), its size, the kilometres of a
pixel where the grid is projected, the unit, and all values after scale, offset and no-data, with null for missing ones.
Of rain, negative numbers are missing, as MRMS means them.
"""
import calendar
import datetime
import pathlib

import numpy as np
from osgeo import gdal, osr

import values_file

gdal.UseExceptions()
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Goldens/gdal"
H, W = 37, 53


def field(seed):
    values = np.random.default_rng(seed).gamma(0.6, 4, (H, W)).astype(np.float32)
    values[values < 1] = 0
    return np.round(values, 2)


def memory(values, kind, epsg, transform):
    data = gdal.GetDriverByName("MEM").Create("", W, H, 1, kind)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    data.SetProjection(reference.ExportToWkt())
    data.SetGeoTransform(transform)
    data.GetRasterBand(1).WriteArray(values)
    return data


def write():
    FOLDER.mkdir(parents=True, exist_ok=True)
    utm = (400000, 2000, 0, 5500000, 0, -1000)
    # Tiles of 16 by 16, compressed, with a no-data value and a time in the tag for it.
    values = field(1)
    values[3:6, 10:20] = -9999
    data = memory(values, gdal.GDT_Float32, 32632, utm)
    data.GetRasterBand(1).SetNoDataValue(-9999)
    data.SetMetadataItem("TIFFTAG_DATETIME", "2020:06:01 00:05:00")
    gdal.Translate(str(FOLDER / "tiled.tif"), data, creationOptions=[
        "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=DEFLATE", "PREDICTOR=3"])
    # Packed numbers with scale and offset, LZW, the time in the name alone.
    packed = (field(2) * 100).astype(np.uint16)
    packed[7, :9] = 65535
    data = memory(packed, gdal.GDT_UInt16, 32632, utm)
    band = data.GetRasterBand(1)
    band.SetNoDataValue(65535)
    band.SetScale(0.01)
    band.SetOffset(0.5)
    gdal.Translate(str(FOLDER / "packed_202006010010.tif"), data, creationOptions=[
        "TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16", "COMPRESS=LZW"])
    # GRIB2 as MRMS has it: PrecipRate (discipline 209, category 6, number 1) of center 161 in PNG, -3 for no coverage.
    rain = field(3)
    rain[:4, :6] = -3
    data = memory(rain, gdal.GDT_Float32, 4326, (-100, 0.01, 0, 40, 0, -0.01))
    gdal.Translate(str(FOLDER / "PrecipRate.grib2"), data, format="GRIB", creationOptions=[
        "DISCIPLINE=209", "IDS_CENTER=161", "IDS_SUBCENTER=0", "IDS_REF_TIME=2020-06-01T00:02:00Z", "PDS_PDTN=0",
        "PDS_TEMPLATE_NUMBERS=6 1 2 0 97 0 0 0 0 0 0 0 0 102 0 0 0 0 0 255 0 0 0 0 0",
        "DATA_ENCODING=PNG", "DECIMAL_SCALE_FACTOR=2"])
    for aside in FOLDER.glob("*.aux.xml"):
        aside.unlink()


def describe():
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix not in (".tif", ".grib2"):
            continue
        data = gdal.Open(str(path))
        band = data.GetRasterBand(1)
        raw = band.ReadAsArray().astype(np.float64)
        values = raw * (band.GetScale() or 1) + (band.GetOffset() or 0)
        missing = np.zeros(raw.shape, bool)
        if band.GetNoDataValue() is not None:
            missing |= raw == band.GetNoDataValue()
        unit = band.GetMetadataItem("GRIB_UNIT") or ""
        if "mm" in unit:
            missing |= raw < 0
        text = band.GetMetadataItem("GRIB_VALID_TIME")
        if text:
            time = int(text.split()[0])
        else:
            text = data.GetMetadataItem("TIFFTAG_DATETIME")
            moment = (datetime.datetime.strptime(text, "%Y:%m:%d %H:%M:%S") if text
                      else datetime.datetime.strptime(path.stem[-12:], "%Y%m%d%H%M"))
            time = calendar.timegm(moment.timetuple())
        reference = osr.SpatialReference(data.GetProjection())
        step = data.GetGeoTransform()
        size = [abs(step[1]) / 1000, abs(step[5]) / 1000] if reference.IsProjected() else None
        numbers = [None if m else float(f"{v:.7g}") for v, m in zip(values.ravel(), missing.ravel())]
        found[path.name] = {"time": time, "shape": list(raw.shape), "pixel": size, "unit": unit, "values": numbers}
    for aside in FOLDER.glob("*.aux.xml"):
        aside.unlink()
    return found


if __name__ == "__main__":
    values_file.main(__doc__, FOLDER, write, describe)
