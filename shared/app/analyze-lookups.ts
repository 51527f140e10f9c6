import * as z from 'zod';
import { makeRedactor } from '#shared/domain/evidence/redact.ts';
import { lookupKnowledge } from '#shared/domain/knowledge/lookup.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import type { StatsStore } from '#shared/ports/stats-store.ts';
import type { Material } from './analyze.ts';
import { defineLookup } from './analyze-lookup.ts';
import { type ChangeLookupDeps, changeLookups } from './analyze-lookups-change.ts';
import { type LogLookupDeps, logLookups } from './analyze-lookups-log.ts';
import { type ServiceLookupDeps, serviceLookups } from './analyze-lookups-service.ts';
import type { KnowledgeDeps } from './knowledge.ts';

export interface LookupDeps extends LogLookupDeps, ChangeLookupDeps, ServiceLookupDeps {
  readonly stats: Pick<StatsStore, 'recentRuns'>;
}

/**
 * What the model may look up about this incident. Repository, run, service and log group come from the incident and the catalogue; the
 * model chooses only among them and words to search for. Everything it gets is redacted.
 */
export function lookupsOf(material: Material, deps: LookupDeps & Pick<KnowledgeDeps, 'playbooks'>): readonly Lookup[] {
  const { target } = material.incident;
  const own =
    target.kind === 'github-run'
      ? [...logLookups(target, material.evidence, deps), ...changeLookups(target, deps), testHistory(material, deps)]
      : target.kind === 'alarm'
        ? serviceLookups(target, deps)
        : [];
  return [...own, similarIncidents(material, deps)].map(redacted);
}

/** Whatever a lookup brings is redacted before the model or a record sees it. */
function redacted(lookup: Lookup): Lookup {
  return {
    ...lookup,
    async run(input, signal) {
      const result = await lookup.run(input, signal);
      if (result.kind === 'nothing') return result;
      const redactor = makeRedactor();
      return { ...result, lines: result.lines.flatMap((line) => line.split('\n')).map((line) => redactor.line(line)) };
    },
  };
}

function testHistory({ incident: { target } }: Material, deps: LookupDeps): Lookup {
  return defineLookup({
    name: 'test_history',
    description:
      "Outcomes of this workflow's last runs, newest first, with the attempts of each run. Single tests are not recorded.",
    input: z.strictObject({}),
    async read() {
      if (target.kind !== 'github-run') return { kind: 'nothing', reason: 'Only runs have a history.' };
      const runs = await deps.stats.recentRuns(`${target.repository}#${target.workflowId}`);
      if (runs.length === 0) return { kind: 'nothing', reason: 'No earlier run of this workflow was recorded.' };
      const lines = runs.map(
        ({ at, runId, runAttempt, conclusion, onDefaultBranch }) =>
          `${at} run ${runId}${runId === target.runId ? ' (this run)' : ''} attempt ${runAttempt}: ${conclusion}${onDefaultBranch ? ', default branch' : ''}`,
      );
      return { kind: 'found', origin: 'Earlier runs of this workflow', lines };
    },
  });
}

function similarIncidents(material: Material, { playbooks }: Pick<KnowledgeDeps, 'playbooks'>): Lookup {
  const { classification, found } = material;
  const learned = [found.match, ...found.similar.map(({ entry }) => entry)].filter((entry) => entry !== null);
  const entries = [...new Map([...playbooks, ...learned].map((entry) => [entry.id, entry])).values()];
  return defineLookup({
    name: 'similar_incidents',
    description: 'Known failures and playbooks that share words with the query, with what resolved them.',
    input: z.strictObject({ words: z.string().min(3).max(300) }),
    async read({ words }) {
      const { match, similar } = lookupKnowledge(
        { classification: { ...classification, fingerprint: null }, lines: [words] },
        entries,
      );
      const best = [...(match === null ? [] : [match]), ...similar.map(({ entry }) => entry)].slice(0, 5);
      if (best.length === 0) return { kind: 'nothing', reason: 'Nothing similar is known.' };
      const lines = best.map(
        ({ title, rootCause, resolution, successes, failures }) =>
          `${title}. Cause: ${rootCause} Resolved by: ${resolution} (helped ${successes} times, did not ${failures} times)`,
      );
      return { kind: 'found', origin: 'Known failures', lines };
    },
  });
}
