"""Writes evaluation.json: calibration, Brier scores and thresholds by scikit-learn, temperature scaling by SciPy, DeLong's interval by the
definition (every pair of images), Wilson's interval by statsmodels.

usage: python make_evaluation.py        (pip install numpy scipy statsmodels scikit-learn)
"""
import json
from importlib.metadata import version
from pathlib import Path
import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(7)


def numbers(values):
    return [float(v) for v in values]


def thresholds(labels, scores):
    """The rules, by exhaustive search over all distinct scores."""
    rows = []
    for t in np.unique(scores):
        (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, scores >= t, labels=[0, 1])
        rows.append((t, tp / (tp + fn), tn / (tn + fp), tp, fp, fn))
    best = lambda key: float(max(rows, key=key)[0])
    out = dict(
        sensitivity={str(x): best(lambda r: (r[1] >= x, r[2], r[1])) for x in (0.5, 0.8, 0.95, 1)},
        specificity={str(x): best(lambda r: (r[2] >= x, r[1], r[2])) for x in (0.5, 0.8, 0.95)},
        costs=[],
    )
    prevalence = float(np.mean(labels))
    for missed, alarm, at in ((1, 1, None), (5, 1, None), (1, 3, 0.1), (20, 1, 0.02)):
        pi = prevalence if at is None else at
        cost = lambda r: missed * pi * (1 - r[1]) + alarm * (1 - pi) * (1 - r[2])
        least = min(map(cost, rows))
        nothing = missed * pi
        choice = None if nothing <= least + 1e-12 else max(float(r[0]) for r in rows if cost(r) < least + 1e-12)
        out['costs'].append(dict(costFalseNegative=missed, costFalsePositive=alarm, prevalence=at, threshold=choice))
    return out


def figures(labels, scores, threshold):
    said = (scores >= threshold).astype(int)
    share = lambda k, n: dict(value=k / n, interval=numbers(proportion_confint(k, n, method='wilson')))
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, said)
    return dict(
        threshold=threshold, sensitivity=share(tp, tp + fn), specificity=share(tn, tn + fp), ppv=share(tp, tp + fp), npv=share(tn, tn + fn),
        accuracy=share(tp + tn, len(labels)), f1=float(metrics.f1_score(labels, said)), balancedAccuracy=float(metrics.balanced_accuracy_score(labels, said)),
    )


def calibration(labels, scores):
    out = {}
    for ours, theirs in (('equalWidth', 'uniform'), ('equalCount', 'quantile')):
        share, mean = calibration_curve(labels, scores, n_bins=10, strategy=theirs)
        out[ours] = dict(share=numbers(share), meanScore=numbers(mean))
    ids = np.clip(np.ceil(scores * 10) - 1, 0, 9)  # ECE by its definition, bins (low, high]
    out['ece'] = float(sum(np.mean(ids == b) * abs(labels[ids == b].mean() - scores[ids == b].mean()) for b in np.unique(ids)))
    out['brier'] = float(metrics.brier_score_loss(labels, scores))
    return out


def temperature(labels, probabilities):
    logits = np.log(np.maximum(probabilities, np.finfo(float).eps))  # as sklearn.metrics.log_loss
    loss = lambda t: float(np.mean(special.logsumexp(logits / t, axis=1) - logits[np.arange(len(labels)), labels] / t))
    found = optimize.minimize_scalar(lambda u: loss(np.exp(u)), bounds=(-9, 9), method='bounded', options=dict(xatol=1e-12))
    t = float(np.exp(found.x))
    return dict(temperature=t, lossBefore=loss(1), lossAfter=loss(t), first=numbers(special.softmax(logits[0] / t)))


def delong(labels, scores):
    """DeLong et al. 1988 for one score: the variance of the row and column means of the kernel over all pairs."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    kernel = np.where(positive[:, None] == negative[None], 0.5, (positive[:, None] > negative[None]) * 1.0)
    area = kernel.mean()
    assert abs(area - metrics.roc_auc_score(labels, scores)) < 1e-12
    error = np.sqrt(kernel.mean(1).var(ddof=1) / len(positive) + kernel.mean(0).var(ddof=1) / len(negative))
    z = stats.norm.ppf(0.975)
    logit = special.logit(area) + np.array([-1, 1]) * z * error / (area * (1 - area))
    return dict(area=float(area), standardError=float(error), plain=numbers(np.clip([area - z * error, area + z * error], 0, 1)), logit=numbers(special.expit(logit)))


def binary(name, n, prevalence, apart, digits=None):
    labels = (rng.random(n) < prevalence).astype(int)
    scores = special.expit(1.5 * (labels - 0.5) * apart + 1.5 * rng.normal(size=n))
    scores = scores if digits is None else np.round(scores, digits)
    return dict(
        name=name, labels=labels.tolist(), scores=numbers(scores), thresholds=thresholds(labels, scores),
        figures=[figures(labels, scores, t) for t in (0.3, 0.5, 0.7)], calibration=calibration(labels, scores), delong=delong(labels, scores),
        temperature=temperature(labels, np.stack([1 - scores, scores], 1)),
    )


def multiclass(n, k):
    labels = rng.integers(k, size=n)
    probabilities = special.softmax(2.5 * (np.eye(k)[labels] * 0.9 + rng.normal(size=(n, k))), axis=1)
    said = probabilities.argmax(1)
    one_hot = np.eye(k)[labels]
    matrix = lambda normalize: metrics.confusion_matrix(labels, said, normalize=normalize).tolist()
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(labels, said)
    right, top = (said == labels).astype(int), probabilities.max(1)
    per_class = lambda f: [float(f(one_hot[:, c], probabilities[:, c])) for c in range(k)]
    return dict(
        labels=labels.tolist(), probabilities=probabilities.ravel().tolist(), classCount=k,
        brier=float(metrics.brier_score_loss(labels, probabilities, scale_by_half=False)), topLabel=calibration(right, top),
        temperature=temperature(labels, probabilities), auroc=per_class(metrics.roc_auc_score), averagePrecision=per_class(metrics.average_precision_score),
        aurocMacro=float(metrics.roc_auc_score(labels, probabilities, multi_class='ovr')),
        aurocWeighted=float(metrics.roc_auc_score(labels, probabilities, multi_class='ovr', average='weighted')),
        averagePrecisionMacro=float(metrics.average_precision_score(one_hot, probabilities, average='macro')),
        averagePrecisionWeighted=float(metrics.average_precision_score(one_hot, probabilities, average='weighted')),
        byTrue=matrix('true'), byPredicted=matrix('pred'), byAll=matrix('all'),
        precision=numbers(precision), recall=numbers(recall), f1=numbers(f1), balancedAccuracy=float(metrics.balanced_accuracy_score(labels, said)),
        losses=numbers(-np.log(probabilities[np.arange(n), labels])),
    )


out = dict(
    made_with={name: version(name) for name in ('numpy', 'scipy', 'statsmodels', 'scikit-learn')},
    binary=[binary('200 images', 200, 0.4, 1.2), binary('ties', 120, 0.5, 1.0, 1), binary('rare positives', 150, 0.1, 1.5, 2)],
    multiclass=multiclass(120, 4),
    studentQuantile975={str(d): float(stats.t.ppf(0.975, d)) for d in (1, 2, 3, 4, 5, 9, 30, 100, 1000)},
)
(Path(__file__).parent / 'evaluation.json').write_text(json.dumps(out) + '\n')
