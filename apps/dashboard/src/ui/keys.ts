import { type RefObject, useEffect, useRef } from 'react';

type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Milliseconds within which the second key of `g i` has to come. */
const SEQUENCE = 1_000;

/**
 * Single keys, and two in sequence (`g i`), wherever the reader is on the page. Not while they type, and not together with Ctrl, Alt or Meta,
 * which belong to the browser.
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    let first = { key: '', at: 0 };
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || isTyping(event.target)) return;
      const sequence = performance.now() - first.at < SEQUENCE ? `${first.key} ${event.key}` : '';
      const run = current.current[sequence] ?? current.current[event.key];
      first = { key: event.key, at: performance.now() };
      if (run === undefined) return;
      event.preventDefault();
      run(event);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.closest('dialog') !== null)
  );
}

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
