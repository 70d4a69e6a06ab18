import { usualSettings } from '../core/settings.ts';
import { findProgram, type Machine } from './machine.ts';
import { PolicyKeeper, type PolicyPlace } from './policy-keeper.ts';
import { findRunUser } from './run-user.ts';

export interface PolicyParts {
  dataDir: string;
  machine: Machine;
  /** Where this machine's own policy may be; none is looked for without it. */
  policy?: PolicyPlace;
  /** The user that scripts run as, where the policy names none. */
  runAs?: string | null;
  /** What the agent is made of: who may change these files is no user to be confined. */
  programs?: readonly string[];
}

/** The keeper of this machine's policy, for an agent that runs scripts by it. */
export const keepPolicy = ({
  dataDir,
  machine,
  policy,
  runAs = null,
  programs = [],
}: PolicyParts): PolicyKeeper => {
  const { user, bash } = machine;
  const parts = {
    platform: process.platform,
    ownUser: user,
    isRoot: process.geteuid?.() === 0,
    find: findProgram,
    guarded: [dataDir, policy?.path ?? [], bash ?? [], programs].flat(),
  };
  return new PolicyKeeper({
    place: policy ?? null,
    user,
    usual: { ...usualSettings, runAs },
    findUser: (settings) => findRunUser(settings, parts),
  });
};
