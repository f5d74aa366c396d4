"""Golden files of scores of classifiers, from scikit-learn; the calibration error from numpy's histogram.

Pinned: Python 3.11, scikit-learn 1.9.1, numpy 2.4.6, safetensors 0.8.0.

    python Reference/class_scores.py            writes Tests/Goldens/class-scores/*.safetensors
    python Reference/class_scores.py --check    says whether the committed files are still true
"""

from importlib.metadata import version

import numpy as np
from sklearn import metrics

import goldens
from goldens import Golden, exact

BINS = 15
CASES = {}


def calibration(probabilities, truths):
    """Guo et al. 2017: bins of equal width, each open below and closed above."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == truths
    place = np.digitize(confidence, np.linspace(0, 1, BINS + 1)[1:-1], right=True)
    gaps = [
        (place == b).mean() * abs(right[place == b].mean() - confidence[place == b].mean())
        for b in range(BINS)
        if (place == b).any()
    ]
    return sum(gaps)


def case(name, samples, classes, skill, absent=None):
    def golden(name):
        rng = np.random.default_rng(goldens.seed(name))
        present = [c for c in range(classes) if c != absent]
        truths = rng.choice(present, samples, p=np.arange(1, len(present) + 1) / np.arange(1, len(present) + 1).sum())
        logits = rng.standard_normal((samples, classes))
        logits[np.arange(samples), truths] += skill
        odds = np.exp(logits)
        probabilities = exact(odds / odds.sum(1, keepdims=True))
        predicted = probabilities.argmax(1)
        stored = {
            "probabilities": probabilities,
            "truths": truths,
            "accuracy": metrics.accuracy_score(truths, predicted),
            "balanced": np.mean(
                metrics.recall_score(truths, predicted, labels=np.unique(truths), average=None)
            ),
            "calibration": calibration(probabilities, truths),
        }
        for average in ("macro", "micro", "weighted"):
            values = metrics.precision_recall_fscore_support(
                truths, predicted, average=average, zero_division=0
            )
            for score, value in zip(("precision", "recall", "f1"), values):
                stored[f"{score}.{average}"] = value
        for k in (1, 2, 3):
            stored[f"top.{k}"] = metrics.top_k_accuracy_score(
                truths, probabilities, k=k, labels=range(classes)
            )
        return Golden(
            stored,
            {"seed": str(goldens.seed(name)), "scikit-learn": version("scikit-learn")},
        )

    CASES[name] = golden


case("skilled", 120, 5, 2.0)
case("guessing", 70, 7, 0.1)
case("absent", 90, 6, 1.0, absent=2)

if __name__ == "__main__":
    goldens.main(__doc__, "class-scores", CASES)
