import { useQuery } from '@tanstack/react-query';
import { preview, type Wish } from './policy-api.ts';
import { valueWords } from './words.ts';

/** What would be changed, as the API says. */
export function Changes({ wish }: { readonly wish: Wish }) {
  const changes = useQuery({ queryKey: ['config', 'preview', wish], queryFn: () => preview(wish), gcTime: 0 });
  if (changes.error !== null) return <p className="refusal">{changes.error.message}</p>;
  if (changes.data === undefined) return <p className="soft">Looking what would change …</p>;
  if (changes.data.length === 0) return <p className="notice">Nothing would change.</p>;
  return (
    <ul className="changes" aria-label="What changes">
      {changes.data.map(({ field, before, after }) => (
        <li key={field}>
          <span className="mono">{field}</span>
          <span>
            <del>{before === undefined ? 'as deployed' : valueWords(before)}</del> →{' '}
            <ins>{after === undefined ? 'as deployed' : valueWords(after)}</ins>
          </span>
        </li>
      ))}
    </ul>
  );
}
