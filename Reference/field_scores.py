"""Golden files of scores of fields: SSIM and PSNR from scikit-image, FSS and RAPSD from pysteps, in float64.

Pinned: Python 3.11, scikit-image 0.26.0, pysteps 1.21.5, scipy 1.17.1, numpy 2.4.6, safetensors 0.8.0.

    python Reference/field_scores.py            writes Tests/Goldens/field-scores/*.safetensors
    python Reference/field_scores.py --check    says whether the committed files are still true

pysteps' FSS counts rain >= threshold as an event and ours rain > threshold, so no value lies on a threshold.
"""

import contextlib
import io
import json
from importlib.metadata import version

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

import goldens
from goldens import Golden, exact

with contextlib.redirect_stdout(io.StringIO()):
    import pysteps  # noqa: F401
from pysteps.utils.spectral import rapsd  # noqa: E402
from pysteps.verification.spatialscores import fss_accum, fss_compute, fss_init  # noqa: E402

THRESHOLDS = (0.55, 2.05)
SCALES = (1, 2, 5, 8)
RANGE = 20.0
CASES = {}


def case(name, fields, height, width):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        smooth = rng.gamma(0.8, 3.0, (fields, height + 6, width + 6))
        rain = sum(smooth[:, y : y + height, x : x + width] for y in range(0, 7, 3) for x in range(0, 7, 3)) / 9
        rain = np.where(rain < 1.7, 0, rain)
        forecast = np.roll(rain, (1, -2), (1, 2)) * rng.lognormal(0, 0.2, rain.shape)
        rain, forecast = exact(np.round(rain, 1)), exact(np.round(forecast, 1))
        pairs = list(zip(forecast, rain))
        stored = {"forecast": forecast, "observation": rain}
        stored["ssim"] = np.mean([structural_similarity(f, o, data_range=RANGE) for f, o in pairs])
        stored["ssim.gaussian"] = np.mean(
            [
                structural_similarity(
                    f, o, data_range=RANGE, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
                )
                for f, o in pairs
            ]
        )
        stored["psnr"] = np.mean([peak_signal_noise_ratio(o, f, data_range=RANGE) for f, o in pairs])
        for threshold in THRESHOLDS:
            for scale in SCALES:
                fss = fss_init(threshold, scale)
                for f, o in pairs:
                    fss_accum(fss, f, o)
                stored[f"fss.{threshold}.{scale}"] = fss_compute(fss)
        stored["rapsd.forecast"] = np.mean([rapsd(f, fft_method=np.fft) for f, _ in pairs], axis=0)
        stored["rapsd.observation"] = np.mean([rapsd(o, fft_method=np.fft) for _, o in pairs], axis=0)
        return Golden(
            stored,
            {
                "thresholds": json.dumps(THRESHOLDS),
                "scales": json.dumps(SCALES),
                "range": str(RANGE),
                "seed": str(goldens.seed(name)),
                "pysteps": version("pysteps"),
                "scikit-image": version("scikit-image"),
            },
        )

    CASES[name] = golden


case("tall", 2, 34, 21)
case("wide", 1, 24, 32)
case("odd", 3, 15, 17)

if __name__ == "__main__":
    goldens.main(__doc__, "field-scores", CASES)
