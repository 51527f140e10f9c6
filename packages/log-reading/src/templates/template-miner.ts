import { makeFormTable } from './form-table.ts';
import { type Layout, learnLayouts, messageSpan } from './line-header.ts';
import { scanLine } from './line-scan.ts';
import { positionsOf } from './message-positions.ts';
import { DEFAULT_THRESHOLDS, type ValueThresholds } from './shape-groups.ts';
import type { StoredShape } from './shape-lanes.ts';
import type { TemplateMinerState } from './template-state.ts';
import { makeTemplateStore } from './template-store.ts';
import { parametersIn, templateText, WILDCARD } from './template-text.ts';

export interface TemplateMinerOptions {
  /** Number of templates kept; the least recently seen are forgotten first. */
  readonly maxClusters?: number;
  readonly thresholds?: ValueThresholds;
}

/** A line's template. With the parameters in place of its wildcards it is the message, with each run of white space as one space. */
export interface TemplateMatch {
  /** The line's cluster at that time; `clusterOf` gives its current number after merges. */
  readonly cluster: number;
  /** The message with `<*>` for each value, without the header (time, level, origin); as known when it is read. */
  readonly template: string;
  readonly parameters: readonly string[];
}

interface TemplateCluster {
  readonly cluster: number;
  readonly template: string;
  readonly lines: number;
}

export interface TemplateMiner {
  /** Learns a line and returns its template as known so far. */
  add(line: string): TemplateMatch;
  /** The line's template without learning it; an unknown line is returned as it is, with cluster 0. */
  match(line: string): TemplateMatch;
  /** The current number of a cluster; merged clusters keep the oldest number. */
  clusterOf(cluster: number): number;
  /** All clusters in the order of their first lines. */
  clusters(): readonly TemplateCluster[];
  /** Decides open cases again, with everything learnt since. For files, after the last line. */
  refine(): void;
  state(): TemplateMinerState;
}

const MAX_CLUSTERS = 5_000;
/** The rest of a longer line is ignored. */
const MAX_LINE_LENGTH = 8_192;
/** Numbers of lines after which the layout of the lines is learned again; after the last it is settled. */
const LAYOUT_LESSONS = [1, 2, 4, 8, 16, 128];
const SAMPLE_SIZE = 128;

/** White space as the scan sees it: all control characters too. */
const SPACES = new RegExp(`[${String.fromCharCode(0)}- ]+`, 'g');
const UNEVEN_SPACE = new RegExp(`[${String.fromCharCode(0)}-${String.fromCharCode(31)}]| {2}|^ | $`);

/** One space for each run of white space. */
function normalised(message: string): string {
  return UNEVEN_SPACE.test(message) ? message.replace(SPACES, ' ').trim() : message;
}

interface Reading {
  readonly template: string;
  readonly parameters: readonly string[];
}

/** Reads template and parameters only when they are asked for. */
class LineMatch implements TemplateMatch {
  readonly cluster: number;
  readonly #line: string;
  readonly #shape: StoredShape | undefined;
  readonly #read: (line: string, shape: StoredShape | undefined) => Reading;

  constructor(
    cluster: number,
    line: string,
    shape: StoredShape | undefined,
    read: (line: string, shape: StoredShape | undefined) => Reading,
  ) {
    this.cluster = cluster;
    this.#line = line;
    this.#shape = shape;
    this.#read = read;
  }

  get template(): string {
    return this.#read(this.#line, this.#shape).template;
  }

  get parameters(): readonly string[] {
    return this.#read(this.#line, this.#shape).parameters;
  }
}

/**
 * Finds the templates of log lines in one pass and bounded memory; the same lines in the same order give the same result.
 *
 * A line is scanned once. When its form, the message with its values masked, was seen before, that is all. Otherwise it is read as
 * positions (`positionsOf`), and its shape joins a group whose varying positions take it in, or is grouped with others by their longest
 * common pattern (`groupShapes`, after Brain). Groups that turn out to be the same are merged and keep the older number.
 */
export function makeTemplateMiner(options: TemplateMinerOptions = {}, restored?: TemplateMinerState): TemplateMiner {
  const maxClusters = options.maxClusters ?? MAX_CLUSTERS;
  const thresholds = options.thresholds ?? DEFAULT_THRESHOLDS;
  const forms = makeFormTable();
  let lines = restored?.lines ?? 0;
  const sample: { line: string; cluster: number }[] = (restored?.sample ?? []).map(([cluster, line]) => ({
    cluster,
    line,
  }));
  let layouts: readonly Layout[] = restored?.layouts ?? [];
  const store = makeTemplateStore({ maxClusters, thresholds, onForget: forms.clear }, restored?.store);

  function spanOf(line: string) {
    const { start, end } = messageSpan(layouts, line);
    return { start, end: Math.min(end, start + MAX_LINE_LENGTH) };
  }

  function read(line: string, shape: StoredShape | undefined): Reading {
    const { start, end } = spanOf(line);
    const message = normalised(line.slice(start, end));
    if (shape !== undefined) {
      const template = store.templateOf(shape);
      const parameters = parametersIn(template, message);
      if (parameters !== null) return { template, parameters };
    }
    const template = templateText(positionsOf(line, scanLine(line, start, end)).shown);
    const parameters = parametersIn(template, message);
    return parameters === null ? { template: WILDCARD, parameters: [message] } : { template, parameters };
  }

  function learn(line: string, id?: number): StoredShape {
    const { start, end } = spanOf(line);
    const scan = scanLine(line, start, end);
    const { low, high } = scan;
    const slot = forms.get(low, high);
    if (slot === 0) {
      const learned = store.learn(positionsOf(line, scan), lines, id);
      forms.set(low, high, learned.slot);
      return learned;
    }
    const shape = store.shapeAt(slot);
    shape.lines += 1;
    shape.lastLine = lines;
    return shape;
  }

  /** Reads the first lines again under a new layout. */
  function relearn(): void {
    const before = sample.map(({ cluster }) => store.idOf(cluster));
    store.clear();
    const taken = new Set<number>();
    for (const [at, one] of sample.entries()) {
      const old = before[at] as number;
      const id = store.clusterIdOf(learn(one.line, taken.has(old) ? undefined : old));
      taken.add(old);
      one.cluster = id;
      store.alias(old, id);
    }
  }

  function noteLine(line: string): void {
    sample.push({ line, cluster: 0 });
    if (LAYOUT_LESSONS.includes(lines)) {
      const learned = learnLayouts(sample.map((one) => one.line));
      if (JSON.stringify(learned) !== JSON.stringify(layouts)) {
        layouts = learned;
        forms.clear();
        sample.pop();
        relearn();
        sample.push({ line, cluster: 0 });
      }
    }
  }

  return {
    add(line) {
      lines += 1;
      if (lines <= SAMPLE_SIZE) noteLine(line);
      const shape = learn(line);
      const cluster = store.clusterIdOf(shape);
      if (lines < SAMPLE_SIZE) (sample.at(-1) as { cluster: number }).cluster = cluster;
      else if (lines === SAMPLE_SIZE) sample.length = 0;
      return new LineMatch(cluster, line, shape, read);
    },

    match(line) {
      const { start, end } = spanOf(line);
      const scan = scanLine(line, start, end);
      const { low, high } = scan;
      const slot = forms.get(low, high);
      const shape = slot > 0 ? store.shapeAt(slot) : store.find(positionsOf(line, scan));
      return new LineMatch(shape === undefined ? 0 : store.clusterIdOf(shape), line, shape, read);
    },

    clusterOf: store.idOf,
    clusters: store.all,
    refine: store.refine,
    state: () => ({
      version: 2,
      lines,
      layouts,
      sample: sample.map(({ line, cluster }) => [cluster, line]),
      store: store.state(),
    }),
  };
}
