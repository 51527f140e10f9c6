import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { isAtLeast, Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';
import type { LogFinding } from './judge-window.ts';
import { type ServiceHistory, seasonalMean } from './service-history.ts';
import type { WindowCounts } from './window-counts.ts';

/** Windows of a day that are shown, and findings. */
export const MAX_SHOWN_WINDOWS = 288;
const MAX_SHOWN_FINDINGS = 100;
const MAX_SHOWN_PATTERNS = 100;
const MAX_SAMPLE_LENGTH = 300;

const Count = z.number().int().nonnegative();

/** What a window had, for who looks at a day. */
export const WindowTotals = z.strictObject({
  /** Start, milliseconds since 1970. */
  window: z.number(),
  lines: Count,
  levels: z.strictObject({ critical: Count, error: Count, warning: Count, info: Count, debug: Count }),
  requests: Count,
  failures: Count,
});
export type WindowTotals = z.infer<typeof WindowTotals>;

export const totalsOf = ({ window, lines, levels, requests, failures }: WindowCounts): WindowTotals => ({
  window,
  lines,
  levels: { ...levels },
  requests,
  failures,
});

/** Something unusual as it was when it was last judged. */
export const NotedFinding = z.strictObject({
  window: z.number(),
  kind: z.enum(['more-errors', 'more-warnings', 'failing-requests', 'new-message', 'more-of-message', 'silence']),
  observed: z.number(),
  expected: z.number(),
  windows: z.number().int(),
  message: z
    .strictObject({ cluster: z.number().int(), level: Severity, sample: recordText({ max: MAX_SAMPLE_LENGTH }) })
    .nullable(),
});
export type NotedFinding = z.infer<typeof NotedFinding>;

/** The findings, newest last, with those of a window in place of what was noted of it before. */
export function noteFindings(
  noted: readonly NotedFinding[],
  window: number,
  findings: readonly LogFinding[],
): NotedFinding[] {
  const others = noted.filter((one) => one.window !== window);
  const fresh = findings.map(({ kind, observed, expected, windows, message }): NotedFinding => {
    const sample = message?.samples[0]?.split('\n')[0]?.slice(0, MAX_SAMPLE_LENGTH);
    return {
      window,
      kind,
      observed,
      expected,
      windows,
      message:
        message === null || sample === undefined ? null : { cluster: message.cluster, level: message.level, sample },
    };
  });
  return [...others, ...fresh].sort((a, b) => a.window - b.window).slice(-MAX_SHOWN_FINDINGS);
}

/** A message of the service that values are taken out of. */
export interface WatchedPattern {
  readonly template: RedactedText;
  readonly level: Severity;
  /** How often it came in the windows that are still open, some 20 minutes. */
  readonly lately: number;
  /** How often a window has it on average. */
  readonly usual: number;
  /** Milliseconds since 1970; null: not before the open windows. */
  readonly firstSeen: number | null;
  readonly lastSeen: number;
}

/** Messages of the open windows and of the past: severe ones that are new first, then severe ones that came lately, then the most frequent. */
export function patternsOf(
  history: ServiceHistory,
  open: Iterable<WindowCounts>,
  templateOf: (cluster: number) => RedactedText,
): WatchedPattern[] {
  const patterns = new Map<number, { -readonly [K in keyof WatchedPattern]: WatchedPattern[K] }>();
  for (const { cluster, template, level, sum, firstSeen, lastSeen } of history.templates)
    patterns.set(cluster, {
      template,
      level,
      lately: 0,
      usual: history.weight === 0 ? 0 : sum / history.weight,
      firstSeen,
      lastSeen,
    });
  for (const { window, clusters } of open)
    for (const { cluster, level, count } of clusters.values()) {
      const known = patterns.get(cluster);
      if (known === undefined) {
        const template = templateOf(cluster);
        patterns.set(cluster, { template, level, lately: count, usual: 0, firstSeen: null, lastSeen: window });
        continue;
      }
      known.lately += count;
      known.lastSeen = Math.max(known.lastSeen, window);
    }
  const rank = ({ level, lately, firstSeen }: WatchedPattern) =>
    lately === 0 || !isAtLeast(level, 'warning') ? 0 : firstSeen === null ? 2 : 1;
  return [...patterns.values()]
    .sort((a, b) => rank(b) - rank(a) || b.lately - a.lately || b.usual - a.usual)
    .slice(0, MAX_SHOWN_PATTERNS);
}

/** A window beside what the service's own past expects of it. */
export interface WatchedWindow extends WindowTotals {
  readonly usualLines: number;
  readonly usualErrors: number;
}

export function besideUsual(totals: WindowTotals, { series }: ServiceHistory): WatchedWindow {
  const { window } = totals;
  const [errors, warnings] = [seasonalMean(series.errors, window), seasonalMean(series.warnings, window)];
  return { ...totals, usualLines: seasonalMean(series.benign, window) + warnings + errors, usualErrors: errors };
}
