import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { useState } from 'react';
import type { Role } from '#shared/domain/access/caller.ts';
import { api, contentOf } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { Figures, TableBox } from '../../ui/figures.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Ago, clockTime } from '../../ui/time.tsx';

type Key = InferResponseType<typeof api.keys.$get, 200>['keys'][number];

const ROLES: readonly (readonly [Role, string])[] = [
  ['viewer', 'reads incidents, reports and settings'],
  ['operator', 'also resolves incidents and asks for actions'],
  ['admin', 'may do everything but approve'],
];
const DAYS = [30, 90, 365] as const;
const DAY = 24 * 3600 * 1000;

/** The keys of programs: create one, see when each was last used, revoke it. */
export function Keys() {
  const [isCreating, setIsCreating] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['keys'] });
  const keys = useQuery({ queryKey: ['keys'], queryFn: async () => (await contentOf(await api.keys.$get())).keys });
  return (
    <>
      <Figures
        title="API keys"
        figures={keys}
        end={() => (
          <Button look="primary" onClick={() => setIsCreating(true)}>
            Create a key
          </Button>
        )}
      >
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="key" title="No API key yet">
              A program that reads incidents or asks for actions needs one.
            </EmptyState>
          ) : (
            <TableBox label="API keys" settings>
              <thead>
                <tr>
                  {['Name', 'Roles', 'Created', 'Last used', 'Expires', 'State'].map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {all.map((key) => (
                  <KeyRow key={key.id} of={key} revoke={() => setRevoked(key)} />
                ))}
              </tbody>
            </TableBox>
          )
        }
      </Figures>
      {isCreating ? <NewKey close={() => setIsCreating(false)} refresh={refresh} /> : null}
      {revoked === null ? null : (
        <Confirm
          title={`Revoke ${revoked.name}?`}
          verb="Revoke"
          look="bad"
          withoutReason
          confirm={async () => {
            await contentOf(await api.keys[':id'].$delete({ param: { id: revoked.id } }));
            await refresh();
          }}
          close={() => setRevoked(null)}
        >
          <p>Requests with this key are refused from now on. This cannot be undone.</p>
        </Confirm>
      )}
    </>
  );
}

function KeyRow({ of: key, revoke }: { readonly of: Key; readonly revoke: () => void }) {
  const isExpired = Date.parse(key.expiresAt) <= Date.now();
  return (
    <tr>
      <th scope="row">
        {key.name}
        <p className="hint mono">{key.id}</p>
      </th>
      <td data-label="Roles">{key.roles.join(', ')}</td>
      <td data-label="Created">
        <Ago at={key.createdAt} />
        <p className="hint">by {key.createdBy.name}</p>
      </td>
      <td data-label="Last used">{key.lastUsedAt === null ? 'never' : <Ago at={key.lastUsedAt} />}</td>
      <td data-label="Expires">{clockTime(key.expiresAt)}</td>
      <td data-label="State">
        {key.revokedAt !== null ? (
          <span className="soft">revoked by {key.revokedBy?.name ?? 'somebody'}</span>
        ) : isExpired ? (
          <span className="soft">expired</span>
        ) : (
          <Button look="bad" onClick={revoke} aria-label={`Revoke ${key.name}`}>
            Revoke
          </Button>
        )}
      </td>
    </tr>
  );
}

/** Asks for name, role and time; then shows the key, once. */
function NewKey({ close, refresh }: { readonly close: () => void; readonly refresh: () => unknown }) {
  const create = useMutation({
    mutationFn: async (given: FormData) =>
      contentOf(
        await api.keys.$post({
          json: {
            name: String(given.get('name')).trim(),
            roles: [String(given.get('role')) as Role],
            expiresAt: new Date(Date.now() + Number(given.get('days')) * DAY).toISOString(),
          },
        }),
      ),
    onSuccess: refresh,
  });
  if (create.data !== undefined)
    return (
      <Dialog title="Your new key" close={close}>
        <div className="form">
          <p>Copy it now: it is shown only once.</p>
          <pre className="new-key">{create.data.text}</pre>
          <div className="form-buttons">
            <Button onClick={() => void navigator.clipboard.writeText(create.data.text).catch(() => undefined)}>
              Copy
            </Button>
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="Create an API key" close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(new FormData(event.currentTarget));
        }}
      >
        <div className="field">
          <label htmlFor="key-name">Name</label>
          <input className="input" id="key-name" name="name" required maxLength={100} autoComplete="off" />
          <span className="hint">Who uses it, such as the build of acme/shop.</span>
        </div>
        <div className="field">
          <label htmlFor="key-role">Role</label>
          <select className="input" id="key-role" name="role">
            {ROLES.map(([role, about]) => (
              <option key={role} value={role}>
                {role}: {about}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="key-days">Expires</label>
          <select className="input" id="key-days" name="days" defaultValue={90}>
            {DAYS.map((days) => (
              <option key={days} value={days}>
                in {days} days
              </option>
            ))}
          </select>
        </div>
        {create.error === null ? null : (
          <p className="refusal" role="alert">
            {create.error.message}
          </p>
        )}
        <div className="form-buttons">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" disabled={create.isPending}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
