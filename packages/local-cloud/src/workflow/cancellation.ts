import { Halted } from './faults.ts';

/** Cancels work in a tree: cancelling the outer work cancels the inner. */
export class Cancellation {
  readonly #listeners = new Set<() => void>();
  #cancelled = false;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Runs the listener once on cancellation; returns a function that removes it. */
  onCancel(listener: () => void): () => void {
    if (this.#cancelled) listener();
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** @throws Halted once cancelled */
  check(): void {
    if (this.#cancelled) throw new Halted('the work was cancelled');
  }
}
