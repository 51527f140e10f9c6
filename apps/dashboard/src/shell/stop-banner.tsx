import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, contentOf } from '../api/client.ts';
import { readPolicy } from '../pages/policy/policy-api.ts';
import { Ago } from '../ui/time.tsx';

/** Above every page while the kill switch is on: since when, by whom, why, and the way to resume. */
export default function StopBanner() {
  const { data: policy } = useQuery({ queryKey: ['config', 'policy'], queryFn: readPolicy, refetchInterval: 10_000 });
  const isStopped = policy?.killSwitch.killSwitch === true;
  const { data: entries } = useQuery({
    queryKey: ['config', 'history'],
    queryFn: async () => (await contentOf(await api.config.history.$get({ query: {} }))).entries,
    enabled: isStopped,
  });
  if (!isStopped) return null;
  const stop = entries?.find(({ what }) => what === 'stopped');
  return (
    <p className="banner stop-banner" role="status">
      <strong>The kill switch is on: Selfheal changes nothing.</strong>{' '}
      {stop === undefined ? null : (
        <>
          {stop.by} stopped everything <Ago at={stop.at} />.{' '}
        </>
      )}
      Reason: {policy.killSwitch.reason ?? stop?.reason ?? 'none was given'}.{' '}
      <Link to="/policy">Resume on “Services and policy”</Link>
    </p>
  );
}
