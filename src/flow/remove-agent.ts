import { IdentityState } from '../core/enrolment.ts';
import type { Roster } from '../core/policy/roster.ts';
import type { Actor } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { identityNote, type Managed, manage, managed } from './managed-agent.ts';

/**
 * Takes a machine away: its certificates are dead, it is no target any more, and its name is free. What it was asked to
 * do stays readable. Its open runs are ended by the sweep (`recover.ts`), each as what can be known of it.
 */
export const remove = (parts: { store: Store; roster: Roster }, by: Actor, name: string): Promise<Managed> =>
  manage(parts, { by, verb: 'remove a machine', name }, (view, agent) => {
    const identity = { ...agent.identity, state: IdentityState.removed, since: view.now, why: null };
    const gone = { ...agent, online: false, identity };
    return managed(gone, [identityNote('agent.remove', gone, by)]);
  });
