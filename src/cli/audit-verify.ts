import spinner from 'yocto-spinner';
import { decodeWitness } from '../core/audit-witness.ts';
import { iso } from '../core/iso.ts';
import { ApprovalEvidence } from '../flow/approval-evidence.ts';
import { type AuditVerdict, verifyAudit } from '../flow/verify-audit.ts';
import { openAuditFile, readNamedFile } from './audit-file.ts';
import { type Trust, trustFor } from './audit-trust.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

export interface VerifyCommandOptions {
  witness?: string;
  key: string[];
  json: boolean;
}

/** `nerdy audit verify`: holds a log against itself, its signatures and what an agent remembers. Changes nothing. */
export const verifyCommand = async (path: string, options: VerifyCommandOptions): Promise<ExitCode> => {
  const witness = options.witness === undefined ? null : decodeWitness(readNamedFile(options.witness));
  if (options.witness !== undefined && !witness) {
    throw new CliError(
      `${options.witness} is no witness. An agent keeps its own in its data directory as witness.json.`,
      ExitCode.usage,
    );
  }
  const source = await openAuditFile(path);
  const wait = !options.json && process.stderr.isTTY ? spinner({ text: 'reading the log' }).start() : null;
  try {
    const trust = trustFor(options.key, witness, path);
    const verdict = await verifyAudit(source, {
      trusted: trust.keys,
      witness,
      evidence: source.evidence && new ApprovalEvidence(source.evidence, source.signers),
      onProgress: (entries) => {
        if (wait) wait.text = progress(entries, source.count);
      },
    });
    wait?.stop();
    if (options.json) printJson(jsonOf(path, verdict, trust));
    else console.log(plainLines(path, verdict, trust));
    return verdict.isWhole ? ExitCode.done : ExitCode.endedBadly;
  } finally {
    wait?.stop();
    source.close();
  }
};

const progress = (entries: number, count: number | null): string =>
  count ? `${entries} of ${count} entries, ${Math.floor((entries / count) * 100)} %` : `${entries} entries`;

const jsonOf = (path: string, verdict: AuditVerdict, trust: Trust): object => {
  const { last, isWhole, isPartial, keyIds, breaks, ...rest } = verdict;
  return {
    path,
    whole: isWhole,
    partial: isPartial,
    ...rest,
    last: last && { seq: last.seq, at: last.at, hash: last.hash },
    keys: keyIds,
    trust: trust.from,
    breaks: breaks.map(({ seq, sentence }) => ({ seq, code: sentence.code, message: sentence.text })),
  };
};

const plainLines = (path: string, verdict: AuditVerdict, trust: Trust): string => {
  const { isWhole, breaks, breaksCount } = verdict;
  const [first, ...others] = breaks;
  if (isWhole || !first) return [headline(path, verdict), ...facts(verdict, trust)].join('\n');
  const place = first.seq === null ? '' : ` First at entry ${first.seq}:`;
  const lines = [
    `${paint.red('✗')} ${paint.bold(`The audit log in ${plain(path)} is broken.`)}${place}`,
    `  ${plain(first.sentence.text)}`,
  ];
  if (others.length > 0) lines.push('', '  What else is wrong:');
  lines.push(...others.slice(0, breaksShownMax).map((b) => `  · ${plain(b.sentence.text)}`));
  const more = breaksCount - 1 - Math.min(others.length, breaksShownMax);
  if (more > 0) lines.push(paint.dim(`  · and ${more} more; --json lists the first of them`));
  return [...lines, '', ...facts(verdict, trust)].join('\n');
};

/** More would push the first, which matters, off the screen. */
const breaksShownMax = 10;

const headline = (path: string, { entries, isPartial, last }: AuditVerdict): string => {
  const mark = paint.green('✓');
  if (!last) {
    return `${mark} ${paint.bold(`The audit log in ${plain(path)} is empty.`)} Whether it always was, only a witness can tell.`;
  }
  const what = isPartial
    ? `The ${entries} chosen entries in ${plain(path)} fit their hashes and signatures.`
    : `The audit log in ${plain(path)} is whole: ${entries} ${entries === 1 ? 'entry' : 'entries'}.`;
  return `${mark} ${paint.bold(what)}`;
};

const facts = (verdict: AuditVerdict, trust: Trust): string[] => {
  const { last, signatures, signedTo, keyIds, witnessed, checked, isPartial } = verdict;
  const rows: [string, string][] = [];
  if (last) rows.push(['last', `entry ${last.seq}, ${iso(last.at)}, ${last.hash}`]);
  if (keyIds.length > 0) {
    const reach = isPartial || signedTo === 0 ? '' : `; entry ${signedTo} and all before it are covered`;
    rows.push(['signed', `${signatures} times by ${keyIds.join(', then ')}${reach}`]);
  }
  rows.push(['key', trustWords[trust.from]]);
  rows.push([
    'witness',
    witnessed === null
      ? 'none given: a log that was rewritten with the stolen key, or cut at its end, passes. Give an agent’s witness.json with --witness.'
      : `${witnessed} ${witnessed === 1 ? 'head' : 'heads'} that an agent was shown, held against the log`,
  ]);
  if (checked)
    rows.push(['approvals', `${checked.approvals} approvals and ${checked.runs} runs, held against the log`]);
  if (isPartial) {
    rows.push([
      'partial',
      'each entry by itself, and those that stand next to each other; what lies between can’t be checked here',
    ]);
  }
  return rows.map(([name, words]) => `  ${paint.dim(name.padEnd(9))} ${words}`);
};

const trustWords: Record<Trust['from'], string> = {
  option: 'the one that you named, or one that took over from it',
  witness: 'the one that the agent trusts, or one that took over from it',
  'data-dir': 'the one beside the log (signing-key.pub.pem)',
  log: 'taken from the log itself. Name the one that you trust with --key to know whose log it is.',
};
