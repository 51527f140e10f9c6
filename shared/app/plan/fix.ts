import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import { earlierFixes, FIX_BRANCH_PREFIX, mayProposeFix } from '#shared/domain/patch/fix-branch.ts';
import type { Inspection } from '#shared/domain/patch/inspection.ts';
import { type AcceptedPatch, judgePatch, pathsOfPatch } from '#shared/domain/patch/judge-patch.ts';
import { type CodeProposal, placeSuggestion } from '#shared/domain/patch/place-suggestion.ts';
import type { ProposedFix } from '#shared/domain/patch/proposed-fix.ts';
import { missingImports } from '#shared/domain/patch/recipes/missing-import.ts';
import { renderDiff } from '#shared/domain/patch/render-diff.ts';
import { correlationIdOf, sandboxInputs } from '#shared/domain/patch/sandbox-run.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import { fixesOf } from '#shared/domain/policy/fix-settings.ts';
import { redactName } from '#shared/domain/redaction/redact-name.ts';
import { Refused } from '#shared/kernel/errors.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { PreparedFix } from '#shared/plugins/actions/contract.ts';
import { readSandbox } from '#shared/plugins/actions/sandbox-reading.ts';
import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeInspector } from '#shared/ports/code-inspector.ts';
import type { CodeTree, CodeWriter } from '#shared/ports/code-writer.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import { unlessRefused } from '../common/unless-refused.ts';

export interface FixDeps {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'defaultBranch'>;
  readonly code: Pick<CodeWriter, 'branchHead' | 'readTree' | 'readText'>;
  readonly proposals: Pick<Proposals, 'pullRequests'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'putFix'>;
  readonly inspector: CodeInspector;
  readonly configuration: Configuration;
}

export interface FixMaterial {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly diagnosis: Diagnosis;
  readonly telemetry: Telemetry;
  readonly records: readonly Pick<ActionRecord, 'actionId'>[];
}

export type FixPreparation =
  /** `untried`: why it is not tried before a person is asked, though that is set up. */
  | { readonly kind: 'prepared'; readonly fix: PreparedFix; readonly untried: string | null }
  /** Reasons in plain words made by code; empty when none was wanted or proposed. */
  | { readonly kind: 'none'; readonly reasons: readonly string[] };

interface Suggestion extends CodeProposal {
  readonly source: ProposedFix['source'];
  readonly title: RedactedText;
  readonly explanation: RedactedText;
  readonly evidence: readonly RedactedText[];
}

const NONE: FixPreparation = { kind: 'none', reasons: [] };
const MOST_SUGGESTIONS = 5;
/** A recipe fits or does not; a model says how sure it is. */
const RECIPE_CONFIDENCE = 0.85;

/**
 * The first proposed patch that the policy lets through, kept by its digest. Only where fixes are switched on, for a regression of the newest run
 * of a branch of the repository itself, and when no such fix is open or was rejected. A refused read is a reason; a passing failure is thrown.
 */
export async function prepareFix(material: FixMaterial, deps: FixDeps): Promise<FixPreparation> {
  const { incident, classification, telemetry, records } = material;
  const { target } = incident;
  if (target.kind !== 'github-run' || fixesOf(deps.configuration, target.repository)?.patches !== true) return NONE;
  if (classification.verdict !== 'regression' || classification.fingerprint === null) return NONE;
  if (telemetry.facts.kind !== 'github-run' || telemetry.facts.newerRun) return NONE;
  // What became of it is told by its own record.
  if (records.some(({ actionId }) => actionId === 'fix-pull-request')) return NONE;
  const suggestions = await suggestionsOf(material, deps);
  if (suggestions.length === 0) return NONE;
  try {
    return await prepareFirst(material, suggestions, deps);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return none('GitHub refused what a fix needs: the token lacks a right, or something is gone.');
  }
}

const none = (...reasons: string[]): FixPreparation => ({ kind: 'none', reasons });

async function suggestionsOf({ incident, diagnosis }: FixMaterial, deps: FixDeps): Promise<Suggestion[]> {
  const evidence = await deps.evidence.getEvidence(incident.id);
  const explanation = diagnosis.rootCause;
  const byModel = diagnosis.source === 'model' ? (diagnosis.model?.suggestions ?? []) : [];
  const suggested = byModel.map(({ title, file, code, evidence: refs }): Suggestion => {
    return { source: 'model', title, file, code, explanation, evidence: quotesOf(evidence, refs) };
  });
  const texts = (evidence?.sources ?? []).flatMap(({ lines }) => lines.map(({ text }) => text));
  const byRecipe = missingImports(texts).map(({ title, file, code, line }): Suggestion => {
    return {
      source: 'recipe',
      title: redactName(title, 300),
      file,
      code,
      explanation,
      evidence: texts.slice(line, line + 1),
    };
  });
  return [...byRecipe.slice(0, 1), ...suggested].slice(0, MOST_SUGGESTIONS);
}

function quotesOf(evidence: Evidence | null, refs: readonly string[]): RedactedText[] {
  const lines = evidence?.sources.flatMap((source) => source.lines) ?? [];
  return lines.flatMap(({ ref, text }) => (refs.includes(ref) ? [text] : [])).slice(0, 12);
}

async function prepareFirst(
  material: FixMaterial,
  suggestions: readonly Suggestion[],
  deps: FixDeps,
): Promise<FixPreparation> {
  const { target } = material.incident;
  if (target.kind !== 'github-run') return NONE;
  const { baseBranch, fromFork } = await deps.codeHost.getRun(target.repository, target.runId);
  if (fromFork) return none('No fix is proposed to a fork.');
  if (baseBranch === null) return NONE;
  const tree = await deps.code.readTree(target.repository, target.headSha);
  if (tree === null) return none('No fix was tried: the repository has more files than GitHub lists at once.');
  const reasons: string[] = [];
  for (const suggestion of suggestions) {
    const judged = await judgeSuggestion(suggestion, target.repository, tree, deps);
    if ('reason' in judged) reasons.push(judged.reason);
    else return await keep(material, { suggestion, patch: judged }, deps);
  }
  return none(...new Set(reasons.map((reason) => `A proposed change was not tried: ${reason}`)));
}

async function judgeSuggestion(
  suggestion: Suggestion,
  repository: string,
  tree: CodeTree,
  deps: FixDeps,
): Promise<AcceptedPatch | { readonly reason: string }> {
  const own = await readTexts(suggestion.file === null ? [] : [suggestion.file], repository, tree, deps);
  const placed = placeSuggestion(suggestion, own.get(suggestion.file ?? '') ?? null);
  if (placed.kind === 'unplaced') return { reason: placed.reason };
  const paths = pathsOfPatch(placed.patch);
  if (paths.kind === 'refused') return { reason: firstReason(paths.findings) };
  const texts = await readTexts(paths.paths, repository, tree, deps);
  const judged = judgePatch(placed.patch, {
    modes: new Map([...tree.entries].map(([path, { mode }]) => [path, mode])),
    contentOf: (path) => texts.get(path) ?? null,
  });
  return judged.kind === 'accepted' ? judged : { reason: firstReason(judged.findings) };
}

const firstReason = (findings: readonly { reason: string }[]): string =>
  findings[0]?.reason ?? 'It is not allowed to change this.';

async function readTexts(
  paths: readonly string[],
  repository: string,
  tree: CodeTree,
  { code }: FixDeps,
): Promise<ReadonlyMap<string, string>> {
  const read = paths.flatMap((path) => {
    const entry = tree.entries.get(path);
    return entry?.mode === '100644' ? [code.readText(repository, entry.sha).then((text) => [path, text] as const)] : [];
  });
  const found = await Promise.all(read);
  return new Map(found.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])));
}

async function keep(
  { incident, classification, diagnosis, records }: FixMaterial,
  { suggestion, patch }: { suggestion: Suggestion; patch: AcceptedPatch },
  deps: FixDeps,
): Promise<FixPreparation> {
  const { target } = incident;
  const fingerprint = classification.fingerprint ?? '';
  if (target.kind !== 'github-run') return NONE;
  const earlier = earlierFixes(await deps.proposals.pullRequests(target.repository, FIX_BRANCH_PREFIX));
  const permission = mayProposeFix({ fingerprint, digest: patch.digest }, earlier);
  if (permission.kind === 'withheld') return none(permission.reason);
  const { headSha: baseSha, repository } = target;
  const inspection = await inspected(incident.id, patch, deps);
  const diff = renderDiff(patch.files);
  const digest = await deps.evidence.putFix({
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
    confidence: suggestion.source === 'model' ? diagnosis.confidence : RECIPE_CONFIDENCE,
  });
  const isTried = records.some(({ actionId }) => actionId === 'sandbox-fix');
  const { sandbox, untried } = isTried
    ? { sandbox: null, untried: null }
    : await sandboxFor({ repository, baseSha, diff, correlationId: correlationIdOf(digest, target.runAttempt) }, deps);
  return {
    kind: 'prepared',
    fix: { incidentId: incident.id, repository, digest, fingerprint, newUses: inspection.reasons.length, sandbox },
    untried,
  };
}

/** Where the change may be tried before a person is asked. Whatever speaks against it is a reason, and the person is asked without. */
async function sandboxFor(
  { repository, baseSha, diff, correlationId }: Record<'repository' | 'baseSha' | 'diff' | 'correlationId', string>,
  deps: FixDeps,
): Promise<{ sandbox: PreparedFix['sandbox'] & (object | null); untried: string | null }> {
  const workflow = fixesOf(deps.configuration, repository)?.sandboxWorkflow ?? null;
  if (workflow === null) return { sandbox: null, untried: null };
  if (sandboxInputs(baseSha, diff, correlationId) === null) {
    return { sandbox: null, untried: 'The change is larger than what GitHub takes as an input of a workflow.' };
  }
  const found = await unlessRefused(() => readSandbox(repository, workflow, deps));
  if (found === null) return { sandbox: null, untried: `GitHub refused to show .github/workflows/${workflow}.` };
  return found.kind === 'accepted'
    ? { sandbox: { workflow, blob: found.blob }, untried: null }
    : { sandbox: null, untried: found.reason };
}

/** A patch that nobody could look at is one to be looked at. */
async function inspected(incidentId: string, { files }: AcceptedPatch, deps: FixDeps): Promise<Inspection> {
  try {
    return await deps.inspector.inspect(
      incidentId,
      files.map(({ path, before, after }) => ({ path, before, after })),
    );
  } catch {
    const reason = 'What its code does could not be checked.';
    return { reasons: files.map(({ path }) => ({ path, line: 1, reason })) };
  }
}

function changeOf({ path, before, stretches }: AcceptedPatch['files'][number]): ProposedFix['changes'][number] {
  const added = stretches.reduce((sum, { after }) => sum + after[1] - after[0], 0);
  const removed = stretches.reduce((sum, one) => sum + one.before[1] - one.before[0], 0);
  return { path, isNew: before === null, added, removed };
}
