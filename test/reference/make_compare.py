"""Writes compare.json: McNemar's test by statsmodels, DeLong's test by MLstatkit and by the definition (every pair of images), the normal
distribution by SciPy.

usage: python make_compare.py        (pip install numpy scipy statsmodels MLstatkit scikit-learn)
"""
import json
from importlib.metadata import version
from pathlib import Path
import numpy as np
from MLstatkit import Delong_test
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(42)


def mcnemar_case(b, c):
    exact = b + c < 25
    result = mcnemar([[0, b], [c, 0]], exact=exact, correction=True)
    return dict(onlyFirst=b, onlySecond=c, method='exact' if exact else 'corrected', pValue=float(result.pvalue))


def delong_by_definition(labels, first, second):
    """DeLong et al. 1988: kernel over all pairs, sample covariances of its row and column means."""
    positive, negative = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    kernels = [np.where(s[positive][:, None] == s[negative][None], 0.5, (s[positive][:, None] > s[negative][None]) * 1.0) for s in (first, second)]
    areas = [k.mean() for k in kernels]
    rows, columns = (np.array([k.mean(axis) for k in kernels]) for axis in (1, 0))
    covariance = np.cov(rows) / len(positive) + np.cov(columns) / len(negative)
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    difference = areas[0] - areas[1]
    for area, scores in zip(areas, (first, second)):
        assert abs(area - roc_auc_score(labels, scores)) < 1e-12
    return areas, difference, error


def delong_case(name, labels, first, second):
    labels, first, second = map(np.asarray, (labels, first, second))
    areas, difference, error = delong_by_definition(labels, first, second)
    z = difference / error
    p = 2 * stats.norm.sf(abs(z))
    other = Delong_test(labels, first, second)
    assert abs(other[1] - p) < 1e-9, (name, other, p)  # a second implementation, by midranks
    half = stats.norm.ppf(0.975) * error
    return dict(name=name, labels=labels.tolist(), first=first.tolist(), second=second.tolist(), areas=areas, difference=difference, standardError=error,
                interval=[difference - half, difference + half], pValue=p)


def scores(labels, apart, digits=None):
    s = 1 / (1 + np.exp(-(labels * apart + rng.normal(size=len(labels)))))
    return s if digits is None else np.round(s, digits)


small = np.array([0, 1] * 6 + [1])
medium = (rng.random(80) < 0.4).astype(int)
uneven = (rng.random(200) < 0.1).astype(int)
shared = scores(medium, 1.2)
cases = [
    delong_case('independent', medium, scores(medium, 1.5), scores(medium, 0.8)),
    delong_case('correlated', medium, shared, 1 / (1 + np.exp(-(np.log(shared / (1 - shared)) + 0.3 * rng.normal(size=80))))),
    delong_case('ties', medium, scores(medium, 1.5, 1), scores(medium, 0.7, 1)),
    delong_case('uneven classes', uneven, scores(uneven, 2.0), scores(uneven, 1.0)),
    delong_case('tiny', small, scores(small, 1.0), scores(small, 0.2)),
]
tables = [(0, 0), (1, 0), (0, 5), (2, 9), (12, 12), (1, 23), (10, 15), (5, 20), (40, 22), (300, 260), (2, 90)]
out = dict(
    made_with={name: version(name) for name in ('numpy', 'scipy', 'statsmodels', 'MLstatkit', 'scikit-learn')},
    mcnemar=[mcnemar_case(b, c) for b, c in tables],
    delong=cases,
    twoSidedP=[dict(z=z, p=float(2 * stats.norm.sf(z))) for z in (0, 1e-6, 0.3, 1, 1.959963984540054, 2.5, 2.83, 3, 5, 10, 30)],
)
(Path(__file__).parent / 'compare.json').write_text(json.dumps(out, indent=1) + '\n')
