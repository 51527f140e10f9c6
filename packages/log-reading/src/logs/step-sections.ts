/**
 * What a runner prints at the beginning of each step: GitHub Actions, Travis CI, Azure Pipelines. Lower case, as a scanner's literals are. GitLab says
 * only behind its last section that the job failed.
 */
export const STEP_OPENERS: readonly string[] = [
  '##[group]run ',
  'post job cleanup',
  'travis_time:start:',
  '##[section]starting: ',
];

/** At the beginning of a line, behind a time or behind what a carriage return or a control sequence overwrites. */
const OPENER =
  /(?:^|Z |\r|\[0K)(?:##\[group\]Run |Post job cleanup\.|travis_time:start:[\da-f]|##\[section\]Starting: )/;
/** `job<TAB>step<TAB>time`, as the GitHub CLI prints logs; other carriers do not know steps. */
const STEP_OF_PREFIX = /^(?<job>[^\t]{1,200})\t(?<step>[^\t]{1,120})\t/;
const NO_STEP = 'UNKNOWN STEP';

/** Job and step that a carrier's prefix names; null where it names none. */
export function carriedStep(prefix: string | undefined): { readonly job: string; readonly step: string } | null {
  const { job, step } = (prefix === undefined ? null : STEP_OF_PREFIX.exec(prefix))?.groups ?? {};
  return job === undefined || step === undefined || step === NO_STEP ? null : { job, step };
}

/** With which GitHub Actions and Azure Pipelines mark an error of a step, also of one that runs no command. */
const RUNNER_ERROR = '##[error]';

/** The steps of a log that is read line by line. A step that fails ends its job, so the cause is seldom in another one. */
export interface StepSections {
  /** Reads the next raw line; `mayOpen`: whether it has one of `STEP_OPENERS`. */
  enter(line: string, prefix: string | undefined, mayOpen: boolean): void;
  /** Number of the step that printed it; 0 before the first. */
  readonly current: number;
  /** Reads its cleaned text; `endsStep`: whether it says that the step ended in failure. */
  judge(text: string, endsStep: boolean): void;
  /** Numbers of the steps that ended in failure so far. */
  readonly failed: ReadonlySet<number>;
}

/** Sections of one log. */
export function makeStepSections(): StepSections {
  const failed = new Set<number>();
  let current = 0;
  let before: string | undefined;
  return {
    enter(line, prefix, mayOpen) {
      const { job, step } = carriedStep(prefix) ?? {};
      const named = step === undefined ? undefined : `${job}\t${step}`;
      const changes = named !== before && named !== undefined;
      before = named;
      if (changes || (mayOpen && OPENER.test(line))) current += 1;
    },
    get current() {
      return current;
    },
    judge(text, endsStep) {
      if (endsStep || text.startsWith(RUNNER_ERROR)) failed.add(current);
    },
    failed,
  };
}
