import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import * as z from 'zod';
import type { ConnectedHost } from '#shared/plugins/hosts/contract.ts';
import type { CodeHost, Comment, Run } from '#shared/ports/code-host.ts';
import type { HostApi } from '#shared/ports/host-api.ts';
import { at, conclusionOf, eventOf, ForgeJob, ForgeRun, Remark, Repository } from './shapes.ts';

const runOf = (run: ForgeRun): Run => ({
  id: run.number,
  attempt: run.attempt,
  status: run.result === null ? 'running' : 'completed',
  conclusion: conclusionOf(run.result),
  url: run.page,
  workflowId: 0,
  headSha: run.commit,
  createdAt: run.begunAt,
  startedAt: run.begunAt,
  updatedAt: run.endedAt ?? run.begunAt,
  baseBranch: null,
  fromFork: run.proposal !== null,
});

/** What this forge can do of what a code host may do. */
function codeHost(api: HostApi): Partial<CodeHost> {
  const runAt = (repository: string, run: number): string => `${at(repository)}/runs/${run}`;
  const runs = async (repository: string, query: Readonly<Record<string, string>>): Promise<ForgeRun[]> =>
    await api.list(`${at(repository)}/runs`, ForgeRun, query, 1);
  const jobs = async (repository: string, run: number, attempt: number) =>
    await api.list(`${runAt(repository, run)}/attempts/${attempt}/jobs`, ForgeJob, {}, 1);
  const own = async (): Promise<string> => (await api.read('me', z.object({ name: z.string() }))).name;
  const commentOf = (remark: z.infer<typeof Remark>, self: string): Comment => ({
    id: remark.number,
    body: remark.text,
    url: remark.page,
    authorIsUs: remark.by === self,
  });
  const listComments: CodeHost['listComments'] = async (repository, proposal, marker) => {
    const [self, remarks] = await Promise.all([
      own(),
      api.list(`${at(repository)}/proposals/${proposal}/remarks`, Remark, {}, 1),
    ]);
    return remarks.filter(({ by, text }) => by === self && text.includes(marker)).map((one) => commentOf(one, self));
  };
  return {
    getRun: async (repository, run) => runOf(await api.read(runAt(repository, run), ForgeRun)),
    listJobs: async (repository, run, attempt) =>
      (await jobs(repository, run, attempt)).map(({ number, name, result }) => ({
        id: number,
        name: jobNameOf(name),
        conclusion: conclusionOf(result),
        url: null,
        failedStep: null,
      })),
    listJobAttempts: async (repository, run) => {
      const { attempt: newest } = await api.read(runAt(repository, run), ForgeRun);
      const attempts = Array.from({ length: newest }, (_, index) => index + 1);
      const found = await Promise.all(attempts.map((attempt) => jobs(repository, run, attempt)));
      return found.flatMap((ofOne, index) =>
        ofOne.map(({ name, result }) => ({
          runId: run,
          attempt: index + 1,
          name: jobNameOf(name),
          conclusion: conclusionOf(result),
        })),
      );
    },
    listCommitRuns: async (repository, { headSha, event }, limit) =>
      (await runs(repository, { commit: headSha }))
        .filter((run) => run.result !== null && eventOf(run) === event)
        .slice(0, limit)
        .map(runOf),
    listPushRuns: async (repository, _workflow, headSha) =>
      (await runs(repository, { commit: headSha })).filter((run) => eventOf(run) === 'push').map(runOf),
    listDefaultBranchRuns: async (repository, _workflow, limit) => {
      const { mainBranch } = await api.read(at(repository), Repository);
      return (await runs(repository, { branch: mainBranch }))
        .filter(({ result }) => result !== null)
        .slice(0, limit)
        .map(runOf);
    },
    hasNewerRun: async (repository, run) => {
      const { branch, proposal } = await api.read(runAt(repository, run), ForgeRun);
      return proposal === null && (await runs(repository, { branch })).some(({ number }) => number > run);
    },
    downloadLogs: async (repository, run, attempt, maxBytes) => {
      const failed = (await jobs(repository, run, attempt)).filter(({ result }) => result === 'failed');
      const texts = [];
      for (const { number, name } of failed) {
        const bytes = await api.bytes(`${at(repository)}/jobs/${number}/log`, maxBytes);
        if (bytes !== null) texts.push({ job: name, bytes });
      }
      return texts.length > 0
        ? { kind: 'archive', bytes: api.packLogs(texts) }
        : { kind: 'unavailable', reason: phrase`no job of the run has a log` };
    },
    rerunFailedJobs: async (repository, run) => {
      await api.effect(`${runAt(repository, run)}/again`, {}, z.unknown());
    },
    pullRequestState: async (repository, proposal) =>
      (
        await api.read(
          `${at(repository)}/proposals/${proposal}`,
          z.object({ state: z.enum(['open', 'closed', 'merged']) }),
        )
      ).state,
    listComments,
    findComment: async (repository, proposal, marker) => (await listComments(repository, proposal, marker))[0] ?? null,
    createComment: async (repository, proposal, text: RedactedText) =>
      commentOf(await api.effect(`${at(repository)}/proposals/${proposal}/remarks`, { text }, Remark), await own()),
    updateComment: async (repository, remark, text) =>
      commentOf(await api.write('PUT', `${at(repository)}/remarks/${remark}`, { text }, Remark), await own()),
    defaultBranchFile: async () => ({ kind: 'missing' }),
  };
}

/** The forge's API behind the ports of a code host. */
export const connect = (api: HostApi): ConnectedHost => ({
  codeHost: codeHost(api),
  directory: {
    lookUp: async (name) => {
      const { id, path } = await api.read(at(name), Repository);
      return { id, name: `fake-forge:${path}` };
    },
  },
});
