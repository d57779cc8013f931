"""Usual classifiers of scikit-learn on the rows of a table, and the same rows as CSV for mipnet.

    python baselines.py FOLDER SEED [TABLE.csv CLASS]
    python baselines.py --rows FOLDER SEED [--images]

Without a table: iris, wine, breast_cancer and digits of scikit-learn. Splits 70/30, stratified, random_state SEED. Writes
FOLDER/NAME.SEED.train.csv and .test.csv, and prints one JSON document: a list of {name, train, test, accuracy}.
Numbers are standardised for the linear and the kernel method; missing ones become the median; texts become one-hot.

With --rows: the training and test rows that rows.mjs wrote into FOLDER. Neither pixels nor columns of two values, such
as one-hot ones, are standardised. Prints
{accuracy, rows}.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

METHODS = {
    "logistic regression": lambda seed: LogisticRegression(max_iter=10_000),
    "RBF SVM": lambda seed: SVC(),
    "random forest": lambda seed: RandomForestClassifier(random_state=seed),
    "boosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
}


def tables(arguments):
    if arguments:
        file, label = arguments
        table = pd.read_csv(file)
        yield Path(file).stem, table.drop(columns=label), table[label]
        return
    for name in ("iris", "wine", "breast_cancer", "digits"):
        data = getattr(datasets, f"load_{name}")(as_frame=True)
        yield name, data.data, data.target.map(lambda label: f"class {label}")


def features():
    is_number = make_column_selector(dtype_include="number")
    is_text = make_column_selector(dtype_exclude="number")
    text = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="?"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    )
    number = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return make_column_transformer((number, is_number), (text, is_text))


def main(folder, seed, *arguments):
    results = []
    for name, x, y in tables(arguments):
        texts = x.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in x.dtypes]]
        x[texts] = x[texts].astype(object).where(x[texts].notna(), None)
        parts = train_test_split(x, y, test_size=0.3, stratify=y, random_state=int(seed))
        x_train, x_test, y_train, y_test = parts
        files = {}
        for part, rows, labels in (("train", x_train, y_train), ("test", x_test, y_test)):
            files[part] = str(Path(folder) / f"{name}.{seed}.{part}.csv")
            rows.assign(**{"class of the row": labels}).to_csv(files[part], index=False)
        accuracy = {
            method: make_pipeline(features(), make(int(seed))).fit(x_train, y_train).score(x_test, y_test)
            for method, make in METHODS.items()
        }
        results.append({"name": name, **files, "accuracy": accuracy})
    print(json.dumps(results))


def exported(folder, seed, *images):
    def part(name):
        return (np.load(Path(folder) / f"{name}.{kind}.npy") for kind in ("x", "y"))

    (x_train, y_train), (x_test, y_test) = (part(name) for name in ("train", "test"))
    numbers = [at for at in range(x_train.shape[1]) if not images and len(np.unique(x_train[:, at])) > 2]
    scaler = make_column_transformer((StandardScaler(), numbers), remainder="passthrough")
    accuracy = {}
    for method, make in METHODS.items():
        accuracy[method] = make_pipeline(scaler, make(int(seed))).fit(x_train, y_train).score(x_test, y_test)
    print(json.dumps({"accuracy": accuracy, "rows": {"train": len(y_train), "test": len(y_test)}}))


if sys.argv[1] == "--rows":
    exported(*sys.argv[2:])
else:
    main(*sys.argv[1:])
