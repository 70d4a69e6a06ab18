import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApprovedRows, checkApproval, runMisfit } from '../../src/core/check-approval.ts';
import { formerKeyMs } from '../../src/core/limits.ts';
import {
  type ApprovalDocument,
  approvalIdOf,
  encodeDocument,
  isDocumentSigned,
  keyIdOf,
  runIdOf,
  signDocument,
} from '../../src/core/order.ts';
import type { Run } from '../../src/core/run.ts';
import { proposalDigest, scriptDigest } from '../../src/core/script.ts';
import type { Target } from '../../src/core/task.ts';
import { now, proposalOf, runWith } from './rows.ts';

const keys = generateKeyPairSync('ed25519');
const keyId = keyIdOf(keys.publicKey);
const targets: Target[] = ['db1', 'db2'].map((name) => ({ agentId: `id-${name}`, name, platform: 'linux' }));
const bare = proposalOf('free -m');
const digest = proposalDigest(bare.scripts, targets, bare.timeoutMs);
const proposal = { ...bare, digest };
const document: ApprovalDocument = {
  v: 1,
  keyId,
  server: 'server-1',
  task: proposal.task,
  proposal: proposal.revision,
  script: { digest: proposal.scripts[0]?.digest ?? '', interpreter: 'bash' },
  runAs: null,
  limits: { timeoutMs: proposal.timeoutMs, killGraceMs: 1, outputHeadBytes: 1, outputTailBytes: 1 },
  decisions: [{ by: 'web:U1', at: now, rule: 'solo' }],
  issuedAt: now,
  runBy: now + 1,
  agents: targets.map((t) => t.agentId),
};

/** Rows and run as `approve` leaves them, of this document. */
const rowsOf = (of: ApprovalDocument = document): { rows: ApprovedRows; run: Run } => {
  const bytes = encodeDocument(of);
  const id = approvalIdOf(bytes);
  const signature = signDocument(bytes, keys.privateKey);
  const approval = { id, task: of.task, proposalRevision: of.proposal, document: bytes, signature };
  const rows = { approval, proposal, proposalDigest: digest, currentRevision: 1, targets };
  const run = runWith({
    id: runIdOf(bytes, 'id-db1'),
    approvalId: id,
    scriptDigest: of.script.digest,
    timeoutMs: of.limits.timeoutMs,
    runBy: of.runBy,
  });
  return { rows: structuredClone(rows), run };
};

/** All that the server does with the rows before it sends anything. Null when they fit. */
const differs = (rows: ApprovedRows, run: Run, until: number | null = null): string | null => {
  const { document: bytes, signature } = rows.approval;
  const isSigned = isDocumentSigned(Buffer.from(bytes), Buffer.from(signature), keys.publicKey);
  const checked = checkApproval(
    { ...rows, approval: { ...rows.approval, document: Buffer.from(bytes) } },
    'server-1',
    isSigned ? { keyId, until } : null,
  );
  return checked.ok ? runMisfit(run, checked.vouched) : checked.differs;
};

/** What a person is told, or what the rules asked before they said yes, and no signature is about. A name is found for that machine's own run. */
const free = new Set([
  'targets.1.name',
  ...['summary', 'drafter', 'author', 'editors', 'typedByAsker', 'runbook', 'followUps', 'createdAt'].map(
    (f) => `proposal.${f}`,
  ),
]);
/** Of a run's row what is signed or was shown; the rest is moved by the loop. */
const ofRun = new Set([
  ...['id', 'task', 'agentId', 'agentName', 'platform', 'approvalId', 'scriptDigest', 'runBy', 'timeoutMs'],
]);

type Json = { [key: string]: unknown };
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** The paths of every value, of which a list or bytes are one value too. */
const pathsOf = (value: unknown, path: string[] = []): string[][] => {
  const here = path.length > 0 ? [path] : [];
  if (typeof value !== 'object' || value === null || isBytes(value)) return here;
  const inner = Object.entries(value).flatMap(([key, v]) => pathsOf(v, [...path, key]));
  return Array.isArray(value) ? [...here, ...inner] : inner;
};

const changed = <T>(of: T, path: string[], change: (value: unknown) => unknown): T => {
  const copy = structuredClone(of) as Json;
  const holder = path.slice(0, -1).reduce((at, key) => at[key] as Json, copy);
  const last = path.at(-1) ?? '';
  holder[last] = change(holder[last]);
  return copy as T;
};

/** Another value of the same kind, so that nothing but the comparison can find it. */
const another =
  (random: number) =>
  (value: unknown): unknown => {
    if (isBytes(value)) {
      const copy = Buffer.from(value);
      const at = random % copy.length;
      copy[at] = (copy[at] ?? 0) ^ (1 + (random % 255));
      return copy;
    }
    if (Array.isArray(value)) return random % 2 === 0 ? value.slice(1) : [...value, value[0]];
    if (typeof value === 'number') return value + 1 + random;
    if (value === 'linux') return random % 2 === 0 ? 'macos' : 'windows';
    if (value === 'bash') return 'powershell';
    if (typeof value !== 'string') return `${value} `;
    const place = random % (value.length + 1);
    return `${value.slice(0, place)}x${value.slice(place)}`;
  };

describe('rows that are as they were approved', () => {
  it('fit', () => {
    const { rows, run } = rowsOf();
    expect(differs(rows, run)).toBeNull();
  });

  it('fit by a key that was replaced after they were approved', () => {
    const { rows, run } = rowsOf();
    expect(differs(rows, run, now)).toBeNull();
  });

  it('fit whatever the fields hold that nobody signed', () => {
    const { rows, run } = rowsOf();
    expect(differs({ ...rows, proposal: { ...proposal, summary: 'other' } }, run)).toBeNull();
    expect(differs(rows, { ...run, state: 'sent', sentAt: now, wave: 3 })).toBeNull();
  });
});

const bound = pathsOf(rowsOf()).filter(([part, ...path]) => {
  if (part === 'run') return ofRun.has(path[0] ?? '');
  // What a script does is read from its signed text again wherever it counts.
  if (path.includes('risk')) return false;
  return !free.has(path.slice(0, 2).join('.')) && !free.has(path.join('.'));
});

describe('any change of any field', () => {
  it.each(bound.map((path) => [path.join('.'), path] as const))('of %s is found', (_, path) => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (random) => {
        const { rows, run } = changed(rowsOf(), path, another(random));
        expect(differs(rows, run)).toEqual(expect.any(String));
      }),
    );
  });

  it.each(['proposal', 'targets'] as const)('is found when %s is gone', (part) => {
    const { rows, run } = rowsOf();
    expect(differs({ ...rows, [part]: null }, run)).toEqual(expect.any(String));
  });

  const documentPaths = pathsOf(document).filter((path) => {
    const name = path.join('.');
    // What the rows don't repeat is told by the signature alone.
    return !/^(decisions|issuedAt|limits\.(kill|output))/.test(name);
  });

  it.each(documentPaths.map((path) => [path.join('.'), path] as const))(
    'of %s is found in the document, though it is signed as it is and the run hangs on it',
    (_, path) => {
      fc.assert(
        fc.property(fc.nat(1_000_000), (random) => {
          const { rows, run } = rowsOf(changed(document, path, another(random)));
          const before = rowsOf().run;
          const sameRow = { ...run, task: before.task, timeoutMs: before.timeoutMs, runBy: before.runBy };
          const approval = { ...rows.approval, task: proposal.task, proposalRevision: 1 };
          expect(differs({ ...rows, approval }, sameRow)).toEqual(expect.any(String));
        }),
      );
    },
  );

  it('of the script is found, though its digests were changed with it', () => {
    const { rows, run } = rowsOf();
    const text = 'touch /tmp/other\n';
    const script = {
      ...bare.scripts[0],
      text,
      digest: scriptDigest('bash', text),
    } as (typeof bare.scripts)[0];
    const forgedDigest = proposalDigest([script], targets, proposal.timeoutMs);
    const forged = { ...proposal, scripts: [script], digest: forgedDigest };
    const forgedRows = { ...rows, proposal: forged, proposalDigest: forgedDigest };
    expect(differs(forgedRows, { ...run, scriptDigest: script.digest })).toContain('not the approved one');
  });

  it("of the machine is found, though targets, digests and the run's id were changed with it", () => {
    const { rows, run } = rowsOf();
    const others = [{ ...targets[0], agentId: 'id-web1', name: 'web1' } as Target, ...targets.slice(1)];
    const forgedDigest = proposalDigest(proposal.scripts, others, proposal.timeoutMs);
    const forgedRows = {
      ...rows,
      targets: others,
      proposal: { ...proposal, digest: forgedDigest },
      proposalDigest: forgedDigest,
    };
    const id = runIdOf(rows.approval.document, 'id-web1');
    const forgedRun = { ...run, id, agentId: 'id-web1', agentName: 'web1' };
    expect(differs(forgedRows, forgedRun)).toContain('machines are not the approved ones');
  });
});

describe('a key that was replaced', () => {
  it('vouches for nothing issued later', () => {
    const { rows, run } = rowsOf();
    expect(differs(rows, run, now - 1)).toContain('does not vouch');
  });

  it('vouches for nothing that could wait longer than any approval', () => {
    const { rows, run } = rowsOf({ ...document, runBy: now + formerKeyMs + 1 });
    expect(differs(rows, run, now)).toContain('does not vouch');
  });
});
