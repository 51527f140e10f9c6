import type { RefObject } from 'react';
import { useKeys } from './keys.ts';

/** `j` and `k` move along the links of a list, `/` goes to its search field. */
export function useListKeys(list: RefObject<HTMLElement | null>, field?: RefObject<HTMLElement | null>): void {
  const move = (by: number) => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = at === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    links[next]?.focus();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ...(field === undefined ? {} : { '/': () => field.current?.focus() }),
  });
}
