/** What a script does to a machine, as DESIGN §5 lists it. `unknown` is what nobody can tell. */
export const Effect = {
  reads: 'reads',
  writesFiles: 'writes-files',
  deletes: 'deletes',
  services: 'services',
  kills: 'kills',
  installs: 'installs',
  usersPermissions: 'users-permissions',
  networkOut: 'network-out',
  runsFetchedCode: 'runs-fetched-code',
  readsSecrets: 'reads-secrets',
  escalates: 'escalates',
  unknown: 'unknown',
} as const;
export type Effect = (typeof Effect)[keyof typeof Effect];

/** From harmless to what nobody can mean; the order of the keys is the order of the risks. */
export const Risk = {
  readOnly: 'read-only',
  changes: 'changes',
  dangerous: 'dangerous',
  forbidden: 'forbidden',
} as const;
export type Risk = (typeof Risk)[keyof typeof Risk];

/** One thing that a command does: how bad, in which way, and the reason in a few words that follow its name. */
export interface Verdict {
  readonly risk: Risk;
  readonly effects: readonly Effect[];
  readonly why: string;
  /** What it destroys can't be had back by another command. */
  readonly irreversible?: boolean;
}

/** What one line of the script does: the worst of its commands, and why. */
export interface RiskLine {
  /** Counted from 1. */
  readonly line: number;
  readonly effects: readonly Effect[];
  readonly risk: Risk;
  readonly why: string;
  /** Set where something that this line does can't be undone. */
  readonly irreversible?: true;
}

/** What a whole script does. `unparsed` says that no grammar accepted it, so that nothing below is complete. */
export interface Classification {
  readonly risk: Risk;
  readonly effects: readonly Effect[];
  readonly lines: readonly RiskLine[];
  readonly irreversible: boolean;
  readonly unparsed: boolean;
}

const order: readonly Risk[] = Object.values(Risk);

/** The worse of two risks. */
export const worse = (a: Risk, b: Risk): Risk => (order.indexOf(a) >= order.indexOf(b) ? a : b);
