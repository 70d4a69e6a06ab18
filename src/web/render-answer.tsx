import type { VNode } from 'preact';
import type { FollowUp, HostReading } from '../core/answer.ts';
import type { Card } from '../core/card.ts';
import { readerWords } from '../core/card-words.ts';
import { moreLinesWords } from '../core/figure-words.ts';
import { TaskState } from '../core/task.ts';
import { visible } from '../core/visible.ts';
import { evidenceShownMax, readingsShownMax } from './limits.ts';
import { Act, Fold } from './render-parts.tsx';
import type { TaskView } from './view.ts';

/** The answer, threaded under its card: words first, then facts, then what they rest on. */
export const AnswerView = ({ view }: { view: TaskView }): VNode | null => {
  const { card, words } = view;
  const { answer } = card;
  if (!answer) {
    if (card.state !== TaskState.answering) return null;
    return (
      <div class="answer writing" id={`answer-${card.task}`} data-words={words === null ? undefined : 'yes'}>
        <p class="words">{words === null ? 'Reading the output…' : visible(words).text}</p>
      </div>
    );
  }
  const hosts = [...answer.hosts].sort((a, b) => Number(a.ok) - Number(b.ok));
  const many = hosts.length > 1;
  const shown = hosts.slice(0, readingsShownMax);
  const rest = hosts.slice(readingsShownMax);
  const restBad = rest.filter((host) => !host.ok).length;
  return (
    <div class="answer" id={`answer-${card.task}`} lang={answer.language}>
      <p class="words">{visible(answer.words).text}</p>
      {shown.map((host) => (
        <Reading key={host.agentName} host={host} many={many} said={answer.words} />
      ))}
      {rest.length > 0 && (
        <Fold
          id={`readings-${card.task}`}
          summary={
            restBad > 0 ? `${rest.length} more, ${restBad} to look at` : `${rest.length} more, all well`
          }
        >
          {rest.map((host) => (
            <Reading key={host.agentName} host={host} many said={answer.words} />
          ))}
        </Fold>
      )}
      {readerWords[answer.reader] !== null && <p class="reader">{readerWords[answer.reader]}</p>}
    </div>
  );
};

/** One machine's part. What the answer has said of it in the same words is not said again. */
const Reading = (props: { host: HostReading; many: boolean; said: string }): VNode | null => {
  const { host, many } = props;
  const evidence = host.evidence.slice(0, evidenceShownMax);
  const more = host.evidence.slice(evidenceShownMax);
  const isSaid = props.said.includes(host.words);
  if (!many && host.facts.length === 0 && evidence.length === 0) return null;
  return (
    <section class={`reading${host.ok ? '' : ' look'}${many && isSaid ? ' brief' : ''}`}>
      {many && (
        <p class="reading-words">
          <b>{host.agentName}</b> {!isSaid && visible(host.words).text}
        </p>
      )}
      {host.facts.length > 0 && (
        <table class="facts">
          <tbody>
            {host.facts.map((fact, at) => (
              <tr key={at}>
                <th scope="row">{visible(fact.label).text}</th>
                <td>{visible(fact.value).text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {evidence.length > 0 && <Evidence host={host.agentName} lines={evidence} />}
      {more.length > 0 && (
        <details class="fold">
          <summary>{moreLinesWords(more.length)}</summary>
          <Evidence host={host.agentName} lines={more} />
        </details>
      )}
    </section>
  );
};

const Evidence = ({ host, lines }: { host: string; lines: readonly string[] }): VNode => (
  <ul class="evidence" aria-label={`Lines of the output of ${host}`}>
    {lines.map((line, at) => (
      <li key={at}>
        <code>{visible(line).text}</code>
      </li>
    ))}
  </ul>
);

/** Buttons that ask the next request in the same thread; under a failure, what would work instead. */
export const FollowUps = ({ card, root }: { card: Card; root: number }): VNode | null => {
  if (card.followUps.length === 0) return null;
  const failed = card.answer === null;
  return (
    <div class="follow-ups">
      <span class="follow-words">{failed ? 'Try instead' : 'Ask next'}</span>
      {card.followUps.map((next: FollowUp) => (
        <Act
          key={next.request}
          kind="chip"
          to="/console/ask"
          fields={{ request: next.request, thread: String(root) }}
          label={next.label === next.request ? next.label : `${next.label}: ${next.request}`}
        >
          {next.label}
        </Act>
      ))}
    </div>
  );
};
