import { Refused, unlessRefused } from '@selfheal/kernel/errors.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { earlierFixes, FIX_BRANCH_PREFIX, mayProposeFix } from '@selfheal/patch-guard/fix-branch.ts';
import type { Inspection } from '@selfheal/patch-guard/inspection.ts';
import { type AcceptedPatch, judgePatch, pathsOfPatch } from '@selfheal/patch-guard/judge-patch.ts';
import { type CodeProposal, placeSuggestion } from '@selfheal/patch-guard/place-suggestion.ts';
import type { ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import { missingImports } from '@selfheal/patch-guard/recipes/missing-import.ts';
import { renderDiff } from '@selfheal/patch-guard/render-diff.ts';
import { correlationIdOf, sandboxInputs } from '@selfheal/patch-guard/sandbox-run.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { fixesOf } from '#shared/domain/policy/fix-settings.ts';
import type { CodeTree } from '#shared/ports/code-writer.ts';
import type { PreparationInputs, PreparationPorts, PreparedInput } from '../contract.ts';
import type { PreparedPatch, PreparedSandbox } from './prepared-patch.ts';
import { readSandbox } from './sandbox-reading.ts';

type Outcome = PreparedInput<PreparedPatch>;

interface Suggestion extends CodeProposal {
  readonly source: ProposedFix['source'];
  readonly title: RedactedText;
  readonly explanation: RedactedText;
  readonly evidence: readonly RedactedText[];
  readonly confidence: number;
}

const NONE: Outcome = { value: null };
const MAX_SUGGESTIONS = 5;
/** Confidence for a recipe, which either matches or not; a model states its own. */
const RECIPE_CONFIDENCE = 0.85;

/** See `PATCH`. */
export async function preparePatch(inputs: PreparationInputs, ports: PreparationPorts): Promise<Outcome> {
  const { incident, classification, telemetry, records } = inputs;
  if (incident.target.kind !== 'run') return NONE;
  if (classification.verdict !== 'regression' || classification.fingerprint === null) return NONE;
  if (telemetry.facts.kind !== 'run' || telemetry.facts.newerRun) return NONE;
  // The result of an earlier fix is in its own record.
  if (records.some(({ actionId }) => actionId === 'fix-pull-request')) return NONE;
  const suggestions = await suggestionsOf(inputs, ports);
  if (suggestions.length === 0) return NONE;
  try {
    return await prepareFirst(inputs, suggestions, ports);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return none('GitHub refused what a fix needs: the token lacks a permission, or something was deleted.');
  }
}

const none = (...reasons: string[]): Outcome => ({ value: null, reasons });

async function suggestionsOf(
  { incident, diagnosis }: PreparationInputs,
  ports: PreparationPorts,
): Promise<Suggestion[]> {
  const evidence = await ports.evidence.getEvidence(incident.id);
  const suggested = (diagnosis?.source === 'model' ? (diagnosis.model?.suggestions ?? []) : []).map(
    ({ title, file, code, evidence: refs }): Suggestion => ({
      source: 'model',
      title,
      file,
      code,
      explanation: diagnosis?.rootCause ?? title,
      evidence: quotesOf(evidence, refs),
      confidence: diagnosis?.confidence ?? 0,
    }),
  );
  const texts = (evidence?.sources ?? []).flatMap(({ lines }) => lines.map(({ text }) => text));
  const byRecipe = missingImports(texts).map(({ title, file, code, line }): Suggestion => {
    const shown = redactName(title, 300);
    return {
      source: 'recipe',
      title: shown,
      file,
      code,
      explanation: diagnosis?.rootCause ?? shown,
      evidence: texts.slice(line, line + 1),
      confidence: RECIPE_CONFIDENCE,
    };
  });
  return [...byRecipe.slice(0, 1), ...suggested].slice(0, MAX_SUGGESTIONS);
}

function quotesOf(evidence: Evidence | null, refs: readonly string[]): RedactedText[] {
  const lines = evidence?.sources.flatMap((source) => source.lines) ?? [];
  return lines.flatMap(({ ref, text }) => (refs.includes(ref) ? [text] : [])).slice(0, 12);
}

async function prepareFirst(
  inputs: PreparationInputs,
  suggestions: readonly Suggestion[],
  ports: PreparationPorts,
): Promise<Outcome> {
  const { target } = inputs.incident;
  if (target.kind !== 'run') return NONE;
  const { baseBranch, fromFork } = await ports.codeHost.getRun(target.repository, target.runId);
  if (fromFork) return none('No fix is proposed for a fork.');
  if (baseBranch === null) return NONE;
  const tree = await ports.code.readTree(target.repository, target.headSha);
  if (tree === null) return none('No fix was tested: the repository has more files than GitHub lists in one answer.');
  const reasons: string[] = [];
  let rejected = false;
  for (const suggestion of suggestions) {
    const judged = await judgeSuggestion(suggestion, target.repository, tree, ports);
    if ('reason' in judged) reasons.push(judged.reason);
    else {
      const kept = await keep(inputs, { suggestion, patch: judged }, ports);
      if (kept !== 'rejected') return kept;
      // What people closed teaches: the next suggestion is tried in its place.
      rejected = true;
    }
  }
  if (rejected && reasons.length === 0) return none('The same patch was rejected before.');
  return none(...new Set(reasons.map((reason) => `A proposed change was not tested: ${reason}`)));
}

async function judgeSuggestion(
  suggestion: Suggestion,
  repository: string,
  tree: CodeTree,
  ports: PreparationPorts,
): Promise<AcceptedPatch | { readonly reason: string }> {
  const own = await readTexts(suggestion.file === null ? [] : [suggestion.file], repository, tree, ports);
  const placed = placeSuggestion(suggestion, own.get(suggestion.file ?? '') ?? null);
  if (placed.kind === 'unplaced') return { reason: placed.reason };
  const paths = pathsOfPatch(placed.patch);
  if (paths.kind === 'refused') return { reason: firstReason(paths.findings) };
  const texts = await readTexts(paths.paths, repository, tree, ports);
  const judged = judgePatch(placed.patch, {
    modes: new Map([...tree.entries].map(([path, { mode }]) => [path, mode])),
    contentOf: (path) => texts.get(path) ?? null,
  });
  return judged.kind === 'accepted' ? judged : { reason: firstReason(judged.findings) };
}

const firstReason = (findings: readonly { reason: string }[]): string =>
  findings[0]?.reason ?? 'Selfheal may not change this.';

async function readTexts(
  paths: readonly string[],
  repository: string,
  tree: CodeTree,
  { code }: PreparationPorts,
): Promise<ReadonlyMap<string, string>> {
  const read = paths.flatMap((path) => {
    const entry = tree.entries.get(path);
    return entry?.mode === '100644' ? [code.readText(repository, entry.sha).then((text) => [path, text] as const)] : [];
  });
  const found = await Promise.all(read);
  return new Map(found.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
}

async function keep(
  { incident, classification, records }: PreparationInputs,
  { suggestion, patch }: { suggestion: Suggestion; patch: AcceptedPatch },
  ports: PreparationPorts,
): Promise<Outcome | 'rejected'> {
  const { target } = incident;
  const fingerprint = classification.fingerprint ?? '';
  if (target.kind !== 'run') return NONE;
  const earlier = earlierFixes(await ports.proposals.pullRequests(target.repository, FIX_BRANCH_PREFIX));
  const permission = mayProposeFix({ fingerprint, digest: patch.digest }, earlier);
  if (permission.kind === 'withheld') return permission.why === 'rejected' ? 'rejected' : none(permission.reason);
  const { headSha: baseSha, repository } = target;
  const inspection = await inspected(incident.id, patch, ports);
  const diff = renderDiff(patch.files);
  const digest = await ports.evidence.putFix({
    version: 2,
    incidentId: incident.id,
    source: suggestion.source,
    baseSha,
    fingerprint,
    patchDigest: patch.digest,
    files: patch.files.map(({ path, previousPath, after }) => ({ path, previousPath, content: after })),
    changes: patch.files.map(changeOf),
    findings: patch.findings.map(({ path, line, reason }) => ({ path, line, reason })),
    diff,
    inspection,
    title: suggestion.title.slice(0, 300),
    explanation: suggestion.explanation.slice(0, 4000),
    evidence: [...suggestion.evidence],
    confidence: suggestion.confidence,
  });
  const isTried = records.some(({ actionId }) => actionId === 'sandbox-fix');
  const { sandbox, untried } = isTried
    ? { sandbox: null, untried: null }
    : await sandboxFor({ repository, baseSha, diff, correlationId: correlationIdOf(digest, target.runAttempt) }, ports);
  return {
    value: { incidentId: incident.id, repository, digest, fingerprint, newUses: inspection.reasons.length, sandbox },
    ...(untried === null ? {} : { notes: { untried } }),
  };
}

/**
 * Where the change may be tested before a person is asked. Any objection is noted as a reason, and the person is asked without a test.
 */
async function sandboxFor(
  { repository, baseSha, diff, correlationId }: Record<'repository' | 'baseSha' | 'diff' | 'correlationId', string>,
  ports: PreparationPorts,
): Promise<{ sandbox: PreparedSandbox | null; untried: string | null }> {
  const workflow = fixesOf(ports.configuration, repository)?.sandboxWorkflow ?? null;
  if (workflow === null) return { sandbox: null, untried: null };
  if (sandboxInputs(baseSha, diff, correlationId) === null) {
    return { sandbox: null, untried: 'The change is larger than GitHub accepts as an input of a workflow.' };
  }
  const found = await unlessRefused(() => readSandbox(repository, workflow, ports));
  if (found === null) return { sandbox: null, untried: `GitHub refused to show .github/workflows/${workflow}.` };
  return found.kind === 'accepted'
    ? { sandbox: { workflow, blob: found.blob }, untried: null }
    : { sandbox: null, untried: found.reason };
}

/** A patch that could not be inspected needs a look by a person. */
async function inspected(incidentId: string, { files }: AcceptedPatch, ports: PreparationPorts): Promise<Inspection> {
  try {
    return await ports.inspector.inspect(
      incidentId,
      files.map(({ path, before, after }) => ({ path, before, after })),
    );
  } catch {
    const reason = 'Selfheal could not check what its code does.';
    return { reasons: files.map(({ path }) => ({ path, line: 1, reason })) };
  }
}

function changeOf({ path, before, stretches }: AcceptedPatch['files'][number]): ProposedFix['changes'][number] {
  const added = stretches.reduce((sum, { after }) => sum + after[1] - after[0], 0);
  const removed = stretches.reduce((sum, one) => sum + one.before[1] - one.before[0], 0);
  return { path, isNew: before === null, added, removed };
}
