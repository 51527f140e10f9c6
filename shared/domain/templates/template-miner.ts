import { rewritten } from './alternatives.ts';
import { type Cluster, displayFor, makeClusterStore } from './cluster-store.ts';
import { isSettledFor, type LineForm, makeLineForms, parametersAt, settle } from './line-forms.ts';
import { columnsOf, keyOf } from './message-columns.ts';
import type { Column } from './message-pieces.ts';
import { messageStart } from './message-start.ts';
import { makeTemplateRoutes, type Route } from './template-routes.ts';
import type { TemplateMinerState } from './template-state.ts';
import { parametersOf } from './template-text.ts';
import { DEFAULT_THRESHOLDS, makeValueEvidence, type ValueThresholds } from './value-evidence.ts';

export interface TemplateMinerOptions {
  /** Number of templates kept; the least recently seen are forgotten first. */
  readonly maxClusters?: number;
  readonly thresholds?: ValueThresholds;
}

/** A line's template. With the parameters in place of its wildcards it is the message, with each run of white space as one space. */
export interface TemplateMatch {
  /** The line's cluster at that time; `clusterOf` gives its current number after merges. */
  readonly cluster: number;
  /** The message with `<*>` for each value, without the header (time, level, origin). */
  readonly template: string;
  readonly parameters: readonly string[];
}

export interface TemplateCluster {
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
/** Number of places remembered per cluster. */
const PLACES_PER_CLUSTER = 4;
/** The rest of a longer line is ignored. */
const MAX_LINE_LENGTH = 8_192;

/** The route of a line form, valid as long as `generation` is the current one. */
interface KeptRoute extends Route {
  readonly generation: number;
}

type Form = LineForm<KeptRoute>;

function readLine(line: string): { columns: readonly Column[]; start: number; key: string } {
  const read = line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line;
  const start = messageStart(read);
  const columns = columnsOf(read.slice(start));
  return { columns, start, key: keyOf(columns) };
}

/** The columns of a line's message. */
export function columnsOfLine(line: string): readonly Column[] {
  return readLine(line).columns;
}

/**
 * Finds the templates of log lines in one pass and bounded memory; the same lines in the same order give the same result.
 *
 * As in Drain (He et al., "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS 2017), lines are masked and grouped as they
 * arrive. Instead of a similarity threshold over a fixed-depth tree, lines are grouped by the shape of the whole message (`columnsOf`), and
 * a word becomes a value by evidence from the words seen in its place (`makeValueEvidence`, after Brain). Groups that turn out to be the
 * same are merged and keep the older number.
 */
export function makeTemplateMiner(options: TemplateMinerOptions = {}, restored?: TemplateMinerState): TemplateMiner {
  const maxClusters = options.maxClusters ?? MAX_CLUSTERS;
  const store = makeClusterStore(maxClusters, restored?.clusters);
  const maxPlaces = maxClusters * PLACES_PER_CLUSTER;
  const evidence = makeValueEvidence(options.thresholds ?? DEFAULT_THRESHOLDS, maxPlaces, restored?.evidence);
  let lines = restored?.lines ?? 0;
  const forms = makeLineForms<KeptRoute>(readLine);
  const routes = makeTemplateRoutes({ store, evidence, maxPlaces, line: () => lines }, restored?.shapes);

  function answer(cluster: number, display: readonly string[], columns: readonly Column[]): TemplateMatch {
    return { cluster, template: display.join(''), parameters: parametersOf(display, columns) };
  }

  /** Columns of this line: those of the form if they were read from this line, else read now. */
  function columnsIn({ columns }: Form, line: string, isOwn: boolean): readonly Column[] {
    return isOwn ? columns : columnsOfLine(line);
  }

  /** The route of the form's lines; it stays valid until a decision about shapes changes routes. */
  function routeIn(form: Form, line: string, isOwn: boolean, learns: boolean): Route {
    if (form.route?.generation === routes.generation()) return form.route;
    const columns = columnsIn(form, line, isOwn);
    const route = learns ? routes.routeOf(form.key, columns) : routes.knownRoute(form.key, columns);
    // Another route may read other words as values.
    form.settled = undefined;
    if (route.cluster !== 0) form.route = { ...route, generation: routes.generation() };
    return route;
  }

  /** The answer for a form whose reading is settled, without parsing the line again. */
  function settledAnswer(form: Form, cluster: Cluster | undefined, line: string): TemplateMatch | undefined {
    const { settled } = form;
    if (settled === undefined || cluster === undefined || settled.ofCluster !== cluster.display) return undefined;
    if (!isSettledFor(settled, line)) return undefined;
    return { cluster: cluster.id, template: settled.template, parameters: parametersAt(settled, line) };
  }

  function fullAnswer(
    cluster: Cluster | undefined,
    form: Form,
    line: string,
    columns: readonly Column[],
  ): TemplateMatch {
    const display = displayFor(cluster?.display ?? [], columns);
    if (cluster !== undefined && form.isShared) {
      form.settled = settle(cluster.display, display, columns, { line, start: form.start });
    }
    return answer(cluster?.id ?? 0, display, columns);
  }

  return {
    add(line) {
      lines += 1;
      const { form, isOwn } = forms.of(line);
      const route = routeIn(form, line, isOwn, true);
      const cluster = store.get(route.cluster);
      const settled = settledAnswer(form, cluster, line);
      if (settled !== undefined && cluster !== undefined) {
        store.countEqual(cluster, lines);
        return settled;
      }
      const columns = route.rewrites.reduce<readonly Column[]>(rewritten, columnsIn(form, line, isOwn));
      if (cluster !== undefined) store.count(cluster, columns, lines);
      return fullAnswer(cluster, form, line, columns);
    },

    match(line) {
      const { form, isOwn } = forms.of(line);
      const route = routeIn(form, line, isOwn, false);
      const cluster = store.get(route.cluster);
      const settled = settledAnswer(form, cluster, line);
      if (settled !== undefined) return settled;
      const columns = route.rewrites.reduce<readonly Column[]>(rewritten, columnsIn(form, line, isOwn));
      return fullAnswer(cluster, form, line, columns);
    },

    clusterOf: store.idOf,
    clusters: () =>
      store.all().map(({ id, display, lines: count }) => ({ cluster: id, template: display.join(''), lines: count })),

    refine: routes.refine,

    state: () => ({
      version: 1,
      lines,
      clusters: store.state(),
      evidence: evidence.state(),
      shapes: routes.state(),
    }),
  };
}
