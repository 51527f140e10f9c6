import { runBurst } from '#lab/drills/burst.ts';
import { killAtRandom } from '#lab/drills/crash.ts';
import { prepareDrillAssembly } from '#lab/drills/drill-assembly.ts';
import { type DrillStage, openDrillStage } from '#lab/drills/drill-stage.ts';
import { measureLatency } from '#lab/drills/latency.ts';
import { runLoad } from '#lab/drills/load.ts';
import { measureLongLog, timeSteps } from '#lab/drills/long-log.ts';
import { type EventFeed, makeEventFeed } from '#lab/drills/moments.ts';
import { sendAllOrders, sendDuplicates } from '#lab/drills/repeats.ts';
import { buildLog } from './build-log.ts';
import type { Row } from './row.ts';

const SEED = 20_261_121;
/** Raises the limit so that many runs in a row do not count as a storm. */
const NO_STORM = { stormIncidentsPerMinute: 1000, stormIncidentsPerHour: 1000 };

async function onStage<T>(
  outDir: string,
  policy: Readonly<Record<string, number>>,
  work: (stage: DrillStage, events: EventFeed) => Promise<T>,
): Promise<T> {
  const { assemblyDir } = await prepareDrillAssembly(outDir, policy);
  const events = makeEventFeed();
  const stage = await openDrillStage({ assemblyDir, onEvent: events.emit });
  try {
    return await work(stage, events);
  } finally {
    await stage.stop();
  }
}

/** Milliseconds to the comment by how many runs fail at a time. */
const LATENCY_GOALS = [
  { atOnce: 1, p50: 300, p99: 1000 },
  { atOnce: 4, p50: 900, p99: 2500 },
  { atOnce: 10, p50: 1900, p99: 4500 },
] as const;

/** Time from signed webhooks to their comments, after a warm-up. */
export async function latencyRows(outDir: string): Promise<Row[]> {
  return await onStage(`${outDir}/quiet`, NO_STORM, async (stage) => {
    const rows: Row[] = [];
    for (const { atOnce, ...goal } of LATENCY_GOALS) {
      const facts = await measureLatency(stage, { runs: 100, atOnce, warmUp: 5 });
      const { p50, p99, milliseconds, cpuMs } = facts;
      rows.push({
        measure: `signed webhook to sticky comment, rules diagnosis, p50 / p99 at ${atOnce} at a time`,
        goal: `${goal.p50} ms / ${goal.p99 / 1000} s`,
        measured: `${p50.toFixed(0)} / ${p99.toFixed(0)} ms (n = ${milliseconds.length}), ${cpuMs.toFixed(0)} ms of processor time a run`,
        met: p50 <= goal.p50 && p99 <= goal.p99,
      });
    }
    return rows;
  });
}

const LONG_LOG_CHARACTERS = 10_000_000;
const LONG_LOG_MS = 1200;

/** Time from the webhook of a run with a log of 10 MB to its comment, and where the processor time goes. */
export async function longLogRows(outDir: string): Promise<Row[]> {
  const log = buildLog(LONG_LOG_CHARACTERS);
  const facts = await onStage(`${outDir}/quiet`, NO_STORM, (stage, events) =>
    measureLongLog(stage, events, { log, runs: 5 }),
  );
  const { milliseconds, cpuMs, gatherMs } = facts;
  const middle = milliseconds[Math.floor(milliseconds.length / 2)] ?? Number.NaN;
  const { unzip, excerpt, both } = timeSteps(log);
  const steps = `unzip ${unzip.toFixed(0)}, excerpt and redaction ${excerpt.toFixed(0)}, the same with names of failed tests ${both.toFixed(0)}`;
  return [
    {
      measure: 'signed webhook to comment of a run with a log of 10 MB, p50; processor time of the steps of Gather',
      goal: `${LONG_LOG_MS / 1000} s; reported`,
      measured: `${(middle / 1000).toFixed(1)} s (n = ${milliseconds.length}; Gather ${(gatherMs / 1000).toFixed(1)} s; ${cpuMs.toFixed(0)} ms of processor time a run); ${steps} ms`,
      met: middle <= LONG_LOG_MS,
    },
  ];
}

/** 500 failing runs at 20 per second. */
export async function loadRows(outDir: string): Promise<Row[]> {
  const facts = await onStage(`${outDir}/storm`, {}, (stage) =>
    runLoad(stage, { runs: 500, perSecond: 20, seed: SEED }),
  );
  const megabytes = facts.peakBytes / 1e6;
  const { healed, grouped, lost, twice, refused, deadLetters, seconds } = facts;
  const whole = lost === 0 && twice === 0 && refused === 0 && deadLetters === 0 && healed + grouped === facts.runs;
  return [
    {
      measure: '500 failing runs delivered at 20 a second',
      goal: 'all healed or grouped, none lost, none twice, under 700 MB',
      measured: `${healed} healed, ${grouped} grouped, ${lost} lost, ${twice} twice, peak ${megabytes.toFixed(0)} MB, quiet after ${seconds.toFixed(0)} s`,
      met: whole && megabytes < 700,
    },
  ];
}

/** The webhooks of 2,000 failed runs, 200 at once. */
export async function burstRows(outDir: string): Promise<Row[]> {
  const facts = await onStage(`${outDir}/storm`, {}, (stage) =>
    runBurst(stage, { runs: 2000, atOnce: 200, seed: SEED }),
  );
  const { runs, healed, grouped, lost, twice, refused, deadLetters, acceptedSeconds, drainedSeconds } = facts;
  const megabytes = facts.peakBytes / 1e6;
  const perIncident = facts.githubRequests / Math.max(1, healed);
  const whole = lost === 0 && twice === 0 && refused === 0 && deadLetters === 0 && healed + grouped === runs;
  const inTime = acceptedSeconds <= 60 && drainedSeconds <= 300;
  return [
    {
      measure: '2,000 webhooks of failed runs, 200 at once',
      goal: 'accepted in 60 s, drained in 5 min, all healed or grouped, under 800 MB, within the 5,000 requests an hour of GitHub',
      measured:
        `accepted in ${acceptedSeconds.toFixed(0)} s, drained in ${drainedSeconds.toFixed(0)} s, ${healed} healed, ${grouped} grouped, ` +
        `${lost} lost, ${twice} twice, ${refused} refused, peak ${megabytes.toFixed(0)} MB, ` +
        `${facts.githubRequests} requests to GitHub (${perIncident.toFixed(1)} an incident)`,
      met: whole && inTime && megabytes < 800 && facts.githubRequests <= 5000,
    },
  ];
}

/** The same delivery many times, and the events of one run in every order. */
export async function repeatRows(outDir: string): Promise<Row[]> {
  const { duplicates, orders } = await onStage(`${outDir}/quiet`, NO_STORM, async (stage) => ({
    duplicates: await sendDuplicates(stage, 100),
    orders: await sendAllOrders(stage),
  }));
  const single = (facts: { incidents: number; comments: number; reruns: number }) =>
    facts.incidents === 1 && facts.comments === 1 && facts.reruns === 1;
  const right = orders.filter(single).length;
  return [
    {
      measure: 'same delivery 100 times; the 24 orders of 4 events of one run',
      goal: '1 incident, 1 comment, 1 re-run',
      measured: `${duplicates.incidents} incident, ${duplicates.comments} comment, ${duplicates.reruns} re-run; ${right} of ${orders.length} orders the same`,
      met: single(duplicates) && right === orders.length,
    },
  ];
}

/** Kills the runtime during incidents. `FAULT_RUNS` sets how often. */
export async function crashRows(outDir: string): Promise<Row[]> {
  const kills = Number(process.env.FAULT_RUNS ?? 100);
  const facts = await onStage(`${outDir}/quiet`, NO_STORM, (stage, events) =>
    killAtRandom(stage, events, { kills, seed: SEED, log: (line) => console.error(line) }),
  );
  const { lost, missing, repeated, unknown, mailedTwice, started, ended } = facts;
  for (const one of [...lost, ...missing, ...repeated]) console.error(`lost, missing or repeated: ${one}`);
  return [
    {
      measure: `\`kill -9\` of the runtime at ${kills} random moments while healing, then restart`,
      goal: '0 lost, 0 repeated effects',
      measured: `${ended} of ${started} incidents ended, ${lost.length} lost, ${missing.length} effects missing, ${repeated.length} repeated; ${unknown} unknown outcomes shown to a human, ${mailedTwice} mails twice`,
      met: lost.length === 0 && missing.length === 0 && repeated.length === 0,
    },
  ];
}
