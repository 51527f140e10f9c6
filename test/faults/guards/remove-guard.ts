import type { Plugin } from 'vite';
import { REMOVALS } from './removals.ts';

/** Takes the guard that `GUARD_REMOVED` names out of its module as it is loaded. Throws when there is no such guard. */
export function removeGuard(name: string): Plugin {
  const removal = REMOVALS.find((one) => one.name === name);
  if (removal === undefined) throw new Error(`There is no guard "${name}" in test/faults/guards/removals.ts.`);
  const { file, guard, removed } = removal;
  return {
    name: 'remove-guard',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith(`/${file}`) ? code.replace(guard, () => removed) : undefined),
  };
}
