import { useMantineColorScheme } from '@mantine/core';
import { Link, Outlet, useLocation, useMatches, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { api, contentOf, isLocal, signInLocally } from '../api/client.ts';
import { useConnection } from '../api/connection.ts';
import { queryClient, useLive } from '../api/live.ts';
import { useMe } from '../api/me.ts';
import { currentSession, endSession, sessionOfOtherTab, subscribeToSession } from '../api/session.ts';
import { PAGES } from '../pages/registry.ts';
import { Icon } from '../ui/icon.tsx';
import { useKeys } from '../ui/keys.ts';
import { LoadingState } from '../ui/states.tsx';
import { clockTime } from '../ui/time.tsx';
import './shell.css';

const SignIn = lazy(() => import('./sign-in.tsx'));
const KeyHelp = lazy(() => import('./key-help.tsx'));
const StopBanner = lazy(() => import('./stop-banner.tsx'));
const MorePages = lazy(() => import('./more-pages.tsx'));

/** At the lower edge of a phone; every other page is behind "More". */
const ON_PHONE = ['/', '/incidents', '/approvals', '/policy'];

const NAVIGATION = PAGES.flatMap(({ path, navigation }) =>
  navigation === undefined || (navigation.local === true && !isLocal) ? [] : [{ path, ...navigation }],
);

/** The frame around every page; asks for a sign-in in its place, so that the address and the reader's place are kept. */
export function Shell() {
  const session = useSyncExternalStore(subscribeToSession, currentSession);
  const [isAsked, setIsAsked] = useState(currentSession() !== null);
  useTitle();
  useEffect(() => {
    if (isAsked) return;
    void (async () => {
      await sessionOfOtherTab();
      if (currentSession() === null) await signInLocally();
      setIsAsked(true);
    })();
  }, [isAsked]);
  useEffect(() => {
    // What the last one saw is not for the next.
    if (session === null) queryClient.clear();
  }, [session]);
  if (session !== null) return <Frame />;
  if (!isAsked) return <LoadingState />;
  return (
    <Suspense fallback={<LoadingState />}>
      <SignIn />
    </Suspense>
  );
}

function Frame() {
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const [isMoreOpen, setIsMoreOpen] = useState(false);
  const isElsewhere = !ON_PHONE.includes(`/${useLocation().pathname.split('/')[1]}`);
  const navigate = useNavigate();
  const waiting = useLive(['approvals'], async () => contentOf(await api.approvals.$get())).data?.approvals.length ?? 0;
  useKeys({
    '?': () => setIsHelpOpen(true),
    ...Object.fromEntries(NAVIGATION.map(({ key, path }) => [`g ${key}`, () => void navigate({ to: path })])),
  });
  const link = ({ path, label, short, icon }: (typeof NAVIGATION)[number], isShort = false) => (
    <Link key={path} to={path} activeOptions={{ exact: path === '/', includeSearch: false }}>
      <Icon name={icon} />
      <span>{isShort ? (short ?? label) : label}</span>
      {path === '/approvals' && waiting > 0 ? (
        <span className="count">
          {waiting}
          <span className="visually-hidden"> waiting</span>
        </span>
      ) : null}
    </Link>
  );
  const links = NAVIGATION.map((one) => link(one));
  return (
    <div className="frame">
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <header className="side">
        <Brand />
        <nav className="nav" aria-label="Pages">
          {links}
        </nav>
        <div className="side-end">
          <Reader />
          <Tools openHelp={() => setIsHelpOpen(true)} />
        </div>
      </header>
      <header className="top-bar">
        <Brand />
        <Tools openHelp={() => setIsHelpOpen(true)} />
      </header>
      <main className="content" id="content" tabIndex={-1}>
        <Silence />
        <Suspense fallback={null}>
          <StopBanner />
        </Suspense>
        <Outlet />
      </main>
      <nav className="bottom-nav" aria-label="Main pages">
        {NAVIGATION.filter(({ path }) => ON_PHONE.includes(path)).map((one) => link(one, true))}
        <button type="button" aria-current={isElsewhere ? 'page' : undefined} onClick={() => setIsMoreOpen(true)}>
          <Icon name="more" />
          <span>More</span>
        </button>
      </nav>
      {isMoreOpen ? (
        <Suspense fallback={null}>
          <MorePages links={links} close={() => setIsMoreOpen(false)} />
        </Suspense>
      ) : null}
      {isHelpOpen ? (
        <Suspense fallback={null}>
          <KeyHelp close={() => setIsHelpOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className="brand">
      <img src="/favicon.svg" alt="" width="24" height="24" />
      Selfheal
    </Link>
  );
}

function Reader() {
  const { data } = useMe();
  return (
    <div className="who">
      <div className="cut">{data?.name ?? ' '}</div>
      <div className="cut soft">
        {data === undefined ? ' ' : data.roles.length === 4 ? 'all roles' : data.roles.join(', ') || 'no role'}
      </div>
    </div>
  );
}

function Tools({ openHelp }: { readonly openHelp: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isDark = document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark';
  const other = isDark ? 'light' : 'dark';
  return (
    <>
      <a className="icon-button" href="/guide/" title="Guide" aria-label="Guide">
        <Icon name="book" />
      </a>
      <button type="button" className="icon-button" onClick={openHelp} title="Keys (?)" aria-label="Keys">
        <Icon name="help" />
      </button>
      <button
        type="button"
        className="icon-button"
        onClick={() => setColorScheme(other)}
        title={`Use ${other} colours`}
        aria-label={`Use ${other} colours`}
        data-scheme={colorScheme}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </button>
      <button type="button" className="icon-button" onClick={endSession} title="Sign out" aria-label="Sign out">
        <Icon name="leave" />
      </button>
    </>
  );
}

/** That the API is silent, and since when what is shown may be old. */
function Silence() {
  const { isUp, answeredAt } = useConnection();
  return (
    <div role="status" aria-live="polite">
      {isUp ? null : (
        <p className="banner">
          The API does not answer.{' '}
          {answeredAt === null ? '' : `You see what it said at ${clockTime(new Date(answeredAt).toISOString())}. `}
          This page goes on trying.
        </p>
      )}
    </div>
  );
}

function useTitle(): void {
  const title = useMatches().at(-1)?.staticData.title;
  useEffect(() => {
    document.title = title === undefined ? 'Selfheal' : `${title} · Selfheal`;
  }, [title]);
}
