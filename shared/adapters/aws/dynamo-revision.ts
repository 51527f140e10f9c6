import type { Condition } from './dynamo-table.ts';

/** Holds when a record stands at the revision before this one; the first revision is of a record that is not there. */
export function overRevisionBefore(revision: number): Condition {
  if (revision === 1) return { condition: 'attribute_not_exists(pk)' };
  return {
    condition: '#revision = :before',
    names: { '#revision': 'revision' },
    values: { ':before': revision - 1 },
  };
}
