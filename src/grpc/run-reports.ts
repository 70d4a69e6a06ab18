import { status } from '@grpc/grpc-js';
import type { AgentItem, GatewayItem } from '../../proto/agent-stream.ts';
import type { Run } from '../core/run.ts';
import type { Dispatcher } from '../flow/dispatch.ts';
import type { Reports } from '../flow/report.ts';
import { outputStreams } from './output-wire.ts';
import type { Refusal } from './receive-hello.ts';
import { finishOf, refusalOf } from './wire.ts';

/** Of the stream that the reports come on. */
interface Stream {
  /** The machine's, once it is known. */
  readonly name: string;
  send(item: GatewayItem): void;
  fail(refusal: Refusal): void;
  /** Counts what is being committed. */
  track(committing: Promise<unknown>): void;
}

/** What an agent tells of its runs on one stream: each is committed, then acknowledged (law 7). */
export class RunReports {
  readonly #reports: Reports;
  readonly #dispatcher: Dispatcher;
  readonly #stream: Stream;
  /** Time limits of runs on this stream, for the sentence of one that was timed out. */
  readonly #timeouts = new Map<string, number>();
  /** Runs that were called back on this stream and have not ended: a cancel may come before the order it is for. */
  readonly #calledBack = new Set<string>();
  /** Runs that have sent output on this stream and have not ended. */
  readonly #withOutput = new Set<string>();

  constructor(parts: { reports: Reports; dispatcher: Dispatcher }, stream: Stream) {
    this.#reports = parts.reports;
    this.#dispatcher = parts.dispatcher;
    this.#stream = stream;
  }

  /** This run may be reported on the stream. */
  expect(run: Run): void {
    this.#timeouts.set(run.id, run.timeoutMs);
  }

  callBack(runId: string): void {
    this.#calledBack.add(runId);
  }

  /** Runs that were called back and have not ended. */
  get calledBack(): ReadonlySet<string> {
    return this.#calledBack;
  }

  /** The stream has ended. */
  over(): void {
    this.#reports.forget(this.#withOutput);
  }

  /** Takes what is about a run; passes over what isn't, or is of a later version. */
  take(agentId: string, item: AgentItem): void {
    const track = (committing: Promise<unknown>): void => this.#stream.track(committing);
    const [reports, dispatcher] = [this.#reports, this.#dispatcher];
    if ('started' in item) track(reports.started(agentId, item.started.runId.toString('hex')));
    else if ('output' in item) this.#output(agentId, item.output);
    else if ('finished' in item) this.#finished(agentId, item.finished);
    else if ('accepted' in item) {
      const id = item.accepted.runId.toString('hex');
      track(reports.accepted(agentId, id).then(() => dispatcher.settle(agentId, [id])));
    } else if ('refused' in item) {
      const id = item.refused.runId.toString('hex');
      this.#calledBack.delete(id);
      const why = refusalOf(item.refused, this.#stream.name);
      track(reports.refused(agentId, id, why).then(() => dispatcher.settle(agentId, [id])));
    }
  }

  #output(
    agentId: string,
    { runId, stream, offset, data }: Extract<AgentItem, { output: unknown }>['output'],
  ): void {
    const id = runId.toString('hex');
    const which = outputStreams[stream];
    if (which === undefined) {
      this.#stream.fail({ code: status.INVALID_ARGUMENT, details: 'output of no stream' });
      return;
    }
    this.#withOutput.add(id);
    const committing = this.#reports.output(agentId, id, which, offset, data).then((reported) => {
      if (reported.kind === 'committed') {
        this.#stream.send({ outputAck: { runId, stream, offset: reported.offset } });
        return;
      }
      if (reported.kind === 'held') return;
      // Bytes that are never acknowledged would fill the agent's window for all its runs.
      const details = 'the run or output before this is missing; go on from the welcome';
      this.#stream.fail({ code: status.OUT_OF_RANGE, details });
    });
    this.#stream.track(committing);
  }

  #finished(agentId: string, finished: Extract<AgentItem, { finished: unknown }>['finished']): void {
    const id = finished.runId.toString('hex');
    const finish = finishOf(finished, this.#timeouts.get(id) ?? 0, this.#stream.name);
    if (!finish) {
      this.#stream.fail({ code: status.INVALID_ARGUMENT, details: 'an end was not understood' });
      return;
    }
    const committing = this.#reports.finished(agentId, id, finish).then(async (reported) => {
      if (reported === 'unknown') {
        const details = 'the run or output before its end is missing; go on from the welcome';
        this.#stream.fail({ code: status.OUT_OF_RANGE, details });
        return;
      }
      this.#timeouts.delete(id);
      this.#calledBack.delete(id);
      this.#withOutput.delete(id);
      this.#stream.send({ finishedAck: { runId: finished.runId } });
      await this.#dispatcher.settle(agentId, [id]);
    });
    this.#stream.track(committing);
  }
}
