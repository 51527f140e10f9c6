import { useEffect, useRef } from 'react';
import { isLocal } from '../api/client.ts';
import { PAGES } from '../pages/registry.ts';
import { Button } from '../ui/button.tsx';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'Search and filter'],
  ['j', 'Next in the list'],
  ['k', 'Previous in the list'],
  ['Enter', 'Open'],
  ['u', 'Back to the list'],
  ...PAGES.flatMap(({ navigation }) =>
    navigation === undefined || (navigation.local === true && !isLocal)
      ? []
      : [[`g ${navigation.key}`, navigation.label] as const],
  ),
  ['?', 'This list'],
];

export default function KeyHelp({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <div className="card-head">
        <h2 id="keys-title">Keys</h2>
        <span className="end">
          <Button onClick={close}>Close</Button>
        </span>
      </div>
      <dl className="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
