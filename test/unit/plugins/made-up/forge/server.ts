import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForgeJobSpec {
  readonly name: string;
  readonly result: 'passed' | 'failed';
  readonly log: string;
}

export interface ForgeRunSpec {
  readonly proposal: number | null;
  /** The jobs of each attempt; the last set is repeated. */
  readonly attempts: readonly (readonly ForgeJobSpec[])[];
}

interface RunState extends ForgeRunSpec {
  readonly number: number;
  attempt: number;
  readonly commit: string;
  readonly begunAt: string;
}

const REPOSITORY = { id: 4711, path: 'acme/shop', mainBranch: 'trunk' };
const SELF = 'healer';

/** The made-up forge over HTTP: one repository, its runs, and the remarks on its proposals. */
export async function startForge({ token }: { readonly token: string }) {
  const runs: RunState[] = [];
  const remarks: { readonly number: number; readonly proposal: number; text: string; edits: number }[] = [];
  const unknown: string[] = [];
  const again: number[] = [];
  let webhook: { readonly url: string; readonly token: string } | null = null;
  let deliveries = 0;
  let origin = '';

  const jobsOf = ({ attempts, number }: RunState, attempt: number) =>
    (attempts[Math.min(attempt, attempts.length) - 1] ?? []).map((job, index) => ({
      ...job,
      number: number * 1000 + attempt * 100 + index,
    }));
  const shown = (run: RunState) => ({
    number: run.number,
    attempt: run.attempt,
    result: jobsOf(run, run.attempt).some(({ result }) => result === 'failed') ? 'failed' : 'passed',
    commit: run.commit,
    branch: run.proposal === null ? REPOSITORY.mainBranch : `change-${run.proposal}`,
    proposal: run.proposal,
    startedBy: 'forge-developer',
    begunAt: run.begunAt,
    endedAt: run.begunAt,
    page: `${origin}/${REPOSITORY.path}/runs/${run.number}`,
  });
  const remarkShown = ({ number, text }: { readonly number: number; readonly text: string }) => ({
    number,
    text,
    by: SELF,
    page: `${origin}/remarks/${number}`,
  });
  const deliver = async (run: RunState): Promise<number> => {
    if (webhook === null) throw new Error('The forge has no webhook.');
    deliveries += 1;
    const answer = await fetch(webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forge-token': webhook.token,
        'x-forge-delivery': String(deliveries),
      },
      body: JSON.stringify({ repository: REPOSITORY, run: shown(run) }),
    });
    return answer.status;
  };

  /** The answer to a request; a text is a log. Undefined: there is nothing. */
  function answerTo(method: string, url: URL, body: { readonly text?: string }): unknown {
    const [first, path = '', kind = '', id = '', more = '', ...rest] = url.pathname.replace('/api/', '').split('/');
    if (first === 'me') return { name: SELF };
    if (first !== 'repositories' || decodeURIComponent(path) !== REPOSITORY.path) return;
    if (kind === '') return REPOSITORY;
    const run = runs.find(({ number }) => number === Number(id));
    if (kind === 'runs' && id === '') {
      const [commit, branch] = [url.searchParams.get('commit'), url.searchParams.get('branch')];
      return runs
        .map(shown)
        .filter((one) => (commit === null || one.commit === commit) && (branch === null || one.branch === branch))
        .reverse();
    }
    if (kind === 'runs' && run !== undefined) {
      if (more === '') return shown(run);
      if (more === 'attempts') return jobsOf(run, Number(rest[0])).map(({ log: _log, ...job }) => job);
      if (more === 'again' && method === 'POST') {
        again.push(run.number);
        run.attempt += 1;
        void deliver(run);
        return {};
      }
    }
    if (kind === 'jobs' && more === 'log')
      return runs
        .flatMap((one) => [...Array(one.attempt).keys()].flatMap((index) => jobsOf(one, index + 1)))
        .find(({ number }) => number === Number(id))?.log;
    if (kind === 'proposals' && more === '') return { state: 'open' };
    if (kind === 'proposals' && more === 'remarks') {
      if (method === 'GET') return remarks.filter(({ proposal }) => proposal === Number(id)).map(remarkShown);
      const remark = { number: remarks.length + 1, proposal: Number(id), text: body.text ?? '', edits: 0 };
      remarks.push(remark);
      return remarkShown(remark);
    }
    const remark = kind === 'remarks' && method === 'PUT' ? remarks[Number(id) - 1] : undefined;
    if (remark === undefined) return;
    remark.text = body.text ?? '';
    remark.edits += 1;
    return remarkShown(remark);
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://forge');
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    const answer = answerTo(request.method ?? 'GET', url, JSON.parse((await textOf(request)) || '{}'));
    if (answer === undefined) {
      unknown.push(`${request.method} ${url.pathname}`);
      return void response.writeHead(404).end();
    }
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${origin}/api`,
    /** Requests for what the forge does not have. */
    unknown,
    /** Runs that were started again, once for each time. */
    again,
    remarks,
    setWebhook(to: { readonly url: string; readonly token: string }): void {
      webhook = to;
    },
    addRun(spec: ForgeRunSpec): RunState {
      const number = runs.length + 1;
      const commit = String(number).padStart(40, 'f');
      const run = { ...spec, number, attempt: 1, commit, begunAt: new Date().toISOString() };
      runs.push(run);
      return run;
    },
    deliver,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
