import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findCycles,
  makeImportGraph,
  shortestCycle,
  stronglyConnected,
} from '../../../src/domain/architecture/import-graph.ts';
import type { ImportPhase } from '../../../src/domain/architecture/source-facts.ts';

/** `a>b` is an import while loading, `a~b` a deferred one, `a-b` one of types. */
const PHASES: Readonly<Record<string, ImportPhase>> = { '>': 'load', '~': 'deferred', '-': 'types' };
const graphOf = (text: string) => {
  const imports = text
    .split(' ')
    .map((one) => ({ from: one[0] ?? '', to: one[2] ?? '', phase: PHASES[one[1] ?? ''] ?? 'load' }));
  return makeImportGraph(new Set(imports.flatMap(({ from, to }) => [from, to])), imports);
};
const cyclesOf = (text: string): string[] =>
  findCycles(graphOf(text)).map(({ kind, files, shortest }) => `${kind} ${files.join('')} ${shortest.join('')}`);

describe('the cycles of an import graph', () => {
  it.each([
    ['[B74] none in a tree', 'a>b a>c b>d c>d', []],
    ['[B74] two files that import each other', 'a>b b>a b>c', ['load ab ab']],
    [
      '[B74] the largest first, with the shortest way round',
      'a>b b>c c>d d>a c>b x>y y>x',
      ['load abcd bc', 'load xy xy'],
    ],
    ['a file that imports itself is none', 'a>a a>b', []],
    ['a way over types is a late one', 'a>b b-a', ['late ab ab']],
    ['a way over a deferred import, too', 'a>b b~c c>a', ['late abc abc']],
    ['the earliest import between two files counts', 'a>b b-a b>a', ['load ab ab']],
    ['one that loads hides the wider one through types', 'a>b b>a b-c c>a', ['load ab ab']],
    ['circles that load come before larger late ones', 'a-b b-c c-a x>y y>x', ['load xy xy', 'late abc abc']],
  ])('%s', (_, text, expected) => {
    expect(cyclesOf(text)).toEqual(expected);
  });

  it('[B73] are the same as by trying every way, and the shortest is as short', () => {
    const graphs = fc
      .integer({ min: 1, max: 7 })
      .chain((size) =>
        fc
          .array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 }), { minLength: size, maxLength: size })
          .map((graph) => graph.map((to, from) => to.filter((node) => node !== from).sort())),
      );
    fc.assert(
      fc.property(graphs, (graph) => {
        const steps = distances(graph);
        const together = (a: number, b: number) => Number.isFinite(steps[a]?.[b]) && Number.isFinite(steps[b]?.[a]);
        const expected = new Set(
          graph.map((_, node) =>
            graph
              .map((_, other) => other)
              .filter((other) => other === node || together(node, other))
              .join(),
          ),
        );
        const found = stronglyConnected(graph);
        expect(found.map((members) => members.join()).sort()).toEqual(
          [...expected].filter((one) => one.includes(',')).sort(),
        );
        for (const members of found) {
          const cycle = shortestCycle(members, graph);
          const shortest = Math.min(
            ...members.flatMap((a) =>
              members.map((b) => (a === b ? Infinity : (steps[a]?.[b] ?? 0) + (steps[b]?.[a] ?? 0))),
            ),
          );
          expect(cycle.length).toBe(shortest);
          for (const [at, node] of cycle.entries()) expect(graph[node]).toContain(cycle[(at + 1) % cycle.length]);
        }
      }),
    );
  });

  it('are found in a chain longer than the stack', () => {
    const length = 200_000;
    const ring = Array.from({ length }, (_, node) => [(node + 1) % length]);
    expect(stronglyConnected(ring)[0]).toHaveLength(length);
  });
});

/** Floyd and Warshall. */
function distances(graph: readonly (readonly number[])[]): number[][] {
  const steps = graph.map((to, from) => graph.map((_, node) => (node === from ? 0 : to.includes(node) ? 1 : Infinity)));
  for (const [over, row] of steps.entries()) {
    for (const from of steps)
      for (const [to, length] of row.entries()) from[to] = Math.min(from[to] ?? 0, (from[over] ?? 0) + length);
  }
  return steps;
}
