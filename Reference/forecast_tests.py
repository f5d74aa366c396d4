"""Golden files of the Diebold–Mariano test with the correction of Harvey, Leybourne and Newbold, in numpy and scipy.

Pinned: Python 3.11, numpy 2.4.6, scipy 1.17.1, safetensors 0.8.0.

    python Reference/forecast_tests.py            writes Tests/Goldens/forecast-tests/*.safetensors
    python Reference/forecast_tests.py --check    says whether the committed files are still true

The long-run variance is written as a quadratic form over all pairs of values that lie less than the horizon apart and
belong to one event. Where it is not positive, the horizon is 1.
"""

import numpy as np
import scipy
from scipy import stats

import goldens
from goldens import Golden, exact

CASES = {}


def corrected(differences, horizon, events):
    n = len(differences)
    place = np.arange(n)
    near = np.abs(place[:, None] - place[None, :]) < horizon
    centred = differences - differences.mean()
    variance = centred @ (near & (events[:, None] == events[None, :])) @ centred / n**2
    if variance <= 0:
        return corrected(differences, 1, events)
    factor = np.sqrt((n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n)
    statistic = differences.mean() / np.sqrt(variance) * factor
    return statistic, 2 * stats.t.sf(abs(statistic), n - 1), horizon


def case(name, count, horizon, events=1, correlation=0.0, shift=0.0, alternating=0.0):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        noise = rng.standard_normal(count + 1)
        differences = exact(
            shift + noise[1:] + correlation * noise[:-1] + alternating * (-1) ** np.arange(count)
        )
        event = np.arange(count) * events // count
        statistic, p, used = corrected(differences, horizon, event)
        return Golden(
            {
                "differences": differences, "events": event, "horizon": horizon, "used": used,
                "statistic": statistic, "p": p,
            },
            {"seed": str(goldens.seed(name)), "scipy": scipy.__version__},
        )

    CASES[name] = golden


case("independent", 12, 1, shift=0.8)
case("correlated", 40, 3, correlation=0.8, shift=0.3)
case("events", 30, 2, events=4, correlation=0.7, shift=-0.6)
case("negative", 11, 2, shift=0.3, alternating=2.0)
case("few", 10, 2)

if __name__ == "__main__":
    goldens.main(__doc__, "forecast-tests", CASES)
