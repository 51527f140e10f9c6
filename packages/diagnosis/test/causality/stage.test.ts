import { isSummary } from '@selfheal/diagnosis/causality/stage.ts';
import { describe, expect, it } from 'vitest';

describe('a line that only sums up', () => {
  it.each([
    'Script bin/inspect --strict handling the inspect event returned with error code 1',
    'Error: [Cart-7107]',
    'FAILED: zephyr/cart.elf zephyr/cart.map',
    'org.gradle.api.tasks.TaskExecutionException: Execution failed for task :compile.',
    '> A failure occurred while executing CompileAction',
    '[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful',
    'cart.exception.Error: Command failed:',
    '00:06 +2 -1: Some tests failed.',
    'Error: Failed to create/update the stack: cart, Waiter StackUpdateComplete failed',
  ])('is %s', (line) => expect(isSummary(line)).toBe(true));

  it.each([
    'error[E0425]: cannot find function `total` in this scope',
    'Error: [Cart-7107] basket needs coins below 2',
    'FAILED: tests/test_cart.py::test_total - assert 3 == 4',
    'java.util.concurrent.ExecutionException: the cart is closed',
    'Command failed: no space left on device',
    'Failed to create the cart: it exists',
  ])('is not %s', (line) => expect(isSummary(line)).toBe(false));
});
