"""Writes smoothing.json: exponential moving averages by pandas, with and without missing values.

pip install pandas==3.1.1 && python test/reference/make_smoothing.py
"""

import json
import math
from pathlib import Path

import pandas as pd

curve = [round(2.3 * math.exp(-t / 9) + 0.2 * math.sin(5.1 * t) + 0.4, 6) for t in range(40)]
holes = [None if t in (0, 7, 8, 21) else value for t, value in enumerate(curve)]


def average(values, weight):
    mean = pd.Series(values, dtype="float64").ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean()
    # pandas carries the last average into a gap, which we draw as a gap.
    return [None if value is None else float(one) for value, one in zip(values, mean)]


cases = [
    {"values": values, "weight": weight, "average": average(values, weight)}
    for values in (curve, holes)
    for weight in (0.01, 0.6, 0.9, 0.99)
]
Path(__file__).with_name("smoothing.json").write_text(
    json.dumps({"pandas": pd.__version__, "cases": cases}) + "\n"
)
