import { isTestPath, type Language } from '@selfheal/patch-guard/language.ts';
import type { Finding, FindingTotals } from '@selfheal/reports/normal-form/normal-form.ts';
import {
  ANALYSIS_VERSION,
  type ArchitectureAnalysis,
  type ArchitectureSummary,
  type SkipReason,
} from './architecture-analysis.ts';
import { degreesOf, findHubs, importsBetweenFolders, measureFolders, mutualFolders, sum } from './folder-coupling.ts';
import { scoreHealth } from './health-score.ts';
import { type ChangeHistory, changedTogether, changesOf, findHotspots, MAX_COMPLEXITY } from './hotspots.ts';
import { findCycles, type ImportCycle, type ImportEdge, makeImportGraph } from './import-graph.ts';
import type { SourceFacts } from './source-facts.ts';

/** A parsed file of the repository. */
export interface ScannedFile {
  readonly file: string;
  readonly language: 'typescript' | 'javascript' | 'python';
  readonly lines: number;
  readonly facts: SourceFacts;
}

/** Everything that a scan has read. */
export interface ScannedTree {
  readonly commit: string | null;
  readonly files: readonly ScannedFile[];
  readonly imports: readonly ImportEdge[];
  readonly unresolved: ArchitectureAnalysis['unresolved'];
  readonly skipped: ReadonlyMap<SkipReason, readonly string[]>;
  readonly history: ChangeHistory | null;
  /** Findings of code scanning; null when no report was given. */
  readonly findings: readonly Finding[] | null;
}

const MAX_LISTED = 50;
const MAX_WORST_FINDINGS = 10;

const isTest = ({ file, language }: ScannedFile): boolean =>
  isTestPath(file, (language === 'python' ? 'python' : 'javascript') satisfies Language);

/** Measures a scanned tree. Tests count for cycles only: everything imports what it tests. */
export function analyzeArchitecture(tree: ScannedTree, baseline: ArchitectureAnalysis | null): ArchitectureAnalysis {
  const { files, history } = tree;
  const graph = makeImportGraph(
    files.map(({ file }) => file),
    tree.imports,
  );
  const product = files.filter((one) => !isTest(one));
  const names = new Set(product.map(({ file }) => file));
  const edges = graph.edges.filter(({ from, to }) => names.has(from) && names.has(to));
  const changes = changesOf(history, files.length);
  const measured = product.map(({ file, lines, facts }) => ({ file, lines, ...facts }));
  const cycles = findCycles(graph);
  const folders = measureFolders(measured, edges);
  const mutual = mutualFolders(edges);
  const hotspots = findHotspots(measured, changes);
  const degrees = degreesOf([...names], edges);
  const analysis: ArchitectureAnalysis = {
    version: ANALYSIS_VERSION,
    commit: tree.commit,
    files: {
      typescript: files.filter(({ language }) => language === 'typescript').length,
      javascript: files.filter(({ language }) => language === 'javascript').length,
      python: files.filter(({ language }) => language === 'python').length,
      tests: files.length - product.length,
      lines: sum(files.map(({ lines }) => lines)),
    },
    skipped: [...tree.skipped].map(([reason, skipped]) => ({ reason, files: [...skipped].sort() })),
    history: history && { days: history.days, commits: history.commits.length, complete: history.complete },
    score: scoreHealth({
      cycles: shareInCycles(cycles, files.length),
      complexity: shareOfComplexLines(product, changes),
      coupling: sum(mutual.map(({ against }) => against.length)) / Math.max(1, importsBetweenFolders(edges)),
      distance: meanDistance(folders),
    }),
    cycles: cycles.map(({ kind, ...rest }) => ({ kind, files: [...rest.files], shortest: [...rest.shortest] })),
    unresolved: tree.unresolved,
    computed: files.flatMap(({ file, facts }) => facts.computedImports.map((line) => ({ file, line }))),
    folders,
    coupling: {
      mutualFolders: mutual.map((one) => ({
        ...one,
        folders: [...one.folders],
        imports: [...one.imports],
        against: [...one.against],
      })),
      changedTogether: changedTogether(history, names, edges)
        .slice(0, MAX_LISTED)
        .map((one) => ({ ...one, files: [...one.files] })),
      hubs: findHubs([...names], edges).slice(0, MAX_LISTED),
    },
    hotspots,
    modules: files.map(({ file, lines, facts }) => ({
      file,
      test: !names.has(file),
      lines,
      complexity: sum(facts.functions.map(({ complexity }) => complexity)),
      changes: changes.get(file) ?? 0,
      afferent: degrees.get(file)?.afferent ?? 0,
      efferent: degrees.get(file)?.efferent ?? 0,
    })),
    imports: [...graph.edges],
    security: tree.findings && securityOf(tree.findings),
    trend: null,
  };
  return baseline === null ? analysis : { ...analysis, trend: compare(analysis, baseline) };
}

function shareInCycles(cycles: readonly ImportCycle[], files: number): number {
  const share =
    sum(cycles.map(({ kind, files: members }) => (kind === 'load' ? 1 : 0.5) * members.length)) / Math.max(1, files);
  return Math.min(1, Math.max(share, cycles.length * 0.01));
}

function shareOfComplexLines(files: readonly ScannedFile[], changes: ReadonlyMap<string, number>): number {
  let [all, complex] = [0, 0];
  for (const { file, facts } of files) {
    for (const { lines, complexity } of facts.functions) {
      const weight = lines * (1 + (changes.get(file) ?? 0));
      all += weight;
      if (complexity > MAX_COMPLEXITY) complex += weight;
    }
  }
  return complex / Math.max(1, all);
}

function meanDistance(folders: ArchitectureAnalysis['folders']): number {
  const measured = folders.filter(({ distance }) => distance !== null);
  const files = sum(measured.map((one) => one.files));
  return sum(measured.map((one) => (one.distance ?? 0) * one.files)) / Math.max(1, files);
}

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info', 'unknown'] as const;

function securityOf(findings: readonly Finding[]): NonNullable<ArchitectureAnalysis['security']> {
  const totals: FindingTotals = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };
  for (const { severity } of findings) totals[severity] += 1;
  const worst = [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return { totals, worst: worst.slice(0, MAX_WORST_FINDINGS) };
}

/** A cycle is new unless all its files were in one circle before. */
function compare(now: ArchitectureAnalysis, before: ArchitectureAnalysis): NonNullable<ArchitectureAnalysis['trend']> {
  const within = (cycles: ArchitectureAnalysis['cycles'], { kind, files }: ArchitectureAnalysis['cycles'][number]) =>
    cycles.some((one) => {
      const held = new Set(one.files);
      return (one.kind === 'load' || kind === 'late') && files.every((file) => held.has(file));
    });
  const known = new Set(before.hotspots.map((one) => `${one.file}\0${one.function}`));
  return {
    previousCommit: before.commit,
    previousScore: before.score.value,
    newCycles: now.cycles.filter((cycle) => !within(before.cycles, cycle)),
    resolvedCycles: before.cycles.filter(
      (cycle) => !now.cycles.some((one) => one.files.some((file) => cycle.files.includes(file))),
    ),
    newHotspots: now.hotspots
      .filter((one) => !known.has(`${one.file}\0${one.function}`))
      .map(({ file, function: name, complexity }) => ({ file, function: name, complexity })),
  };
}

const MAX_SUMMARY_HOTSPOTS = 3;

/** What a comment on a pull request shows of an analysis. */
export function summarizeArchitecture({ score, trend, hotspots }: ArchitectureAnalysis): ArchitectureSummary {
  return {
    score: score.value,
    previousScore: trend?.previousScore ?? null,
    newCycles: trend?.newCycles.map(({ shortest }) => shortest) ?? [],
    hotspots: hotspots.slice(0, MAX_SUMMARY_HOTSPOTS).map(({ file, line, function: name, complexity, changes }) => ({
      file,
      line,
      reason: `${name}: cognitive complexity ${complexity}, its file changed ${changes} ${changes === 1 ? 'time' : 'times'}`,
    })),
  };
}
