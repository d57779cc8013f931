"""A classifier of scikit-learn as an ONNX file, with test rows for `mipnet verify`.

    pip install scikit-learn skl2onnx
    python examples/python/train-digits.py

writes digits.onnx, and rows.npy and labels.npy with the test rows (8 x 8 pixels from 0 to 16) and their classes.
"""

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

features, labels = load_digits(return_X_y=True)
features = features.astype(np.float32)
train_x, test_x, train_y, test_y = train_test_split(features, labels, stratify=labels, random_state=0)

model = make_pipeline(MinMaxScaler(), MLPClassifier((32,), max_iter=500, random_state=0))
model.fit(train_x, train_y)
print(f"test accuracy {model.score(test_x, test_y):.3f}")

# One output of scores instead of a list of mappings, which is what zipmap would add.
onnx = to_onnx(model, train_x[:1], options={"zipmap": False})
with open("digits.onnx", "wb") as file:
    file.write(onnx.SerializeToString())
np.save("rows.npy", test_x)
np.save("labels.npy", test_y.astype(np.int64))
