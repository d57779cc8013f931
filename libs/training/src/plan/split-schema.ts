import * as z from 'zod';
import type { SplitSpec } from '../problem/split-spec.js';
import { splits } from '../splits/registry.js';
import type { Split } from '../splits/split.js';

/** A split by its name, or its name with options. Both become `{name, ...options}`. */
export const splitSchema: z.ZodType<SplitSpec> = z.union(
  [...new Set(splits.map(({ name }) => name))].flatMap((name) =>
    formsOf(
      name,
      splits.filter((split) => split.name === name),
    ),
  ),
);

/** How a plan may write a split: its name alone if no option is required, or its name with options if it has any. */
function formsOf(name: string, kinds: readonly Split[]): z.ZodType<SplitSpec>[] {
  const [options, ...others] = kinds.map((kind) => kind.options);
  const byKind = others.length > 0 ? z.discriminatedUnion('kind', [options, ...others] as never) : options;
  const withOptions = z
    .strictObject({ [name]: byKind })
    .transform((written): SplitSpec => ({ name, ...(written[name] as object) }));
  const defaults = byKind.safeParse({});
  const alone = z.literal(name).transform((): SplitSpec => ({ name, ...(defaults.data as object) }));
  const hasOptions = !defaults.success || Object.keys(defaults.data as object).length > 0;
  return [...(defaults.success ? [alone] : []), ...(hasOptions ? [withOptions] : [])];
}
