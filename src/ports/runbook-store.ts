import type { KeptRunbook, KeptVersion, RunbookUse } from '../core/kept-runbook.ts';

/** Part of `Writes`, of runbooks that people kept from tasks. */
export interface RunbookWrites {
  /** Put in place of what was there. */
  keptRunbook?: KeptRunbook;
  /** Only ever inserted; one that is there already rejects its change. */
  keptVersion?: KeptVersion;
}

/** Part of `Store`: reads outside changes. */
export interface RunbookReads {
  /** All, also the retired, by name. */
  listKeptRunbooks(): Promise<KeptRunbook[]>;
  /** The version in use of each that is not retired, by name. */
  listKeptInUse(): Promise<KeptVersion[]>;
  /** Newest first. */
  listKeptVersions(name: string): Promise<KeptVersion[]>;
  /** By name and version, of files too: of proposals that were such a runbook's script, verbatim. In no order. */
  runbookUses(): Promise<RunbookUse[]>;
}
