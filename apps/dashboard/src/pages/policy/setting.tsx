import type { ReactNode } from 'react';
import { changeOf, type Editing, type Path } from './draft.ts';
import type { Policy } from './policy-api.ts';
import { valueWords } from './words.ts';

export interface SettingProps {
  readonly policy: Policy;
  readonly editing: Editing;
  readonly path: Path;
  readonly label: ReactNode;
  readonly deployed: unknown;
  /** What holds now. */
  readonly value: unknown;
  /** Shows and changes the value; null while it is to be taken back. */
  readonly control: (value: unknown, set: (value: unknown) => void) => ReactNode;
  /** Further cells. */
  readonly children?: ReactNode;
}

/** One row of a table of settings: what holds, what is deployed, and where the value comes from. */
export function Setting({ policy, editing, path, label, deployed, value, control, children }: SettingProps) {
  const change = changeOf(editing.draft, path);
  const shown = change === undefined ? value : change === null ? deployed : change;
  const set = (next: unknown) =>
    JSON.stringify(next) === JSON.stringify(value) ? editing.drop(path) : editing.set(path, next);
  const isOwn = ownValue(policy, path) !== undefined;
  return (
    <tr data-changed={change !== undefined || undefined}>
      <th scope="row">{label}</th>
      <td data-label="Now">{control(shown, set)}</td>
      <td className="soft" data-label="Deployed">
        {valueWords(deployed)}
      </td>
      <td className="origin" data-label="Comes from">
        {change !== undefined ? (
          <button type="button" className="link" onClick={() => editing.drop(path)}>
            undo
          </button>
        ) : isOwn ? (
          <>
            <span>{originWords(policy, path)}</span>{' '}
            <button type="button" className="link" onClick={() => editing.set(path, null)}>
              take back
            </button>
          </>
        ) : (
          <span className="soft">deployed</span>
        )}
      </td>
      {children}
    </tr>
  );
}

/** What people set at run time; undefined for nothing. */
export function ownValue(policy: Policy, path: Path): unknown {
  return path.reduce<unknown>(
    (place, name) =>
      typeof place === 'object' && place !== null && Object.hasOwn(place, name)
        ? (place as Record<string, unknown>)[name]
        : undefined,
    policy.overlay,
  );
}

function originWords(policy: Policy, path: Path): string {
  const from = policy.origins.find(({ field }) => field === path.join('.'))?.from;
  return from === 'overlay' || from === undefined ? 'changed here' : 'changed here, but what is deployed is narrower';
}

export function SettingHead({ more = [] }: { readonly more?: readonly string[] }) {
  return (
    <thead>
      <tr>
        {['Setting', 'Now', 'Deployed', 'Comes from', ...more].map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
