"""Makes the models beside this file: pip install onnx==1.23.2 scikit-learn==1.9.1 skl2onnx==1.20.0.

sklearn-*.onnx come from scikit-learn and skl2onnx. The others are the graphs that the exporters of PyTorch and tf2onnx
make of such networks, written node by node, because those packages take gigabytes.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
rng = np.random.default_rng(7)


def weights(*shape, scale=0.5):
    return (scale * rng.normal(size=shape)).astype(np.float32)


def save(name, nodes, inputs, outputs, constants, *, opset, producer):
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, inputs)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, outputs)],
        [numpy_helper.from_array(numbers, key) for key, numbers in constants.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10, producer_name=producer
    )
    onnx.checker.check_model(model)
    onnx.save(model, HERE / name)
    return model


def sklearn():
    rows = rng.normal(size=(80, 4)).astype(np.float32)
    three = (rows[:, 0] > 0).astype(int) + (rows[:, 1] > 0.5)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=80, random_state=0)).fit(rows, three)
    (HERE / "sklearn-pipeline.onnx").write_bytes(to_onnx(pipeline, rows[:1]).SerializeToString())
    two = MLPClassifier((5,), max_iter=80, random_state=0).fit(rows, rows[:, 0] + rows[:, 2] > 0)
    binary = to_onnx(two, rows[:1], options={"zipmap": False})
    (HERE / "sklearn-binary.onnx").write_bytes(binary.SerializeToString())
    linear = to_onnx(LogisticRegression().fit(rows, three), rows[:1], options={"zipmap": False})
    (HERE / "sklearn-linear.onnx").write_bytes(linear.SerializeToString())


def torch_script():
    """torch.onnx.export(net, x, "net.onnx", dynamo=False, dynamic_axes={"input": {0: "batch"}})"""
    n = helper.make_node
    save(
        "torch-script.onnx",
        [
            n("Conv", ["input", "conv.weight", "conv.bias"], ["/conv/Conv"], kernel_shape=[3, 3], pads=[1, 1, 1, 1],
              strides=[1, 1], dilations=[1, 1], group=1),
            n("Relu", ["/conv/Conv"], ["/relu/Relu"]),
            n("MaxPool", ["/relu/Relu"], ["/pool/MaxPool"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=0),
            n("Shape", ["/pool/MaxPool"], ["/Shape"]),
            n("Constant", [], ["/Constant"], value=numpy_helper.from_array(np.array(0, np.int64))),
            n("Gather", ["/Shape", "/Constant"], ["/Gather"], axis=0),
            n("Constant", [], ["/Constant_1"], value=numpy_helper.from_array(np.array([0], np.int64))),
            n("Unsqueeze", ["/Gather", "/Constant_1"], ["/Unsqueeze"]),
            n("Constant", [], ["/Constant_2"], value=numpy_helper.from_array(np.array([-1], np.int64))),
            n("Concat", ["/Unsqueeze", "/Constant_2"], ["/Concat"], axis=0),
            n("Reshape", ["/pool/MaxPool", "/Concat"], ["/Reshape"]),
            n("Gemm", ["/Reshape", "fc.weight", "fc.bias"], ["/fc/Gemm"], alpha=1.0, beta=1.0, transB=1),
            n("LogSoftmax", ["/fc/Gemm"], ["output"], axis=1),
        ],
        ["batch", 1, 6, 6],
        ["batch", 3],
        {"conv.weight": weights(2, 1, 3, 3), "conv.bias": weights(2), "fc.weight": weights(3, 18), "fc.bias": weights(3)},
        opset=17,
        producer="pytorch",
    )


def torch_dynamo():
    """torch.onnx.export(net, x, "net.onnx", dynamo=True): weights in net.onnx.data"""
    n = helper.make_node
    model = save(
        "torch-dynamo.onnx",
        [
            n("Conv", ["input", "conv.weight", "conv.bias"], ["conv2d"], auto_pad="NOTSET", kernel_shape=[3, 3],
              pads=[1, 1, 1, 1], strides=[2, 2], dilations=[1, 1], group=1),
            n("Clip", ["conv2d", "zero", "six"], ["relu6"]),
            n("Conv", ["relu6", "same.weight", "same.bias"], ["conv2d_1"], kernel_shape=[1, 1]),
            n("Add", ["conv2d_1", "relu6"], ["add"]),
            n("ReduceMean", ["add", "axes"], ["mean"], keepdims=1, noop_with_empty_axes=0),
            n("Reshape", ["mean", "shape"], ["view"], allowzero=1),
            n("Gemm", ["view", "fc.weight", "fc.bias"], ["output"], alpha=1.0, beta=1.0, transB=1),
        ],
        [1, 3, 7, 7],
        [1, 3],
        {
            "conv.weight": weights(4, 3, 3, 3),
            "conv.bias": weights(4),
            "same.weight": weights(4, 4, 1, 1),
            "same.bias": weights(4),
            "fc.weight": weights(3, 4),
            "fc.bias": weights(3),
            "zero": np.array(0, np.float32),
            "six": np.array(6, np.float32),
            "axes": np.array([-1, -2], np.int64),
            "shape": np.array([1, 4], np.int64),
        },
        opset=20,
        producer="pytorch",
    )
    (HERE / "torch-dynamo.onnx.data").unlink(missing_ok=True)
    onnx.save(model, HERE / "torch-dynamo.onnx", save_as_external_data=True, location="torch-dynamo.onnx.data",
              size_threshold=32)


def keras():
    """python -m tf2onnx.convert --saved-model net --output net.onnx; channels last"""
    n = helper.make_node
    save(
        "keras-tf2onnx.onnx",
        [
            n("Transpose", ["input"], ["first"], perm=[0, 3, 1, 2]),
            n("Conv", ["first", "kernel"], ["conv"], auto_pad="SAME_UPPER", kernel_shape=[3, 3], strides=[1, 1]),
            n("Add", ["conv", "bias"], ["biased"]),
            n("Relu", ["biased"], ["relu"]),
            n("AveragePool", ["relu"], ["pool"], kernel_shape=[2, 2], strides=[2, 2], auto_pad="VALID"),
            n("Transpose", ["pool"], ["last"], perm=[0, 2, 3, 1]),
            n("Reshape", ["last", "flat"], ["flattened"]),
            n("MatMul", ["flattened", "dense"], ["product"]),
            n("Add", ["product", "dense_bias"], ["scores"]),
            n("Softmax", ["scores"], ["output"], axis=-1),
        ],
        ["unk__1", 6, 6, 3],
        ["unk__1", 3],
        {
            "kernel": weights(2, 3, 3, 3),
            "bias": weights(1, 2, 1, 1),
            "flat": np.array([-1, 18], np.int64),
            "dense": weights(18, 3),
            "dense_bias": weights(3),
        },
        opset=15,
        producer="tf2onnx",
    )


def larq():
    """A QuantDense network of Larq through tf2onnx: ste_sign is sign(sign(x) + 0.1)."""
    n = helper.make_node
    signs = lambda *shape: np.where(rng.random(shape) < 0.5, -1, 1).astype(np.float32)
    save(
        "larq-tf2onnx.onnx",
        [
            n("Sign", ["input"], ["sign"]),
            n("Add", ["sign", "tenth"], ["shifted"]),
            n("Sign", ["shifted"], ["binary"]),
            n("MatMul", ["binary", "first"], ["product"]),
            n("Mul", ["product", "gain"], ["scaled"]),
            n("Add", ["scaled", "shift"], ["normalised"]),
            n("Sign", ["normalised"], ["sign_1"]),
            n("Add", ["sign_1", "tenth"], ["shifted_1"]),
            n("Sign", ["shifted_1"], ["binary_1"]),
            n("MatMul", ["binary_1", "second"], ["scores"]),
            n("Softmax", ["scores"], ["output"], axis=-1),
        ],
        ["unk__1", 9],
        ["unk__1", 3],
        {
            "tenth": np.array(0.1, np.float32),
            "first": signs(9, 7),
            "gain": np.abs(weights(7)) + np.float32(0.1),
            "shift": weights(7),
            "second": signs(7, 3),
        },
        opset=15,
        producer="tf2onnx",
    )


sklearn()
torch_script()
torch_dynamo()
keras()
larq()
