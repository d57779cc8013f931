import type { FixedFilters } from './fixed-filters.js';
import { orientedEdges } from './oriented-edges.js';

/** Names that a plan may give as `fixed`. */
export const fixedNames = ['oriented-edges'] as const;
export type FixedName = (typeof fixedNames)[number];

/** One entry per name; a name without filters does not compile. */
export const fixedFilters = { 'oriented-edges': orientedEdges } satisfies Record<FixedName, FixedFilters>;
