import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { readTemplateMinerState } from '@selfheal/log-reading/templates/template-state.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { type JudgeSettings, judgeDefaults, judgeWindow, type LogFinding } from './judge-window.ts';
import { emptyHistory, learnWindow, mergeTemplates, type SeriesName, ServiceHistory } from './service-history.ts';
import {
  besideUsual,
  MAX_SHOWN_WINDOWS,
  NotedFinding,
  noteFindings,
  patternsOf,
  totalsOf,
  type WatchedPattern,
  type WatchedWindow,
  WindowTotals,
} from './watch-report.ts';
import {
  addDigest,
  emptyWindow,
  readWindow,
  recordOfWindow,
  type WindowCounts,
  WindowRecord,
} from './window-counts.ts';
import { WINDOW_MS, type WindowDigest } from './window-digest.ts';

const MINUTE = 60_000;
/** A window stays open this long after its end, for lines that come late; what it has too much of is told at once. */
const GRACE_MS = 15 * MINUTE;
/** Older lines are counted and not judged. */
const MAX_AGE_MS = 7 * 24 * 60 * MINUTE;
/** Lines from further in the future have a wrong clock. */
const MAX_AHEAD_MS = 10 * MINUTE;
const MAX_EPISODES = 50;
const MAX_OPEN_WINDOWS = 600;
const MAX_TEMPLATES = 600;

const Episode = z.strictObject({
  /** Start of its first unusual window. */
  from: z.number(),
  /** Unusual windows until then are of this episode. */
  until: z.number(),
  /** What was opened for it; null until then. */
  incidentId: z.string().nullable().default(null),
});
type Episode = z.infer<typeof Episode>;

const Count = z.number().int().nonnegative();

/** What is kept of a service between two judgements. */
const ServiceWatchState = z.strictObject({
  version: z.literal(1),
  service: z.string().min(1),
  /** First window with a line. Null before any. */
  firstWindow: z.number().nullable(),
  /** Start of the next window to learn. */
  nextWindow: z.number(),
  history: ServiceHistory,
  miner: z.unknown(),
  open: z.array(WindowRecord),
  episodes: z.array(Episode),
  lines: Count,
  /** Lines that were too old, or from the future. */
  outOfTime: Count,
  /** Of the windows of the last day that are over, oldest first. */
  day: z.array(WindowTotals).max(MAX_SHOWN_WINDOWS).default([]),
  noted: z.array(NotedFinding).default([]),
});
type ServiceWatchState = z.infer<typeof ServiceWatchState>;

export interface WatchSettings extends JudgeSettings {
  /** Hours of lines before anything but a critical line is told. */
  readonly learningHours: number;
  /** Minutes without anything unusual after which an incident is over. */
  readonly quietMinutes: number;
}

const watchDefaults: WatchSettings = { ...judgeDefaults, learningHours: 24, quietMinutes: 60 };

/** Something unusual in a service's log for which no incident is open yet. */
export interface LogIncident {
  readonly service: string;
  /** Equal whenever the same window is judged again. */
  readonly window: number;
  /** Most improbable first. */
  readonly findings: readonly LogFinding[];
  readonly lines: number;
}

interface WatchStatus {
  readonly service: string;
  readonly learning: boolean;
  readonly learnedHours: number;
  readonly learningHours: number;
  readonly lines: number;
  readonly outOfTime: number;
  readonly templates: number;
}

/** What the watch knows, to be shown. */
export interface WatchReport extends WatchStatus {
  /** Of the last day, oldest first; the last ones are still open. */
  readonly windows: readonly WatchedWindow[];
  readonly patterns: readonly WatchedPattern[];
  /** Newest first. */
  readonly findings: readonly (NotedFinding & { readonly incidentId: string | null })[];
}

/** Watches the log of one service. Deterministic: time comes in, and everything it knows is in its state. */
export interface ServiceWatch {
  /** Counts a digest; false when it was counted before, or is out of time. */
  add(digest: WindowDigest, now: number): boolean;
  /** Learns the windows whose time is over, and returns incidents to open. */
  judge(now: number): LogIncident[];
  /** Remembers which incident was opened for a window. */
  noteIncident(window: number, incidentId: string): void;
  status(): WatchStatus;
  report(): WatchReport;
  state(): ServiceWatchState;
}

/** `kept`: an earlier `state()`, as it was read. Throws `InvalidInput` when it cannot be understood. */
export function makeServiceWatch(
  service: string,
  settings: WatchSettings = watchDefaults,
  kept: unknown = null,
): ServiceWatch {
  const state = kept === null ? null : readState(kept);
  const history: ServiceHistory = state?.history ?? emptyHistory();
  const miner = makeTemplateMiner(
    { maxClusters: MAX_TEMPLATES },
    state === null ? undefined : readTemplateMinerState(state.miner),
  );
  const open = new Map((state?.open ?? []).map((record) => [record.window, readWindow(record)]));
  let episodes: Episode[] = [...(state?.episodes ?? [])];
  let firstWindow = state?.firstWindow ?? null;
  let nextWindow = state?.nextWindow ?? 0;
  let [lines, outOfTime] = [state?.lines ?? 0, state?.outOfTime ?? 0];
  let day: WindowTotals[] = [...(state?.day ?? [])];
  let noted: NotedFinding[] = [...(state?.noted ?? [])];
  // The miner only ever saw redacted lines; redacting its templates again changes nothing and says so to the compiler.
  const templates = new Map<number, RedactedText>();
  const templateOf = (cluster: number): RedactedText => templates.get(cluster) ?? redact('').text;

  const clusterOf = (line: RedactedText): number => {
    const match = miner.add(line);
    if (!templates.has(match.cluster)) {
      if (templates.size >= MAX_TEMPLATES) templates.clear();
      templates.set(match.cluster, redact(match.template).text);
    }
    return match.cluster;
  };
  const isLearning = (): boolean => history.windows * WINDOW_MS < settings.learningHours * 60 * MINUTE;

  /** Messages that turned out to be the same since they were counted. */
  function merge(counts: WindowCounts): void {
    for (const one of [...counts.clusters.values()]) {
      const cluster = miner.clusterOf(one.cluster);
      if (cluster === one.cluster) continue;
      const other = counts.clusters.get(cluster);
      counts.clusters.delete(one.cluster);
      counts.clusters.set(cluster, { ...one, cluster, count: one.count + (other?.count ?? 0) });
    }
  }

  function findingsOf(counts: WindowCounts, isOver: boolean): LogFinding[] {
    merge(counts);
    if (isLearning()) return [];
    const before = [1, 2].flatMap((steps) => open.get(counts.window - steps * WINDOW_MS) ?? []);
    return judgeWindow(counts, before, history, isOver, settings);
  }

  const episodeOf = (window: number): Episode | undefined => {
    const quiet = settings.quietMinutes * MINUTE;
    return episodes.find(({ from, until }) => window >= from - quiet && window <= until);
  };

  /** The incident of a window's findings, unless they belong to one that was told before. */
  function told(counts: WindowCounts, findings: readonly LogFinding[]): LogIncident[] {
    if (findings.length === 0) return [];
    noted = noteFindings(noted, counts.window, findings);
    const quiet = settings.quietMinutes * MINUTE;
    const end = counts.window + WINDOW_MS + quiet;
    const episode = episodeOf(counts.window);
    if (episode !== undefined) {
      const longer = { ...episode, from: Math.min(episode.from, counts.window), until: Math.max(episode.until, end) };
      episodes = episodes.map((one) => (one === episode ? longer : one));
      return [];
    }
    episodes = [...episodes, { from: counts.window, until: end, incidentId: null }].slice(-MAX_EPISODES);
    const ordered = findings.toSorted((a, b) => b.surprise - a.surprise || b.observed - a.observed);
    return [{ service, window: counts.window, findings: ordered, lines: counts.lines }];
  }

  /** Windows in their order, those without a line too: silence is something to learn. */
  function closeUntil(now: number): LogIncident[] {
    const incidents: LogIncident[] = [];
    if (firstWindow === null) return incidents;
    for (; nextWindow + WINDOW_MS + GRACE_MS <= now; nextWindow += WINDOW_MS) {
      const counts = open.get(nextWindow) ?? emptyWindow(nextWindow, now, false);
      const findings = findingsOf(counts, true);
      incidents.push(...told(counts, findings));
      mergeTemplates(history, miner.clusterOf);
      learnWindow(history, counts, unusualIn(findings), templateOf);
      day = [...day, totalsOf(counts)].slice(-MAX_SHOWN_WINDOWS);
      // The next two look back at it.
      open.delete(nextWindow - 3 * WINDOW_MS);
    }
    for (const [window, counts] of open) {
      if (counts.isLate && counts.touchedAt + GRACE_MS <= now) open.delete(window);
    }
    return incidents;
  }

  const status = (): WatchStatus => ({
    service,
    learning: isLearning(),
    learnedHours: Math.floor((history.windows * WINDOW_MS) / (60 * MINUTE)),
    learningHours: settings.learningHours,
    lines,
    outOfTime,
    templates: history.templates.length,
  });

  return {
    add(digest, now) {
      const { window } = digest;
      if (window < now - MAX_AGE_MS || window > now + MAX_AHEAD_MS) {
        outOfTime += digest.lines;
        return false;
      }
      if (firstWindow === null) {
        firstWindow = window;
        nextWindow = window;
      }
      // What a new service sends of the past is learned, in whatever order it comes.
      if (history.windows === 0) nextWindow = Math.min(nextWindow, window);
      let counts = open.get(window);
      if (counts === undefined) {
        if (open.size >= MAX_OPEN_WINDOWS) {
          outOfTime += digest.lines;
          return false;
        }
        counts = emptyWindow(window, now, window < nextWindow);
        open.set(window, counts);
      }
      const isNew = addDigest(counts, digest, now, clusterOf);
      if (isNew) lines += digest.lines;
      return isNew;
    },
    judge(now) {
      const incidents = closeUntil(now);
      for (const counts of [...open.values()].sort((a, b) => a.window - b.window)) {
        if (counts.window >= nextWindow || counts.isLate) incidents.push(...told(counts, findingsOf(counts, false)));
      }
      return incidents;
    },
    noteIncident(window, incidentId) {
      const found = episodeOf(window);
      episodes = episodes.map((one) => (one === found ? { ...one, incidentId } : one));
    },
    status,
    report() {
      const unfinished = [...open.values()].filter(({ window, isLate }) => window >= nextWindow && !isLate);
      for (const counts of unfinished) merge(counts);
      mergeTemplates(history, miner.clusterOf);
      const mined = new Map(miner.clusters().map(({ cluster, template }) => [cluster, template]));
      const windows = [...day, ...unfinished.map(totalsOf)].sort((a, b) => a.window - b.window);
      return {
        ...status(),
        windows: windows.slice(-MAX_SHOWN_WINDOWS).map((one) => besideUsual(one, history)),
        patterns: patternsOf(history, unfinished, (cluster) => redact(mined.get(cluster) ?? '').text),
        findings: noted.map((one) => ({ ...one, incidentId: episodeOf(one.window)?.incidentId ?? null })).toReversed(),
      };
    },
    state: () => ({
      version: 1,
      service,
      firstWindow,
      nextWindow,
      history,
      miner: miner.state(),
      open: [...open.values()].map(recordOfWindow),
      episodes,
      lines,
      outOfTime,
      day,
      noted,
    }),
  };
}

const SERIES_OF = { 'more-errors': 'errors', 'more-warnings': 'warnings', 'failing-requests': 'failures' } as const;

function unusualIn(findings: readonly LogFinding[]) {
  const series = new Set<SeriesName>();
  const clusters = new Set<number>();
  for (const { kind, message } of findings) {
    if (kind === 'silence') series.add('benign');
    else if (kind in SERIES_OF) series.add(SERIES_OF[kind as keyof typeof SERIES_OF]);
    if (message !== null) clusters.add(message.cluster);
  }
  return { series, clusters };
}

function readState(kept: unknown): ServiceWatchState {
  const parsed = ServiceWatchState.safeParse(kept);
  if (!parsed.success) throw new InvalidInput(`State of a watched service: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
