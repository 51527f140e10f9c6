/** Effect of an action on a service in use. */
export interface ActionImpact {
  /** It changes the service's capacity or settings. */
  readonly changesSettings: boolean;
  /** It takes parts of the service out for a while. */
  readonly interrupts: boolean;
}

export const CHANGES_SETTINGS: ActionImpact = { changesSettings: true, interrupts: false };
export const INTERRUPTS: ActionImpact = { changesSettings: false, interrupts: true };
/** It repeats something, writes something not yet in use, or takes a deployment back. */
export const NO_IMPACT: ActionImpact = { changesSettings: false, interrupts: false };
/** Unknown, as for every playbook: it may do anything. */
export const UNKNOWN_IMPACT: ActionImpact = { changesSettings: true, interrupts: true };
