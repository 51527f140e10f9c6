/**
 * A pure function of a text that keeps its answers for the latest texts, at most twice `most`. For what several readers ask of the same lines; what a
 * log repeats is read once.
 */
export function remembered<T extends NonNullable<unknown> | null>(
  answer: (text: string) => T,
  most: number,
): (text: string) => T {
  let [recent, older] = [new Map<string, T>(), new Map<string, T>()];
  return (text) => {
    let known = recent.get(text);
    if (known !== undefined) return known;
    known = older.get(text) ?? answer(text);
    if (recent.size >= most) [recent, older] = [new Map(), recent];
    recent.set(text, known);
    return known;
  };
}
