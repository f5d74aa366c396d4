#pragma once
#if __has_include(<gdal/gdal.h>)
#include <gdal/cpl_error.h>
#include <gdal/gdal.h>
#include <gdal/ogr_srs_api.h>
#else
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_srs_api.h>
#endif

// Opens GeoTIFF and GRIB alone: other drivers of GDAL lead to networks and other files.
static inline GDALDatasetH squall_gdal_open(const char *path) {
  static const char *const drivers[] = {"GTiff", "GRIB", NULL};
  return GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, drivers, NULL, NULL);
}

// One band as float32, row by row; 0 if it was read.
static inline int squall_gdal_read(GDALRasterBandH band, int width, int height, float *values) {
  return GDALRasterIO(band, GF_Read, 0, 0, width, height, values, width, height, GDT_Float32, 0, 0) == CE_None ? 0 : 1;
}

static inline void squall_gdal_be_silent(void) { CPLSetErrorHandler(CPLQuietErrorHandler); }
