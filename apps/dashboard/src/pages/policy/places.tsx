import { useState } from 'react';
import type { OverlaySettings } from '#shared/domain/configuration/overlay.ts';
import { AddRow } from '../../ui/add-row.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TableBox } from '../../ui/figures.tsx';
import { clockTime } from '../../ui/time.tsx';
import { changeOf, type Editing, type Path } from './draft.ts';
import type { Policy } from './policy-api.ts';
import { ownValue, Setting, SettingHead } from './setting.tsx';
import { MODES } from './words.ts';

type Mode = keyof typeof MODES;
type Mute = NonNullable<NonNullable<OverlaySettings['services']>[string]['mute']>;
const ORDER = Object.keys(MODES) as Mode[];

interface Props {
  readonly policy: Policy;
  readonly editing: Editing;
}

/** What Selfheal may do where: modes and mutes of repositories and services. */
export function Places({ policy, editing }: Props) {
  const [muting, setMuting] = useState<{ readonly path: Path; readonly name: string } | null>(null);
  const [added, setAdded] = useState<readonly string[]>([]);
  const { deployed, effective } = policy;
  const repositories = [
    ...new Set([
      ...Object.keys(effective.github.repositories),
      ...Object.keys(policy.overlay.github?.repositories ?? {}),
      ...added,
    ]),
  ].sort();
  const places: readonly { path: Path; name: string; kind: string; deployed: Mode; now: Mode }[] = [
    ...Object.keys(deployed.services).map((id) => ({
      path: ['services', id],
      name: id,
      kind: 'service',
      deployed: deployed.services[id]?.mode ?? 'off',
      now: effective.services[id]?.mode ?? 'off',
    })),
    ...repositories.map((repository) => ({
      path: ['github', 'repositories', repository],
      name: repository,
      kind: 'repository',
      deployed: deployed.github.repositories[repository]?.mode ?? deployed.github.defaultMode,
      now: effective.github.repositories[repository]?.mode ?? effective.github.defaultMode,
    })),
  ];
  return (
    <section className="card">
      <h2>Services and repositories</h2>
      <TableBox label="Services and repositories" settings>
        <SettingHead more={['Mute']} />
        <tbody>
          <Setting
            {...{ policy, editing }}
            path={['github', 'defaultMode']}
            label={
              <>
                All other repositories <p className="hint">unless they are listed</p>
              </>
            }
            deployed={deployed.github.defaultMode}
            value={effective.github.defaultMode}
            control={(value, set) => (
              <ModeSelect
                label="Mode of all other repositories"
                value={value as Mode}
                widest={deployed.github.defaultMode}
                set={set}
              />
            )}
          >
            <td />
          </Setting>
          {places.map((place) => (
            <Setting
              key={place.path.join(' ')}
              {...{ policy, editing }}
              path={[...place.path, 'mode']}
              label={
                <>
                  <span className="place">{place.name}</span> <p className="hint">{place.kind}</p>
                </>
              }
              deployed={place.deployed}
              value={place.now}
              control={(value, set) => (
                <ModeSelect label={`Mode of ${place.name}`} value={value as Mode} widest={place.deployed} set={set} />
              )}
            >
              <td>
                <MuteCell {...{ policy, editing, place }} ask={() => setMuting(place)} />
              </td>
            </Setting>
          ))}
        </tbody>
      </TableBox>
      <AddRow
        label="Name of a repository"
        verb="Add settings of a repository"
        add={(name) => setAdded([...added, name.toLowerCase()])}
        placeholder="Another repository, such as acme/shop"
        pattern="[\w\-]+/[\w.\-]+"
        title="owner/name"
      />
      {muting === null ? null : (
        <MuteDialog
          name={muting.name}
          mute={(mute) => editing.set([...muting.path, 'mute'], mute)}
          close={() => setMuting(null)}
        />
      )}
    </section>
  );
}

function ModeSelect(props: {
  readonly label: string;
  readonly value: Mode;
  readonly widest: Mode;
  readonly set: (value: unknown) => void;
}) {
  return (
    <select
      className="input short"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.set(event.target.value)}
    >
      {ORDER.map((mode) => (
        <option key={mode} value={mode} disabled={ORDER.indexOf(mode) > ORDER.indexOf(props.widest)}>
          {MODES[mode]}
        </option>
      ))}
    </select>
  );
}

function MuteCell(props: Props & { readonly place: { path: Path; name: string }; readonly ask: () => void }) {
  const { policy, editing, place, ask } = props;
  const path = [...place.path, 'mute'];
  const change = changeOf(editing.draft, path) as Mute | null | undefined;
  const stored = ownValue(policy, path) as Mute | undefined;
  const mute = change === undefined ? stored : (change ?? undefined);
  if (mute === undefined)
    return (
      <Button onClick={ask} aria-label={`Mute ${place.name}`}>
        Mute
      </Button>
    );
  return (
    <span className="muted">
      <span>
        {mute.until === undefined ? 'until it is taken back' : `until ${clockTime(mute.until)}`}
        <span className="hint"> {mute.reason}</span>
      </span>
      <Button
        aria-label={`Take back the mute of ${place.name}`}
        onClick={() => (stored === undefined ? editing.drop(path) : editing.set(path, null))}
      >
        Unmute
      </Button>
    </span>
  );
}

function MuteDialog(props: { readonly name: string; readonly mute: (mute: Mute) => void; readonly close: () => void }) {
  const { name, mute, close } = props;
  return (
    <Dialog title={`Mute ${name}`} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const until = String(form.get('until') ?? '');
          mute({
            ...(until === '' ? {} : { until: new Date(until).toISOString() }),
            reason: String(form.get('reason')).trim(),
          });
          close();
        }}
      >
        <p>While it is muted, Selfheal only records what happens there.</p>
        <div className="field">
          <label htmlFor="mute-until">Until</label>
          <input id="mute-until" className="input" type="datetime-local" name="until" />
          <span className="hint">Leave empty to keep it until somebody takes it back.</span>
        </div>
        <div className="field">
          <label htmlFor="mute-reason">Why</label>
          <input id="mute-reason" className="input" name="reason" required minLength={3} maxLength={300} />
        </div>
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" type="submit">
            Mute
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
