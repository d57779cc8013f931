"""Solves models for mipnet with a solver that is a Python package.

usage: solve.py scip | cp-sat | gurobi

Requests come as lines of JSON on standard input, answers go as lines of JSON to standard output:

    -> {"id": 1, "model": "model.mps", "start": [...] or null, "seed": 0, "gap": 0, "presolve": true,
        "timeLimit": seconds or null, "workLimit": number or null, "cutoff": number or null, "objective": {...} or null}
    -> {"stop": 1}                                               ends solve 1 with what it has
    <- {"ready": "SCIP 10.0"} or {"missing": "pyscipopt"}        once, at the start
    <- {"news": {"x": [...], "objective": .., "bound": .., "nodes": .., "work": ..}}      as they come; each part is optional
    <- {"end": {"status": "optimal" | "infeasible" | "unbounded" | null, ...parts of news, "duals": [...], "columnDuals": [...]}}
    <- {"error": "...", "unsupported": true or false}

The columns of a model are c0, c1, ..., its rows r0, r1, ... The end of standard input ends the process.
"""

import json
import math
import os
import queue
import sys
import threading

# What a solver prints must not come between the answers.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def answer(**message):
    answers.write(json.dumps(message) + "\n")


def finite(value):
    """The value, or None for the infinities of the solvers."""
    return value if value is not None and math.isfinite(value) and abs(value) < 1e19 else None


def news(**parts):
    known = {key: value for key, value in parts.items() if value is not None}
    if known:
        answer(news=known)


class Unsupported(Exception):
    """The model cannot be solved here, for a reason that its owner can mend."""


class Scip:
    module = "pyscipopt"

    def __init__(self):
        import pyscipopt

        self.scip = pyscipopt
        model = pyscipopt.Model()
        self.name = f"SCIP {model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()}"

    def solve(self, job, stopped):
        scip = self.scip
        model = scip.Model()
        model.hideOutput()
        model.readProblem(job["model"])
        columns = sorted(model.getVars(), key=lambda v: int(v.name[1:]))
        model.setParam("randomization/randomseedshift", job["seed"])
        model.setParam("limits/gap", job["gap"])
        model.setParam("timing/clocktype", 2)  # of the wall
        if job["timeLimit"] is not None:
            model.setParam("limits/time", job["timeLimit"])
        if not job["presolve"]:
            model.setPresolve(scip.SCIP_PARAMSETTING.OFF)
        if job["cutoff"] is not None:
            model.setObjlimit(job["cutoff"])
        if job["start"] is not None:
            start = model.createSol()
            for column, value in zip(columns, job["start"]):
                model.setSolVal(start, column, value)
            model.addSol(start)
        limit = job["workLimit"]
        kinds = scip.SCIP_EVENTTYPE

        class Watcher(scip.Eventhdlr):
            def eventinit(self):
                for kind in (kinds.BESTSOLFOUND, kinds.LPEVENT, kinds.NODESOLVED):
                    self.model.catchEvent(kind, self)

            def eventexit(self):
                for kind in (kinds.BESTSOLFOUND, kinds.LPEVENT, kinds.NODESOLVED):
                    self.model.dropEvent(kind, self)

            def eventexec(self, event):
                work = self.model.getNLPIterations()
                best = self.model.getBestSol() if event.getType() == kinds.BESTSOLFOUND else None
                news(
                    x=None if best is None else [self.model.getSolVal(best, v) for v in columns],
                    bound=finite(self.model.getDualbound()),
                    nodes=self.model.getNTotalNodes(),
                    work=work,
                )
                if stopped() or (limit is not None and work >= limit):
                    self.model.interruptSolve()

        model.includeEventhdlr(Watcher(), "mipnet", "incumbents and bounds as they come")
        model.optimize()
        status = model.getStatus()
        known = {"optimal": "optimal", "gaplimit": "optimal", "infeasible": "infeasible", "unbounded": "unbounded"}
        best = model.getBestSol() if model.getNSols() > 0 else None
        return dict(
            status=known.get(status),
            x=None if best is None else [model.getSolVal(best, v) for v in columns],
            bound=finite(model.getDualbound()),
            nodes=model.getNTotalNodes(),
            work=model.getNLPIterations(),
        )


class CpSat:
    module = "ortools"

    def __init__(self):
        import ortools
        from ortools.sat.python import cp_model

        self.cp = cp_model
        self.name = f"CP-SAT {ortools.__version__}"

    def solve(self, job, stopped):
        cp = self.cp
        read = IntegerModel(job["model"])
        model = cp.CpModel()
        columns = [model.new_int_var(lower, upper, "") for lower, upper in read.bounds]
        for row in read.rows:
            terms = cp.LinearExpr.weighted_sum([columns[j] for j in row.columns], row.values)
            model.add_linear_constraint(terms, row.lower, row.upper)
        model.minimize(cp.LinearExpr.weighted_sum(columns, read.cost))
        # Objectives and gaps then are those of the model that mipnet was given.
        model.proto.objective.scaling_factor = job["objective"]["factor"]
        model.proto.objective.offset = job["objective"]["constant"] / job["objective"]["factor"]
        if job["start"] is not None:
            start = [round(value) for value in job["start"]]
            for column, value in zip(columns, start):
                model.add_hint(column, value)
            # A hint may be lost in presolve; a point that keeps all rows is an incumbent all the same.
            if read.allows(start):
                news(x=start)
        solver = cp.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = job["seed"]
        parameters.relative_gap_limit = job["gap"]
        parameters.cp_model_presolve = job["presolve"]
        if job["timeLimit"] is not None:
            parameters.max_time_in_seconds = job["timeLimit"]
        if job["workLimit"] is not None:
            parameters.max_deterministic_time = job["workLimit"] / 1000

        class Watcher(cp.CpSolverSolutionCallback):
            def on_solution_callback(self):
                news(
                    x=[self.value(column) for column in columns],
                    bound=self.best_objective_bound,
                    nodes=self.num_branches,
                    work=1000 * self.deterministic_time,
                )
                if stopped():
                    self.stop_search()

        solver.best_bound_callback = lambda bound: news(bound=finite(bound))
        watcher = Watcher()
        done = threading.Event()

        def watch():
            while not done.wait(0.05):
                if stopped():
                    watcher.stop_search()

        threading.Thread(target=watch, daemon=True).start()
        status = solver.solve(model, watcher)
        done.set()
        found = status in (cp.OPTIMAL, cp.FEASIBLE)
        if status == cp.MODEL_INVALID:
            raise Unsupported(f"CP-SAT refuses the model: {model.validate()[:300]}")
        return dict(
            status={cp.OPTIMAL: "optimal", cp.INFEASIBLE: "infeasible"}.get(status),
            x=[solver.value(column) for column in columns] if found else None,
            bound=finite(solver.best_objective_bound) if status != cp.UNKNOWN else None,
            nodes=solver.num_branches,
            work=1000 * solver.response_proto.deterministic_time,
        )


class Row:
    def __init__(self, kind):
        self.kind = kind
        self.side = 0
        self.range = None
        self.columns = []
        self.values = []

    @property
    def lower(self):
        if self.kind == "L":
            return self.side - self.range if self.range is not None else -(2**62)
        return self.side

    @property
    def upper(self):
        if self.kind == "G":
            return self.side + self.range if self.range is not None else 2**62
        return self.side


class IntegerModel:
    """A free MPS file, as mipnet writes it, in which every number is a whole one."""

    def __init__(self, path):
        rows, self.bounds, self.cost = {}, [], []
        section = ""
        with open(path) as lines:
            for line in lines:
                words = line.split()
                if not line.startswith(" "):
                    section = words[0]
                elif section == "ROWS":
                    rows[words[1]] = Row(words[0])
                elif section == "COLUMNS" and words[1] != "'MARKER'":
                    name, row, value = words
                    j = int(name[1:])
                    if j == len(self.cost):
                        self.cost.append(0)
                        self.bounds.append([0, None])
                    if row == "obj":
                        self.cost[j] = whole(value)
                    else:
                        rows[row].columns.append(j)
                        rows[row].values.append(whole(value))
                elif section == "RHS":
                    rows[words[1]].side = whole(words[2])
                elif section == "RANGES":
                    rows[words[1]].range = whole(words[2])
                elif section == "BOUNDS":
                    kind, _, name, value = words
                    bound = self.bounds[int(name[1:])]
                    if kind in ("LO", "FX"):
                        bound[0] = whole(value)
                    if kind in ("UP", "FX"):
                        bound[1] = whole(value)
        self.rows = [row for row in rows.values() if row.kind != "N"]

    def allows(self, x):
        within = all(lower <= value <= upper for value, (lower, upper) in zip(x, self.bounds))
        sums = (sum(value * x[j] for j, value in zip(row.columns, row.values)) for row in self.rows)
        return within and all(row.lower <= total <= row.upper for row, total in zip(self.rows, sums))


def whole(text):
    value = float(text)
    if value != int(value):
        raise ValueError(f"{text} is not a whole number")
    return int(value)


class Gurobi:
    module = "gurobipy"

    def __init__(self):
        import gurobipy

        self.grb = gurobipy
        self.name = "Gurobi " + ".".join(map(str, gurobipy.gurobi.version()))
        self.env = gurobipy.Env(empty=True)
        self.env.setParam("OutputFlag", 0)
        self.env.start()

    def solve(self, job, stopped):
        grb = self.grb
        code = grb.GRB
        model = grb.read(job["model"], self.env)
        columns = [model.getVarByName(f"c{j}") for j in range(job["columns"])]
        parameters = model.Params
        parameters.Threads = 1
        parameters.Seed = job["seed"]
        parameters.MIPGap = job["gap"]
        parameters.MIPGapAbs = 1e-7
        if job["timeLimit"] is not None:
            parameters.TimeLimit = job["timeLimit"]
        if job["workLimit"] is not None:
            parameters.IterationLimit = job["workLimit"]
        if job["cutoff"] is not None and model.IsMIP:
            parameters.Cutoff = job["cutoff"]
        if not job["presolve"]:
            parameters.Presolve = 0
        if job["start"] is not None:
            for column, value in zip(columns, job["start"]):
                column.Start = value

        def watch(model, where):
            if where == code.Callback.MIPSOL:
                news(
                    x=model.cbGetSolution(columns),
                    bound=finite(model.cbGet(code.Callback.MIPSOL_OBJBND)),
                    nodes=int(model.cbGet(code.Callback.MIPSOL_NODCNT)),
                )
            elif where == code.Callback.MIP:
                news(
                    bound=finite(model.cbGet(code.Callback.MIP_OBJBND)),
                    nodes=int(model.cbGet(code.Callback.MIP_NODCNT)),
                    work=model.cbGet(code.Callback.MIP_ITRCNT),
                )
            if stopped():
                model.terminate()

        try:
            model.optimize(watch)
            if model.Status == code.INF_OR_UNBD:
                parameters.DualReductions = 0
                model.optimize(watch)
        except grb.GurobiError as error:
            if error.errno == code.Error.SIZE_LIMIT_EXCEEDED:
                raise Unsupported(f"the model is larger than Gurobi's licence here allows ({error}): install another licence")
            raise
        status = {code.OPTIMAL: "optimal", code.INFEASIBLE: "infeasible", code.UNBOUNDED: "unbounded"}
        cut = {code.CUTOFF: "infeasible"}  # by the cutoff, as other solvers say it
        end = dict(
            status={**status, **cut}.get(model.Status),
            x=[column.X for column in columns] if model.SolCount > 0 else None,
            work=model.IterCount,
        )
        if model.IsMIP:
            return dict(end, bound=finite(model.ObjBound), nodes=int(model.NodeCount))
        if model.Status != code.OPTIMAL:
            return end
        rows = [model.getConstrByName(f"r{i}") for i in range(job["rows"])]
        return dict(
            end,
            duals=[0 if row is None else row.Pi for row in rows],
            columnDuals=[column.RC for column in columns],
        )


def main(name):
    kind = {"scip": Scip, "cp-sat": CpSat, "gurobi": Gurobi}[name]
    try:
        solver = kind()
    except ModuleNotFoundError:
        answer(missing=kind.module)
        return
    answer(ready=solver.name)
    jobs = queue.Queue()
    asked_to_stop = set()

    def read():
        for line in sys.stdin:
            request = json.loads(line)
            if "stop" in request:
                asked_to_stop.add(request["stop"])
            else:
                jobs.put(request)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        job = jobs.get()
        try:
            answer(end=solver.solve(job, lambda: job["id"] in asked_to_stop))
        except Unsupported as error:
            answer(error=str(error), unsupported=True)
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}", unsupported=False)


if __name__ == "__main__":
    main(sys.argv[1])
