import type {
  WireCloud,
  WireFacts,
  WireHeartbeat,
  WireInterpreter,
  WirePlatform,
  WirePolicyState,
} from '../../proto/agent-stream.ts';
import type { AgentLoad, LocalPolicy, MachineFacts } from '../core/agent.ts';
import { Interpreter } from '../core/script.ts';
import { Platform } from '../core/task.ts';
import { visible } from '../core/visible.ts';

/** What machines say of themselves, in our words. It is cut to bounds here and is data ever after. */

/** Values that stand in none of these are unspecified, or of a later version that this one can't know. */
const platforms: { readonly [P in WirePlatform]?: Platform } = {
  PLATFORM_LINUX: Platform.linux,
  PLATFORM_MACOS: Platform.macos,
  PLATFORM_WINDOWS: Platform.windows,
};
const interpreters: { readonly [I in WireInterpreter]?: Interpreter } = {
  INTERPRETER_BASH: Interpreter.bash,
  INTERPRETER_POWERSHELL: Interpreter.powershell,
};

const factCharsMax = 200;
/** Addresses, shells or labels of one machine. */
export const listItemsMax = 32;

/** Of a text that a machine says of itself. */
export const short = (text: string): string => text.slice(0, factCharsMax);

/** What a machine says of itself at hello, cut to bounds; null where it names no platform. */
export const factsOf = (facts: WireFacts): MachineFacts | null => {
  const platform = platforms[facts.platform];
  if (platform === undefined) return null;
  return {
    platform,
    arch: short(facts.arch),
    hostname: short(facts.hostname),
    osVersion: short(facts.osVersion),
    kernel: short(facts.kernel),
    privateIps: facts.privateIps.slice(0, listItemsMax).map(short),
    shells: facts.shells.slice(0, listItemsMax).flatMap((s) => {
      const interpreter = interpreters[s.interpreter];
      if (interpreter === undefined) return [];
      return [{ interpreter, version: short(s.version), path: short(s.path) }];
    }),
    cpus: facts.cpus,
    memoryBytes: facts.memoryBytes,
    agentVersion: short(facts.agentVersion),
    policy: policyOf(facts.policy),
    cloud: facts.cloud ? cloudOf(facts.cloud) : null,
  };
};

const cloudOf = ({ provider, instanceId, instanceType, zone }: WireCloud) => ({
  provider: short(provider),
  instanceId: short(instanceId),
  instanceType: short(instanceType),
  zone: short(zone),
});

/** Disks that a card or a chart shows of one machine. */
const disksMax = 16;

/** A heartbeat in our words. A number that is none would make every sum that it enters none too. */
export const loadOf = (beat: WireHeartbeat): Omit<AgentLoad, 'at'> => ({
  cpuFraction: Math.min(1, finite(beat.cpuFraction)),
  memoryUsedBytes: finite(beat.memoryUsedBytes),
  memoryTotalBytes: finite(beat.memoryTotalBytes),
  diskUsedBytes: finite(beat.diskUsedBytes),
  diskTotalBytes: finite(beat.diskTotalBytes),
  load1: finite(beat.load1),
  uptimeSeconds: finite(beat.uptimeSeconds),
  disks: beat.disks.slice(0, disksMax).map((disk) => ({
    mount: visible(short(disk.mount)).text,
    usedBytes: finite(disk.usedBytes),
    totalBytes: finite(disk.totalBytes),
  })),
});

const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);

const policyStates: { readonly [S in WirePolicyState]?: LocalPolicy['state'] } = {
  POLICY_STATE_NONE: 'none',
  POLICY_STATE_APPROVED: 'approved',
  POLICY_STATE_READ_ONLY: 'read-only',
  POLICY_STATE_BROKEN: 'broken',
};

const policyOf = (policy: WireFacts['policy']): LocalPolicy | null => {
  const state = policy ? policyStates[policy.state] : undefined;
  return policy && state ? { state, isBinding: policy.binding, user: short(policy.user) || null } : null;
};
