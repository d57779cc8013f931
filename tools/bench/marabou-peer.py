"""Marabou on the same questions, one process of one thread per question: a network (ONNX) and a VNN-LIB 1.0 property.

    python3 -m venv /tmp/marabou && /tmp/marabou/bin/pip install maraboupy==2.0.0 onnx onnxruntime
    /tmp/marabou/bin/python tools/bench/marabou-peer.py --seconds 60 NET.onnx P1.vnnlib.gz P2.vnnlib.gz ...

Prints one row per property: verdict (holds, violated, open) and CPU seconds. A property is a box of inputs and, on the
outputs, assertions and at most one disjunction; Marabou gets one query per case, and a case that is violated ends it.
"""
import argparse
import gzip
import multiprocessing
import os
import re
import resource
import tempfile

from maraboupy import Marabou, MarabouUtils

GE, LE = MarabouUtils.MarabouCore.Equation.GE, MarabouUtils.MarabouCore.Equation.LE


def opened(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def parsed(text):
    """Nested lists of the words of a property, without comments."""
    stack = [[]]
    for word in re.findall(r"[()]|[^\s()]+", re.sub(r";.*", "", text)):
        if word == "(":
            stack.append([])
        elif word == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(word)
    return stack[0]


def property_of(path):
    """Bounds of the inputs, and the cases: lists of comparisons of outputs that a witness satisfies together."""
    bounds, common, cases = {}, [], [[]]
    for kind, *rest in parsed(opened(path).decode()):
        if kind != "assert":
            continue
        (formula,) = rest
        if formula[0] == "or":
            cases = [part[1:] if part[0] == "and" else [part] for part in formula[1:]]
        elif formula[1].startswith("X_"):
            sign, own = formula[0], bounds.setdefault(int(formula[1][2:]), {})
            tighter = max if sign == ">=" else min
            own[sign] = tighter(own.get(sign, float(formula[2])), float(formula[2]))
        else:
            common.append(formula)
    return bounds, [common + case for case in cases]


def answer(path, bounds, case, seconds):
    """sat, unsat, or TIMEOUT of one query."""
    network = Marabou.read_onnx(path)
    inputs, outputs = network.inputVars[0].flatten(), network.outputVars[0].flatten()
    for at, bound in bounds.items():
        network.setLowerBound(inputs[at], bound[">="])
        network.setUpperBound(inputs[at], bound["<="])
    for sign, *sides in case:
        equation, constant = MarabouUtils.Equation(GE if sign == ">=" else LE), 0.0
        for side, factor in zip(sides, (1.0, -1.0)):
            if side.startswith("Y_"):
                equation.addAddend(factor, outputs[int(side[2:])])
            else:
                constant -= factor * float(side)
        equation.setScalar(constant)
        network.addEquation(equation)
    options = Marabou.createOptions(verbosity=0, timeoutInSeconds=max(1, int(seconds)), numWorkers=1)
    return network.solve(options=options, verbose=False)[0]


def judged(path, name, seconds, pipe):
    bounds, cases = property_of(name)
    used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    began, verdict = used(), "holds"
    for case in cases:
        found = answer(path, bounds, case, seconds - (used() - began))
        if found == "sat":
            verdict = "violated"
            break
        if found != "unsat":
            verdict = "open"
    pipe.send((verdict, used() - began))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("network")
    arguments.add_argument("properties", nargs="+")
    given = arguments.parse_args()
    path = given.network
    if path.endswith(".gz"):
        path = os.path.join(tempfile.mkdtemp(), os.path.basename(path)[:-3])
        with open(path, "wb") as file:
            file.write(opened(given.network))
    for name in given.properties:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=judged, args=(path, name, given.seconds, theirs))
        process.start()
        process.join()
        verdict, seconds = ours.recv() if ours.poll() else ("failed", float("nan"))
        print(f"| {os.path.basename(name)} | {verdict} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
