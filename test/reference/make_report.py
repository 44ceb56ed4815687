"""The classification reports of scikit-learn on every small confusion matrix, as one hash a block of matrices.

    pip install scikit-learn==1.9.0
    python make_report.py > report.json

Every class has images: a class without them our report leaves out of the means, where scikit-learn counts 0.
"""
import hashlib
import itertools
import json
import re

import numpy
import sklearn
from sklearn.metrics import classification_report


def text(matrix, names=None):
    classes = range(len(matrix))
    truth = [t for t in classes for p in classes for _ in range(matrix[t][p])]
    said = [p for t in classes for p in classes for _ in range(matrix[t][p])]
    report = classification_report(
        truth, said, labels=list(classes), target_names=names or [f"class {k}" for k in classes], zero_division=0
    )
    # Without a correct image, scikit-learn 1.9 prints the supports as 1.0: a count is an integer here.
    return re.sub(r"(\d+)\.0$", r"  \1", report, flags=re.MULTILINE)


def rows(classes, most):
    """All rows of counts from 0 to `most` with images, the last count varying fastest."""
    return [row for row in itertools.product(range(most + 1), repeat=classes) if any(row)]


def small(classes, most):
    """All matrices of such rows, the last row varying fastest, in blocks by first row; of three classes only with a correct first one."""
    for first in rows(classes, most):
        if classes > 2 and first[0] == 0:
            continue
        yield [[first, *rest] for rest in itertools.product(rows(classes, most), repeat=classes - 1)]


def large(seed, count):
    """Matrices of 2 to 12 classes, by the generator of Numerical Recipes."""
    state = seed

    def draw(below):
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 8) % below

    matrices = []
    for _ in range(count):
        classes = 2 + draw(11)
        most = 1 + draw(12)
        matrix = [[draw(most + 1) for _ in range(classes)] for _ in range(classes)]
        for k, row in enumerate(matrix):
            row[k] += 1
        matrices.append(matrix)
    return matrices


def digest(matrices):
    return hashlib.sha256("".join(map(text, matrices)).encode()).hexdigest()[:16]


print(json.dumps({
    "scikit-learn": sklearn.__version__,
    "numpy": numpy.__version__,
    # Every proportion is a tie of two digits; names contain letters that JavaScript counts twice.
    "named": text([[5, 3], [1, 7]], ["\U0001F408 that sleeps all day long", "not"]),
    "small": [{"classes": c, "most": m, "hashes": [digest(block) for block in small(c, m)]} for c, m in [(2, 6), (3, 2)]],
    "large": [{"seed": seed, "count": 100, "hash": digest(large(seed, 100))} for seed in range(1, 21)],
}, indent=1))
