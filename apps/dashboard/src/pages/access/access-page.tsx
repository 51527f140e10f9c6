import { useHasRole, useMe } from '../../api/me.ts';
import { EmptyState, LoadingState } from '../../ui/states.tsx';
import { Keys } from './keys.tsx';
import { People } from './people.tsx';
import '../incident/incident.css';
import '../../ui/form.css';
import './access.css';

/** Who and what may call the API: keys of programs, and the GitHub accounts of people. For administrators. */
export default function AccessPage() {
  const { data: me } = useMe();
  const isAdmin = useHasRole();
  if (me === undefined) return <LoadingState />;
  return (
    <div className="page access">
      <div className="page-head">
        <div>
          <h1>Keys and people</h1>
          <p className="soft">API keys let programs call the API. People sign in; a key approves nothing.</p>
        </div>
      </div>
      {isAdmin ? (
        <div className="story-main">
          <Keys />
          <People />
        </div>
      ) : (
        <div className="card">
          <EmptyState icon="key" title="For administrators">
            You have {me.roles.length === 0 ? 'no role' : `the roles ${me.roles.join(', ')}`}. Ask an administrator for
            an API key.
          </EmptyState>
        </div>
      )}
    </div>
  );
}
