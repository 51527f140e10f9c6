import { diffLines } from '../../ui/rows.ts';

/** The code that would be written, line by line, and what to check first. */
export function Diff({ change }: { readonly change: { readonly looks: readonly string[]; readonly diff: string } }) {
  return (
    <section className="card">
      <h2>The change</h2>
      <div className="card-body prose">
        <p className="soft">Written by a model. Check first:</p>
        <ul className="looks">
          {change.looks.map((look) => (
            <li key={look}>{look}</li>
          ))}
        </ul>
      </div>
      <section
        className="diff"
        aria-label="Diff"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1).
        tabIndex={0}
      >
        {diffLines(change.diff).map(({ key, kind, text }) => (
          <div key={key} data-kind={kind}>
            {text === '' ? ' ' : text}
          </div>
        ))}
      </section>
    </section>
  );
}
