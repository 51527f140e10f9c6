import type { FailureClass } from '@selfheal/kernel/failure-class.ts';

/**
 * Classes of `logchunks` cases (numbers and ranges of case ids), assigned by one annotator from the marked lines and not validated. Cases that are
 * missing here are unclear or have no class.
 */
const LOGCHUNKS: Partial<Record<FailureClass, string>> = {
  dependency_conflicts: '0 20-22 25-27 38-47 118-120 378 383-387 518-522 527 548 633',
  test_failure:
    '1-6 9 14 15 32 33 37 68-77 139 141 143 144 147-149 153-155 158-162 165 167 188 190-192 195-197 208 212 214-227 271-274 298-308 ' +
    '318 320-327 329-334 388 397-399 401-403 406 418 423 427 448-453 498-509 514 515 517 523-526 539-542 544 549 550 552-556 558 ' +
    '564-572 574 576 627 628 630-632 635 638 640 643 644 646 657-666 737-745',
  compilation_error:
    '8 88 90-97 140 145 163 164 209-211 213 268-270 275-277 400 404 405 407 610 611 617 619-624 626 634 639 690-695',
  configuration_errors: '23 24 78-87 89 108-117 121-127 248 313-315 487 616 688 689 727-736',
  lint_violation:
    '28-30 34-36 106 107 134-137 166 168-177 252 328 335 337 342-346 368 369 371-377 419 421 422 424-426 454 455 468-486 516 557 559 ' +
    '561 573 575 647-656 717-723 777-786',
  runtime_exceptions: '31 142 189',
  timing_dependencies: '128-133 560 637 641 642 645',
  test_environment_issues: '352-354 687',
  certificate_expiration: '379 380 382',
  external_service_failures: '488-497',
};

/** Other right classes for failures of a class. */
const ALSO: Partial<Record<FailureClass, readonly FailureClass[]>> = {
  timing_dependencies: ['test_failure', 'flaky_tests'],
  external_service_failures: ['network_connectivity', 'test_failure'],
};

/** Compilers in the `errorformat` data; all other tools there are linters. */
const COMPILERS: ReadonlySet<string> = new Set(['cargo-check', 'dotnet', 'msbuild', 'sbt', 'scalac', 'tsc', 'buf']);

export interface Annotation {
  readonly class: FailureClass;
  readonly accepted: readonly FailureClass[];
}

function numbersOf(ranges: string): number[] {
  return ranges.split(' ').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

/** Annotations of `logchunks` by case id. */
export function logchunksAnnotations(): ReadonlyMap<string, Annotation> {
  return new Map(
    Object.entries(LOGCHUNKS).flatMap(([name, ranges]) => {
      const failureClass = name as FailureClass;
      const annotation = { class: failureClass, accepted: ALSO[failureClass] ?? [] };
      return numbersOf(ranges).map((number) => [`lc${String(number).padStart(3, '0')}`, annotation] as const);
    }),
  );
}

/** The class of messages of an `errorformat` tool. */
export function annotationOfTool(tool: string): Annotation {
  return COMPILERS.has(tool)
    ? { class: 'compilation_error', accepted: ['lint_violation'] }
    : { class: 'lint_violation', accepted: ['vulnerability_blocking', 'compliance_violations'] };
}
