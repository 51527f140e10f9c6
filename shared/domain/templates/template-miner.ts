import { type Alternative, alternativesOf, type Rewrite, rewritten } from './alternatives.ts';
import { displayFor, makeClusterStore } from './cluster-store.ts';
import { columnsOf, keyOf } from './message-columns.ts';
import type { Column } from './message-pieces.ts';
import { messageStart } from './message-start.ts';
import type { TemplateMinerState } from './template-state.ts';
import { parametersOf } from './template-text.ts';
import { DEFAULT_THRESHOLDS, dropOldest, makeValueEvidence, type ValueThresholds } from './value-evidence.ts';

export interface TemplateMinerOptions {
  /** Templates remembered; the longest unseen ones are forgotten first. */
  readonly mostClusters?: number;
  readonly thresholds?: ValueThresholds;
}

/** A line's template. With the parameters in place of its wildcards it is the message, each run of white space as one space. */
export interface TemplateMatch {
  /** Number of the cluster when the line came; `clusterOf` tells which one that is now. */
  readonly cluster: number;
  /** The message with `<*>` for what varies; times, levels and origins before the message are left out. */
  readonly template: string;
  readonly parameters: readonly string[];
}

export interface TemplateCluster {
  readonly cluster: number;
  readonly template: string;
  readonly lines: number;
}

export interface TemplateMiner {
  /** Learns a line and answers with its template as known so far. */
  add(line: string): TemplateMatch;
  /** The template of a line by what was learnt; an unknown one is answered as it reads, with cluster 0. */
  match(line: string): TemplateMatch;
  /** The cluster that lines of `cluster` belong to now; clusters that turned out to be one keep the oldest number. */
  clusterOf(cluster: number): number;
  /** All clusters in the order of their first lines. */
  clusters(): readonly TemplateCluster[];
  /** Looks again at what was left open, with all that was learnt since. For files, after the last line. */
  refine(): void;
  state(): TemplateMinerState;
}

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

interface Route {
  readonly rewrites: readonly Rewrite[];
  readonly cluster: number;
}

const MOST_CLUSTERS = 5_000;
/** Words remembered in their places, per cluster. */
const PLACES_PER_CLUSTER = 4;
const MOST_ROUTES = 20_000;
const MOST_REWRITES = 40;
const MOST_SHAPES_OF_READING = 50;
/** Characters of a line that are read. */
const LONGEST_LINE = 8_192;

/** The columns of a line's message. */
export function columnsOfLine(line: string): Column[] {
  const read = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line;
  return columnsOf(read.slice(messageStart(read)));
}

/** A word that stands where equal messages have a value. First words name what happened, so they need more than that. */
function mayBeReadAsValue({ place, isHost, isIdentifier }: Alternative): boolean {
  return place !== 'first' || isHost || isIdentifier;
}

/**
 * Finds the templates of log lines one by one, in one pass and bounded memory; equal lines in equal order give equal answers.
 *
 * After Drain (He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017) lines are masked and grouped as they
 * come, but not by a similarity threshold over a fixed-depth tree: lines group by their whole form (`columnsOf`), and a word becomes a
 * value by the evidence of the places around it (`makeValueEvidence`, after Brain). Groups found to be one are merged; the older number stays.
 */
export function makeTemplateMiner(options: TemplateMinerOptions = {}, restored?: TemplateMinerState): TemplateMiner {
  const mostClusters = options.mostClusters ?? MOST_CLUSTERS;
  const store = makeClusterStore(mostClusters, restored?.clusters);
  const mostPlaces = mostClusters * PLACES_PER_CLUSTER;
  const evidence = makeValueEvidence(options.thresholds ?? DEFAULT_THRESHOLDS, mostPlaces, restored?.evidence);
  const shapes = new Map<string, Shape>();
  /** Shapes by the key they would have with one value more. */
  const shapesByReading = new Map<string, Set<string>>();
  /** Where messages of a form went since the last merge; a cache only. */
  const routes = new Map<string, Route>();
  let lines = restored?.lines ?? 0;

  function isValue(alternative: Alternative): boolean {
    if (!alternative.isHost && evidence.isValue(alternative.context)) return true;
    return mayBeReadAsValue(alternative) && shapes.has(keyOf(alternative.columns));
  }

  function read(columns: readonly Column[]): Reading {
    let current = columns;
    let alternatives = alternativesOf(current);
    const rewrites: Rewrite[] = [];
    const words: string[] = [];
    while (rewrites.length < MOST_REWRITES) {
      const found = alternatives.find(isValue);
      if (found === undefined) break;
      rewrites.push(found.rewrite);
      words.push(found.value);
      current = found.columns;
      alternatives = alternativesOf(current);
    }
    return { columns: current, alternatives, rewrites, words };
  }

  function noteReadings(key: string, alternatives: readonly Alternative[]): void {
    for (const alternative of alternatives.filter(mayBeReadAsValue)) {
      const reading = keyOf(alternative.columns);
      const known = shapesByReading.get(reading) ?? new Set<string>();
      if (known.size < MOST_SHAPES_OF_READING) known.add(key);
      shapesByReading.set(reading, known);
    }
    dropOldest(shapesByReading, mostPlaces);
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
    routes.clear();
  }

  function openShape(key: string, { columns, alternatives }: Reading): number {
    const { id, dropped } = store.open(columns, lines);
    shapes.set(key, { columns, cluster: id });
    if (dropped) dropShapesWithoutCluster();
    noteReadings(key, alternatives);
    const decided = alternatives
      .filter(({ isHost }) => !isHost)
      .flatMap((alternative) => evidence.observe(alternative, key));
    const sameReading = shapesByReading.get(key) ?? [];
    shapesByReading.delete(key);
    const concerned = new Set([...decided, ...sameReading]);
    if (concerned.size > 0) routes.clear();
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
    if (routes.size >= MOST_ROUTES) routes.clear();
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
    if (shape !== undefined && routes.size < MOST_ROUTES) routes.set(key, route);
    return route;
  }

  function answer(cluster: number, display: readonly string[], columns: readonly Column[]): TemplateMatch {
    return { cluster, template: display.join(''), parameters: parametersOf(display, columns) };
  }

  for (const [cluster, columns] of restored?.shapes ?? []) {
    const key = keyOf(columns);
    shapes.set(key, { columns, cluster });
    noteReadings(key, alternativesOf(columns));
  }

  return {
    add(line) {
      lines += 1;
      const read = columnsOfLine(line);
      const route = routeOf(keyOf(read), read);
      const cluster = store.get(route.cluster);
      const columns = route.rewrites.reduce<readonly Column[]>(rewritten, read);
      if (cluster === undefined) return answer(0, displayFor([], columns), columns);
      store.count(cluster, columns, lines);
      return answer(cluster.id, displayFor(cluster.display, columns), columns);
    },

    match(line) {
      const asRead = columnsOfLine(line);
      const route = knownRoute(keyOf(asRead), asRead);
      const columns = route.rewrites.reduce<readonly Column[]>(rewritten, asRead);
      const cluster = store.get(route.cluster);
      return answer(cluster?.id ?? 0, displayFor(cluster?.display ?? [], columns), columns);
    },

    clusterOf: store.idOf,
    clusters: () =>
      store.all().map(({ id, display, lines: count }) => ({ cluster: id, template: display.join(''), lines: count })),

    refine() {
      routes.clear();
      readAnew(evidence.reconsider());
    },

    state: () => ({
      version: 1,
      lines,
      clusters: store.state(),
      evidence: evidence.state(),
      shapes: [...shapes.values()].map(({ cluster, columns }) => [cluster, columns]),
    }),
  };
}
