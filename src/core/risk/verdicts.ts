import { Effect, Risk, type Verdict } from './effect.ts';

const make = (risk: Risk, effects: readonly Effect[], why: string, irreversible = false): Verdict =>
  irreversible ? { risk, effects, why, irreversible } : { risk, effects, why };

const { readOnly, changes, dangerous, forbidden } = Risk;
const E = Effect;

/** The words of the catalogue: each names a kind of doing, with its risk, its effects and a reason to show. */
export const named = {
  nothing: make(readOnly, [], 'only computes or prints'),
  reads: make(readOnly, [E.reads], 'only reads'),
  writes: make(changes, [E.writesFiles], 'writes files or settings'),
  overwrites: make(dangerous, [E.writesFiles], 'overwrites what the system needs', true),
  deletes: make(changes, [E.deletes], 'deletes', true),
  destroys: make(dangerous, [E.deletes], 'destroys data for good', true),
  services: make(changes, [E.services], 'changes what runs'),
  stops: make(dangerous, [E.services], 'stops the machine or what it needs to be reached'),
  kills: make(changes, [E.kills], 'ends processes'),
  installs: make(changes, [E.installs, E.networkOut], 'installs or updates software'),
  removes: make(changes, [E.installs, E.deletes], 'removes software'),
  permissions: make(changes, [E.usersPermissions], 'changes users, rights or owners'),
  opens: make(dangerous, [E.usersPermissions], 'changes users or rights in a dangerous way'),
  network: make(changes, [E.networkOut], 'talks to another machine'),
  sends: make(changes, [E.networkOut], 'sends data out'),
  remote: make(changes, [E.networkOut, E.writesFiles], 'changes something on another system'),
  remoteDestroys: make(dangerous, [E.networkOut, E.deletes], 'destroys something on another system', true),
  runsFetched: make(dangerous, [E.runsFetchedCode], 'runs code that nobody has read here'),
  secrets: make(changes, [E.readsSecrets], 'reads secrets'),
  escalates: make(changes, [E.escalates], 'runs with more rights'),
  unknown: make(changes, [E.unknown], 'is not known'),
  runsCode: make(changes, [E.unknown], 'runs code that is not on the card'),
  undecidable: make(dangerous, [E.unknown], 'runs something that only shows when it runs'),
  ruins: make(forbidden, [E.deletes], 'wipes the system; nobody can mean that', true),
} as const;

export type VerdictName = keyof typeof named;

/** A named verdict with a reason of its own. */
export const say = (name: VerdictName, why: string): Verdict => ({ ...named[name], why });
