import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { TableBox } from '../../ui/figures.tsx';
import type { Editing } from './draft.ts';
import type { Policy } from './policy-api.ts';
import { Setting, SettingHead } from './setting.tsx';
import { FEATURES, NUMBERS, RISKS } from './words.ts';

interface Props {
  readonly policy: Policy;
  readonly editing: Editing;
}

export function Features({ policy, editing }: Props) {
  return (
    <section className="card">
      <h2>Features</h2>
      <TableBox label="Features" settings>
        <SettingHead />
        <tbody>
          {(Object.keys(FEATURES) as (keyof typeof FEATURES)[]).map((name) => {
            const [label, meaning] = FEATURES[name];
            const deployed = policy.deployed.features[name];
            const isFixed = deployed === (name === 'riskAssessment');
            return (
              <Setting
                key={name}
                {...{ policy, editing, deployed }}
                path={['features', name]}
                value={policy.effective.features[name]}
                label={
                  <>
                    {label}
                    <p className="hint">{meaning}</p>
                  </>
                }
                control={(value, set) => (
                  <label className="check">
                    <input
                      type="checkbox"
                      aria-label={label}
                      checked={value === true}
                      disabled={isFixed}
                      onChange={(event) => set(event.target.checked)}
                    />
                    {value === true ? 'on' : 'off'}
                  </label>
                )}
              />
            );
          })}
        </tbody>
      </TableBox>
    </section>
  );
}

export function Limits({ policy, editing }: Props) {
  const { deployed, effective } = policy;
  const asDeployed = (deployed.policy.approvalRequiredRisks ?? []) as readonly string[];
  return (
    <section className="card">
      <h2>Thresholds and limits</h2>
      <TableBox label="Thresholds and limits" settings>
        <SettingHead />
        <tbody>
          {Object.entries(NUMBERS).map(([name, number]) => (
            <Setting
              key={name}
              {...{ policy, editing }}
              path={['policy', name]}
              label={number.label}
              deployed={deployed.policy[name]}
              value={effective.policy[name]}
              control={(value, set) => (
                <NumberInput
                  label={number.label}
                  value={value as number | null}
                  bound={deployed.policy[name] as number | null}
                  number={number}
                  set={set}
                />
              )}
            />
          ))}
          <Setting
            {...{ policy, editing }}
            path={['policy', 'approvalRequiredRisks']}
            label="Always asks for actions of this risk"
            deployed={asDeployed}
            value={effective.policy.approvalRequiredRisks}
            control={(value, set) => (
              <span className="risks">
                {RISKS.map((risk) => {
                  const chosen = value as readonly string[];
                  return (
                    <label key={risk} className="check">
                      <input
                        type="checkbox"
                        checked={chosen.includes(risk)}
                        disabled={asDeployed.includes(risk)}
                        onChange={({ target }) =>
                          set(RISKS.filter((one) => (one === risk ? target.checked : chosen.includes(one))))
                        }
                      />
                      {risk}
                    </label>
                  );
                })}
              </span>
            )}
          />
        </tbody>
      </TableBox>
    </section>
  );
}

function NumberInput(props: {
  readonly label: string;
  readonly value: number | null;
  /** As deployed: the widest that is allowed. */
  readonly bound: number | null;
  readonly number: (typeof NUMBERS)[string];
  readonly set: (value: unknown) => void;
}) {
  const { label, value, bound, number, set } = props;
  const isHigher = number.narrower === 'higher';
  return (
    <input
      className="input short"
      type="number"
      aria-label={label}
      value={value ?? ''}
      placeholder="none"
      step={number.share === true ? 0.01 : 1}
      min={isHigher ? (bound ?? 0) : 0}
      max={isHigher ? number.max : (bound ?? number.max)}
      onChange={(event) => set(event.target.value === '' ? null : Number(event.target.value))}
    />
  );
}

/** Of one action, the setting of the policy that holds while it has none of its own, and what it means. */
const THRESHOLDS = [
  ['actAtConfidence', 'actAtConfidence', 'acts from this confidence on'],
  ['askAtConfidence', 'escalateBelowConfidence', 'asks from this confidence on'],
] as const;

/** Settings of single actions: only those that differ from the others are listed. */
export function Actions({ policy, editing }: Props) {
  const [added, setAdded] = useState<readonly string[]>([]);
  const known = useQuery({
    queryKey: ['actions'],
    queryFn: async () => (await contentOf(await api.actions.$get())).actions,
    staleTime: 60_000,
  });
  const { actions } = policy.effective;
  const ids = [...new Set([...Object.keys(actions), ...Object.keys(policy.overlay.actions ?? {}), ...added])].sort();
  const settingOf = (from: Policy['effective'], id: string, field: string): unknown =>
    (from.actions[id] as Record<string, unknown> | undefined)?.[field];
  return (
    <section className="card">
      <h2>Single actions</h2>
      {ids.length === 0 ? <p className="card-body soft">No action has settings of its own.</p> : null}
      {ids.length === 0 ? null : (
        <TableBox label="Single actions" settings>
          <SettingHead />
          <tbody>
            {ids.flatMap((id) => [
              ...(['off', 'alwaysAsk'] as const).map((field) => {
                const label = field === 'off' ? 'is switched off' : 'always asks';
                const deployed = settingOf(policy.deployed, id, field) === true;
                return (
                  <Setting
                    key={`${id} ${field}`}
                    {...{ policy, editing, deployed }}
                    path={['actions', id, field]}
                    label={
                      <>
                        <span className="mono">{id}</span> {label}
                      </>
                    }
                    value={settingOf(policy.effective, id, field) === true}
                    control={(value, set) => (
                      <label className="check">
                        <input
                          type="checkbox"
                          aria-label={`${id} ${label}`}
                          checked={value === true}
                          disabled={deployed}
                          onChange={(event) => set(event.target.checked)}
                        />
                        {value === true ? 'yes' : 'no'}
                      </label>
                    )}
                  />
                );
              }),
              ...THRESHOLDS.map(([field, general, label]) => {
                const generalOf = (from: Policy['effective']) => settingOf(from, id, field) ?? from.policy[general];
                const deployed = generalOf(policy.deployed) as number;
                return (
                  <Setting
                    key={`${id} ${field}`}
                    {...{ policy, editing, deployed }}
                    path={['actions', id, field]}
                    label={
                      <>
                        <span className="mono">{id}</span> {label}
                      </>
                    }
                    value={generalOf(policy.effective)}
                    control={(value, set) => (
                      <NumberInput
                        label={`${id} ${label}`}
                        value={value as number}
                        bound={deployed}
                        number={{ label, narrower: 'higher', max: 1, share: true }}
                        set={set}
                      />
                    )}
                  />
                );
              }),
            ])}
          </tbody>
        </TableBox>
      )}
      <form
        className="card-body add-row"
        onSubmit={(event) => {
          event.preventDefault();
          const id = String(new FormData(event.currentTarget).get('action') ?? '');
          if (id !== '') setAdded([...added, id]);
        }}
      >
        <select className="input" name="action" aria-label="Action" required defaultValue="">
          <option value="">Choose an action</option>
          {(known.data ?? [])
            .filter(({ id }) => !ids.includes(id))
            .map(({ id, title }) => (
              <option key={id} value={id}>
                {title} ({id})
              </option>
            ))}
        </select>
        <Button type="submit">Add settings of an action</Button>
      </form>
    </section>
  );
}
