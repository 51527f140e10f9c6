import { FailureClass } from '@selfheal/kernel/failure-class.ts';

/** Labels outside the sixteen classes that map to classes of the `code` family. */
const CODE_LABELS: Readonly<Record<string, FailureClass>> = {
  OUT_compile_or_code_defect: 'compilation_error',
  OUT_test_or_code_defect: 'test_failure',
  OUT_lint: 'lint_violation',
};
const ANY_CODE = 'OUT_code_defect';

export function isOutside(label: string): boolean {
  return label.startsWith('OUT_');
}

/** Whether a label outside the sixteen classes means a failure of the code. */
export function isOfCode(label: string): boolean {
  return label === ANY_CODE || label in CODE_LABELS;
}

/** Whether a class is a right answer for the label. */
export function fits(answer: FailureClass, label: string): boolean {
  return classesOfLabel(label).includes(answer);
}

const CODE_CLASSES: readonly FailureClass[] = ['test_failure', 'compilation_error', 'lint_violation'];

/** The classes that a label maps to; empty when the taxonomy has none. */
export function classesOfLabel(label: string): readonly FailureClass[] {
  if (label === ANY_CODE) return CODE_CLASSES;
  const own = CODE_LABELS[label] ?? FailureClass.safeParse(label).data;
  return own === undefined ? [] : [own];
}

/** The only class that a label maps to; null when there are none or several. */
export function classOfLabel(label: string): FailureClass | null {
  const classes = classesOfLabel(label);
  return classes.length === 1 ? (classes[0] ?? null) : null;
}
