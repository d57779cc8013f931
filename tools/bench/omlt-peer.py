"""The peer's half of tools/bench/omlt.mjs: OMLT's full-space big-M formulation of a network on a box, minimising one margin with
HiGHS. Reads instances as JSON lines {"network", "lower", "upper", "label", "rival"} on stdin, writes {"encode", "solve", "value",
"status"} in seconds of CPU time, one line each.

    python3 -m venv /tmp/omlt-venv && /tmp/omlt-venv/bin/pip install omlt==1.2.2 pyomo==6.9.2 highspy==1.11.0 onnx==1.17.0 numpy==2.1.3
"""
import json
import logging
import sys
import time

import onnx
import pyomo.environ as pyo
from omlt import OmltBlock
from omlt.neuralnet import FullSpaceNNFormulation, NetworkDefinition
from omlt.neuralnet.layer import DenseLayer, InputLayer
from onnx import numpy_helper

logging.getLogger("pyomo").setLevel(logging.ERROR)  # its warnings go to stdout
TIME_LIMIT = 60


def network_of(path, bounds):
    """The network as OMLT's own layers: its ONNX reader does not follow this file."""
    model = onnx.load(path)
    numbers = {tensor.name: numpy_helper.to_array(tensor).astype(float) for tensor in model.graph.initializer}
    gemms = [node for node in model.graph.node if node.op_type == "Gemm"]
    network = NetworkDefinition(scaled_input_bounds=bounds)
    before = InputLayer([len(bounds)])
    network.add_layer(before)
    for index, node in enumerate(gemms):
        weights, bias = numbers[node.input[1]].T, numbers[node.input[2]]
        layer = DenseLayer([weights.shape[0]], [weights.shape[1]], weights, bias, activation="relu" if index < len(gemms) - 1 else "linear")
        network.add_layer(layer)
        network.add_edge(before, layer)
        before = layer
    return network


for line in sys.stdin:
    asked = json.loads(line)
    began = time.process_time()
    bounds = {i: (low, high) for i, (low, high) in enumerate(zip(asked["lower"], asked["upper"]))}
    network = network_of(asked["network"], bounds)
    program = pyo.ConcreteModel()
    program.net = OmltBlock()
    program.net.build_formulation(FullSpaceNNFormulation(network))
    program.margin = pyo.Objective(expr=program.net.outputs[asked["label"]] - program.net.outputs[asked["rival"]])
    encode = time.process_time() - began
    began = time.process_time()
    solver = pyo.SolverFactory("appsi_highs")
    solver.options = {"time_limit": TIME_LIMIT, "threads": 1}
    result = solver.solve(program, load_solutions=False)
    solve = time.process_time() - began
    print(json.dumps({"encode": encode, "solve": solve, "value": result.problem[0].lower_bound, "status": str(result.solver.termination_condition)}), flush=True)
