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

/** A message with its likely values, and the rewrites that find them in other messages of its form. */
interface Reading {
  readonly columns: readonly Column[];
  readonly alternatives: readonly Alternative[];
  readonly rewrites: readonly Rewrite[];
  /** The words that were read as values. */
  readonly words: readonly string[];
}

/** How messages of a form are read: the words that are values, and the cluster. */
export interface Route {
  readonly rewrites: readonly Rewrite[];
  readonly cluster: number;
}

const MAX_ROUTES = 20_000;
const MAX_REWRITES = 40;
const MAX_SHAPES_OF_READING = 50;

/** Whether a word may be a value because an equal message has a value there. First words name the event and need more evidence. */
function mayBeReadAsValue({ place, isHost, isIdentifier }: Alternative): boolean {
  return place !== 'first' || isHost || isIdentifier;
}

interface RouteParts {
  readonly store: ClusterStore;
  readonly evidence: ValueEvidence;
  readonly maxPlaces: number;
  /** Number of the current line. */
  readonly line: () => number;
}

/** Finds the cluster of each message, and finds it again when a word turns out to be a value. */
export function makeTemplateRoutes(
  { store, evidence, maxPlaces, line }: RouteParts,
  restored?: TemplateMinerState['shapes'],
) {
  const shapes = new Map<string, Shape>();
  /** Shapes by the key that they would have with one more value. */
  const shapesByReading = new Map<string, Set<string>>();
  /** Cache of routes by key, emptied at each merge. */
  const routes = new Map<string, Route>();
  /** Number of times that the routes were dropped. */
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

  /** Parses shapes again after a decision about them. */
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

  /** The cluster of a message; opens a new one when none fits. */
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

  /** Like `routeOf`, but opens no cluster; cluster 0 means none. */
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
    /** Number of times that the routes were dropped; a route found under an earlier number is no longer valid. */
    generation: (): number => generation,
    /** Decides open cases again. */
    refine(): void {
      forgetRoutes();
      readAnew(evidence.reconsider());
    },
    state: (): TemplateMinerState['shapes'] => [...shapes.values()].map(({ cluster, columns }) => [cluster, columns]),
  };
}
