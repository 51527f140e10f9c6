import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Every page of the navigation, on a phone. */
export default function MorePages({ links, close }: { readonly links: ReactNode; readonly close: () => void }) {
  return (
    <Dialog title="All pages" close={close}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links inside are reached by keyboard, and a click on one of them ends the dialog. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same. */}
      <div onClick={(event) => (event.target as Element).closest('a') === null || close()}>
        <nav className="nav more-pages" aria-label="All pages">
          {links}
        </nav>
      </div>
      <div className="form-buttons">
        <Button onClick={close}>Close</Button>
      </div>
    </Dialog>
  );
}
