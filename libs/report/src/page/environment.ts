import { html, type Html } from './html.js';

/** Where and with what a run was made; what nobody noted is null. */
export interface Environment {
  /** Version of mipnet, with the commit if it is a checkout. */
  readonly mipnet: string | null;
  readonly node: string | null;
  /** Name and version of the solver, or of the solvers. */
  readonly solver: string | null;
  readonly engine: string;
  /** Of the Temporal server. */
  readonly temporal: string | null;
  /** Operating system, processor, cores, memory of the machine that started the run. */
  readonly machine: string | null;
  /** As asked for. */
  readonly slots: number | null;
  /** Page of the Temporal UI with the runs of the same plan; null if there is none that outlives the run. */
  readonly runsPage: string | null;
}

/** The same as rows of a table of facts. */
export function environmentFacts(of: Environment): (readonly [string, string | Html] | null)[] {
  const fact = (what: string, value: string | number | null): readonly [string, string] | null =>
    value === null ? null : [what, String(value)];
  return [
    fact('mipnet', of.mipnet),
    fact('solver', of.solver),
    fact('Node.js', of.node),
    fact('engine', of.engine),
    fact('Temporal', of.temporal),
    fact('machine', of.machine),
    fact('slots', of.slots),
    of.runsPage === null ? null : ['Temporal UI', html`<a href="${of.runsPage}">runs of this plan</a>`],
  ];
}
