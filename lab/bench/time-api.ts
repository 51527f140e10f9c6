import { Agent, request } from 'node:http';

/** What a phase of requests at a steady rate came to. */
export interface LoadFigures {
  readonly rate: number;
  readonly seconds: number;
  /** Answers by status; `error` for broken connections, `late` for those that took over ten seconds. */
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds of the good ones, from the moment each was due. */
  readonly p50: number;
  readonly p99: number;
}
export interface ApiTimes {
  readonly list: readonly number[];
  readonly show: readonly number[];
  readonly health: LoadFigures;
  readonly lists: LoadFigures;
  readonly flood: LoadFigures;
}

const ROUNDS = 300;
const WARM_UP = 30;
const SECONDS = 30;
/** An answer that takes longer counts as `late`. So every phase ends, however slow the API is. */
const MAX_ANSWER_MILLISECONDS = 10_000;
/** As many connections as requests are under way: a limit would make the client wait, and the API see less than the rate. */
const agent = new Agent({ keepAlive: true, maxSockets: 4_096 });

interface Answer {
  readonly status: number | 'error' | 'late';
  readonly body: string;
}

/**
 * Measures the API at the first argument with the token that is the second, and prints `ApiTimes`: one request after the other for the list and
 * single incidents, then health and list at their rates for half a minute, whatever the answers take, and the list at twice its limit.
 */
async function main([endpoint = '', token = '']: readonly string[]): Promise<void> {
  const get = (path: string) =>
    new Promise<Answer>((resolve) => {
      const sent = request(
        `${endpoint}${path}`,
        { agent, headers: { authorization: `Bearer ${token}` } },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            body += piece;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 'error', body }));
        },
      );
      sent.on('error', () => resolve({ status: 'error', body: '' }));
      sent.end();
      const late = setTimeout(() => {
        resolve({ status: 'late', body: '' });
        sent.destroy();
      }, MAX_ANSWER_MILLISECONDS);
      sent.on('close', () => clearTimeout(late));
    });
  const timed = async (pathOf: (round: number) => string): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const began = performance.now();
      const { status, body } = await get(pathOf(round));
      if (status !== 200) throw new Error(`${pathOf(round)} answered ${status}: ${body.slice(0, 300)}`);
      if (round >= WARM_UP) times.push(performance.now() - began);
    }
    return times;
  };
  const { body } = await get('/api/incidents?limit=50');
  const ids = (JSON.parse(body) as { incidents: { id: string }[] }).incidents.map(({ id }) => id);
  const list = await timed(() => '/api/incidents?limit=50');
  const show = await timed((round) => `/api/incidents/${ids[round % ids.length]}`);
  const health = await atRate(() => get('/api/health'), 1000, SECONDS);
  const lists = await atRate(() => get('/api/incidents?limit=25'), 200, SECONDS);
  const flood = await atRate(() => get('/api/incidents?limit=25'), 600, 5);
  console.log(JSON.stringify({ list, show, health, lists, flood } satisfies ApiTimes));
  agent.destroy();
}

async function atRate(send: () => Promise<Answer>, rate: number, seconds: number): Promise<LoadFigures> {
  const times: number[] = [];
  const answers: Record<string, number> = {};
  const open: Promise<void>[] = [];
  const began = performance.now();
  for (let sent = 0; sent < rate * seconds; ) {
    const due = began + (sent / rate) * 1000;
    if (performance.now() < due) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    sent += 1;
    open.push(
      send().then(({ status }) => {
        answers[status] = (answers[status] ?? 0) + 1;
        if (status === 200) times.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(open);
  times.sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1] ?? Number.NaN);
  return { rate, seconds, answers, p50: quantile(0.5), p99: quantile(0.99) };
}

await main(process.argv.slice(2));
