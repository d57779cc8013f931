import { seededRandom, type LoadedDataset } from '@mipnet/dataset';
import { MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type ProgressEvent, type Solved } from '@mipnet/recursion';
import { openSolver, type Solver } from '@mipnet/solver';
import type { Network } from '@mipnet/network';
import { divideNode, mergeNode } from '../tree/divide-and-merge.js';
import { solveLeaf } from '../tree/solve-leaf.js';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** Images of 8 x 8: a bar whose direction and side are the class. */
export function bars(perClass: number, classes = 4): LoadedDataset {
  const random = seededRandom(11);
  const count = perClass * classes;
  const labels = Int32Array.from({ length: count }, (_, k) => k % classes);
  const features = new Uint8Array(count * 64);
  labels.forEach((label, k) => {
    const at = (label >> 1) * 4 + random.integer(3);
    for (let i = 0; i < 8; i++)
      features[k * 64 + (label % 2 === 0 ? at * 8 + i : i * 8 + at)] = 180 + random.integer(76);
    for (let noise = 0; noise < 6; noise++) features[k * 64 + random.integer(64)] = random.integer(200);
  });
  const names = Array.from({ length: classes }, (_, label) => `${label}`);
  const part = {
    name: 'bars',
    classes: names,
    inputShape: [1, 8, 8],
    count,
    size: 64,
    features,
    scale: 1 / 255,
    labels,
  };
  return { name: 'bars', classes: names, inputShape: [1, 8, 8], train: part, test: null, notes: [] };
}

export interface PlanRun {
  readonly store: MemoryStore;
  readonly solved: Solved;
  readonly events: ProgressEvent[];
  readonly problem: TrainingProblem;
}

let solver: Promise<Solver> | undefined;

/** A plan from its text to its network, in this thread. */
export async function runPlan(plan: string, dataset: LoadedDataset, start?: Network): Promise<PlanRun> {
  const store = new MemoryStore();
  const { node, problem } = await prepareRun(parsePlan(plan, 'plan'), dataset, store, undefined, start);
  return { store, problem, ...(await solveHere(store, node)) };
}

/** A tree in this thread. */
export async function solveHere(store: MemoryStore, node: ProblemNode): Promise<Pick<PlanRun, 'solved' | 'events'>> {
  const highs = await (solver ??= openSolver());
  const events: ProgressEvent[] = [];
  const driver: Driver = {
    window: 1,
    stopped: () => false,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: (event) => void events.push(event),
    divide: (at, state) => divideNode(store, at, state),
    merge: (at, state, parts) => mergeNode(store, at, state, parts),
    solve: (leaf) => solveLeaf(store, highs, leaf),
    recurse: (part) => solveTree(driver, part),
  };
  return { events, solved: await solveTree(driver, node) };
}
