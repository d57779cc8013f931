"""Applies a network that mipnet trained, with numpy and onnxruntime alone.

    pip install numpy onnxruntime
    python predict.py NET.onnx ROWS.csv > predictions.csv      a table: its columns, a class and scores for each row
    python predict.py NET.onnx X.npy > predictions.csv         an array: rows x inputs, or images

The file scales, clips and fills the numbers by itself. What is left to do for a table is in its metadata: which column
is which input, and which values of text columns there are; and for some networks of images, that these are deskewed.
"""

import csv
import gzip
import json
import sys

import numpy as np
import onnxruntime

MISSING = {"", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"}
# In columns of numbers case does not matter, and these are missing, too.
NO_NUMBER = {cell.lower() for cell in MISSING} | {"-", "--", ".", "..", "n.a.", "missing", "nat"}


def table(path, needed=(), reading={}):
    """The names of the columns, and the cells of each row. Without a header, they are called column 0, column 1, ..."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", newline="", encoding=reading.get("encoding", "utf-8-sig")) as file:
        delimiter = reading.get("delimiter") or csv.Sniffer().sniff(file.read(10000), ",;\t|").delimiter
        file.seek(0)
        cells = csv.reader(file, delimiter="\t" if delimiter == "tab" else delimiter)
        names, *rows = [[cell.strip() for cell in row] for row in cells if row]
        if needed and not set(needed) & set(names) and all(name.startswith("column ") for name in needed):
            names, rows = [f"column {k}" for k in range(len(names))], [names, *rows]
        return names, rows


def inputs_of(names, rows, columns, reading={}):
    """The table's own numbers in the order of the network; NaN: a missing number. A category is one of several 1s."""
    missing = {"", *map(str, reading["missing"])} if "missing" in reading else MISSING

    def number(cell, point):
        no_number = "missing" not in reading and cell.lower() in NO_NUMBER
        return float("nan") if cell in missing or no_number else float(cell.rstrip("%").replace(point, "."))

    parts = []
    for column in columns:
        cells = [row[names.index(column["name"])] for row in rows]
        if column["kind"] == "number":
            point = column.get("format", {}).get("decimal", ".")
            parts.append([[number(cell, point)] for cell in cells])
        else:
            values = ["?" if cell in missing else cell for cell in cells]
            parts.append([[float(value == known) for known in column["values"]] for value in values])
    return np.concatenate([np.array(part, dtype=np.float32) for part in parts], axis=1)


def deskew(image):
    """An image of bytes, channels x rows x columns, straightened by a shear about its centre of mass."""
    height, width = image.shape[1:]
    y, x = np.mgrid[:height, :width]
    mass = image.sum(axis=0, dtype=np.int64)
    ink, sx, sy, sxy, syy = (float((mass * moment).sum()) for moment in (1, x, y, x * y, y * y))
    middle, covariance, variance = (sy / ink, sxy - sx / ink * sy, syy - sy / ink * sy) if ink else (0, 0, 0)
    slant = min(1, max(-1, covariance / variance)) if variance > 0 else 0
    at = x + slant * (y - middle)
    left = np.floor(at).astype(np.int64)
    pixel = lambda column: np.where((column >= 0) & (column < width), image[:, y, np.clip(column, 0, width - 1)], 0)
    return np.floor((1 - (at - left)) * pixel(left) + (at - left) * pixel(left + 1) + 0.5).astype(np.uint8)


def main(network, path):
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    [entry] = session.get_inputs()
    metadata = session.get_modelmeta().custom_metadata_map
    names, rows = [], None
    if path.endswith(".npy"):
        x = np.load(path, allow_pickle=False)
        if "mipnet.columns" not in metadata and np.issubdtype(x.dtype, np.integer):
            x = x.astype(np.float32) / np.float32(255)  # pixels from 0 to 255
        elif "mipnet.columns" in metadata and x.shape[1] != entry.shape[1]:
            # An array like that of the training: some of its columns may be constant, or codes of categories.
            cells = [[f"{cell:.9g}" for cell in row] for row in x.tolist()]
            names = [f"x{k}" for k in range(x.shape[1])]
            x = inputs_of(names, cells, json.loads(metadata["mipnet.columns"])["columns"])
            names = []
        x = x.astype(np.float32)
    elif "mipnet.columns" in metadata:
        spec = json.loads(metadata["mipnet.columns"])
        reading = spec.get("reading", {})
        names, rows = table(path, [column["name"] for column in spec["columns"]], reading)
        x = inputs_of(names, rows, spec["columns"], reading)
    else:
        names, rows = table(path)
        x = np.array(rows, dtype=np.float32)
    x = x.reshape(len(x), *entry.shape[1:])
    if metadata.get("transformation") == "deskew":
        pixels = np.floor(255 * x.astype(np.float64) + 0.5).astype(np.uint8)
        x = np.array([deskew(image) for image in pixels], dtype=np.float32) / np.float32(255)

    scores = np.concatenate([session.run(None, {entry.name: x[at : at + 1000]})[0] for at in range(0, len(x), 1000)])
    if scores.shape[1] == 1:
        index = (scores[:, 0] >= float(metadata.get("mipnet.threshold", 0))).astype(int)
    else:
        index = scores.argmax(axis=1)
    plain = metadata.get("classes", "").split(",")
    classes = json.loads(metadata["mipnet.classes"]) if "mipnet.classes" in metadata else plain
    if len(classes) != max(2, scores.shape[1]):
        classes = [str(k) for k in range(max(2, scores.shape[1]))]

    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*names, "prediction", *(["score"] if scores.shape[1] == 1 else [f"score_{name}" for name in classes])])
    for k, row in enumerate(rows if rows is not None else [[]] * len(x)):
        out.writerow([*row, classes[index[k]], *scores[k]])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
