/** What a person may do; each may do all that stands before it. */
export const Role = {
  /** Nothing but being told so. */
  none: 'none',
  /** Reads cards. */
  viewer: 'viewer',
  /** Asks, edits, chooses, rejects and cancels. */
  operator: 'operator',
  /** Approves, and releases waves. */
  approver: 'approver',
  /** Changes what may be changed at run time. */
  admin: 'admin',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

const order: readonly Role[] = Object.values(Role);

/** True when `role` may do what `needed` may. */
export const isAtLeast = (role: Role, needed: Role): boolean => order.indexOf(role) >= order.indexOf(needed);
