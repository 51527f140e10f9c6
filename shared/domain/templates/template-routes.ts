import { type Alternative, alternativesOf, type Rewrite } from './alternatives.ts';
import type { ClusterStore } from './cluster-store.ts';
import { keyOf } from './message-columns.ts';
import type { Column } from './message-pieces.ts';
import type { TemplateMinerState } from './template-state.ts';
import { dropOldest, type ValueEvidence } from './value-evidence.ts';

interface Shape {
  readonly columns: readonly Column[];
  readonly cluster: number;
}

/** A message with its likely values found, and how to find them in others of its form. */
interface Reading {
  readonly columns: readonly Column[];
  readonly alternatives: readonly Alternative[];
  readonly rewrites: readonly Rewrite[];
  /** The words that were taken as values. */
  readonly words: readonly string[];
}

/** Where messages of a form go: which of their words are values, and their cluster. */
export interface Route {
  readonly rewrites: readonly Rewrite[];
  readonly cluster: number;
}

const MAX_ROUTES = 20_000;
const MAX_REWRITES = 40;
const MAX_SHAPES_OF_READING = 50;

/** A word that stands where equal messages have a value. First words name what happened, so they need more than that. */
function mayBeReadAsValue({ place, isHost, isIdentifier }: Alternative): boolean {
  return place !== 'first' || isHost || isIdentifier;
}

interface RouteParts {
  readonly store: ClusterStore;
  readonly evidence: ValueEvidence;
  readonly maxPlaces: number;
  /** Number of the line that is read now. */
  readonly line: () => number;
}

/** Finds where messages go, and finds it anew whenever a word turns out to be a value. */
export function makeTemplateRoutes(
  { store, evidence, maxPlaces, line }: RouteParts,
  restored?: TemplateMinerState['shapes'],
) {
  const shapes = new Map<string, Shape>();
  /** Shapes by the key they would have with one value more. */
  const shapesByReading = new Map<string, Set<string>>();
  /** Where messages of a form went since the last merge; a cache only. */
  const routes = new Map<string, Route>();
  /** Counts how often all routes were forgotten. */
  let generation = 0;

  function forgetRoutes(): void {
    routes.clear();
    generation += 1;
  }

  function isValue(alternative: Alternative): boolean {
    if (!alternative.isHost && evidence.isValue(alternative.context)) return true;
    return mayBeReadAsValue(alternative) && shapes.has(keyOf(alternative.columns()));
  }

  function read(columns: readonly Column[]): Reading {
    let current = columns;
    let alternatives = alternativesOf(current);
    const rewrites: Rewrite[] = [];
    const words: string[] = [];
    while (rewrites.length < MAX_REWRITES) {
      const found = alternatives.find(isValue);
      if (found === undefined) break;
      rewrites.push(found.rewrite);
      words.push(found.value);
      current = found.columns();
      alternatives = alternativesOf(current);
    }
    return { columns: current, alternatives, rewrites, words };
  }

  function noteReadings(key: string, alternatives: readonly Alternative[]): void {
    for (const alternative of alternatives.filter(mayBeReadAsValue)) {
      const reading = keyOf(alternative.columns());
      const known = shapesByReading.get(reading) ?? new Set<string>();
      if (known.size < MAX_SHAPES_OF_READING) known.add(key);
      shapesByReading.set(reading, known);
    }
    dropOldest(shapesByReading, maxPlaces);
  }

  /** Reads shapes anew after something about them was decided. */
  function readAnew(keys: Iterable<string>): void {
    for (const key of keys) {
      const shape = shapes.get(key);
      if (shape === undefined) continue;
      shapes.delete(key);
      store.merge(place(shape.columns).cluster, shape.cluster);
    }
  }

  function dropShapesWithoutCluster(): void {
    for (const [key, shape] of shapes) if (store.get(shape.cluster) === undefined) shapes.delete(key);
    forgetRoutes();
  }

  function openShape(key: string, { columns, alternatives }: Reading): number {
    const { id, dropped } = store.open(columns, line());
    shapes.set(key, { columns, cluster: id });
    if (dropped) dropShapesWithoutCluster();
    noteReadings(key, alternatives);
    const decided = alternatives
      .filter(({ isHost }) => !isHost)
      .flatMap((alternative) => evidence.observe(alternative, key));
    const sameReading = shapesByReading.get(key) ?? [];
    shapesByReading.delete(key);
    const concerned = new Set([...decided, ...sameReading]);
    if (concerned.size > 0) forgetRoutes();
    readAnew(concerned);
    return id;
  }

  /** The cluster of a message; opens one when it is like none before. */
  function place(columns: readonly Column[]): { reading: Reading; cluster: number } {
    const reading = read(columns);
    evidence.noteWords(reading.words);
    const key = keyOf(reading.columns);
    const cluster = shapes.get(key)?.cluster ?? openShape(key, reading);
    return { reading, cluster: store.idOf(cluster) };
  }

  function routeOf(key: string, columns: readonly Column[]): Route {
    const known = routes.get(key);
    if (known !== undefined) return known;
    const { reading, cluster } = place(columns);
    const route = { rewrites: reading.rewrites, cluster };
    if (routes.size >= MAX_ROUTES) forgetRoutes();
    routes.set(key, route);
    return route;
  }

  /** Like `routeOf`, but opens no cluster: cluster 0 is none. */
  function knownRoute(key: string, columns: readonly Column[]): Route {
    const known = routes.get(key);
    if (known !== undefined) return known;
    const reading = read(columns);
    const shape = shapes.get(keyOf(reading.columns));
    const route = { rewrites: reading.rewrites, cluster: shape?.cluster ?? 0 };
    if (shape !== undefined && routes.size < MAX_ROUTES) routes.set(key, route);
    return route;
  }

  for (const [cluster, columns] of restored ?? []) {
    const key = keyOf(columns);
    shapes.set(key, { columns, cluster });
    noteReadings(key, alternativesOf(columns));
  }

  return {
    routeOf,
    knownRoute,
    /** Counts how often all routes were forgotten: a route that was found before holds no longer. */
    generation: (): number => generation,
    /** Looks again at what was left open. */
    refine(): void {
      forgetRoutes();
      readAnew(evidence.reconsider());
    },
    state: (): TemplateMinerState['shapes'] => [...shapes.values()].map(({ cluster, columns }) => [cluster, columns]),
  };
}
