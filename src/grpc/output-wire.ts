import type { WireStream } from '../../proto/agent-stream.ts';
import type { Run } from '../core/run.ts';
import type { OutputStream } from '../ports/store.ts';

/** The wire's words for a run's output. */
export const outputStreams: { readonly [S in WireStream]?: OutputStream } = {
  OUTPUT_STREAM_STDOUT: 'stdout',
  OUTPUT_STREAM_STDERR: 'stderr',
};

/** Where an agent is to go on sending: raw bytes, as its spool has them. */
export const offsetsOf = (run: Run) => ({
  runId: Buffer.from(run.id, 'hex'),
  stdoutOffset: run.stdoutRedaction.rawBytes,
  stderrOffset: run.stderrRedaction.rawBytes,
});
