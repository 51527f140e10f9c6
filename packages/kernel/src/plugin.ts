/** An IAM statement as data; `resources` are ARN patterns with `${Partition}`, `${Region}` and `${Account}` left to infra. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** In place of `resources`, which is empty: everything but these. */
  readonly notResources?: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * The plug-ins of one kind, as they are listed. Routes, roles, settings and records are named by a plug-in's id: throws when two have the
 * same one, which fails the build.
 */
export function registered<T extends { readonly id: string }>(kind: string, plugins: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  for (const { id } of plugins) {
    if (seen.has(id))
      throw new Error(`Two ${kind} have the id ${id}: give one of them another, and its folder the same name.`);
    seen.add(id);
  }
  return plugins;
}
