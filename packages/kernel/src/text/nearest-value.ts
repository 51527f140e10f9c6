/** Upper and lower case, hyphens, underscores and blanks make no difference to what somebody meant. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, '');

/** Longer texts are no slip of the finger. */
const MAX_LENGTH = 60;

/** The option that was most likely meant; null when none is near: more than a third of it would have to change. */
export function nearestValue(given: string, options: readonly string[]): string | null {
  const wanted = plain(given.slice(0, MAX_LENGTH));
  if (wanted === '') return null;
  const ranked = options.map((option) => {
    const name = plain(option);
    return { option, steps: editSteps(wanted, name), allowed: Math.max(1, Math.floor(name.length / 3)) };
  });
  const [best] = ranked.filter(({ steps, allowed }) => steps <= allowed).sort((a, b) => a.steps - b.steps);
  return best?.option ?? null;
}

/** Says in the words of whoever gave it that there is no such value, and which one they may have meant. `noun`: what it is, such as `status`. */
export function unknownValue(noun: string, given: string, options: readonly string[]): string {
  const shown = given.length > MAX_LENGTH ? `${given.slice(0, MAX_LENGTH)}...` : given;
  const nearest = nearestValue(given, options);
  return nearest === null
    ? `There is no ${noun} "${shown}". Use one of: ${options.join(', ')}.`
    : `There is no ${noun} "${shown}"; did you mean ${nearest}?`;
}

/** Insertions, deletions, substitutions, and swaps of neighbours: the optimal string alignment distance (Damerau, CACM 7(3), 1964). */
function editSteps(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= right.length; at += 1) {
      const change = left[row - 1] === right[at - 1] ? 0 : 1;
      let steps = Math.min((last[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + change);
      const isSwap = row > 1 && at > 1 && left[row - 1] === right[at - 2] && left[row - 2] === right[at - 1];
      if (isSwap) steps = Math.min(steps, (beforeLast[at - 2] ?? 0) + 1);
      current.push(steps);
    }
    [beforeLast, last] = [last, current];
  }
  return last[right.length] ?? 0;
}
