import { areReportsCleared, beginTrouble, isGalleryRestarted } from './automation-state.ts';
import { accounts, catalog, invoices, search } from './capacity-troubles.ts';
import type { Company, ServiceId } from './company.ts';
import { checkout, ledger, orders } from './deployment-troubles.ts';

/** What is wrong with a service when its alarm rings. */
export interface Trouble {
  /** Puts the service back to how it stood when the trouble began; `at`: when that was. */
  begin(company: Company, at: string): void;
  /** Whether what serves customers now is good. */
  isOver(company: Company): boolean;
}

export const TROUBLES: Readonly<Record<ServiceId, Trouble>> = {
  checkout,
  orders,
  ledger,
  catalog,
  invoices,
  search,
  accounts,
  reports: { begin: (company) => beginTrouble(company, 'reports'), isOver: areReportsCleared },
  gallery: { begin: (company) => beginTrouble(company, 'gallery'), isOver: isGalleryRestarted },
};
