import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { pathOfRepository, RunTarget } from '#shared/domain/incident/target-context.ts';
import { defineHost } from '#shared/plugins/hosts/contract.ts';
import { defineSource, firstProblem } from '#shared/plugins/sources/contract.ts';
import { Delivery, eventOf, Repository } from './shapes.ts';

const source = defineSource({
  kind: 'webhook',
  id: 'fake-forge',
  title: 'Fake Forge runs',
  scheme: { kind: 'one-of', schemes: [{ scheme: 'token-header', header: 'x-forge-token' }] },
  deliveryId: ({ headers }) => {
    const id = headers['x-forge-delivery'];
    return id ? `fake-forge:${id}` : { missing: 'x-forge-delivery: header is missing' };
  },
  eventName: () => 'run',
  repositoryOf(body) {
    const delivery = z.object({ repository: Repository }).safeParse(body);
    return delivery.success ? `fake-forge:${delivery.data.repository.path}` : null;
  },
  toSignal({ body, deliveryId, receivedAt }) {
    const delivery = Delivery.safeParse(body);
    if (!delivery.success) return { kind: 'rejected', reason: firstProblem(delivery.error) };
    const { repository, run } = delivery.data;
    if (run.result === null) return { kind: 'ignored', reason: 'status-running' };
    const target = RunTarget.safeParse({
      kind: 'run',
      host: 'fake-forge',
      installationId: null,
      repository: `fake-forge:${repository.path}`,
      repositoryId: repository.id,
      workflowId: 0,
      runId: run.number,
      runAttempt: run.attempt,
      headSha: run.commit,
      event: eventOf(run),
      pullRequest: run.proposal,
      onDefaultBranch: run.proposal === null && run.branch === repository.mainBranch,
      actor: run.startedBy,
    });
    if (!target.success) return { kind: 'rejected', reason: firstProblem(target.error) };
    return {
      kind: 'signal',
      branch: new RawRef(run.branch),
      signal: {
        version: 1,
        deliveryId,
        source: 'fake-forge',
        kind: run.result === 'passed' ? 'run-succeeded' : 'run-failed',
        occurredAt: run.endedAt ?? receivedAt.toISOString(),
        target: target.data,
        tainted: {
          title: phrase`Checks`,
          branch: redactName(run.branch, 300),
          branchKey: null,
          reason: null,
        },
      },
    };
  },
});

/** A code host that is made up: it cannot cancel, dispatch or take proposals, and says nothing about people and runners. */
export const fakeForge = defineHost({
  id: 'fake-forge',
  title: 'Fake Forge',
  changeRequest: { name: 'change', sign: '#' },
  capabilities: new Set(['rerun-failed-jobs', 'comments']),
  source: async () => source,
  completes: false,
  links: ({ repository, runId }, apiUrl) => [
    { name: `run ${runId}`, url: `${apiUrl.replace(/\/api$/, '')}/${pathOfRepository(repository)}/runs/${runId}` },
  ],
  connect: async (api) => (await import('./connect.ts')).connect(api),
});
