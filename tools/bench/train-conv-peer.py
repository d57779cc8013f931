"""Makes the convolutional network that the verification benchmark brings as ONNX: a network of the size of Wong and Kolter's MNIST
net (conv 16 4x4 stride 2, conv 32 4x4 stride 2, dense 100, dense 10; padding 1; 4,804 ReLUs), trained by gradient descent
elsewhere, as every network is that mipnet verifies but did not train. Robust training, because otherwise nothing is robust:
interval bound propagation (Gowal et al. 2018) on MNIST at radius 0.1, mixed half and half with the plain loss.

    python3 -m venv /tmp/conv-peer && /tmp/conv-peer/bin/pip install jax==0.4.35 jaxlib==0.4.35 numpy==2.1.3 onnx==1.17.0
    /tmp/conv-peer/bin/python tools/bench/train-conv-peer.py MNIST_FOLDER libs/verification/fixtures/conv-ibp-mnist.onnx

Takes some minutes on one core. Prints error rates on the first 5,000 training images that are held out; no test image is read."""
import gzip
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HELD_OUT = 5000
RADIUS = 0.1
BATCH = 128
EPOCHS = 10
WARM_UP = 1  # epochs without a ball, then the radius and the share of the robust loss grow until half of all epochs


def read_idx(path, offset):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def images(folder):
    x = read_idx(f"{folder}/train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    return x, read_idx(f"{folder}/train-labels-idx1-ubyte.gz", 8).astype(np.int32)


def start(key):
    shapes = [(16, 1, 4, 4), (32, 16, 4, 4), (1568, 100), (100, 10)]
    keys = jax.random.split(key, len(shapes))
    fan_in = [16, 256, 1568, 100]
    return [(jax.random.normal(k, s) * np.sqrt(2 / n), jnp.zeros(s[0] if len(s) == 4 else s[1])) for k, s, n in zip(keys, shapes, fan_in)]


def conv(x, w):
    return jax.lax.conv_general_dilated(x, w, (2, 2), ((1, 1), (1, 1)))


def affine(x, w):
    return conv(x, w) if w.ndim == 4 else x.reshape(x.shape[0], -1) @ w


def offset(b, w):
    return b[None, :, None, None] if w.ndim == 4 else b


def scores(parameters, x):
    for w, b in parameters[:-1]:
        x = jax.nn.relu(affine(x, w) + offset(b, w))
    w, b = parameters[-1]
    return affine(x, w) + b


def worst_scores(parameters, x, y, radius):
    """The scores that interval arithmetic allows at worst: the least of the true class, the largest of every other."""
    low, high = jnp.maximum(x - radius, 0), jnp.minimum(x + radius, 1)
    for index, (w, b) in enumerate(parameters):
        middle = affine((low + high) / 2, w) + offset(b, w)
        reach = affine((high - low) / 2, jnp.abs(w))
        low, high = middle - reach, middle + reach
        if index < len(parameters) - 1:
            low, high = jax.nn.relu(low), jax.nn.relu(high)
    true = jax.nn.one_hot(y, 10)
    return true * low + (1 - true) * high


def cross_entropy(z, y):
    return -jnp.mean(jax.nn.log_softmax(z)[jnp.arange(y.shape[0]), y])


def loss(parameters, x, y, radius, share):
    return (1 - share) * cross_entropy(scores(parameters, x), y) + share * cross_entropy(worst_scores(parameters, x, y, radius), y)


@jax.jit
def adam(parameters, mean, square, step, x, y, radius, share, rate):
    gradient = jax.grad(loss)(parameters, x, y, radius, share)
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)
    move = lambda p, m, s: p - rate * (m / (1 - 0.9**step)) / (jnp.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return jax.tree.map(move, parameters, mean, square), mean, square


@partial(jax.jit, static_argnames="radius")
def mistakes(parameters, x, y, radius):
    return jnp.sum(jnp.argmax(scores(parameters, x), 1) != y), jnp.sum(jnp.argmax(worst_scores(parameters, x, y, radius), 1) != y)


def train(x, y):
    parameters = start(jax.random.PRNGKey(0))
    mean = jax.tree.map(jnp.zeros_like, parameters)
    square = jax.tree.map(jnp.zeros_like, parameters)
    order = np.random.default_rng(0)
    batches = (len(x) - HELD_OUT) // BATCH
    step = 0
    for epoch in range(EPOCHS):
        began = time.time()
        shuffled = HELD_OUT + order.permutation(len(x) - HELD_OUT)
        for batch in range(batches):
            step += 1
            grown = min(1, max(0, (step / batches - WARM_UP) / (EPOCHS / 2 - WARM_UP)))
            rate = 1e-3 if step < 0.7 * EPOCHS * batches else 1e-4
            rows = shuffled[batch * BATCH : (batch + 1) * BATCH]
            parameters, mean, square = adam(parameters, mean, square, step, x[rows], y[rows], RADIUS * grown, 0.5 * grown, rate)
        plain, robust = mistakes(parameters, x[:HELD_OUT], y[:HELD_OUT], RADIUS)
        print(f"epoch {epoch + 1}: {time.time() - began:.0f} s, held out: {plain / HELD_OUT:.2%} wrong, {robust / HELD_OUT:.2%} not robust by intervals", flush=True)
    return parameters


def export(parameters, path):
    tensors, nodes, at = [], [], "input"
    for index, (w, b) in enumerate(parameters):
        if index == 2:
            nodes.append(helper.make_node("Flatten", [at], ["flat"], axis=1))
            at = "flat"
        tensors += [numpy_helper.from_array(np.asarray(w, np.float32), f"w{index}"), numpy_helper.from_array(np.asarray(b, np.float32), f"b{index}")]
        name, attributes = ("Conv", {"strides": [2, 2], "pads": [1, 1, 1, 1], "kernel_shape": [4, 4]}) if w.ndim == 4 else ("Gemm", {})
        after = "output" if index == len(parameters) - 1 else f"a{index}"
        nodes.append(helper.make_node(name, [at, f"w{index}", f"b{index}"], [after], **attributes))
        at = after
        if index < len(parameters) - 1:
            nodes.append(helper.make_node("Relu", [at], [f"y{index}"]))
            at = f"y{index}"
    value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "conv-ibp-mnist", [value("input", [1, 1, 28, 28])], [value("output", [1, 10])], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="train-conv-peer.py")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


if __name__ == "__main__":
    folder, target = sys.argv[1:]
    export(train(*images(folder)), target)
