import { join } from 'node:path';
import type { Stage } from '#apps/local/stage.ts';
import { call, marshalledFields } from '#lab/drills/records.ts';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { idOf, noisyExcerpt, storedTerms } from './known-item-rows.ts';
import { quantile } from './list-rows.ts';
import type { Row } from './row.ts';
import { viewerToken, withSampleStage } from './sample-stage.ts';

const STORED = 10_000;
const SCOPE = 'repository#1:acme/shop';
/** DynamoDB takes 25 items per call. */
const AT_ONCE = 25;
const WARM_UP = 30;
const ROUNDS = 300;
const FOUND = 10;
/** Characters that the API takes. */
const MAX_QUERY = 2_000;
const MAX_MILLISECONDS = 60;

/** `POST /api/search` among 10,000 past incidents of one repository, one request after the other, by damaged excerpts of them. */
export function searchRows(outDir: string): Promise<Row[]> {
  return withSampleStage(join(outDir, 'search'), async (stage) => {
    await storePastIncidents(stage);
    const token = await viewerToken(stage);
    const first = await timedSearch(stage, token, 0);
    const rounds: Awaited<ReturnType<typeof timedSearch>>[] = [];
    for (let round = 1; round <= WARM_UP + ROUNDS; round++) rounds.push(await timedSearch(stage, token, round));
    const measured = rounds.slice(WARM_UP);
    const times = measured.map(({ milliseconds }) => milliseconds);
    const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
    const found = measured.filter((one) => one.isFound).length / ROUNDS;
    return [
      {
        measure: `POST /api/search among ${STORED} past incidents: p50/p99; the first one, which builds the index; found among the first ${FOUND}`,
        goal: `p99 ${MAX_MILLISECONDS} ms; reported`,
        measured: `${p50.toFixed(0)}/${p99.toFixed(0)} ms; ${(first.milliseconds / 1000).toFixed(1)} s; ${found.toFixed(2)}`,
        met: p99 <= MAX_MILLISECONDS,
      },
    ];
  });
}

/** Stores made-up failures, past the product's own code. */
async function storePastIncidents({ runtime, adminKey }: Stage): Promise<void> {
  const [, table = ''] =
    Object.entries(runtime.resources()).find(([id]) => id.startsWith('SelfhealState/TablesKnowledge')) ?? [];
  const now = Date.now();
  for (let first = 0; first < STORED; first += AT_ONCE) {
    const requests = Array.from({ length: AT_ONCE }, (_, index) => {
      const past = pastIncident(first + index, now);
      const item = { pk: `PAST#${SCOPE}`, sk: `${past.endedAt}#${past.id}`, ...past };
      return { PutRequest: { Item: marshalledFields(item) } };
    });
    await call({ endpoint: runtime.endpoint, adminKey }, 'BatchWriteItem', { RequestItems: { [table]: requests } });
  }
}

function pastIncident(seed: number, now: number): PastIncident {
  return PastIncident.parse({
    version: 1,
    id: idOf(seed),
    endedAt: new Date(now - (STORED - seed) * 60_000).toISOString(),
    class: 'test_failure',
    fingerprint: String(seed).padStart(16, '0'),
    title: `Failure ${seed}`,
    resolution: 'It passed when it ran again.',
    outcome: 'resolved',
    helped: true,
    terms: storedTerms(seed),
  });
}

async function timedSearch({ runtime }: Stage, token: string, round: number) {
  const seed = (round * 7919) % STORED;
  const body = JSON.stringify({ query: noisyExcerpt(seed).slice(0, MAX_QUERY), scope: SCOPE, limit: FOUND });
  const began = performance.now();
  const answer = await fetch(`${runtime.endpoint}/api/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST /api/search answered ${answer.status}: ${text.slice(0, 300)}`);
  return { milliseconds: performance.now() - began, isFound: text.includes(idOf(seed)) };
}
