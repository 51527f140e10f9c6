import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { defineSource, firstProblem } from '#shared/plugins/sources/contract.ts';

const Failure = z.object({ nr: z.string(), what: z.string(), commit: z.string(), run: z.number(), at: z.string() });

/** A webhook source that is made up: it names its deliveries, its events and its signature in ways of its own. */
export const relay = defineSource({
  kind: 'webhook',
  id: 'relay',
  title: 'Runs that a relay reports',
  scheme: { kind: 'hmac-sha256', header: 'x-relay-proof', prefix: 'v1:', encoding: 'base64' },
  repositoryOf: () => 'acme/shop',
  deliveryId: ({ body }) => {
    const named = z.object({ nr: z.string().min(1) }).safeParse(body);
    return named.success ? `relay:${named.data.nr}` : { missing: 'nr: the number of the report is missing' };
  },
  eventName: ({ headers }) => headers['x-relay-kind'] ?? null,
  toSignal({ deliveryId, event, body }) {
    if (event !== 'run-broke') return { kind: 'ignored', reason: 'event-other' };
    const parsed = Failure.safeParse(body);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    const { what, commit, run, at } = parsed.data;
    return {
      kind: 'signal',
      branch: null,
      signal: {
        version: 1,
        deliveryId,
        source: 'relay',
        kind: 'run-failed',
        occurredAt: at,
        target: {
          kind: 'run',
          host: 'github',
          installationId: null,
          repository: 'acme/shop',
          repositoryId: 501,
          workflowId: 77,
          runId: run,
          runAttempt: 1,
          headSha: commit,
          event: 'push',
          pullRequest: null,
          onDefaultBranch: true,
          actor: null,
        },
        tainted: { title: redactName(what, 300), branch: null, branchKey: null, reason: null },
      },
    };
  },
});
