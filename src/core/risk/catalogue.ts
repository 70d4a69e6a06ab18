import { builtins } from './catalogue/builtins.ts';
import { cloud } from './catalogue/cloud.ts';
import { containers } from './catalogue/containers.ts';
import { coreutils } from './catalogue/coreutils.ts';
import { data } from './catalogue/databases.ts';
import { developers } from './catalogue/developers.ts';
import { disks } from './catalogue/disks.ts';
import { files } from './catalogue/files.ts';
import { finders } from './catalogue/finders.ts';
import { gitFamily } from './catalogue/git.ts';
import { hardware } from './catalogue/hardware.ts';
import { kubernetes } from './catalogue/kubernetes.ts';
import { languages } from './catalogue/languages.ts';
import { mac } from './catalogue/mac.ts';
import { network } from './catalogue/network.ts';
import { packages } from './catalogue/packages.ts';
import { processes } from './catalogue/processes.ts';
import { secrets } from './catalogue/secrets.ts';
import { servers } from './catalogue/servers.ts';
import { services } from './catalogue/services.ts';
import { text } from './catalogue/text.ts';
import { transfer } from './catalogue/transfer.ts';
import { users } from './catalogue/users.ts';
import { wrappers } from './catalogue/wrappers.ts';
import type { Family, Meaning, Rule } from './rule.ts';

/** Every family of commands; the test of the catalogue runs the examples of each. */
export const families: Readonly<Record<string, Family>> = {
  ...{
    builtins,
    cloud,
    containers,
    coreutils,
    data,
    developers,
    disks,
    files,
    finders,
    gitFamily,
    hardware,
    kubernetes,
    languages,
  },
  ...{ mac, network, packages, processes, secrets, servers, services, text, transfer, users, wrappers },
};

const byName: ReadonlyMap<string, Rule | Meaning> = new Map(
  Object.values(families).flatMap((family) =>
    Object.entries(family.rules).flatMap(([names, rule]) =>
      names.split(' ').map((name) => [name, rule] as const),
    ),
  ),
);

/** Where commands of that name are what the catalogue says; a `rg` from /tmp is anybody's. */
const trustedFolder =
  /^\/(usr\/)?(local\/)?s?bin\/[^/]+$|^\/(opt\/homebrew|snap)\/bin\/[^/]+$|^\/usr\/libexec\/(ApplicationFirewall\/)?[^/]+$/;

/** The rule for a command as it was called, and whether its place can be trusted. Null for an unknown one. */
export const ruleFor = (command: string): { rule: Rule | Meaning; isTrusted: boolean } | null => {
  const name = command.slice(command.lastIndexOf('/') + 1);
  const rule =
    byName.get(name) ?? byName.get(name.replace(/^(python|pip|ruby|perl|php|lua|node)[\d.]+$/, '$1'));
  if (rule !== undefined) return { rule, isTrusted: !command.includes('/') || trustedFolder.test(command) };
  // macOS finds RM too; elsewhere there is no such command.
  const lower = byName.get(name.toLowerCase());
  return lower === undefined ? null : { rule: lower, isTrusted: false };
};
