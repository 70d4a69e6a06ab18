import { join } from 'node:path';
import type { SignedAuditHead } from '../core/audit-head.ts';
import { decodeWitness, witnessedHeads } from '../core/audit-witness.ts';
import { iso } from '../core/iso.ts';
import { readNamedFile } from './audit-file.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { plain } from './render-card.ts';

/** `nerdy agent witness`: the heads that an agent of this data directory keeps, and where the file is to hand on. */
export const witnessCommand = (dataDir: string, name: string, options: { json: boolean }): void => {
  const path = join(dataDir, 'agents', name, 'witness.json');
  const text = readNamedFile(path);
  const witness = decodeWitness(text);
  if (!witness) {
    throw new CliError(
      `${path} is damaged. Start the agent: it puts the file aside and begins anew.`,
      ExitCode.endedBadly,
    );
  }
  if (options.json) {
    console.log(text.trimEnd());
    return;
  }
  const { latest, conflicts } = witness;
  const count = witnessedHeads(witness).length;
  console.log(`${paint.bold(plain(name))} was last shown ${headWords(latest)}.`);
  for (const { kept, shown } of conflicts) {
    console.log(
      paint.red(
        `  It kept ${headWords(kept)}, and then was shown ${headWords(shown)}: the log was cut or rewritten.`,
      ),
    );
  }
  console.log(`${count} ${count === 1 ? 'head' : 'heads'} in ${plain(path)}`);
  console.log(paint.dim(`Hold them against the log: npx nerdy audit verify --witness ${plain(path)}`));
};

const headWords = ({ seq, at, hash }: SignedAuditHead): string =>
  `entry ${seq} of ${iso(at)} (${plain(hash)})`;
