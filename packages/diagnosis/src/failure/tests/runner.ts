import { addCounts, NO_COUNTS, type TestCounts, tally } from './test-run.ts';

type Groups = Readonly<Record<string, string | undefined>>;

/** What is known about one failed test when its name is made. */
export interface Found {
  /** Groups of the line that names it. */
  readonly groups: Groups;
  /** Groups of the lines below it that match `proof`. */
  readonly below: readonly Groups[];
  /** Suites that the line is in: the last one, or with `tree` one per level. */
  readonly scopes: readonly string[];
  readonly notes: ReadonlySet<string>;
}

/** One of the ways in which a runner names the tests that failed. */
export interface NameForm {
  /** Group `test` is the name unless `name` makes it. */
  readonly line: RegExp;
  /** The line before must match it. */
  readonly after?: RegExp;
  /** Names are read between these lines only. A group `wanted` of `from` is the number of names that follow. */
  readonly from?: RegExp;
  readonly to?: RegExp;
  /** Unless this line, or one below it and before the next name, matches, the test did not fail. */
  readonly proof?: RegExp;
  /** Lines directly below that continue the name (group `rest`). */
  readonly rest?: RegExp;
  /** A failed line that is less indented than the failed ones before it is their suite. */
  readonly suitesLast?: true;
  /** Undefined when the line names no test. */
  readonly name?: (found: Found) => string | undefined;
}

/**
 * One of the ways in which a runner counts. Groups: `tally` (`12 passed, 1 failed`), or numbers `run` or `passed`, `failed`,
 * `errors`, `skipped` (`run` and `passed` alone say how many failed), or `result`, the outcome of one test or of `number`. `within` (tally) and `failing` (number) are part of a `run` that another
 * line states.
 */
export interface CountForm {
  readonly line: RegExp;
  readonly after?: RegExp;
  /** `sum` unless told: each line counts other tests. `last`: a total of the lines before. `growing`: running totals of `of`. */
  readonly keep?: 'sum' | 'last' | 'growing';
}

/** A test runner, described by its output. */
export interface Runner {
  readonly framework: string;
  /**
   * Cheap check whether a line may matter: the line begins so (every alternative starts with `^`, or it costs time at each character), or one of
   * the marks is in it. The line below one and those of an open list or name are read in any case.
   */
  readonly hint: RegExp;
  readonly marks?: readonly string[];
  /** The first form that occurs is used. */
  readonly counts: readonly CountForm[];
  /** The first form with as many names as failures is used, otherwise the first with any. */
  readonly names: readonly NameForm[];
  /** Heading of a suite (group `scope`); with `tree`, headings are nested by their indentation. */
  readonly scope?: RegExp;
  readonly tree?: true;
  /** Collected for `name` (group `note`). */
  readonly notes?: RegExp;
  /** Whether names are proof of failure by themselves, without any count or beyond it. */
  readonly sure?: true;
  /** Whether there is a report only if tests passed, too, and a form of counts and a form of names agree on how many failed. */
  readonly agreed?: true;
  /** Runners that this one starts, whose reports are part of its own. */
  readonly covers?: readonly string[];
}

export interface RunnerReport {
  readonly counts: TestCounts;
  readonly names: readonly string[];
}

const MAX_NAMES = 10_000;
const MAX_REST = 12;
const MAX_BELOW = 40;
const MAX_SCOPES = 20;

const indentOf = (line: string): number => line.length - line.trimStart().length;

function countsOf(groups: Groups): TestCounts {
  if (groups.tally !== undefined) return tally(groups.tally);
  if (groups.result !== undefined) return tally(`${groups.number ?? 1} ${groups.result}`);
  if (groups.within !== undefined) return { ...tally(groups.within), run: 0 };
  if (groups.failing !== undefined) return { ...NO_COUNTS, failed: Number(groups.failing) };
  const [run, passed, failed, errors, skipped] = [
    groups.run,
    groups.passed,
    groups.failed,
    groups.errors,
    groups.skipped,
  ].map((text) => Number(text ?? 0));
  const isRest = groups.run !== undefined && groups.passed !== undefined && groups.failed === undefined;
  const failures = isRest ? Math.max(0, (run ?? 0) - (passed ?? 0)) : (failed ?? 0) + (errors ?? 0);
  return {
    run: groups.run === undefined ? (passed ?? 0) + failures : Math.max(run ?? 0, failures),
    failed: failures,
    skipped: skipped ?? 0,
  };
}

/** Adds up the lines of one count form. */
function makeCounter({ line, after, keep = 'sum' }: CountForm) {
  let sum = NO_COUNTS;
  let seen = false;
  const growing = new Map<string, TestCounts>();
  return {
    read(text: string, before: string): void {
      const groups = line.exec(text)?.groups;
      if (groups === undefined || (after !== undefined && !after.test(before))) return;
      const counts = countsOf(groups);
      seen = true;
      if (keep === 'last') sum = counts;
      else if (keep === 'sum') sum = addCounts(sum, counts);
      else {
        const key = groups.of ?? '';
        const known = growing.get(key) ?? NO_COUNTS;
        if (counts.run < known.run) sum = addCounts(sum, known);
        if (growing.size < MAX_SCOPES || growing.has(key)) growing.set(key, counts);
      }
    },
    finish: (): TestCounts | null => (seen ? [...growing.values()].reduce(addCounts, sum) : null),
  };
}

interface Heading {
  readonly groups: Groups;
  readonly scopes: readonly string[];
  readonly rest: string[];
  readonly below: Groups[];
  /** Whether the next line may continue the name. */
  open: boolean;
}

/** Collects the names of one form. */
function makeNamer(form: NameForm, notes: ReadonlySet<string>) {
  const names = new Set<string>();
  let open = form.from === undefined;
  let wanted = Number.POSITIVE_INFINITY;
  let heading: Heading | null = null;
  let failedAt: number[] = [];

  function close(): void {
    if (heading === null) return;
    const { groups, scopes, rest, below } = heading;
    heading = null;
    if (form.proof !== undefined && below.length === 0) return;
    const test = [groups.test ?? '', ...rest].join(' ').trim();
    const name = form.name === undefined ? test : form.name({ groups: { ...groups, test }, below, scopes, notes });
    if (name === undefined || name.trim() === '') return;
    if (names.size < MAX_NAMES) names.add(name.trim());
    wanted -= 1;
    if (wanted <= 0 && form.from !== undefined) open = false;
  }

  function isSuite(text: string): boolean {
    const indent = indentOf(text);
    const deeper = failedAt.some((at) => at > indent);
    failedAt = [...failedAt.filter((at) => at < indent), indent];
    return deeper;
  }

  return {
    names,
    /** Whether the next line matters, whatever it looks like. */
    isWaiting: (): boolean => heading !== null || (open && form.from !== undefined),
    read(text: string, before: string, scopes: readonly string[]): void {
      const started = form.from?.exec(text);
      if (started) {
        close();
        open = true;
        wanted = Number(started.groups?.wanted ?? Number.POSITIVE_INFINITY);
        // A list may begin on the line of its title.
        if (started.groups?.test === undefined) return;
      }
      if (heading?.open) {
        const rest = heading.rest.length < MAX_REST ? form.rest?.exec(text)?.groups?.rest : undefined;
        if (rest !== undefined) {
          heading.rest.push(rest);
          return;
        }
        // Some wrappers print each line twice, the second time blank.
        if (text === '') return;
        heading.open = false;
        if (form.proof === undefined) close();
      }
      if (!open) return;
      const groups = started?.groups ?? form.line.exec(text)?.groups;
      if (groups !== undefined && (form.after === undefined || form.after.test(before))) {
        close();
        if (!open || (form.suitesLast && isSuite(text))) return;
        heading = { groups, scopes, rest: [], below: [], open: form.rest !== undefined };
        if (form.rest === undefined && form.proof === undefined) close();
      }
      const below = heading === null ? undefined : form.proof?.exec(text);
      if (below && heading !== null && heading.below.length < MAX_BELOW) heading.below.push(below.groups ?? {});
      if (form.from !== undefined && form.to?.test(text)) {
        close();
        open = false;
      }
    },
    finish: close,
  };
}

/** Of forms that name the same tests, the one whose names say more: with their suites. */
function wholest<T extends { readonly names: ReadonlySet<string> }>(forms: readonly T[]): T | undefined {
  return forms.reduce<T | undefined>((best, form) => {
    if (best === undefined) return form;
    const whole = [...form.names];
    return [...best.names].every((name) => whole.some((one) => one !== name && one.endsWith(name))) ? form : best;
  }, undefined);
}

/** Reads the lines of one runner. Lines are cleaned and in order; `push` expects all of them. */
export function makeRunnerReader(runner: Runner) {
  const notes = new Set<string>();
  const counters = runner.counts.map(makeCounter);
  const namers = runner.names.map((form) => makeNamer(form, notes));
  let hintedBefore = false;
  let scopes: { readonly indent: number; readonly text: string }[] = [];

  function enterScope(text: string): void {
    const scope = runner.scope?.exec(text)?.groups?.scope;
    if (scope === undefined) return;
    const indent = indentOf(text);
    scopes = runner.tree ? scopes.filter((one) => one.indent < indent).slice(0, MAX_SCOPES) : [];
    scopes.push({ indent, text: scope.trim() });
  }

  function scopesOf(text: string): string[] {
    const indent = indentOf(text);
    return scopes.filter((one) => !runner.tree || one.indent < indent).map((one) => one.text);
  }

  return {
    /** Whether the next line matters, whatever it looks like. */
    isWaiting: (): boolean => hintedBefore || namers.some((namer) => namer.isWaiting()),
    push(text: string, before: string): void {
      const hinted = runner.hint.test(text) || (runner.marks?.some((mark) => text.includes(mark)) ?? false);
      if (!hinted && !this.isWaiting()) return;
      hintedBefore = hinted;
      enterScope(text);
      const note = runner.notes?.exec(text)?.groups?.note;
      if (note !== undefined && notes.size < MAX_NAMES) notes.add(note);
      for (const counter of counters) counter.read(text, before);
      const within = runner.scope === undefined ? [] : scopesOf(text);
      for (const namer of namers) namer.read(text, before, within);
    },
    /** Null when the log holds no report of the runner. `stated`: what others counted that named no test. */
    finish(stated: readonly TestCounts[] = []): RunnerReport | null {
      for (const namer of namers) namer.finish();
      const sums = [...counters.map((counter) => counter.finish()).filter((counts) => counts !== null), ...stated];
      const given = namers.filter(({ names }) => names.size > 0);
      // Where nothing passed, it may be any list of failures.
      const counted = runner.agreed
        ? sums.find(({ run, failed }) => run > failed && given.some(({ names }) => names.size === failed))
        : sums[0];
      if (runner.agreed && counted === undefined) return null;
      const fitting = given.filter(({ names }) => names.size === counted?.failed);
      const best = (runner.agreed ? wholest(fitting) : fitting[0]) ?? given[0];
      const names = [...(best?.names ?? [])];
      if (counted !== undefined) {
        const failed = runner.sure ? Math.max(counted.failed, names.length) : counted.failed;
        return { counts: { ...counted, run: Math.max(counted.run, failed), failed }, names: failed > 0 ? names : [] };
      }
      if (!runner.sure || names.length === 0) return null;
      return { counts: { run: names.length, failed: names.length, skipped: 0 }, names };
    },
  };
}
