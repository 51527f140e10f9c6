import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import type { Diagnosis, DiagnosisDraft } from './diagnosis.ts';

type Work = NonNullable<Diagnosis['model']>;
type WorkDraft = NonNullable<DiagnosisDraft['model']>;
type Known = NonNullable<Diagnosis['knownHere']>[number];
type KnownDraft = NonNullable<DiagnosisDraft['knownHere']>[number];
type Seen = NonNullable<Diagnosis['seenBefore']>[number];
type SeenDraft = NonNullable<DiagnosisDraft['seenBefore']>[number];

type Chain = NonNullable<Diagnosis['chain']>;
type ChainDraft = NonNullable<DiagnosisDraft['chain']>;

/** A placeholder may be longer than the text it replaces. */
const whole = (text: string, limit: number): RedactedText => redact(text).text.slice(0, limit);

/**
 * The diagnosis without secrets. Its parts are redacted, but it is put together from log lines, written advice, words
 * of people and of a model: a secret may appear only in the combined sentence.
 */
export function redactDiagnosis({ seenBefore, knownHere, chain, model, summary, ...draft }: DiagnosisDraft): Diagnosis {
  return {
    ...draft,
    ...(summary === undefined ? {} : { summary: whole(summary, 300) }),
    rootCause: whole(draft.rootCause, 2000),
    fix: whole(draft.fix, 4000),
    prevention: whole(draft.prevention, 2000),
    unchecked: draft.unchecked.map(({ code, text }) => ({ code, text: whole(text, 300) })),
    note: draft.note === null ? null : { code: draft.note.code, text: whole(draft.note.text, 300) },
    ...(seenBefore === undefined ? {} : { seenBefore: seenBefore.map(redactSeen) }),
    ...(knownHere === undefined ? {} : { knownHere: knownHere.map(redactKnown) }),
    ...(chain === undefined ? {} : { chain: redactChain(chain) }),
    ...(model === undefined ? {} : { model: redactWork(model) }),
  };
}

function redactChain({ cause, followed, ...chain }: ChainDraft): Chain {
  const redactEvent = (event: ChainDraft['cause']) => ({ ...event, text: whole(event.text, 240) });
  return { ...chain, cause: redactEvent(cause), followed: followed.map(redactEvent) };
}

function redactSeen(seen: SeenDraft): Seen {
  const { title, resolution, reasons, reportedBy, ...rest } = seen;
  return {
    ...rest,
    ...(reportedBy === undefined ? {} : { reportedBy: whole(reportedBy, 200) }),
    title: whole(title, 300),
    resolution: whole(resolution, 1000),
    reasons: reasons.map((reason) => whole(reason, 400)),
  };
}

function redactKnown(known: KnownDraft): Known {
  const { title, solution, by } = known;
  return { ...known, title: whole(title, 200), solution: whole(solution, 2000), by: whole(by, 200) };
}

function redactWork(work: WorkDraft): Work {
  return {
    ...work,
    findings: work.findings.map(({ claim, evidence }) => ({ claim: whole(claim, 1000), evidence })),
    suggestions: work.suggestions.map(({ title, file, code, evidence }) => ({
      title: whole(title, 200),
      file: file === null ? null : whole(file, 300),
      code: whole(code, 3000),
      evidence,
    })),
    consulted: work.consulted.map(({ ref, origin, text }) => ({
      ref,
      origin: whole(origin, 300),
      text: whole(text, 500),
    })),
  };
}
