import { RunState } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { TaskState } from '../../src/core/task.ts';
import { consoleThread, type FakeDesk, you } from '../web/fake-desk.ts';

const memoryScript = `# Memory and swap, in MiB
free --mebi

# The ten processes that hold the most
ps -eo pid,user,rss,comm --sort=-rss | head -n 11
`;

const memoryOutput = `               total        used        free      shared  buff/cache   available
Mem:           15873       11298         812         402        3763        4575
Swap:           2047         318        1729

    PID USER       RSS COMMAND
   2114 postgres 4189204 postgres
   3301 app      2204112 node
`;

export const ask = async (desk: FakeDesk, request: string, thread: number | null = null): Promise<number> => {
  const outcome = await desk.ask({
    request,
    on: null,
    asker: you,
    place: consoleThread(thread),
    eventId: null,
  });
  if (outcome.kind === 'refused') throw new Error(outcome.sentence.text);
  return outcome.card.task;
};

export const approve = async (desk: FakeDesk, task: number, canary = false): Promise<void> => {
  const card = await desk.card(task);
  if (!card?.proposal) throw new Error('nothing is proposed');
  const { revision, digest } = card.proposal;
  await desk.approve(task, {
    by: you,
    eventId: null,
    proposal: revision,
    digest,
    canary,
    confirm: card.terms?.confirmation?.text ?? null,
  });
};

export const proposeMemory = (desk: FakeDesk, task: number, on: string[]): void =>
  desk.propose(task, { texts: [{ text: memoryScript, platforms: ['linux'] }], on });

/** A task that is done, with an answer that has all its parts. */
export const finishMemory = (desk: FakeDesk, task: number, on: string): void => {
  desk.run(task, on, { state: RunState.running });
  desk.write(task, on, 'stdout', memoryOutput);
  desk.run(task, on, { state: RunState.succeeded, exitCode: 0 });
  desk.change(task, { state: TaskState.answering });
  desk.change(task, {
    state: TaskState.done,
    answer: {
      words: `${on} uses 11.0 GiB of its 15.5 GiB of memory (71 %), and 4.5 GiB are available. The most is held by postgres, 4.0 GiB.`,
      hosts: [
        {
          agentName: on,
          words: 'Memory is fine.',
          facts: [
            { label: 'Used', value: '11.0 GiB (71 %)' },
            { label: 'Available', value: '4.5 GiB' },
            { label: 'Swap used', value: '318 MiB of 2.0 GiB' },
            { label: 'Largest process', value: 'postgres, 4.0 GiB' },
          ],
          evidence: [
            'Mem:           15873       11298         812         402        3763        4575',
            '   2114 postgres 4189204 postgres',
          ],
          ok: true,
        },
      ],
      followUps: [
        { label: 'What uses the CPU?', request: `what uses the cpu on ${on}` },
        { label: 'Memory over time', request: `memory history on ${on}` },
      ],
      language: 'en',
      reader: 'runbook',
    },
  });
};

export const failNoRunbook = (desk: FakeDesk, task: number): void =>
  desk.change(task, {
    state: TaskState.failed,
    sentence: sentence('runbook_none', { nearest: ['disk-usage', 'processes', 'health'] }),
    suggestions: [
      { label: 'Disk usage', request: 'disk usage on web1' },
      { label: 'Processes', request: 'what is running on web1' },
      { label: 'Health', request: 'is web1 healthy' },
    ],
  });
