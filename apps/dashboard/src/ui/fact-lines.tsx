import { Text } from './text.tsx';

/** A card of sentences, one a line; nothing without any. */
export function FactLines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <section className="card">
      <h2>{title}</h2>
      <ul className="card-body prose">
        {lines.map((line) => (
          <li key={line}>
            <Text>{line}</Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
