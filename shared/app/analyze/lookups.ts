import type { CausalChain } from '@selfheal/diagnosis/causality/chain.ts';
import type { SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { KnowledgeEntry } from '#shared/domain/knowledge/knowledge-entry.ts';
import type { Known } from '#shared/domain/knowledge/known.ts';
import { outcomeWords, seenBefore } from '#shared/domain/knowledge/search/seen-before.ts';
import { termsOfQuestion } from '#shared/domain/knowledge/search/terms.ts';
import type { Lookup, LookupResult } from '#shared/ports/diagnosis-model.ts';
import type { KnowledgeDeps } from '../knowledge/knowledge.ts';
import { recallTerms } from '../knowledge/recall-incidents.ts';
import { defineLookup } from './lookup.ts';
import { type ChangeLookupDeps, changeLookups } from './lookups-change.ts';
import { type LogLookupDeps, logLookups } from './lookups-log.ts';
import { type ServiceLookupDeps, serviceLookups } from './lookups-service.ts';
import { type TestLookupDeps, testHistory } from './lookups-tests.ts';

/** What is known about an incident before its diagnosis. */
export interface AnalysisInputs extends Pick<Known, 'found' | 'seen' | 'limits'> {
  readonly patterns: NonNullable<Known['patterns']>;
  readonly incident: Incident;
  readonly classification: Classification;
  readonly evidence: Evidence;
  readonly preExisting: boolean | null;
  /** The first cause and its consequences, or null when unknown. */
  readonly chain: CausalChain | null;
  /** Null when it could not be read. */
  readonly telemetry: Telemetry | null;
}

export interface LookupDeps extends LogLookupDeps, ChangeLookupDeps, ServiceLookupDeps, TestLookupDeps {}

type SimilarDeps = Pick<KnowledgeDeps, 'recall' | 'clock'>;
const MAX_SIMILAR = 5;
/** Minimum score of a result. It is low because a few words are compared with a whole log. */
const FITS_WORDS = 0.1;

/**
 * Everything that the model may look up about this incident. Repository, run, service and log group come from the incident and the
 * configuration; the model only chooses among them and gives search words. All results are redacted.
 */
export function lookupsOf(material: AnalysisInputs, deps: LookupDeps & SimilarDeps): readonly Lookup[] {
  const { target } = material.incident;
  const own =
    target.kind === 'run'
      ? [
          ...logLookups(target, material.evidence, deps),
          ...changeLookups(target, deps),
          testHistory(target, material.evidence, deps),
        ]
      : target.kind === 'alarm'
        ? serviceLookups(target, deps)
        : [];
  return [...own, eventChain(material), similarIncidents(material, deps)];
}

const MAX_LINE_LENGTH = 2000;

/** Lines built from records. Their texts were redacted when written and are redacted again after being combined. */
function found(origin: RedactedText, lines: readonly string[]): LookupResult {
  return { kind: 'found', origin, lines: lines.map((line) => redactName(line, MAX_LINE_LENGTH)) };
}

function eventChain({ chain }: AnalysisInputs): Lookup {
  return defineLookup({
    name: 'event_chain',
    description: phrase`The events of the failure in order of time, as code read them from the evidence and from AWS: the most likely first cause, then its consequences, with the reasons.`,
    input: z.strictObject({}),
    async read() {
      if (chain === null) return { kind: 'nothing', reason: phrase`The order of events is unknown.` };
      const lines = [chain.cause, ...chain.followed].map(
        ({ ref, at, severity, text, why, times }, index) =>
          `${index === 0 ? 'first' : 'then'} ${ref ?? 'AWS'} ${at ?? ''} ${severity} x${times}: ${text} (${why})`,
      );
      return found(phrase`Events in order`, lines);
    },
  });
}

/** Past incidents of the same scope first, then general knowledge entries. */
function similarIncidents(material: AnalysisInputs, deps: SimilarDeps): Lookup {
  const { classification, incident } = material;
  const asked = { ...incident, classification: { ...classification, fingerprint: null } };
  return defineLookup({
    name: 'similar_incidents',
    description: phrase`Past incidents, known failures and playbooks that resemble the words of the query, with their outcomes.`,
    input: z.strictObject({ words: z.string().min(3).max(300) }),
    async read({ words }) {
      const recalled = await recallTerms(asked, termsOfQuestion(words), deps, MAX_SIMILAR);
      const past = seenBefore(recalled.incidents, FITS_WORDS);
      const entries = recalled.entries.filter(({ score }) => score >= FITS_WORDS).map(({ item }) => item.entry);
      const lines = [...past.map(pastLine), ...entries.map(entryLine)].slice(0, MAX_SIMILAR);
      if (lines.length === 0) return { kind: 'nothing', reason: phrase`Nothing similar is known.` };
      return found(phrase`Past incidents and known failures`, lines);
    },
  });
}

function pastLine(past: SeenBefore): string {
  const { incidentId, endedAt, title, reasons } = past;
  return `${title}. Incident ${incidentId}, ended ${endedAt.slice(0, 10)} (${reasons.join('; ')}): ${outcomeWords(past)}`;
}

function entryLine({ title, rootCause, resolution, successes, failures }: KnowledgeEntry): string {
  return `${title}. Cause: ${rootCause} Resolved by: ${resolution} (helped ${successes} times, did not ${failures} times)`;
}
