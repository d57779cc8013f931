"""The peer's half of tools/bench/omlt.mjs: OMLT's full-space big-M formulation of a network on a box, minimising one margin with
HiGHS. Reads instances as JSON lines {"network", "lower", "upper", "label", "rival"} on stdin, writes {"encode", "solve", "value",
"status"} in seconds of CPU time, one line each.

    python3 -m venv /tmp/omlt-venv && /tmp/omlt-venv/bin/pip install omlt==1.2.2 pyomo==6.9.2 highspy==1.11.0 onnx==1.17.0 numpy==2.1.3
"""
import json
import sys
import time

import onnx
import pyomo.environ as pyo
from omlt import OmltBlock
from omlt.io.onnx import load_onnx_neural_network
from omlt.neuralnet import FullSpaceNNFormulation
from onnx import helper

TIME_LIMIT = 120


def plain(path):
    """OMLT takes a flat input and no Flatten in front."""
    model = onnx.load(path)
    graph = model.graph
    for node in [node for node in graph.node if node.op_type in ("Flatten", "Reshape")]:
        for other in graph.node:
            other.input[:] = [node.input[0] if name == node.output[0] else name for name in other.input]
        graph.node.remove(node)
    size = 1
    for extent in graph.input[0].type.tensor_type.shape.dim:
        size *= max(1, extent.dim_value)
    graph.input[0].CopyFrom(helper.make_tensor_value_info(graph.input[0].name, 1, [size]))
    return model


for line in sys.stdin:
    asked = json.loads(line)
    model = plain(asked["network"])
    began = time.process_time()
    bounds = {i: (low, high) for i, (low, high) in enumerate(zip(asked["lower"], asked["upper"]))}
    network = load_onnx_neural_network(model, input_bounds=bounds)
    program = pyo.ConcreteModel()
    program.net = OmltBlock()
    program.net.build_formulation(FullSpaceNNFormulation(network))
    program.margin = pyo.Objective(expr=program.net.outputs[asked["label"]] - program.net.outputs[asked["rival"]])
    encode = time.process_time() - began
    began = time.process_time()
    solver = pyo.SolverFactory("appsi_highs")
    solver.options = {"time_limit": TIME_LIMIT, "threads": 1}
    solver.config.load_solution = False
    result = solver.solve(program, load_solutions=False)
    solve = time.process_time() - began
    value = result.problem.lower_bound
    print(json.dumps({"encode": encode, "solve": solve, "value": value, "status": str(result.solver.termination_condition)}), flush=True)
